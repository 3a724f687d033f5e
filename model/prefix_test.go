package model

import (
	"errors"
	"strings"
	"testing"
)

// kinds lists the kinds of layers, joined by spaces.
func kinds(layers []PrefixLayer) string {
	var out []string
	for _, l := range layers {
		out = append(out, string(l.Kind))
	}
	return strings.Join(out, " ")
}

// TestPolynomialForms writes one polynomial in many ways; each must become one layer.
func TestPolynomialForms(t *testing.T) {
	t.Parallel()
	perChannel := map[string]*Tensor{
		"a": floats([]int{2, 1, 1}, 0.5, -2), "b": floats([]int{1, 2, 1, 1}, 3, 0.25), "c": floats([]int{}, -0.75),
		"one": floats([]int{1}, 1), "two": floats([]int{}, 2), "itwo": ints([]int{}, 2), "three": floats([]int{}, 3), "seven": floats([]int{}, 7),
		"half": floats([]int{1, 2, 1, 1}, 0, 1), "map": floats([]int{1, 2, 3, 3}, ramp(18)...), "row": floats([]int{3}, 1, 2, 3), "up": floats([]int{2, 1, 1, 1, 1}, 1, 2),
	}
	tests := []struct {
		name  string
		nodes string
		want  string
	}{
		{"torch", "u=Mul(a,x) v=Mul(u,x) w=Mul(b,x) s=Add(v,w) y=Add(s,c)", "poly"},
		{"constants on the right", "u=Mul(x,a) v=Mul(x,u) w=Mul(x,b) s=Add(w,v) y=Add(c,s)", "poly"},
		{"horner", "u=Mul(x,a) v=Add(u,b) w=Mul(v,x) y=Sub(w,c)", "poly"},
		{"square by Mul", "y=Mul(x,x)", "poly"},
		{"square by Pow", "y=Pow(x,two)", "poly"},
		{"square by integer Pow", "y=Pow(x,itwo)", "poly"},
		{"square of a sum", "u=Add(x,b) y=Mul(u,u)", "poly"},
		{"scaled square", "u=Mul(x,x) v=Mul(u,a) y=Neg(v)", "poly"},
		{"division", "u=Mul(x,x) v=Div(u,a) y=Add(v,x)", "poly"},
		{"affine", "u=Mul(x,a) y=Add(u,c)", "affine"},
		{"constant minus", "y=Sub(c,x)", "affine"},
		{"first power", "u=Pow(x,one) y=Mul(u,b)", "affine"},
		{"cancelled square", "u=Mul(x,x) v=Add(u,x) y=Sub(v,u)", ""},
		{"quartic", "u=Mul(x,x) v=Add(u,c) y=Mul(v,v)", "poly poly"},
		{"quartic with its square", "u=Mul(x,x) v=Mul(u,u) y=Add(v,u)", "poly poly"},
		{"quartic with all powers", "u=Mul(x,x) v=Mul(u,u) w=Add(v,x) y=Add(w,u)", "poly"},
		{"cube by Mul", "u=Mul(x,x) y=Mul(u,x)", "poly"},
		{"seventh power", "y=Pow(x,seven)", "poly"},
		{"eighth power", "u=Mul(x,x) v=Mul(u,u) y=Mul(v,v)", "poly poly poly"},
		{"cubic by Horner", "u=Mul(a,x) v=Add(u,b) w=Mul(v,x) v2=Sub(w,c) w2=Mul(x,v2) y=Add(w2,b)", "poly"},
		{"cubic by powers", "q=Pow(x,three) u=Mul(q,a) v=Pow(x,two) w=Mul(b,v) s=Add(w,u) y=Sub(s,x)", "poly"},
		{"square in one channel", "u=Mul(x,x) v=Mul(u,half) y=Add(v,x)", "poly"},
		{"one constant an element", "u=Mul(x,map) y=Add(u,c)", "reshape affine reshape"},
		{"polynomial an element", "u=Mul(x,map) v=Mul(u,x) y=Add(v,a)", "reshape poly reshape"},
		{"one constant a column", "y=Mul(x,row)", "reshape affine reshape"},
		{"repeats", "u=Add(x,up) y=Mul(u,u)", "conv poly"},
		{"mean", "u=Mul(x,x) y=Mean(u,x,c)", "poly"},
		{"identity", "u=Identity(x) v=Dropout(u) y=Mul(v,a)", "affine"},
		{"sum", "u=Mul(x,x) y=Sum(u,x,c)", "poly"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 2, 3, 3}, tt.nodes+" z=Relu(y)", perChannel)
			layers := checkLayers(t, g, lastCut(t, g), ramp(18))
			if got := kinds(layers); got != tt.want {
				t.Errorf("got layers %q, want %q", got, tt.want)
			}
		})
	}
}

