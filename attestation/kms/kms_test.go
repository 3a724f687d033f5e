package kms_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/encrypted-compute/encompute/attestation/kms"
)

// Vectors of dstack's own simulator (sdk/simulator/appkeys.json), as its SDKs publish them.
const (
	vectorAppKey       = "d6e88992cdeeee35fe70b5db61ab66cdb191fb9b6ec9313757ef162dd7214d5d"
	vectorAppSignature = "9e618603e72d01fedb82deff6daf2d62a572becf0059eec3f89c1ab40e1f2e594d2a283f843f34e8f39e4cc49a612496ce67223a12ac923f8efe330346dfc6c500"
	vectorAppID        = "5bb4ff9a3837357f19dc176407a5709c62eb6c56"
	vectorAppPublic    = "02818494263695e8839122dbd88e281d7380622999df4e60a14befa0f2d096fc7c"
	vectorKMSPublic    = "0321529e458424ab1f710a3a57ec4dad2fb195ddca572f7469242ba6c7563085b6"
	vectorTestPath     = "b9fbb7171185c421c58610a2acba8ceae93623ae47815618cbad1e98fc042cb7"
	vectorSignPublic   = "036105f01d1fd781568f7c208b087b1c4f522601410ed7e9c7870d573de7c46d54"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// vectorChain is the chain of the key at path "vms", signed with dstack's published app key.
func vectorChain(t *testing.T) kms.Chain {
	t.Helper()
	app := secp256k1.PrivKeyFromBytes(unhex(t, vectorAppKey))
	public := unhex(t, vectorSignPublic)
	compact := ecdsa.SignCompact(app, kms.Keccak256(kms.KeyMessage("signing", public)), true)
	return kms.Chain{
		PublicKey: public, Purpose: "signing", AppID: unhex(t, vectorAppID),
		Signatures: [][]byte{append(compact[1:], compact[0]-31), unhex(t, vectorAppSignature)},
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	appKey := unhex(t, vectorAppKey)
	if got := hex.EncodeToString(secp256k1.PrivKeyFromBytes(appKey).PubKey().SerializeCompressed()); got != vectorAppPublic {
		t.Errorf("app public key %s, want %s", got, vectorAppPublic)
	}
	key, err := kms.DeriveKey(appKey, "/test/path")
	if err != nil || hex.EncodeToString(key) != vectorTestPath {
		t.Errorf("DeriveKey(/test/path) = %x, %v, want %s", key, err, vectorTestPath)
	}
	key, err = kms.DeriveKey(appKey, "vms")
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(secp256k1.PrivKeyFromBytes(key).PubKey().SerializeCompressed()); got != vectorSignPublic {
		t.Errorf("signing public key %s, want %s", got, vectorSignPublic)
	}
	if err := vectorChain(t).Verify(unhex(t, vectorKMSPublic)); err != nil {
		t.Error(err)
	}
}

func TestVectorsAgainstCorpus(t *testing.T) {
	t.Parallel()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real keys")
	}
	raw, err := os.ReadFile(filepath.Join(root, "corpus/quotes/dstack/sdk_simulator_appkeys.json"))
	if err != nil {
		t.Fatal(err)
	}
	var k struct {
		Key       string `json:"k256_key"`
		Signature string `json:"k256_signature"`
	}
	if err := json.Unmarshal(raw, &k); err != nil {
		t.Fatal(err)
	}
	if k.Key != vectorAppKey || k.Signature != vectorAppSignature {
		t.Error("the constants of this test are not dstack's vectors")
	}
}

func TestChainRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*kms.Chain){
		"public key":          func(c *kms.Chain) { c.PublicKey[5] ^= 1 },
		"public key short":    func(c *kms.Chain) { c.PublicKey = c.PublicKey[:31] },
		"purpose":             func(c *kms.Chain) { c.Purpose = "Signing" },
		"purpose with colon":  func(c *kms.Chain) { c.Purpose = "a:b" },
		"app id":              func(c *kms.Chain) { c.AppID[0] ^= 1 },
		"app id short":        func(c *kms.Chain) { c.AppID = c.AppID[:19] },
		"no signatures":       func(c *kms.Chain) { c.Signatures = nil },
		"one signature":       func(c *kms.Chain) { c.Signatures = c.Signatures[:1] },
		"app signature":       func(c *kms.Chain) { c.Signatures[0][3] ^= 1 },
		"root signature":      func(c *kms.Chain) { c.Signatures[1][3] ^= 1 },
		"recovery id":         func(c *kms.Chain) { c.Signatures[1][64] = 27 },
		"signature length":    func(c *kms.Chain) { c.Signatures[1] = c.Signatures[1][:64] },
		"signatures swapped":  func(c *kms.Chain) { c.Signatures[0], c.Signatures[1] = c.Signatures[1], c.Signatures[0] },
		"high s":              func(c *kms.Chain) { negate(c.Signatures[1]) },
		"signature all zeros": func(c *kms.Chain) { clear(c.Signatures[0]) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := vectorChain(t)
			change(&c)
			if err := c.Verify(unhex(t, vectorKMSPublic)); !errors.Is(err, kms.ErrChain) {
				t.Errorf("Verify = %v, want ErrChain", err)
			}
		})
	}
	c := vectorChain(t)
	other := unhex(t, vectorKMSPublic)
	other[0] ^= 1
	for _, pinned := range [][]byte{nil, other, other[:32]} {
		if err := c.Verify(pinned); !errors.Is(err, kms.ErrChain) {
			t.Errorf("Verify with pinned %x = %v, want ErrChain", pinned, err)
		}
	}
	if _, err := kms.DeriveKey(nil, "x"); err == nil {
		t.Error("DeriveKey accepted an empty app key")
	}
}

// negate turns a signature into its malleated twin: n-s with the other recovery parity.
func negate(sig []byte) {
	var s secp256k1.ModNScalar
	s.SetByteSlice(sig[32:64])
	b := s.Negate().Bytes()
	copy(sig[32:64], b[:])
	sig[64] ^= 1
}

func FuzzChain(f *testing.F) {
	f.Add([]byte("key"), "purpose", []byte("app"), []byte("a"), []byte("b"))
	f.Add(make([]byte, 33), "", make([]byte, 20), make([]byte, 65), make([]byte, 65))
	f.Fuzz(func(t *testing.T, key []byte, purpose string, app, s0, s1 []byte) {
		c := kms.Chain{PublicKey: key, Purpose: purpose, AppID: app, Signatures: [][]byte{s0, s1}}
		root, err := c.Root()
		if err != nil && !errors.Is(err, kms.ErrChain) {
			t.Errorf("error %v does not wrap ErrChain", err)
		}
		if err == nil && c.Verify(root) != nil {
			t.Error("a chain does not verify under the key it ends in")
		}
	})
}
