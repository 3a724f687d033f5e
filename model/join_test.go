package model

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func allLayers(g *Graph) string {
	var out []string
	for _, c := range g.AllCuts() {
		out = append(out, fmt.Sprintf("%s%v", c.Layer, c.Shape))
	}
	return strings.Join(out, " ")
}

// TestAllCuts lists what one and several tensors cross, and calls each by its shortest name.
func TestAllCuts(t *testing.T) {
	t.Parallel()
	consts := map[string]*Tensor{
		"k": floats([]int{2, 1, 1, 1}, 1, 2), "k2": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4), "k3": floats([]int{3, 2, 1, 1}, ramp(6)...), "n": floats([]int{}, 2),
		"w": floats([]int{8, 3}, ramp(24)...), "st": ints([]int{4}, 1, 2, 1, 2), "flat": ints([]int{2}, 2, 4),
	}
	tests := []struct {
		name, nodes, want string
	}{
		{"chain", "a=Conv(x,k) b=Relu(a) y=Flatten(b)", "a[2 2 2] b[2 2 2]"},
		{"residual block", "a=Conv(x,k) c=Conv(a,k2) d=Mul(c,c) e=Conv(d,k2) s=Add(e,a) y=Relu(s)", "a[2 2 2] a+c[4 2 2] a+d[4 2 2] a+e[4 2 2] s[2 2 2]"},
		{"polynomial in one piece", "a=Conv(x,k) u=Mul(n,a) v=Mul(u,a) m=Mul(n,a) s=Add(v,m) p=Add(s,n) y=Relu(p)", "a[2 2 2] p[2 2 2]"},
		{"gate of itself", "a=Conv(x,k) b=Sigmoid(a) c=Mul(a,b) y=Relu(c)", "a[2 2 2] c[2 2 2]"},
		{"bias within a branch", "a=Conv(x,k) c=Conv(a,k2) b=Add(c,n) y=Add(b,a)", "a[2 2 2] a+b[4 2 2]"},
		{"two readers of the input", "a=Conv(x,k) b=ReduceMean(x){axes=1} y=Add(a,b)", "a+b[3 2 2]"},
		{"input on a skip", "a=Conv(x,k) b=Conv(a,k1) s=Add(b,x) y=Relu(s)", "s[1 2 2]"},
		{"view of the input", "f=Flatten(x) a=MatMul(f,m4) y=Add(a,f)", "f[4]"},
		{"other channels", "a=Conv(x,k) c=Conv(a,k3) d=Conv(c,k23) y=Add(d,a)", "a[2 2 2] a+c[5 2 2] a+d[4 2 2]"},
		{"other planes", "a=Conv(x,k) g=GlobalAveragePool(a) y=Add(a,g)", "a[2 2 2] a+g[10]"},
		{"no batch", "a=Conv(x,k) r=Reshape(a,flat) m=ReduceMean(r){axes=0 keepdims=0} y=Add(r,m)", "a[2 2 2] r[2 4] r+m[12]"},
		{"a scalar", "a=Conv(x,k) m=ReduceMean(a){keepdims=0} y=Add(a,m)", "a[2 2 2] a+m[9]"},
		{"three branches", "a=Conv(x,k) b=Conv(a,k2) c=Conv(a,k2) d=Conv(a,k2) s=Add(b,c) t=Add(s,d) y=Relu(t)", "a[2 2 2] a+b[4 2 2] a+b+c[6 2 2] b+c+d[6 2 2] d+s[4 2 2] t[2 2 2]"},
		{"two results", "a=Conv(x,k) b,c=Split(a){axis=1} d=Relu(b) y=Sub(d,c)", "a[2 2 2] b+c[2 2 2] c+d[2 2 2]"},
		{"places of the largest", "a=Conv(x,k) i=ArgMax(a){axis=1} j=Cast(i){to=1} s=Mul(a,j) y=Relu(s)", "a[2 2 2] a+j[3 2 2] s[2 2 2]"},
	}
	consts["k1"] = floats([]int{1, 2, 1, 1}, 1, -1)
	consts["k23"], consts["m4"] = floats([]int{2, 3, 1, 1}, ramp(6)...), floats([]int{4, 4}, ramp(16)...)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := build(t, []int{1, 1, 2, 2}, tt.nodes, consts)
			if got := allLayers(g); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if single := layers(g); !strings.Contains(single, "+") {
				for _, c := range g.AllCuts() {
					checkCut(t, g, c)
				}
			} else {
				t.Errorf("cuts of one tensor are %q", single)
			}
		})
	}
}