// lastCut is the cut before the graph's last node.
func lastCut(t *testing.T, g *Graph) Cut {
	t.Helper()
	cuts := g.Cuts()
	if len(cuts) == 0 {
		return Cut{Value: g.Nodes[len(g.Nodes)-1].Inputs[0]}
	}
	return cuts[len(cuts)-1]
}

// TestLinearForms holds the other shapes in which exporters write linear layers.
func TestLinearForms(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{
		"k":  floats([]int{3, 2, 3, 3}, ramp(54)...),
		"k1": floats([]int{4, 1, 3, 3}, ramp(36)...),
		"kl": floats([]int{2, 2, 3}, ramp(12)...),
		"b3": floats([]int{3}, 1, -2, 3), "b4": floats([]int{4}, 1, -2, 3, -4),
		"w": floats([]int{98, 3}, ramp(294)...), "wt": floats([]int{3, 98}, ramp(294)...),
		"row": floats([]int{1, 3}, 5, 6, 7), "n": floats([]int{}, 0.5),
		"pads": ints([]int{8}, 0, 0, 1, 2, 0, 0, 0, 1), "zero": ints([]int{8}, 0, 0, 0, 0, 0, 0, 0, 0),
		"flat": ints([]int{2}, 0, -1), "ax0": ints([]int{1}, 0), "ax3": ints([]int{1}, 3),
		"s": floats([]int{2}, 2, -1), "sh": floats([]int{2}, 0.5, 1), "mean": floats([]int{2}, 0.1, 0.2), "var": floats([]int{2}, 1, 4),
	}
	tests := []struct {
		name, nodes, want string
	}{
		{"asymmetric pads", "y=Conv(x,k,b3){pads=1,0,2,1 strides=2,1}", "conv"},
		{"no bias", "y=Conv(x,k){dilations=2,2}", "conv"},
		{"same upper", "y=Conv(x,k,b3){auto_pad=SAME_UPPER strides=2,2}", "conv"},
		{"same lower", "y=Conv(x,k,b3){auto_pad=SAME_LOWER strides=3,2}", "conv"},
		{"depthwise", "y=Conv(x,k1,b4){group=2}", "conv"},
		{"pad then conv", "p=Pad(x,pads) y=Conv(p,k,b3)", "conv"},
		{"no-op pad", "p=Pad(x,zero) y=AveragePool(p){kernel_shape=2,2 strides=2,2}", "pool"},
		{"pool counts no pads", "y=AveragePool(x){kernel_shape=3,3 pads=1,1,1,1 strides=2,2}", "pool"},
		{"pool counts pads", "y=AveragePool(x){kernel_shape=3,3 pads=1,1,1,1 count_include_pad=1}", "pool"},
		{"pool rounds up", "y=AveragePool(x){kernel_shape=3,3 strides=2,2 ceil_mode=1 pads=0,1,0,0 count_include_pad=1}", "pool"},
		{"pad then pool", "p=Pad(x,pads) y=AveragePool(p){kernel_shape=2,2}", "pool"},
		{"pad then global pool", "p=Pad(x,pads) y=GlobalAveragePool(p)", "pool"},
		{"spatial mean", "m=ReduceMean(x){axes=2,3 keepdims=0} y=Mul(m,n)", "pool affine"},
		{"one-dimensional", "a=Reshape(x,flat2) q=Conv(a,kl){pads=1,2} y=AveragePool(q){kernel_shape=4}", "reshape conv pool"},
		{"gemm", "f=Flatten(x) y=Gemm(f,w,b3){alpha=0.5 beta=2.0}", "reshape dense"},
		{"gemm transposed", "f=Reshape(x,flat) y=Gemm(f,wt,row){transB=1}", "reshape dense"},
		{"gemm scalar bias", "f=Flatten(x) y=Gemm(f,w,n)", "reshape dense"},
		{"gemm no bias", "f=Flatten(x) y=Gemm(f,w)", "reshape dense"},
		{"matmul", "f=Flatten(x) m=MatMul(f,w) y=Add(m,row)", "reshape dense affine"},
		{"normalization", "y=BatchNormalization(x,s,sh,mean,var){epsilon=0.01}", "affine"},
		{"normalization and square", "q=BatchNormalization(x,s,sh,mean,var) y=Mul(q,q)", "poly"},
		{"reshapes keep the order", "a=Squeeze(x,ax0) b=Unsqueeze(a,ax3) c=Transpose(b){perm=0,1,3,2} y=Mul(c,n)", "reshape affine"},
	}
	consts["flat2"] = ints([]int{3}, 1, 2, -1)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 2, 7, 7}, tt.nodes+" z=Relu(y)", consts)
			layers := checkLayers(t, g, lastCut(t, g), ramp(98))
			if got := kinds(layers); got != tt.want {
				t.Errorf("got layers %q, want %q", got, tt.want)
			}
		})
	}
}

