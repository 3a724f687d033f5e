package protocol

import (
	"bytes"
	"errors"
	"testing"
)

func TestSealOpen(t *testing.T) {
	t.Parallel()
	k, err := DeriveSealingKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Public()) != SealingKeyBytes {
		t.Fatalf("public key has %d bytes", len(k.Public()))
	}
	again, err := DeriveSealingKey(bytes.Repeat([]byte{7}, 32))
	if err != nil || !bytes.Equal(again.Public(), k.Public()) {
		t.Fatal("derivation is not deterministic")
	}
	other, err := NewSealingKey()
	if err != nil {
		t.Fatal(err)
	}
	id, plain := NewDigest("job", []byte{1}), []byte("a secret")
	env, err := Seal(k.Public(), SealResult, id, plain)
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Open(SealResult, id, env)
	if err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("open: %q, %v", got, err)
	}
	changed := bytes.Clone(env)
	changed[len(changed)-1] ^= 1
	head := bytes.Clone(env)
	head[0] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"other key":     func() ([]byte, error) { return other.Open(SealResult, id, env) },
		"other purpose": func() ([]byte, error) { return k.Open(SealIntermediate, id, env) },
		"other id":      func() ([]byte, error) { return k.Open(SealResult, NewDigest("job", []byte{2}), env) },
		"changed tail":  func() ([]byte, error) { return k.Open(SealResult, id, changed) },
		"changed head":  func() ([]byte, error) { return k.Open(SealResult, id, head) },
		"short":         func() ([]byte, error) { return k.Open(SealResult, id, env[:40]) },
		"empty":         func() ([]byte, error) { return k.Open(SealResult, id, nil) },
	} {
		if b, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: opened %q, %v", name, b, err)
		}
	}
	b, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseSealingKey(b)
	if err != nil || !bytes.Equal(parsed.Public(), k.Public()) {
		t.Fatalf("private key does not round trip: %v", err)
	}
	if _, err := (SealingKey{}).Open(SealResult, id, env); err == nil {
		t.Error("the zero key opened something")
	}
	if _, err := Seal([]byte{1}, SealResult, id, plain); !errors.Is(err, ErrMalformed) {
		t.Errorf("short public key: %v", err)
	}
	if _, err := DeriveSealingKey(make([]byte, 31)); err == nil {
		t.Error("31 bytes of keying material were accepted")
	}
}

func TestPrefixPayload(t *testing.T) {
	t.Parallel()
	k, err := NewSealingKey()
	if err != nil {
		t.Fatal(err)
	}
	p := PrefixPayload{Salt: [32]byte{1}, PlanDigest: NewDigest("plan", nil), Prefix: []byte("weights")}
	hash, sealed, err := SealPrefixPayload(p, k.Public())
	if err != nil {
		t.Fatal(err)
	}
	if h, err := p.Hash(); err != nil || h != hash {
		t.Fatalf("Hash = %s, %v, want %s", h, err, hash)
	}
	got, err := OpenPrefixPayload(k, hash, sealed)
	if err != nil || got.Salt != p.Salt || got.PlanDigest != p.PlanDigest || !bytes.Equal(got.Prefix, p.Prefix) {
		t.Fatalf("open: %+v, %v", got, err)
	}
	if _, err := OpenPrefixPayload(k, NewDigest("prefix", nil), sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("foreign hash: %v", err)
	}
	// An envelope that is bound to the claimed hash but holds another payload.
	b, err := Marshal(PrefixPayload{Prefix: []byte("others")})
	if err != nil {
		t.Fatal(err)
	}
	forged, err := Seal(k.Public(), SealPrefix, hash, b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenPrefixPayload(k, hash, forged); !errors.Is(err, ErrMalformed) {
		t.Errorf("swapped payload: %v", err)
	}
	salted := p
	salted.Salt[0]++
	if h, _ := salted.Hash(); h == hash {
		t.Error("the salt is not part of the hash")
	}
}
