package attestation_test

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/compose"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// subject is the scene's evidence without its binding.
func (s scene) subject() attestation.Subject {
	return attestation.Subject{
		Quote: s.evidence.Quote, Collateral: s.evidence.Collateral, EventLog: s.evidence.EventLog,
		VMConfig: s.evidence.VMConfig, AppCompose: s.evidence.AppCompose,
	}
}

// open is the policy that demands nothing but a genuine, maintained, closed TD.
func (s scene) open() attestation.PolicyLiteral {
	return attestation.PolicyLiteral{InsecureSimulatorRootPEM: s.sim.RootPEM()}
}

func TestExamineWithoutPolicy(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	v := attestation.Examine(s.subject(), mustPolicy(t, s.open()), testNow)
	if err := v.Err(); err != nil {
		t.Fatal(err)
	}
	expect(t, v, attestation.Skipped, "measurements.known", "compose.hash", "key-provider.known", "app-id.known", "device.known")
	expect(t, v, attestation.Passed, "eventlog.replay", "eventlog.boot", "compose.text", "config-id.match")
	for _, c := range v.Checks {
		if strings.HasPrefix(c.Name, "binding.") || strings.HasPrefix(c.Name, "report-data.") {
			t.Errorf("check %s of a binding that was not given", c.Name)
		}
	}
	if len(v.NotProven) < 7 || !slices.ContainsFunc(v.NotProven, func(s string) bool { return strings.Contains(s, "policy names none") }) {
		t.Errorf("not proven: %q", v.NotProven)
	}
	// Whatever passed, nobody is bound.
	if w, err := v.Worker(); w.Valid() || !errors.Is(err, attestation.ErrNotVerified) {
		t.Errorf("an examined subject gives worker %+v, error %v", w, err)
	}
}

