package fhe

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// operator is one kind of layer in a small network, and the bits it keeps under a levelled plan.
type operator struct {
	name  string
	net   func(n *net) *net
	input []int
	kind  string
	floor float64 // two bits below the worst of several keys, four behind high degrees, which spread more
}

// logN is the ring degree with room for the levels of the operator.
func (op operator) logN() int {
	if strings.HasPrefix(op.name, "degree") || op.name == "two quadratics" {
		return 14
	}
	return 13
}

func operators() []operator {
	flat, plane := []int{8}, []int{2, 6, 6}
	conv := func(c Conv) func(n *net) *net {
		return func(n *net) *net { return n.convWith("op", c) }
	}
	pool := func(p Pool) func(n *net) *net {
		return func(n *net) *net { return n.add(NewPool("op", p)) }
	}
	list := []operator{
		{"dense", func(n *net) *net { return n.dense("op", 5) }, flat, inputSlots, 33},
		{"dense, windows", func(n *net) *net { return n.dense("op", 5) }, flat, inputWindow, 33},
		{"convolution", conv(Conv{Out: 3, Kernel: [2]int{3, 3}, Pads: [4]int{1, 1, 1, 1}}), plane, inputSlots, 33},
		{"convolution, windows", conv(Conv{Out: 3, Kernel: [2]int{3, 3}, Pads: [4]int{1, 1, 1, 1}}), plane, inputWindow, 33},
		{"stride", conv(Conv{Out: 3, Kernel: [2]int{3, 2}, Stride: [2]int{2, 3}, Pads: [4]int{2, 0, 1, 1}}), plane, inputSlots, 33},
		{"dilation", conv(Conv{Out: 2, Kernel: [2]int{2, 3}, Dilation: [2]int{3, 2}}), plane, inputSlots, 32},
		{"groups", conv(Conv{Out: 4, Kernel: [2]int{2, 2}, Groups: 2}), plane, inputSlots, 33},
		{"pool", pool(Pool{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Pads: [4]int{1, 1, 1, 1}}), plane, inputSlots, 33},
		{"pool with pads", pool(Pool{Kernel: [2]int{2, 3}, Stride: [2]int{1, 2}, Pads: [4]int{1, 0, 0, 2}, CountPads: true}), plane, inputSlots, 34},
		{"pool by rotations", func(n *net) *net { return n.poly("p").pool("op", 2).conv("c", 2, 1, 1, 0) }, plane, inputSlots, 27},
		{"affine", func(n *net) *net { return n.affine("op") }, plane, inputSlots, 35},
		{"reshape", func(n *net) *net { return n.conv("c", 2, 1, 1, 0).flatten("op").dense("d", 3) }, plane, inputSlots, 32},
		{"permute", func(n *net) *net { return n.add(NewPermute("op", Permute{Shape: plane, Perm: []int{2, 0, 1}})) }, plane, inputSlots, 32},
		{"pad", func(n *net) *net {
			return n.add(NewPad("op", Pad{Before: [3]int{1, 0, 2}, After: [3]int{0, 1, 1}, Value: -0.5}))
		}, plane, inputSlots, 32},
		{"add", func(n *net) *net { return n.conv("c", 2, 3, 1, 1).add(NewAdd("op", 0, 1, 0)) }, plane, inputSlots, 34},
		{"residual", func(n *net) *net {
			return n.conv("c", 2, 3, 1, 1).poly("p").add(NewAdd("op", 0, 2))
		}, plane, inputSlots, 25},
		{"concat", func(n *net) *net { return n.conv("c", 2, 3, 1, 1).add(NewConcat("op", 1, 1, 0)) }, plane, inputSlots, 33},
		{"concat of other planes", func(n *net) *net {
			n.conv("c", 2, 3, 2, 1).poly("p").add(NewReshape("f", 72).From(0)).add(NewReshape("g", 18).From(2))
			return n.add(NewConcat("op", 0, 4, 3))
		}, plane, inputSlots, 23},
		{"quadratic", func(n *net) *net { return n.dense("d", 6).poly("op") }, flat, inputWindow, 23},
		{"quadratic, products", func(n *net) *net { return n.dense("d", 6).poly("op").dense("e", 3) }, flat, inputProd, 30},
		{"two quadratics", func(n *net) *net { return n.dense("d", 6).poly("op").dense("e", 3).poly("p") }, flat, inputWindow, 31},
		{"mixed quadratic", func(n *net) *net {
			return n.add(NewPoly("op", NewQuadratic([]float64{1, 0, -1, 0, 2, 1, 1, 1}, n.random(8, 1), n.random(8, 1))))
		}, flat, inputSlots, 31},
	}
	for i, floor := range []float64{27, 29, 24, 23, 20} {
		degree := 3 + i
		list = append(list, operator{
			fmt.Sprint("degree ", degree), func(n *net) *net { return n.dense("d", 6).polynomial("op", degree) }, flat, inputWindow, floor,
		})
	}
	return list
}

