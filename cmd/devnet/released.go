package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

// demoRelease is what the example's creator has users do before they hand over, by cut.
const demoRelease = "release.json"

// maxReleaseBytes bounds the file of it.
const maxReleaseBytes = 8 << 20

// readRelease reads what is released at the cut and writes a file of it for the creator; at other cuts there is none.
func (t *oracle) readRelease(dir string, cut model.Cut) error {
	f, err := examples.Files.Open(path.Join(demoModel, demoRelease))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var list map[string]creator.Release
	if err := protocol.UnmarshalJSON(f, maxReleaseBytes, &list); err != nil {
		return fmt.Errorf("%s: %w", demoRelease, err)
	}
	r, ok := list[cut.Layer]
	if !ok {
		return nil
	}
	t.release, t.releasePath = &r, filepath.Join(dir, demoRelease)
	b, err := json.Marshal(map[string]creator.Release{cut.Layer: r})
	if err != nil {
		return err
	}
	return os.WriteFile(t.releasePath, b, 0o600)
}

// coefficients is what is decrypted of an intermediate at the cut.
func (t *oracle) coefficients(z []float64) []float64 {
	if t.release == nil || t.release.Projection == nil || t.release.Projection.InClient {
		return z
	}
	p := t.release.Projection
	c := make([]float64, len(p.Matrix))
	for i, row := range p.Matrix {
		for j, w := range row {
			c[i] += w * (z[j] - p.Mean[j])
		}
	}
	return c
}

// answer is what the suffix says, in the clear, of released values.
func (t *oracle) answer(values []float64) (diagnosis, error) {
	z := values
	if t.release != nil && t.release.Projection != nil {
		p := t.release.Projection
		z = slices.Clone(p.Mean)
		for i, row := range p.Rebuild {
			for j, w := range row {
				z[i] += w * values[j]
			}
		}
	}
	logits, err := t.suffix.Eval(narrow(z))
	if err != nil {
		return diagnosis{}, err
	}
	return mostLikely(logits, t.labels), nil
}

// noisy reports whether noise is added to what is released.
func (t *oracle) noisy() bool { return t.release != nil && t.release.Noise > 0 }

// scale is what the precision of coefficients is relative to at least: one that is small by chance has no fewer digits.
func (t *oracle) scale() float64 {
	if t.release == nil || len(t.release.Std) == 0 {
		return 0
	}
	return slices.Max(t.release.Std)
}

// deviations is by how many deviations of the noise released values differ from the exact ones, at most; values that were
// out of their bounds are bounded first.
func (t *oracle) deviations(released []float64) (most float64, err error) {
	r := t.release
	if len(released) != len(t.intermediate) || len(r.Std) != len(released) {
		return 0, fmt.Errorf("%d values were released, want %d", len(released), len(t.intermediate))
	}
	for i, v := range released {
		exact := max(-r.Clip*r.Std[i], min(r.Clip*r.Std[i], t.intermediate[i]))
		most = max(most, math.Abs(v-exact)/(r.Noise*r.Std[i]))
	}
	return most, nil
}

// maxDeviations is what noise exceeds once in half a billion values.
const maxDeviations = 6
