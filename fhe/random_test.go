package fhe

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

// seeds calls f for a number of seeds, dealt to parallel subtests. In a short run there are fewer.
func seeds(t *testing.T, n int, f func(t *testing.T, seed uint64)) {
	t.Helper()
	if testing.Short() {
		n /= 8
	}
	const shards = 4
	for shard := range shards {
		t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
			t.Parallel()
			for seed := shard; seed < n && !t.Failed(); seed += shards {
				f(t, uint64(seed))
			}
		})
	}
}

// describe tells a network without its weights.
func describe(p Prefix) string {
	shapes, err := p.Shapes()
	text := fmt.Sprint(p.Input)
	for i, l := range p.Layers {
		kind := ""
		for _, k := range []struct {
			set  bool
			text string
		}{
			{l.Conv != nil, "conv"},
			{l.Pool != nil, "pool"},
			{l.Dense != nil, "dense"},
			{l.Affine != nil, "affine"},
			{l.Poly != nil, "poly"},
			{l.Reshape != nil, "reshape"},
			{l.Permute != nil, "permute"},
			{l.Pad != nil, "pad"},
			{l.Add != nil, "add"},
			{l.Concat != nil, "concat"},
		} {
			if k.set {
				kind = k.text
			}
		}
		if l.Poly != nil {
			kind += fmt.Sprint(l.Poly.Degree)
		}
		if err == nil {
			text += fmt.Sprintf(" %s%v%v", kind, l.Inputs, shapes[i])
		}
	}
	return text
}

// closeTo compares up to the size of the largest value.
func closeTo(got, want []float64, relative float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d values, want %d", len(got), len(want))
	}
	largest := 1.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= relative*largest) {
			return fmt.Errorf("value %d is %v, want %v", i, got[i], w)
		}
	}
	return nil
}

// The generator must reach every kind of layer, or the tests below say less than they seem to.
func TestRandomNetsHoldEveryLayer(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for seed := range uint64(200) {
		p := randomNet(t, seed, 8)
		if err := p.Validate(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, l := range p.Layers {
			for kind, set := range map[string]bool{
				"conv": l.Conv != nil, "groups": l.Conv != nil && l.Conv.Groups > 1, "dilation": l.Conv != nil && l.Conv.Dilation[0] > 1,
				"stride": l.Conv != nil && l.Conv.Stride[0] > 1, "pool": l.Pool != nil, "dense": l.Dense != nil, "affine": l.Affine != nil,
				"quadratic": l.Poly != nil && l.Poly.Degree == 2, "mixed": l.Poly != nil && l.Poly.Mixed, "high degree": l.Poly != nil && l.Poly.Degree > 3,
				"reshape": l.Reshape != nil, "permute": l.Permute != nil, "pad": l.Pad != nil, "add": l.Add != nil, "concat": l.Concat != nil,
			} {
				if set {
					seen[kind]++
				}
			}
		}
	}
	if len(seen) != 15 {
		t.Errorf("only %v", seen)
	}
	for kind, n := range seen {
		if n < 8 {
			t.Errorf("%s: only %d", kind, n)
		}
	}
}

func TestRandomProgramsEqualTheirPrefix(t *testing.T) {
	t.Parallel()
	var products atomic.Int32
	t.Run("seeds", func(t *testing.T) {
		seeds(t, 400, func(t *testing.T, seed uint64) {
			p := randomNet(t, seed, 8)
			x := inputFor(p, seed)
			want, err := p.Eval(x)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			for _, quadratic := range []bool{false, true} {
				g, err := assemble(p, quadratic, true, weights)
				if err != nil {
					if !quadratic {
						t.Errorf("seed %d: %v", seed, err)
					}
					continue
				}
				if quadratic {
					products.Add(1)
				}
				g.foldSquares(make([]StageLiteral, len(g.stages)))
				if err := closeTo(runProgram(g, x), want, 1e-8); err != nil {
					t.Errorf("seed %d, from products %v, %s: %v", seed, quadratic, describe(p), err)
				}
			}
		})
	})
	if n := products.Load(); n < 2 {
		t.Errorf("only %d programs started from products", n)
	}
}

// arrangements builds the two cheapest plans of a search for one kind of input, under the widest moduli.
func (k *compiler) arrangements(kind string, logN, special int, merged, late, closing bool) (list []PlanLiteral, err error) {
	g, err := k.structure(kind == inputProd, closing)
	if err != nil {
		return nil, err
	}
	ranks, _ := g.ranks()
	s, err := largestSizes(ranks, logN, special, maxScale, merged, k.bound)
	if err != nil {
		return nil, err
	}
	lit := k.base(kind == inputProd, logN)
	lit.Closing = g.closing
	a, err := k.newArranger(g, lit, s, merged, late)
	if err != nil {
		return nil, err
	}
	states, err := a.arrange(kind)
	if err != nil {
		return nil, err
	}
	for _, s := range states[:min(2, len(states))] {
		lit, err := a.complete(s)
		if err != nil {
			return nil, err
		}
		list = append(list, lit)
	}
	return list, nil
}

// tally counts what a property was tested on.
type tally struct {
	mu    sync.Mutex
	count map[string]int
}

func (c *tally) add(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == nil {
		c.count = map[string]int{}
	}
	c.count[what]++
}

// plan counts what is special about a plan.
func (c *tally) plan(kind string, lit PlanLiteral) {
	c.add(kind)
	split := lit.Packing.Layout != nil && lit.Packing.Layout.parts() > 1
	for _, st := range lit.Stages {
		for what, ok := range map[string]bool{
			"factored": st.Factored, "kept square": st.KeepSquare, "late fold": st.FoldLate,
			"flat layout": st.Layout.Kind == flatLayout, "split layout": st.Layout.Kind == splitLayout, "phases": len(st.Layout.Digits) > 0,
		} {
			if ok {
				c.add(what)
			}
		}
		split = split || st.Layout.parts() > 1
	}
	if lit.Closing {
		c.add("closing")
	}
	if split {
		c.add("several parts")
	}
}

// checkInSlots plans a network one way at random and runs every plan on slots in the clear.
func checkInSlots(t *testing.T, seed uint64, p Prefix, logNs []int, count *tally) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 99))
	k := newCompiler(p, Options{Bits: 1, Raw: true})
	if err := k.prepare(); err != nil {
		t.Fatalf("seed %d, %s: %v", seed, describe(p), err)
	}
	x := inputFor(p, seed)
	want := p.eval(x)
	for _, kind := range []string{inputWindow, inputProd, inputSlots} {
		merged, late, special := r.IntN(2) == 0, r.IntN(2) == 0, 1+r.IntN(2)
		closings := k.closings()
		closing := closings[r.IntN(len(closings))]
		var plans []PlanLiteral
		err := errors.New("no ring degree")
		for _, logN := range logNs {
			if plans, err = k.arrangements(kind, logN, special, merged, late, closing); err == nil {
				break
			}
		}
		if err != nil {
			count.add("not planned: " + kind)
			continue
		}
		for _, lit := range plans {
			if slices.ContainsFunc(lit.Stages, func(st StageLiteral) bool { return st.Products == 0 }) {
				count.add("constant") // a window that reads nothing but padding: refused
				if _, err := NewPlan(lit); !errors.Is(err, ErrPlan) {
					t.Errorf("seed %d, %s: a stage without products: %v", seed, describe(p), err)
				}
				continue
			}
			count.plan(kind, lit)
			at := fmt.Sprintf("seed %d, %s, ring degree 2^%d, merged %v, closing %v, %s", seed, kind, lit.LogN, merged, closing, describe(p))
			got, err := simulate(p, lit, x)
			if err == nil {
				err = closeTo(got, want, 1e-7)
			}
			if err == nil && seed%8 == 0 {
				err = roundTrips(lit)
			}
			if err != nil {
				t.Errorf("%s: %v\n%+v %+v", at, err, lit.Packing, lit.Stages)
			}
		}
	}
}

