package creator

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// orthonormal are k orthonormal rows of n numbers: their transpose is their best inverse.
func orthonormal(k, n int) [][]float64 {
	r := rand.New(rand.NewPCG(5, uint64(n)))
	rows := make([][]float64, k)
	for i := range rows {
		rows[i] = make([]float64, n)
		for j := range rows[i] {
			rows[i][j] = r.NormFloat64()
		}
		for _, other := range rows[:i] {
			dot := 0.0
			for j, v := range other {
				dot += v * rows[i][j]
			}
			for j, v := range other {
				rows[i][j] -= dot * v
			}
		}
		norm := 0.0
		for _, v := range rows[i] {
			norm += v * v
		}
		for j := range rows[i] {
			rows[i][j] /= math.Sqrt(norm)
		}
	}
	return rows
}

func transpose(rows [][]float64) [][]float64 {
	columns := make([][]float64, len(rows[0]))
	for j := range columns {
		for _, row := range rows {
			columns[j] = append(columns[j], row[j])
		}
	}
	return columns
}

// someInputs are inputs of the world's model within its range.
func someInputs(w *world, n int) (list [][]float64) {
	r := rand.New(rand.NewPCG(6, 7))
	low, high := w.card.InputRange.Low, w.card.InputRange.High
	for range n {
		x := make([]float64, size(w.card.Input.Shape))
		for i := range x {
			x[i] = float64(float32(low + (high-low)*(0.4+0.2*r.Float64())))
		}
		list = append(list, x)
	}
	return list
}

// TestProjectedRelease publishes a cut with a projection as the last matrix of its prefix and with noise, runs it encrypted,
// releases, and requires of the creator what the plaintext pipeline gives with the same noise.
func TestProjectedRelease(t *testing.T) {
	t.Parallel()
	for name, inClient := range map[string]bool{"in the prefix": false, "in the client": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const k = 6
			w := *testWorld(t)
			n := size(w.cut.Shape)
			rows := orthonormal(k, n)
			mean := make([]float64, n)
			for i := range mean {
				mean[i] = 0.25 * math.Sin(float64(i))
			}
			projection := &Projection{Matrix: rows, Mean: mean, Rebuild: transpose(rows), InClient: inClient}
			cfg := w.publishConfig(nil, Host{})
			cfg.Chain, cfg.Samples = newFakeChain(&w), someInputs(&w, 16)
			cfg.Releases = map[string]Release{testLayer: {Projection: projection, Noise: 0.3, Clip: 4, Bits: 12}}
			var err error
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
			if want := k / 2. * math.Log2(1+1/0.09); math.Abs(*mechanism.Cap()-want) > 1e-9 {
				t.Errorf("cap %v, want %v", *mechanism.Cap(), want)
			}
			x := someInputs(&w, 17)[16]
			released, plain, grid := releaseBoth(t, &w, cut, mechanism, projection, x)
			for i, v := range released {
				if math.Abs(v-plain[i]) > grid[i] {
					t.Errorf("value %d is %v, in plaintext %v", i, v, plain[i])
				}
			}
			checkSuffix(t, &w, cut, projection, released)
		})
	}
}

