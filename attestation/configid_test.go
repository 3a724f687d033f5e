package attestation_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// setConfigID makes a scene whose quotes carry another MRCONFIGID.
func setConfigID(t *testing.T, version byte, digest []byte) scene {
	t.Helper()
	return newScene(t, simulator.Hooks{Body: func(b []byte) {
		clear(b[184:232])
		b[184] = version
		copy(b[185:], digest)
	}})
}

// Version 2 is Keccak-256 over compose hash, app id, kind and id of the key provider.
func TestConfigIDVersion2(t *testing.T) {
	t.Parallel()
	plain := newScene(t, simulator.Hooks{})
	hash := plain.sim.ComposeHash()
	id, err := hex.DecodeString(plain.sim.KeyProviderID())
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[byte]attestation.Result{2: attestation.Passed, 1: attestation.Failed} {
		digest := protocol.Keccak256(hash[:], plain.sim.AppID(), []byte{kind}, id)
		expect(t, setConfigID(t, 2, digest[:]).verify(t), want, "config-id.match")
	}
}

// Version 3 is the hash of a document in the VM configuration.
func TestConfigIDVersion3(t *testing.T) {
	t.Parallel()
	plain := newScene(t, simulator.Hooks{})
	hash := plain.sim.ComposeHash()
	document := func(appID []byte, composeHash []byte, kind, extra string) string {
		return fmt.Sprintf(`{"app_id":"%x","compose_hash":"%x","instance_id":"","key_provider":"%s","key_provider_id":"%s","version":3%s}`,
			appID, composeHash, kind, plain.sim.KeyProviderID(), extra)
	}
	good := document(plain.sim.AppID(), hash[:], "kms", "")
	for name, tt := range map[string]struct {
		measured, shown string
		want            attestation.Result
	}{
		"good":                 {good, good, attestation.Passed},
		"shown differently":    {good, good + " ", attestation.Failed},
		"other app id":         {document(bytes.Repeat([]byte{9}, 20), hash[:], "kms", ""), "", attestation.Failed},
		"other compose hash":   {document(plain.sim.AppID(), make([]byte, 32), "kms", ""), "", attestation.Failed},
		"other key provider":   {document(plain.sim.AppID(), hash[:], "tpm", ""), "", attestation.Failed},
		"unknown key provider": {document(plain.sim.AppID(), hash[:], "own", ""), "", attestation.Failed},
		"unknown field":        {document(plain.sim.AppID(), hash[:], "kms", `,"more":1`), "", attestation.Failed},
		"not shown":            {good, "none", attestation.Failed},
	} {
		digest := sha256.Sum256([]byte("dstack-mr-config-v3:\x00" + tt.measured))
		s := setConfigID(t, 3, digest[:])
		if tt.shown == "" {
			tt.shown = tt.measured
		}
		s.evidence.VMConfig = []byte("{}")
		if tt.shown != "none" {
			config, err := json.Marshal(map[string]string{"mr_config": tt.shown})
			if err != nil {
				t.Fatal(err)
			}
			s.evidence.VMConfig = config
		}
		c, _ := s.verify(t).Check("config-id.match")
		if c.Status != tt.want {
			t.Errorf("%s: %+v, want %s", name, c, tt.want)
		}
	}
}
