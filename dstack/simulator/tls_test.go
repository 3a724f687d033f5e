package simulator_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/attestation/ratls"
	"github.com/encrypted-compute/encompute/attestation/versioned"
	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// composeV2 makes the agent measure events in version 2, which only MessagePack can carry.
var composeV2 = []byte(`{"manifest_version":2,"name":"worker","runner":"docker-compose","event_log_version":2}`)

// certificates takes the answer of GetTlsKey or DeriveKey apart.
func certificates(t *testing.T, m map[string]any) (key *ecdsa.PrivateKey, chain []*x509.Certificate) {
	t.Helper()
	var text string
	for _, c := range m["certificate_chain"].([]any) {
		text += c.(string)
		block, rest := pem.Decode([]byte(c.(string)))
		if block == nil || len(rest) != 0 {
			t.Fatal("certificate_chain does not hold one PEM certificate each")
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, cert)
	}
	pair, err := tls.X509KeyPair([]byte(text), []byte(m["key"].(string)))
	if err != nil {
		t.Fatal(err)
	}
	return pair.PrivateKey.(*ecdsa.PrivateKey), chain
}

func TestGetTlsKey(t *testing.T) {
	t.Parallel()
	s := newVariant(t, simulator.Config{})
	m := post(t, s.Handler(), "/GetTlsKey", `{"subject":"worker","alt_names":["worker.example","127.0.0.1"],
		"usage_server_auth":true,"usage_client_auth":true,"not_before":1700000000,"not_after":4000000000,"with_app_info":true}`)
	key, chain := certificates(t, m)
	leaf := chain[0]
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(chain[2])
	intermediates.AddCert(chain[1])
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		_, err := leaf.Verify(x509.VerifyOptions{
			DNSName: "worker.example", Roots: roots, Intermediates: intermediates, CurrentTime: variantNow, KeyUsages: []x509.ExtKeyUsage{usage},
		})
		if err != nil {
			t.Error(err)
		}
	}
	if leaf.Subject.CommonName != "worker" || len(leaf.IPAddresses) != 1 || leaf.NotBefore.Unix() != 1700000000 || leaf.NotAfter.Unix() != 4000000000 {
		t.Errorf("subject %s, addresses %v, valid from %s to %s", leaf.Subject, leaf.IPAddresses, leaf.NotBefore, leaf.NotAfter)
	}
	// The chain ends in the key provider that the event log names.
	if got := fmt.Sprintf("%x", chain[2].RawSubjectPublicKeyInfo); got != s.KeyProviderID() {
		t.Errorf("the chain ends in %s, not in the KMS", got)
	}
	if again, _ := certificates(t, post(t, s.Handler(), "/GetTlsKey", `{}`)); again.Equal(key) {
		t.Error("the same key twice")
	}
	if want := variantNow.AddDate(9, 0, 0); leaf.NotAfter.Before(want) {
		t.Errorf("valid to %s", leaf.NotAfter)
	}
}

// The evidence in a certificate is about its key, in the old form and the new, and verifies.
func TestRATLS(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]simulator.Config{
		"quote and event log": {Agent: simulator.Agent055}, "SCALE": {Agent: simulator.Agent0511}, "SCALE of 0.6": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newVariant(t, config)
			_, chain := certificates(t, post(t, s.Handler(), "/GetTlsKey", `{"subject":"worker","usage_ra_tls":true,"with_app_info":true}`))
			verifyCertificate(t, s, chain[0])
		})
	}
	t.Run("MessagePack", func(t *testing.T) {
		t.Parallel()
		s := newSimulator(t, simulator.Config{AppCompose: composeV2, Now: func() time.Time { return variantNow }})
		_, chain := certificates(t, post(t, s.Handler(), "/GetTlsKey", `{"usage_ra_tls":true}`))
		verifyCertificate(t, s, chain[0])
	})
	t.Run("tappd", func(t *testing.T) {
		t.Parallel()
		s := newVariant(t, simulator.Config{})
		_, chain := certificates(t, post(t, s.TappdHandler(), "/prpc/Tappd.DeriveKey", `{"path":"a","usage_ra_tls":true}`))
		verifyCertificate(t, s, chain[0])
	})
	t.Run("Info", func(t *testing.T) {
		t.Parallel()
		s := newVariant(t, simulator.Config{})
		block, _ := pem.Decode([]byte(post(t, s.Handler(), "/Info", `{}`)["app_cert"].(string)))
		leaf, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		verifyCertificate(t, s, leaf)
	})
}

