package fhe

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
)

// StageLiteral is one stage of a levelled plan: out = fold(sum over baby, inner, outer of rotated diagonals), then the
// stage's polynomial and pool. A diagonal of shift baby+inner+outer reads its input rotated by baby (hoisted), and its
// product is rotated by inner and then, summed, by outer.
type StageLiteral struct {
	Name       string `cbor:"name"`
	Level      int    `cbor:"level"`  // at which the map is evaluated
	Layout     Layout `cbor:"layout"` // of the map's result
	Babies     []int  `cbor:"babies"`
	Inner      []int  `cbor:"inner"`
	Outer      []int  `cbor:"outer"`
	Radix      int    `cbor:"radix"`                // of folds: a round adds up so many rotations at once
	LogScale   int    `cbor:"logScale"`             // of the map's result
	FoldLate   bool   `cbor:"foldLate,omitempty"`   // products are added up after rescaling: cheaper, less precise
	KeepSquare bool   `cbor:"keepSquare,omitempty"` // the square is not rescaled: the next map does both at once
	Factored   bool   `cbor:"factored,omitempty"`   // the quadratic is a product of two maps, z and a z + b, so that none need follow
	Products   int    `cbor:"products"`             // diagonals over all ciphertexts
	Pairs      int    `cbor:"pairs"`                // giant steps in use
}

// results is how many ciphertexts the stage's maps give.
func (st StageLiteral) results() int {
	if st.Factored {
		return 2 * st.Layout.parts()
	}
	return st.Layout.parts()
}

// operand is a ciphertext that a stage reads: its map and the column of the map in each slot of a period.
type operand struct {
	m      *matrix
	column []int32
}

// placement is a stage in slots.
type placement struct {
	in     []operand
	layout Layout    // of the result
	dst    [][]int32 // for each part of the result: the row of the map that products in a slot count for
	period int       // of the products; count of them, stride slots apart, are then added up
	stride int
	count  int
}

func newPlacement(in []operand, l Layout, shape []int) placement {
	p := placement{in: in, layout: l}
	for part := range l.parts() {
		p.dst = append(p.dst, l.target(shape, part))
	}
	p.period = len(p.dst[0])
	for _, o := range in {
		p.period = max(p.period, len(o.column))
	}
	p.stride, p.count = l.fold(p.period)
	return p
}

// sum is the slot in which the product in a slot ends up.
func (p placement) sum(s int) int { return s - s/p.stride%p.count*p.stride }

// modulus is the period of the shifts: two shifts that are equal modulo it read the same values, up to the fold. That
// of a shorter operand divides it: all periods are powers of two.
func (p placement) modulus() (m int) {
	sums := len(p.dst[0])
	if p.count > 1 {
		sums = p.stride
	}
	for _, o := range p.in {
		m = max(m, min(sums, len(o.column)))
	}
	return m
}

// shifts lists the shifts the map needs. Where a column stands in several slots, the shift that serves most entries
// wins.
func (p placement) shifts() []int {
	used := make([]bool, p.modulus())
	for _, o := range p.in {
		for _, dst := range p.dst {
			p.addShifts(o, dst, used)
		}
	}
	var list []int
	for d, u := range used {
		if u {
			list = append(list, d)
		}
	}
	return list
}

func (p placement) addShifts(o operand, dst []int32, used []bool) {
	slots := make([][]int32, o.m.cols)
	for s := range max(len(o.column), len(used)) {
		if j := o.column[s%len(o.column)]; j >= 0 {
			slots[j] = append(slots[j], int32(s))
		}
	}
	visit := func(entry func(candidates []int)) {
		var candidates []int
		for s, i := range dst {
			if i < 0 || p.sum(s) != s {
				continue
			}
			cols, _ := o.m.row(int(i))
			for _, j := range cols {
				candidates = candidates[:0]
				for _, at := range slots[j] {
					candidates = append(candidates, mod(int(at)-s, len(used)))
				}
				if len(candidates) > 0 {
					entry(candidates)
				}
			}
		}
	}
	count := make([]int, len(used))
	visit(func(c []int) {
		for _, d := range c {
			count[d]++
		}
	})
	visit(func(c []int) {
		best := c[0]
		for _, d := range c {
			if count[d] > count[best] || count[d] == count[best] && d < best {
				best = d
			}
		}
		used[best] = true
	})
}

// term is one diagonal of one ciphertext for one part of the result: values per slot of a period.
type term struct {
	part, outer, inner, baby, input int // indices
	values                          []float64
}

