package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"
)

func TestCalibration(t *testing.T) {
	t.Parallel()
	key, stranger := newTestKey(t), newTestKey(t)
	good := NewCalibration(key, []byte("machine"))
	if err := good.Verify(key.Address()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Calibration)
		want   error
	}{
		"another machine":      {func(c *Calibration) { c.Machine[0] ^= 1 }, ErrSignature},
		"longer machine":       {func(c *Calibration) { c.Machine = append(c.Machine, 0) }, ErrSignature},
		"no machine":           {func(c *Calibration) { c.Machine = nil }, ErrMalformed},
		"too large":            {func(c *Calibration) { *c = NewCalibration(key, make([]byte, MaxMachineBytes+1)) }, ErrMalformed},
		"no signature":         {func(c *Calibration) { c.Signature = nil }, ErrSignature},
		"changed signature":    {func(c *Calibration) { c.Signature[7] ^= 1 }, ErrSignature},
		"signed by a stranger": {func(c *Calibration) { *c = NewCalibration(stranger, c.Machine) }, ErrSignature},
		"signed as a receipt": {func(c *Calibration) {
			c.Signature = key.SignDigest(Domain{}.ReceiptDigest(Receipt{}))
		}, ErrSignature},
		"signed as a blob": {func(c *Calibration) { c.Signature = key.SignDigest(BlobDigest(c.Machine)) }, ErrSignature},
	} {
		bad := Calibration{slices.Clone(good.Machine), slices.Clone(good.Signature)}
		c.change(&bad)
		if err := bad.Verify(key.Address()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func newTestKey(t *testing.T) SigningKey {
	t.Helper()
	k, err := NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestHelloRoundTrip(t *testing.T) {
	t.Parallel()
	c := NewCalibration(newTestKey(t), []byte{1, 2, 3})
	for _, want := range []*Calibration{nil, &c} {
		b, err := EncodeMessage(TypeHello, Hello{Software: "test", Calibration: want})
		if err != nil {
			t.Fatal(err)
		}
		m, err := DecodeMessage(b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeBody[Hello](m)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := got.Calibration, want; (a == nil) != (b == nil) ||
			a != nil && (!bytes.Equal(a.Machine, b.Machine) || !bytes.Equal(a.Signature, b.Signature)) {
			t.Errorf("got %+v, want %+v", a, b)
		}
	}
	m := Message{Type: TypeHello, Body: json.RawMessage(`{"calibration":{"machine":"AQ==","signature":"AQ==","speed":1}}`)}
	if _, err := DecodeBody[Hello](m); !errors.Is(err, ErrMalformed) {
		t.Errorf("an unknown field of a calibration: %v", err)
	}
}

func TestTimesAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		elapsedMs          uint32
		predicted, seconds float64
		ok                 bool
	}{
		{elapsedMs: 7, ok: true}, // states none
		{elapsedMs: 7, predicted: 1, seconds: 0.0061, ok: true},
		{elapsedMs: 7, predicted: 1, seconds: 0.007, ok: true},
		{elapsedMs: 1, predicted: MaxPredictedSeconds, seconds: 0.0000001, ok: true},
		{elapsedMs: 7, seconds: 0.009},
		{elapsedMs: 7, seconds: 0.005},
		{elapsedMs: 7, seconds: -0.007},
		{elapsedMs: 7, seconds: math.NaN()},
		{elapsedMs: 7, seconds: math.Inf(1)},
		{predicted: -1},
		{predicted: 1e9},
		{predicted: math.NaN()},
		{predicted: math.Inf(1)},
	} {
		computed := Computed{Receipt: Receipt{ElapsedMs: c.elapsedMs}, PredictedSeconds: c.predicted, Seconds: c.seconds}
		if err := computed.CheckTimes(); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%+v: %v", c, err)
		}
		if c.seconds != 0 {
			continue
		}
		if err := (Progress{PredictedSeconds: c.predicted}).CheckTimes(); (err == nil) != c.ok {
			t.Errorf("progress %+v: %v", c, err)
		}
	}
}

// What was kept before workers stated times must be read as before.
func TestComputedWithoutTimes(t *testing.T) {
	t.Parallel()
	type old struct {
		Epoch     uint64  `json:"epoch"`
		Receipt   Receipt `json:"receipt"`
		Signature []byte  `json:"signature"`
	}
	b, err := Marshal(old{1, Receipt{ElapsedMs: 7}, []byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	var c Computed
	if err := Unmarshal(b, &c); err != nil || c.Epoch != 1 || c.Receipt.ElapsedMs != 7 {
		t.Errorf("read %+v, %v", c, err)
	}
}

func TestHelloNamesAKindOrNone(t *testing.T) {
	t.Parallel()
	for kind, ok := range map[string]bool{
		"": true, "avx512ifma": true, "portable": true, "0123456789abcdef": true,
		"0123456789abcdefg": false, "AVX512": false, "avx-512": false, "a b": false, "é": false, "\x00": false,
	} {
		if err := (Hello{Kind: kind}).CheckKind(); (err == nil) != ok || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("kind %q: %v", kind, err)
		}
	}
}
