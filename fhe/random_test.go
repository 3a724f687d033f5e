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
	s, err := k.largestSizes(ranks, logN, special, maxScale, merged, true)
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
