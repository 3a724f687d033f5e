package creator

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// residualNet is a residual block between a stem and a head: v1 is the stem, v2 to v4 the branch, v5 their sum. With a
// stride, the skip is a convolution of its own, and the branch ends on a smaller plane.
func residualNet(t *testing.T, stride int) *model.Graph {
	t.Helper()
	n := newNetwork(11, 1, 3, 8, 8)
	same := map[string]any{"pads": []int{1, 1, 1, 1}}
	stem := n.node("Conv", same, "x", n.weights(3, 4, 3, 3, 3), n.weights(1, 4))
	stem = n.node("Mul", nil, stem, stem)
	branch := n.node("Conv", map[string]any{"pads": []int{1, 1, 1, 1}, "strides": []int{stride, stride}}, stem, n.weights(3, 4, 4, 3, 3), n.weights(1, 4))
	branch = n.node("Mul", nil, branch, branch)
	branch = n.node("Conv", same, branch, n.weights(3, 4, 4, 3, 3))
	if stride > 1 {
		stem = n.node("Conv", map[string]any{"strides": []int{stride, stride}}, stem, n.weights(2, 4, 4, 1, 1))
	}
	sum := n.node("Add", nil, branch, stem)
	flat := n.node("Flatten", nil, n.node("GlobalAveragePool", nil, n.node("Relu", nil, sum)))
	n.node("Gemm", nil, flat, n.weights(0.2, 4, 2), n.constant32(1, 1.5))
	g, err := n.graph()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestLowerJoined lowers networks at random where several tensors cross.
func TestLowerJoined(t *testing.T) {
	t.Parallel()
	joined := 0
	for seed := range uint64(120) {
		n := newNetwork(seed, 1, 2, 5, 6)
		for range 4 {
			n.branch()
		}
		g, err := n.graph()
		if err != nil {
			t.Fatal(err)
		}
		for _, cut := range g.AllCuts() {
			prefix := checkLowered(t, g, cut)
			if len(cut.Parts) == 0 {
				continue
			}
			joined++
			if last := prefix.Layers[len(prefix.Layers)-1]; last.Concat == nil || last.Name != cut.Layer {
				t.Errorf("network %d, cut %s: the last layer is %s", seed, cut.Layer, last.Name)
			}
		}
		if t.Failed() {
			t.Fatalf("network %d: %v", seed, n.pb.Node)
		}
	}
	if joined < 300 {
		t.Errorf("%d cuts that several tensors cross, the test wants to see more", joined)
	}
}

// branch adds two ways that start at a value and join again, of other planes or channels between.
func (n *network) branch() {
	from := n.at
	a := n.node("Conv", map[string]any{"pads": []int{1, 1, 1, 1}}, from, n.weights(2, 3, 2, 3, 3), n.weights(1, 3))
	if n.upTo(1) == 0 {
		a = n.node("Mul", nil, a, a)
	}
	if n.upTo(2) == 0 {
		a = n.node("Transpose", map[string]any{"perm": []int{0, 1, 3, 2}}, a)
		a = n.node("Transpose", map[string]any{"perm": []int{0, 1, 3, 2}}, n.node("Mul", nil, a, n.weights(1, 5)))
	}
	a = n.node("Conv", nil, a, n.weights(2, 2, 3, 1, 1))
	b := from
	switch n.upTo(3) {
	case 0:
		b = n.node("GlobalAveragePool", nil, b)
	case 1:
		b = n.node("Conv", nil, b, n.weights(2, 2, 2, 1, 1))
	}
	if b == "x" {
		b = n.node("AveragePool", map[string]any{"kernel_shape": []int{3, 3}, "pads": []int{1, 1, 1, 1}}, b)
	}
	n.node([]string{"Add", "Sub"}[n.upTo(1)], nil, a, b)
}

// TestEncryptedJoined cuts residual blocks in the middle: what comes out of the encrypted prefix is what the model has
// there, though the tensors that cross stand at different levels, and the suffix's file makes of it what the whole model gives.
func TestEncryptedJoined(t *testing.T) {
	t.Parallel()
	tests := []struct {
		stride int
		cut    string
		shape  []int
	}{
		{1, "v1+v2", []int{8, 8, 8}},       // before the activation of the branch
		{1, "v3+v1", []int{8, 8, 8}},       // behind it: the skip is a level above
		{1, "v1+v4", []int{8, 8, 8}},       // at the end of the branch
		{2, "v1+v3", []int{4*8*8 + 4*4*4}}, // the branch is on a smaller plane
		{2, "v4+v5", []int{8, 4, 4}},       // behind the convolution of the skip
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s stride %d", tt.cut, tt.stride), func(t *testing.T) {
			t.Parallel()
			g := residualNet(t, tt.stride)
			cut, err := g.CutByName(tt.cut)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(cut.Shape, tt.shape) || len(cut.Parts) != 2 {
				t.Errorf("cut %+v, want shape %v", cut, tt.shape)
			}
			lowered := checkLowered(t, g, cut)
			samples := []([]float64){unit(t, g), unit(t, g)}
			plan, err := fhe.Compile(t.Context(), lowered, fhe.Options{Samples: samples})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("plan %+v", plan.Info())
			prefix, suffix, err := g.Split(cut)
			if err != nil {
				t.Fatal(err)
			}
			opened := evaluate(t, plan, lowered, samples[0])
			encrypted := func([]float64) ([]float64, error) { return opened.DecodeRawUnsafe() }
			if worst, err := difference(encrypted, prefix, samples[0]); err != nil || worst > 1e-4 {
				t.Errorf("the intermediate differs by %g, %v", worst, err)
			}
			if suffix, err = model.Parse(suffix.Marshal()); err != nil {
				t.Fatal(err)
			}
			answer := func([]float64) ([]float64, error) {
				z, err := opened.DecodeRawUnsafe()
				if err != nil {
					return nil, err
				}
				y, err := suffix.Eval(float32s(z))
				return float64s(y), err
			}
			if worst, err := difference(answer, g, samples[0]); err != nil || worst > 1e-4 {
				t.Errorf("the answer differs by %g, %v", worst, err)
			}
		})
	}
}

