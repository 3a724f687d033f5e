package model

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusModels returns the folder of trained models with their test vectors.
func corpusModels(t *testing.T) string {
	t.Helper()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is not set: no models with test vectors")
	}
	return filepath.Join(root, "models")
}

// readFloats reads little-endian float32 values.
func readFloats(t *testing.T, path string) []float32 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

func maxDiff[T, U float32 | float64](t *testing.T, got []T, want []U) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d values, want %d", len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if !(d <= worst) {
			worst = d
		}
	}
	return worst
}

func TestCorpusVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpusModels(t), "*.onnx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models in the corpus: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".onnx")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := Open(file)
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(file, ".onnx")
			in, want := readFloats(t, base+".in.bin"), readFloats(t, base+".out.bin")
			const samples = 16
			nin, nout := len(in)/samples, len(want)/samples
			for i := range samples {
				got, err := g.Eval(in[i*nin : (i+1)*nin])
				if err != nil {
					t.Fatal(err)
				}
				if d := maxDiff(t, got, want[i*nout:(i+1)*nout]); d > 1e-4 {
					t.Fatalf("sample %d differs by %g", i, d)
				}
			}
		})
	}
}

// naturalCuts are the cuts that the trained models were made for.
var naturalCuts = map[string]string{
	"pneumonia-trunk": "flat", "pneumonia-cnn": "pool2", "pneumonia-cnn-bn": "pool2", "mnist-lola": "sq2",
	"mnist-lenet": "conv2", "mnist-asis": "conv1", "tab-wdbc": "poly1", "tab-heart": "poly1",
}

// TestCorpusLayers compares the neutral description of each prefix with its plain evaluation.
func TestCorpusLayers(t *testing.T) {
	t.Parallel()
	root := corpusModels(t)
	for name, layer := range naturalCuts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := Open(filepath.Join(root, name+".onnx"))
			if err != nil {
				t.Fatal(err)
			}
			in := readFloats(t, filepath.Join(root, name+".in.bin"))
			c, err := g.CutByName(layer)
			if err != nil {
				t.Fatal(err)
			}
			checkLayers(t, g, c, in[:len(in)/16])
		})
	}
}
