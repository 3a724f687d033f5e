package protocol

import "fmt"

// PrefixPayload is what a creator seals to workers: the prefix, the digest of the plan
// it is to be evaluated by, and a random salt, so that PrefixHash, which is public,
// tells nothing about weights that could be guessed.
type PrefixPayload struct {
	Salt       [32]byte `json:"salt"`
	PlanDigest Digest   `json:"planDigest"`
	Prefix     []byte   `json:"prefix"` // fhe.Prefix in its binary form
}

// Hash returns the prefix hash that manifests, jobs and receipts name.
func (p PrefixPayload) Hash() (Digest, error) {
	b, err := Marshal(p)
	if err != nil {
		return Digest{}, err
	}
	return NewDigest("prefix", b), nil
}

// SealPrefixPayload returns the prefix hash and the payload sealed to workerKey.
func SealPrefixPayload(p PrefixPayload, workerKey []byte) (hash Digest, sealed []byte, err error) {
	b, err := Marshal(p)
	if err != nil {
		return hash, nil, err
	}
	hash = NewDigest("prefix", b)
	sealed, err = Seal(workerKey, SealPrefix, hash, b)
	return hash, sealed, err
}

// OpenPrefixPayload opens a sealed prefix and checks that it is the one that hash names.
func OpenPrefixPayload(key SealingKey, hash Digest, sealed []byte) (p PrefixPayload, err error) {
	b, err := key.Open(SealPrefix, hash, sealed)
	if err != nil {
		return p, err
	}
	if NewDigest("prefix", b) != hash {
		return p, fmt.Errorf("%w: prefix is not the one that the job names", ErrMalformed)
	}
	return p, Unmarshal(b, &p)
}
