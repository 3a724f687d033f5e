package advise

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

var update = flag.Bool("update", false, "write testdata/sheets.json anew")

// given reads an example as a page is given it: files in memory.
func given(t *testing.T) (*model.Graph, Data) {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"model.onnx", "model.json", "wdbc.csv"} {
		b, err := examples.Files.ReadFile("tab-wdbc/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	g, err := model.Parse(files["model.onnx"])
	if err != nil {
		t.Fatal(err)
	}
	var card creator.Card
	if err := protocol.UnmarshalJSON(strings.NewReader(string(files["model.json"])), protocol.MaxManifestBytes, &card); err != nil {
		t.Fatal(err)
	}
	d := Data{Range: card.InputRange}
	if d.Train, d.Test, err = (Given{"a.csv": files["wdbc.csv"]}).Records("a.csv", "target_benign", card, DefaultSeed); err != nil {
		t.Fatal(err)
	}
	return g, d
}

// TestSheetsAreTheSameEverywhere holds sheets to a file that was written on amd64, as Compare takes them for the same. It is
// run on this machine and, by "make wasm", as WebAssembly: a browser must measure what the command line measures.
func TestSheetsAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	g, d := given(t)
	got, path := map[string]creator.Release{}, filepath.Join("testdata", "sheets.json")
	for _, c := range []struct {
		layer string
		Order
	}{
		{"poly1", Order{K: 1, Noise: 0.15, Bits: 8}},
		{"fc2", Order{K: 2, Principal: true, Noise: 0.3, Seed: 2}},
		{"fc1", Order{}},
	} {
		cut, err := g.CutByName(c.layer)
		if err != nil {
			t.Fatal(err)
		}
		c.Effort = "quick"
		o, err := c.Options()
		if err != nil {
			t.Fatal(err)
		}
		if got[c.layer], err = Measure(t.Context(), g, cut, d, o, c.Wish(), "2026-11-26"); err != nil {
			t.Fatal(err)
		}
	}
	if *update {
		b, err := json.MarshalIndent(got, "", " ")
		if err == nil {
			err = os.WriteFile(path, append(b, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]creator.Release
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(got) {
		t.Fatalf("%s has %d sheets, %d were measured", path, len(want), len(got))
	}
	for layer, w := range want {
		list, equal, err := Compare(w, got[layer])
		if err != nil {
			t.Fatal(err)
		}
		if equal != !slices.ContainsFunc(list, func(c Compared) bool { return !c.Equal }) {
			t.Errorf("%s: equal is %v", layer, equal)
		}
		for _, c := range list {
			if !c.Equal {
				t.Errorf("%s: %s is %v, want %v", layer, c.Field, c.Measured, c.Published)
			}
		}
		if len(list) < 25 {
			t.Errorf("%s: %d fields compared", layer, len(list))
		}
	}
}

// What differs by more than machines do is told.
func TestCompareTells(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("testdata", "sheets.json"))
	if err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*protocol.Sheet){
		"":         func(s *protocol.Sheet) { s.MSE *= 1.00005; s.Match1 += 1. / 142; s.Date = "1999-01-01" },
		"mse":      func(s *protocol.Sheet) { s.MSE *= 1.01 },
		"match1":   func(s *protocol.Sheet) { s.Match1 += 2. / 142 },
		"accuracy": func(s *protocol.Sheet) { *s.Accuracy -= 2. / 142 },
		"noise":    func(s *protocol.Sheet) { s.Noise = 0.16 },
		"bitCap":   func(s *protocol.Sheet) { s.BitCap = nil },
		"features": func(s *protocol.Sheet) { s.Features = s.Features[1:] },
		"dataset":  func(s *protocol.Sheet) { s.Dataset[0]++ },
		"attacks":  func(s *protocol.Sheet) { s.Attacks[1].ReID10 += 0.1 },
	} {
		var was, is map[string]creator.Release
		if err := errors.Join(json.Unmarshal(b, &was), json.Unmarshal(b, &is)); err != nil {
			t.Fatal(err)
		}
		change(is["poly1"].Sheet)
		list, equal, err := Compare(was["poly1"], is["poly1"])
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(c Compared) bool { return !c.Equal })
		if equal != (field == "") || i >= 0 != (field != "") || i >= 0 && !strings.HasPrefix(list[i].Field, field) {
			t.Errorf("%q was changed: equal %v, at %d", field, equal, i)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		Order
		want Wish
	}{
		{Order{}, Wish{Kind: protocol.ProjectionAll}},
		{Order{K: 3}, Wish{protocol.ProjectionTask, 3, leakage.Mechanism{}}},
		{Order{K: 3, Principal: true, Bits: 8}, Wish{protocol.ProjectionPrincipal, 3, leakage.Mechanism{Clip: 4, Bits: 8}}},
		{Order{Noise: 0.3}, Wish{protocol.ProjectionAll, 0, leakage.Mechanism{Clip: 4, Noise: 0.3}}},
		{Order{K: 1, Noise: 0.3, Clip: 2}, Wish{protocol.ProjectionTask, 1, leakage.Mechanism{Clip: 2, Noise: 0.3}}},
	} {
		if got := test.Wish(); got != test.want {
			t.Errorf("%+v: wish %+v, want %+v", test.Order, got, test.want)
		}
	}
	if o, err := (Order{}).Options(); err != nil || o.Effort != "default" || o.Seed != 1 {
		t.Errorf("options %+v, %v", o, err)
	}
	if o, err := (Order{Effort: "quick", Seed: 7}).Options(); err != nil || o.Effort != "quick" || o.Seed != 7 {
		t.Errorf("options %+v, %v", o, err)
	}
	if _, err := (Order{Effort: "heroic"}).Options(); !errors.Is(err, leakage.ErrOptions) {
		t.Errorf("an unknown effort: %v", err)
	}
}

// The chart of a release shows the others of the same data, and is one that manifests take.
func TestTriedChart(t *testing.T) {
	t.Parallel()
	high, low, base := 0.95, 0.9, 0.98
	sheet := func(accuracy *float64, data byte) *protocol.Sheet {
		return &protocol.Sheet{Accuracy: accuracy, BaseAccuracy: &base, Values: 1, Noise: 0.3, Dataset: protocol.Digest{data}}
	}
	own := Tried{"poly1", sheet(&high, 1)}
	alone := own.Chart("m", nil)
	if err := protocol.CheckChart(alone); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(alone, "<circle"); n != 3 { // tried, front, published
		t.Errorf("%d circles", n)
	}
	with := own.Chart("m", []Tried{{"fc2", sheet(&low, 1)}, {"fc2", sheet(&low, 2)}, {"fc2", sheet(nil, 1)}, {"fc2", nil}})
	if n := strings.Count(with, "<circle"); n != 4 || protocol.CheckChart(with) != nil {
		t.Errorf("%d circles with another of the same data", n)
	}
	if (Tried{"poly1", sheet(nil, 1)}).Chart("m", nil) != "" {
		t.Error("a chart without accuracy")
	}
}
