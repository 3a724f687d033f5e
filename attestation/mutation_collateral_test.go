package attestation_test

import (
	"crypto/x509"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// editCollateral decodes the bundle, changes it, and puts it back.
func editCollateral(edit func(*dcap.Bundle)) func(*testing.T, *scene) {
	return func(t *testing.T, s *scene) {
		var b dcap.Bundle
		if err := json.Unmarshal(s.evidence.Collateral, &b); err != nil {
			t.Fatal(err)
		}
		edit(&b)
		var err error
		if s.evidence.Collateral, err = json.Marshal(b); err != nil {
			t.Fatal(err)
		}
	}
}

// collaterals changes every field of the bundle after signing.
func collaterals() (list []mutation) {
	add := func(name string, edit func(*dcap.Bundle), failed ...string) {
		list = append(list, mutation{name: "collateral/" + name, change: editCollateral(edit), failed: failed})
	}
	flip := func(s *string) { // the last digit: inside of the signature
		b := []byte(*s)
		digit := &b[len(b)-1]
		*digit = map[bool]byte{true: '1', false: '0'}[*digit == '0']
		*s = string(b)
	}
	add("root CRL signature", func(b *dcap.Bundle) { flip(&b.RootCRL) }, "crl.root")
	add("PCK CRL signature", func(b *dcap.Bundle) { flip(&b.PCKCRL) }, "crl.pck")
	add("CRLs swapped", func(b *dcap.Bundle) { b.RootCRL, b.PCKCRL = b.PCKCRL, b.RootCRL }, "crl.root", "crl.pck")
	add("root CRL empty", func(b *dcap.Bundle) { b.RootCRL = "" }, "collateral.parse")
	add("PCK CRL not hex", func(b *dcap.Bundle) { b.PCKCRL = "zz" }, "collateral.parse")
	add("TCB info text", func(b *dcap.Bundle) { b.TCBInfo += " " }, "tcb-info.signature")
	add("TCB info signature", func(b *dcap.Bundle) { flip(&b.TCBInfoSignature) }, "tcb-info.signature")
	add("TCB info signature short", func(b *dcap.Bundle) { b.TCBInfoSignature = "00" }, "tcb-info.signature")
	add("QE identity text", func(b *dcap.Bundle) { b.QEIdentity += " " }, "qe-identity.signature")
	add("QE identity signature", func(b *dcap.Bundle) { flip(&b.QEIdentitySignature) }, "qe-identity.signature")
	add("signatures swapped", func(b *dcap.Bundle) {
		b.TCBInfoSignature, b.QEIdentitySignature = b.QEIdentitySignature, b.TCBInfoSignature
	}, "tcb-info.signature", "qe-identity.signature")
	add("documents swapped", func(b *dcap.Bundle) { b.TCBInfo, b.QEIdentity = b.QEIdentity, b.TCBInfo }, "collateral.parse")
	add("signed by the platform CA", func(b *dcap.Bundle) { b.TCBInfoIssuerChain = b.PCKCRLIssuerChain }, "tcb-info.signature")
	add("QE identity signed by the platform CA", func(b *dcap.Bundle) { b.QEIdentityIssuerChain = b.PCKCRLIssuerChain }, "qe-identity.signature")
	add("issuer chain empty", func(b *dcap.Bundle) { b.TCBInfoIssuerChain = "" }, "collateral.parse")
	set := func(name string, text []byte) {
		list = append(list, mutation{
			name: "collateral/" + name, failed: []string{"collateral.parse"},
			change: func(_ *testing.T, s *scene) { s.evidence.Collateral = text },
		})
	}
	set("missing", nil)
	set("not JSON", []byte("{"))
	set("unknown field", []byte(`{"surprise":1}`))
	return append(list, mutation{
		name: "collateral/of another simulator", failed: []string{"crl.root", "crl.pck", "tcb-info.signature", "qe-identity.signature"},
		change: func(t *testing.T, s *scene) {
			other, err := simulator.New(simulator.Config{AppCompose: testCompose, Now: func() time.Time { return testNow }})
			if err != nil {
				t.Fatal(err)
			}
			if s.evidence.Collateral, err = other.Collateral(); err != nil {
				t.Fatal(err)
			}
		},
	})
}

// signedCollaterals changes the documents before they are signed.
func signedCollaterals() (list []mutation) {
	tcb := func(name string, edit func(map[string]any), failed ...string) {
		list = append(list, mutation{name: "signed TCB info/" + name, hooks: simulator.Hooks{TCBInfo: edit}, failed: failed})
	}
	qe := func(name string, edit func(map[string]any), failed ...string) {
		list = append(list, mutation{name: "signed QE identity/" + name, hooks: simulator.Hooks{QEIdentity: edit}, failed: failed})
	}
	set := func(key string, value any) func(map[string]any) { return func(d map[string]any) { d[key] = value } }
	level := func(list string, key string, value any) func(map[string]any) {
		return func(d map[string]any) { d[list].([]any)[0].(map[string]any)[key] = value }
	}
	stamp := func(d time.Duration) string { return testNow.Add(d).Format(time.RFC3339) }

	tcb("from the future", set("issueDate", stamp(time.Second)), "tcb-info.dates")
	tcb("expired", set("nextUpdate", stamp(-time.Second)), "tcb-info.dates")
	tcb("other fmspc", set("fmspc", "00906EA10000"), "tcb-info.platform")
	tcb("other pceId", set("pceId", "0001"), "tcb-info.platform")
	tcb("for SGX", set("id", "SGX"), "tcb-info.platform")
	tcb("other version", set("version", 2), "collateral.parse")
	tcb("no levels", set("tcbLevels", []any{}), "collateral.parse")
	tcb("rolled back", set("tcbEvaluationDataNumber", 19), "collateral.evaluation")
	for _, status := range []dcap.Status{
		dcap.SWHardeningNeeded, dcap.ConfigurationNeeded, dcap.ConfigurationAndSWHardeningNeeded,
		dcap.OutOfDate, dcap.OutOfDateConfigurationNeeded, dcap.Revoked,
	} {
		tcb("status "+string(status), level("tcbLevels", "tcbStatus", status), "tcb.status")
	}
	tcb("status invented", level("tcbLevels", "tcbStatus", "Perfect"), "collateral.parse")
	tcb("advisory", level("tcbLevels", "advisoryIDs", []any{"INTEL-SA-99999"}), "tcb.advisories")
	tcb("module signer", level("tdxModuleIdentities", "mrsigner", strings.Repeat("11", 48)), "td.module")
	tcb("module unknown", level("tdxModuleIdentities", "id", "TDX_77"), "td.module", "tcb.level")

	qe("from the future", set("issueDate", stamp(time.Second)), "qe-identity.dates")
	qe("expired", set("nextUpdate", stamp(-time.Second)), "qe-identity.dates")
	qe("of the SGX enclave", set("id", "QE"), "qe.identity")
	qe("other signer", set("mrsigner", strings.Repeat("11", 32)), "qe.identity")
	qe("other product", set("isvprodid", 1), "qe.identity")
	qe("other attributes", set("attributes", strings.Repeat("15", 16)), "qe.identity")
	qe("other miscselect", set("miscselect", "00000001"), "qe.identity")
	qe("rolled back", set("tcbEvaluationDataNumber", 19), "collateral.evaluation")
	qe("out of date", level("tcbLevels", "tcbStatus", dcap.OutOfDate), "tcb.status")
	qe("revoked", level("tcbLevels", "tcbStatus", dcap.Revoked), "tcb.status")

	for name, check := range map[string]string{
		"Intel SGX PCK Certificate": "crl.pck", "Intel SGX PCK Platform CA": "crl.root", "Intel SGX TCB Signing": "crl.root",
	} {
		list = append(list, mutation{
			name: "revoked/" + name, failed: []string{check},
			hooks: simulator.Hooks{Revoke: func(c *x509.Certificate) bool { return c.Subject.CommonName == name }},
		})
	}
	return list
}
