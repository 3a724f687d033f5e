package leakage_test

import (
	"archive/zip"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy/leakage"
)

func corpus(t testing.TB) string {
	t.Helper()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is not set: no trained models and no images")
	}
	return filepath.Join(root, "models")
}

// radiographs reads the arrays of a file of PneumoniaMNIST.
func radiographs(t testing.TB) (train, test leakage.Records) {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join(corpus(t), "data", "pneumoniamnist.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	array := func(name string) input.Tensor {
		f, err := z.Open(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		a, err := input.ReadNPY(f)
		if err != nil {
			t.Fatal(name, err)
		}
		return a
	}
	split := func(name string) (r leakage.Records) {
		images, labels := array(name+"_images"), array(name+"_labels")
		r.X = leakage.NewMatrix(images.Shape[0], 28*28)
		for i, v := range images.Values {
			r.X.Data[i] = float32(v) / 255
		}
		for _, l := range labels.Values {
			r.Labels = append(r.Labels, int(l))
		}
		return r
	}
	return split("train"), split("test")
}

// digits reads the test set of MNIST: the first 7000 are the attacker's.
func digits(t testing.TB) (train, test leakage.Records) {
	t.Helper()
	read := func(name string, header int) []byte {
		f, err := os.Open(filepath.Join(corpus(t), "data", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return b[header:]
	}
	images, labels := read("t10k-images-idx3-ubyte.gz", 16), read("t10k-labels-idx1-ubyte.gz", 8)
	all := leakage.Records{X: leakage.NewMatrix(len(labels), 28*28)}
	for i, v := range images {
		all.X.Data[i] = float32(v) / 255
	}
	for _, l := range labels {
		all.Labels = append(all.Labels, int(l))
	}
	const own = 7000
	return leakage.Records{X: all.X.Slice(0, own), Labels: all.Labels[:own]},
		leakage.Records{X: all.X.Slice(own, len(labels)), Labels: all.Labels[own:]}
}

// table reads the breast cancer data as the model tab-wdbc wants them, standardized and clipped, scaled to [0, 1]: two of
// three rows are the attacker's.
func table(t testing.TB) (train, test leakage.Records, clip float64) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus(t), "tab-wdbc.meta.json"))
	if err != nil {
		t.Fatal(err)
	}
	var meta struct {
		Mean, Std []float64
		Clip      float64
	}
	if err := json.Unmarshal(b, &meta); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(corpus(t), "data", "wdbc.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := len(meta.Mean)
	for i, row := range rows[1:] {
		to := &train
		if i%3 == 2 {
			to = &test
		}
		for j, text := range row {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			if j == n {
				to.Labels = append(to.Labels, int(v))
				continue
			}
			v = max(-meta.Clip, min(meta.Clip, (v-meta.Mean[j])/meta.Std[j]))
			to.X.Data = append(to.X.Data, float32((v+meta.Clip)/(2*meta.Clip)))
		}
		to.X.Rows, to.X.Cols = to.X.Rows+1, n
	}
	return train, test, meta.Clip
}

// subject is a trained model cut after a layer, with its data, whose values from 0 to 1 stand for inputs from low to high.
func subject(t testing.TB, name, layer string, low, high float64, train, test leakage.Records) leakage.Subject {
	t.Helper()
	g, err := model.Open(filepath.Join(corpus(t), name+".onnx"))
	if err != nil {
		t.Fatal(err)
	}
	cut, err := g.CutByName(layer)
	if err != nil {
		t.Fatal(err)
	}
	prefix, err := creator.Lower(g, cut)
	if err != nil {
		t.Fatal(err)
	}
	net, err := leakage.NewNetwork(prefix, low, high)
	if err != nil {
		t.Fatal(err)
	}
	_, suffix, err := g.Split(cut)
	if err != nil {
		t.Fatal(err)
	}
	return leakage.Subject{
		Shape: prefix.Input, Train: train, Test: test, Prefix: net.Eval, Pullback: net.Pullback, Suffix: evaluator(suffix),
	}
}

// evaluator runs a graph of one input and one output on many rows at once.
func evaluator(g *model.Graph) leakage.Func {
	in, out := g.Inputs[0], g.Outputs[0]
	return func(_ context.Context, rows leakage.Matrix) (leakage.Matrix, error) {
		x, err := model.NewTensor(append([]int{rows.Rows}, in.Sample()...), rows.Data)
		if err != nil {
			return leakage.Matrix{}, err
		}
		results, err := g.Run(map[string]*model.Tensor{in.Name: x})
		if err != nil {
			return leakage.Matrix{}, err
		}
		y := results[out.Name].Floats
		if len(y)%rows.Rows != 0 {
			return leakage.Matrix{}, fmt.Errorf("%d values for %d rows", len(y), rows.Rows)
		}
		return leakage.Matrix{Rows: rows.Rows, Cols: len(y) / rows.Rows, Data: y}, nil
	}
}