// Parts that are missing are skipped, unless the policy demands what only they can show.
func TestExamineParts(t *testing.T) {
	t.Parallel()
	accepting := acceptingPolicy(t)
	for name, tt := range map[string]struct {
		cut    func(*attestation.Subject)
		policy func(*attestation.PolicyLiteral)
		failed []string
	}{
		"nothing missing, required": {policy: func(l *attestation.PolicyLiteral) {
			l.TDX, l.Dstack = accepting.TDX, accepting.Dstack
			l.Dstack.Required = true
		}},
		"no event log": {cut: func(s *attestation.Subject) { s.EventLog = nil }},
		"no event log, required": {
			cut: func(s *attestation.Subject) { s.EventLog = nil }, policy: func(l *attestation.PolicyLiteral) { l.Dstack.Required = true },
			failed: []string{"eventlog.parse", "measurements.known"},
		},
		"no event log, compose hash named": {
			cut: func(s *attestation.Subject) { s.EventLog = nil }, policy: func(l *attestation.PolicyLiteral) { l.Dstack.ComposeHashes = accepting.Dstack.ComposeHashes },
			failed: []string{"eventlog.parse"},
		},
		"required, nothing named": {
			policy: func(l *attestation.PolicyLiteral) { l.Dstack.Required = true },
			failed: []string{"measurements.known", "compose.hash", "key-provider.known"},
		},
		"KMS pinned, no key": {
			policy: func(l *attestation.PolicyLiteral) { l.Dstack.KMSKey = "02" + strings.Repeat("0", 63) + "1" },
			failed: []string{"kms.chain"},
		},
		"no collateral":   {cut: func(s *attestation.Subject) { s.Collateral = nil }, failed: []string{"collateral.parse"}},
		"no app-compose":  {cut: func(s *attestation.Subject) { s.AppCompose = nil }},
		"named right":     {cut: func(s *attestation.Subject) { s.TEE = "tdx" }},
		"named wrong":     {cut: func(s *attestation.Subject) { s.TEE = "sgx" }, failed: []string{"quote.tee"}},
		"foreign compose": {cut: func(s *attestation.Subject) { s.AppCompose = []byte("{}") }, failed: []string{"compose.text"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, simulator.Hooks{})
			subject, l := s.subject(), s.open()
			if tt.cut != nil {
				tt.cut(&subject)
			}
			if tt.policy != nil {
				tt.policy(&l)
			}
			v := attestation.Examine(subject, mustPolicy(t, l), testNow)
			if len(tt.failed) != 0 {
				refused(t, v, tt.failed...)
			} else if err := v.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestExamineZeroValuesRefuse(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	if attestation.Examine(s.subject(), attestation.Policy{}, testNow).OK() {
		t.Error("the zero policy accepts a subject")
	}
	if attestation.Examine(attestation.Subject{}, mustPolicy(t, s.open()), testNow).OK() {
		t.Error("the zero subject is accepted")
	}
	var decoded attestation.Verdict
	if err := json.Unmarshal([]byte(`{"schema":"encompute/verdict/v1","ok":true}`), &decoded); err != nil {
		t.Fatal(err)
	}
	if decoded.OK() || decoded.Err() == nil {
		t.Error("a decoded verdict is OK")
	}
}

// The app-compose that runs is judged; findings are advice unless the policy forbids them.
func TestLint(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		image           string
		finding, forbid attestation.Result
	}{
		"by digest": {"registry.example/worker@sha256:" + strings.Repeat("ab", 32), attestation.Passed, attestation.Passed},
		"by tag":    {"registry.example/worker:latest", attestation.Passed, attestation.Failed},
		"not YAML":  {"{", attestation.Skipped, attestation.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := appCompose(tt.image)
			sim, err := simulator.New(simulator.Config{AppCompose: text, Now: func() time.Time { return testNow }})
			if err != nil {
				t.Fatal(err)
			}
			q, err := sim.Quote(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			subject := attestation.Subject{Quote: q.Quote, EventLog: []byte(q.EventLog), AppCompose: text}
			if subject.Collateral, err = sim.Collateral(); err != nil {
				t.Fatal(err)
			}
			l := attestation.PolicyLiteral{InsecureSimulatorRootPEM: sim.RootPEM()}
			v := attestation.Examine(subject, mustPolicy(t, l), testNow)
			expect(t, v, tt.finding, "compose.lint")
			if !v.OK() {
				t.Error(v.Err())
			}
			l.Dstack.ForbidLint = true
			strict := attestation.Examine(subject, mustPolicy(t, l), testNow)
			expect(t, strict, tt.forbid, "compose.lint")
			byTag := slices.ContainsFunc(strict.Lint, func(f compose.Finding) bool { return f.Severity == compose.Error })
			if byTag != (name == "by tag") {
				t.Errorf("findings %v", strict.Lint)
			}
		})
	}
}

func TestKeyChainPasses(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	s.issueReceiptKey(t)
	v := s.verify(t)
	if err := v.Err(); err != nil {
		t.Error(err)
	}
	expect(t, v, attestation.Passed, "kms.chain")
}

func TestDevices(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	id := s.verify(t).Identity
	for _, device := range []string{id.DeviceID, strings.ToUpper(id.PIID)} {
		s.policy.Devices = []string{strings.Repeat("ab", 32), device}
		v := s.verify(t)
		if err := v.Err(); err != nil {
			t.Error(err)
		}
		expect(t, v, attestation.Passed, "device.known")
	}
}

// What was seen once is a floor, for each document apart.
func TestFloors(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{TCBInfo: func(d map[string]any) { d["tcbEvaluationDataNumber"] = 21 }})
	v := s.verify(t)
	if err := v.Err(); err != nil {
		t.Fatal(err)
	}
	seen := v.Evaluations
	if len(seen) != 2 {
		t.Fatalf("evaluations %v", seen)
	}
	verify := func(floors dcap.Evaluations) attestation.Verdict {
		return attestation.Verify(s.evidence, s.want, mustPolicy(t, s.policy).WithFloors(floors), testNow)
	}
	if err := verify(seen).Err(); err != nil {
		t.Errorf("its own numbers are too low: %v", err)
	}
	for key, n := range seen {
		if !strings.HasPrefix(key, "simulated/") || (n == 21) != strings.Contains(key, "tcb-info/tdx/") {
			t.Errorf("%s %d", key, n)
		}
		refused(t, verify(dcap.Evaluations{key: n + 1}), "collateral.evaluation")
		plain := key[strings.LastIndex(key[:strings.LastIndex(key, "/")], "/")+1:]
		if err := verify(dcap.Evaluations{plain: n + 1}).Err(); err != nil {
			t.Errorf("a number of Intel's %s binds a simulator: %v", plain, err)
		}
	}
	// Numbers without a signature are nobody's.
	s.evidence.Collateral[len(s.evidence.Collateral)-3] ^= 1
	if v := s.verify(t); len(v.Evaluations) != 0 {
		t.Errorf("unsigned numbers %v", v.Evaluations)
	}
}

func TestInsecureRoot(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	root := []byte(s.sim.RootPEM())
	block, _ := pem.Decode(root)
	for name, form := range map[string][]byte{"PEM": root, "DER": block.Bytes} {
		p, err := mustPolicy(t, attestation.PolicyLiteral{}).WithInsecureRoot(form)
		if err != nil {
			t.Fatal(err)
		}
		if v := attestation.Examine(s.subject(), p, testNow); !v.OK() || !v.Simulated {
			t.Errorf("%s: %v, simulated %t", name, v.Err(), v.Simulated)
		}
	}
	if _, err := mustPolicy(t, attestation.PolicyLiteral{}).WithInsecureRoot([]byte("root")); !errors.Is(err, attestation.ErrPolicy) {
		t.Errorf("error %v", err)
	}
	intel, err := dcap.IntelRoot()
	if err != nil {
		t.Fatal(err)
	}
	p, err := mustPolicy(t, attestation.PolicyLiteral{}).WithInsecureRoot(intel.Raw)
	if err != nil || p.Literal().InsecureSimulatorRootPEM != "" {
		t.Errorf("Intel's root is taken for a simulator's: %v", err)
	}
}

func TestParsePolicy(t *testing.T) {
	t.Parallel()
	p, err := attestation.ParsePolicy([]byte("// one\n{\n  \t// two\n  \"tcb\": {\"minEvaluationNumber\": 3}\n}\n// end"))
	if err != nil || p.Literal().TCB.MinEvaluationNumber != 3 {
		t.Errorf("policy %+v, error %v", p.Literal(), err)
	}
	for text, want := range map[string]string{
		`{"tbc": {}}`:                            `"tbc"`,
		`{"tdx": {"allowdebugging": true}}`:      `"allowdebugging"`,
		`{"composeHashes": []}`:                  `"composeHashes"`,
		`{"dstack": {"kmsKey": 7}}`:              "kmsKey",
		`{"tcb": {"statuses": ["Revoked"]}}`:     "tcb.statuses[0]",
		`{} {}`:                                  "after",
		``:                                       "EOF",
		strings.Repeat(" ", 2<<20):               "larger",
		`{"devices": ["https://example.org//"]}`: "devices[0]",
	} {
		if _, err := attestation.ParsePolicy([]byte(text)); !errors.Is(err, attestation.ErrPolicy) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v does not name %s", text, err, want)
		}
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	v := newScene(t, simulator.Hooks{}).verify(t)
	r := v.Refuse(attestation.Check{Name: "worker.signer", Why: "is another"})
	if _, err := r.Worker(); r.OK() || r.Accepted || err == nil || !strings.Contains(err.Error(), "worker.signer") {
		t.Errorf("refused verdict: OK %t, error %v", r.OK(), err)
	}
	if !v.OK() || len(r.Checks) != len(v.Checks)+1 {
		t.Error("the verdict itself changed")
	}
}

// Every door of the TD policy opens by its own name only.
func TestAttributesByName(t *testing.T) {
	t.Parallel()
	set := func(at int, bits byte) simulator.Hooks {
		return simulator.Hooks{Body: func(b []byte) { b[at] |= bits }}
	}
	tests := map[string]struct {
		hooks simulator.Hooks
		check string
		td15  bool
		open  func(*attestation.TDXPolicy)
	}{
		"SEPT_VE":    {hooks: simulator.Hooks{Body: func(b []byte) { b[123] = 0 }}, check: "td.attributes"},
		"LASS":       {hooks: set(123, 0x08), check: "td.attributes"},
		"MIGRATABLE": {hooks: set(123, 0x20), check: "td.attributes"},
		"KL":         {hooks: set(123, 0x80), check: "td.attributes"},
		"ICSSD":      {hooks: set(122, 0x01), check: "td.attributes"},
		"TPA":        {hooks: set(127, 0x40), check: "td.attributes"},
		"PERFMON":    {hooks: set(127, 0x80), check: "td.attributes"},
		"RESERVED":   {hooks: set(124, 0x04), check: "td.attributes"},
		"debug":      {hooks: set(120, 0x01), check: "td.debug", open: func(p *attestation.TDXPolicy) { p.AllowDebug = true }},
		"service TD": {hooks: set(600, 1), check: "td.service", td15: true, open: func(p *attestation.TDXPolicy) { p.AllowServiceTD = true }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSceneOf(t, simulator.Config{Hooks: tt.hooks, TD15: tt.td15})
			refused(t, s.verify(t), tt.check)
			if tt.open == nil {
				tt.open = func(p *attestation.TDXPolicy) { p.AllowAttributes = []string{name} }
			}
			tt.open(&s.policy.TDX)
			if err := s.verify(t).Err(); err != nil {
				t.Error(err)
			}
		})
	}
	// The name of one attribute opens no other.
	s := newScene(t, set(123, 0x20))
	s.policy.TDX.AllowAttributes = []string{"SEPT_VE", "LASS", "KL", "ICSSD", "TPA", "PERFMON", "RESERVED"}
	s.policy.TDX.AllowDebug, s.policy.TDX.AllowServiceTD, s.policy.TDX.AllowSeamSigner = true, true, true
	refused(t, s.verify(t), "td.attributes")
}

