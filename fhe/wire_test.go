package fhe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"
	"testing"
)

func TestLimbsRoundTrip(t *testing.T) {
	t.Parallel()
	r := newRand(9)
	for width := 18; width <= 60; width++ {
		q := uint64(1)<<width - 1 - r.Uint64N(1<<(width-2))
		v := make([]uint64, 64)
		for i := range v {
			v[i] = r.Uint64N(q)
		}
		v[0], v[63] = q-1, q-1
		b := appendLimb(nil, v, q)
		if int64(len(b)) != limbBytes(len(v), q) || bits.Len64(q) != width {
			t.Fatalf("%d bits: %d bytes, want %d", width, len(b), limbBytes(len(v), q))
		}
		got := make([]uint64, len(v))
		if err := parseLimb(b, got, q); err != nil || !slices.Equal(got, v) {
			t.Fatalf("%d bits: %v", width, err)
		}
		for i := range b {
			b[i] = 0xff
		}
		if err := parseLimb(b, got, q); !errors.Is(err, ErrBlob) {
			t.Fatalf("%d bits: unreduced residues accepted: %v", width, err)
		}
	}
}

// Every blob refuses a changed header, a byte more or less, and residues that are not reduced.
func TestMutatedBlobsAreRefused(t *testing.T) {
	t.Parallel()
	for name, s := range bothSessions(t) {
		for _, blob := range []struct {
			what  string
			bytes []byte
			read  func(b []byte) error
		}{
			{"keys", s.blob, func(b []byte) error { _, err := s.ev.LoadKeys(bytes.NewReader(b)); return err }},
			{"input", s.input, func(b []byte) error {
				_, err := s.ev.Evaluate(context.Background(), s.keys, b, nil)
				return err
			}},
			{"output", s.output, func(b []byte) error { _, err := s.plan.Decrypt(s.sk, b); return err }},
		} {
			if err := blob.read(blob.bytes); err != nil {
				t.Fatalf("%s %s: %v", name, blob.what, err)
			}
			for what, b := range mutations(blob.bytes) {
				if err := blob.read(b); !errors.Is(err, ErrBlob) {
					t.Errorf("%s %s, %s: %v", name, blob.what, what, err)
				}
			}
		}
	}
}

func mutations(b []byte) map[string][]byte {
	list := map[string][]byte{"a byte more": append(slices.Clone(b), 0)}
	if len(b) == 0 {
		return list
	}
	list["a byte less"] = b[:len(b)-1]
	list["header only"] = b[:headerBytes]
	list["empty"] = nil
	for _, at := range []int{0, 3, 4, headerBytes - 1} {
		m := slices.Clone(b)
		m[at] ^= 1
		list[fmt.Sprintf("byte %d of the header", at)] = m
	}
	m := slices.Clone(b)
	for i := headerBytes + seedBytes; i < len(m); i++ {
		m[i] = 0xff
	}
	list["unreduced residues"] = m
	return list
}

// What another kind of blob or another plan made is refused by its header.
func TestBlobsAreBoundToTheirPlan(t *testing.T) {
	t.Parallel()
	s, other := get(t, levelledSession), get(t, keylessSession)
	if _, err := s.ev.Evaluate(context.Background(), other.keys, s.input, nil); !errors.Is(err, ErrBlob) {
		t.Errorf("keys of another plan: %v", err)
	}
	if _, err := s.ev.Evaluate(context.Background(), nil, s.input, nil); !errors.Is(err, ErrBlob) {
		t.Errorf("no keys: %v", err)
	}
	if _, err := s.ev.LoadKeys(strings.NewReader(string(s.output))); !errors.Is(err, ErrBlob) {
		t.Errorf("output as keys: %v", err)
	}
	if _, err := NewEvaluator(context.Background(), s.plan, other.prefix, 1); !errors.Is(err, ErrMismatch) {
		t.Errorf("prefix of another plan: %v", err)
	}
}

