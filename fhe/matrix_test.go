package fhe

import (
	"math"
	"slices"
	"testing"
)

// oddNets are shapes the shipped models do not have: strides, pads, dilations, groups, pools of every kind.
func oddNets(t testing.TB) map[string]Prefix {
	nets := map[string]Prefix{}
	nets["dense-square-dense"] = newNet(t, 11, 6).dense("fc1", 5).poly("p1").dense("fc2", 3).p
	nets["ends-in-square"] = newNet(t, 12, 7).dense("fc1", 4).poly("p1").dense("fc2", 4).poly("p2").p
	nets["starts-with-square"] = newNet(t, 13, 2, 6, 6).poly("p0").conv("c1", 3, 3, 1, 1).p
	nets["two-squares-in-a-row"] = newNet(t, 14, 5).dense("fc1", 4).poly("p1").poly("p2").p
	nets["stride-2"] = newNet(t, 15, 1, 12, 12).conv("c1", 3, 3, 2, 1).poly("p1").conv("c2", 4, 3, 2, 1).poly("p2").p
	nets["valid-conv-pool"] = newNet(t, 16, 1, 14, 14).conv("c1", 3, 3, 1, 0).poly("p1").pool("a1", 2).conv("c2", 4, 3, 1, 0).p
	nets["pool-3"] = newNet(t, 17, 1, 9, 9).conv("c1", 2, 3, 1, 1).affine("bn1").poly("p1").pool("a1", 3).conv("c2", 3, 3, 1, 1).poly("p2").p
	nets["pools-twice"] = newNet(t, 18, 1, 16, 16).conv("c1", 2, 3, 1, 1).poly("p1").pool("a1", 2).conv("c2", 4, 3, 1, 1).poly("p2").pool("a2", 2).
		conv("c3", 3, 3, 1, 1).p
	nets["ends-in-pool"] = newNet(t, 19, 1, 8, 8).conv("c1", 3, 3, 1, 1).poly("p1").pool("a1", 2).p
	n := newNet(t, 20, 4, 8, 8)
	n.convWith("c1", Conv{Out: 4, Kernel: [2]int{3, 2}, Dilation: [2]int{2, 1}, Pads: [4]int{2, 0, 1, 1}, Groups: 2}).poly("p1")
	nets["groups-dilation"] = n.convWith("c2", Conv{Out: 8, Kernel: [2]int{1, 3}, Stride: [2]int{1, 2}, Pads: [4]int{0, 1, 0, 1}, Groups: 4}).p
	n = newNet(t, 21, 2, 7, 7).conv("c1", 2, 3, 1, 1).poly("p1")
	n.add(NewPool("a1", Pool{Kernel: [2]int{3, 3}, Stride: [2]int{2, 2}, Pads: [4]int{1, 1, 1, 1}}))
	n.add(NewPool("a2", Pool{Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}, Pads: [4]int{1, 0, 0, 1}, CountPads: true}))
	nets["overlapping-pools"] = n.affine("bn").p
	n = newNet(t, 22, 1, 10, 8).conv("c1", 3, 3, 2, 1).poly("p1").flatten("flat").dense("fc1", 9).poly("p2").dense("fc2", 3)
	nets["conv-dense-dense"] = n.p
	nets["reshape-back"] = newNet(t, 23, 16).dense("fc", 16).poly("p1").add(NewReshape("r", 1, 4, 4)).conv("c", 2, 3, 1, 1).p
	n = newNet(t, 24, 2, 8, 8).conv("c1", 4, 3, 1, 1).poly("p1")
	skip := n.value()
	n.conv("c2", 4, 3, 1, 1).poly("p2").conv("c3", 4, 3, 1, 1)
	n.add(NewAdd("sum", n.value(), skip)).poly("p3")
	nets["residual"] = n.pool("a1", 2).flatten("flat").dense("fc", 3).p
	n = newNet(t, 25, 2, 6, 6).conv("c1", 2, 3, 1, 1).poly("p1")
	left := n.value()
	n.convWith("c2", Conv{Out: 3, Kernel: [2]int{1, 1}})
	n.p.Layers[len(n.p.Layers)-1].Inputs = []int{0}
	n.p.Layers[len(n.p.Layers)-1].Conv.In = 2
	nets["branches"] = n.add(NewConcat("join", 0, left, n.value(), 0)).conv("c3", 2, 3, 2, 1).p
	nets["ends-in-flatten"] = newNet(t, 31, 1, 6, 6).conv("c1", 2, 3, 1, 1).poly("p1").conv("c2", 3, 3, 1, 1).poly("p2").flatten("flat").p
	nets["cubic"] = newNet(t, 26, 1, 6, 6).conv("c1", 2, 3, 1, 1).polynomial("p1", 3).pool("a1", 2).conv("c2", 2, 3, 1, 1).p
	nets["degree-7"] = newNet(t, 27, 5).dense("fc1", 4).polynomial("p1", 7).dense("fc2", 2).p
	nets["degree-4"] = newNet(t, 28, 5).dense("fc1", 4).polynomial("p1", 4).polynomial("p2", 5).dense("fc2", 2).p
	n = newNet(t, 29, 3, 4, 6).conv("c1", 2, 1, 1, 0)
	p := NewQuadratic([]float64{1, 0}, []float64{0.5, -2}, []float64{0, 1})
	n.add(NewPoly("p1", p)).add(NewPad("pad", Pad{Before: [3]int{1, 0, 1}, After: [3]int{0, 1, 2}, Value: 0.5}))
	n.add(NewPermute("turn", Permute{Shape: []int{3, 5, 9}, Perm: []int{2, 0, 1}}))
	nets["mixed"] = n.add(NewPermute("flat", Permute{Shape: []int{3, 3, 3, 5}, Perm: []int{3, 1, 0, 2}})).dense("fc", 4).p
	return nets
}

