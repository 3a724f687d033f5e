package fhe

import (
	"cmp"
	"maps"
	"slices"
)

// priced is a way to run a stage and its price.
type priced struct {
	st    StageLiteral
	geo   stageGeometry
	price float64
}

// choose prices the ways to run a stage, at first without those keys that other stages may share, and extends the
// arrangement by the best.
func (a *arranger) choose(s arrangement, n int, options []StageLiteral, ciphertexts int) (arrangement, bool) {
	lit := a.lit
	lit.Packing = s.packing
	lit.Stages = make([]StageLiteral, n+1)
	for i, c := range s.choices {
		lit.Stages[i] = c[0]
	}
	var list []priced
	for _, st := range options {
		lit.Stages[n] = st
		geo, err := (&geometry{program: a.g, stages: s.geo.stages}).place(lit, n)
		if err != nil {
			return s, false // for all of them
		}
		list = append(list, priced{st, geo, a.seconds(st, geo, n, ciphertexts) + a.keyPrice(nil, st, geo)})
	}
	byPrice := func(x, y priced) int { return cmp.Compare(x.price, y.price) }
	slices.SortStableFunc(list, byPrice)
	var best []priced
	for _, o := range list[:min(shortlist, len(list))] {
		for _, radix := range []int{2, 4, 8} {
			for _, late := range []bool{false, true} {
				if late && !a.late || o.geo.fold.count == 1 && (late || o.geo.pool.count == 1 && radix != 4) {
					continue
				}
				p := o
				p.st.Radix, p.st.FoldLate = radix, late
				if p.geo.foldAt = p.st.Level; late {
					p.geo.foldAt--
				}
				p.price = a.seconds(p.st, p.geo, n, ciphertexts) + a.keyPrice(s.keys, p.st, p.geo)
				best = append(best, p)
			}
		}
	}
	if len(best) == 0 {
		return s, false
	}
	slices.SortStableFunc(best, byPrice)
	return s.with(best[:min(maxChoices, len(best))]), true
}

// with is the arrangement extended by a stage.
func (s arrangement) with(best []priced) arrangement {
	var choices []StageLiteral
	for _, p := range best {
		choices = append(choices, p.st)
	}
	s.choices = append(slices.Clone(s.choices), choices)
	s.geo = &geometry{program: s.geo.program, stages: append(slices.Clone(s.geo.stages), best[0].geo)}
	keys := map[int]int{}
	for step, level := range s.keys {
		keys[step] = level
	}
	best[0].geo.rotations(best[0].st, func(step, level int) { keys[step] = max(keys[step], level) })
	s.keys = keys
	s.price += best[0].price
	return s
}

// rotations names every rotation of a stage, with its level.
func (g stageGeometry) rotations(st StageLiteral, use func(step, level int)) {
	for _, list := range [][]int{st.Babies, st.Inner, st.Outer} {
		for _, s := range list {
			use(s, st.Level)
		}
	}
	for _, round := range foldSteps(g.fold.stride, g.fold.count, st.Radix) {
		for _, s := range round {
			use(s, g.foldAt)
		}
	}
	for _, round := range foldSteps(g.pool.stride, g.pool.count, st.Radix) {
		for _, s := range round {
			use(s, g.poolAt)
		}
	}
}

func (a *arranger) seconds(st StageLiteral, g stageGeometry, n, ciphertexts int) float64 {
	ns := a.cost.linear(st, g, ciphertexts) + a.cost.activation(st, g, a.g.stages[n].poly)
	return composition * ns / 1e9 / max(a.k.o.Machine.Speedup, 1)
}

// keyPrice is the transfer time of the keys a stage adds to those there are.
func (a *arranger) keyPrice(have map[int]int, st StageLiteral, g stageGeometry) float64 {
	bits := 0.0
	seen := map[int]int{}
	g.rotations(st, func(step, level int) {
		if s := mod(step, 1<<a.lit.LogN); s != 0 {
			if old, ok := seen[s]; !ok || level > old {
				seen[s] = level
			}
		}
	})
	for _, s := range slices.Sorted(maps.Keys(seen)) { // in one order: sums of floats must not vary
		level := seen[s]
		old, ok := have[s]
		if !ok || old < level {
			bits += a.bits[level]
			if ok {
				bits -= a.bits[old]
			}
		}
	}
	return bits * a.cost.n / 8 / a.k.o.Link
}
