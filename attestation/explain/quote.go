package explain

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

// qeReport is the name of the quoting enclave's own report.
const qeReport = "QE report"

// explainQuote walks over the quote in the order of its bytes.
func (v *view) explainQuote() Node {
	n := Node{Name: "quote", Value: fmt.Sprintf("%d bytes", len(v.Quote)), Size: len(v.Quote)}
	if v.quoteErr != nil {
		n = failed("quote", v.quoteErr)
		n.Value, n.Size = hexValue(v.Quote[:min(len(v.Quote), quote.HeaderSize)]), len(v.Quote)
		return n
	}
	f := &fields{raw: v.Quote}
	if v.Quote[0] == 1 {
		f.number("version", 4, "of the header that Open Enclave and EGo put before a quote")
		f.number("type", 4, "2: remote report")
		f.number("size", 8, "of the quote behind this header")
		n.add(f.group("Open Enclave header", 0))
	}
	n.add(v.header(f))
	if v.quote.TD != nil {
		n.Meaning = fmt.Sprintf("of a trust domain (Intel TDX), version %d", v.quote.Version)
		n.add(v.trustDomain(f))
	} else {
		n.Meaning = fmt.Sprintf("of an enclave (Intel SGX), version %d", v.quote.Version)
		n.add(v.enclave(f, "enclave report"))
	}
	n.add(v.signatures(f), v.explainPCK())
	if len(v.quote.Trailing) > 0 {
		trailing := Node{
			Name: "trailing bytes", Value: fmt.Sprintf("%d bytes", len(v.quote.Trailing)),
			Meaning: "padding, all zero", Offset: len(v.Quote) - len(v.quote.Trailing), Size: len(v.quote.Trailing),
		}
		if !zero(v.quote.Trailing) {
			trailing.Meaning, trailing.Alert = "not all zero: nobody signed them", true
		}
		n.add(trailing)
	}
	return n
}

func (v *view) header(f *fields) Node {
	from := f.at
	f.number("version", 2, "of the quote's layout: 3 for SGX, 4 and 5 for TDX")
	f.number("attestation key type", 2, "2: ECDSA on P-256 with SHA-256")
	tee, b := f.next("TEE type", 4)
	tee.Value, tee.Meaning = fmt.Sprintf("%#x", little(b)), "0: SGX, 0x81: TDX"
	if v.quote.Version == 3 {
		f.number("QE SVN", 2, "security version of the quoting enclave; its own report below has it, too")
		f.number("PCE SVN", 2, "security version of the provisioning certification enclave")
	} else {
		f.zeros("reserved", 4, "must be zero")
	}
	vendor, b := f.next("QE vendor id", 16)
	same(vendor, b, dcap.QEVendor[:], "Intel's", "not Intel's: somebody else's quoting enclave")
	user, _ := f.next("user data", 20)
	user.Meaning = "free for the quoting enclave; Intel's writes an id of this platform into the first 16 bytes"
	return f.group("header", from)
}

// signatures are the fields behind the body: what signs what is said at each.
func (v *view) signatures(f *fields) Node {
	from := f.at
	f.number("signature data size", 4, "of everything below but padding")
	n, _ := f.next("signature", quote.SignatureSize)
	n.Meaning = "by the attestation key, over header and report; r || s. Not checked here"
	n, _ = f.next("attestation key", quote.KeySize)
	n.Meaning = "P-256 point X || Y of the quoting enclave of this platform"
	if v.quote.Version >= 4 {
		f.number("certification data type", 2, "6: report of the quoting enclave")
		f.number("certification data size", 4, "")
	}
	group := f.group("signature data", from)
	qe := v.enclave(f, qeReport)
	qe.Meaning = "of the quoting enclave that signed the quote"
	group.add(qe)
	n, _ = f.next("QE report signature", quote.SignatureSize)
	n.Meaning = "by the processor's PCK, over the QE report. Not checked here"
	f.number("QE authentication data size", 2, "")
	n, _ = f.next("QE authentication data", len(v.quote.QEAuthData))
	n.Meaning = "goes into the QE report's report data with the attestation key"
	f.number("PCK certificate type", 2, "5: chain of certificates in PEM")
	f.number("PCK certificate chain size", 4, "")
	n, b := f.next("PCK certificate chain", len(v.quote.PCKChain))
	n.Value, n.Meaning = fmt.Sprintf("%d bytes of PEM", len(b)), "shown below"
	group.add(f.group("", 0).Children...)
	group.Size = f.at - from
	return group
}

// boundKey is what the QE report's report data must be: the digest of the attestation key.
func (v *view) boundKey() (d [64]byte) {
	sum := sha256.Sum256(append(bytes.Clone(v.quote.AttestationKey[:]), v.quote.QEAuthData...))
	copy(d[:], sum[:])
	return d
}

// explainData says what 64 bytes of report data may be.
func (v *view) explainData(n *Node, b []byte) {
	switch text := bytes.TrimRight(b, "\x00"); {
	case zero(b):
		n.Meaning, n.Alert = "all zero: the quote commits to nothing of the application's", true
	case v.Evidence != nil && v.bindingIs(b):
		n.Meaning = "the digest of the binding below: the worker's keys, operator, registry and nonce"
	case v.certificateErr == nil && v.certificate.VerifyBinding([64]byte(b)) == nil:
		n.Meaning = "the digest of the certificate's public key (" + string(v.certificate.Scheme) + ")"
	case isText(text, 4):
		n.Meaning = "text: " + printable(string(text))
		for prefix, what := range knownTexts {
			if strings.HasPrefix(string(text), prefix) {
				n.Meaning += " (" + what + ")"
			}
		}
	case zero(b[32:]):
		n.Meaning = "32 bytes, then zeros: perhaps a SHA-256 digest or a key; of what, the quote does not say"
	default:
		n.Meaning = "64 bytes, perhaps a SHA-512 digest; of what, the quote does not say"
	}
}

// knownTexts are texts that dstack's guest agent writes into report data. Any app may write them.
var knownTexts = map[string]string{
	"dip1::ed25519-pk:":    "dstack's form of an app's ed25519 key",
	"dip1::secp256k1c-pk:": "dstack's form of an app's secp256k1 key",
}

// isText reports whether b is printable ASCII, of at least shortest characters.
func isText(b []byte, shortest int) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) >= shortest
}

func (v *view) bindingIs(b []byte) bool {
	want := v.Evidence.Binding.ReportData()
	return bytes.Equal(want[:], b)
}
