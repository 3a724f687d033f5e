package creator

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
)

// TestDeepest cuts every shipped model as late as can be encrypted and runs it on encrypted inputs of its test data.
// What is decrypted and what a release leaves of it must have the wanted bits, and the suffix must say of both what the
// whole model says of the input.
func TestDeepest(t *testing.T) {
	if testing.Short() {
		t.Skip("planning every model takes a minute or more")
	}
	tests := []struct {
		name      string
		cut       string
		low, high float64 // of the input
		inputs    int
	}{
		{"mnist-asis", "conv1", -0.4243, 2.8215, 4}, // (pixel - 0.1307) / 0.3081
		{"mnist-lenet", "conv2", 0, 1, 4},
		{"mnist-lola", "sq2", 0, 1, 4},
		{"pneumonia-cnn", "conv3", 0, 1, 4},
		{"pneumonia-cnn-bn", "bn3", 0, 1, 4},
		{"pneumonia-trunk", "fc1", 0, 1, 4},
		{"tab-heart", "fc2", -4, 4, 4},
		{"tab-wdbc", "fc2", -4, 4, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := openModel(t, tt.name)
			cut, prefix := deepest(t, g)
			if cut.Layer != tt.cut {
				t.Errorf("deepest cut %s, want %s", cut.Layer, tt.cut)
			}
			_, suffix, err := g.Split(cut)
			if err != nil {
				t.Fatal(err)
			}
			inputs := testInputs(t, tt.name)[:tt.inputs]
			plan, err := fhe.Compile(t.Context(), prefix, fhe.Options{Low: tt.low, High: tt.high, Bits: wantBits, Tau: len(inputs), Samples: inputs})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("cut %s, plan %+v", cut.Layer, plan.Info())
			best := 0.0
			for i, opened := range evaluateAll(t, plan, prefix, inputs) {
				best = max(best, checkDeepest(t, plan, prefix, g, suffix, inputs[i], opened, len(inputs)))
			}
			if best < wantBits {
				t.Errorf("%.1f bits of the largest value after releases, want %d", best, wantBits)
			}
		})
	}
}

// wantBits are the bits of an input's largest value before a release, and of the largest over all inputs after it.
const wantBits = 8

// checkDeepest compares a decrypted intermediate and what a release leaves of it to the exact one, and the suffix's
// class to that of the whole model. It returns the bits that are left.
func checkDeepest(t *testing.T, plan fhe.Plan, prefix fhe.Prefix, whole, suffix *model.Graph, x []float64, opened *fhe.Decrypted, releases int) float64 {
	t.Helper()
	want, err := prefix.Eval(x)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := opened.DecodeRawUnsafe()
	if err != nil {
		t.Fatal(err)
	}
	plain := top(t, whole, x)
	if bits := math.Log2(distance(want, make([]float64, len(want))) / distance(raw, want)); !(bits >= wantBits) {
		t.Errorf("%.1f bits before the release, want %d", bits, wantBits)
	}
	if class := top(t, suffix, raw); class != plain {
		t.Errorf("class %d before the release, in plaintext %d", class, plain)
	}
	released, err := privacy.Release(opened, plan, privacy.Params{ReleasesPerKey: releases, StatisticalBits: privacy.MinStatisticalBits})
	if err != nil {
		t.Fatal(err)
	}
	report := released.Report()
	// Honest noise does not get to eight standard deviations.
	if worst := distance(released.Values(), want); worst > 8*report.ValueStd {
		t.Errorf("released values differ by %g, standard deviation %g", worst, report.ValueStd)
	}
	if class := top(t, suffix, released.Values()); class != plain {
		t.Errorf("class %d after the release, in plaintext %d", class, plain)
	}
	return report.Bits
}

// deepest returns the last cut whose prefix can be encrypted.
func deepest(t *testing.T, g *model.Graph) (model.Cut, fhe.Prefix) {
	t.Helper()
	for _, cut := range slices.Backward(g.Cuts()) {
		if prefix, err := Lower(g, cut); err == nil {
			return cut, prefix
		}
	}
	t.Fatal("no cut can be encrypted")
	return model.Cut{}, fhe.Prefix{}
}

// testInputs reads the 16 inputs that are shipped with a model.
func testInputs(t *testing.T, name string) (list [][]float64) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus(t), name+".in.bin"))
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, len(b)/4)
	if _, err := binary.Decode(b, binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	for row := range slices.Chunk(values, len(values)/16) {
		x := make([]float64, len(row))
		for i := range row {
			x[i] = float64(row[i])
		}
		list = append(list, x)
	}
	return list
}

// evaluateAll encrypts, evaluates and decrypts inputs under one key.
func evaluateAll(t *testing.T, plan fhe.Plan, prefix fhe.Prefix, inputs [][]float64) (list []*fhe.Decrypted) {
	t.Helper()
	secret, err := plan.NewSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	var blob bytes.Buffer
	if err := plan.EvaluationKeys(t.Context(), secret, &blob, nil); err != nil {
		t.Fatal(err)
	}
	e, err := fhe.NewEvaluator(t.Context(), plan, prefix, 0)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := e.LoadKeys(&blob)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range inputs {
		input, err := plan.Encrypt(secret, x)
		if err != nil {
			t.Fatal(err)
		}
		output, err := e.Evaluate(t.Context(), keys, input, nil)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := plan.Decrypt(secret, output)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, opened)
	}
	return list
}

// distance is the largest difference.
func distance(x, y []float64) (worst float64) {
	for i := range x {
		worst = max(worst, math.Abs(x[i]-y[i]))
	}
	return worst
}

// top is the class with the largest of a graph's outputs.
func top(t *testing.T, g *model.Graph, x []float64) int {
	t.Helper()
	out, err := g.Eval(float32s(x))
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(out, func(v float32) bool { return math.IsNaN(float64(v)) }) {
		t.Fatalf("outputs %v", out)
	}
	return slices.Index(out, slices.Max(out))
}