// checkCut requires that a cut is found by its name, and that its halves, as files, of one tensor in the middle, compute
// what the graph computes, on one sample and on several together.
func checkCut(t *testing.T, g *Graph, c Cut) {
	t.Helper()
	for _, name := range []string{c.Layer, strings.Join(c.Parts, "+"), backwards(c.Layer)} {
		if again, err := g.CutByName(name); name != "" && (err != nil || !equalCuts(again, c)) {
			t.Errorf("%q is %+v, %v, want %+v", name, again, err, c)
		}
	}
	prefix, suffix, err := g.Split(c)
	if err != nil {
		t.Fatal(err)
	}
	prefix, suffix = reload(t, prefix), reload(t, suffix)
	if len(prefix.Outputs) != 1 || len(suffix.Inputs) != 1 || fmt.Sprint(prefix.Outputs) != fmt.Sprint(suffix.Inputs) ||
		prefix.Outputs[0].Name != c.Value || !slices.Equal(prefix.Outputs[0].Sample(), c.Shape) {
		t.Fatalf("cut %s: the prefix gives %v, the suffix takes %v, want one %q of %v", c.Layer, prefix.Outputs, suffix.Inputs, c.Value, c.Shape)
	}
	samples := 1
	if g.Batched() && prefix.Batched() && suffix.Batched() {
		samples = 3
	}
	n := product(g.Inputs[0].Shape)
	x := floats(withBatch(g.Inputs[0].Shape, samples*g.Inputs[0].Shape[0]), ramp(samples*n)...)
	want, err := g.Run(map[string]*Tensor{g.Inputs[0].Name: x})
	if err != nil {
		t.Fatal(err)
	}
	mid, err := prefix.Run(map[string]*Tensor{prefix.Inputs[0].Name: x})
	if err != nil {
		t.Fatal(err)
	}
	got, err := suffix.Run(mid)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range g.Outputs {
		if !slices.Equal(got[v.Name].Shape, want[v.Name].Shape) {
			t.Errorf("cut %s: output of shape %v, want %v", c.Layer, got[v.Name].Shape, want[v.Name].Shape)
		}
		if d := maxDiff(t, got[v.Name].wide(), want[v.Name].wide()); d != 0 {
			t.Errorf("cut %s: the halves differ from the whole by %g", c.Layer, d)
		}
	}
}

func backwards(layer string) string {
	parts := strings.Split(layer, "+")
	slices.Reverse(parts)
	return strings.Join(parts, "+")
}

func equalCuts(a, b Cut) bool { return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b) }

// TestCutAtRandom cuts random graphs at sets of their values. A set is a cut exactly if it separates the output from the
// input and none of it could be left away; the halves then compute what the whole does.
func TestCutAtRandom(t *testing.T) {
	t.Parallel()
	const most = 400        // sets of one graph
	found := make([]int, 5) // cuts by the number of tensors that cross
	for seed := range uint64(20) {
		g := randomGraph(t, seed)
		var values []string
		for _, n := range g.Nodes {
			values = append(values, n.Outputs...)
		}
		sets := subsets(values, rand.New(rand.NewPCG(seed, 2)), most)
		for _, c := range g.AllCuts() {
			if len(c.Parts) > 0 {
				sets = append(sets, c.Parts)
			}
		}
		for _, set := range sets {
			c, err := g.CutAt(set...)
			if want := isCut(g, set); (err == nil) != want || err != nil && !errors.Is(err, ErrNoCut) {
				t.Errorf("graph %d, %v: got %v, want a cut: %v", seed, set, err, want)
			}
			if err == nil {
				checkCut(t, g, c)
				found[min(len(set), len(found)-1)]++
			}
		}
	}
	for n, cuts := range found[1:] {
		if cuts < 20 {
			t.Errorf("%d cuts of %d tensors, the test wants to see more", cuts, n+1)
		}
	}
}