// unit is an input with values from 0 to 1.
func unit(t *testing.T, g *model.Graph) []float64 {
	x := uniform(t, g, 1)
	for i, v := range x {
		x[i] = float64(float32(math.Abs(v)))
	}
	return x
}

func (n *network) constant32(v ...float32) string {
	at := n.weights(1, len(v))
	copy(n.pb.Initializer[len(n.pb.Initializer)-1].FloatData, v)
	return at
}

// residualWorld is the world with a residual network in place of its model, cut within the block.
func residualWorld(t *testing.T, layer string) *world {
	t.Helper()
	w := *testWorld(t)
	w.graph = residualNet(t, 1)
	w.onnx = w.graph.Marshal()
	w.card = Card{
		Name: "residual", Description: "A residual block.", Task: "classification", Labels: []string{"no", "yes"},
		Input: protocol.InputSchema{Kind: "image", Shape: []int{3, 8, 8}, Scale: 1. / 255}, InputRange: protocol.Range{Low: 0, High: 1},
	}
	w.vector = Vector{Input: unit(t, w.graph)}
	out, err := w.graph.Eval(float32s(w.vector.Input))
	if err != nil {
		t.Fatal(err)
	}
	w.vector.Output = float64s(out)
	if w.cut, err = w.graph.CutByName(layer); err != nil {
		t.Fatal(err)
	}
	return &w
}

