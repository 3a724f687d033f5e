package fhe

import (
	"maps"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
)

// linear evaluates a stage's map on the ciphertexts it reads: products, rotations, the fold of the products, rescaling,
// bias. The result has one ciphertext for each part of the stage's layout, twice if the stage is factored.
func (e *engine) linear(s *encodedStage, x []*rlwe.Ciphertext) ([]*rlwe.Ciphertext, error) {
	in := operands(x)
	var rotated []extended
	defer func() {
		for _, b := range rotated {
			e.pool.release(b)
		}
	}()
	if !s.small {
		in = in[:0]
		for _, ct := range x {
			babies, err := e.rotations(ct, s.st.Babies)
			if err != nil {
				return nil, err
			}
			for _, b := range babies {
				in = append(in, limbsOfExtended(b))
			}
			rotated = append(rotated, babies...)
		}
	}
	out := make([]*rlwe.Ciphertext, len(s.pairs))
	for part := range out {
		y, err := e.result(s, part, in)
		if err != nil {
			return nil, err
		}
		e.addConstant(y, s.bias[part])
		out[part] = y
	}
	return out, nil
}

// result is one part of the map's result, without its bias.
func (e *engine) result(s *encodedStage, part int, in []limbs) (*rlwe.Ciphertext, error) {
	x, err := e.part(s, part, in)
	if err != nil {
		return nil, err
	}
	if s.st.FoldLate {
		y, err := e.settle(x, s.st.Level, s.scales[part], true)
		if err != nil {
			return nil, err
		}
		return e.folded(plain(y), s.geo.linear, y.Scale, s.geo.fold, s.st.Radix, false)
	}
	return e.folded(x, s.st.Level, s.scales[part], s.geo.fold, s.st.Radix, true)
}

// folded is x, which it uses up, folded and settled.
func (e *engine) folded(x extended, level int, scale rlwe.Scale, f slotFold, radix int, rescaled bool) (*rlwe.Ciphertext, error) {
	x, err := e.fold(x, level, f, radix)
	if err != nil {
		return nil, err
	}
	return e.settle(x, level, scale, rescaled)
}

// part is the sum of the products for one part of the result, rotated, at the stage's level.
func (e *engine) part(s *encodedStage, part int, in []limbs) (extended, error) {
	level := s.st.Level
	if s.still(part) {
		y := e.pool.extended(level, -1)
		return y, e.products(s.pairs[part], level, in, []limbs{limbsOfExtended(y)})
	}
	sums, err := e.giants(s, part, in)
	if err != nil {
		return nil, err
	}
	total := make([]accumulator, e.threads)
	one, scratch := e.alone(), e.scratchForAll(level)
	defer e.releaseScratch(scratch...)
	err = parallel(e.ctx, e.threads, len(s.st.Outer), func(w, o int) error {
		var list []accumulator
		for _, inner := range sums {
			list = append(list, inner[o])
		}
		sum := e.addUp(list, level)
		if sum == nil {
			return nil
		}
		return one.addRotated(scratch[w], s.st.Outer[o], level, []addend{{sum, &total[w]}}, false)
	})
	if err != nil {
		return nil, err
	}
	return e.addUp(total, level), nil
}

// scratchForAll is scratch for each goroutine.
func (e *engine) scratchForAll(level int) []*scratch {
	list := make([]*scratch, e.threads)
	for w := range list {
		list[w] = e.newScratch(level)
	}
	return list
}

// giants multiplies, rotates by inner steps and adds up, by goroutine and outer step.
func (e *engine) giants(s *encodedStage, part int, in []limbs) ([][]accumulator, error) {
	level, pairs := s.st.Level, s.pairs[part]
	products, sums := make([]extended, len(pairs)), make([]limbs, len(pairs))
	for i := range products {
		if s.small {
			products[i] = e.pool.extended(level, -1)
		} else {
			products[i] = e.newExtended(level)
		}
		sums[i] = limbsOfExtended(products[i])
	}
	inner := make([][]accumulator, e.threads)
	for w := range inner {
		inner[w] = make([]accumulator, len(s.st.Outer))
	}
	if err := e.products(pairs, level, in, sums); err != nil {
		return nil, err
	}
	one, scratch, tasks := e.alone(), e.scratchForAll(level), e.tasks(pairs)
	defer e.releaseScratch(scratch...)
	return inner, parallel(e.ctx, e.threads, len(tasks), func(w, t int) error {
		var list []addend
		for _, i := range tasks[t] {
			list = append(list, addend{products[i], &inner[w][pairs[i].outer]})
		}
		return one.addRotated(scratch[w], s.st.Inner[pairs[tasks[t][0]].inner], level, list, s.small)
	})
}

