package attestation_test

import (
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// Every form that good evidence comes in passes all checks.
func TestForms(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]simulator.Config{
		"version 4":                {},
		"version 5 over TD 1.0":    {Version5: true},
		"version 5 over TD 1.5":    {TD15: true},
		"Processor CA":             {ProcessorCA: true},
		"MRCONFIGID of version 2":  {ConfigID: simulator.ConfigIDV2},
		"MRCONFIGID of version 3":  {ConfigID: simulator.ConfigIDV3},
		"log without digests":      {StrippedLog: true},
		"guest agent of 0.5.5":     {Agent: simulator.Agent055},
		"guest agent of 0.5.11":    {Agent: simulator.Agent0511},
		"all that is new together": {TD15: true, ProcessorCA: true, ConfigID: simulator.ConfigIDV3, StrippedLog: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSceneOf(t, config)
			v := s.verify(t)
			if err := v.Err(); err != nil {
				t.Fatal(err)
			}
			if (v.Identity.PIID == "") != config.ProcessorCA {
				t.Errorf("platform %q under Processor CA %t", v.Identity.PIID, config.ProcessorCA)
			}
			if v := attestation.Examine(s.subject(), mustPolicy(t, s.open()), testNow); !v.OK() {
				t.Error(v.Err())
			}
		})
	}
}

// Every status of Intel's is told, refused by default and, but for Revoked, accepted by name.
func TestStatuses(t *testing.T) {
	t.Parallel()
	for _, status := range []dcap.Status{
		dcap.UpToDate, dcap.SWHardeningNeeded, dcap.ConfigurationNeeded, dcap.ConfigurationAndSWHardeningNeeded, dcap.OutOfDate,
		dcap.OutOfDateConfigurationNeeded, dcap.TDRelaunchAdvised, dcap.TDRelaunchAdvisedConfigurationNeeded, dcap.Revoked,
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			s := newSceneOf(t, simulator.Config{TD15: true, TCBStatus: status})
			v := s.verify(t)
			if v.TCBStatus != status || v.OK() != (status == dcap.UpToDate) {
				t.Errorf("status %s, accepted %t: %v", v.TCBStatus, v.OK(), v.Err())
			}
			if status == dcap.Revoked {
				return
			}
			s.policy.TCB.Statuses, s.policy.TCB.Advisories = []dcap.Status{status}, v.Advisories
			if v := s.verify(t); !v.OK() {
				t.Error(v.Err())
			}
		})
	}
}