// releaseBoth releases the intermediate of x as a user's client does, and makes the same of it in plaintext with the same
// noise. grid is how far the two may be apart: a step of quantisation, and what the flooding adds.
func releaseBoth(t *testing.T, w *world, cut protocol.Cut, m privacy.Mechanism, p *Projection, x []float64) (released, plain, grid []float64) {
	t.Helper()
	lowered, err := Lower(w.graph, w.cut)
	if err != nil {
		t.Fatal(err)
	}
	to, err := Release{Projection: p}.apply(w.graph, w.cut, lowered, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := fhe.ParsePlan(cut.Plan)
	if err != nil {
		t.Fatal(err)
	}
	flooded, err := privacy.Flood(evaluate(t, plan, to.prefix, x), plan, privacy.OneReleasePerKey())
	if err != nil {
		t.Fatal(err)
	}
	key, subject := privacy.NoiseKey{1}, privacy.Subject{Input: privacy.InputDigest(x), Model: w.published.id, Cut: cut.Index}
	r, err := flooded.Release(m, key, subject)
	if err != nil {
		t.Fatal(err)
	}
	// In plaintext, by the definition of it: the model's intermediate, H (z - mean), bounds, noise, steps.
	z, err := lowered.Eval(x)
	if err != nil {
		t.Fatal(err)
	}
	c := make([]float64, len(p.Matrix))
	for i, row := range p.Matrix {
		for j, h := range row {
			c[i] += h * (z[j] - p.Mean[j])
		}
	}
	lit := m.Literal()
	lit.Layers, lit.Projection, lit.ProjectedFrom = nil, nil, 0
	lit.Noise = 0
	quiet, err := privacy.NewMechanism(lit, []int{len(c)})
	if err != nil {
		t.Fatal(err)
	}
	// The noise belongs to the published mechanism: take it from there.
	noise := noiseOf(t, m, key, subject, len(c))
	if bounded, err := quiet.Apply(c, key, subject); err != nil || slices.Equal(bounded, r.Values()) {
		t.Fatalf("released without noise: %v", err)
	}
	for i := range c {
		c[i] += noise[i] * m.Literal().Noise * lit.Std[i]
	}
	if plain, err = quiet.Apply(c, key, subject); err != nil {
		t.Fatal(err)
	}
	for i, row := range p.Matrix {
		sum := 0.0
		for _, h := range row {
			sum += math.Abs(h)
		}
		grid = append(grid, 2*(lit.Clip+4*m.Literal().Noise)*lit.Std[i]/(math.Exp2(float64(lit.Bits))-1)+16*r.Report().ValueStd*max(sum, 1))
	}
	return r.Values(), plain, grid
}

// noiseOf is the noise that a mechanism adds, in deviations.
func noiseOf(t *testing.T, m privacy.Mechanism, key privacy.NoiseKey, s privacy.Subject, k int) []float64 {
	t.Helper()
	var err error
	if s.Mechanism, err = m.Literal().Digest(); err != nil {
		t.Fatal(err)
	}
	noise, err := key.Normal(s, k)
	if err != nil {
		t.Fatal(err)
	}
	return noise
}

// checkSuffix has the creator answer a release and compares with the suffix on the rebuilt intermediate.
func checkSuffix(t *testing.T, w *world, cut protocol.Cut, p *Projection, values []float64) {
	t.Helper()
	server, err := newServer(ServeConfig{
		State: w.state(t), Signer: KeySigner{w.creator}, Chain: newFakeChain(w), Host: Host{Address: "http://localhost", Network: w.network},
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := protocol.NewSealingKey()
	if err != nil {
		t.Fatal(err)
	}
	answer := func(values []float64) (protocol.Result, error) {
		b, err := protocol.Marshal(protocol.Intermediate{Values: values, ResultKey: result.Public()})
		if err != nil {
			t.Fatal(err)
		}
		r := protocol.Released{Spec: protocol.JobSpec{ModelID: w.published.id}}
		if r.Release.Sealed, err = protocol.Seal(w.published.manifest.SealingKey, protocol.SealIntermediate, protocol.Digest{9}, b); err != nil {
			t.Fatal(err)
		}
		got, _, err := server.compute(t.Context(), protocol.Digest{9}, r, w.published.manifest, cut)
		return got, err
	}
	got, err := answer(values)
	if err != nil {
		t.Fatal(err)
	}
	z := make([]float32, len(p.Mean))
	for i, row := range p.Rebuild {
		sum := p.Mean[i]
		for j, v := range values {
			sum += row[j] * v
		}
		z[i] = float32(sum)
	}
	_, suffix, err := w.graph.Split(w.cut)
	if err != nil {
		t.Fatal(err)
	}
	want, err := suffix.Eval(z)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want {
		if math.Abs(got.Values[i]-float64(v)) > 1e-4*(1+math.Abs(float64(v))) {
			t.Errorf("answer %v, in plaintext %v", got.Values, want)
			break
		}
	}
	if _, err := answer(values[1:]); !errors.As(err, new(refusal)) {
		t.Errorf("too few values: %v", err)
	}
	if _, err := answer(append([]float64{1e9}, values[1:]...)); !errors.As(err, new(refusal)) {
		t.Errorf("a value out of the bounds: %v", err)
	}
}

func TestReleaseRefused(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	n := size(w.cut.Shape)
	rows := orthonormal(3, n)
	mean := make([]float64, n)
	lowered, err := Lower(w.graph, w.cut)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		r    Release
		want string
	}{
		"no way back":        {Release{Projection: &Projection{Matrix: rows, Mean: mean}}, "rows to rebuild"},
		"narrow rows":        {Release{Projection: &Projection{Matrix: [][]float64{{1}}, Mean: mean, Rebuild: transpose(rows)}}, "a row of the projection"},
		"wide way back":      {Release{Projection: &Projection{Matrix: rows[:2], Mean: mean, Rebuild: transpose(rows)}}, "a row to rebuild"},
		"noise, no bounds":   {Release{Noise: 1, Std: slices.Repeat([]float64{1}, n)}, "set clip"},
		"pictures, no sheet": {Release{Pictures: &protocol.Pictures{Width: 1, Height: 1, Colors: 1, Pairs: []protocol.Picture{{Record: []byte{1}, Rebuilt: []byte{1}}}}}, "without the sheet"},
		"pictures, no size":  {Release{Pictures: &protocol.Pictures{}}, "pictures of 0x0"},
		"too few samples":    {Release{Noise: 1, Clip: 3}, "at least 8 samples"},
		"a layer with sums":  {Release{ClientTo: "fc2"}, "a client computes Relu and MaxPool"},
		"an earlier cut":     {Release{ClientTo: testLayer}, "is not behind"},
		"no such cut":        {Release{ClientTo: "nowhere"}, "choose one of"},
	} {
		_, err := c.r.apply(w.graph, w.cut, lowered, someInputs(w, 2))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	cfg := w.publishConfig(w.emptyState(t), Host{})
	cfg.Chain, cfg.Releases = newFakeChain(w), map[string]Release{"elsewhere": {}}
	if err := cfg.check(); !errors.Is(err, ErrRelease) {
		t.Errorf("a release of a cut that is not offered: %v", err)
	}
}

// TestClientLayers lets the client run what follows a cut, on the layers of a model with ReLU and MaxPool.
func TestClientLayers(t *testing.T) {
	t.Parallel()
	n := newNetwork(3, 1, 2, 7, 7)
	conv := n.node("Conv", map[string]any{"pads": []int{1, 1, 1, 1}}, n.at, n.weights(1, 3, 2, 3, 3))
	n.node("Relu", nil, conv)
	pool := n.node("MaxPool", map[string]any{"kernel_shape": []int{3, 2}, "strides": []int{2, 1}, "pads": []int{1, 0, 1, 1}}, n.at)
	n.node("AveragePool", map[string]any{"kernel_shape": []int{2, 2}}, pool)
	g, err := n.graph()
	if err != nil {
		t.Fatal(err)
	}
	from, err := g.CutByName(conv)
	if err != nil {
		t.Fatal(err)
	}
	to, err := g.CutByName(pool)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := clientLayers(g, from, to)
	if err != nil {
		t.Fatal(err)
	}
	m, err := privacy.NewMechanism(protocol.Mechanism{Layers: layers}, from.Shape)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, err := g.Split(from)
	if err != nil {
		t.Fatal(err)
	}
	between, suffix, err := rest.Split(to)
	if err != nil {
		t.Fatal(err)
	}
	z := make([]float64, size(from.Shape))
	r := rand.New(rand.NewPCG(8, 9))
	for i := range z {
		z[i] = float64(float32(r.NormFloat64()))
	}
	want, err := between.Eval(float32s(z))
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Plain(z)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(float32s(got), want) {
		t.Errorf("client computes %v, the model %v", got, want)
	}
	if len(suffix.Nodes) == 0 || suffix.Nodes[0].Op == "MaxPool" {
		t.Errorf("the suffix begins with %s", suffix.Nodes[0].Op)
	}
}
