package privacy

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/protocol"
)

// NoiseKey is the client's secret that privacy noise is derived from. Whoever knows it can take the noise off every
// release. It must outlive the jobs: with another key, a release of the same input gets other noise, and the average of
// both has less.
type NoiseKey [32]byte

// NewNoiseKey draws a key.
func NewNoiseKey() (k NoiseKey, err error) {
	if _, err := rand.Read(k[:]); err != nil {
		return k, fmt.Errorf("make noise key: %w", err)
	}
	return k, nil
}

// Subject is what a release is of: the same subject gets the same noise.
type Subject struct {
	Input     protocol.Digest `json:"input"` // InputDigest
	Model     protocol.Digest `json:"model"`
	Cut       uint32          `json:"cut"`
	Mechanism protocol.Digest `json:"mechanism"` // filled in by Release
}

// InputDigest identifies an input by its preprocessed values. It is secret, like the input: inputs can be guessed.
func InputDigest(x []float64) protocol.Digest {
	h := protocol.NewHash("input-values")
	b := make([]byte, 8)
	for _, v := range x {
		if v == 0 {
			v = 0 // one zero, without a sign
		}
		binary.LittleEndian.PutUint64(b, math.Float64bits(v))
		h.Write(b)
	}
	return protocol.SumDigest(h)
}

// Alias is a name for an input that tells nothing about it to who does not know the key.
func (k NoiseKey) Alias(input protocol.Digest) (d protocol.Digest) {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte("encompute/input-alias/v1\x00"))
	mac.Write(input[:])
	mac.Sum(d[:0])
	return d
}

// gaussian is a stream of standard normal numbers.
type gaussian struct {
	stream cipher.Stream
	spare  float64
	full   bool
}

// gaussian derives the stream of a subject: HKDF (RFC 5869) with SHA-256 gives key and first counter of AES-256 in
// counter mode. The info is the canonical bytes of the subject.
func (k NoiseKey) gaussian(s Subject) (*gaussian, error) {
	info, err := protocol.Marshal(s)
	if err != nil {
		return nil, err
	}
	seed, err := hkdf.Key(sha256.New, k[:], []byte("encompute/release-noise/v1"), string(info), 32+aes.BlockSize)
	if err != nil {
		return nil, fmt.Errorf("derive noise: %w", err)
	}
	block, err := aes.NewCipher(seed[:32])
	if err != nil {
		return nil, fmt.Errorf("derive noise: %w", err)
	}
	return &gaussian{stream: cipher.NewCTR(block, seed[32:])}, nil
}

// unit is uniform in (0, 1] on 53 bits.
func (g *gaussian) unit() float64 {
	var b [8]byte
	g.stream.XORKeyStream(b[:], b[:])
	return (float64(binary.LittleEndian.Uint64(b[:])>>11) + 1) / (1 << 53)
}

// next returns the next number, by Box and Muller's transform (1958). Its tails end at 8.6 deviations, which a Gaussian
// passes once in 2^56. That the doubles it gives are not all equally likely shows below the grid that values are
// rounded to, see Mechanism.grid.
func (g *gaussian) next() float64 {
	if g.full = !g.full; !g.full {
		return g.spare
	}
	r, angle := math.Sqrt(-2*math.Log(g.unit())), 2*math.Pi*g.unit()
	sin, cos := math.Sincos(angle)
	g.spare = r * sin
	return r * cos
}

// Normal returns the first n standard normal numbers of a subject's noise: what its release added, in deviations.
func (k NoiseKey) Normal(s Subject, n int) ([]float64, error) {
	g, err := k.gaussian(s)
	if err != nil {
		return nil, err
	}
	list := make([]float64, n)
	for i := range list {
		list[i] = g.next()
	}
	return list, nil
}