func verifyCertificate(t *testing.T, s *simulator.Simulator, leaf *x509.Certificate) {
	t.Helper()
	c, err := ratls.Parse(leaf)
	if err != nil {
		t.Fatal(err)
	}
	if c.Scheme != ratls.Dstack || !bytes.Equal(c.AppID, s.AppID()) || string(c.Usage) != "app:custom" {
		t.Errorf("scheme %s, app id %x, usage %q", c.Scheme, c.AppID, c.Usage)
	}
	collateral, err := s.Collateral()
	if err != nil {
		t.Fatal(err)
	}
	policy, err := attestation.NewPolicy(accepting(s, tdx))
	if err != nil {
		t.Fatal(err)
	}
	subject := attestation.Subject{Quote: c.Quote, EventLog: c.EventLog, VMConfig: c.VMConfig, Collateral: collateral, Certificate: leaf.Raw}
	v := attestation.Examine(subject, policy, variantNow)
	if !v.OK() {
		t.Fatal(v.Err())
	}
	if check, _ := v.Check("certificate.key"); check.Status != attestation.Passed {
		t.Errorf("the certificate's key was not checked: %+v", check)
	}
	_, others := certificates(t, post(t, s.Handler(), "/GetTlsKey", `{"usage_ra_tls":true}`))
	subject.Certificate = others[0].Raw // the same app's, of another key
	v = attestation.Examine(subject, policy, variantNow)
	if check, _ := v.Check("certificate.key"); v.OK() || check.Status != attestation.Failed || !errors.Is(v.Err(), attestation.ErrBinding) {
		t.Errorf("the quote passes with another certificate: %v", v.Err())
	}
	q, err := quote.Parse(c.Quote)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.VerifyBinding(q.ReportData()); err != nil {
		t.Error(err)
	}
	if want := sha512.Sum512(slices.Concat([]byte("ratls-cert:"), leaf.RawSubjectPublicKeyInfo)); want != q.ReportData() {
		t.Error("report data is not SHA-512 of the tagged key")
	}
}

// Which part of the event log is in a certificate depends on the agent's version. Of 0.6's, ratls
// leaves out ACPI's events, which alone do not add up to a register.
func TestCertificateLog(t *testing.T) {
	t.Parallel()
	for agent, want := range map[simulator.Agent][2]int{
		simulator.Agent055: {10, 9}, simulator.Agent0511: {0, 9}, simulator.Agent060: {0, 9},
	} {
		_, chain := certificates(t, post(t, newVariant(t, simulator.Config{Agent: agent}).Handler(), "/GetTlsKey", `{"usage_ra_tls":true}`))
		c, err := ratls.Parse(chain[0])
		if err != nil {
			t.Fatal(err)
		}
		events, err := eventlog.Parse(c.EventLog)
		if err != nil {
			t.Fatal(err)
		}
		var got [2]int
		for _, e := range events {
			if e.IMR == eventlog.RuntimeIMR {
				got[1]++
			} else {
				got[0]++
			}
		}
		if got != want {
			t.Errorf("agent %s: %d firmware and %d runtime events, want %v", agent, got[0], got[1], want)
		}
	}
}

