package protocol

import (
	"errors"
	"math/big"
	"testing"
)

func testKey(t *testing.T, last byte) SigningKey {
	t.Helper()
	k, err := ParseSigningKey(append(make([]byte, 31), last))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSignAndRecover(t *testing.T) {
	t.Parallel()
	k, d := testKey(t, 1), NewDigest("test", nil)
	// The account of the secret 1 is known everywhere.
	if got := k.Address().String(); got != "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf" {
		t.Fatalf("address of key 1 is %s", got)
	}
	if a, err := PublicKeyAddress(k.PublicKey()); err != nil || a != k.Address() {
		t.Fatalf("address of its public key is %s, %v", a, err)
	}
	sig := k.SignDigest(d)
	if err := VerifyDigest(d, sig, k.Address()); err != nil {
		t.Fatal(err)
	}
	if err := VerifyDigest(d, sig, testKey(t, 2).Address()); !errors.Is(err, ErrSignature) {
		t.Fatalf("another signer was accepted: %v", err)
	}
	for i := range sig {
		bad := append([]byte(nil), sig...)
		bad[i] ^= 1
		if err := VerifyDigest(d, bad, k.Address()); !errors.Is(err, ErrSignature) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for n := range 70 {
		if n != 65 {
			if err := VerifyDigest(d, make([]byte, n), k.Address()); !errors.Is(err, ErrSignature) {
				t.Errorf("signature of %d bytes: %v", n, err)
			}
		}
	}
}

// A signature (r, s) has a twin (r, n-s) that a contract would take as well: refuse it.
func TestMalleableTwinIsRefused(t *testing.T) {
	t.Parallel()
	k, d := testKey(t, 3), NewDigest("test", nil)
	sig := k.SignDigest(d)
	n, _ := new(big.Int).SetString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
	s := new(big.Int).SetBytes(sig[32:64])
	n.Sub(n, s).FillBytes(sig[32:64])
	sig[64] = 27 + 28 - sig[64]
	if _, err := RecoverAddress(d, sig); !errors.Is(err, ErrSignature) {
		t.Fatalf("high s was accepted: %v", err)
	}
}

func TestParseSigningKeyRefuses(t *testing.T) {
	t.Parallel()
	n, _ := new(big.Int).SetString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
	for _, b := range [][]byte{nil, make([]byte, 31), make([]byte, 32), make([]byte, 33), n.Bytes()} {
		if _, err := ParseSigningKey(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("ParseSigningKey(%x): %v", b, err)
		}
	}
}

func TestLoginDigestBindsEverything(t *testing.T) {
	t.Parallel()
	base := LoginDigest("a", 1, [32]byte{1})
	for name, d := range map[string]Digest{"host": LoginDigest("b", 1, [32]byte{1}), "chain": LoginDigest("a", 2, [32]byte{1}), "nonce": LoginDigest("a", 1, [32]byte{2})} {
		if d == base {
			t.Errorf("%s is not bound", name)
		}
	}
}
