package advise

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// The trunk on real X-rays: few coefficients with noise keep the accuracy, and hide the picture.
func TestTrunk(t *testing.T) {
	t.Parallel()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is not set: no images")
	}
	if testing.Short() {
		t.Skip("trains attacks for minutes")
	}
	f, err := examples.Files.Open("pneumonia-trunk/model.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var card creator.Card
	if err := protocol.UnmarshalJSON(f, 1<<20, &card); err != nil {
		t.Fatal(err)
	}
	g, err := model.Open("../../examples/pneumonia-trunk/model.onnx")
	if err != nil {
		t.Fatal(err)
	}
	cut, err := g.CutByName("gap")
	if err != nil {
		t.Fatal(err)
	}
	d := Data{Range: card.InputRange}
	if d.Train, d.Test, err = ReadRecords(filepath.Join(root, "models", "data", "pneumoniamnist.npz"), "", card, 1); err != nil {
		t.Fatal(err)
	}
	if d.Train.X.Rows != 4708 || d.Test.X.Rows != 624 || len(d.Test.Labels) != 624 {
		t.Fatalf("%d and %d records, %d labels", d.Train.X.Rows, d.Test.X.Rows, len(d.Test.Labels))
	}
	s := Search{
		Graph: g, Data: d, Date: "2026-11-26", Seed: 1, Cuts: []model.Cut{cut}, Coefficients: []int{1}, Noises: []float64{0.1}, Clip: 4, Bits: []int{8},
		MaxLoss: 2, MaxSeconds: 60, Quick: true,
		Plan: func(ctx context.Context, p fhe.Prefix) (fhe.Plan, error) {
			return fhe.Compile(ctx, p, fhe.Options{Low: 0, High: 1, Samples: [][]float64{sample(d, 0), sample(d, 1)}})
		},
	}
	a, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a.Recommended == nil {
		t.Fatalf("nothing is recommended of %d", len(a.Front))
	}
	r := a.Recommended.Sheet
	if r.Values > 8 || *r.BaseAccuracy-*r.Accuracy > 0.02 || r.ReID1 > 0.08 || r.Match1 > 0.1 || r.BitCap == nil || *r.BitCap > 15 {
		t.Errorf("recommended: %d values, accuracy %.3f of %.3f, recognised %.3f by reconstruction, %.3f by match, %s", r.Values, *r.Accuracy, *r.BaseAccuracy, r.ReID1, r.Match1, r.CapText())
	}
	open := a.Searched[len(a.Searched)-1].Sheet
	if open.Values != 64 || open.BitCap != nil || open.Match1 != 1 || open.ReID1 < 0.3 {
		t.Errorf("as it is: %d values, %s, recognised %.3f, match %.3f", open.Values, open.CapText(), open.ReID1, open.Match1)
	}
}
