package creator

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// A sheet and its chart stand in the manifest, under its hash; a sheet of another release, and a chart that could run
// something, are refused before anything is planned.
func TestPublishedSheet(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	n := size(w.cut.Shape)
	rows := orthonormal(2, n)
	bits := 3.5
	sheet := protocol.Sheet{
		Version: protocol.SheetVersion, MeasuredBy: protocol.ByCreator, Values: 2, Projection: protocol.ProjectionTask, Clip: 4, Noise: 0.3, Bits: 8,
		Classes: 2, TestRecords: 100, Gallery: 100, BitCap: &bits, Effort: "quick", Date: "2026-11-26",
	}
	sheet.BitCapText, sheet.Rating = sheet.CapText(), sheet.Rate()
	release := Release{
		Projection: &Projection{Matrix: rows, Mean: make([]float64, n), Rebuild: transpose(rows)},
		Noise:      0.3, Clip: 4, Bits: 8, Std: []float64{1, 1}, Sheet: &sheet,
		Chart: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 4">` + "\n</svg>\n",
	}
	build := func(r Release) (protocol.Manifest, error) {
		cfg := w.publishConfig(nil, Host{})
		cfg.Chain, cfg.Samples, cfg.Releases = newFakeChain(w), someInputs(w, 4), map[string]Release{testLayer: r}
		key, err := protocol.ParseSealingKey(w.sealing)
		if err != nil {
			t.Fatal(err)
		}
		p, err := cfg.build(t.Context(), key.Public())
		if err != nil {
			return protocol.Manifest{}, err
		}
		return protocol.ParseManifest(p.raw)
	}
	m, err := build(release)
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Cuts[0]; !reflect.DeepEqual(c.Sheet, &sheet) || c.Chart != release.Chart {
		t.Errorf("the manifest says %+v and %q", c.Sheet, c.Chart)
	}
	bad := release
	bad.Noise = 0.1
	if _, err := build(bad); !errors.Is(err, ErrRelease) || !strings.Contains(err.Error(), "measure again") {
		t.Errorf("the sheet of another noise: %v", err)
	}
	bad = release
	bad.Chart = "<svg>\n<script>alert(1)</script>\n</svg>"
	if _, err := build(bad); !errors.Is(err, ErrRelease) {
		t.Errorf("a chart with a script: %v", err)
	}
	m.Cuts[0].Sheet.Noise = 0.1
	if err := m.Validate(); !errors.Is(err, protocol.ErrMalformed) {
		t.Errorf("a manifest with the sheet of another noise: %v", err)
	}
}