// A module with a signer of its own is accepted if Intel's document names the signer.
func TestSeamSigner(t *testing.T) {
	t.Parallel()
	hooks := simulator.Hooks{
		Body: func(b []byte) { b[64] = 0x11 },
		TCBInfo: func(d map[string]any) {
			d["tdxModuleIdentities"].([]any)[0].(map[string]any)["mrsigner"] = "11" + strings.Repeat("00", 47)
		},
	}
	s := newScene(t, hooks)
	refused(t, s.verify(t), "td.module")
	s.policy.TDX.AllowSeamSigner = true
	if err := s.verify(t).Err(); err != nil {
		t.Error(err)
	}
	hooks.TCBInfo = nil
	s = newScene(t, hooks)
	s.policy.TDX.AllowSeamSigner = true
	refused(t, s.verify(t), "td.module")
}

// The failed check says that collateral is expired, and the status is still told.
func TestExpiredCollateralIsNamed(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	for when, want := range map[time.Duration]string{31 * 24 * time.Hour: "expired", -2 * time.Hour: "not yet valid"} {
		v := attestation.Verify(s.evidence, s.want, mustPolicy(t, s.policy), testNow.Add(when))
		refused(t, v, "crl.root", "crl.pck", "tcb-info.dates", "qe-identity.dates")
		for _, name := range []string{"crl.root", "crl.pck", "tcb-info.dates", "qe-identity.dates"} {
			if c, _ := v.Check(name); !strings.Contains(c.Why, want) {
				t.Errorf("%s: %q does not say %q", name, c.Why, want)
			}
		}
		if !errors.Is(v.Err(), attestation.ErrCollateral) || v.TCBStatus != dcap.UpToDate {
			t.Errorf("error %v, status %s", v.Err(), v.TCBStatus)
		}
	}
}

