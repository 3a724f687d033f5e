package leakage

import (
	"slices"

	"github.com/encrypted-compute/encompute/protocol"
)

// Declared is the release as a manifest states it. If encrypted, the projection is the last layer of the encrypted prefix
// and what the client decrypts are the coefficients; if not, the client projects. A manifest takes noise and quantizing
// only with a clip.
func (r Release) Declared(encrypted bool) protocol.Mechanism {
	p := r.Projection
	d := protocol.Mechanism{Std: slices.Clone(p.Std), Clip: r.Mechanism.Clip, Noise: r.Mechanism.Noise, Bits: r.Mechanism.Bits}
	switch {
	case p.keepsAll():
		d.Mean = slices.Clone(p.Mean)
	case encrypted:
		d.ProjectedFrom = len(p.Mean)
	default:
		d.Projection = &protocol.Projection{Rows: len(p.Std), Matrix: slices.Clone(p.Matrix), Mean: slices.Clone(p.Mean)}
	}
	return d
}

// keepsAll reports whether every value is sent as it is.
func (p Projection) keepsAll() bool {
	m := len(p.Mean)
	if len(p.Std) != m {
		return false
	}
	for i, v := range p.Matrix {
		if (v == 1) != (i/m == i%m) || v != 0 && v != 1 {
			return false
		}
	}
	return true
}
