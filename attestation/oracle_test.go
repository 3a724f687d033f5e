//go:build !js

package attestation_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/google/go-tdx-guest/verify"
)

// offlineGetter answers go-tdx-guest's requests to Intel from a bundle.
type offlineGetter struct{ bundle dcap.Bundle }

func (g offlineGetter) Get(address string) (map[string][]string, []byte, error) {
	header := func(name, chain string) map[string][]string {
		return map[string][]string{name: {url.QueryEscape(chain)}}
	}
	switch {
	case strings.Contains(address, "/tcb?"):
		body := `{"tcbInfo":` + g.bundle.TCBInfo + `,"signature":"` + g.bundle.TCBInfoSignature + `"}`
		return header("Tcb-Info-Issuer-Chain", g.bundle.TCBInfoIssuerChain), []byte(body), nil
	case strings.Contains(address, "/qe/identity"):
		body := `{"enclaveIdentity":` + g.bundle.QEIdentity + `,"signature":"` + g.bundle.QEIdentitySignature + `"}`
		return header("Sgx-Enclave-Identity-Issuer-Chain", g.bundle.QEIdentityIssuerChain), []byte(body), nil
	case strings.Contains(address, "/pckcrl"):
		der, err := hex.DecodeString(g.bundle.PCKCRL)
		return header("Sgx-Pck-Crl-Issuer-Chain", g.bundle.PCKCRLIssuerChain), der, err
	case strings.HasSuffix(address, ".der") || strings.Contains(address, "rootcacrl"):
		der, err := hex.DecodeString(g.bundle.RootCRL)
		return nil, der, err
	}
	return nil, nil, fmt.Errorf("unexpected request %s", address)
}

// oracle is go-tdx-guest's opinion of the hardware side of evidence.
func oracle(t *testing.T, ev attestation.Subject, now time.Time) error {
	t.Helper()
	var g offlineGetter
	if err := json.Unmarshal(ev.Collateral, &g.bundle); err != nil {
		t.Fatal(err)
	}
	return verify.RawTdxQuote(ev.Quote, &verify.Options{
		CheckRevocations: true, GetCollateral: true, Getter: g,
		Now: &verify.TimeSet{PckCertChain: now, TcbInfo: now, QeIdentity: now, PckCrl: now, RootCaCrl: now},
	})
}

// stricter are checks that go-tdx-guest does not make by default.
var stricter = append([]string{"quote.trailing", "quote.tee", "qe.vendor", "tcb.advisories"}, td...)

// TestAgainstGoTDXGuest flips bytes all over real quotes: both verifiers must agree on every one,
// but for the checks that only we make.
func TestAgainstGoTDXGuest(t *testing.T) {
	t.Parallel()
	policy := mustPolicy(t, attestation.PolicyLiteral{})
	for _, tt := range []struct {
		quote, collateral, now string
		genuine                bool
	}{
		{"dcap-qvl/tdx_quote", "dcap-qvl/tdx_quote_collateral.json", "2025-07-01T00:00:00Z", true},
		{"dcap-qvl/near_quote_hex.txt", "dcap-qvl/near_quote_collateral.json", "2025-09-15T00:00:00Z", true},
		{"go-tdx-guest/quote_v5_sample.dat", "dcap-qvl/tdx_quote_outdated_collateral.json", "2026-03-01T00:00:00Z", true},
		{"dcap-qvl/tdx_quote_outdated", "dcap-qvl/tdx_quote_outdated_collateral.json", "2026-03-01T00:00:00Z", false},
		{"dcap-qvl/tdx-quote.hex", "dcap-qvl/tdx_quote_collateral.json", "2025-07-01T00:00:00Z", false},
	} {
		t.Run(tt.quote, func(t *testing.T) {
			t.Parallel()
			now, err := time.Parse(time.RFC3339, tt.now)
			if err != nil {
				t.Fatal(err)
			}
			good := corpusEvidence(t, tt.quote, tt.collateral)
			compare := func(what string, ev attestation.Subject) bool {
				theirs := oracle(t, ev, now)
				v := attestation.Examine(ev, policy, now)
				var failed, alone []string
				for _, name := range append(slices.Clone(hardware), td...) {
					c, _ := v.Check(name)
					if c.Status != attestation.Failed {
						continue
					}
					failed = append(failed, name)
					if slices.Contains(stricter, name) {
						alone = append(alone, name)
					}
				}
				if (theirs == nil) != (len(failed) == len(alone)) {
					t.Errorf("%s: go-tdx-guest says %v, we say %q failed", what, theirs, failed)
				}
				return len(failed) == 0
			}
			if compare("as it is", good) != tt.genuine {
				t.Errorf("accepted %t, want %t", !tt.genuine, tt.genuine)
			}
			for at := 0; at < len(good.Quote); at += 41 {
				ev := good
				ev.Quote = slices.Clone(good.Quote)
				ev.Quote[at] ^= 0x10
				compare(fmt.Sprintf("byte %d", at), ev)
			}
		})
	}
}
