package kms_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/kms"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectorFile = "testdata/vectors/kms.json"

// vector is a key chain, or with an algorithm a statement.
type vector struct {
	Name       string         `json:"name"`
	Refused    bool           `json:"refused"`
	KMSKey     eventlog.Hex   `json:"kmsPublicKey"`
	AppID      eventlog.Hex   `json:"appId"`
	Purpose    string         `json:"purpose,omitempty"`
	PublicKey  eventlog.Hex   `json:"publicKey"`
	Algorithm  kms.Algorithm  `json:"algorithm,omitempty"`
	Data       eventlog.Hex   `json:"data,omitempty"`
	Signatures []eventlog.Hex `json:"signatures"`
}

func (v vector) verify() error {
	var signatures [][]byte
	for _, s := range v.Signatures {
		signatures = append(signatures, s)
	}
	if v.Algorithm != "" {
		s := kms.Statement{Algorithm: v.Algorithm, Data: v.Data, PublicKey: v.PublicKey, AppID: v.AppID, Signatures: signatures}
		return s.Verify(v.KMSKey)
	}
	return kms.Chain{PublicKey: v.PublicKey, Purpose: v.Purpose, AppID: v.AppID, Signatures: signatures}.Verify(v.KMSKey)
}

func TestVectors(t *testing.T) {
	t.Parallel()
	if *update {
		writeVectors(t)
	}
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) < 8 {
		t.Fatalf("%d vectors", len(vectors))
	}
	for _, v := range vectors {
		if err := v.verify(); errors.Is(err, kms.ErrChain) != v.Refused || (err != nil) != v.Refused {
			t.Errorf("%s: %v, refused must be %v", v.Name, err, v.Refused)
		}
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	i := newIssuer()
	var vectors []vector
	add := func(name string, refused bool, v vector, signatures [][]byte) {
		v.Name, v.Refused, v.KMSKey = name, refused, i.public()
		for _, s := range signatures {
			v.Signatures = append(v.Signatures, s)
		}
		vectors = append(vectors, v)
	}
	for _, algorithm := range []kms.Algorithm{kms.Secp256k1, kms.Ed25519} {
		c, _ := i.chain(t, "encompute/receipt", "receipt", algorithm)
		v := vector{AppID: c.AppID, Purpose: c.Purpose, PublicKey: c.PublicKey}
		add("key "+string(algorithm), false, v, c.Signatures)
		v.Purpose = "seal"
		add("key "+string(algorithm)+" for another purpose", true, v, c.Signatures)
	}
	c, _ := i.chain(t, "encompute/receipt", "receipt", kms.Secp256k1)
	negate(c.Signatures[1])
	add("key with a high s", true, vector{AppID: c.AppID, Purpose: c.Purpose, PublicKey: c.PublicKey}, c.Signatures)
	for _, algorithm := range []kms.Algorithm{kms.Secp256k1, kms.Secp256k1Prehashed, kms.Ed25519} {
		s := i.statement(t, algorithm, []byte("32 bytes that an application say"))
		v := vector{AppID: s.AppID, PublicKey: s.PublicKey, Algorithm: algorithm, Data: s.Data}
		add("statement "+string(algorithm), false, v, s.Signatures)
		v.Data = append(eventlog.Hex("x"), s.Data[1:]...)
		add("statement "+string(algorithm)+" of other data", true, v, s.Signatures)
	}
	raw, err := json.MarshalIndent(vectors, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("testdata/vectors", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(raw, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func FuzzChain(f *testing.F) {
	i := newIssuer()
	good, _ := i.chain(f, "p", "test", kms.Secp256k1)
	f.Add(good.PublicKey, good.Purpose, good.AppID, good.Signatures[0], good.Signatures[1])
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

func FuzzStatement(f *testing.F) {
	i := newIssuer()
	for _, algorithm := range []kms.Algorithm{kms.Secp256k1, kms.Secp256k1Prehashed, kms.Ed25519} {
		s := i.statement(f, algorithm, make([]byte, 32))
		f.Add(string(algorithm), s.Data, s.PublicKey, s.Signatures[0])
	}
	good := i.statement(f, kms.Secp256k1, nil)
	f.Fuzz(func(t *testing.T, algorithm string, data, key, signature []byte) {
		s := kms.Statement{
			Algorithm: kms.Algorithm(algorithm), Data: data, PublicKey: key, AppID: good.AppID,
			Signatures: [][]byte{signature, good.Signatures[1], good.Signatures[2]},
		}
		err := s.Verify(i.public())
		if err != nil && !errors.Is(err, kms.ErrChain) {
			t.Errorf("error %v does not wrap ErrChain", err)
		}
	})
}