// A certificate that nobody asked to be RA-TLS has no quote.
func TestPlainCertificate(t *testing.T) {
	t.Parallel()
	_, chain := certificates(t, post(t, newVariant(t, simulator.Config{}).Handler(), "/GetTlsKey", `{"subject":"plain"}`))
	if _, err := ratls.Parse(chain[0]); err == nil {
		t.Error("evidence in a plain certificate")
	}
}

func TestDeriveKey(t *testing.T) {
	t.Parallel()
	s := newVariant(t, simulator.Config{})
	derive := func(request string) *ecdsa.PrivateKey {
		key, _ := certificates(t, post(t, s.TappdHandler(), "/prpc/Tappd.DeriveKey", request))
		return key
	}
	a := derive(`{"path":"a"}`)
	if !a.Equal(derive(`{"path":"a","subject":"other"}`)) {
		t.Error("the same path gave two keys")
	}
	if a.Equal(derive(`{"path":"b"}`)) || a.Equal(derive(`{"path":"a","random_seed":true}`)) {
		t.Error("another path or a random seed gave the same key")
	}
}

// Attest gives the same evidence as GetQuote, in the wire format that fits the events.
func TestAttest(t *testing.T) {
	t.Parallel()
	for version, compose := range map[int][]byte{0: appCompose, 1: composeV2} {
		s := newSimulator(t, simulator.Config{AppCompose: compose})
		a, err := versioned.Parse(unhex(t, post(t, s.Handler(), "/Attest", `{"report_data":"c0ffee"}`)["attestation"]))
		if err != nil {
			t.Fatal(err)
		}
		q, err := s.Quote(t.Context(), []byte{0xc0, 0xff, 0xee})
		if err != nil {
			t.Fatal(err)
		}
		if a.Version != version || a.Platform != "tdx" || !bytes.Equal(a.Quote, q.Quote) || a.Config != q.VMConfig || !bytes.Equal(a.ReportData[:], q.ReportData) {
			t.Errorf("version %d: %d, platform %s, quote of %d bytes, configuration %s", version, a.Version, a.Platform, len(a.Quote), a.Config)
		}
		log, err := a.EventLog()
		if err != nil {
			t.Fatal(err)
		}
		if want := replay(t, []byte(q.EventLog)); replay(t, log) != want {
			t.Errorf("version %d: the event log replays to other registers", version)
		}
	}
}

func replay(t *testing.T, log []byte) [4]eventlog.Register {
	t.Helper()
	events, err := eventlog.Parse(log)
	if err != nil {
		t.Fatal(err)
	}
	r, err := eventlog.Replay(events)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Our own client takes what the agent answers.
func TestClientOfEveryAgent(t *testing.T) {
	t.Parallel()
	for _, agent := range []simulator.Agent{simulator.Agent055, simulator.Agent0511, simulator.Agent060} {
		s := newSimulator(t, simulator.Config{Agent: agent, StrippedLog: agent != simulator.Agent055})
		_, c := serve(t, s)
		if _, err := c.GetQuote(t.Context(), []byte("x")); err != nil {
			t.Errorf("agent %s: %v", agent, err)
		}
		if _, err := c.GetKey(t.Context(), "p", "q", ""); err != nil {
			t.Errorf("agent %s: %v", agent, err)
		}
		info, err := c.Info(t.Context())
		if err != nil {
			t.Errorf("agent %s: %v", agent, err)
		}
		var tcb dstack.TCBInfo
		if err := json.Unmarshal([]byte(info.TCBInfo), &tcb); err != nil || tcb.AppCompose != string(appCompose) {
			t.Errorf("agent %s: tcb_info %.80s, %v", agent, info.TCBInfo, err)
		}
		v, err := c.Version(t.Context())
		if agent == simulator.Agent055 {
			if err == nil {
				t.Errorf("agent %s knows Version", agent)
			}
		} else if err != nil || !strings.HasPrefix(v.Version, string(agent)) {
			t.Errorf("agent %s: version %+v, %v", agent, v, err)
		}
	}
}
