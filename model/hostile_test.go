package model

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// TestHostileGeometry holds that no attribute can make an operator loop, overflow or
// allocate beyond its inputs and the limits: extreme values are refused by name.
func TestHostileGeometry(t *testing.T) {
	t.Parallel()
	const huge = "2147483647"
	consts := map[string]*Tensor{
		"k": floats([]int{2, 2, 3, 3}, ramp(36)...), "five": floats([]int{4}, 1, 1, 1e30, 1e30), "nan": floats([]int{4}, 1, 1, float32(math.NaN()), 1),
		"minus": floats([]int{4}, 1, 1, -1, 1), "sizes": ints([]int{4}, 1, 2, math.MaxInt64, 1), "big": ints([]int{4}, 1, 1, math.MaxInt32, math.MaxInt32),
		"below": ints([]int{4}, 1, 1, -1, 1), "far": ints([]int{8}, 0, 0, 0, 0, 0, 0, math.MaxInt64, 1), "six": floats([]int{6}, ramp(6)...), "one": ints([]int{1}, 1),
		"zero4": ints([]int{4}, 1, 2, 0, 4), "over": ints([]int{1}, math.MaxInt64),
	}
	tests := []struct{ name, nodes string }{
		{"pool kernel", "y=MaxPool(x){kernel_shape=" + huge + "," + huge + "}"},
		{"pool kernel of none", "y=MaxPool(x){kernel_shape=0,0}"},
		{"pool strides", "y=AveragePool(x){kernel_shape=1,1 strides=0,-1}"},
		{"pool pads", "y=AveragePool(x){kernel_shape=2,2 pads=" + huge + "," + huge + "," + huge + "," + huge + "}"},
		{"conv dilations", "y=Conv(x,k){dilations=" + huge + "," + huge + "}"},
		{"conv groups", "y=Conv(x,k){group=" + huge + "}"},
		{"conv groups below zero", "y=Conv(x,k){group=-1}"},
		{"transposed conv strides", "y=ConvTranspose(x,k){strides=1048576,1048576}"},
		{"transposed conv output", "y=ConvTranspose(x,k){output_shape=" + huge + "," + huge + "}"},
		{"transposed conv output below zero", "y=ConvTranspose(x,k){output_shape=-1,-5}"},
		{"transposed conv padding", "y=ConvTranspose(x,k){output_padding=" + huge + ",0}"},
		{"transposed conv groups", "y=ConvTranspose(x,k){group=0}"},
		{"resize by much", "y=Resize(x,,five)"},
		{"resize by no number", "y=Resize(x,,nan)"},
		{"resize below zero", "y=Resize(x,,minus)"},
		{"resize to much", "y=Resize(x,,,sizes)"},
		{"resize of other rank", "y=Resize(x,,six)"},
		{"tile", "y=Tile(x,big)"},
		{"tile below zero", "y=Tile(x,below)"},
		{"expand", "y=Expand(x,big)"},
		{"pad", "y=Pad(x,far)"},
		{"lrn of no size", "y=LRN(x){size=0}"},
		{"group norm of no groups", "y=GroupNormalization(x,k,k){num_groups=0}"},
		{"axis", "y=Softmax(x){axis=" + huge + "}"},
		{"blocks", "y=DepthToSpace(x){blocksize=" + huge + "}"},
		{"blocks of none", "y=SpaceToDepth(x){blocksize=0}"},
		{"reshape to zero", "y=Reshape(x,zero4){allowzero=1}"},
		{"gather far", "y=Gather(x,over)"},
		{"concat of other shape", "y=Concat(x,k){axis=0}"},
		{"types", "g=Greater(x,x) y=Add(x,g)"},
		{"index of floats", "y=Gather(x,six)"},
		{"condition of floats", "y=Where(x,x,x)"},
		{"bound of many numbers", "y=Clip(x,six)"},
		{"norm of order 7", "y=LpNormalization(x){p=7}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := file(t, []int64{1, 2, 4, 4}, tt.nodes, consts)
			_, err := Parse(marshal(t, m))
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(err.Error(), `node "`) && !errors.Is(err, ErrTooLarge) {
				t.Errorf("%v does not name the node", err)
			}
			if r := check(t, m); len(r.Problems) == 0 || r.Problems[0].Remedy == "" {
				t.Errorf("got %+v", r.Problems)
			}
		})
	}
}

// TestDeepGraph imports the longest chain that the limits allow: neither stack nor
// time grow beyond it.
func TestDeepGraph(t *testing.T) {
	t.Parallel()
	m := file(t, []int64{1, 2}, "y=Neg(x)", nil)
	m.Graph.Node = nil
	limit := DefaultLimits().Nodes
	for i := range limit {
		// The last node first, so that sorting has to go all the way down.
		n := limit - 1 - i
		in, out := fmt.Sprintf("v%d", n), fmt.Sprintf("v%d", n+1)
		if n == 0 {
			in = "x"
		}
		m.Graph.Node = append(m.Graph.Node, &onnx.NodeProto{OpType: "Neg", Input: []string{in}, Output: []string{out}})
	}
	m.Graph.Output[0].Name = fmt.Sprintf("v%d", limit)
	g, err := Parse(marshal(t, m))
	if err != nil {
		t.Fatal(err)
	}
	got, err := g.Eval([]float32{1, -2})
	if err != nil || fmt.Sprint(got) != "[1 -2]" {
		t.Errorf("got %v, %v", got, err)
	}
	m.Graph.Node = append(m.Graph.Node, &onnx.NodeProto{OpType: "Neg", Input: []string{"x"}, Output: []string{"z"}})
	if _, err := Parse(marshal(t, m)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one node more: got %v, want %v", err, ErrTooLarge)
	}
}

// TestWideGraph lists the one cut behind many branches.
func TestWideGraph(t *testing.T) {
	t.Parallel()
	var nodes strings.Builder
	sum := make([]string, 2000)
	for i := range sum {
		sum[i] = fmt.Sprintf("b%d", i)
		fmt.Fprintf(&nodes, "%s=Relu(x) ", sum[i])
	}
	g := build(t, []int{1, 2}, nodes.String()+"s=Sum("+strings.Join(sum, ",")+") y=Tanh(s)", nil)
	if len(g.Cuts()) != 1 {
		t.Errorf("got %d cuts", len(g.Cuts()))
	}
}