// subsets are all sets of up to two values, and some of three and four.
func subsets(values []string, r *rand.Rand, most int) (list [][]string) {
	for i, v := range values {
		list = append(list, []string{v})
		for _, w := range values[:i] {
			list = append(list, []string{v, w})
		}
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	list = list[:min(len(list), most/2)]
	for len(list) < most && len(values) > 4 {
		var set []string
		for _, i := range r.Perm(len(values))[:3+r.IntN(2)] {
			set = append(set, values[i])
		}
		list = append(list, set)
	}
	return list
}

// isCut is what CutAt should say, by walks over the graph's edges.
func isCut(g *Graph, set []string) bool {
	producer := g.producers()
	// open lists what the output depends on, not going beyond the set.
	open := func(set []string) map[string]bool {
		seen := map[string]bool{}
		var walk func(v string)
		walk = func(v string) {
			if v == "" || seen[v] || !g.variable(v) {
				return
			}
			seen[v] = true
			if i, ok := producer[v]; ok && !slices.Contains(set, v) {
				for _, in := range g.Nodes[i].Inputs {
					walk(in)
				}
			}
		}
		for _, v := range g.Outputs {
			walk(v.Name)
		}
		return seen
	}
	reached := open(set)
	layersAfter := 0
	for v := range reached {
		i, computed := producer[v]
		if !computed {
			return false // the input is reached
		}
		if slices.Contains(set, v) {
			continue
		}
		layersAfter++
		for _, sibling := range g.Nodes[i].Outputs {
			if slices.Contains(set, sibling) {
				return false // half of a node's results cross
			}
		}
	}
	for _, v := range set {
		if !reached[v] || g.types[v] != Float || g.isInput(v, producer) {
			return false
		}
	}
	return layersAfter > 0
}

// TestCutByNameOfSeveral says of names that are no cut why, and which cut is near.
func TestCutByNameOfSeveral(t *testing.T) {
	t.Parallel()
	k := floats([]int{2, 2, 1, 1}, 1, 2, 3, 4)
	g := build(t, []int{1, 2, 3, 3}, "a=Conv(x,k) c=Conv(a,k) d=Mul(c,c) e=Conv(d,k) s=Add(e,a) i=ArgMax(s){axis=1} f=Cast(i){to=1} p=Mul(s,f) y=Relu(p)", map[string]*Tensor{"k": k})
	for name, want := range map[string]string{
		"c": "behind these layers the cut is a+c", "e+c": "behind these layers the cut is a+e", "a+e+c": "no output depends on \"c\"", "a+none": `no layer or tensor is called "none"`, "a+": `called ""`,
		"a+a": "named twice", "y+a": "no output depends on", "i+s": "holds int64", "y": "no layer is left behind it", "x+a": `called "x"`,
	} {
		_, err := g.CutByName(name)
		if !errors.Is(err, ErrNoCut) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "choose one of: 1 a, 2 s, 3 p") {
			t.Errorf("%q: got %v, want %q and the list of cuts", name, err, want)
		}
	}
	skip := build(t, []int{1, 2, 3, 3}, "r=Relu(x) c=Conv(r,k) s=Add(c,x) y=Neg(s)", map[string]*Tensor{"k": k})
	if _, err := skip.CutByName("c"); !errors.Is(err, ErrNoCut) || !strings.Contains(err.Error(), `the input "x" crosses too`) {
		t.Errorf("got %v", err)
	}
	view := build(t, []int{1, 4}, "i=Reshape(x,to) c=MatMul(i,m) s=Add(c,i) y=Neg(s)", map[string]*Tensor{"to": ints([]int{2}, 2, 2), "m": floats([]int{2, 2}, 1, 2, 3, 4)})
	if _, err := view.CutByName("i+c"); !errors.Is(err, ErrNoCut) || !strings.Contains(err.Error(), "the input itself") {
		t.Errorf("got %v", err)
	}
}

// TestNamesOfParts calls tensors by the layers of an exporter, whose last nodes compute them.
func TestNamesOfParts(t *testing.T) {
	t.Parallel()
	k := floats([]int{2, 2, 1, 1}, 1, 2, 3, 4)
	g := build(t, []int{1, 2, 3, 3}, "a=Conv(x,k) c=Conv(a,k) u=Mul(c,c) v=Mul(u,k1) w=Add(v,c) e=Conv(w,k) s=Add(e,a) y=Relu(s)", map[string]*Tensor{"k": k, "k1": floats([]int{}, 0.5)})
	for i, name := range []string{"/stem/Conv", "/block/conv/Conv", "/block/poly/Mul", "/block/poly/Mul_1", "/block/poly/Add", "/block/conv2/Conv", "/block/Add"} {
		g.Nodes[i].Name = name
	}
	if got, want := allLayers(g), "stem[2 3 3] stem+block/conv[4 3 3] stem+block/poly[4 3 3] stem+block/conv2[4 3 3] block[2 3 3]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, name := range []string{"stem+block/poly", "block/poly+stem", "1+w", "/block/poly/Add+a", "/stem/Conv+w"} {
		if c, err := g.CutByName(name); err != nil || c.Layer != "stem+block/poly" || c.Index != 0 || fmt.Sprint(c.Parts) != "[a w]" {
			t.Errorf("%q: got %+v, %v", name, c, err)
		}
	}
	layers := checkLayers(t, g, Cut{Layer: "stem+block/poly", Parts: []string{"a", "w"}}, ramp(18))
	if last := layers[len(layers)-1]; last.Kind != Concat || last.Name != "stem+block/poly" {
		t.Errorf("the last layer is %s %s", last.Kind, last.Name)
	}
	for _, c := range g.AllCuts() {
		checkCut(t, g, c)
	}
}