// TestJoins holds branches, moved axes and whatever else is linear.
func TestJoins(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{
		"k": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4), "k3": floats([]int{3, 2, 3, 3}, ramp(54)...), "n": floats([]int{}, 0.5),
		"bn": floats([]int{2}, 2, -1), "sh": floats([]int{2}, 0.5, 1), "var": floats([]int{2}, 1, 4),
		"pads": ints([]int{8}, 0, 0, 1, 1, 0, 0, 1, 2), "chan": ints([]int{8}, 0, 1, 0, 0, 0, 2, 1, 0), "crop": ints([]int{8}, 0, 0, -1, 1, 0, 0, 0, -2),
		"one": floats([]int{}, 1), "w": floats([]int{4, 3}, ramp(12)...), "w4": floats([]int{4, 4}, ramp(16)...), "b3": floats([]int{3}, 1, 2, 3),
		"column": floats([]int{8, 1}, ramp(8)...), "rows": ints([]int{2}, 8, 4), "left": floats([]int{5, 8}, ramp(40)...), "cb": floats([]int{5, 1}, ramp(5)...),
		"axes1": ints([]int{1}, 1), "axes23": ints([]int{2}, 2, 3), "axes13": ints([]int{2}, 1, 3), "st": ints([]int{2}, 3, 0), "en": ints([]int{2}, -9, 2), "sax": ints([]int{2}, 3, 2), "stp": ints([]int{2}, -2, 1),
		"idx": ints([]int{2, 2}, 1, 0, 3, 3), "wide": ints([]int{4}, 1, 2, 4, 4), "parts": ints([]int{2}, 1, 3), "big": floats([]int{2, 1, 1, 1, 1}, 1, 2),
		"heads": ints([]int{4}, 1, 4, 4, 2), "bias": floats([]int{8, 3}, ramp(24)...),
	}
	tests := []struct {
		name, nodes, want string
	}{
		{"residual block", "u=Conv(x,k) y=Add(u,x)", "conv add"},
		{"residual difference", "u=Conv(x,k) y=Sub(x,u)", "conv affine add"},
		{"residual with normalization", "u=Conv(x,k) v=BatchNormalization(u,bn,sh,bn,var) q=Mul(v,v) c=Conv(q,k) y=Add(c,v)", "conv poly conv affine add"},
		{"three branches", "u=Conv(x,k) v=Conv(u,k) y=Sum(u,v,x,n)", "conv conv add add affine"},
		{"a tensor and its polynomial", "u=Conv(x,k) v=Mul(u,u) h=Mul(u,n) s=Add(v,h) y=Add(s,u)", "conv poly"},
		{"unused bias of one branch", "u=Mul(x,n) v=Conv(u,k) s=Add(v,u) y=Add(s,x)", "affine conv add add"},
		{"inception", "u=Conv(x,k) v=Conv(x,k3){pads=1,1,1,1} y=Concat(u,v,x){axis=1}", "conv conv concat"},
		{"side by side", "u=Conv(x,k) y=Concat(x,u){axis=3}", "conv concat"},
		{"flat concatenation", "f=Flatten(x) g=Mul(f,n) y=Concat(f,g){axis=1}", "reshape affine concat"},
		{"concatenated batch", "y=Concat(x,x){axis=0}", "reshape reshape concat"},
		{"broadcast branch", "u=GlobalAveragePool(x) y=Add(x,u)", "pool conv permute add"},
		{"padding alone", "p=Pad(x,pads) y=Mul(p,n)", "pad affine"},
		{"padding with ones", "p=Pad(x,pads,one) y=Conv(p,k)", "pad conv"},
		{"padded channels", "y=Pad(x,chan,n)", "pad"},
		{"crop and pad", "y=Pad(x,crop)", "permute conv permute permute conv permute pad"},
		{"some pads count", "p=Pad(x,pads) y=AveragePool(p){kernel_shape=3,3 pads=1,1,1,1}", "pad pool"},
		{"padding read twice", "p=Pad(x,pads) u=Conv(p,k) y=Add(u,p)", "pad conv add"},
		{"transpose", "y=Transpose(x){perm=0,1,3,2}", "permute"},
		{"channels last", "u=Transpose(x){perm=0,2,3,1} v=Mul(u,bn) y=Transpose(v){perm=0,3,1,2}", "permute reshape affine reshape permute"},
		{"mean over channels", "y=ReduceMean(x){axes=1}", "conv"},
		{"mean over height", "y=ReduceMean(x){axes=2 keepdims=0}", "permute conv"},
		{"mean over channels and width", "y=ReduceMean(x,axes13)", "permute conv"},
		{"sum of all", "y=ReduceSum(x){keepdims=0}", "dense"},
		{"sum over the plane", "y=ReduceSum(x,axes23)", "permute conv"},
		{"no axes", "u=ReduceSum(x){noop_with_empty_axes=1} y=Mul(u,n)", "affine"},
		{"matrix of rows", "y=MatMul(x,w)", "permute conv permute"},
		{"matrix on the left", "r=Reshape(x,rows) y=MatMul(left,r)", "reshape conv"},
		{"rows through Gemm", "r=Reshape(x,rows) y=Gemm(r,w,b3){beta=0.5}", "reshape permute conv permute"},
		{"rows through Gemm with any bias", "r=Reshape(x,rows) y=Gemm(r,w,bias){alpha=2.0}", "reshape permute conv permute reshape affine reshape"},
		{"transposed rows", "r=Reshape(x,rows) y=Gemm(r,column){transA=1}", "reshape permute permute conv"},
		{"Gemm on the left", "r=Reshape(x,rows) y=Gemm(left,r,cb){alpha=0.5}", "reshape conv"},
		{"Gemm on the left of a transposed matrix", "r=Reshape(x,rows) y=Gemm(w4,r){transA=1 transB=1}", "reshape permute conv"},
		{"Gemm with an encrypted bias", "r=Reshape(x,rows) m=ReduceMean(r){axes=0} y=Gemm(r,w4,m){beta=2.0}", "reshape conv conv permute conv permute affine add"},
		{"slices", "y=Slice(x,st,en,sax,stp)", "permute conv permute permute conv permute"},
		{"gather", "y=Gather(x,idx){axis=3}", "permute conv permute"},
		{"split and join", "a,b=Split(x,parts){axis=2} u=Mul(b,n) y=Concat(u,a){axis=2}", "permute conv permute conv permute affine reshape concat"},
		{"expand", "m=ReduceMean(x){axes=1} y=Expand(m,wide)", "conv conv"},
		{"broadcast up", "y=Mul(x,big)", "conv affine"},
		{"scores of heads", "h=Reshape(x,heads) t=Transpose(h){perm=0,2,1,3} y=ReduceMean(t){axes=3 keepdims=0}", "reshape permute permute conv"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 2, 4, 4}, tt.nodes+" z=Relu(y)", consts)
			layers := checkLayers(t, g, Cut{Value: "y"}, ramp(32))
			if got := kinds(layers); got != tt.want {
				t.Errorf("got layers %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNotEncryptable(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{
		"k": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4), "n": floats([]int{}, 2), "eight": floats([]int{}, 8), "zero": floats([]int{1, 2, 1, 1}, 1, 0),
		"half": floats([]int{}, 0.5), "kk": floats([]int{2, 2}, 1, 2, 3, 4), "five": floats([]int{}, 5), "w": floats([]int{2, 4, 4}, ramp(32)...), "p": floats([]int{2, 1, 1}, 1, 2), "wide": floats([]int{1, 1, 4, 4}, ramp(16)...),
		"around": ints([]int{8}, 0, 0, 1, 1, 0, 0, 1, 1),
	}
	tests := []struct {
		name, nodes, layer, op, remedy string
	}{
		{"maximum", "y=MaxPool(x){kernel_shape=2,2}", "y", "MaxPool", "AveragePool"},
		{"activation", "y=Sigmoid(x)", "y", "Sigmoid", "--approximate y)"},
		{"softmax", "y=Softmax(x)", "y", "Softmax", "suffix"},
		{"learned slopes", "y=PRelu(x,p)", "y", "PRelu", "LeakyRelu"},
		{"eighth power", "y=Pow(x,eight)", "y", "Pow", "powers up to 7"},
		{"root", "y=Pow(x,half)", "y", "Pow", "powers up to 7"},
		{"high degree", "u=Pow(x,five) v=Mul(x,x) s=Add(u,v) q=Mul(v,x) y=Mul(s,q)", "y", "Mul", "degree 7"},
		{"secret divisor", "y=Div(n,x)", "y", "Div", "constants"},
		{"zero divisor", "y=Div(x,zero)", "y", "Div", "constants"},
		{"gate", "u=Conv(x,k) y=Mul(u,x)", "y", "Mul", "before the branches"},
		{"attention", "y=MatMul(x,x)", "y", "MatMul", "constant matrix"},
		{"matrix for each channel", "y=MatMul(x,w)", "y", "MatMul", "one matrix"},
		{"computed weights", "u=Conv(x,k) y=Conv(x,u)", "y", "Conv", "constant weights"},
		{"constant branch", "y=Concat(x,wide){axis=1}", "y", "Concat", "computed tensors"},
		{"the first of two", "u=Conv(x,k) q=Relu(u) y=MaxPool(q){kernel_shape=2,2}", "q", "Relu", "--approximate q)"},
		{"inside a branch", "u=Conv(x,k) q=Sqrt(u) y=Add(q,x)", "q", "Sqrt", "approximate"},
		{"constant product", "r=ReduceMean(x){keepdims=0} y=Gemm(kk,kk,r)", "y", "Gemm", "constant product"},
		{"mirror", "y=Pad(x,around){mode=reflect}", "y", "Pad", "constant"},
		{"mask", "u,mask=Dropout(x) r=Transpose(mask) f=Flatten(r) y=Cast(f){to=1}", "r", "Transpose", "cut before"},
		{"numbers of places", "i=ArgMax(x){axis=1} f=Flatten(i) y=Cast(f){to=1}", "i", "ArgMax", "cut before"},
		{"comparison", "g=Greater(x,n) e=Neg(x) y=Where(g,x,e)", "g", "Greater", "cut before"},
		{"other", "y=ReduceMax(x)", "y", "ReduceMax", "cut before"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 2, 4, 4}, tt.nodes+" z=Relu(y)", consts)
			_, err := g.PrefixLayers(Cut{Value: "y"})
			var ne *NotEncryptable
			if !errors.As(err, &ne) {
				t.Fatalf("got %v, want NotEncryptable", err)
			}
			if ne.Op != tt.op || ne.Layer != tt.layer || !strings.Contains(ne.Remedy, tt.remedy) || ne.Why == "" {
				t.Errorf("got %+v, want %s at %s and a remedy with %q", ne, tt.op, tt.layer, tt.remedy)
			}
			for _, r := range g.Inspect() {
				if r.Encryptable != (r.Reason == nil) || r.Reason != nil && *r.Reason != *ne {
					t.Errorf("cut %s: reported %+v, want %+v", r.Cut.Layer, r.Reason, ne)
				}
			}
		})
	}
}