// roundTrips says whether a plan survives writing and reading.
func roundTrips(lit PlanLiteral) error {
	plan, err := NewPlan(lit)
	if err != nil {
		return err
	}
	b, err := plan.MarshalBinary()
	if err != nil {
		return err
	}
	back, err := ParsePlan(b)
	if err != nil {
		return err
	}
	again, err := back.MarshalBinary()
	if err != nil || !bytes.Equal(again, b) || back.Digest() != plan.Digest() {
		return fmt.Errorf("another plan came back: %w", err)
	}
	return nil
}

// want demands that a property was tested often enough.
func (c *tally) want(t *testing.T, least map[string]int) {
	t.Helper()
	t.Log(c.count)
	for what, n := range least {
		if testing.Short() {
			n = min(n, 1)
			if !strings.HasPrefix(what, "slots") {
				n = 0
			}
		}
		if c.count[what] < n {
			t.Errorf("%s: tested %d times, want %d", what, c.count[what], n)
		}
	}
}

func TestRandomPlansComputeThePrefixInSlots(t *testing.T) {
	t.Parallel()
	var count tally
	t.Run("seeds", func(t *testing.T) {
		seeds(t, 120, func(t *testing.T, seed uint64) {
			checkInSlots(t, seed, randomNet(t, seed, 7), []int{12, 13, 14}, &count)
		})
	})
	count.want(t, map[string]int{
		inputWindow: 80, inputProd: 12, inputSlots: 80, "factored": 20, "kept square": 20, "late fold": 20, "phases": 20, "closing": 5,
	})
}

// Tensors larger than a ciphertext are split into parts, dense layers over copies of what they read.
func TestLargePlansComputeThePrefixInSlots(t *testing.T) {
	t.Parallel()
	var count tally
	t.Run("seeds", func(t *testing.T) {
		seeds(t, 12, func(t *testing.T, seed uint64) {
			r := newRand(seed)
			if seed%2 == 0 {
				n := newNet(t, seed, 1+r.IntN(3), 24+r.IntN(24), 24+r.IntN(24))
				n.conv("c1", 4+r.IntN(5), 3, 1, 1).poly("p1").convWith("c2", Conv{Out: 1 + r.IntN(6), Kernel: [2]int{1, 2}, Stride: [2]int{1 + r.IntN(2), 1}})
				checkInSlots(t, seed, n.p, []int{12, 13}, &count)
				return
			}
			n := newNet(t, seed, 20+r.IntN(100)).dense("d1", 20+r.IntN(200)).poly("p1").dense("d2", 10+r.IntN(100)).poly("p2").dense("d3", 1+r.IntN(10))
			checkInSlots(t, seed, n.p, []int{13}, &count)
		})
	})
	count.want(t, map[string]int{inputSlots: 5, inputWindow: 5, "several parts": 5, "flat layout": 4, "split layout": 2})
}
