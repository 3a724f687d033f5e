package model

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// runtimeCase is a graph that ONNX Runtime has evaluated on a ramp.
type runtimeCase struct {
	name  string
	opset int64
	shape []int64
	nodes string
}

// runtimeConsts are the constants of the graphs below.
func runtimeConsts() map[string]*Tensor {
	return map[string]*Tensor{
		"K3232": floats([]int{3, 2, 3, 2}, ramp(36)...), "K4133": floats([]int{4, 1, 3, 3}, ramp(36)...), "K324": floats([]int{3, 2, 4}, ramp(24)...),
		"T2333": floats([]int{2, 3, 3, 3}, ramp(54)...), "T4233": floats([]int{4, 2, 3, 3}, ramp(72)...), "T234": floats([]int{2, 3, 4}, ramp(24)...),
		"B2": floats([]int{2}, 0.5, -1), "B3": floats([]int{3}, 1, 2, 3), "B4": floats([]int{4}, 1, -2, 3, -4), "B5": floats([]int{5}, ramp(5)...),
		"V2": floats([]int{2}, 0.25, 4), "M43": floats([]int{4, 3}, ramp(12)...), "M5": floats([]int{3, 5}, ramp(15)...), "S1": floats([]int{}, 2), "S3": floats([]int{1}, 3),
		"SC": floats([]int{4}, 1, 1, 1.5, 2.5), "SD": floats([]int{4}, 1, 1, 0.6, 0.5), "SZ": ints([]int{4}, 1, 2, 7, 3), "S2": floats([]int{4}, 1, 1, 2, 2),
		"P8": ints([]int{8}, 0, 0, 1, 2, 0, 0, 2, 1), "P4": ints([]int{4}, 2, -1, 1, 3), "A2": ints([]int{2}, 2, 3), "R4": ints([]int{4}, 1, 2, 1, 3), "E4": ints([]int{4}, 3, 1, 4, 5),
		"X1": ints([]int{1}, 1), "X12": ints([]int{2}, 1, 2), "X13": ints([]int{2}, 1, -1), "I6": ints([]int{2, 3}, 0, -1, 2, 1, 0, -2), "N2": ints([]int{2}, 1, 3),
		"F2": ints([]int{2}, -1, 0), "L2": ints([]int{2}, -9223372036854775808, 9223372036854775807), "D2": ints([]int{2}, 2, 3), "Q2": ints([]int{2}, -2, 2), "Z": floats([]int{}, 0), "LO": floats([]int{}, -0.3),
		"IL": ints([]int{}, 1), "X7": ints([]int{}, 8), "X2": ints([]int{}, 2),
	}
}

