package ratls_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/ratls"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// tlsKey asks a simulated guest agent for a key with an RA-TLS certificate.
func tlsKey(t *testing.T, s *simulator.Simulator) (key *ecdsa.PrivateKey, leaf []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/GetTlsKey",
		strings.NewReader(`{"subject":"worker","usage_ra_tls":true,"usage_server_auth":true}`))
	r.Header.Set("Content-Type", "application/json")
	s.Handler().ServeHTTP(w, r)
	var answer struct {
		Key   string   `json:"key"`
		Chain []string `json:"certificate_chain"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Chain) == 0 {
		t.Fatalf("GetTlsKey: %v: %.200s", err, w.Body)
	}
	block, _ := pem.Decode([]byte(answer.Key))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	block, _ = pem.Decode([]byte(answer.Chain[0]))
	return parsed.(*ecdsa.PrivateKey), block.Bytes
}

// A worker is accepted in a handshake for its evidence alone, if attestation accepts that, and
// refused where the policy is for other software or for real hardware.
func TestVerifyPeerExamine(t *testing.T) {
	t.Parallel()
	for _, agent := range []simulator.Agent{simulator.Agent055, simulator.Agent060} {
		s, err := simulator.New(simulator.Config{
			AppCompose: []byte(`{"manifest_version":2,"name":"app","runner":"docker-compose"}`), Seed: make([]byte, 32), Agent: agent,
		})
		if err != nil {
			t.Fatal(err)
		}
		collateral, err := s.Collateral()
		if err != nil {
			t.Fatal(err)
		}
		hash, root := s.ComposeHash(), s.RootPEM()
		other := hash
		other[0] ^= 1
		key, leaf := tlsKey(t, s)
		for _, tt := range []struct {
			name string
			hash [32]byte
			root string
			want error
		}{
			{"right software", hash, root, nil},
			{"other software", other, root, attestation.ErrSoftware},
			{"no simulator", hash, "", attestation.ErrHardware},
		} {
			policy, err := attestation.NewPolicy(attestation.PolicyLiteral{
				Dstack:                   attestation.DstackPolicy{ComposeHashes: []string{hex.EncodeToString(tt.hash[:])}},
				InsecureSimulatorRootPEM: tt.root,
			})
			if err != nil {
				t.Fatal(err)
			}
			check := ratls.VerifyPeer(func(c ratls.Certificate) error {
				return attestation.Examine(attestation.Subject{
					TEE: "tdx", Quote: c.Quote, EventLog: c.EventLog, VMConfig: c.VMConfig, Collateral: collateral,
				}, policy, time.Now()).Err()
			})
			if err := handshake(t, key, leaf, check); !errors.Is(err, tt.want) {
				t.Errorf("agent %s, %s: %v, want %v", agent, tt.name, err, tt.want)
			}
		}
	}
}
