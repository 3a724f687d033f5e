package creator

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/encrypted-compute/encompute/model"
)

// corpus returns the folder of the shipped models.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("ENCOMPUTE_CORPUS")
	if dir == "" {
		t.Skip("ENCOMPUTE_CORPUS is not set: it is the folder that holds models/")
	}
	return filepath.Join(dir, "models")
}

func openModel(t testing.TB, name string) *model.Graph {
	t.Helper()
	g, err := model.Open(filepath.Join(corpus(t), name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestLower compares, at every cut that can be encrypted, the lowered prefix in float64 to
// the model's own prefix graph in float32.
func TestLower(t *testing.T) {
	t.Parallel()
	for name, deepest := range map[string]string{
		"tab-wdbc": "poly1", "tab-heart": "poly1", "mnist-lola": "", "mnist-lenet": "conv2", "mnist-asis": "conv1",
		"pneumonia-cnn": "pool2", "pneumonia-cnn-bn": "", "pneumonia-trunk": "gap",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openModel(t, name)
			var last string
			for _, cut := range g.Cuts() {
				lowered, err := Lower(g, cut)
				var refused *model.NotEncryptable
				if errors.As(err, &refused) {
					continue
				}
				if err != nil {
					t.Fatalf("cut %s: %v", cut.Layer, err)
				}
				last = cut.Layer
				prefix, _, err := g.Split(cut)
				if err != nil {
					t.Fatal(err)
				}
				if worst, err := difference(lowered.Eval, prefix, uniform(t, g, 1)); err != nil || worst > 1e-4 {
					t.Errorf("cut %s: differs by %g, %v", cut.Layer, worst, err)
				}
			}
			if deepest != "" {
				cut, err := g.CutByName(deepest)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := Lower(g, cut); err != nil {
					t.Errorf("cut %s: %v", deepest, err)
				}
			}
			if last == "" {
				t.Error("no cut can be encrypted")
			}
		})
	}
}

// uniform returns an input of a graph with values in [-limit, limit].
func uniform(t testing.TB, g *model.Graph, limit float64) []float64 {
	t.Helper()
	n := 1
	for _, d := range g.Inputs[0].Sample() {
		n *= d
	}
	b := make([]byte, 8*n)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(float32(limit * (2*float64(binary.LittleEndian.Uint64(b[8*i:]))/math.MaxUint64 - 1)))
	}
	return x
}
