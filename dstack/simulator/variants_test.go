package simulator_test

import (
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

var variantNow = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// kinds of evidence that one simulator gives.
const (
	tdx    = ""
	sgx    = "sgx"
	remote = "ego"
)

// variant is evidence with right signatures, what a verifier that accepts the simulator's root
// concludes of its TCB, and which checks fail: those and no others. No check: it is accepted.
type variant struct {
	name   string
	kind   string
	config simulator.Config
	status dcap.Status
	failed []string
}

// subject makes the evidence of a kind.
func subject(t testing.TB, s *simulator.Simulator, kind string) attestation.Subject {
	t.Helper()
	data := []byte("variant")
	var out attestation.Subject
	var err error
	switch kind {
	case tdx:
		q, quoteErr := s.Quote(t.Context(), data)
		if quoteErr != nil {
			t.Fatal(quoteErr)
		}
		out = attestation.Subject{
			TEE: "tdx", Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig), AppCompose: appCompose,
		}
		out.Collateral, err = s.Collateral()
	case sgx:
		out.TEE = "sgx"
		if out.Quote, err = s.EnclaveQuote(data); err == nil {
			out.Collateral, err = s.SGXCollateral()
		}
	case remote:
		out.TEE = "sgx"
		if out.Quote, err = s.RemoteReport(data); err == nil {
			out.Collateral, err = s.SGXCollateral()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func newVariant(t testing.TB, c simulator.Config) *simulator.Simulator {
	t.Helper()
	c.AppCompose = appCompose
	if c.Now == nil {
		c.Now = func() time.Time { return variantNow }
	}
	s, err := simulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// accepting is a policy for the simulator's CVM or enclave, and for nothing else.
func accepting(s *simulator.Simulator, kind string) attestation.PolicyLiteral {
	if kind != tdx {
		enclave, signer := s.Enclave()
		return attestation.PolicyLiteral{
			InsecureSimulatorRootPEM: s.RootPEM(),
			SGX: attestation.SGXPolicy{
				MREnclaves: []string{fmt.Sprintf("%x", enclave)},
				Signers:    []attestation.Signer{{MRSigner: fmt.Sprintf("%x", signer), ProductID: 1, MinSVN: 1}},
			},
		}
	}
	mrtd, rtmr0, rtmr1, rtmr2 := s.Measurements()
	return attestation.PolicyLiteral{
		InsecureSimulatorRootPEM: s.RootPEM(),
		TDX: attestation.TDXPolicy{Measurements: []attestation.Measurement{{
			Name: "simulated", MRTD: mrtd.String(), RTMR0: rtmr0.String(), RTMR1: rtmr1.String(), RTMR2: rtmr2.String(),
		}}},
		Dstack: attestation.DstackPolicy{
			Required: true, ComposeHashes: []string{fmt.Sprintf("%x", s.ComposeHash())},
			KeyProviders: []attestation.KeyProvider{{Name: "kms", ID: s.KeyProviderID()}},
		},
	}
}

func (v variant) run(t *testing.T) {
	s := newVariant(t, v.config)
	policy, err := attestation.NewPolicy(accepting(s, v.kind))
	if err != nil {
		t.Fatal(err)
	}
	verdict := attestation.Examine(subject(t, s, v.kind), policy, variantNow)
	if got := failures(verdict); !slices.Equal(got, v.failed) || verdict.OK() != (len(v.failed) == 0) {
		t.Errorf("failed %q, want %q\n%+v", got, v.failed, verdict.Err())
	}
	if v.status != "" && verdict.TCBStatus != v.status {
		t.Errorf("status %q, want %q", verdict.TCBStatus, v.status)
	}
	if chain, _ := verdict.Check("pck.chain"); chain.Status == attestation.Passed && !verdict.Simulated {
		t.Error("the verdict does not say that it is simulated")
	}
}

func failures(v attestation.Verdict) (names []string) {
	for _, c := range v.Checks {
		if c.Status == attestation.Failed {
			names = append(names, c.Name)
		}
	}
	return names
}

func TestVariants(t *testing.T) {
	t.Parallel()
	for _, v := range variants() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			v.run(t)
		})
	}
}

// Nothing that a simulator can make is accepted by a policy that does not name its root, whatever
// else that policy allows: the check of the certificate chain fails.
func TestNoVariantIsTrustedByAccident(t *testing.T) {
	t.Parallel()
	other := newVariant(t, simulator.Config{})
	wide := attestation.PolicyLiteral{
		TCB: attestation.TCBPolicy{Statuses: []dcap.Status{
			dcap.UpToDate, dcap.SWHardeningNeeded, dcap.ConfigurationNeeded, dcap.ConfigurationAndSWHardeningNeeded,
			dcap.OutOfDate, dcap.OutOfDateConfigurationNeeded, dcap.TDRelaunchAdvised, dcap.TDRelaunchAdvisedConfigurationNeeded,
		}},
		TDX: attestation.TDXPolicy{AllowDebug: true, AllowSeamSigner: true, AllowServiceTD: true},
		SGX: attestation.SGXPolicy{AllowDebug: true},
	}
	another := wide
	another.InsecureSimulatorRootPEM = other.RootPEM()
	for name, literal := range map[string]attestation.PolicyLiteral{"default": {}, "wide": wide, "other simulator": another} {
		policy, err := attestation.NewPolicy(literal)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range variants() {
			verdict := attestation.Examine(subject(t, newVariant(t, v.config), v.kind), policy, variantNow)
			chain, _ := verdict.Check("pck.chain")
			if slices.Contains(v.failed, "pck.parse") {
				chain.Status = attestation.Failed // nothing to follow
			}
			if verdict.OK() || verdict.Simulated || verdict.TCBStatus != "" || chain.Status != attestation.Failed {
				t.Errorf("%s policy, %s: accepted %v, simulated %v, status %q, chain %+v",
					name, v.name, verdict.OK(), verdict.Simulated, verdict.TCBStatus, chain)
			}
		}
	}
}

func variants() []variant {
	return slices.Concat(goodVariants(), statusVariants(), bodyVariants(), certificateVariants(), collateralVariants())
}

func goodVariants() (list []variant) {
	good := func(name, kind string, c simulator.Config) {
		list = append(list, variant{name: "good/" + name, kind: kind, config: c, status: dcap.UpToDate})
	}
	good("TDX version 4", tdx, simulator.Config{})
	good("TDX version 5 of TD 1.0", tdx, simulator.Config{Version5: true})
	good("TDX version 5 of TD 1.5", tdx, simulator.Config{TD15: true})
	good("SGX", sgx, simulator.Config{})
	good("EGo", remote, simulator.Config{})
	good("stripped log", tdx, simulator.Config{StrippedLog: true})
	for _, kind := range []string{tdx, sgx, remote} {
		good("Processor CA "+kind, kind, simulator.Config{ProcessorCA: true})
	}
	for _, id := range []simulator.ConfigID{simulator.ConfigIDV1, simulator.ConfigIDV2, simulator.ConfigIDV3} {
		good("MRCONFIGID "+string(id), tdx, simulator.Config{ConfigID: id})
	}
	good("FMSPC in upper case", tdx, simulator.Config{Hooks: simulator.Hooks{TCBInfo: func(d map[string]any) {
		d["fmspc"] = strings.ToUpper(d["fmspc"].(string))
	}}})
	good("TDX module 1.0 without identity", tdx, simulator.Config{Hooks: simulator.Hooks{
		Body: func(b []byte) { b[0], b[1] = 6, 0 },
		TCBInfo: func(d map[string]any) {
			delete(d, "tdxModuleIdentities")
			tdxComponents(d)[1] = map[string]any{"svn": 0}
		},
	}})
	return list
}

// tdxComponents are those of the best level.
func tdxComponents(d map[string]any) []any {
	return d["tcbLevels"].([]any)[0].(map[string]any)["tcb"].(map[string]any)["tdxtcbcomponents"].([]any)
}

func statusVariants() (list []variant) {
	for _, status := range []dcap.Status{
		dcap.SWHardeningNeeded, dcap.ConfigurationNeeded, dcap.ConfigurationAndSWHardeningNeeded,
		dcap.OutOfDate, dcap.OutOfDateConfigurationNeeded, dcap.Revoked,
	} {
		for _, kind := range []string{tdx, sgx} {
			list = append(list, variant{
				name: fmt.Sprintf("status/%s %s", status, kind), kind: kind,
				config: simulator.Config{TCBStatus: status}, status: status, failed: []string{"tcb.status"},
			})
		}
	}
	for _, status := range []dcap.Status{dcap.TDRelaunchAdvised, dcap.TDRelaunchAdvisedConfigurationNeeded} {
		list = append(list, variant{
			name:   "status/" + string(status),
			config: simulator.Config{TCBStatus: status, TD15: true}, status: status, failed: []string{"tcb.status"},
		})
	}
	platform := func(name, kind string, edit func(*simulator.Platform), status dcap.Status, failed ...string) {
		list = append(list, variant{
			name: "status/" + name, kind: kind, config: simulator.Config{Hooks: simulator.Hooks{Platform: edit}}, status: status, failed: failed,
		})
	}
	platform("CPU behind", tdx, func(p *simulator.Platform) { p.CPUSVN[7]-- }, dcap.OutOfDate, "tcb.status", "tcb.advisories")
	platform("CPU behind sgx", sgx, func(p *simulator.Platform) { p.CPUSVN[7]-- }, dcap.OutOfDate, "tcb.status", "tcb.advisories")
	platform("PCE behind", tdx, func(p *simulator.Platform) { p.PCESVN-- }, dcap.OutOfDate, "tcb.status", "tcb.advisories")
	platform("below every level", tdx, func(p *simulator.Platform) { p.PCESVN = 4 }, "", "tcb.level")
	return append(list, variant{
		name: "status/advisories", config: simulator.Config{Advisories: []string{"INTEL-SA-00001"}},
		status: dcap.UpToDate, failed: []string{"tcb.advisories"},
	})
}

func bodyVariants() (list []variant) {
	body := func(name string, c simulator.Config, at int, value byte, failed ...string) {
		c.Hooks.Body = func(b []byte) { b[at] = value }
		list = append(list, variant{name: "body/" + name, config: c, failed: failed})
	}
	plain, td15 := simulator.Config{}, simulator.Config{TD15: true}
	body("debug", plain, 120, 1, "td.debug")
	body("debug, a reserved bit", plain, 120, 0x80, "td.debug")
	body("no SEPT_VE_DISABLE", plain, 123, 0, "td.attributes")
	body("migratable", plain, 123, 0x30, "td.attributes")
	body("performance monitoring", plain, 127, 0x80, "td.attributes")
	body("XFAM", plain, 128, 0, "td.xfam")
	body("module signer", plain, 64, 1, "td.module")
	body("module attributes", plain, 112, 1, "td.module")
	body("module of no identity", plain, 1, 9, "tcb.level", "td.module")
	body("MRCONFIGID of another app", plain, 190, 1, "config-id.match")
	body("MRTD", plain, 136, 1, "measurements.known")
	body("RTMR0", plain, 328, 1, "measurements.known", "eventlog.replay")
	body("RTMR3", plain, 472, 1, "eventlog.replay")
	body("service TD", td15, 600, 1, "td.service")
	body("module of no identity now", td15, 585, 9, "tcb.level")
	body("module behind", plain, 0, 3, "tcb.status")
	list = append(list, variant{name: "body/MRCONFIGID unset", config: simulator.Config{ConfigID: simulator.ConfigIDUnset}, failed: []string{"config-id.match"}})

	hook := func(name, kind string, hooks simulator.Hooks, failed ...string) {
		list = append(list, variant{name: "body/" + name, kind: kind, config: simulator.Config{Hooks: hooks}, failed: failed})
	}
	hook("enclave debug", sgx, simulator.Hooks{Enclave: func(b []byte) { b[48] |= 2 }}, "sgx.debug")
	hook("other enclave", sgx, simulator.Hooks{Enclave: func(b []byte) { b[64] ^= 1; b[128] ^= 1 }}, "measurements.known")
	hook("enclave not initialised", remote, simulator.Hooks{Enclave: func(b []byte) { b[48] &^= 1 }}, "sgx.init")
	for _, kind := range []string{tdx, sgx} {
		hook("QE vendor "+kind, kind, simulator.Hooks{Header: func(h []byte) { clear(h[12:28]) }}, "qe.vendor")
		hook("QE signer "+kind, kind, simulator.Hooks{QEReport: func(b []byte) { b[128] ^= 1 }}, "qe.identity")
		hook("QE product "+kind, kind, simulator.Hooks{QEReport: func(b []byte) { b[256] = 9 }}, "qe.identity")
		hook("QE debug "+kind, kind, simulator.Hooks{QEReport: func(b []byte) { b[48] |= 2 }}, "qe.identity")
		hook("QE behind "+kind, kind, simulator.Hooks{QEReport: func(b []byte) { binary.LittleEndian.PutUint16(b[258:], 1) }}, "tcb.level")
		hook("QE for another key "+kind, kind, simulator.Hooks{QEReport: func(b []byte) { b[320] ^= 1 }}, "qe.key-binding")
	}
	hook("reserved header bytes", tdx, simulator.Hooks{Header: func(h []byte) { h[8] = 1 }}, "quote.tee")
	hook("boot twice", tdx, simulator.Hooks{EventLog: func(e []eventlog.Event) []eventlog.Event {
		at := slices.IndexFunc(e, func(e eventlog.Event) bool { return e.Name == "compose-hash" })
		return slices.Insert(slices.Clone(e), at, e[at])
	}}, "eventlog.boot")
	return list
}

func certificateVariants() (list []variant) {
	edit := func(name, subject string, change func(*x509.Certificate), failed ...string) {
		list = append(list, variant{
			name: "certificate/" + name, failed: failed,
			config: simulator.Config{Hooks: simulator.Hooks{Certificate: func(c *x509.Certificate) {
				if c.Subject.CommonName == subject {
					change(c)
				}
			}}},
		})
	}
	past := func(c *x509.Certificate) { c.NotAfter = variantNow.Add(-time.Second) }
	future := func(c *x509.Certificate) { c.NotBefore = variantNow.Add(time.Second) }
	name := func(n string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.Subject.CommonName = n }
	}
	const pck, platform, tcb = "Intel SGX PCK Certificate", "Intel SGX PCK Platform CA", "Intel SGX TCB Signing"
	edit("PCK expired", pck, past, "pck.chain")
	edit("PCK of the future", pck, future, "pck.chain")
	edit("PCK renamed", pck, name("Intel SGX TCB Signing"), "pck.chain")
	edit("PCK is a CA", pck, func(c *x509.Certificate) { c.IsCA = true; c.KeyUsage = x509.KeyUsageCertSign }, "pck.chain")
	edit("PCK without SGX extension", pck, func(c *x509.Certificate) { c.ExtraExtensions = nil }, "pck.parse")
	edit("PCK with a broken SGX extension", pck, func(c *x509.Certificate) {
		c.ExtraExtensions[0].Value = c.ExtraExtensions[0].Value[:40]
	}, "pck.parse")
	edit("CA expired", platform, past, "pck.chain")
	edit("CA renamed", platform, name("Intel SGX Other CA"), "pck.chain")
	edit("TCB signer expired", tcb, past, "tcb-info.signature", "qe-identity.signature")
	edit("TCB signer renamed", tcb, name("Intel SGX Other Signing"), "tcb-info.signature", "qe-identity.signature")
	for subject, check := range map[string]string{pck: "crl.pck", platform: "crl.root", tcb: "crl.root"} {
		list = append(list, variant{
			name: "revoked/" + subject, failed: []string{check},
			config: simulator.Config{Hooks: simulator.Hooks{Revoke: func(c *x509.Certificate) bool { return c.Subject.CommonName == subject }}},
		})
	}
	return append(list, variant{
		name: "revoked/PCK of the Processor CA", kind: sgx, failed: []string{"crl.pck"},
		config: simulator.Config{ProcessorCA: true, Hooks: simulator.Hooks{Revoke: func(c *x509.Certificate) bool { return c.Subject.CommonName == pck }}},
	})
}

