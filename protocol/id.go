package protocol

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

// Digest is a 32-byte identifier: a domain-separated SHA-256 (see NewDigest), an
// EIP-712 digest, or a model id. Its text form is 0x and 64 hexadecimal digits.
type Digest [32]byte

// Address is an account on the chain: 20 bytes, in text 0x and 40 hexadecimal digits.
type Address [20]byte

// Amount is a sum of the market's token in its smallest unit (for USDC 10^-6 dollars).
// Its text form is a decimal string, so that JavaScript does not round it.
type Amount uint64

// ErrMalformed is wrapped by every decoding error of this package.
var ErrMalformed = errors.New("malformed")

// NewHash starts the digest of a thing named what: SHA-256 over
// "encompute/<what>/v1", a zero byte and then whatever the caller writes.
func NewHash(what string) hash.Hash {
	h := sha256.New()
	h.Write([]byte("encompute/" + what + "/v1"))
	h.Write([]byte{0})
	return h
}

// SumDigest finishes a hash started with NewHash.
func SumDigest(h hash.Hash) (d Digest) {
	h.Sum(d[:0])
	return d
}

// NewDigest returns SHA-256("encompute/<what>/v1" || 0x00 || data).
func NewDigest(what string, data []byte) Digest {
	h := NewHash(what)
	h.Write(data)
	return SumDigest(h)
}

// BlobDigest addresses a blob (keys, ciphertext, sealed prefix) by its content.
func BlobDigest(data []byte) Digest { return NewDigest("blob", data) }

// IsZero reports whether d was never set.
func (d Digest) IsZero() bool { return d == Digest{} }

// String returns the text form.
func (d Digest) String() string { return "0x" + hex.EncodeToString(d[:]) }

// Short returns the first eight digits, for people.
func (d Digest) Short() string { return d.String()[:10] }

// MarshalText implements encoding.TextMarshaler.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Digest) UnmarshalText(b []byte) error { return parseHex(d[:], b, "digest") }

// ParseDigest reads the text form.
func ParseDigest(s string) (d Digest, err error) { return d, d.UnmarshalText([]byte(s)) }

// IsZero reports whether a was never set.
func (a Address) IsZero() bool { return a == Address{} }

// String returns the text form with the mixed-case checksum of EIP-55.
func (a Address) String() string {
	s := []byte(hex.EncodeToString(a[:]))
	sum := Keccak256(s)
	for i, c := range s {
		if c >= 'a' && sum[i/2]>>(4*(1-i%2))&0xf >= 8 {
			s[i] = c - 'a' + 'A'
		}
	}
	return "0x" + string(s)
}

// MarshalText implements encoding.TextMarshaler.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. Mixed case must carry a right
// EIP-55 checksum; all-lower and all-upper case are taken as they are.
func (a *Address) UnmarshalText(b []byte) error {
	if err := parseHex(a[:], b, "address"); err != nil {
		return err
	}
	digits := string(b[2:])
	if digits != strings.ToLower(digits) && digits != strings.ToUpper(digits) && string(b) != a.String() {
		return fmt.Errorf("%w: address %s has a wrong checksum: copy it again", ErrMalformed, b)
	}
	return nil
}

// ParseAddress reads the text form.
func ParseAddress(s string) (a Address, err error) { return a, a.UnmarshalText([]byte(s)) }

// MarshalText implements encoding.TextMarshaler.
func (a Amount) MarshalText() ([]byte, error) {
	return strconv.AppendUint(nil, uint64(a), 10), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Amount) UnmarshalText(b []byte) error {
	v, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("%w: amount %q is not a whole number of the token's smallest unit", ErrMalformed, b)
	}
	*a = Amount(v)
	return nil
}

func parseHex(dst, text []byte, what string) error {
	if len(text) != 2+2*len(dst) || text[0] != '0' || text[1] != 'x' {
		return fmt.Errorf("%w: %s must be 0x and %d hexadecimal digits", ErrMalformed, what, 2*len(dst))
	}
	if _, err := hex.Decode(dst, text[2:]); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrMalformed, what, err)
	}
	return nil
}
