package simulator

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"

	"github.com/encrypted-compute/encompute/dstack"
	legacysha3 "golang.org/x/crypto/sha3"
)

// tdxQuoteRequest is the request of Tappd.TdxQuote.
type tdxQuoteRequest struct {
	ReportData    dstack.Hex `json:"report_data"`
	HashAlgorithm string     `json:"hash_algorithm"`
	Prefix        string     `json:"prefix"`
}

// tdxQuote is the answer of Tappd.TdxQuote and Tappd.RawQuote.
type tdxQuote struct {
	Quote         dstack.Hex `json:"quote"`
	EventLog      string     `json:"event_log"`
	HashAlgorithm string     `json:"hash_algorithm"`
	Prefix        string     `json:"prefix"`
}

const rawReportData = "raw"

// hashes are the algorithms of TdxQuote but keccak384, which no Go library has.
var hashes = map[string]func() hash.Hash{
	"sha256":    sha256.New,
	"sha384":    sha512.New384,
	"sha512":    sha512.New,
	"sha3-256":  func() hash.Hash { return sha3.New256() },
	"sha3-384":  func() hash.Hash { return sha3.New384() },
	"sha3-512":  func() hash.Hash { return sha3.New512() },
	"keccak256": legacysha3.NewLegacyKeccak256,
	"keccak512": legacysha3.NewLegacyKeccak512,
}

// tdxQuote quotes hash(prefix || ":" || data), or the data itself, which must then be 64 bytes.
func (s *Simulator) tdxQuote(ctx context.Context, r tdxQuoteRequest) (out tdxQuote, err error) {
	out.HashAlgorithm, out.Prefix = r.HashAlgorithm, r.Prefix
	if out.HashAlgorithm == "" {
		out.HashAlgorithm = "sha512"
	}
	if out.Prefix == "" {
		out.Prefix = "app-data"
	}
	data := []byte(r.ReportData)
	if out.HashAlgorithm == rawReportData {
		out.Prefix = ""
		if len(data) != dstack.ReportDataSize {
			return out, fmt.Errorf("invalid content length: %d bytes, raw report data has %d", len(data), dstack.ReportDataSize)
		}
	} else {
		newHash, ok := hashes[out.HashAlgorithm]
		if !ok {
			return out, fmt.Errorf("invalid hash algorithm %q", out.HashAlgorithm)
		}
		h := newHash()
		h.Write([]byte(out.Prefix + ":"))
		h.Write(data)
		data = h.Sum(nil)
	}
	q, err := s.Quote(ctx, data)
	out.Quote, out.EventLog = q.Quote, q.EventLog
	return out, err
}

// deriveRequest is the request of Tappd.DeriveKey.
type deriveRequest struct {
	Path       string   `json:"path"`
	Subject    string   `json:"subject"`
	AltNames   []string `json:"alt_names"`
	RATLS      bool     `json:"usage_ra_tls"`
	ServerAuth bool     `json:"usage_server_auth"`
	ClientAuth bool     `json:"usage_client_auth"`
	RandomSeed bool     `json:"random_seed"`
}

// deriveKey answers Tappd.DeriveKey: the same key for the same path, unless a random one is wanted.
func (s *Simulator) deriveKey(r deriveRequest) (tlsKey, error) {
	secret := s.appKey.Serialize()
	if r.RandomSeed {
		if _, err := rand.Read(secret); err != nil {
			return tlsKey{}, err
		}
	}
	return s.certifiedKey(secret, r.Path, tlsRequest{
		Subject: r.Subject, AltNames: r.AltNames, RATLS: r.RATLS, ServerAuth: r.ServerAuth, ClientAuth: r.ClientAuth,
	})
}

// k256Key is the answer of Tappd.DeriveK256Key.
type k256Key struct {
	Key            dstack.Hex   `json:"k256_key"`
	SignatureChain []dstack.Hex `json:"k256_signature_chain"`
}

func (s *Simulator) deriveK256Key(r dstack.KeyRequest) (k256Key, error) {
	key, err := s.Key(r)
	return k256Key{key.Key, key.SignatureChain}, err
}

// algorithmRequest is the request of Worker.GetAttestationForAppKey.
type algorithmRequest struct {
	Algorithm string `json:"algorithm"`
}

// appKeyReportData says in ASCII which key signs for the app: "dip1::<kind>:" and the public key
// in unpadded URL-safe base64.
func (s *Simulator) appKeyReportData(r algorithmRequest) ([]byte, error) {
	kind := map[string]string{algorithmEd25519: "ed25519-pk", algorithmSecp256k1: "secp256k1c-pk"}[normalizeAlgorithm(r.Algorithm)]
	if kind == "" {
		return nil, errAlgorithm
	}
	signed, err := s.signData(signRequest{Algorithm: r.Algorithm})
	if err != nil {
		return nil, err
	}
	return []byte("dip1::" + kind + ":" + base64.RawURLEncoding.EncodeToString(signed.PublicKey)), nil
}
