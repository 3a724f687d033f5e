package creator

import (
	"bytes"
	"image/png"
	"io/fs"
	"math"
	"slices"
	"testing"

	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestEncrypted runs real weights on real ciphertexts: what comes out of a lowered prefix
// is precise, and after a release the suffix says what the whole model says.
func TestEncrypted(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	plan, err := fhe.ParsePlan(w.published.manifest.Cuts[0].Plan)
	if err != nil {
		t.Fatal(err)
	}
	checkEncrypted(t, w.graph, w.cut, plan, w.card, uniform(t, w.graph, 4))
}

// TestEncryptedTrunk does the same for the deep prefix of the X-ray model.
func TestEncryptedTrunk(t *testing.T) {
	if testing.Short() {
		t.Skip("a deep prefix takes a minute")
	}
	onnx, err := examples.Files.ReadFile("pneumonia-trunk/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	g, err := model.Parse(onnx)
	if err != nil {
		t.Fatal(err)
	}
	cut, err := g.CutByName("gap")
	if err != nil {
		t.Fatal(err)
	}
	prefix, err := Lower(g, cut)
	if err != nil {
		t.Fatal(err)
	}
	samples := xrays(t)
	plan, err := fhe.Compile(t.Context(), prefix, fhe.Options{Low: 0, High: 1, Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("plan %+v", plan.Info())
	card := Card{Task: "classification", Labels: []string{"normal", "pneumonia"}}
	checkEncrypted(t, g, cut, plan, card, samples[0])
}

func checkEncrypted(t *testing.T, g *model.Graph, cut model.Cut, plan fhe.Plan, card Card, x []float64) {
	t.Helper()
	prefix, err := Lower(g, cut)
	if err != nil {
		t.Fatal(err)
	}
	opened := evaluate(t, plan, prefix, x)
	raw, err := opened.DecodeRawUnsafe()
	if err != nil {
		t.Fatal(err)
	}
	want, err := prefix.Eval(x)
	if err != nil {
		t.Fatal(err)
	}
	worst, largest := 0.0, 0.0
	for i, v := range want {
		worst, largest = max(worst, math.Abs(v-raw[i])), max(largest, math.Abs(v))
	}
	if bits := math.Log2(largest / worst); bits < 20 {
		t.Errorf("%.1f bits before flooding, want 20", bits)
	}
	released, err := privacy.Release(opened, plan, privacy.OneReleasePerKey())
	if err != nil {
		t.Fatal(err)
	}
	if bits := released.Report().Bits; bits < 4 {
		t.Errorf("%.1f bits after flooding, want 4", bits)
	}
	_, suffix, err := g.Split(cut)
	if err != nil {
		t.Fatal(err)
	}
	got, plain := label(t, suffix, card, released.Values()), label(t, g, card, x)
	if got.Label != plain.Label {
		t.Errorf("encrypted %v, in plaintext %v", got, plain)
	}
}

// evaluate encrypts, evaluates and decrypts.
func evaluate(t *testing.T, plan fhe.Plan, prefix fhe.Prefix, x []float64) *fhe.Decrypted {
	t.Helper()
	secret, err := plan.NewSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	var keys bytes.Buffer
	if err := plan.EvaluationKeys(t.Context(), secret, &keys, nil); err != nil {
		t.Fatal(err)
	}
	input, err := plan.Encrypt(secret, x)
	if err != nil {
		t.Fatal(err)
	}
	e, err := fhe.NewEvaluator(t.Context(), plan, prefix, 0)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := e.LoadKeys(&keys)
	if err != nil {
		t.Fatal(err)
	}
	output, err := e.Evaluate(t.Context(), loaded, input, nil)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := plan.Decrypt(secret, output)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func label(t *testing.T, g *model.Graph, card Card, x []float64) protocol.Result {
	t.Helper()
	out, err := g.Eval(float32s(x))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Interpret(out, protocol.Manifest{Task: card.Task, Labels: card.Labels}, g)
	if err != nil {
		t.Fatal(err)
	}
	if r.Label == "" || math.Abs(slices.Max(r.Probabilities)+slices.Min(r.Probabilities)-1) > 1e-9 {
		t.Errorf("result %+v", r)
	}
	return r
}

// xrays are the synthetic samples, scaled to 0..1.
func xrays(t *testing.T) (list [][]float64) {
	t.Helper()
	names, err := fs.Glob(examples.Files, "pneumonia-trunk/samples/*.png")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, n := range names {
		f, err := examples.Files.Open(n)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		var x []float64
		for y := range img.Bounds().Dy() {
			for c := range img.Bounds().Dx() {
				gray, _, _, _ := img.At(c, y).RGBA()
				x = append(x, float64(gray>>8)/255)
			}
		}
		list = append(list, x)
	}
	return list
}
