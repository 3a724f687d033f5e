package bench

import (
	"math"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
)

// smallNets are prefixes with every kind of layer that the baselines know.
func smallNets() map[string]fhe.Prefix {
	strided := newNetwork(1, 1, 8, 8).conv(5, 3, 2, 1, 0.1).quadratic().flatten().dense(6, 0.1).square().dense(3, 0.1)
	pooled := newNetwork(2, 2, 8, 8).conv(4, 3, 1, 1, 0.1).quadratic().pool(2).conv(6, 3, 1, 1, 0.1).quadratic().pool(4).flatten().dense(2, 0)
	open := newNetwork(3, 1, 6, 6).conv(3, 3, 2, 0, 0.1).quadratic() // ends in an activation
	grouped := newNetwork(4, 4, 5, 5)
	grouped.add(fhe.NewConv("grouped", fhe.Conv{
		In: 4, Out: 4, Groups: 2, Kernel: [2]int{2, 3}, Dilation: [2]int{2, 1}, Pads: [4]int{1, 1, 0, 0},
		Weights: grouped.normal(48, 0.3),
	}), 4, 4, 4)
	grouped.add(fhe.NewPool("pool", fhe.Pool{Kernel: [2]int{2, 2}, Stride: [2]int{1, 2}, Pads: [4]int{1, 1, 0, 0}, CountPads: true}), 4, 4, 2)
	grouped.add(fhe.NewAffine("norm", fhe.Affine{Scale: grouped.normal(4, 1), Shift: grouped.normal(4, 1)}), 4, 4, 2)
	grouped.quadratic().pool(2)
	return map[string]fhe.Prefix{"strided": strided.prefix, "pooled": pooled.prefix, "open": open.prefix, "grouped": grouped.prefix}
}

func TestProgramIsThePrefix(t *testing.T) {
	t.Parallel()
	for name, p := range smallNets() {
		g, err := newProgram(p)
		if err != nil {
			t.Fatal(name, err)
		}
		x := (&network{prefix: p, random: newNetwork(9).random}).image(-1)
		want, err := p.Eval(x)
		if err != nil {
			t.Fatal(name, err)
		}
		for _, s := range g.steps {
			x = s.m.apply(x)
			for i, v := range x {
				if s.squared {
					x[i] = v * v
				}
			}
		}
		if g.closing != nil {
			x = g.closing.apply(x)
		}
		for i := range want {
			if math.Abs(x[i]-want[i]) > 1e-9 {
				t.Errorf("%s: value %d is %v, want %v", name, i, x[i], want[i])
			}
		}
	}
}

func TestProgramRefusesWhatItCannotRun(t *testing.T) {
	t.Parallel()
	cubic := newNetwork(1, 3)
	cubic.add(fhe.NewPoly("cubic", fhe.Poly{Degree: 3, Coefficients: [][]float64{{0, 0, 0}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}}}), 3)
	linear := newNetwork(1, 3)
	linear.add(fhe.NewPoly("linear", fhe.NewQuadratic([]float64{1, 0, 1}, make([]float64, 3), make([]float64, 3))), 3)
	branch := newNetwork(1, 3).dense(3, 0)
	branch.add(fhe.NewAdd("sum", 0, 1), 3)
	for name, n := range map[string]*network{"cubic": cubic, "linear": linear, "branch": branch, "empty": newNetwork(1, 3)} {
		if _, err := newProgram(n.prefix); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
