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

// stricter are checks that go-tdx-guest does not make by default; docs/decisions/0005 says why we do.
var stricter = append([]string{"quote.trailing", "quote.tee", "qe.vendor", "tcb.advisories"}, td...)

// genuineQuotes are real quotes with collateral, and whether both verifiers accept them.
var genuineQuotes = []struct {
	quote, collateral, now string
	accepted               bool
}{
	{"dcap-qvl/tdx_quote", "dcap-qvl/tdx_quote_collateral.json", "2025-07-01T00:00:00Z", true},
	{"dcap-qvl/near_quote_hex.txt", "dcap-qvl/near_quote_collateral.json", "2025-09-15T00:00:00Z", true},
	{"go-tdx-guest/quote_v5_sample.dat", "dcap-qvl/tdx_quote_outdated_collateral.json", "2026-03-01T00:00:00Z", true},
	{"dcap-qvl/tdx_quote_outdated", "dcap-qvl/tdx_quote_outdated_collateral.json", "2026-03-01T00:00:00Z", false},
	{"dcap-qvl/tdx-quote.hex", "dcap-qvl/tdx_quote_collateral.json", "2025-07-01T00:00:00Z", false},
}

// compare asks both verifiers and requires the same answer, but for checks that only we make. It
// returns what failed here.
func compare(t *testing.T, what string, ev attestation.Subject, now time.Time, onlyOurs ...string) (failed []string) {
	t.Helper()
	theirs := oracle(t, ev, now)
	v := attestation.Examine(ev, mustPolicy(t, attestation.PolicyLiteral{}), now)
	alone := 0
	for _, name := range append(slices.Clone(hardware), td...) {
		if c, _ := v.Check(name); c.Status != attestation.Failed {
			continue
		}
		failed = append(failed, name)
		if slices.Contains(onlyOurs, name) {
			alone++
		}
	}
	if (theirs == nil) != (len(failed) == alone) {
		t.Errorf("%s: go-tdx-guest says %v, we say %q failed", what, theirs, failed)
	}
	return failed
}

func parseTime(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestAgainstGoTDXGuest flips bytes all over real quotes: both verifiers must agree on every one,
// but for the checks that only we make.
func TestAgainstGoTDXGuest(t *testing.T) {
	t.Parallel()
	for _, tt := range genuineQuotes {
		t.Run(tt.quote, func(t *testing.T) {
			t.Parallel()
			now, good := parseTime(t, tt.now), corpusEvidence(t, tt.quote, tt.collateral)
			if failed := compare(t, "as it is", good, now, stricter...); (len(failed) == 0) != tt.accepted {
				t.Errorf("failed %q, want accepted %t", failed, tt.accepted)
			}
			for at := 0; at < len(good.Quote); at += 41 {
				ev := good
				ev.Quote = slices.Clone(good.Quote)
				ev.Quote[at] ^= 0x10
				compare(t, fmt.Sprintf("byte %d", at), ev, now, stricter...)
			}
		})
	}
}

// TestCollateralAgainstGoTDXGuest changes what Intel signed, a digit here and there: both must
// refuse, or not care.
func TestCollateralAgainstGoTDXGuest(t *testing.T) {
	t.Parallel()
	for _, tt := range genuineQuotes[:3] {
		t.Run(tt.quote, func(t *testing.T) {
			t.Parallel()
			now, good := parseTime(t, tt.now), corpusEvidence(t, tt.quote, tt.collateral)
			var bundle dcap.Bundle
			if err := json.Unmarshal(good.Collateral, &bundle); err != nil {
				t.Fatal(err)
			}
			for name, field := range map[string]*string{
				"TCB info": &bundle.TCBInfo, "TCB info signature": &bundle.TCBInfoSignature, "QE identity": &bundle.QEIdentity,
				"QE identity signature": &bundle.QEIdentitySignature, "root CRL": &bundle.RootCRL, "PCK CRL": &bundle.PCKCRL,
			} {
				text := *field
				for at := 0; at < len(text); at += 1 + len(text)/23 {
					digits := []byte(text)
					digits[at] = map[bool]byte{true: '1', false: '0'}[digits[at] == '0']
					*field = string(digits)
					ev := good
					var err error
					if ev.Collateral, err = json.Marshal(bundle); err != nil {
						t.Fatal(err)
					}
					if failed := compare(t, fmt.Sprintf("%s, byte %d", name, at), ev, now, stricter...); len(failed) == 0 {
						t.Errorf("%s, byte %d: nothing failed", name, at)
					}
				}
				*field = text
			}
		})
	}
}

// TestTimesAgainstGoTDXGuest judges at the edges of the collateral's time. Only we refuse
// documents from the future.
func TestTimesAgainstGoTDXGuest(t *testing.T) {
	t.Parallel()
	for _, tt := range genuineQuotes[:3] {
		t.Run(tt.quote, func(t *testing.T) {
			t.Parallel()
			now, good := parseTime(t, tt.now), corpusEvidence(t, tt.quote, tt.collateral)
			c, err := dcap.ParseCollateral(good.Collateral)
			if err != nil {
				t.Fatal(err)
			}
			for at, failing := range map[time.Time]bool{
				c.TCBInfo.IssueDate.Add(-time.Second): true, c.QEIdentity.IssueDate.Add(-time.Second): true,
				now: false, c.Expires(): false, c.Expires().Add(time.Second): true, now.AddDate(40, 0, 0): true,
			} {
				issued := append([]string{"tcb-info.dates", "qe-identity.dates", "crl.root", "crl.pck"}, stricter...)
				if at.After(now) {
					issued = stricter
				}
				if failed := compare(t, at.String(), good, at, issued...); (len(failed) != 0) != failing {
					t.Errorf("at %s: failed %q, want a failure %t", at, failed, failing)
				}
			}
		})
	}
}
