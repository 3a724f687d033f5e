package fhe

import (
	"fmt"
	"testing"
)

// simulate runs a levelled plan on slots in the clear: the same packing, rotations, diagonals and folds as the
// engine's, without encryption. What it finds in unused slots must be zero.
func simulate(p Prefix, lit PlanLiteral, x []float64) ([]float64, error) {
	plan, err := NewPlan(lit)
	if err != nil {
		return nil, err
	}
	c := plan.c
	packing, err := c.packing()
	if err != nil {
		return nil, err
	}
	g, err := assemble(p, lit.Packing.Quadratic, true, true)
	if err != nil {
		return nil, err
	}
	if err := g.foldSquares(); err != nil {
		return nil, err
	}
	slots := c.slots()
	rotate := func(v []float64, n int) []float64 {
		r := make([]float64, slots)
		for i := range r {
			r[i] = v[mod(i+n, slots)]
		}
		return r
	}
	fold := func(v []float64, stride, count int) []float64 {
		for _, round := range foldSteps(stride, count) {
			sum := append([]float64(nil), v...)
			for _, r := range round {
				for i, w := range rotate(v, r) {
					sum[i] += w
				}
			}
			v = sum
		}
		return v
	}
	var in [][]float64
	for _, src := range packing.inputs {
		v := make([]float64, slots)
		for s := range v {
			if j := src[s%len(src)]; j >= 0 {
				v[s] = packing.features[j].value(x)
			}
		}
		in = append(in, v)
	}
	src := packing.inputs
	for k, st := range lit.Stages {
		if k > 0 {
			before := lit.Stages[k-1].Layout
			if g.stages[k].lead != nil {
				before = before.folded()
			}
			src = [][]int32{before.index(g.stages[k].mid)}
		}
		at := newPlacement(src, st.Layout.index(g.stages[k].out))
		terms, err := at.terms(g.maps[k], st)
		if err != nil {
			return nil, err
		}
		if at.period != c.geo.periods[k] {
			return nil, fmt.Errorf("stage %d: period %d, geometry says %d", k, at.period, c.geo.periods[k])
		}
		out := make([]float64, slots)
		for _, t := range terms {
			read := rotate(in[t.input], st.Babies[t.baby])
			for i := range read {
				read[i] *= t.values[i%len(t.values)]
			}
			for i, w := range rotate(rotate(read, st.Inner[t.inner]), st.Outer[t.outer]) {
				out[i] += w
			}
		}
		out = fold(out, st.Layout.period(), at.period/st.Layout.period())
		for i := range out {
			if r := at.dst[i%len(at.dst)]; r >= 0 {
				out[i] += g.maps[k].bias[r]
			}
			if c.geo.squares[k] {
				out[i] *= out[i]
			}
		}
		in = [][]float64{fold(out, c.geo.folds[k].stride, c.geo.folds[k].count)}
	}
	y := make([]float64, size(c.shape))
	for s, v := range in[0] {
		i := packing.outputs[0][s%len(packing.outputs[0])]
		switch {
		case i >= 0:
			y[i] = v
		case v != 0:
			return nil, fmt.Errorf("slot %d is unused and holds %v", s, v)
		}
	}
	return y, nil
}

// looseCompiler accepts any precision, so that small ring degrees may be planned.
func looseCompiler(t testing.TB, p Prefix) *compiler {
	t.Helper()
	k := newCompiler(p, Options{Bits: 1})
	if err := k.prepare(); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPlansComputeThePrefixInSlots(t *testing.T) {
	t.Parallel()
	for name, p := range allNets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := looseCompiler(t, p)
			x := inputFor(p, 2)
			want := p.eval(x)
			planned := 0
			for _, quadratic := range []bool{false, true} {
				for _, logN := range []int{13, 14} {
					lit, err := k.levelled(quadratic, logN, 2)
					if err != nil {
						t.Logf("quadratic %v, ring degree 2^%d: %v", quadratic, logN, err)
						continue
					}
					planned++
					got, err := simulate(p, lit, x)
					if err != nil {
						t.Fatalf("quadratic %v, ring degree 2^%d: %v", quadratic, logN, err)
					}
					wantClose(t, got, want, 1e-8)
				}
			}
			if planned == 0 && name != "asis" {
				t.Error("no levelled plan at all")
			}
		})
	}
}

// Two plans of networks that differ in weights only must be equal but for what the compiler measured.
func TestPlanFollowsFromShapes(t *testing.T) {
	t.Parallel()
	var plans [2]PlanLiteral
	for i, seed := range []uint64{1, 2} {
		n := newNet(t, seed, 1, 12, 12).conv("c1", 3, 3, 1, 1).poly("p1").pool("a1", 2).conv("c2", 4, 3, 1, 1).poly("p2")
		n.p.Layers[0].Conv.Weights[3] = 0
		k := looseCompiler(t, n.p)
		k.bound = 4
		lit, err := k.levelled(true, 14, 2)
		if err != nil {
			t.Fatal(err)
		}
		plans[i] = lit
	}
	if fmt.Sprint(plans[0].Stages, plans[0].Packing, plans[0].Q) != fmt.Sprint(plans[1].Stages, plans[1].Packing, plans[1].Q) {
		t.Fatal("weights changed the plan")
	}
}

func TestLayoutHoldsEveryValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape []int
		l     Layout
		fits  bool
	}{
		{[]int{16, 14, 14}, Layout{Digits: [][2]int{{2, 2}}, Channels: 16, Row: 7, Plane: 64}, true},
		{[]int{2, 9, 9}, Layout{Digits: [][2]int{{3, 3}}, Channels: 4, Row: 3, Plane: 16}, true},
		{[]int{1, 16, 16}, Layout{Digits: [][2]int{{2, 2}, {2, 2}}, Channels: 1, Row: 4, Plane: 16}, true},
		{[]int{100}, Layout{Channels: 128, Row: 1, Plane: 1}, true},
		{[]int{64, 1, 1}, Layout{Channels: 64, Row: 1, Plane: 64}, true},
		{[]int{100}, Layout{Channels: 64, Row: 1, Plane: 1}, false},
		{[]int{1, 5, 5}, Layout{Channels: 1, Row: 4, Plane: 32}, false},
		{[]int{1, 5, 5}, Layout{Channels: 1, Row: 5, Plane: 16}, false},
		{[]int{1, 5, 5}, Layout{Channels: 3, Row: 5, Plane: 32}, false},
		{[]int{1, 5, 5}, Layout{Digits: [][2]int{{9, 9}}, Channels: 1, Row: 5, Plane: 32}, false},
		{[]int{1, 5, 5}, Layout{Channels: 1, Row: 5, Plane: 8192}, false},
		{[]int{1, 5, 5}, Layout{Channels: 1, Row: 0, Plane: 32}, false},
	} {
		if err := c.l.check(c.shape, 4096); (err == nil) != c.fits {
			t.Errorf("%v in %+v: %v", c.shape, c.l, err)
		}
	}
}