var runtimeCases = []runtimeCase{
	{"conv", 13, []int64{1, 2, 6, 5}, "y=Conv(x,K3232,B3){pads=1,0,2,1 strides=2,1 dilations=1,2}"},
	{"conv same upper", 13, []int64{1, 2, 6, 5}, "y=Conv(x,K3232){auto_pad=SAME_UPPER strides=2,2}"},
	{"conv same lower", 13, []int64{1, 2, 6, 5}, "y=Conv(x,K3232){auto_pad=SAME_LOWER strides=2,2}"},
	{"conv depthwise", 13, []int64{1, 4, 6, 5}, "y=Conv(x,K4133,B4){group=4 pads=1,1,1,1}"},
	{"conv 1d", 13, []int64{1, 2, 9}, "y=Conv(x,K324,B3){pads=2,1 strides=2}"},
	{"transposed conv", 13, []int64{1, 2, 4, 3}, "y=ConvTranspose(x,T2333,B3){strides=2,3 pads=1,0,0,1 output_padding=1,0}"},
	{"transposed conv in groups", 13, []int64{1, 4, 4, 3}, "y=ConvTranspose(x,T4233,B4){group=2 dilations=2,1}"},
	{"transposed conv same upper", 13, []int64{1, 2, 4, 3}, "y=ConvTranspose(x,T2333){auto_pad=SAME_UPPER strides=2,2}"},
	{"transposed conv same lower", 13, []int64{1, 2, 4, 3}, "y=ConvTranspose(x,T2333){auto_pad=SAME_LOWER strides=2,2}"},
	{"transposed conv to a shape", 13, []int64{1, 2, 4, 3}, "y=ConvTranspose(x,T2333){output_shape=10,8 strides=3,3}"},
	{"transposed conv 1d", 13, []int64{1, 2, 5}, "y=ConvTranspose(x,T234){strides=2 pads=1,1}"},
	{"gemm", 13, []int64{1, 4}, "t=Transpose(x) y=Gemm(t,M43,B3){transA=1 alpha=0.5 beta=2.0}"},
	{"matmul stacked", 13, []int64{1, 3, 4}, "y=MatMul(x,M43)"},
	{"batch norm", 15, []int64{1, 2, 3, 3}, "y=BatchNormalization(x,B2,V2,B2,V2){epsilon=0.01}"},
	{"layer norm", 17, []int64{1, 4, 5}, "y,m,i=LayerNormalization(x,B5,B5)"},
	{"layer norm over planes", 17, []int64{1, 3, 5}, "y=LayerNormalization(x,M5){axis=1}"},
	{"instance norm", 13, []int64{1, 2, 3, 3}, "y=InstanceNormalization(x,B2,V2)"},
	{"group norm", 21, []int64{1, 4, 3, 3}, "y=GroupNormalization(x,B4,B4){num_groups=2}"},
	{"lrn", 13, []int64{1, 5, 2, 2}, "y=LRN(x){size=3 alpha=0.5 beta=0.6 bias=2.0}"},
	{"lp norm", 13, []int64{1, 3, 4}, "a=LpNormalization(x){p=1} b=LpNormalization(x){axis=1} y=Add(a,b)"},
	{"max pool", 13, []int64{1, 2, 7, 5}, "y,i=MaxPool(x){kernel_shape=3,2 strides=2,2 ceil_mode=1 pads=1,0,1,0}"},
	{"max pool dilated", 13, []int64{1, 2, 7, 5}, "y=MaxPool(x){kernel_shape=2,2 dilations=3,2}"},
	{"average pool", 13, []int64{1, 2, 7, 5}, "y=AveragePool(x){kernel_shape=3,2 strides=2,2 pads=1,1,1,1}"},
	{"average pool with pads", 13, []int64{1, 2, 7, 5}, "y=AveragePool(x){kernel_shape=3,2 strides=2,2 pads=1,1,1,1 count_include_pad=1}"},
	{"average pool 1d", 13, []int64{1, 2, 7}, "y=AveragePool(x){kernel_shape=3 auto_pad=SAME_UPPER strides=2}"},
	{"global pools", 13, []int64{1, 2, 3, 5}, "a=GlobalAveragePool(x) b=GlobalMaxPool(x) y=Add(a,b)"},
	{"reductions", 13, []int64{1, 4, 5}, "a=ReduceMean(x){axes=1} b=ReduceMax(x){axes=-2} c=ReduceL2(x){axes=1} d=ReduceLogSumExp(x){axes=1} e=ReduceL1(x){axes=1} f=ReduceProd(x){axes=1} y=Sum(a,b,c,d,e,f)"},
	{"reduce sum", 13, []int64{1, 4, 5}, "a=ReduceSum(x,X12){keepdims=0} b=ReduceSum(x){noop_with_empty_axes=1} c=ReduceMin(x) d=ReduceSum(b){keepdims=0} e=Add(a,d) y=Add(e,c)"},
	{"arg max", 13, []int64{1, 4, 5}, "y=ArgMax(x){axis=1 keepdims=0}"},
	{"arg min", 13, []int64{1, 4, 5}, "y=ArgMin(x){axis=-1}"},
	{"softmax", 13, []int64{1, 3, 4}, "a=Softmax(x){axis=1} b=LogSoftmax(x) y=Mul(a,b)"},
	{"softmax before opset 13", 11, []int64{1, 3, 4}, "y=Softmax(x){axis=1}"},
	{"arithmetic", 13, []int64{1, 1, 4}, "a=Mul(x,M5b) b=Div(a,S1) c=Sub(b,x) d=Pow(c,S1) e=Abs(x) f=Pow(e,S3) g=Min(d,f,S1) y=Max(g,x)"},
	{"mean", 13, []int64{1, 4}, "y=Mean(x,B4,S1)"},
	{"activations", 14, []int64{1, 6, 5}, "a=LeakyRelu(x){alpha=0.2} b=Elu(x) c=Selu(x) d=HardSigmoid(x) e=HardSwish(x) f=Softplus(x) g=Celu(x){alpha=0.7} h=ThresholdedRelu(x){alpha=0.1} i=Shrink(x){bias=0.1} j=Softsign(x) y=Sum(a,b,c,d,e,f,g,h,i,j)"},
	{"gelu", 20, []int64{1, 6, 5}, "a=Gelu(x) b=Gelu(x){approximate=tanh} y=Concat(a,b){axis=1}"},
	{"mish", 18, []int64{1, 6, 5}, "y=Mish(x)"},
	{"functions", 13, []int64{1, 6, 5}, "e=Exp(x) l=Log(e) q=Sqrt(e) t=Tanh(x) s=Sigmoid(x) r=Erf(x) n=Neg(x) a=Sin(x) b=Cos(x) c=Floor(x) d=Ceil(x) f=Sign(x) g=Reciprocal(e) h=Atan(x) y=Sum(l,q,t,s,r,n,a,b,c,d,f,g,h)"},
	{"round", 13, []int64{1, 6}, "a=Mul(x,S3) y=Round(a)"},
	{"clip", 13, []int64{1, 6, 5}, "y=Clip(x,LO,)"},
	{"prelu", 13, []int64{1, 6, 5}, "y=PRelu(x,B5)"},
	{"where", 13, []int64{1, 6, 5}, "a=Greater(x,Z) b=Less(x,LO) c=Or(a,b) d=Not(c) e=Neg(x) y=Where(d,e,B5)"},
	{"comparison", 16, []int64{1, 6, 5}, "a=GreaterOrEqual(x,Z) b=LessOrEqual(x,LO) c=Equal(x,x) d=Xor(a,c) e=And(d,b) y=Cast(e){to=7}"},
	{"cast", 13, []int64{1, 6}, "a=Mul(x,S3) b=Cast(a){to=6} c=Cast(b){to=1} d=Cast(x){to=9} e=Cast(d){to=1} y=Add(c,e)"},
	{"cast like", 15, []int64{1, 6}, "a=Mul(x,S3) b=CastLike(a,IL) c=CastLike(b,x) r=Range(IL,X7,X2) d=CastLike(r,x) e=ReduceSum(d) y=Add(c,e)"},
	{"integers", 13, []int64{1, 6, 5}, "i=ArgMax(x){axis=1} a=Add(i,IL) b=Mul(a,i) y=Sub(b,IL)"},
	{"gather by value", 13, []int64{1, 6, 3}, "i=ArgMax(x){axis=1 keepdims=0} y=Gather(M5,i){axis=1}"},
	{"pad", 13, []int64{1, 2, 3, 4}, "y=Pad(x,P8,S1)"},
	{"pad reflect", 13, []int64{1, 2, 4, 4}, "y=Pad(x,P8){mode=reflect}"},
	{"pad edge and crop", 18, []int64{1, 2, 4, 4}, "y=Pad(x,P4,,A2){mode=edge}"},
	{"pad wrap", 19, []int64{1, 2, 4, 4}, "y=Pad(x,P8){mode=wrap}"},
	{"resize nearest", 13, []int64{1, 2, 4, 4}, "y=Resize(x,,SC){mode=nearest}"},
	{"resize nearest ceil", 13, []int64{1, 2, 4, 4}, "y=Resize(x,,SD){mode=nearest nearest_mode=ceil coordinate_transformation_mode=asymmetric}"},
	{"resize linear", 13, []int64{1, 2, 4, 4}, "y=Resize(x,,SC){mode=linear}"},
	{"resize linear down", 13, []int64{1, 2, 5, 4}, "y=Resize(x,,SD){mode=linear}"},
	{"resize linear to sizes", 13, []int64{1, 2, 4, 4}, "y=Resize(x,,,SZ){mode=linear coordinate_transformation_mode=align_corners}"},
	{"resize linear of torch", 13, []int64{1, 2, 4, 4}, "y=Resize(x,,SC){mode=linear coordinate_transformation_mode=pytorch_half_pixel}"},
	{"resize cubic", 13, []int64{1, 2, 4, 4}, "y=Resize(x,,SC){mode=cubic}"},
	{"resize cubic strict", 13, []int64{1, 2, 4, 4}, "y=Resize(x,,SC){mode=cubic exclude_outside=1 cubic_coeff_a=-0.5}"},
	{"resize before opset 11", 10, []int64{1, 2, 4, 4}, "y=Resize(x,SC){mode=nearest}"},
	{"upsample", 9, []int64{1, 2, 3, 4}, "y=Upsample(x,S2){mode=linear}"},
	{"tile and expand", 13, []int64{1, 2, 3, 1}, "a=Tile(x,R4) b=Expand(x,E4x) c=ReduceSum(a) y=Mul(b,c)"},
	{"slice", 13, []int64{1, 6, 5}, "y=Slice(x,F2,L2,X12,Q2)"},
	{"gather", 13, []int64{1, 3, 5}, "y=Gather(x,I6){axis=1}"},
	{"split", 13, []int64{1, 4, 2}, "a,b=Split(x,N2){axis=1} c=ReduceSum(a) y=Sub(b,c)"},
	{"moves", 13, []int64{1, 4, 2, 3}, "t=Transpose(x){perm=0,2,3,1} s=Squeeze(t,Z0) u=Unsqueeze(s,X1) f=Flatten(u){axis=2} y=Concat(f,f){axis=-1}"},
	{"depth to space", 13, []int64{1, 8, 2, 3}, "a=DepthToSpace(x){blocksize=2} b=DepthToSpace(x){blocksize=2 mode=CRD} c=Add(a,b) y=SpaceToDepth(c){blocksize=2}"},
	{"shapes", 13, []int64{1, 4, 3}, "s=Shape(x) n=Gather(s,X1) z=ConstantOfShape(n) d=Size(x) e=Cast(d){to=1} a=Add(x,e) b=ReduceSum(z) y=Add(a,b)"},
	{"dropout", 13, []int64{1, 4}, "a,m=Dropout(x) b=Cast(m){to=1} c=Identity(a) y=Add(c,b)"},
}