// terms deals every entry of the maps to one diagonal and fails if the stage's rotations do not reach one. Diagonals
// come out rotated back by their giant steps, ready to be multiplied before the rotation.
func (p placement) terms(st StageLiteral) (list []term, err error) {
	for part, dst := range p.dst {
		d := p.newDealer(dst)
		for o, outer := range st.Outer {
			for i, inner := range st.Inner {
				for b, baby := range st.Babies {
					for t, in := range p.in {
						if v := d.diagonal(in, baby, inner+outer); v != nil {
							list = append(list, term{part, o, i, b, t, v})
						}
					}
				}
			}
		}
		if d.left > 0 {
			return nil, fmt.Errorf("stage %q: its rotations miss %d entries of the linear map", st.Name, d.left)
		}
	}
	return list, nil
}

// dealer remembers which entries have a diagonal.
type dealer struct {
	placement
	dst  []int32
	done map[*matrix][][]uint64 // by slot of the sum, over all copies
	left int
}

func (p placement) newDealer(dst []int32) *dealer {
	d := &dealer{placement: p, dst: dst, done: map[*matrix][][]uint64{}}
	for _, o := range p.in {
		if d.done[o.m] != nil {
			continue
		}
		done := make([][]uint64, len(dst))
		for s, i := range dst {
			if i >= 0 && p.sum(s) == s {
				cols, _ := o.m.row(int(i))
				done[s] = make([]uint64, (len(cols)+63)/64)
				d.left += len(cols)
			}
		}
		d.done[o.m] = done
	}
	return d
}

func (d *dealer) diagonal(o operand, baby, giant int) []float64 {
	var v []float64
	done := d.done[o.m]
	for s := range d.period {
		i := d.dst[s%len(d.dst)]
		if i < 0 || d.layout.skips(s) {
			continue
		}
		j := o.column[mod(s+baby+giant, len(o.column))]
		if j < 0 {
			continue
		}
		cols, at := o.m.row(int(i))
		n, ok := slices.BinarySearch(cols, j)
		if !ok {
			continue
		}
		if mask := done[d.sum(s)%len(d.dst)]; mask[n/64]>>(n%64)&1 == 0 {
			mask[n/64] |= 1 << (n % 64)
			d.left--
			if v == nil {
				v = make([]float64, d.period)
			}
			if o.m.val != nil {
				v[mod(s+giant, d.period)] = o.m.val[at+n]
			}
		}
	}
	return v
}

func mod(a, n int) int { return (a%n + n) % n }

// steps is a way to reach a set of shifts.
type steps struct {
	babies, inner, outer []int
	giants               int
}

// decompositions proposes ways to write every shift as baby + inner + outer. Giant steps are multiples of a power of
// two; babies stay near them, or reach over a few blocks of channels. A radix above one splits giant steps in two,
// which needs far fewer keys for as many key switches.
func decompositions(shifts []int, modulus, plane int) []steps {
	var list []steps
	for step := 1; step <= modulus; step *= 2 {
		offsets := []int{0, step / 2, min(plane/2, step/2)}
		slices.Sort(offsets)
		for _, offset := range slices.Compact(offsets) {
			babies, giants := map[int]bool{}, map[int]bool{}
			for _, d := range shifts {
				g := (d + offset) / step * step
				babies[d-g] = true
				giants[g%modulus] = true
			}
			if len(babies) > 256 || len(giants) > 256 {
				continue
			}
			for _, radix := range []int{1, 2, 4, 8} {
				d := steps{babies: slices.Sorted(maps.Keys(babies)), giants: len(giants)}
				d.inner, d.outer = splitGiants(slices.Sorted(maps.Keys(giants)), step*radix)
				list = append(list, d)
			}
		}
	}
	return list
}

// splitGiants writes giant steps as inner + outer, outer a multiple of step.
func splitGiants(giants []int, step int) (inner, outer []int) {
	in, out := map[int]bool{}, map[int]bool{}
	for _, g := range giants {
		in[g%step], out[g-g%step] = true, true
	}
	return slices.Sorted(maps.Keys(in)), slices.Sorted(maps.Keys(out))
}

// foldSteps lists, round by round, the rotations whose sum with the identity adds up count blocks of stride slots.
func foldSteps(stride, count, radix int) (rounds [][]int) {
	for count > 1 {
		r := min(radix, count)
		var round []int
		for i := 1; i < r; i++ {
			round = append(round, i*stride)
		}
		rounds = append(rounds, round)
		stride, count = stride*r, count/r
	}
	return rounds
}

// maxRadix bounds the rotations of one round of a fold.
const maxRadix = 16

func checkRadix(radix int) error {
	if radix < 2 || radix > maxRadix || bits.OnesCount(uint(radix)) != 1 {
		return fmt.Errorf("radix %d: want a power of two from 2 to %d", radix, maxRadix)
	}
	return nil
}