// tasks deals pairs to goroutines: those of a task are rotated by one inner step, and so with one key.
func (e *engine) tasks(pairs []pair) (list [][]int) {
	byInner := map[int][]int{}
	for i, p := range pairs {
		byInner[p.inner] = append(byInner[p.inner], i)
	}
	for _, inner := range slices.Sorted(maps.Keys(byInner)) {
		group := byInner[inner]
		list = slices.AppendSeq(list, slices.Chunk(group, min(maxTask, (len(group)+e.threads-1)/e.threads)))
	}
	return list
}

// maxTask bounds the pairs of a task, whose digits are held at once.
const maxTask = 8

// addUp adds up goroutines' sums, which it uses up; nil if there are none.
func (e *engine) addUp(list []accumulator, level int) (sum extended) {
	for _, a := range list {
		switch {
		case a.sum == nil:
		case sum == nil:
			sum = a.sum
		default:
			e.accumulate(a.sum, level, sum, true, false)
			e.pool.release(a.sum)
		}
	}
	return sum
}

// accumulator adds up rotations. Its zero value is a sum of none.
type accumulator struct{ sum extended }

// addend is what is rotated and added to a sum.
type addend struct {
	in  extended
	acc *accumulator
}

// addRotated adds each of a list, which it uses up, rotated by step, to its own sum. If small, they are modulo Q only and
// not yet times the special modulus.
func (e *engine) addRotated(s *scratch, step, level int, list []addend, small bool) error {
	add := make([]bool, len(list))
	digits := make([]decomposition, 0, len(list))
	defer func() {
		for _, d := range digits {
			e.release(d)
		}
		for _, a := range list {
			e.pool.release(a.in)
		}
	}()
	for i, a := range list {
		if add[i] = a.acc.sum != nil; !add[i] {
			a.acc.sum = e.newExtended(level)
		}
		if small {
			e.timesSpecial(a.in.Value[0].Q.Coeffs)
		}
		if step == 0 {
			if small {
				e.timesSpecial(a.in.Value[1].Q.Coeffs)
			}
			e.accumulate(a.in, level, a.acc.sum, add[i], small)
			continue
		}
		d, err := e.splitHalf(s, a.in, level, small)
		digits = append(digits, d)
		if err != nil {
			return err
		}
	}
	if step == 0 {
		return nil
	}
	key, err := e.rotationKey(step)
	if err != nil {
		return err
	}
	for l := range level + 2 + e.levelP() {
		for i, a := range list { // a limb of the key serves all while it is in a near cache
			if err := e.ctx.Err(); err != nil {
				return err
			}
			e.setLimb(s, digits[i], l)
			for at := range e.places(level, l) {
				s.finish(at)
				var first []uint64
				if l <= level || !small {
					first = at.of(a.in.Value[0])
				}
				s.addKeyed(key, first, at, target{a.acc.sum, add[i]})
			}
		}
	}
	return nil
}

// splitHalf decomposes the second half of a sum of products, divided by the special modulus if it is times that.
func (e *engine) splitHalf(s *scratch, in extended, level int, small bool) (decomposition, error) {
	c1 := in.Value[1].Q.Coeffs
	if !small {
		by := e.moduli.down[level]
		rows := e.rows(by, in.Value[1].P.Coeffs)
		for l := range c1 {
			e.divideLimb(by, rows, l, c1[l], s.spare, c1[l])
		}
		e.pool.put(rows...)
	}
	return e.decompose(c1, level)
}

// timesSpecial multiplies limbs by the special modulus.
func (e *engine) timesSpecial(limbs [][]uint64) {
	for l, x := range limbs {
		e.moduli.q[l].Scale(x, e.moduli.special[l], x)
	}
}

// accumulate sets sum to in, or adds it. If small, in has no limbs of the special primes.
func (e *engine) accumulate(in extended, level int, sum extended, add, small bool) {
	for k := range sum.Value {
		for l := range level + 2 + e.levelP() {
			to := limb(sum.Value[k], level, l)
			switch {
			case small && l > level && !add:
				clear(to)
			case small && l > level:
			case add:
				e.prime(level, l).Add(to, limb(in.Value[k], level, l), to)
			default:
				copy(to, limb(in.Value[k], level, l))
			}
		}
	}
}