// TestPublishJoined publishes cuts that one and several tensors cross, and has the kept model answer at them.
func TestPublishJoined(t *testing.T) {
	t.Parallel()
	w := residualWorld(t, "v1+v3")
	fake, host := newFakeHost(t, w)
	chain := newFakeChain(w)
	cfg := w.publishConfig(w.emptyState(t), host)
	cfg.Chain, cfg.Offers = chain, []Offer{{"v3+v1", 300}, {"v5", 500}, {"v1+v4", 400}}
	p, err := Publish(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	m, err := protocol.ParseManifest(fake.manifest)
	if err != nil {
		t.Fatal(err)
	}
	single := uint32(len(w.graph.Cuts()))
	v5, err := w.graph.CutByName("v5")
	if err != nil {
		t.Fatal(err)
	}
	prices := map[uint32]protocol.Amount{single + 1: 300, uint32(v5.Index): 500, single + 2: 400}
	if got := chain.prices[p.ModelID]; fmt.Sprint(got) != fmt.Sprint(prices) {
		t.Errorf("prices %v, want %v", got, prices)
	}
	for i, want := range []string{"v1+v3", "v5", "v1+v4"} {
		cut := m.Cuts[i]
		if cut.Layer != want || prices[cut.Index] != cfg.Offers[i].Price {
			t.Errorf("cut %d, %s, want %s", cut.Index, cut.Layer, want)
		}
		w := *w
		if w.cut, err = w.graph.CutByName(want); err != nil {
			t.Fatal(err)
		}
		checkSealed(t, &w, cut, fake.blobs[cut.SealedPrefix])
		suffix, _, err := cfg.State.suffix(p.ModelID, cut)
		if err != nil {
			t.Fatal(err)
		}
		prefix, _, err := w.graph.Split(w.cut)
		if err != nil {
			t.Fatal(err)
		}
		halves := func(x []float64) ([]float64, error) {
			z, err := prefix.Eval(float32s(x))
			if err != nil {
				return nil, err
			}
			y, err := suffix.Eval(z)
			return float64s(y), err
		}
		if worst, err := difference(halves, w.graph, w.vector.Input); err != nil || worst != 0 {
			t.Errorf("cut %s: differs by %g, %v", want, worst, err)
		}
	}
	twice := cfg
	twice.Offers = []Offer{{"v1+v3", 300}, {"v3+v1", 300}}
	if _, err := Publish(t.Context(), twice); err == nil || !strings.Contains(err.Error(), "v1+v3 is offered twice") {
		t.Errorf("got %v", err)
	}
	cfg.Offers[0].Price = 301
	if again, err := Publish(t.Context(), cfg); err != nil || again.ModelID != p.ModelID || chain.prices[p.ModelID][single+1] != 301 {
		t.Errorf("published again as %s, %v at %v", again.ModelID, err, chain.prices[p.ModelID])
	}
}

// TestReleaseJoined publishes a joined cut with a projection and bounds over all that crosses, releases what was computed
// encrypted, and has the creator answer.
func TestReleaseJoined(t *testing.T) {
	t.Parallel()
	for name, inClient := range map[string]bool{"in the prefix": false, "in the client": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := residualWorld(t, "v1+v3")
			n, k := size(w.cut.Shape), 5
			rows := orthonormal(k, n)
			projection := &Projection{Matrix: rows, Mean: make([]float64, n), Rebuild: transpose(rows), InClient: inClient}
			cfg := w.publishConfig(nil, Host{})
			cfg.Chain, cfg.Offers = newFakeChain(w), []Offer{{w.cut.Layer, 400}}
			for range 12 {
				cfg.Samples = append(cfg.Samples, unit(t, w.graph))
			}
			cfg.Releases = map[string]Release{w.cut.Layer: {Projection: projection, Noise: 0.3, Clip: 4, Bits: 12}}
			key, err := protocol.ParseSealingKey(w.sealing)
			if err != nil {
				t.Fatal(err)
			}
			if w.published, err = cfg.build(t.Context(), key.Public()); err != nil {
				t.Fatal(err)
			}
			cut := w.published.manifest.Cuts[0]
			if got := cut.ReleasedShape(); !slices.Equal(got, []int{k}) {
				t.Fatalf("released shape %v", got)
			}
			mechanism, err := privacy.NewMechanism(cut.Mechanism(), cut.Shape)
			if err != nil {
				t.Fatal(err)
			}
			released, plain, grid := releaseBoth(t, w, cut, mechanism, projection, cfg.Samples[11])
			for i, v := range released {
				if !(math.Abs(v-plain[i]) <= grid[i]) {
					t.Errorf("value %d is %v, in plaintext %v", i, v, plain[i])
				}
			}
			checkSuffix(t, w, cut, projection, released)
		})
	}
}

// TestReleaseJoinedRefused: layers of the client do not reach over tensors that were joined.
func TestReleaseJoinedRefused(t *testing.T) {
	t.Parallel()
	w := residualWorld(t, "v1+v3")
	lowered, err := Lower(w.graph, w.cut)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Release{ClientTo: "v5"}).apply(w.graph, w.cut, lowered, nil); err == nil || !strings.Contains(err.Error(), "a client computes Relu and MaxPool") {
		t.Errorf("got %v", err)
	}
}