func collateralVariants() (list []variant) {
	hook := func(name, kind string, hooks simulator.Hooks, failed ...string) {
		list = append(list, variant{name: "collateral/" + name, kind: kind, config: simulator.Config{Hooks: hooks}, failed: failed})
	}
	set := func(key string, value any) func(map[string]any) { return func(d map[string]any) { d[key] = value } }
	stamp := func(d time.Duration) string { return variantNow.Add(d).Format(time.RFC3339) }
	for name, date := range map[string]time.Duration{"expired": -31 * 24 * time.Hour, "of the future": 2 * time.Hour} {
		list = append(list, variant{
			name: "collateral/" + name, config: simulator.Config{Now: func() time.Time { return variantNow.Add(date) }},
			failed: []string{"crl.root", "crl.pck", "tcb-info.dates", "qe-identity.dates"},
		})
	}
	hook("TCB info expired", tdx, simulator.Hooks{TCBInfo: set("nextUpdate", stamp(-time.Second))}, "tcb-info.dates")
	hook("QE identity of the future", sgx, simulator.Hooks{QEIdentity: set("issueDate", stamp(time.Second))}, "qe-identity.dates")
	hook("TCB info of another family", tdx, simulator.Hooks{TCBInfo: set("fmspc", "00906ea10000")}, "tcb-info.platform")
	hook("TCB info of another PCE", sgx, simulator.Hooks{TCBInfo: set("pceId", "0001")}, "tcb-info.platform")
	hook("QE identity of the other enclave", sgx, simulator.Hooks{QEIdentity: set("id", "TD_QE")}, "qe.identity")
	hook("QE revoked", tdx, simulator.Hooks{QEIdentity: func(d map[string]any) {
		d["tcbLevels"].([]any)[0].(map[string]any)["tcbStatus"] = dcap.Revoked
	}}, "tcb.status")
	hook("module signer", tdx, simulator.Hooks{TCBInfo: func(d map[string]any) {
		d["tdxModuleIdentities"].([]any)[0].(map[string]any)["mrsigner"] = strings.Repeat("11", 48)
	}}, "td.module")
	crl := func(change func(*x509.RevocationList)) simulator.Hooks { return simulator.Hooks{CRL: change} }
	hook("lists expired", tdx, crl(func(l *x509.RevocationList) { l.NextUpdate = variantNow.Add(-time.Second) }), "crl.root", "crl.pck")
	hook("lists of the future", tdx, crl(func(l *x509.RevocationList) { l.ThisUpdate = variantNow.Add(time.Second) }), "crl.root", "crl.pck")
	return list
}

