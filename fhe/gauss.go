package fhe

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/big"
)

// gaussian draws from the discrete Gaussian over the integers by rejection from a discrete Laplace distribution
// (Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy", NeurIPS 2020, algorithms 2 and 3).
// Integers are exact at any width; acceptance probabilities are float64, which moves the distribution by less than
// 2^-50 a draw.
type gaussian struct {
	r     io.Reader
	sigma float64
	t     *big.Int // scale of the Laplace distribution: ceil(sigma)
	tf    float64
	buf   []byte
	mask  byte
	err   error
}

// newGaussian prepares draws of standard deviation sigma >= 1 from crypto/rand.
func newGaussian(sigma float64) (*gaussian, error) {
	if !(sigma >= 1) || sigma > math.Exp2(512) {
		return nil, fmt.Errorf("standard deviation %v: want at least 1", sigma)
	}
	t, _ := big.NewFloat(math.Ceil(sigma)).Int(nil)
	n := t.BitLen()
	return &gaussian{
		r: bufio.NewReaderSize(rand.Reader, 1<<15), sigma: sigma, t: t, tf: math.Ceil(sigma),
		buf: make([]byte, (n+7)/8), mask: byte(0xff >> ((8 - n%8) % 8)),
	}, nil
}

// unit is uniform in [0, 1) on 53 bits.
func (g *gaussian) unit() float64 {
	var b [8]byte
	if _, err := io.ReadFull(g.r, b[:]); err != nil && g.err == nil {
		g.err = err
	}
	return float64(binary.LittleEndian.Uint64(b[:])>>11) / (1 << 53)
}

// below is uniform in [0, t).
func (g *gaussian) below(u *big.Int) {
	for g.err == nil {
		if _, g.err = io.ReadFull(g.r, g.buf); g.err != nil {
			return
		}
		g.buf[0] &= g.mask
		if u.SetBytes(g.buf).Cmp(g.t) < 0 {
			return
		}
	}
}

// draw sets x to the next value.
func (g *gaussian) draw(x *big.Int) error {
	for g.err == nil {
		g.below(x)
		f, _ := new(big.Float).SetInt(x).Float64()
		if g.unit() >= math.Exp(-f/g.tf) {
			continue
		}
		v := int64(0)
		for g.unit() < 1/math.E && g.err == nil {
			v++
		}
		if v > 0 {
			x.Add(x, new(big.Int).Mul(g.t, big.NewInt(v)))
		}
		f += float64(v) * g.tf
		negative := g.unit() < 0.5
		if negative && x.Sign() == 0 {
			continue
		}
		d := f - g.sigma/g.tf*g.sigma
		if g.unit() < math.Exp(-d/g.sigma*d/g.sigma/2) {
			if negative {
				x.Neg(x)
			}
			return g.err
		}
	}
	return fmt.Errorf("draw noise: %w", g.err)
}
