package kms_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/encrypted-compute/encompute/attestation/kms"
)

// issuer is a KMS and one application's keys of it.
type issuer struct {
	root, app *secp256k1.PrivateKey
	appID     []byte
	appSigned []byte // by the root
}

// newIssuer is made from fixed seeds; the vectors under testdata are its own.
func newIssuer() issuer {
	seed := func(what string) *secp256k1.PrivateKey {
		s := sha256.Sum256([]byte("encompute test " + what))
		return secp256k1.PrivKeyFromBytes(s[:])
	}
	i := issuer{root: seed("root"), app: seed("app"), appID: bytes.Repeat([]byte{0xa1}, kms.AppIDSize)}
	i.appSigned = sign65(i.root, kms.AppMessage(i.appID, i.app.PubKey().SerializeCompressed()))
	return i
}

func (i issuer) public() []byte { return i.root.PubKey().SerializeCompressed() }

// chain is what GetKey answers.
func (i issuer) chain(t testing.TB, path, purpose string, algorithm kms.Algorithm) (kms.Chain, []byte) {
	t.Helper()
	key, err := kms.DeriveKey(i.app.Serialize(), path)
	if err != nil {
		t.Fatal(err)
	}
	public := secp256k1.PrivKeyFromBytes(key).PubKey().SerializeCompressed()
	if algorithm == kms.Ed25519 {
		public = ed25519.NewKeyFromSeed(key).Public().(ed25519.PublicKey)
	}
	return kms.Chain{PublicKey: public, Purpose: purpose, AppID: slices.Clone(i.appID), Signatures: [][]byte{
		sign65(i.app, kms.KeyMessage(purpose, public)), slices.Clone(i.appSigned),
	}}, key
}

// statement is what Sign answers.
func (i issuer) statement(t testing.TB, algorithm kms.Algorithm, data []byte) kms.Statement {
	t.Helper()
	c, key := i.chain(t, kms.SignPath, kms.SignPurpose, algorithm)
	var signature []byte
	switch algorithm {
	case kms.Ed25519:
		signature = ed25519.Sign(ed25519.NewKeyFromSeed(key), data)
	case kms.Secp256k1:
		digest := sha256.Sum256(data)
		signature = ecdsa.SignCompact(secp256k1.PrivKeyFromBytes(key), digest[:], true)[1:]
	case kms.Secp256k1Prehashed:
		signature = ecdsa.SignCompact(secp256k1.PrivKeyFromBytes(key), data, true)[1:]
	}
	return kms.Statement{
		Algorithm: algorithm, Data: slices.Clone(data), PublicKey: c.PublicKey, AppID: c.AppID,
		Signatures: [][]byte{signature, c.Signatures[0], c.Signatures[1]},
	}
}

