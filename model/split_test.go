package model

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSplitAt cuts the examples and random graphs after each of their nodes, where one
// or several values cross.
func TestSplitAt(t *testing.T) {
	t.Parallel()
	graphs := map[string]*Graph{}
	for _, name := range []string{"tab-wdbc", "mnist-lola", "pneumonia-trunk"} {
		graphs[name] = example(t, name)
	}
	for seed := range uint64(25) {
		graphs[fmt.Sprintf("random %d", seed)] = randomGraph(t, seed)
	}
	for name, g := range graphs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			several := 0
			for end := 1; end < len(g.Nodes); end++ {
				values, whole := crossingAt(g, end)
				checkSplitAt(t, g, values, whole)
				if len(values) > 1 {
					several++
				}
			}
			if several == 0 && len(g.Nodes) > 12 {
				t.Error("no place is crossed by several values")
			}
		})
	}
}

// crossingAt returns the computed values that are needed after the first nodes of a
// graph, and whether nothing else is.
func crossingAt(g *Graph, end int) (values []string, whole bool) {
	last, inputs := g.lastUses(), []string{}
	for _, v := range g.Inputs {
		inputs = append(inputs, v.Name)
	}
	whole = true
	for _, v := range inputs {
		whole = whole && last[v] < end
	}
	for _, n := range g.Nodes[:end] {
		for _, v := range n.Outputs {
			if at, used := last[v]; used && at >= end {
				values = append(values, v)
			}
		}
	}
	return values, whole
}

func checkSplitAt(t *testing.T, g *Graph, values []string, whole bool) {
	t.Helper()
	refused := func(why string, values ...string) {
		t.Helper()
		if _, _, err := g.SplitAt(values...); !errors.Is(err, ErrNoCut) {
			t.Errorf("%s, %v: got %v, want %v", why, values, err, ErrNoCut)
		}
	}
	if !whole {
		refused("the input crosses, too", values...)
		return
	}
	prefix := checkHalves(t, g, values)
	refused("a value twice", append(slices.Clone(values), values[0])...)
	refused("an input", append(slices.Clone(values), g.Inputs[0].Name)...)
	for i := range values {
		// Without one value it is no cut, or another one if that value follows from the rest.
		fewer := slices.Delete(slices.Clone(values), i, i+1)
		if _, _, err := g.SplitAt(fewer...); err == nil {
			checkHalves(t, g, fewer)
		} else if !errors.Is(err, ErrNoCut) {
			t.Errorf("%v: got %v, want %v", fewer, err, ErrNoCut)
		}
	}
	if len(values) == 1 {
		refused("no value")
	}
	if early := g.Nodes[0].Outputs[0]; len(prefix.Nodes) > 1 && !slices.Contains(values, early) {
		refused("a value that is not needed", append(slices.Clone(values), early)...)
	}
}

// checkHalves requires that both parts, through their files, compute what the graph
// computes, and returns the first.
func checkHalves(t *testing.T, g *Graph, values []string) *Graph {
	t.Helper()
	prefix, suffix, err := g.SplitAt(values...)
	if err != nil {
		t.Fatal(err)
	}
	x := map[string]*Tensor{g.Inputs[0].Name: floats(g.Inputs[0].Shape, ramp(product(g.Inputs[0].Shape))...)}
	want, err := g.Run(x)
	if err != nil {
		t.Fatal(err)
	}
	mid, err := reload(t, prefix).Run(x)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reload(t, suffix).Run(mid)
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range want {
		if d := maxDiff(t, got[name].wide(), w.wide()); d != 0 {
			t.Errorf("cut at %v: the halves differ from the whole by %g", values, d)
		}
	}
	return prefix
}

// TestSplitAtOneOutput refuses a cut through a node of two outputs.
func TestSplitAtOneOutput(t *testing.T) {
	t.Parallel()
	g := build(t, []int{1, 4}, "r=Relu(x) a,b=Split(r){axis=1} c=Neg(a) y=Add(c,b)", nil)
	if _, _, err := g.SplitAt("a", "r"); !errors.Is(err, ErrNoCut) {
		t.Errorf("got %v, want %v", err, ErrNoCut)
	}
	checkSplitAt(t, g, []string{"a", "b"}, true)
	checkSplitAt(t, g, []string{"c", "b"}, true)
}

// TestSplitAtOutput cuts where an output of the graph crosses.
func TestSplitAtOutput(t *testing.T) {
	t.Parallel()
	m := file(t, []int64{1, 4}, "r=Relu(x) i=ArgMax(r){axis=1} y=Neg(r)", nil)
	m.Graph.Output = append(m.Graph.Output, encodeValue(Value{Name: "r"}), encodeValue(Value{Name: "i"}))
	g, err := Parse(marshal(t, m))
	if err != nil {
		t.Fatal(err)
	}
	checkSplitAt(t, g, []string{"r"}, true)
	checkSplitAt(t, g, []string{"r", "i"}, true)
}

// randomGraph grows a network of planes whose branches join again here and there.
func randomGraph(t *testing.T, seed uint64) *Graph {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	consts := map[string]*Tensor{}
	nodes, open := "", []string{"x"} // values of shape [1, 2, 4, 4]
	pick := func() string { return open[max(0, len(open)-1-r.IntN(4))] }
	for i := range 8 + r.IntN(16) {
		out := fmt.Sprintf("v%d", i)
		switch r.IntN(7) {
		case 0:
			consts["k"+out], consts["b"+out] = floats([]int{2, 2, 3, 3}, ramp(36)...), floats([]int{2}, 0.1, -0.2)
			nodes += fmt.Sprintf("%s=Conv(%s,k%s,b%s){pads=1,1,1,1} ", out, pick(), out, out)
		case 1:
			nodes += fmt.Sprintf("%s=%s(%s) ", out, []string{"Relu", "Tanh", "Sigmoid", "Neg"}[r.IntN(4)], pick())
		case 2, 3:
			nodes += fmt.Sprintf("%s=%s(%s,%s) ", out, []string{"Add", "Sub", "Max"}[r.IntN(3)], pick(), pick())
		case 4:
			nodes += fmt.Sprintf("%sa,%sb=Split(%s){axis=1} %s=Concat(%sb,%sa){axis=1} ", out, out, pick(), out, out, out)
		case 5:
			nodes += fmt.Sprintf("%st=Transpose(%s){perm=0,1,3,2} %s=Softmax(%st){axis=-1} ", out, pick(), out, out)
		case 6:
			a := pick()
			nodes += fmt.Sprintf("%sg=Greater(%s,%s) %s=Where(%sg,%s,%s) ", out, a, pick(), out, out, pick(), a)
		}
		open = append(open, out)
	}
	last := open[len(open)-1]
	return build(t, []int{1, 2, 4, 4}, nodes+fmt.Sprintf("j=Add(%s,%s) p=GlobalAveragePool(j) y=Flatten(p)", last, pick()), consts)
}