// runtimeModel writes a case as a file whose graph outputs are all of the last node's.
func runtimeModel(t *testing.T, c runtimeCase) []byte {
	t.Helper()
	consts := runtimeConsts()
	consts["M5b"], consts["E4x"], consts["Z0"] = floats([]int{5, 1}, ramp(5)...), ints([]int{4}, 3, 1, 1, 5), ints([]int{1}, 0)
	m := file(t, c.shape, c.nodes, consts)
	m.OpsetImport[0].Version, m.IrVersion = c.opset, 8
	nodes := m.Graph.Node
	m.Graph.Output = nil
	for _, name := range nodes[len(nodes)-1].Output {
		m.Graph.Output = append(m.Graph.Output, &onnx.ValueInfoProto{Name: name})
	}
	return marshal(t, m)
}

// TestRuntime compares with what ONNX Runtime 1.30 computed. To do that anew, set
// ENCOMPUTE_WRITE_CASES to a folder, and see testdata/onnxruntime.js.
func TestRuntime(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("testdata", "onnxruntime.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]map[string]struct {
		Shape []int     `json:"shape"`
		Data  []float64 `json:"data"`
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(runtimeCases) {
		t.Errorf("testdata/onnxruntime.json has %d cases, want %d", len(want), len(runtimeCases))
	}
	for _, c := range runtimeCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			model := runtimeModel(t, c)
			size := 1
			for _, d := range c.shape {
				size *= int(d)
			}
			if dir := os.Getenv("ENCOMPUTE_WRITE_CASES"); dir != "" {
				in, _ := json.Marshal(map[string]any{"shape": c.shape, "data": ramp(size)})
				for name, b := range map[string][]byte{c.name + ".onnx": model, c.name + ".json": in} {
					if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				t.Skip("the case is written, not compared")
			}
			g, err := Parse(model)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range []*Graph{g, reload(t, g)} {
				got, err := g.Run(map[string]*Tensor{"x": floats(g.Inputs[0].Shape, ramp(size)...)})
				if err != nil {
					t.Fatal(err)
				}
				if len(want[c.name]) != len(got) {
					t.Fatalf("%d outputs, want %d", len(got), len(want[c.name]))
				}
				for name, w := range want[c.name] {
					y := got[name]
					if product(w.Shape) != len(w.Data) || len(y.wide()) != len(w.Data) {
						t.Fatalf("%s: shape %v, want %v", name, y.Shape, w.Shape)
					}
					for i, v := range y.wide() {
						if !(math.Abs(v-w.Data[i]) <= 1e-5*max(1, math.Abs(w.Data[i]))) {
							t.Fatalf("%s: value %d of %v is %g, want %g", name, i, y.Shape, v, w.Data[i])
						}
					}
				}
			}
		})
	}
}
