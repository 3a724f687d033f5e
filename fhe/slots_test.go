package fhe

import (
	"fmt"
	"testing"
)

// levelled is the best levelled plan for one kind of input under the widest moduli that fit.
func (k *compiler) levelled(kind string, logN, special int, merged bool) (PlanLiteral, error) {
	closings := k.closings()
	g, err := k.structure(kind == inputProd, closings[logN%len(closings)])
	if err != nil {
		return PlanLiteral{}, err
	}
	ranks, _ := g.ranks()
	s, err := k.largestSizes(ranks, logN, special, maxScale, merged, false)
	if err != nil {
		return PlanLiteral{}, err
	}
	c, err := k.levelledCandidate(g, kind, logN, s, merged, logN == 13)
	if err != nil {
		return PlanLiteral{}, err
	}
	return c.build()
}

// simulation is a plan evaluated on slots in the clear.
type simulation struct {
	c     *checkedPlan
	g     *program
	slots int
}

func (m *simulation) rotate(v []float64, n int) []float64 {
	r := make([]float64, m.slots)
	for i := range r {
		r[i] = v[mod(i+n, m.slots)]
	}
	return r
}

func (m *simulation) fold(v []float64, f slotFold, radix int) []float64 {
	for _, round := range foldSteps(f.stride, f.count, radix) {
		sum := append([]float64(nil), v...)
		for _, r := range round {
			for i, w := range m.rotate(v, r) {
				sum[i] += w
			}
		}
		v = sum
	}
	return v
}

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
	g, err := assemble(p, lit.Packing.Quadratic, lit.Closing, weights)
	if err != nil {
		return nil, err
	}
	g.foldSquares(lit.Stages)
	m := &simulation{c, g, c.slots()}
	var in [][]float64
	for _, src := range packing.inputs {
		v := make([]float64, m.slots)
		for s := range v {
			if j := src[s%len(src)]; j >= 0 {
				v[s] = packing.features[j].value(x)
			}
		}
		in = append(in, v)
	}
	tensors := [][][]float64{in}
	for k := range lit.Stages {
		out, err := m.stage(k, packing, tensors)
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, out)
	}
	return m.read(packing, tensors[len(tensors)-1])
}

func (m *simulation) stage(k int, packing *packed, tensors [][][]float64) ([][]float64, error) {
	st, geo, sg := m.c.lit.Stages[k], m.c.geo.stages[k], m.g.stages[k]
	var in [][]float64
	for _, t := range sg.sources {
		in = append(in, tensors[t]...)
	}
	at := newPlacement(m.c.operands(k, sg, packing.inputs), st.Layout, sg.mid)
	terms, err := at.terms(st)
	if err != nil {
		return nil, err
	}
	if at.period != geo.period || at.stride != geo.fold.stride || at.count != geo.fold.count {
		return nil, fmt.Errorf("stage %d: period %d, geometry says %+v", k, at.period, geo)
	}
	out := make([][]float64, st.Layout.parts())
	for part := range out {
		out[part] = make([]float64, m.slots)
	}
	if n, _ := countTerms(terms); n*st.results() != st.Products*len(out) {
		return nil, fmt.Errorf("stage %d: %d products, the plan says %d", k, n, st.Products)
	}
	for _, t := range terms {
		read := m.rotate(in[t.input], st.Babies[t.baby])
		for i := range read {
			read[i] *= t.values[i%len(t.values)]
		}
		for i, w := range m.rotate(m.rotate(read, st.Inner[t.inner]), st.Outer[t.outer]) {
			out[t.part][i] += w
		}
	}
	for part, v := range out {
		v = m.fold(v, geo.fold, st.Radix)
		index := st.Layout.index(sg.mid, part)
		_, plane := channels(sg.mid)
		for i := range v {
			r := index[i%len(index)]
			if r >= 0 {
				v[i] += sg.bias[r]
			}
			switch {
			case sg.poly == nil:
			case sg.poly.folds() && !st.Factored:
				v[i] *= v[i]
			case r < 0:
				v[i] = 0
			default:
				v[i] = sg.poly.at(int(r)/plane, v[i]) / sg.area()
			}
		}
		out[part] = m.fold(v, geo.pool, st.Radix)
	}
	return out, nil
}

func (m *simulation) read(packing *packed, out [][]float64) ([]float64, error) {
	y := make([]float64, size(m.c.shape))
	for u, values := range out {
		for s, v := range values {
			i := packing.outputs[u][s%len(packing.outputs[u])]
			switch {
			case i >= 0:
				y[i] = v
			case v != 0:
				return nil, fmt.Errorf("slot %d is unused and holds %v", s, v)
			}
		}
	}
	return y, nil
}

// looseCompiler accepts any precision, so that small ring degrees may be planned.
func looseCompiler(t testing.TB, p Prefix) *compiler {
	t.Helper()
	k := newCompiler(p, Options{Bits: 1, Raw: true})
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
			for _, kind := range []string{inputWindow, inputProd, inputSlots} {
				for _, logN := range []int{13, 14} {
					lit, err := k.levelled(kind, logN, 2, logN == 14)
					if err != nil {
						t.Logf("%s, ring degree 2^%d: %v", kind, logN, err)
						continue
					}
					planned++
					got, err := simulate(p, lit, x)
					if err != nil {
						t.Fatalf("%s, ring degree 2^%d: %v", kind, logN, err)
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
		lit, err := k.levelled(inputProd, 14, 2, false)
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
