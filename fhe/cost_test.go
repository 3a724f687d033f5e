package fhe

import (
	"bytes"
	"math"
	"testing"

	"github.com/tuneinsight/lattigo/v5/ring"

	"github.com/encrypted-compute/encompute/ring52"
)

// countedTransforms counts those of a prime.
type countedTransforms struct {
	s     *ring.SubRing
	count *int
}

func (c countedTransforms) Forward(in, out []uint64)      { *c.count++; c.s.NTT(in, out) }
func (c countedTransforms) ForwardLazy(in, out []uint64)  { *c.count++; c.s.NTTLazy(in, out) }
func (c countedTransforms) Backward(in, out []uint64)     { *c.count++; c.s.INTT(in, out) }
func (c countedTransforms) BackwardLazy(in, out []uint64) { *c.count++; c.s.INTTLazy(in, out) }

// countTransforms makes an evaluator that runs on portable code count its transforms, modulo narrow and wide primes.
func countTransforms(t *testing.T, ev *Evaluator, narrow, wide *int) {
	t.Helper()
	for _, list := range [][]*ring52.Prime{ev.moduli.q, ev.moduli.p} {
		for _, p := range list {
			count := narrow
			if p.Modulus >= 1<<wideBits {
				count = wide
			}
			s := p.SubRing
			counted, err := ring.NewSubRingWithCustomNTT(s.N, s.Modulus, func(*ring.SubRing, int) ring.NumberTheoreticTransformer {
				return countedTransforms{s, count}
			}, int(s.NthRoot))
			if err != nil {
				t.Fatal(err)
			}
			counted.NTTTable, counted.Factors = s.NTTTable, s.Factors
			p.SubRing = counted
		}
	}
}

// TestCostCountsTransforms compares what a plan is priced for with the transforms that its evaluation carries out.
// Where giant steps do not fill their grid, its literal does not tell how many of them rotate, and the price is near.
func TestCostCountsTransforms(t *testing.T) {
	t.Parallel()
	mixed := newNet(t, 3, 20).dense("d1", 9).poly("p1").dense("d2", 30).poly("p2").dense("d3", 5).p
	mixed.Layers[1].Poly.Coefficients[2][4] = 0
	mixed.Layers[1] = NewPoly("p1", *mixed.Layers[1].Poly)
	for name, p := range map[string]Prefix{
		"lola":   lolaNet(t),
		"pools":  newNet(t, 1, 2, 8, 8).conv("c1", 3, 3, 1, 1).poly("p1").pool("a1", 2).conv("c2", 4, 3, 1, 1).polynomial("p2", 3).pool("a2", 4).p,
		"degree": newNet(t, 2, 20).dense("d1", 9).polynomial("p1", 5).dense("d2", 7).p,
		"mixed":  mixed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := looseCompiler(t, p)
			tested := 0
			for _, kind := range []string{inputWindow, inputSlots} {
				for special := 1; special <= 2; special++ {
					lit, err := k.levelled(kind, 12+special, special, special == 2)
					if err != nil {
						continue // too deep, or of other input
					}
					s, err := k.session(lit)
					if err != nil {
						t.Fatal(err)
					}
					checkTransforms(t, s)
					tested++
				}
			}
			if tested < 2 {
				t.Errorf("only %d plans", tested)
			}
		})
	}
}

func checkTransforms(t *testing.T, s *session) {
	t.Helper()
	ev, err := NewPortableEvaluator(t.Context(), s.plan, s.prefix, 1)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ev.LoadKeys(bytes.NewReader(s.blob))
	if err != nil {
		t.Fatal(err)
	}
	in, err := ev.LoadInput(s.input)
	if err != nil {
		t.Fatal(err)
	}
	var narrow, wide int
	countTransforms(t, ev, &narrow, &wide)
	if _, err := ev.EvaluateLoaded(t.Context(), keys, in, nil); err != nil {
		t.Fatal(err)
	}
	c := s.plan.c
	tolerance := 1e-6
	for _, st := range c.lit.Stages {
		if st.Pairs != st.results()*len(st.Inner)*len(st.Outer) {
			tolerance = 0.03
		}
	}
	priced := func(wide float64) (sum float64) {
		cost := newCost(Machine{Butterfly: 1, WideNTT: wide}, c.lit.LogN, c.lit.Q, c.lit.P)
		for i, st := range c.lit.Stages {
			g := c.geo.stages[i]
			sum += cost.linear(st, g, c.ciphertexts(i)) + cost.activation(st, g, c.geo.program.stages[i].poly)
		}
		return sum / cost.b
	}
	for wide, want := range []int{narrow, narrow + wide} {
		if got := priced(float64(wide)); math.Abs(got-float64(want)) > tolerance*float64(want) {
			t.Errorf("%.1f transforms are priced, wide ones times %d, and %d carried out: %+v", got, wide, want, c.lit.Stages)
		}
	}
}
