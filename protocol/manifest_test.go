package protocol

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

func testManifest() Manifest {
	return Manifest{
		Version: 1, Name: "chest", Task: "classification", Creator: Address{1},
		SealingKey: make([]byte, SealingKeyBytes),
		Input:      InputSchema{Kind: "image", Shape: []int{1, 28, 28}, Scale: 1. / 255},
		InputRange: Range{0, 1}, Labels: []string{"normal", "pneumonia"},
		Cuts: []Cut{{
			Index: 3, Layer: "gap", Layers: []string{"conv1", "gap"}, Shape: []int{64}, Plan: []byte{1},
			PrefixHash: Digest{1}, SealedPrefix: Digest{2}, SealedPrefixBytes: 10, WorkloadID: Digest{3},
			Price: 5, KeysBytes: 1, InputBytes: 1, OutputBytes: 1,
		}},
	}
}

func TestManifestRoundTrip(t *testing.T) {
	t.Parallel()
	m := testManifest()
	b, err := Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseManifest(b)
	if err != nil {
		t.Fatal(err)
	}
	h1, err1 := m.Hash()
	h2, err2 := back.Hash()
	if h1 != h2 || err1 != nil || err2 != nil {
		t.Fatal("hash changes on the way")
	}
	if _, err := ParseManifest(append(bytes.Clone(b), 0)); !errors.Is(err, ErrMalformed) {
		t.Errorf("trailing byte: %v", err)
	}
	if _, err := ParseManifest(make([]byte, MaxManifestBytes+1)); !errors.Is(err, ErrMalformed) {
		t.Errorf("too large: %v", err)
	}
	if bytes.Contains(b, []byte("maxJobsPerUserDay")) {
		t.Error("a manifest without a limit does not have the bytes that it had before there were any")
	}
	m.MaxJobsPerUserDay = 5
	if b, err = Marshal(m); err != nil {
		t.Fatal(err)
	}
	if limited, err := ParseManifest(b); err != nil || limited.MaxJobsPerUserDay != 5 {
		t.Errorf("limit is %d: %v", limited.MaxJobsPerUserDay, err)
	}
	if c, ok := back.Cut(3); !ok || c.Layer != "gap" {
		t.Error("cut 3 is not found")
	}
	if _, ok := back.Cut(4); ok {
		t.Error("cut 4 is found")
	}
}

func TestManifestValidateNamesTheField(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want   string
		change func(*Manifest)
	}{
		{"version", func(m *Manifest) { m.Version = 2 }},
		{"name", func(m *Manifest) { m.Name = "" }},
		{"do not print", func(m *Manifest) { m.Name = "good\x1b[2K" }},
		{"do not print", func(m *Manifest) { m.Labels[1] = "ill\n" }},
		{"do not print", func(m *Manifest) { m.Cuts[0].Layers[0] = "\u202e" }},
		{"do not print", func(m *Manifest) { m.Cuts[0].Layer = "gap\xff" }},
		{"creator", func(m *Manifest) { m.Creator = Address{} }},
		{"sealing key", func(m *Manifest) { m.SealingKey = nil }},
		{"input range", func(m *Manifest) { m.InputRange = Range{1, 1} }},
		{"input range", func(m *Manifest) { m.InputRange.High = math.NaN() }},
		{"input: malformed: kind", func(m *Manifest) { m.Input.Kind = "video" }},
		{"out of bounds", func(m *Manifest) { m.Input.Shape = []int{1, 1 << 20, 1 << 20} }},
		{"1 or 3 channels", func(m *Manifest) { m.Input.Shape = []int{0, 1, 1} }},
		{"[channels, height, width]", func(m *Manifest) { m.Input.Shape = []int{784} }},
		{"scale", func(m *Manifest) { m.Input.Scale = 0 }},
		{"std", func(m *Manifest) { m.Input.Std = []float64{0} }},
		{"mean", func(m *Manifest) { m.Input.Mean = []float64{1, 2, 3} }},
		{"clip", func(m *Manifest) { m.Input.Clip = -1 }},
		{"layout", func(m *Manifest) { m.Input.Layout = "wch" }},
		{"order", func(m *Manifest) { m.Input.Order = "grb" }},
		{"1 or 3 channels", func(m *Manifest) { m.Input.Layout = LayoutHWC }},
		{"resize fit", func(m *Manifest) { m.Input.Resize = &Resize{Fit: "squeeze"} }},
		{"resize filter", func(m *Manifest) { m.Input.Resize = &Resize{Filter: "lanczos"} }},
		{"shortSide", func(m *Manifest) { m.Input.Resize = &Resize{ShortSide: 27} }},
		{"shortSide", func(m *Manifest) { m.Input.Resize = &Resize{ShortSide: 32, Fit: FitPad} }},
		{"window", func(m *Manifest) { m.Input.Window = &Window{Width: 0.5} }},
		{"columns or fields", func(m *Manifest) { m.Input.Fields = []Field{{Name: "age"}} }},
		{"output kind", func(m *Manifest) { m.Output = &OutputSchema{Kind: "tokens"} }},
		{"two labels", func(m *Manifest) { m.Labels, m.Output = nil, &OutputSchema{Kind: OutputLogits} }},
		{"quantities", func(m *Manifest) { m.Output = &OutputSchema{Kind: OutputQuantities} }},
		{"cuts", func(m *Manifest) { m.Cuts = nil }},
		{"twice", func(m *Manifest) { m.Cuts = append(m.Cuts, m.Cuts[0]) }},
		{"price", func(m *Manifest) { m.Cuts[0].Price = 0 }},
		{"keyless", func(m *Manifest) { m.Cuts[0].Keyless = true }},
		{"at most", func(m *Manifest) { m.Cuts[0].KeysBytes = 1 << 40 }},
		{"workload", func(m *Manifest) { m.Cuts[0].WorkloadID = Digest{} }},
		{"sizes", func(m *Manifest) { m.Cuts[0].InputBytes = 0 }},
		{"layer", func(m *Manifest) { m.Cuts[0].Layer = "" }},
		{"shape", func(m *Manifest) { m.Cuts[0].Shape = nil }},
	} {
		m := testManifest()
		c.change(&m)
		if err := m.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want an error about %q, got %v", c.want, err)
		}
	}
	if err := testManifest().Validate(); err != nil {
		t.Error(err)
	}
}

