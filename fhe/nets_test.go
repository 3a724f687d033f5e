package fhe

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// net builds random prefixes for tests; it tracks the shape so that layers fit.
type net struct {
	t testing.TB
	p Prefix
	r *rand.Rand
}

func newNet(t testing.TB, seed uint64, input ...int) *net {
	t.Helper()
	return &net{t: t, p: Prefix{Input: input}, r: newRand(seed)}
}

func (n *net) shape() []int {
	if len(n.p.Layers) == 0 {
		return n.p.Input
	}
	shapes, err := n.p.Shapes()
	if err != nil {
		n.t.Fatal(err)
	}
	return shapes[len(shapes)-1]
}

func (n *net) random(count int, std float64) []float64 {
	v := make([]float64, count)
	for i := range v {
		v[i] = n.r.NormFloat64() * std
	}
	return v
}

func (n *net) add(l Layer) *net {
	n.p.Layers = append(n.p.Layers, l)
	return n
}

func (n *net) conv(name string, out, kernel, stride, pad int) *net {
	return n.convWith(name, Conv{Out: out, Kernel: [2]int{kernel, kernel}, Stride: [2]int{stride, stride}, Pads: [4]int{pad, pad, pad, pad}})
}

func (n *net) convWith(name string, c Conv) *net {
	c.In = n.shape()[0]
	groups := max(c.Groups, 1)
	fan := c.In / groups * c.Kernel[0] * c.Kernel[1]
	c.Weights = n.random(c.Out*fan, 1/math.Sqrt(float64(fan)))
	c.Bias = n.random(c.Out, 0.1)
	return n.add(NewConv(name, c))
}

func (n *net) pool(name string, kernel int) *net {
	return n.add(NewPool(name, Pool{Kernel: [2]int{kernel, kernel}, Stride: [2]int{kernel, kernel}}))
}

func (n *net) poly(name string) *net {
	c := n.shape()[0]
	a := n.random(c, 0.1)
	for i := range a {
		a[i] += math.Copysign(0.3, a[i])
	}
	return n.add(NewPoly(name, NewQuadratic(a, n.random(c, 0.2), n.random(c, 0.1))))
}

// polynomial adds one of any degree.
func (n *net) polynomial(name string, degree int) *net {
	p := Poly{Degree: degree}
	for k := range degree + 1 {
		p.Coefficients = append(p.Coefficients, n.random(n.shape()[0], 0.3/float64(k+1)))
	}
	return n.add(NewPoly(name, p))
}

// value is the number of the last value, for [Layer.From].
func (n *net) value() int { return len(n.p.Layers) }

func (n *net) square(name string) *net {
	c := n.shape()[0]
	return n.add(NewPoly(name, NewQuadratic(slices.Repeat([]float64{1}, c), make([]float64, c), make([]float64, c))))
}

func (n *net) affine(name string) *net {
	c := n.shape()[0]
	return n.add(NewAffine(name, Affine{Scale: n.random(c, 1), Shift: n.random(c, 0.1)}))
}

func (n *net) dense(name string, out int) *net {
	in := n.shape()[0]
	return n.add(NewDense(name, Dense{In: in, Out: out, Weights: n.random(in*out, 1/math.Sqrt(float64(in))), Bias: n.random(out, 0.1)}))
}

func (n *net) flatten(name string) *net { return n.add(NewReshape(name, size(n.shape()))) }

// The shipped models, by shape.

func trunkNet(t testing.TB) Prefix {
	n := newNet(t, 1, 1, 28, 28)
	n.conv("conv1", 8, 3, 1, 1).poly("poly1").pool("pool1", 2)
	n.conv("conv2", 16, 3, 1, 1).poly("poly2").pool("pool2", 2)
	n.conv("conv3", 32, 3, 1, 1).poly("poly3")
	n.conv("conv4", 64, 3, 1, 1).poly("poly4").pool("gap", 7).flatten("flat")
	return n.p
}

func pool2Net(t testing.TB) Prefix {
	n := newNet(t, 2, 1, 28, 28)
	n.conv("conv1", 8, 3, 1, 1).poly("poly1").pool("pool1", 2)
	return n.conv("conv2", 16, 3, 1, 1).poly("poly2").pool("pool2", 2).p
}

func lolaNet(t testing.TB) Prefix {
	n := newNet(t, 3, 1, 28, 28)
	return n.conv("conv1", 5, 5, 2, 1).square("sq1").flatten("flat").dense("fc1", 100).p
}

func lenetNet(t testing.TB) Prefix {
	n := newNet(t, 4, 1, 28, 28)
	return n.conv("conv1", 6, 5, 1, 0).poly("poly1").pool("pool1", 2).conv("conv2", 16, 5, 1, 0).p
}

func asisNet(t testing.TB) Prefix { return newNet(t, 5, 1, 28, 28).conv("conv1", 32, 3, 1, 0).p }

func tabNet(t testing.TB) Prefix { return newNet(t, 6, 30).dense("fc1", 64).poly("poly1").p }

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }
