package fhe

import (
	"fmt"
	"maps"
	"slices"
)

// StageLiteral is one stage of a levelled plan: out = fold(sum over baby, inner, outer of rotated diagonals). A
// diagonal of shift baby+inner+outer reads its input rotated by baby (hoisted), and its product is rotated by inner
// and then, summed, by outer.
type StageLiteral struct {
	Name     string `cbor:"name"`
	Layout   Layout `cbor:"layout"` // of the output
	Babies   []int  `cbor:"babies"`
	Inner    []int  `cbor:"inner"`
	Outer    []int  `cbor:"outer"`
	LogScale int    `cbor:"logScale"` // of the linear map's output
	Products int    `cbor:"products"` // diagonals over all input ciphertexts
	Pairs    int    `cbor:"pairs"`    // giant steps in use
}

// term is one diagonal of one input ciphertext: values per slot of a period of the output before the fold.
type term struct {
	baby, inner, outer int // indices into the stage's lists
	input              int
	values             []float64
}

// placement is a stage in slots.
type placement struct {
	src    [][]int32 // per input ciphertext: column of the map in each slot
	dst    []int32   // row of the map in each slot of the output
	period int       // of the product; period/len(dst) copies are folded
}

func newPlacement(src [][]int32, dst []int32) placement {
	period := len(dst)
	for _, s := range src {
		period = max(period, len(s))
	}
	return placement{src: src, dst: dst, period: period}
}

// modulus is the period of the shifts: two shifts that are equal modulo it read the same values, up to the fold.
func (p placement) modulus() int {
	m := len(p.dst)
	for _, s := range p.src {
		m = min(m, len(s))
	}
	return m
}

// shifts lists the shifts needed by a map with one input ciphertext. Where a column stands in several slots, the
// shift that serves most entries wins.
func (p placement) shifts(m *matrix) []int {
	src, mod := p.src[0], p.modulus()
	slots := make([][]int32, m.cols)
	for s, j := range src {
		if j >= 0 {
			slots[j] = append(slots[j], int32(s))
		}
	}
	visit := func(entry func(candidates []int)) {
		var candidates []int
		for s, i := range p.dst {
			if i < 0 {
				continue
			}
			cols, _ := m.row(int(i))
			for _, j := range cols {
				candidates = candidates[:0]
				for _, at := range slots[j] {
					candidates = append(candidates, ((int(at)-s)%mod+mod)%mod)
				}
				entry(candidates)
			}
		}
	}
	count := make([]int, mod)
	visit(func(c []int) {
		for _, d := range c {
			count[d]++
		}
	})
	used := make([]bool, mod)
	visit(func(c []int) {
		best := c[0]
		for _, d := range c {
			if count[d] > count[best] || count[d] == count[best] && d < best {
				best = d
			}
		}
		used[best] = true
	})
	var list []int
	for d, u := range used {
		if u {
			list = append(list, d)
		}
	}
	return list
}

// terms deals every entry of the map to one diagonal and fails if the stage's rotations do not reach one. Diagonals
// come out rotated back by their giant steps, ready to be multiplied before the rotation.
func (p placement) terms(m *matrix, st StageLiteral) ([]term, error) {
	done := make([][]uint64, len(p.dst)) // entries of each output slot already dealt, over all copies
	left := 0
	for s, i := range p.dst {
		if i >= 0 {
			cols, _ := m.row(int(i))
			done[s] = make([]uint64, (len(cols)+63)/64)
			left += len(cols)
		}
	}
	var list []term
	for o, outer := range st.Outer {
		for i, inner := range st.Inner {
			for b, baby := range st.Babies {
				for t := range p.src {
					v := p.diagonal(m, t, baby, inner+outer, done, &left)
					if v != nil {
						list = append(list, term{baby: b, inner: i, outer: o, input: t, values: v})
					}
				}
			}
		}
	}
	if left > 0 {
		return nil, fmt.Errorf("stage %q: its rotations miss %d entries of the linear map", st.Name, left)
	}
	return list, nil
}

func (p placement) diagonal(m *matrix, input, baby, giant int, done [][]uint64, left *int) []float64 {
	src := p.src[input]
	var v []float64
	for s := range p.period {
		i := p.dst[s%len(p.dst)]
		if i < 0 {
			continue
		}
		j := src[mod(s+baby+giant, len(src))]
		if j < 0 {
			continue
		}
		cols, at := m.row(int(i))
		n, ok := slices.BinarySearch(cols, j)
		if !ok {
			continue
		}
		if mask := done[s%len(p.dst)]; mask[n/64]>>(n%64)&1 == 0 {
			mask[n/64] |= 1 << (n % 64)
			*left--
			if v == nil {
				v = make([]float64, p.period)
			}
			if m.val != nil {
				v[mod(s+giant, p.period)] = m.val[at+n]
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
// two; a radix above one splits them in two, which needs far fewer keys for as many key switches.
func decompositions(shifts []int, modulus, plane int) []steps {
	var list []steps
	for step := 1; step <= modulus; step *= 2 {
		for _, offset := range []int{0, step / 2, min(plane/2, step/2)} {
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
func foldSteps(stride, count int) (rounds [][]int) {
	for count > 1 {
		radix := min(4, count)
		var round []int
		for i := 1; i < radix; i++ {
			round = append(round, i*stride)
		}
		rounds = append(rounds, round)
		stride, count = stride*radix, count/radix
	}
	return rounds
}
