package ring52

import (
	"math/bits"
	"slices"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// block is the number of words that the tails hold in registers.
func (a arithmetic) block() int {
	if a == arithmeticFloat {
		return 16
	}
	return 64
}

// wordBits is log2 of the base that companions of factors have.
func (a arithmetic) wordBits() uint {
	if a == arithmeticDQ {
		return 64
	}
	return 52
}

// tabler makes the tables of one direction of a transform for s.
type tabler struct {
	arithmetic
	s     *ring.SubRing
	roots []uint64 // plain, in the order of the standard network
	fold  uint64   // plain root of the conjugate-invariant fold
}

// newTransformer makes the tables of s, a subring of the given type that is served.
func newTransformer(s *ring.SubRing, kind ring.Type, a arithmetic) transform {
	t := &transformer{n: s.N, block: a.block()}
	conjugate := kind == ring.ConjugateInvariant
	switch a {
	case arithmeticFloat:
		t.kernels = kernelsFMA()
	case arithmeticNarrow:
		t.kernels = kernelsNarrow()
	case arithmeticIFMA:
		t.kernels = kernelsIFMA()
	default:
		t.kernels = kernelsDQ()
	}
	k := t.kernels
	first, last := k.forwardFirst, k.inverseLast
	if conjugate {
		first, last = k.forwardFold, k.inverseFold
	}
	t.forward = newTabler(s, conjugate, a, s.RootsForward).half(1, first, k.forward8, k.forward4)
	inverseN := ring.IMForm(s.NInv, s.Modulus, s.MRedConstant)
	t.backward = newTabler(s, conjugate, a, s.RootsBackward).half(inverseN, last, k.inverse8, k.inverse4)
	slices.Reverse(t.backward.passes)
	if a == arithmeticNarrow {
		t.forward.c.bias[0] = 2 * s.Modulus * uint64(bits.Len(uint(s.N)))
		t.backward.c.bias = [3]uint64{8 * s.Modulus, 16 * s.Modulus, 32 * s.Modulus}
	}
	return t
}

// newTabler unpacks lattigo's roots. The network of a conjugate-invariant ring is the standard one of
// half its roots' order, with roots[2h+i] in place of roots[h+i].
func newTabler(s *ring.SubRing, conjugate bool, a arithmetic, roots []uint64) *tabler {
	t := &tabler{arithmetic: a, s: s, roots: make([]uint64, s.N)}
	for i := 1; i < s.N; i++ {
		from := i
		if conjugate {
			from += 1 << (bits.Len(uint(i)) - 1)
		}
		t.roots[i] = ring.IMForm(roots[from], s.Modulus, s.MRedConstant)
	}
	t.fold = ring.IMForm(roots[1], s.Modulus, s.MRedConstant)
	return t
}

// half makes the tables of a direction whose outermost pass is run by outer with its root, of all
// groups the first, multiplied by scale; the others by radix8 and radix4. Passes go from the outermost in.
func (t *tabler) half(scale uint64, outer, radix8, radix4 passKernel) half {
	h := half{c: t.constants(scale), tail: t.tail()}
	groups := 1
	for stages := bits.Len(uint(t.s.N)) - bits.Len(uint(t.block())); stages > 0; {
		p := pass{run: radix8, groups: uint64(groups)}
		radix := 8
		switch {
		case groups == 1: // minLogN leaves five stages or more, so radix8 fits
			p.run = outer
		case stages == 2 || stages == 4:
			p.run, radix = radix4, 4
		}
		p.table = t.pass(groups, radix)
		if groups == 1 {
			t.put(p.table, ring.BRed(t.roots[1], scale, t.s.Modulus, t.s.BRedConstant))
		}
		p.stride = uint64(t.s.N/groups/radix) * 8
		h.passes = append(h.passes, p)
		groups *= radix
		stages -= bits.Len(uint(radix)) - 1
	}
	return h
}

// constants fills the block of constants, with w as the factor of the last pass.
func (t *tabler) constants(w uint64) constants {
	c := newConstants(t.s, t.arithmetic)
	c.w, c.fold = t.factor(w), t.factor(t.fold)
	return c
}

// newConstants fills what depends on the prime alone.
func newConstants(s *ring.SubRing, a arithmetic) constants {
	q := s.Modulus
	const mask = 1<<52 - 1
	c := constants{
		q: q, bound: 4 * q, twoQ: 2 * q, negQ: 1<<52 - q, mask: mask,
		qInv: s.MRedConstant & mask, negQInv: -s.MRedConstant & mask,
		one: 1, mu: companion(1, q, 64), reverse: [8]uint64{7, 6, 5, 4, 3, 2, 1, 0},
		mu52: companion(1, q, 52), floats: newFloatConstants(q),
	}
	if a != arithmeticDQ {
		c.bound = 2 * q
	}
	return c
}

// newFactor is a multiplier with its companion, or as a double without one.
func newFactor(w, q uint64, a arithmetic) factor {
	if a == arithmeticFloat {
		return factor{w: double(w, q)}
	}
	return factor{w, companion(w, q, a.wordBits())}
}

func (t *tabler) factor(w uint64) factor { return newFactor(w, t.s.Modulus, t.arithmetic) }

// put writes w and its companion.
func (t *tabler) put(dst []uint64, w uint64) {
	f := t.factor(w)
	dst[0], dst[1] = f.w, f.companion
}

// stages writes the roots of log2(radix) stages under node i of the tree of roots as pairs.
func (t *tabler) stages(dst []uint64, i, radix int) {
	for width, at := 1, 0; width < radix; width *= 2 {
		for k := range width {
			t.put(dst[at:], t.roots[width*i+k])
			at += 2
		}
	}
}

// pass makes the table of a pass: radix-1 pairs for each group, and one of padding.
func (t *tabler) pass(groups, radix int) []uint64 {
	table := make([]uint64, groups*2*radix)
	for g := range groups {
		t.stages(table[g*2*radix:], groups+g, radix)
	}
	return table
}

// tail makes the table of the tail: for each block the pairs of its outer three stages, padding,
// and for the inner three seven vectors of roots in Montgomery form to base 2^52 (IFMA) or seven
// pairs of vectors of roots and companions.
func (t *tabler) tail() []uint64 {
	if t.arithmetic == arithmeticFloat {
		return t.floatTail()
	}
	blocks, size := t.s.N/t.block(), 16+7*16
	if t.arithmetic != arithmeticDQ {
		size = 16 + 7*8
	}
	// mulDQ reads half a word past the last companion.
	table := make([]uint64, blocks*size, blocks*size+1)
	for b := range blocks {
		d := table[b*size:]
		t.stages(d, blocks+b, 8)
		d = d[16:]
		for width := 1; width < 8; width *= 2 {
			for k := range width {
				// After the transposition lane l holds words 8l..8l+7 of the block.
				for l := range 8 {
					w := t.roots[width*(8*(blocks+b)+l)+k]
					if t.arithmetic != arithmeticDQ {
						d[l] = ring.BRed(w, (1<<52)%t.s.Modulus, t.s.Modulus, t.s.BRedConstant)
					} else {
						d[l], d[8+l] = w, companion(w, t.s.Modulus, t.wordBits())
					}
				}
				d = d[(size-16)/7:]
			}
		}
	}
	return table
}
