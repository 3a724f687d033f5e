package attestation_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

func TestNewPolicyRefuses(t *testing.T) {
	t.Parallel()
	intel, err := dcap.IntelRoot()
	if err != nil {
		t.Fatal(err)
	}
	ok48 := strings.Repeat("ab", 48)
	measured := func(m attestation.Measurement) attestation.PolicyLiteral {
		return attestation.PolicyLiteral{TDX: attestation.TDXPolicy{Measurements: []attestation.Measurement{m}}}
	}
	statuses := func(s ...dcap.Status) attestation.PolicyLiteral {
		return attestation.PolicyLiteral{TCB: attestation.TCBPolicy{Statuses: s}}
	}
	tests := map[string]attestation.PolicyLiteral{
		"dstack.composeHashes[0]":           {Dstack: attestation.DstackPolicy{ComposeHashes: []string{"abc"}}},
		"dstack.appIds[0]":                  {Dstack: attestation.DstackPolicy{AppIDs: []string{ok48}}},
		"dstack.keyProviders[0].name":       {Dstack: attestation.DstackPolicy{KeyProviders: []attestation.KeyProvider{{ID: "00"}}}},
		"dstack.kmsKey: \"00\"":             {Dstack: attestation.DstackPolicy{KMSKey: "00"}},
		"dstack.kmsKey":                     {Dstack: attestation.DstackPolicy{KMSKey: strings.Repeat("07", 33)}},
		"tdx.measurements[0].mrtd":          measured(attestation.Measurement{RTMR0: ok48, RTMR1: ok48, RTMR2: ok48}),
		"tdx.measurements[0].rtmr2":         measured(attestation.Measurement{MRTD: ok48, RTMR0: ok48, RTMR1: ok48, RTMR2: ok48 + "00"}),
		"tdx.mrseams[0]":                    {TDX: attestation.TDXPolicy{MRSeams: []string{"ab"}}},
		"tdx.allowAttributes[0]: \"DEBUG\"": {TDX: attestation.TDXPolicy{AllowAttributes: []string{"DEBUG"}}},
		"sgx.mrenclaves[1]":                 {SGX: attestation.SGXPolicy{MREnclaves: []string{strings.Repeat("ab", 32), ok48}}},
		"sgx.signers[0].mrsigner":           {SGX: attestation.SGXPolicy{Signers: []attestation.Signer{{}}}},
		"devices[0]":                        {Devices: []string{"ab"}},
		"tcb.statuses[0]: \"Fine\"":         statuses("Fine"),
		"tcb.statuses[0]":                   statuses(dcap.NoLevel),
		"tcb.statuses[1]":                   statuses(dcap.UpToDate, dcap.Revoked),
		"insecureSimulatorRootPem":          {InsecureSimulatorRootPEM: "root"},
		"is Intel's root":                   {InsecureSimulatorRootPEM: pemOf(intel.Raw)},
	}
	for want, l := range tests {
		_, err := attestation.NewPolicy(l)
		if !errors.Is(err, attestation.ErrPolicy) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %s", err, want)
		}
	}
}

func TestPolicyIsImmutable(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	s.policy.Dstack.ComposeHashes[0] = "0x" + strings.ToUpper(s.policy.Dstack.ComposeHashes[0])
	p := mustPolicy(t, s.policy)
	s.policy.Dstack.ComposeHashes[0] = strings.Repeat("00", 32)
	p.Literal().Dstack.ComposeHashes[0] = strings.Repeat("00", 32)
	if err := attestation.Verify(s.evidence, s.want, p, testNow).Err(); err != nil {
		t.Error(err)
	}
}

func TestPolicyTravelsAsJSON(t *testing.T) {
	t.Parallel()
	s := newScene(t, simulator.Hooks{})
	raw, err := json.Marshal(s.policy)
	if err != nil {
		t.Fatal(err)
	}
	s.policy = attestation.PolicyLiteral{}
	if err := json.Unmarshal(raw, &s.policy); err != nil {
		t.Fatal(err)
	}
	if err := s.verify(t).Err(); err != nil {
		t.Error(err)
	}
}

// What the policy opens is accepted, and said.
func TestOpenDoors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hooks simulator.Hooks
		open  func(*attestation.PolicyLiteral)
		check string
		want  attestation.Result
	}{
		"debug": {
			simulator.Hooks{Body: func(b []byte) { b[120] = 1 }},
			func(l *attestation.PolicyLiteral) { l.TDX.AllowDebug = true }, "td.debug", attestation.Skipped,
		},
		"unset config id": {
			simulator.Hooks{Body: func(b []byte) { clear(b[184:232]) }},
			func(l *attestation.PolicyLiteral) { l.Dstack.AllowUnsetConfigID = true }, "config-id.match", attestation.Skipped,
		},
		"status with advisory": {
			simulator.Hooks{TCBInfo: func(d map[string]any) {
				level := d["tcbLevels"].([]any)[0].(map[string]any)
				level["tcbStatus"], level["advisoryIDs"] = dcap.SWHardeningNeeded, []any{"INTEL-SA-00001"}
			}},
			func(l *attestation.PolicyLiteral) {
				l.TCB.Statuses = []dcap.Status{dcap.UpToDate, dcap.SWHardeningNeeded}
				l.TCB.Advisories = []string{"INTEL-SA-00001"}
			}, "tcb.status", attestation.Passed,
		},
		"minimum TCB date": {
			simulator.Hooks{},
			func(l *attestation.PolicyLiteral) { l.TCB.MinDate = testNow.Add(-2 * time.Hour) }, "tcb.date", attestation.Passed,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, tt.hooks)
			if name != "minimum TCB date" && s.verify(t).OK() {
				t.Error("accepted before the policy allowed it")
			}
			tt.open(&s.policy)
			v := s.verify(t)
			if err := v.Err(); err != nil {
				t.Error(err)
			}
			expect(t, v, tt.want, tt.check)
		})
	}
}

// Events after the first system-ready are any process's word: they replay, and count for nothing.
func TestAppEventsCountForNothing(t *testing.T) {
	t.Parallel()
	forged := slices.Repeat([]byte{9}, 32)
	s := newScene(t, simulator.Hooks{EventLog: func(e []eventlog.Event) []eventlog.Event {
		return append(e, runtimeEvent("compose-hash", forged), runtimeEvent("system-ready", nil), runtimeEvent("any", []byte("thing")))
	}})
	v := s.verify(t)
	if err := v.Err(); err != nil {
		t.Error(err)
	}
	if v.Workload.ComposeHash != s.policy.Dstack.ComposeHashes[0] {
		t.Errorf("compose hash %s of the app event was taken", v.Workload.ComposeHash)
	}
}

// A version 5 quote with a TD 1.5 report passes all checks.
func TestTD15(t *testing.T) {
	t.Parallel()
	v := newSceneOf(t, simulator.Config{TD15: true}).verify(t)
	if err := v.Err(); err != nil {
		t.Error(err)
	}
	expect(t, v, attestation.Passed, "td.service")
	// The module was updated after the TD started.
	v = newSceneOf(t, simulator.Config{TD15: true, Hooks: simulator.Hooks{Body: func(b []byte) { b[0] = 3 }}}).verify(t)
	refused(t, v, "tcb.status")
	if v.TCBStatus != dcap.TDRelaunchAdvised {
		t.Errorf("status %s, want %s", v.TCBStatus, dcap.TDRelaunchAdvised)
	}
}