// dstack leaves ACPI's events of register 0 in logs that are otherwise the runtime's. They are
// passed over; with events of the other registers beside them they must add up.
func TestExamineFirmwareEvents(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	policy := mustPolicy(t, s.open())
	events, err := eventlog.Parse(s.evidence.EventLog)
	if err != nil {
		t.Fatal(err)
	}
	if events[0].IMR != 0 || events[1].IMR != 0 {
		t.Fatal("the log does not begin with two events of register 0")
	}
	for name, tt := range map[string]struct {
		events []eventlog.Event
		want   attestation.Result
	}{
		"all":                      {events, attestation.Passed},
		"the runtime's":            {of(events, 3), attestation.Passed},
		"some of 0":                {append(slices.Clone(events[:1]), of(events, 3)...), attestation.Passed},
		"some of 0, all of 1":      {append(append(slices.Clone(events[:1]), of(events, 1)...), of(events, 3)...), attestation.Failed},
		"all but one of 3":         {events[:len(events)-1], attestation.Failed},
		"all of 0 to 2, none of 3": {append(of(events, 0), append(of(events, 1), of(events, 2)...)...), attestation.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := json.Marshal(tt.events)
			if err != nil {
				t.Fatal(err)
			}
			subject := s.subject()
			subject.EventLog = raw
			expect(t, attestation.Examine(subject, policy, testNow), tt.want, "eventlog.replay")
		})
	}
}

// of keeps the events of one register.
func of(events []eventlog.Event, imr uint32) []eventlog.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e eventlog.Event) bool { return e.IMR != imr })
}
