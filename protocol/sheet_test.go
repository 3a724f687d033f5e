package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// testSheet is of one value with noise, and the mechanism that it is of.
func testSheet() (Sheet, Mechanism) {
	f := func(v float64) *float64 { return &v }
	s := Sheet{
		Version: SheetVersion, MeasuredBy: ByCreator, Values: 1, Projection: ProjectionTask, Clip: 4, Noise: 0.1, Bits: 8,
		Classes: 2, TestRecords: 624, BaseAccuracy: f(0.883), Accuracy: f(0.898), AccuracyLow: f(0.87), AccuracyHigh: f(0.92), Agreement: 0.97,
		Quality: Quality{SSIM: f(0.66), PSNR: 20.5, MSE: 0.011, WorstSSIM: f(0.8), WorstMSE: 0.004}, FloorSSIM: f(0.585), FloorPSNR: 18.2, FloorMSE: 0.018,
		ReID1: 0.005, ReID10: 0.033, Match1: 0.03, Match10: 0.3, Gallery: 600, BitCap: f(3.25), AnyCap: f(5.3), Fano: f(0.46),
		Local:   Local{Rank: 1, DFIL: 0.5, DOF: 0.9, Blur: 0.8},
		Attacks: []Attack{{Name: "ridge", Effort: "closed form, 4708 records", Records: 600, Quality: Quality{PSNR: 20.5, MSE: 0.011, WorstMSE: 0.004}, ReID1: 0.005, ReID10: 0.033}},
		Effort:  "default", Seed: 1, Dataset: Digest{1, 2, 3}, Date: "2026-11-26",
	}
	s.BitCapText, s.Rating = s.CapText(), s.Rate()
	return s, Mechanism{ProjectedFrom: 64, Std: []float64{1}, Clip: 4, Noise: 0.1, Bits: 8}
}

// The names of a sheet's fields are read by programs.
func TestSheetGolden(t *testing.T) {
	t.Parallel()
	s, _ := testSheet()
	open := s
	open.Noise, open.BitCap, open.AnyCap, open.Fano = 0, nil, nil, nil
	open.BitCapText, open.Rating = open.CapText(), open.Rate()
	got, err := json.MarshalIndent([]Sheet{s, open}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "sheet.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(want), got) {
		t.Errorf("a sheet is written as\n%s", got)
	}
	b, err := Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Sheet
	if err := Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("came back as %+v: %v", back, err)
	}
}

func TestSheetValidate(t *testing.T) {
	t.Parallel()
	s, m := testSheet()
	if err := s.Validate(m, 1); err != nil {
		t.Fatal(err)
	}
	if s.Rating != "green" || s.BitCapText != "3.2 bits" {
		t.Errorf("rating %s, cap %s", s.Rating, s.BitCapText)
	}
	for name, change := range map[string]func(s *Sheet){
		"version":               func(s *Sheet) { s.Version = 2 },
		"by nobody":             func(s *Sheet) { s.MeasuredBy = "" },
		"by a worker, it says":  func(s *Sheet) { s.MeasuredBy = "enclave" },
		"other values":          func(s *Sheet) { s.Values = 2 },
		"other clip":            func(s *Sheet) { s.Clip = 3 },
		"other noise":           func(s *Sheet) { s.Noise = 0.3 },
		"other bits":            func(s *Sheet) { s.Bits = 0 },
		"projection":            func(s *Sheet) { s.Projection = "magic" },
		"cap in words":          func(s *Sheet) { s.BitCapText = "1.0 bits" },
		"cap taken back":        func(s *Sheet) { s.BitCap = nil },
		"rating":                func(s *Sheet) { s.Match1 = 0.9 },
		"gallery of one":        func(s *Sheet) { s.Gallery = 1 },
		"more than all records": func(s *Sheet) { s.TestRecords = 10 },
		"one class":             func(s *Sheet) { s.Classes = 1 },
		"effort":                func(s *Sheet) { s.Effort = "\x1b[2J" },
		"date":                  func(s *Sheet) { s.Date = strings.Repeat("1", 65) },
		"share":                 func(s *Sheet) { s.Match10 = 1.5 },
		"no number":             func(s *Sheet) { s.PSNR = math.NaN() },
		"infinite":              func(s *Sheet) { s.DFIL = math.Inf(1) },
		"attack's name":         func(s *Sheet) { s.Attacks[0].Name = "a\nb" },
		"attack's records":      func(s *Sheet) { s.Attacks[0].Records = 601 },
		"attack's share":        func(s *Sheet) { s.Attacks[0].ReID1 = -0.1 },
		"attacks":               func(s *Sheet) { s.Attacks = make([]Attack, 65) },
		"features":              func(s *Sheet) { s.Features = make([]float64, 5000) },
	} {
		s, m := testSheet()
		change(&s)
		if err := s.Validate(m, 1); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	open, m := testSheet()
	open.Noise, m.Noise = 0, 0
	if err := open.Validate(m, 1); err == nil || !strings.Contains(err.Error(), "a cap without noise") {
		t.Errorf("a cap without noise: %v", err)
	}
}

func TestCheckChart(t *testing.T) {
	t.Parallel()
	const begin, end = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 4">` + "\n", "</svg>\n"
	good := begin + ChartStyle + "\n" + `<title id="t">Ärzte &amp; 5 &lt; 6</title>` + "\n" + `<circle class="best" cx="1.0" cy="-2" r="3"/>` + "\n" + end
	if err := CheckChart(good); err != nil {
		t.Errorf("%v", err)
	}
	for name, line := range map[string]string{
		"script":         `<script>alert(1)</script>`,
		"handler":        `<circle onload="x" r="1"/>`,
		"link":           `<a href="https://example.org">x</a>`,
		"picture":        `<image href="https://example.org/x.png"/>`,
		"nested":         `<text x="1"><script>x</script></text>`,
		"entity":         `<text>&xxe;</text>`,
		"style":          `<style>@import url(https://example.org)</style>`,
		"style attr":     `<circle style="fill:url(x)" r="1"/>`,
		"attribute ends": `<circle r="1" x="a"b"/>`,
		"early end":      `</svg>`,
		"second svg":     `<svg>`,
		"control":        "<text>\x1b</text>",
	} {
		if err := CheckChart(begin + line + "\n" + end); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, svg := range map[string]string{
		"empty": "", "no end": begin, "no begin": end, "long": begin + strings.Repeat("<line/>\n", MaxChartBytes) + end, "after the end": good + "<line/>",
	} {
		if err := CheckChart(svg); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
