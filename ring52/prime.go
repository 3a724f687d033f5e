package ring52

import "github.com/tuneinsight/lattigo/v5/ring"

// Prime is a subring with arithmetic on its limbs that lattigo does not have, or has slower. It is read-only.
//
// Limbs hold N words. Arithmetic word by word takes parts of limbs as well, of a multiple of eight words: as many as its
// result has. Results equal lattigo's bit for bit; methods panic where a limb is too short.
type Prime struct {
	*ring.SubRing
	transform  transform  // nil if lattigo's serve
	vector     kernelSet  // what serves its additions and permutations
	kernels    kernelSet  // and its products
	arithmetic arithmetic // of these
	constants  constants
	sum        constants // with the factors that take what the kernels sum up to Montgomery's 2^-64
}

// kernelSet is which kernels serve a prime besides those of transforms.
type kernelSet int

const (
	noKernels kernelSet = iota
	kernelsOfIFMA
	kernelsOfDQ
	kernelsOfFMA
)

// NewPrimes returns the primes of a ring up to its level, in order. With kernels they run those of this machine, where they
// serve; without, portable code and lattigo's transforms. A nil ring has no primes.
//
// The tables of a prime take about 19 bytes for each coefficient (IFMA), 33 (DQ) or 14 (FMA).
func NewPrimes(r *ring.Ring, kernels bool) (list []*Prime) {
	if r == nil {
		return nil
	}
	for _, s := range r.SubRings[:r.Level()+1] {
		p := &Prime{SubRing: s}
		if kernels {
			p.accelerate()
			if served(s) {
				p.transform = newTransformer(s, s.Type(), arithmeticOf(s))
			}
		}
		list = append(list, p)
	}
	return list
}

// Sum asks for sums of products modulo a prime, for both halves of something: Out0 = sum_i A0[i]*B[i] and
// Out1 = sum_i A1[i]*B[i]. Each word of B[i] stands for Run words, a power of two; 0 means 1. Which factor is in Montgomery
// form does not matter: a ciphertext's halves times plaintexts, or, to switch keys, a key's halves times digits. One factor
// is below 2q, the other below q. Out must not overlap factors. Parts of limbs may stand for limbs.
type Sum struct {
	A0, A1, B  [][]uint64
	Run        int
	Out0, Out1 []uint64
}

// Sums sets the outputs of a list of sums, fully reduced whatever the number of terms; without terms they are zero. It goes
// through all of them block by block, so that factors that they have in common are read from the nearest cache.
func (p *Prime) Sums(list ...Sum) {
	for i := range list {
		if list[i].Run == 0 {
			list[i].Run = 1
		}
		list[i].check()
		if len(list[i].Out0) != len(list[0].Out0) {
			panic("ring52: sums of different lengths at once")
		}
	}
	if len(list) > 0 && !p.sumsFast(list) {
		for _, s := range list {
			p.sumGeneric(s.A0, s.B, s.Run, s.Out0)
			p.sumGeneric(s.A1, s.B, s.Run, s.Out1)
		}
	}
}

// check panics where a factor has fewer words than it should: the kernels trust it.
func (s *Sum) check() {
	n := words(s.Out0)
	_ = s.Out1[n-1]
	for i := range s.A0 {
		_, _, _ = s.A0[i][n-1], s.A1[i][n-1], s.B[i][(n-1)/s.Run]
	}
}

// Add writes a+b mod q to out, for words below q. out may be a or b.
func (p *Prime) Add(a, b, out []uint64) {
	n := words(out)
	_, _ = a[n-1], b[n-1]
	if !p.addFast(a, b, out) {
		p.SubRing.Add(a[:n], b[:n], out)
	}
}

// Scale writes a*scalar mod q to out, fully reduced, for a below 2q and a scalar in Montgomery form. out may be a.
func (p *Prime) Scale(a []uint64, scalar uint64, out []uint64) {
	n := words(out)
	_ = a[n-1]
	if !p.scaleFast(a, scalar, out) {
		p.MulScalarMontgomery(a[:n], scalar, out)
	}
}

// ToMontgomery writes a in Montgomery form to out, for a below q. out may be a.
func (p *Prime) ToMontgomery(a, out []uint64) {
	one := ring.MForm(1, p.Modulus, p.BRedConstant)
	p.Scale(a, ring.MForm(one, p.Modulus, p.BRedConstant), out)
}

// AddPermuted adds in, permuted, to sum: sum[j] = sum[j] + in[order[j]] mod q, for words below q. order is that of an
// automorphism in the NTT domain, from ring.AutomorphismNTTIndex. With a part of a limb, sum and order are that which Moved
// tells. sum must not overlap in.
func (p *Prime) AddPermuted(in, order, sum []uint64) {
	n := words(sum)
	_, _ = in[n-1], order[n-1]
	if p.addPermutedFast(in, order, sum) {
		return
	}
	for j, from := range order[:n] {
		sum[j] = ring.CRed(sum[j]+in[from&uint64(n-1)], p.Modulus)
	}
}

// Permute writes in[order[j]] to out[j], with the order and sizes of AddPermuted and any words.
func (p *Prime) Permute(in, order, out []uint64) {
	n := words(out)
	_, _ = in[n-1], order[n-1]
	if p.permuteFast(in, order, out) {
		return
	}
	for j, from := range order[:n] {
		out[j] = in[from&uint64(n-1)]
	}
}

// SubMul writes (a-b)*scalar mod q to out, fully reduced, for a and b below 2q and scalar in Montgomery
// form: the end of dividing by the special primes or by the last prime. out may be a or b.
func (p *Prime) SubMul(a, b []uint64, scalar uint64, out []uint64) {
	n := words(out)
	_, _ = a[n-1], b[n-1]
	if !p.subMulFast(a, b, scalar, out) {
		p.SubThenMulScalarMontgomeryTwoModulus(a[:n], b[:n], scalar, out)
	}
}

// words returns how many words a result has: all other operands have as many, or more.
func words(out []uint64) int {
	if len(out) == 0 || len(out)%8 != 0 {
		panic("ring52: a limb's part is not a multiple of eight words")
	}
	return len(out)
}
