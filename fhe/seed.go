package fhe

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
)

// seedStream expands a public seed of 32 bytes to the uniform halves of keys and ciphertexts: AES-256 in counter mode,
// the seed as key. FrodoKEM generates its public matrix likewise (with AES-128; Alkim et al., "FrodoKEM: Learning With
// Errors Key Encapsulation", section 2.2.5). Nothing secret is ever drawn from it.
type seedStream struct{ stream cipher.Stream }

func newSeedStream(seed []byte) (*seedStream, error) {
	if len(seed) != seedBytes {
		return nil, fmt.Errorf("seed has %d bytes, want %d", len(seed), seedBytes)
	}
	block, err := aes.NewCipher(seed)
	if err != nil {
		return nil, err
	}
	return &seedStream{cipher.NewCTR(block, make([]byte, aes.BlockSize))}, nil
}

// Read fills b; it never fails.
func (s *seedStream) Read(b []byte) (int, error) {
	clear(b)
	s.stream.XORKeyStream(b, b)
	return len(b), nil
}