// A changed residue is not seen by the parser (receipts are for that) but must not pass for a plausible output.
func TestCorruptedOutputIsImplausible(t *testing.T) {
	t.Parallel()
	for name, s := range bothSessions(t) {
		b := slices.Clone(s.output)
		b[headerBytes+100] ^= 0x10
		d, err := s.plan.Decrypt(s.sk, b)
		if err != nil {
			continue
		}
		if err := d.Flood(s.plan.NoiseStd() * FloodFactor(1, 30, size(s.plan.c.shape))); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Decode(); !errors.Is(err, ErrOutput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecryptionIsUsedOnce(t *testing.T) {
	t.Parallel()
	s := get(t, keylessSession)
	open := func() *Decrypted {
		d, err := s.plan.Decrypt(s.sk, s.output)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	sigma := s.plan.NoiseStd() * FloodFactor(1, 30, size(s.plan.c.shape))
	d := open()
	if _, err := d.Decode(); !errors.Is(err, ErrNotFlooded) {
		t.Errorf("decoded without flooding: %v", err)
	}
	for _, bad := range []float64{0, -1, math.NaN(), s.plan.NoiseStd() / 2} {
		if err := d.Flood(bad); err == nil {
			t.Errorf("flooded with %v", bad)
		}
	}
	if err := d.Flood(sigma * 1e18); !errors.Is(err, ErrPlan) {
		t.Errorf("flooded beyond the modulus: %v", err)
	}
	if err := d.Flood(sigma); err != nil {
		t.Fatal(err)
	}
	if err := d.Flood(sigma); !errors.Is(err, ErrConsumed) {
		t.Errorf("flooded twice: %v", err)
	}
	if _, err := d.DecodeRawUnsafe(); !errors.Is(err, ErrConsumed) {
		t.Errorf("decoded raw after flooding: %v", err)
	}
	got, err := d.Decode()
	if err != nil {
		t.Fatal(err)
	}
	wantClose(t, got, s.prefix.eval(s.x), 8*s.plan.SlotStd(sigma))
	if _, err := d.Decode(); !errors.Is(err, ErrConsumed) {
		t.Errorf("decoded twice: %v", err)
	}
}

func TestOutputBeyondTheBoundIsRefused(t *testing.T) {
	t.Parallel()
	s := get(t, levelledSession)
	d, err := s.plan.Decrypt(s.sk, s.output)
	if err != nil {
		t.Fatal(err)
	}
	c := *d.c
	c.lit.OutputBound = 1e-3
	d.c = &c
	if _, err := d.DecodeRawUnsafe(); !errors.Is(err, ErrOutput) {
		t.Errorf("%v", err)
	}
}

// fuzzBlob patches a real blob, or replaces it: whole blobs are too large to mutate usefully.
func fuzzBlob(f *testing.F, whole func(s *session) []byte, read func(s *session, b []byte) error) {
	s, err := levelledSession()
	if err != nil {
		f.Fatal(err)
	}
	b := whole(s)
	f.Add(0, b[:min(len(b), 64)])
	f.Add(headerBytes+seedBytes, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add(-1, b[:40])
	f.Fuzz(func(t *testing.T, at int, patch []byte) {
		m := slices.Clone(patch) // negative offset: the patch is the whole blob
		if at >= 0 {
			m = slices.Clone(b)
			copy(m[at%len(m):], patch)
		}
		if err := read(s, m); err != nil && !errors.Is(err, ErrBlob) {
			t.Fatal(err)
		}
	})
}

func FuzzLoadKeys(f *testing.F) {
	fuzzBlob(f, func(s *session) []byte { return s.blob }, func(s *session, b []byte) error {
		_, err := s.ev.LoadKeys(bytes.NewReader(b))
		return err
	})
}

func FuzzInput(f *testing.F) {
	fuzzBlob(f, func(s *session) []byte { return s.input }, func(s *session, b []byte) error {
		_, err := s.ev.LoadInput(b)
		return err
	})
}

func FuzzOutput(f *testing.F) {
	fuzzBlob(f, func(s *session) []byte { return s.output }, func(s *session, b []byte) error {
		_, err := s.plan.Decrypt(s.sk, b)
		return err
	})
}
