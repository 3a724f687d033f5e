package explain

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/ratls"
)

// explainPCK shows the certificates of the processor that vouches for the quoting enclave.
func (v *view) explainPCK() Node {
	const name = "PCK certificate chain"
	if v.pckErr != nil {
		return failed(name, v.pckErr)
	}
	p := v.pck
	n := Node{Name: name, Meaning: "says which processor this is, by Intel's word. Its signatures are not checked here"}
	n.add(
		Node{Name: "FMSPC", Value: fmt.Sprintf("%x", p.FMSPC), Meaning: "family of processors; Intel's TCB information goes by it"},
		Node{Name: "PCE id", Value: fmt.Sprintf("%x", p.PCEID)},
		Node{Name: "CPU SVN", Value: fmt.Sprint(p.CPUSVN), Meaning: "the 16 security versions that the TCB information is compared with"},
		Node{Name: "PCE SVN", Value: fmt.Sprint(p.PCESVN), Meaning: "security version of the provisioning certification enclave"},
		Node{Name: "device id", Value: p.DeviceID(), Meaning: "SHA-256 of the PPID: this processor, as dstack names it"},
	)
	if p.PIID != nil {
		n.add(Node{Name: "PIID", Value: fmt.Sprintf("%x", p.PIID), Meaning: "this platform, across its processors"})
	} else {
		n.add(Node{Name: "PIID", Meaning: "none: the platform has one processor"})
	}
	for i, what := range []string{"PCK", "CA", "root"} {
		c := explainX509(what, p.Chain[i])
		c.Meaning = caKinds[p.Chain[i].Subject.CommonName]
		if i == len(p.Chain)-1 {
			compareRoot(&c, p.Chain[i])
		}
		n.add(c)
	}
	return n
}

// caKinds are Intel's two authorities for processors.
var caKinds = map[string]string{
	"Intel SGX PCK Platform CA":  "Platform CA: for platforms that were registered with Intel, with one processor or several",
	"Intel SGX PCK Processor CA": "Processor CA: for platforms with one processor",
}

// compareRoot says whether a certificate is Intel's root, byte for byte.
func compareRoot(n *Node, root *x509.Certificate) {
	intel, err := dcap.IntelRoot()
	if err != nil {
		n.Meaning, n.Alert = err.Error(), true
		return
	}
	same(n, root.Raw, intel.Raw, "Intel's root certificate, byte for byte; that the others lead to it is not checked here",
		"NOT Intel's root certificate: a simulator, or a forgery")
}

func explainX509(name string, c *x509.Certificate) Node {
	n := Node{Name: name, Value: printable(c.Subject.String())}
	n.add(
		Node{Name: "issued by", Value: printable(c.Issuer.String())},
		Node{Name: "serial number", Value: printable(fmt.Sprintf("%x", c.SerialNumber))},
		Node{Name: "valid", Value: c.NotBefore.UTC().Format(time.RFC3339) + " to " + c.NotAfter.UTC().Format(time.RFC3339)},
	)
	return n
}

// explainCertificate shows an RA-TLS certificate, or one of an app that has no evidence of its own.
func (v *view) explainCertificate() Node {
	if errors.Is(v.certificateErr, ratls.ErrNoEvidence) {
		leaf, err := x509.ParseCertificate(v.Certificate)
		if err != nil {
			return failed("certificate", err)
		}
		n := explainX509("certificate", leaf)
		n.Meaning = "without evidence of its own: it stands for its issuer's word"
		return n
	}
	if v.certificateErr != nil {
		return failed("certificate", v.certificateErr)
	}
	c := v.certificate
	n := explainX509("certificate", c.Leaf)
	n.Meaning = "RA-TLS, as " + string(c.Scheme) + " makes it. Its validity is no sign of freshness"
	key := Node{
		Name: "public key", Value: fmt.Sprintf("SHA-256 %x", sha256.Sum256(c.Leaf.RawSubjectPublicKeyInfo)),
		Meaning: "the quote does NOT commit to it", Alert: true,
	}
	if d, ok := v.reportData(); ok && c.VerifyBinding(d) == nil && bytes.Equal(c.Quote, v.Quote) {
		key.Meaning, key.Alert = "the quote's report data is its digest", false
	}
	n.add(key)
	for _, claim := range []struct {
		name  string
		value []byte
		text  bool
	}{{"app id", c.AppID, false}, {"usage", c.Usage, true}, {"app info", c.AppInfo, false}} {
		if claim.value == nil {
			continue
		}
		value := hexValue(claim.value)
		if claim.text {
			value = printable(string(claim.value))
		}
		n.add(Node{Name: claim.name, Value: value, Meaning: "the issuer's word; the quote does not speak for it"})
	}
	return n
}

// explainCollateral shows Intel's documents that came with the quote.
func (v *view) explainCollateral() Node {
	c, err := dcap.ParseCollateral(v.Collateral)
	if err != nil {
		return failed("collateral", err)
	}
	n := Node{Name: "collateral", Value: fmt.Sprintf("%d bytes", len(v.Collateral)), Meaning: "Intel's word on what is up to date. Its signatures are not checked here"}
	family := Node{Name: "FMSPC", Value: fmt.Sprintf("%x", []byte(c.TCBInfo.FMSPC)), Meaning: "family of processors that it is about"}
	if v.quoteErr == nil && v.pckErr == nil {
		same(&family, c.TCBInfo.FMSPC, v.pck.FMSPC[:], "the family of the quote's processor", "NOT the family of the quote's processor")
	}
	n.add(
		Node{Name: "TCB information", Value: printable(c.TCBInfo.ID), Meaning: fmt.Sprintf("evaluation number %d, %d levels", c.TCBInfo.EvaluationNumber, len(c.TCBInfo.Levels))},
		family,
		Node{Name: "quoting enclave's identity", Value: printable(c.QEIdentity.ID), Meaning: fmt.Sprintf("evaluation number %d, %d levels", c.QEIdentity.EvaluationNumber, len(c.QEIdentity.Levels))},
		Node{Name: "expires", Value: c.Expires().UTC().Format(time.RFC3339), Meaning: "when the first of its parts does"},
	)
	return n
}
