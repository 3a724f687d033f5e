package simulator_test

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

func TestKeyChain(t *testing.T) {
	t.Parallel()
	s := newSimulator(t, simulator.Config{})
	_, c := serve(t, s)
	k, err := c.GetKey(t.Context(), "receipt", "encompute", "secp256k1")
	if err != nil {
		t.Fatal(err)
	}
	public := secp256k1.PrivKeyFromBytes(k.Key).PubKey().SerializeCompressed()
	if err := chainOf(public, "encompute", s, k).Verify(s.KMSPublicKey()); err != nil {
		t.Error(err)
	}
	if err := chainOf(public, "other", s, k).Verify(s.KMSPublicKey()); !errors.Is(err, kms.ErrChain) {
		t.Errorf("other purpose: %v", err)
	}
	e, err := c.GetKey(t.Context(), "receipt", "encompute", "ed25519")
	if err != nil {
		t.Fatal(err)
	}
	edPublic := ed25519.NewKeyFromSeed(e.Key).Public().(ed25519.PublicKey)
	if err := chainOf(edPublic, "encompute", s, e).Verify(s.KMSPublicKey()); err != nil {
		t.Error(err)
	}
	var agent *dstack.AgentError
	if _, err := c.GetKey(t.Context(), "receipt", "", "rsa"); !errors.As(err, &agent) || agent.Status == http.StatusOK {
		t.Errorf("unknown algorithm: %v", err)
	}
}

func chainOf(public []byte, purpose string, s *simulator.Simulator, k dstack.Key) kms.Chain {
	c := kms.Chain{PublicKey: public, Purpose: purpose, AppID: s.AppID()}
	for _, sig := range k.SignatureChain {
		c.Signatures = append(c.Signatures, sig)
	}
	return c
}