func TestUnmarshalIsStrict(t *testing.T) {
	t.Parallel()
	type pair struct {
		A int `json:"a"`
	}
	for name, b := range map[string][]byte{
		"unknown field":  {0xa2, 0x61, 'a', 1, 0x61, 'b', 2},
		"duplicate key":  {0xa2, 0x61, 'a', 1, 0x61, 'a', 2},
		"long number":    {0xa1, 0x61, 'a', 0x18, 1},
		"indefinite":     {0xbf, 0x61, 'a', 1, 0xff},
		"tag":            {0xc1, 0xa1, 0x61, 'a', 1},
		"trailing":       {0xa1, 0x61, 'a', 1, 0},
		"truncated":      {0xa1, 0x61},
		"huge array":     {0x9b, 0, 0, 1, 0, 0, 0, 0, 0},
		"other case key": {0xa1, 0x61, 'A', 1},
		"empty":          {},
	} {
		var p pair
		if err := Unmarshal(b, &p); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var p pair
	if err := Unmarshal([]byte{0xa1, 0x61, 'a', 1}, &p); err != nil || p.A != 1 {
		t.Errorf("canonical bytes: %+v, %v", p, err)
	}
}

func FuzzParseManifest(f *testing.F) {
	b, err := Marshal(testManifest())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseManifest(b)
		if err != nil {
			return
		}
		again, err := Marshal(m)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("an accepted manifest does not encode to itself: %v", err)
		}
	})
}

// Pictures stand beside a sheet, are bounded, and change no manifest without them.
func TestManifestPictures(t *testing.T) {
	t.Parallel()
	m := testManifest()
	plain, err := Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(plain, []byte("pictures")) {
		t.Error("a manifest without pictures does not have the bytes that it had before there were any")
	}
	cut := &m.Cuts[0]
	cut.Pictures = &Pictures{Width: 1, Height: 1, Colors: 1, Pairs: []Picture{{Record: []byte{1}, Rebuilt: []byte{2}}}}
	if err := m.Validate(); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "without the sheet") {
		t.Errorf("pictures of nothing that was measured: %v", err)
	}
	sheet, mechanism := testSheet()
	cut.Shape, cut.Sheet, cut.Release = []int{1}, &sheet, &mechanism
	b, err := Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseManifest(b)
	if err != nil || !bytes.Equal(back.Cuts[0].Pictures.Pairs[0].Rebuilt, []byte{2}) {
		t.Errorf("came back as %+v: %v", back.Cuts[0].Pictures, err)
	}
	cut.Pictures.Width = 2
	if err := m.Validate(); !errors.Is(err, ErrMalformed) {
		t.Errorf("a picture without its bytes: %v", err)
	}
}
