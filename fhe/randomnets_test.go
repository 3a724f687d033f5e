package fhe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// grower grows a random prefix of every kind of layer.
type grower struct {
	*net
	side        int // of the input's plane, at most
	activations int // still allowed
}

// maxRandomTensor keeps random networks small beside the input's own size.
const maxRandomTensor = 600

// randomNet is a prefix of up to three activations; equal seeds give equal prefixes.
func randomNet(t testing.TB, seed uint64, side int) Prefix {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, uint64(side)))
	input := []int{2 + r.IntN(18)}
	if r.IntN(4) > 0 {
		input = []int{1 + r.IntN(3), 2 + r.IntN(side-1), 2 + r.IntN(side-1)}
	}
	g := &grower{net: &net{t: t, p: Prefix{Input: input}, r: r}, side: side, activations: 1 + r.IntN(3)}
	if r.IntN(4) == 0 { // what can start from products
		if len(input) == 1 {
			g.dense(g.next(), 1+r.IntN(12))
		} else {
			g.convWith(g.next(), Conv{Out: 1 + r.IntN(4), Kernel: [2]int{min(2, input[1]), min(2, input[2])}})
		}
		g.poly(g.next())
		g.tile()
	}
	for range 2 + r.IntN(6) {
		g.grow()
	}
	if len(g.p.Layers) == 0 {
		g.affine(g.next())
	}
	return g.p
}

// next names a layer.
func (g *grower) next() string { return fmt.Sprintf("l%d", len(g.p.Layers)) }

// grow adds a layer, or a branch and its join, that fits.
func (g *grower) grow() {
	flat := len(g.shape()) == 1
	switch g.r.IntN(12) {
	case 0, 1:
		g.activation()
	case 2:
		g.affine(g.next())
	case 3:
		g.permute()
	case 4:
		g.reshape()
	case 5:
		g.residual()
	case 6:
		g.concat()
	case 7:
		if !flat {
			g.pad()
		}
	case 8, 9:
		if !flat {
			g.averagePool()
			return
		}
		fallthrough
	default:
		if flat {
			g.dense(g.next(), 1+g.r.IntN(12))
		} else {
			g.convolution()
		}
	}
}

func (g *grower) activation() {
	if g.activations == 0 {
		return
	}
	g.activations--
	switch name := g.next(); g.r.IntN(5) {
	case 0:
		g.polynomial(name, 3+g.r.IntN(maxDegree-2))
	case 1:
		g.polynomial(name, 2)
		c := g.p.Layers[len(g.p.Layers)-1].Poly.Coefficients
		c[2][g.r.IntN(len(c[2]))] = 0
		g.p.Layers[len(g.p.Layers)-1] = NewPoly(name, *g.p.Layers[len(g.p.Layers)-1].Poly)
	default:
		g.poly(name)
	}
	if g.r.IntN(2) == 0 {
		g.tile()
	}
}

// tile adds a pool that tiles its input, if one does: behind an activation, rotations do it.
func (g *grower) tile() {
	in := g.shape()
	switch {
	case len(in) == 1:
	case in[1]%2 == 0 && in[2]%2 == 0:
		g.pool(g.next(), 2)
	case in[1]%3 == 0:
		g.add(NewPool(g.next(), Pool{Kernel: [2]int{3, 1}, Stride: [2]int{3, 1}}))
	}
}

// windowed draws kernel, stride, dilation and pads that fit the plane.
func (g *grower) windowed(dilated bool) (kernel, stride, dilation [2]int, pads [4]int) {
	for i := range 2 {
		room := g.shape()[1+i]
		kernel[i], stride[i], dilation[i] = 1+g.r.IntN(min(3, room)), 1+g.r.IntN(3), 1
		if dilated && 2*(kernel[i]-1) < room {
			dilation[i] += g.r.IntN(2)
		}
		span := dilation[i]*(kernel[i]-1) + 1
		pads[i], pads[i+2] = g.r.IntN(span), g.r.IntN(span)
	}
	return kernel, stride, dilation, pads
}

func (g *grower) convolution() {
	c := Conv{Out: 1 + g.r.IntN(4), Groups: 1}
	c.Kernel, c.Stride, c.Dilation, c.Pads = g.windowed(true)
	if in := g.shape()[0]; g.r.IntN(3) == 0 {
		c.Groups = in
		c.Out = in * (1 + g.r.IntN(2))
	}
	g.convWith(g.next(), c)
}

func (g *grower) averagePool() {
	p := Pool{CountPads: g.r.IntN(2) == 0}
	p.Kernel, p.Stride, _, p.Pads = g.windowed(false)
	g.add(NewPool(g.next(), p))
}

func (g *grower) pad() {
	p := Pad{Value: g.r.NormFloat64()}
	for i := range 3 {
		p.Before[i], p.After[i] = g.r.IntN(2), g.r.IntN(2)
	}
	if size(g.shape()) < maxRandomTensor {
		g.add(NewPad(g.next(), p))
	}
}

func (g *grower) permute() {
	shape := slices.Clone(g.shape())
	if d := shape[0]; len(shape) == 3 && d%2 == 0 { // an axis may be read as two
		shape = append([]int{2, d / 2}, shape[1:]...)
	}
	g.add(NewPermute(g.next(), Permute{Shape: shape, Perm: g.r.Perm(len(shape))}))
}

func (g *grower) reshape() {
	shape := g.shape()
	if len(shape) == 3 {
		g.flatten(g.next())
		return
	}
	for _, d := range g.r.Perm(4) {
		if n := shape[0]; n%(d+1) == 0 && n > d+1 {
			g.add(NewReshape(g.next(), 1, d+1, n/(d+1)))
			return
		}
	}
}

// residual adds a block of layers to what it reads, or to a convolution of that with a stride.
func (g *grower) residual() {
	from, in := g.value(), g.shape()
	if len(in) == 1 {
		g.dense(g.next(), in[0])
		if g.activations > 0 && g.r.IntN(2) == 0 {
			g.activation()
			g.dense(g.next(), in[0])
		}
		g.add(NewAdd(g.next(), g.value(), from))
		return
	}
	stride, out := 1+g.r.IntN(2), 1+g.r.IntN(3)
	g.conv(g.next(), out, 3, stride, 1)
	if g.activations > 0 && g.r.IntN(2) == 0 {
		g.activations--
		g.poly(g.next())
		g.conv(g.next(), out, 3, 1, 1)
	}
	body := g.value()
	if stride == 1 && out == in[0] && g.r.IntN(2) == 0 {
		g.add(NewAdd(g.next(), from, body, from))
		return
	}
	g.shortcut(from, in, out, stride)
	g.add(NewAdd(g.next(), body, g.value()))
}

// shortcut is a 1x1 convolution of an earlier value.
func (g *grower) shortcut(from int, in []int, out, stride int) {
	g.add(NewConv(g.next(), Conv{
		In: in[0], Out: out, Kernel: [2]int{1, 1}, Stride: [2]int{stride, stride}, Weights: g.random(out*in[0], 0.5), Bias: g.random(out, 0.1),
	}).From(from))
}

// concat joins the last value, one derived from it and the first again.
func (g *grower) concat() {
	from, in := g.value(), g.shape()
	if 3*size(in) > maxRandomTensor {
		return
	}
	g.affine(g.next())
	list := []int{from, g.value()}
	if g.r.IntN(2) == 0 {
		list = append(list, from)
	}
	g.add(NewConcat(g.next(), g.r.IntN(len(in)), list...))
}
