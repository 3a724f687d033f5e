package attestation_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
)

// corpus reads a file of real evidence; it skips the test where there is none.
func corpus(t testing.TB, name string) []byte {
	t.Helper()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real quotes")
	}
	b, err := os.ReadFile(filepath.Join(root, "corpus/quotes", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// corpusEvidence reads a quote, raw or hexadecimal or in a guest agent's answer.
func corpusEvidence(t testing.TB, name, collateral string) attestation.Subject {
	t.Helper()
	raw := corpus(t, name)
	ev := attestation.Subject{Quote: raw}
	text := strings.TrimSpace(string(raw))
	if strings.HasSuffix(name, ".json") {
		var answer struct {
			Quote    string `json:"quote"`
			EventLog string `json:"event_log"`
			VMConfig string `json:"vm_config"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		ev.EventLog, ev.VMConfig = []byte(answer.EventLog), []byte(answer.VMConfig)
		text = answer.Quote
	}
	if b, err := hex.DecodeString(strings.TrimPrefix(text, "0x")); err == nil {
		ev.Quote = b
	}
	switch collateral {
	case "":
	case "go-tdx-guest":
		ev.Collateral = pcsCollateral(t)
	default:
		ev.Collateral = corpus(t, collateral)
	}
	return ev
}

// pcsCollateral makes a bundle of two answers of Intel's service that came without issuer chains
// and revocation lists; those are taken from other collateral of the corpus, whose signer chain
// is the same.
func pcsCollateral(t testing.TB) []byte {
	t.Helper()
	var b dcap.Bundle
	if err := json.Unmarshal(corpus(t, "dcap-qvl/tdx_quote_collateral.json"), &b); err != nil {
		t.Fatal(err)
	}
	var tcb struct {
		Body      json.RawMessage `json:"tcbInfo"`
		Signature string          `json:"signature"`
	}
	var qe struct {
		Body      json.RawMessage `json:"enclaveIdentity"`
		Signature string          `json:"signature"`
	}
	if err := json.Unmarshal(corpus(t, "go-tdx-guest/sample_tcbInfo_response"), &tcb); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(corpus(t, "go-tdx-guest/sample_qeIdentity_response"), &qe); err != nil {
		t.Fatal(err)
	}
	b.TCBInfo, b.TCBInfoSignature = string(tcb.Body), tcb.Signature
	b.QEIdentity, b.QEIdentitySignature = string(qe.Body), qe.Signature
	out, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// hardware are the checks that judge the machine, whatever runs on it.
var hardware = []string{
	"evidence.size", "quote.parse", "quote.trailing", "collateral.parse", "pck.parse", "pck.chain", "crl.root",
	"crl.pck", "qe.vendor", "qe.signature", "qe.key-binding", "quote.signature", "tcb-info.signature", "tcb-info.dates",
	"tcb-info.platform", "qe-identity.signature", "qe-identity.dates", "collateral.evaluation", "qe.identity",
	"tcb.level", "tcb.status", "tcb.advisories", "quote.tee",
}

// td are the checks that judge the trust domain.
var td = []string{"td.module", "td.debug", "td.attributes", "td.xfam"}

func TestCorpus(t *testing.T) {
	t.Parallel()
	const (
		june2025 = "2025-06-19T10:32:27Z/2025-07-19T10:00:35Z"
		sept2025 = "2025-09-02T07:41:59Z/2025-10-02T07:03:51Z"
		sgx2025  = "2025-06-19T10:56:11Z/2025-07-19T10:01:18Z"
		feb2026  = "2026-02-18T10:58:51Z/2026-03-20T10:41:15Z"
	)
	noLevel := []string{"tcb.level", "tcb.status", "tcb.advisories"}
	tests := []struct {
		quote, collateral, window string
		ok                        bool // accepted without a policy
		status                    dcap.Status
		advisories                []string
		notPassed                 []string // of hardware and td
		eventLog                  []string // of the event log's checks, those that pass
	}{
		{
			quote: "dcap-qvl/tdx_quote", collateral: "dcap-qvl/tdx_quote_collateral.json", window: june2025,
			ok: true, status: dcap.UpToDate,
		},
		{
			quote: "dcap-qvl/near_quote_hex.txt", collateral: "dcap-qvl/near_quote_collateral.json", window: sept2025,
			ok: true, status: dcap.UpToDate,
		},
		{
			quote: "dcap-qvl/sgx_quote", collateral: "dcap-qvl/sgx_quote_collateral.json", window: sgx2025,
			status:     dcap.ConfigurationAndSWHardeningNeeded,
			advisories: []string{"INTEL-SA-00289", "INTEL-SA-00615"},
			notPassed:  append([]string{"tcb.status", "tcb.advisories"}, td...),
		},
		{
			quote: "dcap-qvl/tdx_quote_outdated", collateral: "dcap-qvl/tdx_quote_outdated_collateral.json", window: feb2026,
			status: dcap.NoLevel, notPassed: noLevel,
		},
		{
			quote: "dcap-qvl/tdx-quote.hex", collateral: "dcap-qvl/tdx_quote_collateral.json", window: june2025,
			status: dcap.NoLevel, notPassed: noLevel,
		},
		{
			quote: "dstack/dstack_verifier_fixtures_quote-report.json", collateral: "dcap-qvl/tdx_quote_outdated_collateral.json", window: feb2026,
			ok: true, status: dcap.UpToDate,
			eventLog: []string{"eventlog.parse", "eventlog.replay", "eventlog.boot"},
		},
		{
			quote: "dstack/examples_rtmr3-based_report.json", collateral: "dcap-qvl/tdx_quote_collateral.json", window: june2025,
			status: dcap.NoLevel, notPassed: noLevel,
			eventLog: []string{"eventlog.parse", "eventlog.replay", "eventlog.boot"},
		},
		{
			quote: "go-tdx-guest/quote_v5_sample.dat", collateral: "dcap-qvl/tdx_quote_outdated_collateral.json", window: feb2026,
			ok: true, status: dcap.UpToDate,
		},
		{ // certificates and revocation lists of that time are not in the corpus
			quote: "go-tdx-guest/tdx_prod_quote_SPR_E4.dat", collateral: "go-tdx-guest", window: "2023-06-18T08:42:58Z/2023-07-08T07:24:59Z",
			notPassed: append([]string{
				"quote.trailing", "crl.root", "crl.pck", "tcb-info.signature", "qe-identity.signature", "td.attributes",
			}, noLevel...),
		},
	}
	policy := mustPolicy(t, attestation.PolicyLiteral{})
	for _, tt := range tests {
		t.Run(tt.quote, func(t *testing.T) {
			t.Parallel()
			ev := corpusEvidence(t, tt.quote, tt.collateral)
			start, end := window(t, tt.window)
			for _, now := range []time.Time{start, end} {
				v := attestation.Examine(ev, policy, now)
				for _, name := range append(slices.Clone(hardware), td...) {
					want := !slices.Contains(tt.notPassed, name)
					if c, _ := v.Check(name); (c.Status == attestation.Passed) != want {
						t.Errorf("at %s: %+v, want passed %t", now, c, want)
					}
				}
				if level, _ := v.Check("tcb.level"); slices.Contains(tt.notPassed, "tcb.level") && !strings.Contains(level.Why, dcap.ErrNoLevel.Error()) {
					t.Errorf("at %s: %+v, want %q", now, level, dcap.ErrNoLevel)
				}
				for _, name := range tt.eventLog {
					if c, _ := v.Check(name); c.Status != attestation.Passed {
						t.Errorf("at %s: %+v, want passed", now, c)
					}
				}
				if v.TCBStatus != tt.status || !slices.Equal(v.Advisories, tt.advisories) {
					t.Errorf("at %s: status %q %q, want %q %q", now, v.TCBStatus, v.Advisories, tt.status, tt.advisories)
				}
				if v.OK() != tt.ok || v.Accepted != tt.ok || v.Simulated {
					t.Errorf("at %s: accepted %t, simulated %t: %v", now, v.OK(), v.Simulated, v.Err())
				}
			}
			for _, now := range []time.Time{start.Add(-time.Second), end.Add(time.Second)} {
				v := attestation.Examine(ev, policy, now)
				if v.OK() || !slices.ContainsFunc([]string{"crl.root", "crl.pck", "tcb-info.dates", "qe-identity.dates"}, func(name string) bool {
					c, _ := v.Check(name)
					return c.Status == attestation.Failed && (strings.Contains(c.Why, "expired") || strings.Contains(c.Why, "not yet valid"))
				}) {
					t.Errorf("at %s, outside of the collateral's window, no check says so", now)
				}
				if v.TCBStatus != tt.status {
					t.Errorf("at %s: status %q, want %q", now, v.TCBStatus, tt.status)
				}
			}
		})
	}
}

// A dstack 0.6 log comes without digests: it replays only because they are recomputed.
func TestCorpusStrippedLog(t *testing.T) {
	t.Parallel()
	ev := corpusEvidence(t, "dstack/dstack_verifier_fixtures_tdx-lite-getquote.json", "")
	v := attestation.Examine(ev, mustPolicy(t, attestation.PolicyLiteral{}), time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC))
	expect(t, v, attestation.Passed, "pck.chain", "qe.signature", "qe.key-binding", "quote.signature", "td.debug",
		"eventlog.parse", "eventlog.replay", "eventlog.boot", "config-id.match")
	expect(t, v, attestation.Failed, "collateral.parse")
}

// The compose hash is over the raw bytes of the app-compose.
func TestCorpusCompose(t *testing.T) {
	t.Parallel()
	ev := corpusEvidence(t, "dstack/examples_rtmr3-based_report.json", "dcap-qvl/tdx_quote_collateral.json")
	ev.AppCompose = corpus(t, "dstack/examples_rtmr3-based_app-compose.json")
	now := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	policy := mustPolicy(t, attestation.PolicyLiteral{})
	expect(t, attestation.Examine(ev, policy, now), attestation.Passed, "compose.text")
	ev.AppCompose = append(ev.AppCompose, '\n')
	expect(t, attestation.Examine(ev, policy, now), attestation.Failed, "compose.text")
}

// A CVM with a local key provider is refused by a policy that requires a KMS.
func TestCorpusKeyProvider(t *testing.T) {
	t.Parallel()
	ev := corpusEvidence(t, "dstack/dstack_verifier_fixtures_quote-report.json", "dcap-qvl/tdx_quote_outdated_collateral.json")
	policy := mustPolicy(t, attestation.PolicyLiteral{Dstack: attestation.DstackPolicy{KeyProviders: []attestation.KeyProvider{{Name: "kms", ID: "00"}}}})
	v := attestation.Examine(ev, policy, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	expect(t, v, attestation.Failed, "key-provider.known")
	if c, _ := v.Check("key-provider.known"); !strings.Contains(c.Why, "local-sgx") {
		t.Errorf("detail %q does not name the provider", c.Why)
	}
}

func window(t testing.TB, s string) (start, end time.Time) {
	t.Helper()
	from, to, _ := strings.Cut(s, "/")
	var err error
	if start, err = time.Parse(time.RFC3339, from); err != nil {
		t.Fatal(err)
	}
	if end, err = time.Parse(time.RFC3339, to); err != nil {
		t.Fatal(err)
	}
	return start, end
}
