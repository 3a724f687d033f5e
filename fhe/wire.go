package fhe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
)

// ErrBlob marks keys, an input or an output that do not belong to the plan or are corrupted. Levels, degrees and
// scales are never sent: they follow from the plan, so that a sender cannot choose them.
var ErrBlob = errors.New("invalid blob")

// A blob is a header, then seeds and polynomials in the order the plan fixes.
const (
	headerBytes = 4 + 32
	seedBytes   = 32
	magicKeys   = "EFK1"
	magicInput  = "EFI1"
	magicOutput = "EFO1"
	magicSecret = "EFS1"
)

func (c *checkedPlan) header(magic string) []byte { return append([]byte(magic), c.digest[:]...) }

// readHeader checks what a blob is and for which plan.
func (c *checkedPlan) readHeader(r io.Reader, magic string) error {
	var h [headerBytes]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return fmt.Errorf("%w: header: %w", ErrBlob, err)
	}
	if string(h[:4]) != magic {
		return fmt.Errorf("%w: header says %q, want %q", ErrBlob, h[:4], magic)
	}
	if [32]byte(h[4:]) != c.digest {
		return fmt.Errorf("%w: made for another plan (%x, want %x)", ErrBlob, h[4:12], c.digest[:8])
	}
	return nil
}

// limbBytes is the size of one residue polynomial: its coefficients in as many bits as the prime has.
func limbBytes(n int, q uint64) int64 { return int64(n/8) * int64(bits.Len64(q)) }

// polyBytes is the size of a polynomial at a level, extended by the special primes or not.
func (c *checkedPlan) polyBytes(level int, extended bool) (size int64) {
	for _, q := range c.lit.Q[:level+1] {
		size += limbBytes(c.slots(), q)
	}
	if extended {
		for _, p := range c.lit.P {
			size += limbBytes(c.slots(), p)
		}
	}
	return size
}

// appendLimb packs coefficients, least significant bit first.
func appendLimb(b []byte, coeffs []uint64, q uint64) []byte {
	width := uint(bits.Len64(q))
	var acc uint64
	var have uint
	for _, v := range coeffs {
		acc |= v << have
		have += width
		if have >= 64 {
			b = binary.LittleEndian.AppendUint64(b, acc)
			have -= 64
			acc = v >> (width - have) // the bits that did not fit
		}
	}
	for ; have > 0; have -= min(8, have) {
		b = append(b, byte(acc))
		acc >>= 8
	}
	return b
}

// parseLimb fills coeffs from exactly limbBytes bytes and refuses residues that are not reduced.
func parseLimb(b []byte, coeffs []uint64, q uint64) error {
	width := uint(bits.Len64(q))
	mask := uint64(1)<<width - 1
	var acc uint64
	var have uint
	for i := range coeffs {
		v := acc
		if have < width {
			var word [8]byte
			n := copy(word[:], b)
			b = b[n:]
			next := binary.LittleEndian.Uint64(word[:])
			v |= next << have
			acc = next >> (width - have)
			have += uint(8*n) - width
		} else {
			acc >>= width
			have -= width
		}
		if coeffs[i] = v & mask; coeffs[i] >= q {
			return fmt.Errorf("%w: residue %d is not below its prime", ErrBlob, i)
		}
	}
	return nil
}

func (c *checkedPlan) appendPoly(b []byte, p ring.Poly, primes []uint64) []byte {
	for i, q := range primes {
		b = appendLimb(b, p.Coeffs[i], q)
	}
	return b
}

func (c *checkedPlan) parsePoly(b []byte, p ring.Poly, primes []uint64) (rest []byte, err error) {
	for i, q := range primes {
		n := int(limbBytes(c.slots(), q))
		if len(b) < n {
			return nil, fmt.Errorf("%w: truncated", ErrBlob)
		}
		if err := parseLimb(b[:n], p.Coeffs[i], q); err != nil {
			return nil, err
		}
		b = b[n:]
	}
	return b, nil
}

// uniform expands a public seed to the uniform halves of one object: one polynomial a call.
func (c *checkedPlan) uniform(seed []byte, levelQ, levelP int) (func(ringqp.Poly), error) {
	prng, err := newSeedStream(seed)
	if err != nil {
		return nil, err
	}
	s := ringqp.NewUniformSampler(prng, *c.params.RingQP())
	return func(p ringqp.Poly) { s.AtLevel(levelQ, levelP).Read(p) }, nil
}
