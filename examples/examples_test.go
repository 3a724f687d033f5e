// Package examples has only tests: they hold that every example is complete and works.
package examples

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
)

func load(t *testing.T, folder string) (creator.Card, input.Schema, *model.Graph) {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "model.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var c creator.Card
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	g, err := model.Open(filepath.Join(folder, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return c, input.Schema(c.Input), g
}

// eval returns the model's outputs.
func eval(t *testing.T, g *model.Graph, x []float64) []float32 {
	t.Helper()
	in := make([]float32, len(x))
	for i, v := range x {
		in[i] = float32(v)
	}
	out, err := g.Eval(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// classify returns the most probable label and the probability of each.
func classify(t *testing.T, g *model.Graph, c creator.Card, x []float64) (string, map[string]float64) {
	t.Helper()
	logits := eval(t, g, x)
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v))
	}
	best := 0
	p := make(map[string]float64)
	for i, v := range logits {
		p[c.Labels[i]] = math.Exp(float64(v)) / sum
		if v > logits[best] {
			best = i
		}
	}
	return c.Labels[best], p
}

func TestCards(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("*/model.json")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, path := range folders {
		folder := filepath.Dir(path)
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			c, schema, g := load(t, folder)
			if c.Name != folder || c.Description == "" || c.Task == "" {
				t.Errorf("card lacks name %q, description or task", folder)
			}
			if err := schema.Validate(); err != nil {
				t.Error(err)
			}
			if err := c.Input.Validate(); err != nil {
				t.Error(err)
			}
			lo, hi, ok := schema.Range()
			if !ok || math.Abs(lo-c.InputRange.Low)+math.Abs(hi-c.InputRange.High) > 1e-12 {
				t.Errorf("schema gives values from %v to %v, card says %+v", lo, hi, c.InputRange)
			}
			if got := g.Inputs[0].Sample(); !slices.Equal(got, schema.Shape) {
				t.Errorf("model takes %v, card says %v", got, schema.Shape)
			}
			if got := g.Outputs[0].Sample(); !slices.Equal(got, []int{len(c.Labels)}) {
				t.Errorf("model gives %v, card has %d labels", got, len(c.Labels))
			}
			if _, ok := g.DeepestCut(); !ok {
				t.Error("no cut of the model can be encrypted")
			}
		})
	}
}

// TestSheets: what users hand over was measured, is not rated red, and each README states the figures of the sheet.
func TestSheets(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/release.json")
	if err != nil || len(files) != 3 {
		t.Fatalf("found %d releases: %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var releases map[string]creator.Release
		if err := json.Unmarshal(b, &releases); err != nil {
			t.Fatal(err)
		}
		readme, err := os.ReadFile(filepath.Join(filepath.Dir(file), "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(string(readme)), " ")
		for cut, r := range releases {
			s := r.Sheet
			if s == nil || s.Accuracy == nil || s.BaseAccuracy == nil || s.Rating == "red" || s.Effort != "default" {
				t.Fatalf("%s: the sheet of %s is missing, red, or measured with little effort: %+v", file, cut, s)
			}
			for _, figure := range []string{
				fmt.Sprintf("Cut after `%s`", cut),
				fmt.Sprintf("accuracy %.3f instead of %.3f on %d", *s.Accuracy, *s.BaseAccuracy, s.TestRecords),
				fmt.Sprintf("picks the right one in %.1f of 100 cases", 100*s.Match1),
				fmt.Sprintf("by reconstruction in %.1f", 100*s.ReID1),
				"at most " + s.CapText(),
			} {
				if !strings.Contains(text, figure) {
					t.Errorf("%s: README.md does not say %q", file, figure)
				}
			}
		}
	}
}

func TestXRays(t *testing.T) {
	t.Parallel()
	c, schema, g := load(t, "pneumonia-trunk")
	files, err := filepath.Glob("pneumonia-trunk/samples/*.png")
	if err != nil || len(files) != 6 {
		t.Fatalf("found %d samples: %v", len(files), err)
	}
	for _, file := range files {
		x, err := schema.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		label, p := classify(t, g, c, x)
		if !strings.Contains(file, label) || p[label] < 0.9 {
			t.Errorf("%s: got %s with probability %.3f", file, label, p[label])
		}
	}
}

func TestTumors(t *testing.T) {
	t.Parallel()
	c, schema, g := load(t, "tab-wdbc")
	// The label is not part of the model's input; read it with a schema of its own.
	truth := input.Schema{Kind: input.Table, Shape: []int{1}, Columns: []string{"target_benign"}, Scale: 1}
	const rows = 569
	right := 0
	for row := range rows {
		path := fmt.Sprintf("tab-wdbc/wdbc.csv#%d", row)
		x, err := schema.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := truth.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if label, _ := classify(t, g, c, x); label == c.Labels[int(want[0])] {
			right++
		}
	}
	if accuracy := float64(right) / rows; accuracy < 0.97 {
		t.Errorf("accuracy is %.3f", accuracy)
	}
}

// TestGolden compares with outputs computed while the evaluator agreed with the
// test vectors that were exported with the models.
func TestGolden(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Model  string    `json:"model"`
		Input  string    `json:"input"` // a file, or "ramp" for the multiples of 1/size
		Output []float64 `json:"output"`
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, tt := range cases {
		t.Run(tt.Model+"/"+filepath.Base(tt.Input), func(t *testing.T) {
			t.Parallel()
			_, schema, g := load(t, tt.Model)
			x := make([]float64, schema.Size())
			for i := range x {
				x[i] = float64(i) / float64(len(x))
			}
			if tt.Input != "ramp" {
				if x, err = schema.ReadFile(filepath.Join(tt.Model, tt.Input)); err != nil {
					t.Fatal(err)
				}
			}
			got := eval(t, g, x)
			if len(got) != len(tt.Output) {
				t.Fatalf("got %d values, want %d", len(got), len(tt.Output))
			}
			for i, want := range tt.Output {
				if !(math.Abs(float64(got[i])-want) <= 1e-4) {
					t.Errorf("got %v, want %v", got, tt.Output)
					break
				}
			}
		})
	}
}