func allNets(t testing.TB) map[string]Prefix {
	nets := oddNets(t)
	nets["trunk"], nets["pool2"], nets["lola"] = trunkNet(t), pool2Net(t), lolaNet(t)
	nets["lenet"], nets["asis"], nets["tab"] = lenetNet(t), asisNet(t), tabNet(t)
	return nets
}

func inputFor(p Prefix, seed uint64) []float64 {
	n := &net{r: newRand(seed)}
	x := make([]float64, size(p.Input))
	for i := range x {
		x[i] = n.r.Float64()
	}
	return x
}

func wantClose(t *testing.T, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Fatalf("value %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// runProgram evaluates an assembled program in the clear: features, then maps and activations, sums instead of means.
func runProgram(g *program, x []float64) []float64 {
	v := make([]float64, len(g.features))
	for i, f := range g.features {
		v[i] = f.value(x)
	}
	tensors := [][]float64{v}
	for _, s := range g.stages {
		y := slices.Clone(s.bias)
		for i, t := range s.sources {
			for r, w := range s.maps[i].apply(tensors[t]) {
				y[r] += w
			}
		}
		_, plane := channels(s.mid)
		for i := range y {
			switch {
			case s.poly == nil:
			case s.poly.folds():
				y[i] *= y[i]
			default:
				y[i] = s.poly.at(i/plane, y[i]) / s.area()
			}
		}
		if s.pool != nil {
			y = s.pool.eval(y, s.mid, s.out)
			for i := range y {
				y[i] *= s.area()
			}
		}
		tensors = append(tensors, y)
	}
	return tensors[len(tensors)-1]
}

func TestProgramEqualsPrefix(t *testing.T) {
	t.Parallel()
	for name, p := range allNets(t) {
		x := inputFor(p, 1)
		want, err := p.Eval(x)
		if err != nil {
			t.Fatal(name, err)
		}
		for _, quadratic := range []bool{false, true} {
			g, err := assemble(p, quadratic, true, weights)
			if err != nil {
				if !quadratic {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			g.foldSquares(make([]StageLiteral, len(g.stages)))
			wantClose(t, runProgram(g, x), want, 1e-8)
		}
	}
}

func TestStructureIgnoresWeights(t *testing.T) {
	t.Parallel()
	for name, p := range oddNets(t) {
		for _, quadratic := range []bool{false, true} {
			with, err := assemble(p, quadratic, true, weights)
			without, err2 := assemble(p.Skeleton(), quadratic, true, structure)
			if (err == nil) != (err2 == nil) {
				t.Fatalf("%s: %v with weights, %v without", name, err, err2)
			}
			if err != nil {
				continue
			}
			for k := range with.stages {
				a, b := with.stages[k].maps[0], without.stages[k].maps[0]
				if len(a.col) != len(b.col) {
					t.Fatalf("%s: stage %d has %d entries with weights, %d without", name, k, len(a.col), len(b.col))
				}
				for i := range a.col {
					if a.col[i] != b.col[i] {
						t.Fatalf("%s: stage %d: entry %d differs", name, k, i)
					}
				}
			}
		}
	}
}

// A channel without a square cannot be folded into one.
func TestMixedQuadratics(t *testing.T) {
	t.Parallel()
	p := newNet(t, 1, 3).dense("fc1", 2).poly("p1").dense("fc2", 2).p
	p.Layers[1].Poly.Coefficients[2][1] = 0
	if err := p.Validate(); err == nil {
		t.Fatal("a channel without a square was accepted as one that folds")
	}
	p.Layers[1] = NewPoly("p1", *p.Layers[1].Poly)
	if err := p.Validate(); err != nil || !p.Layers[1].Poly.Mixed || p.Layers[1].Poly.levels() != 1 {
		t.Fatalf("%v, %+v", err, p.Layers[1].Poly)
	}
}