// A list may be long; serial numbers that it names are of others.
func TestLongRevocationList(t *testing.T) {
	t.Parallel()
	variant{config: simulator.Config{Hooks: simulator.Hooks{CRL: func(l *x509.RevocationList) {
		for i := range int64(100) {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries,
				x509.RevocationListEntry{SerialNumber: big.NewInt(i + 1), RevocationTime: variantNow.Add(-time.Hour)})
		}
	}}}, status: dcap.UpToDate}.run(t)
}

// Collateral of one TEE does not do for the other.
func TestCollateralOfTheOtherTEE(t *testing.T) {
	t.Parallel()
	s := newVariant(t, simulator.Config{})
	policy, err := attestation.NewPolicy(attestation.PolicyLiteral{InsecureSimulatorRootPEM: s.RootPEM()})
	if err != nil {
		t.Fatal(err)
	}
	td, enclave := subject(t, s, tdx), subject(t, s, sgx)
	td.Collateral, enclave.Collateral = enclave.Collateral, td.Collateral
	for _, mixed := range []attestation.Subject{td, enclave} {
		if got := failures(attestation.Examine(mixed, policy, variantNow)); !slices.Contains(got, "tcb-info.platform") || !slices.Contains(got, "qe.identity") {
			t.Errorf("%s: failed %q", mixed.TEE, got)
		}
	}
}

