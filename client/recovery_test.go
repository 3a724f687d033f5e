package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"testing"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
	"github.com/tuneinsight/lattigo/v5/utils/sampling"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestKeyRecovery mounts the attack of Li and Micciancio ("On the Security of Homomorphic Encryption on Approximate
// Numbers", eprint 2020/1533, section 3): the creator's values and the worker's ciphertext are one linear equation for the
// secret key. From what the client decrypts it gives the key; from what the client hands over it gives nothing.
func TestKeyRecovery(t *testing.T) {
	t.Parallel()
	s := sceneOf(t, wideWorld(t))
	var raw []float64
	s.cfg.InspectRawUnsafe = func(v []float64) { raw = slices.Clone(v) } // what a client without flooding would release
	var output []byte
	s.host.lies.output = func(b []byte) []byte { output = bytes.Clone(b); return b }
	c := s.client(t)
	input := make([]float64, len(s.manifest.Input.Columns))
	for i := range input {
		input[i] = math.Sin(float64(i))
	}
	job, err := c.Prepare(t.Context(), Request{ModelID: s.model, Cut: testCut, Input: input, MaxCost: 1000})
	if err != nil {
		t.Fatal(err)
	}
	a := newAttack(t, s.plan)
	secret := a.expand(t, job.SecretKey)
	for job.State != StateReleased {
		if err := c.Advance(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	if len(output) != int(s.plan.Info().OutputBytes) {
		t.Fatalf("the output has %d bytes", len(output))
	}
	if got := a.solve(t, output, raw); !slices.Equal(got, secret) {
		t.Error("the attack does not find the key in values that are not flooded: it proves nothing")
	}
	got := a.solve(t, output, job.Release.Values)
	if found := ternary(got); found > len(got)/100 {
		t.Errorf("%d of %d coefficients look like a key's: the released values tell it", found, len(got))
	}
}

// ternary counts the coefficients that a secret key can have.
func ternary(key []int64) (n int) {
	for _, v := range key {
		if v >= -1 && v <= 1 {
			n++
		}
	}
	return n
}

// attack is what anybody knows of a plan.
type attack struct {
	lit    fhe.PlanLiteral
	digest [32]byte
	params ckks.Parameters
}

func newAttack(t *testing.T, plan fhe.Plan) *attack {
	t.Helper()
	lit, err := plan.Literal()
	if err != nil {
		t.Fatal(err)
	}
	params, err := ckks.NewParametersFromLiteral(ckks.ParametersLiteral{LogN: lit.LogN, Q: lit.Q, LogDefaultScale: 40, RingType: ring.ConjugateInvariant})
	if err != nil {
		t.Fatal(err)
	}
	return &attack{lit, plan.Digest(), params}
}

const headerBytes = 4 + 32 // of every blob, and the seed of a secret key follows it

// expand makes the coefficients of a kept secret key.
func (a *attack) expand(t *testing.T, kept []byte) []int64 {
	t.Helper()
	seed := slices.Concat([]byte("encompute/fhe-secret-key/v1\x00"), a.digest[:], kept[headerBytes:])
	expanded := sha256.Sum256(seed)
	prng, err := sampling.NewKeyedPRNG(expanded[:])
	if err != nil {
		t.Fatal(err)
	}
	sampler, err := ring.NewSampler(prng, a.params.RingQ(), a.params.Xs(), false)
	if err != nil {
		t.Fatal(err)
	}
	p := a.params.RingQ().NewPoly()
	sampler.Read(p)
	return a.centered(p)
}

// solve computes s = (m - c0) / c1 modulo every prime: m is the encoding of the values, (c0, c1) the output.
func (a *attack) solve(t *testing.T, output []byte, values []float64) []int64 {
	t.Helper()
	b := output[headerBytes:]
	pt := ckks.NewPlaintext(a.params, a.params.MaxLevel())
	pt.Scale = rlwe.NewScale(math.Exp2(float64(a.lit.Packing.LogScale + a.lit.LogWeights)))
	if err := ckks.NewEncoder(a.params).Encode(values, pt); err != nil {
		t.Fatal(err)
	}
	r := a.params.RingQ()
	c0, c1, s := r.NewPoly(), r.NewPoly(), r.NewPoly()
	for _, p := range []ring.Poly{c0, c1} {
		for k, q := range a.lit.Q {
			b = unpack(b, p.Coeffs[k], q)
		}
	}
	r.Sub(pt.Value, c0, s)
	for k, q := range a.lit.Q {
		modulus := new(big.Int).SetUint64(q)
		for i, v := range c1.Coeffs[k] {
			inverse := new(big.Int).ModInverse(new(big.Int).SetUint64(v), modulus) // nil for 0, once in 2^40
			product := inverse.Mul(inverse, new(big.Int).SetUint64(s.Coeffs[k][i]))
			s.Coeffs[k][i] = product.Mod(product, modulus).Uint64()
		}
	}
	r.INTT(s, s)
	return a.centered(s)
}

// centered are coefficients around 0 modulo the first prime; those that are others modulo another prime are out of reach.
func (a *attack) centered(p ring.Poly) []int64 {
	list := make([]int64, a.params.N())
	for i := range list {
		for k, q := range a.lit.Q {
			v := int64(p.Coeffs[k][i])
			if p.Coeffs[k][i] > q/2 {
				v -= int64(q)
			}
			if k == 0 {
				list[i] = v
			} else if v != list[i] {
				list[i] = math.MaxInt64
			}
		}
	}
	return list
}

// unpack reads one residue polynomial: coefficients in as many bits as the prime has, least significant first.
func unpack(b []byte, coeffs []uint64, q uint64) []byte {
	width := bits.Len64(q)
	at := 0
	for i := range coeffs {
		var window [16]byte
		copy(window[:], b[at/8:])
		low, high := binary.LittleEndian.Uint64(window[:8]), binary.LittleEndian.Uint64(window[8:])
		shift := uint(at % 8)
		coeffs[i] = (low>>shift | high<<(64-shift)) & (1<<width - 1)
		at += width
	}
	return b[len(coeffs)/8*width:]
}

// wideWorld is a world whose model fills every slot of a ciphertext, so that the values are the whole plaintext.
func wideWorld(t *testing.T) *world {
	t.Helper()
	const n = 4096
	w := *testWorld(t)
	scale, shift := make([]float64, n), make([]float64, n)
	m := w.manifest
	m.Input.Columns, m.Input.Shape = nil, []int{n}
	for i := range scale {
		scale[i], shift[i] = 1+0.5*math.Cos(float64(i)), 0.25*math.Sin(3*float64(i))
		m.Input.Columns = append(m.Input.Columns, fmt.Sprintf("c%d", i))
	}
	w.prefix = fhe.Prefix{Input: []int{n}, Layers: []fhe.Layer{fhe.NewAffine("scale", fhe.Affine{Scale: scale, Shift: shift})}}
	narrow, err := fhe.Compile(t.Context(), w.prefix, fhe.Options{Low: -1, High: 1, Bits: 12, Raw: true})
	if err != nil {
		t.Fatal(err)
	}
	lit, err := narrow.Literal()
	if err != nil {
		t.Fatal(err)
	}
	// The scale of a plan without room for flooding is within the precision of a double, so that doubles are the exact
	// plaintext. With wider primes there is room for flooding, if not for much of the values beside it.
	if lit.Q, _, err = rlwe.GenModuli(lit.LogN+2, []int{50, 50}, nil); err != nil {
		t.Fatal(err)
	}
	if w.plan, err = fhe.NewPlan(lit); err != nil {
		t.Fatal(err)
	}
	if scale := lit.Packing.LogScale + lit.LogWeights; lit.LogN != 12 || len(lit.Stages) > 0 || scale > 50 {
		t.Fatalf("ring degree 2^%d, %d stages, scale 2^%d: the values are not the exact plaintext", lit.LogN, len(lit.Stages), scale)
	}
	if w.evaluator, err = fhe.NewEvaluator(context.Background(), w.plan, w.prefix, 1); err != nil {
		t.Fatal(err)
	}
	cut := m.Cuts[0]
	cut.Layers, cut.Layer, cut.Shape = []string{"scale"}, "scale", []int{n}
	w.manifest = m
	w.offer(t, cut)
	return &w
}

// offer makes a cut under the world's plan the only one of its manifest.
func (w *world) offer(t *testing.T, cut protocol.Cut) {
	t.Helper()
	info := w.plan.Info()
	var err error
	if cut.Plan, err = w.plan.MarshalBinary(); err != nil {
		t.Fatal(err)
	}
	cut.KeysBytes, cut.InputBytes, cut.OutputBytes, cut.Keyless = uint64(info.KeysBytes), uint64(info.InputBytes), uint64(info.OutputBytes), info.Keyless
	w.manifest.Cuts = []protocol.Cut{cut}
	if w.raw, err = protocol.Marshal(w.manifest); err != nil {
		t.Fatal(err)
	}
}

// sceneOf is a scene of a world that is not the shared one.
func sceneOf(t *testing.T, w *world) *scene {
	t.Helper()
	s := newScene(t)
	s.world, s.chain = w, newFakeChain(w)
	s.host = newFakeHost(t, w, s.chain)
	s.cfg.Host, s.cfg.HTTP, s.cfg.Chain = s.host.server.URL, s.host.server.Client(), s.chain
	return s
}