// TestPlusInNames: where a name holds the sign that joins names, another of the tensor's is taken.
func TestPlusInNames(t *testing.T) {
	t.Parallel()
	k := floats([]int{2, 2, 1, 1}, 1, 2, 3, 4)
	g := build(t, []int{1, 2, 3, 3}, "a=Conv(x,k) c=Conv(a,k) s=Add(c,a) y=Relu(s)", map[string]*Tensor{"k": k})
	g.Nodes[1].Name = "conv+bias"
	if got, want := allLayers(g), "a[2 3 3] a+c[4 3 3] s[2 3 3]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if c, err := g.CutAt("c", "a"); err != nil {
		t.Error(err)
	} else {
		checkCut(t, g, c)
	}
}

// TestCutOfSeveralOpsets writes the suffix in old and new operator sets.
func TestCutOfSeveralOpsets(t *testing.T) {
	t.Parallel()
	for _, opset := range []int64{6, 9, 12, 13, 18, 24} {
		m := file(t, []int64{1, 2, 4, 4}, "a=Conv(x,k) g=GlobalAveragePool(a) c=Conv(a,k) d=Mul(c,c) e=Add(d,a) f=Mul(e,g) y=Relu(f)", map[string]*Tensor{"k": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4)})
		m.OpsetImport[0].Version = opset
		g, err := Parse(marshal(t, m))
		if err != nil {
			t.Fatal(err)
		}
		var joined []string
		for _, c := range g.AllCuts() {
			checkCut(t, g, c)
			joined = append(joined, c.Layer)
		}
		if got := strings.Join(joined, " "); got != "a a+g a+g+c a+g+d g+e f" {
			t.Errorf("opset %d: got %s", opset, got)
		}
	}
}

// TestInspectOfSeveral: a cut can be encrypted if all that crosses it can, whatever is refused beside it.
func TestInspectOfSeveral(t *testing.T) {
	t.Parallel()
	g := build(t, []int{1, 2, 3, 3}, "a=Conv(x,k) r=Relu(a) c=Conv(a,k) d=Mul(c,c) e=Sqrt(d) s=Add(r,e) y=Neg(s)", map[string]*Tensor{"k": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4)})
	for name, want := range map[string]string{"a": "", "a+c": "", "a+d": "", "r+c": "Relu", "a+e": "Sqrt", "r+e": "Relu"} {
		c, err := g.CutByName(name)
		if err != nil {
			t.Fatal(err)
		}
		report := g.Inspect(c)[0]
		_, err = g.PrefixLayers(c)
		var ne *NotEncryptable
		if errors.As(err, &ne); report.Encryptable != (want == "") || report.Encryptable != (err == nil) || ne != nil && (ne.Op != want || *report.Reason != *ne) {
			t.Errorf("%s: got %+v and %v, want %q", name, report.Reason, err, want)
		}
		if err == nil {
			checkLayers(t, g, c, ramp(18))
		}
	}
}

// FuzzCutByName finds a cut by any name, or says that there is none; a cut is found again by its own.
func FuzzCutByName(f *testing.F) {
	t := &testing.T{}
	g := build(t, []int{1, 2, 3, 3}, "a=Conv(x,k) m=ReduceMean(a){keepdims=0} c=Conv(a,k) d=Mul(c,c) u,v=Split(d){axis=1} w=Concat(v,u){axis=1} e=Add(w,a) s=Add(e,m) y=Relu(s)", map[string]*Tensor{"k": floats([]int{2, 2, 1, 1}, 1, 2, 3, 4)})
	for _, name := range []string{"", "+", "a+", "a+m+c", "1+c+m", "e+m", "u+v+a+m", "s", "2", "x+a", "y", "a+a"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		c, err := g.CutByName(name)
		if err != nil {
			if !errors.Is(err, ErrNoCut) {
				t.Errorf("%q: got %v, want %v", name, err, ErrNoCut)
			}
			return
		}
		if again, err := g.CutByName(c.Layer); err != nil || !equalCuts(again, c) {
			t.Errorf("%q is %+v, by its layer %+v, %v", name, c, again, err)
		}
		if _, _, err := g.Split(c); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	})
}