// The evidence is of the kind that it was asked for.
func TestQuoteKinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind    string
		config  simulator.Config
		version uint16
		td15    bool
	}{
		{tdx, simulator.Config{}, 4, false},
		{tdx, simulator.Config{Version5: true}, 5, false},
		{tdx, simulator.Config{TD15: true}, 5, true},
		{sgx, simulator.Config{}, 3, false},
		{remote, simulator.Config{}, 3, false},
	}
	for _, tt := range tests {
		q, err := quote.Parse(subject(t, newVariant(t, tt.config), tt.kind).Quote)
		if err != nil {
			t.Fatal(err)
		}
		if q.Version != tt.version || (q.TD != nil) != (tt.kind == tdx) || q.TD != nil && q.TD.TD15 != tt.td15 || q.Wrapped != (tt.kind == remote) {
			t.Errorf("kind %q: version %d, TD %v, wrapped %v", tt.kind, q.Version, q.TD != nil, q.Wrapped)
		}
		if data := q.ReportData(); string(data[:7]) != "variant" || len(q.Trailing) != 0 {
			t.Errorf("kind %q: report data %x, %d bytes behind", tt.kind, data, len(q.Trailing))
		}
	}
	s := newVariant(t, simulator.Config{})
	if _, err := s.EnclaveQuote(make([]byte, 65)); err == nil {
		t.Error("65 bytes of report data accepted")
	}
}