// sign65 is r || s || v over the Keccak-256 of the message.
func sign65(key *secp256k1.PrivateKey, message []byte) []byte {
	compact := ecdsa.SignCompact(key, kms.Keccak256(message), true)
	return append(compact[1:], compact[0]-27-4)
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Keys that dstack publishes for its own simulator: the application's signature is by a KMS whose
// root key nobody here has.
func TestCorpus(t *testing.T) {
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
	kmsPublic := unhex(t, "0321529e458424ab1f710a3a57ec4dad2fb195ddca572f7469242ba6c7563085b6")
	i := issuer{
		app: secp256k1.PrivKeyFromBytes(unhex(t, k.Key)), appSigned: unhex(t, k.Signature),
		appID: unhex(t, "5bb4ff9a3837357f19dc176407a5709c62eb6c56"),
	}
	if got := hex.EncodeToString(i.app.PubKey().SerializeCompressed()); got != "02818494263695e8839122dbd88e281d7380622999df4e60a14befa0f2d096fc7c" {
		t.Errorf("app public key %s", got)
	}
	key, err := kms.DeriveKey(i.app.Serialize(), "/test/path")
	if want := "b9fbb7171185c421c58610a2acba8ceae93623ae47815618cbad1e98fc042cb7"; err != nil || hex.EncodeToString(key) != want {
		t.Errorf("DeriveKey(/test/path) = %x, %v, want %s", key, err, want)
	}
	for _, algorithm := range []kms.Algorithm{kms.Ed25519, kms.Secp256k1, kms.Secp256k1Prehashed} {
		s := i.statement(t, algorithm, make([]byte, 32))
		if want := "036105f01d1fd781568f7c208b087b1c4f522601410ed7e9c7870d573de7c46d54"; algorithm != kms.Ed25519 && hex.EncodeToString(s.PublicKey) != want {
			t.Errorf("public key of Sign %x, want %s", s.PublicKey, want)
		}
		if err := s.Verify(kmsPublic); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
		c, _ := i.chain(t, "/test/path", "test", algorithm)
		if err := c.Verify(kmsPublic); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
}

func TestChainRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer()
	tests := map[string]struct {
		change func(*kms.Chain)
		reason string
	}{
		"public key":          {func(c *kms.Chain) { flip(c.PublicKey, len(c.PublicKey)-1) }, ""},
		"public key short":    {func(c *kms.Chain) { c.PublicKey = c.PublicKey[:31] }, "want 33 or 32"},
		"public key off":      {func(c *kms.Chain) { c.PublicKey = bytes.Repeat([]byte{2}, 34) }, "want 33 or 32"},
		"not on the curve":    {func(c *kms.Chain) { c.PublicKey = append([]byte{9}, make([]byte, 32)...) }, "public key: "},
		"purpose":             {func(c *kms.Chain) { c.Purpose = "Signing" }, "chain ends in KMS key"},
		"purpose with colon":  {func(c *kms.Chain) { c.Purpose = "a:b" }, "contains ':'"},
		"purpose too long":    {func(c *kms.Chain) { c.Purpose = strings.Repeat("p", kms.MaxPurpose+1) }, "at most 256"},
		"app id":              {func(c *kms.Chain) { flip(c.AppID, 0) }, "chain ends in KMS key"},
		"app id short":        {func(c *kms.Chain) { c.AppID = c.AppID[:19] }, "app id is 19 bytes"},
		"app id long":         {func(c *kms.Chain) { c.AppID = append(c.AppID, 0) }, "app id is 21 bytes"},
		"no signatures":       {func(c *kms.Chain) { c.Signatures = nil }, "0 signatures"},
		"one signature":       {func(c *kms.Chain) { c.Signatures = c.Signatures[:1] }, "1 signatures"},
		"three signatures":    {func(c *kms.Chain) { c.Signatures = append(c.Signatures, nil) }, "3 signatures"},
		"app signature":       {func(c *kms.Chain) { flip(c.Signatures[0], 40) }, "application key"},
		"root signature":      {func(c *kms.Chain) { flip(c.Signatures[1], 63) }, ""},
		"recovery id other":   {func(c *kms.Chain) { flip(c.Signatures[1], 64) }, "chain ends in KMS key"},
		"recovery id 4":       {func(c *kms.Chain) { c.Signatures[0][64] = 4 }, "recovery id 4"},
		"recovery id 27":      {func(c *kms.Chain) { c.Signatures[1][64] += 27 }, "recovery id"},
		"signature short":     {func(c *kms.Chain) { c.Signatures[1] = c.Signatures[1][:64] }, "64 bytes"},
		"signature long":      {func(c *kms.Chain) { c.Signatures[0] = append(c.Signatures[0], 0) }, "66 bytes"},
		"signatures swapped":  {func(c *kms.Chain) { slices.Reverse(c.Signatures) }, "chain ends in KMS key"},
		"high s of the app":   {func(c *kms.Chain) { negate(c.Signatures[0]) }, "lower half"},
		"high s of the root":  {func(c *kms.Chain) { negate(c.Signatures[1]) }, "lower half"},
		"signature all zeros": {func(c *kms.Chain) { clear(c.Signatures[0]) }, "application key"},
	}
	for name, test := range tests {
		for _, algorithm := range []kms.Algorithm{kms.Secp256k1, kms.Ed25519} {
			c, _ := i.chain(t, "p", "test", algorithm)
			if err := c.Verify(i.public()); err != nil {
				t.Fatal(err)
			}
			if name == "app signature" { // the s of the first signature decides which refusal it is
				c.Signatures[0][32] = 0xff
			}
			test.change(&c)
			err := c.Verify(i.public())
			if !errors.Is(err, kms.ErrChain) || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("%s, %s: Verify = %v, want ErrChain with %q", name, algorithm, err, test.reason)
			}
		}
	}
}

func TestPinnedKeyRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer()
	c, _ := i.chain(t, "p", "test", kms.Secp256k1)
	for name, pinned := range map[string][]byte{
		"none": nil, "short": i.public()[:32], "uncompressed": i.root.PubKey().SerializeUncompressed(),
		"of another KMS": i.app.PubKey().SerializeCompressed(), "zeros": make([]byte, kms.PublicKeySize),
	} {
		if err := c.Verify(pinned); !errors.Is(err, kms.ErrChain) {
			t.Errorf("%s: %v, want ErrChain", name, err)
		}
		if err := i.statement(t, kms.Ed25519, nil).Verify(pinned); !errors.Is(err, kms.ErrChain) {
			t.Errorf("%s, statement: %v, want ErrChain", name, err)
		}
	}
	if _, err := kms.DeriveKey(nil, "x"); err == nil {
		t.Error("DeriveKey accepted an empty app key")
	}
	if err := (kms.Chain{}).Verify(i.public()); !errors.Is(err, kms.ErrChain) {
		t.Errorf("zero chain: %v", err)
	}
	if err := (kms.Statement{}).Verify(i.public()); !errors.Is(err, kms.ErrChain) {
		t.Errorf("zero statement: %v", err)
	}
}

func TestStatementRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer()
	foreign, _ := i.chain(t, kms.SignPath, "test", kms.Secp256k1)
	tests := map[string]struct {
		change func(*kms.Statement)
		reason string
	}{
		"data":              {func(s *kms.Statement) { flip(s.Data, 3) }, "does not verify"},
		"algorithm unknown": {func(s *kms.Statement) { s.Algorithm = "k256" }, `"k256" is unknown`},
		"two signatures":    {func(s *kms.Statement) { s.Signatures = s.Signatures[1:] }, "2 signatures"},
		"signature of data": {func(s *kms.Statement) { flip(s.Signatures[0], 5) }, "does not verify"},
		"signature short":   {func(s *kms.Statement) { s.Signatures[0] = s.Signatures[0][:63] }, "63 bytes"},
		"app signature":     {func(s *kms.Statement) { s.Signatures[1] = foreign.Signatures[0] }, "chain ends in KMS key"},
		"root signature":    {func(s *kms.Statement) { s.Signatures[2][64] ^= 1 }, "chain ends in KMS key"},
		"app id":            {func(s *kms.Statement) { flip(s.AppID, 19) }, "chain ends in KMS key"},
		"no public key":     {func(s *kms.Statement) { s.PublicKey = nil }, "want 33 or 32"},
	}
	all := []kms.Algorithm{kms.Ed25519, kms.Secp256k1, kms.Secp256k1Prehashed}
	for _, algorithm := range all {
		good := i.statement(t, algorithm, bytes.Repeat([]byte{7}, 32))
		if err := good.Verify(i.public()); err != nil {
			t.Fatalf("%s: %v", algorithm, err)
		}
		for name, test := range tests {
			s := i.statement(t, algorithm, bytes.Repeat([]byte{7}, 32))
			test.change(&s)
			if err := s.Verify(i.public()); !errors.Is(err, kms.ErrChain) || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("%s, %s: %v, want ErrChain with %q", name, algorithm, err, test.reason)
			}
		}
		for _, other := range all {
			if s := good; other != algorithm {
				s.Algorithm = other
				if err := s.Verify(i.public()); !errors.Is(err, kms.ErrChain) {
					t.Errorf("%s taken for %s: %v, want ErrChain", algorithm, other, err)
				}
			}
		}
	}
	ecdsaOnly := map[string]func(*kms.Statement){
		"high s":            func(s *kms.Statement) { negate(s.Signatures[0]) },
		"r is zero":         func(s *kms.Statement) { clear(s.Signatures[0][:32]) },
		"s is zero":         func(s *kms.Statement) { clear(s.Signatures[0][32:]) },
		"r above the order": func(s *kms.Statement) { copy(s.Signatures[0], bytes.Repeat([]byte{0xff}, 32)) },
		"hash too short":    func(s *kms.Statement) { s.Algorithm, s.Data = kms.Secp256k1Prehashed, s.Data[1:] },
	}
	for name, change := range ecdsaOnly {
		s := i.statement(t, kms.Secp256k1, bytes.Repeat([]byte{7}, 32))
		change(&s)
		if err := s.Verify(i.public()); !errors.Is(err, kms.ErrChain) {
			t.Errorf("%s: %v, want ErrChain", name, err)
		}
	}
}

func flip(b []byte, i int) { b[i] ^= 1 }

// negate turns a signature into its malleated twin: n-s, with the other recovery parity if it has one.
func negate(sig []byte) {
	var s secp256k1.ModNScalar
	s.SetByteSlice(sig[32:64])
	b := s.Negate().Bytes()
	copy(sig[32:64], b[:])
	if len(sig) > 64 {
		sig[64] ^= 1
	}
}
