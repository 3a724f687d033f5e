package protocol

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDigestIsDomainSeparated(t *testing.T) {
	t.Parallel()
	if NewDigest("blob", nil) == NewDigest("manifest", nil) {
		t.Error("digests of different things are equal")
	}
	// printf 'encompute/blob/v1\0hello' | sha256sum
	const want = "0x23fa66ea206979d974465ec0fd55f9c4609a73d1808a235b4388106bca767508"
	if got := BlobDigest([]byte("hello")).String(); got != want {
		t.Errorf("blob digest of hello is %s, want %s", got, want)
	}
}

// The addresses are the examples of EIP-55.
func TestAddressChecksum(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	} {
		a, err := ParseAddress(s)
		if err != nil || a.String() != s {
			t.Errorf("ParseAddress(%s) = %s, %v", s, a, err)
		}
		if b, err := ParseAddress(strings.ToLower(s)); err != nil || b != a {
			t.Errorf("lower case of %s: %v", s, err)
		}
		wrong := swapCase(s, strings.IndexAny(s, "abcdefABCDEF"))
		if _, err := ParseAddress(wrong); !errors.Is(err, ErrMalformed) {
			t.Errorf("ParseAddress(%s) accepted a wrong checksum: %v", wrong, err)
		}
	}
}

func swapCase(s string, i int) string {
	return s[:i] + string(s[i]^0x20) + s[i+1:]
}

func TestTextFormsRefuseJunk(t *testing.T) {
	t.Parallel()
	for _, s := range []string{`""`, `"0x"`, `"0x12"`, `"` + strings.Repeat("a", 66) + `"`, `"0x` + strings.Repeat("g", 64) + `"`, `"0x` + strings.Repeat("a", 66) + `"`, `7`} {
		var d Digest
		if err := json.Unmarshal([]byte(s), &d); err == nil {
			t.Errorf("digest %s was accepted", s)
		}
		var a Address
		if err := json.Unmarshal([]byte(s), &a); err == nil {
			t.Errorf("address %s was accepted", s)
		}
	}
	for _, s := range []string{`"-1"`, `"1.5"`, `"18446744073709551616"`, `""`} {
		var a Amount
		if err := json.Unmarshal([]byte(s), &a); err == nil {
			t.Errorf("amount %s was accepted", s)
		}
	}
}

func TestTextFormsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := Delivery{JobID: drawDigest(t), OutputHash: drawDigest(t), ResultHash: drawDigest(t)}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var back Delivery
		if err := json.Unmarshal(b, &back); err != nil || back != v {
			t.Fatalf("%s: %v", b, err)
		}
	})
}

func drawDigest(t *rapid.T) Digest {
	return Digest(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
}
