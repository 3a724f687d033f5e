package model

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

// runElements is about how many elements the largest tensor has when several
// samples are evaluated together: more would not stay in a core's cache.
const runElements = 1 << 17

// Batched reports whether every input and every output has a batch dimension.
func (g *Graph) Batched() bool {
	for _, v := range slices.Concat(g.Inputs, g.Outputs) {
		if len(v.Shape) == 0 || v.Shape[0] != 1 || g.consts[v.Name] != nil {
			return false
		}
	}
	return true
}

// withBatch returns the shape with another leading dimension.
func withBatch(shape []int, n int) []int {
	out := slices.Clone(shape)
	if len(out) > 0 {
		out[0] = n
	}
	return out
}

// runBatch evaluates many samples: as many at once as suits the graph, on all processors.
func (g *Graph) runBatch(inputs map[string]*Tensor, samples int) (map[string]*Tensor, error) {
	workers := min(runtime.GOMAXPROCS(0), samples)
	together := min(g.perRun(), (samples+workers-1)/workers)
	chunks := (samples + together - 1) / together
	results, errs := make([]map[string]*Tensor, chunks), make([]error, workers)
	next := make(chan int, chunks)
	for i := range chunks {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range next {
				from, to := i*together, min((i+1)*together, samples)
				part := make(map[string]*Tensor, len(g.Inputs))
				for _, v := range g.Inputs {
					part[v.Name] = inputs[v.Name].rows(from, to)
				}
				if results[i], errs[w] = g.run(part, to-from); errs[w] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	out := make(map[string]*Tensor, len(g.Outputs))
	for _, v := range g.Outputs {
		t := &Tensor{Type: v.Type, Shape: withBatch(v.Shape, samples)}
		for _, r := range results {
			t.Floats, t.Ints = append(t.Floats, r[v.Name].Floats...), append(t.Ints, r[v.Name].Ints...)
		}
		if t.len() != product(t.Shape) {
			return nil, fmt.Errorf("%w: output %q has %d values for shape %v", ErrInput, v.Name, t.len(), t.Shape)
		}
		out[v.Name] = t
	}
	return out, nil
}

// rows returns a part of a tensor along its first dimension.
func (t *Tensor) rows(from, to int) *Tensor {
	out, row := &Tensor{Type: t.Type, Shape: withBatch(t.Shape, to-from)}, t.len()/t.Shape[0]
	if t.Type == Float {
		out.Floats = t.Floats[from*row : to*row]
	} else {
		out.Ints = t.Ints[from*row : to*row]
	}
	return out
}

// samplesPerRun returns how many samples are best evaluated together: one if
// something in the graph might mix them.
func (g *Graph) samplesPerRun() int {
	if !g.Batched() || !g.keepsSamplesApart() {
		return 1
	}
	largest := 1
	for name, shape := range g.shapes {
		if g.consts[name] == nil {
			largest = max(largest, product(shape))
		}
	}
	return min(max(runElements/largest, 1), 64)
}

// keepsSamplesApart reports whether every value of the graph has its samples along
// the first dimension. The shapes for a batch tell, where the batch is a number that no
// dimension is; for operators that keep the shape, their axis does.
func (g *Graph) keepsSamplesApart() bool {
	const batch = 1_000_003 // a prime
	shapes := make(map[string][]int)
	for _, v := range g.Inputs {
		shapes[v.Name] = withBatch(v.Shape, batch)
	}
	for _, n := range g.Nodes {
		c := g.call(n, nil)
		c.batch, c.limit = batch, math.MaxInt
		for i, in := range n.Inputs {
			if s, ok := shapes[in]; ok {
				c.shapes[i] = s
			}
		}
		if c.mixesRows() {
			return false
		}
		out, err := c.inferShapes()
		if err != nil {
			return false
		}
		for i, name := range n.Outputs {
			own := g.shapes[name]
			if name != "" && (len(own) == 0 || own[0] != 1 || !slices.Equal(out[i], withBatch(own, batch))) {
				return false
			}
			shapes[name] = out[i]
		}
	}
	return true
}

// mixesRows reports whether a node that keeps its input's shape works along the
// first dimension.
func (c *call) mixesRows() bool {
	var axis int
	switch c.node.Op {
	case "Softmax", "LogSoftmax":
		axis, _ = c.softmaxAxis()
	case "LayerNormalization", "LpNormalization":
		axis, _ = c.axis(c.int("axis", -1), len(c.shapes[0]))
	case "Slice":
		spans, err := c.spans()
		return err != nil || spans[0].step != 1
	default:
		return false
	}
	return axis == 0
}

// Tensor returns samples of the value, each row-major, as an input of [Graph.Run].
// The error wraps [ErrInput]: samples have the value's size, and integers are whole.
func (v Value) Tensor(samples ...[]float64) (*Tensor, error) {
	shape, size := v.Shape, product(v.Shape)
	if len(samples) != 1 {
		if len(shape) == 0 || shape[0] != 1 {
			return nil, fmt.Errorf("%w: %d samples for %q of shape %v, which has no batch: give one", ErrInput, len(samples), v.Name, shape)
		}
		shape = withBatch(shape, len(samples))
	}
	t := &Tensor{Type: v.Type, Shape: shape}
	for _, x := range samples {
		if len(x) != size {
			return nil, fmt.Errorf("%w: %d values for %q of shape %v, which takes %d", ErrInput, len(x), v.Name, v.Shape, size)
		}
		for _, f := range x {
			switch {
			case v.Type == Float:
				t.Floats = append(t.Floats, float32(f))
			case f != math.Trunc(f) || math.Abs(f) > exactInt || v.Type == Bool && f != 0 && f != 1:
				return nil, fmt.Errorf("%w: value %g for %q, which takes %v", ErrInput, f, v.Name, v.Type)
			default:
				t.Ints = append(t.Ints, int64(f))
			}
		}
	}
	return t, nil
}