// Every operator, encrypted, keeps its bits; one and two goroutines give the same bytes, and so does a second run.
// That unused slots are empty up to the noise is checked by decoding.
func TestOperatorsEncrypted(t *testing.T) {
	t.Parallel()
	for i, op := range operators() {
		if testing.Short() && i%4 != 0 {
			continue
		}
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			p := op.net(newNet(t, uint64(50+i), op.input...)).p
			k := looseCompiler(t, p)
			lit, err := k.levelled(op.kind, op.logN(), 1, false)
			if err != nil {
				t.Fatal(err)
			}
			s, err := k.session(lit)
			if err != nil {
				t.Fatal(err)
			}
			bits := s.bits(t)
			t.Logf("%.1f bits", bits)
			if bits < op.floor {
				t.Errorf("%.1f bits, want %.1f", bits, op.floor)
			}
			s.repeats(t)
		})
	}
}

// repeats evaluates again, on one goroutine and on two.
func (s *session) repeats(t *testing.T) {
	t.Helper()
	for _, goroutines := range []int{1, 2} {
		ev := *s.ev
		ev.threads = goroutines
		again, err := ev.Evaluate(t.Context(), s.keys, s.input, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again, s.output) {
			t.Errorf("other bytes on %d goroutines", goroutines)
		}
	}
}

// A tensor that takes several ciphertexts leaves nothing in slots that hold no value, between stages and at the end;
// nor does a dense layer that is split over copies of its input, whatever stands in between.
func TestNoGarbageBesideSplitTensors(t *testing.T) {
	t.Parallel()
	wide := newNet(t, 80, 3, 40, 36).conv("c1", 5, 3, 1, 1).poly("p1").conv("c2", 3, 1, 2, 0).p
	split := newNet(t, 81, 40).dense("d1", 150).poly("p1").dense("d2", 60).poly("p2").dense("d3", 5).p
	for what, c := range map[string]struct {
		p    Prefix
		kind string
		is   func(st StageLiteral) bool
	}{
		"several parts": {wide, inputSlots, func(st StageLiteral) bool { return st.Layout.parts() > 1 }},
		"split layout":  {split, inputWindow, func(st StageLiteral) bool { return st.Layout.Kind == splitLayout && st.Layout.Offset > 0 }},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			k := looseCompiler(t, c.p)
			var lit PlanLiteral
			for _, logN := range []int{12, 13} {
				plans, err := k.arrangements(c.kind, logN, 1, logN == 12, false, false)
				if err != nil {
					t.Log(err)
					continue
				}
				for _, l := range plans {
					if slices.ContainsFunc(l.Stages, c.is) && lit.LogN == 0 {
						lit = l
					}
				}
			}
			if lit.LogN == 0 {
				t.Fatal("no such plan")
			}
			s, err := k.session(lit)
			if err != nil {
				t.Fatal(err)
			}
			s.emptyBesides(t)
			s.repeats(t)
		})
	}
}

// A split layout repeats its values only where no products stand: what claims more than that is refused.
func TestSplitLayoutRepeatsNoMoreThanProductsAllow(t *testing.T) {
	t.Parallel()
	p := newNet(t, 81, 40).dense("d1", 150).poly("p1").dense("d2", 60).poly("p2").dense("d3", 5).p
	plans, err := looseCompiler(t, p).arrangements(inputWindow, 13, 1, false, false, false)
	if err != nil {
		t.Fatal(err)
	}
	split := func(st StageLiteral) bool { return st.Layout.Kind == splitLayout && st.Layout.Offset > 0 }
	i := slices.IndexFunc(plans, func(l PlanLiteral) bool { return slices.ContainsFunc(l.Stages, split) })
	if i < 0 {
		t.Fatal("no such plan")
	}
	lit := plans[i]
	at := &lit.Stages[slices.IndexFunc(lit.Stages, split)].Layout
	right := *at
	for what, c := range map[string]struct {
		offset int
		err    error
	}{
		"as planned":         {right.Offset, nil},
		"between two rows":   {right.Offset - right.Row/2, ErrPlan},
		"negative":           {-right.Row, ErrPlan},
		"beyond the block":   {right.Plane, ErrPlan},
		"where products are": {right.Plane - right.Row, ErrMismatch},
	} {
		at.Offset = c.offset
		plan, err := NewPlan(lit)
		if err == nil {
			_, err = NewEvaluator(t.Context(), plan, p, 1)
		}
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", what, err, c.err)
		}
	}
}

// emptyBesides decodes strictly: with the noise that the trial measured, slots without a value hold no more than that.
func (s *session) emptyBesides(t *testing.T) {
	t.Helper()
	if bits := s.bits(t); bits < 8 { // decodes, which refuses anything in an empty slot
		t.Errorf("%.1f bits", bits)
	}
	packing, err := s.plan.c.packing()
	if err != nil {
		t.Fatal(err)
	}
	empty := 0
	for _, index := range packing.outputs {
		for _, i := range index {
			if i == anyValue {
				t.Fatal("the output has slots that may hold anything")
			}
			if i == noValue {
				empty++
			}
		}
	}
	tolerance := 16 * s.plan.SlotStd(s.plan.NoiseStd())
	if empty == 0 || tolerance > 0.05 {
		t.Errorf("%d empty slots, empty up to %v: says nothing", empty, tolerance)
	}
}
