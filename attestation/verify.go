// Package attestation decides whether evidence shows a worker in a confidential VM or enclave.
//
// Verify is one pure function: evidence, expectation, policy and time in, a verdict out, the
// same from the command line, the host and the browser. Examine asks the same questions about
// evidence that is not a worker's. Both trust Intel's root, the caller's policy and nothing else;
// in particular nothing that the relay or the guest agent says. The verdict lists every check by
// a stable name. Packages below it are the stages: quote takes bytes apart, dcap judges the
// hardware, eventlog replays what the CVM measured, kms follows its keys to their origin.
package attestation

import (
	"crypto/x509"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/protocol"
)

// Bounds of the parts of evidence that no other package bounds.
const (
	maxVMConfig   = 64 << 10
	maxAppCompose = 256 << 10
	maxText       = 4 << 10 // of one field of a check
)

// Subject is evidence of whatever kind: a quote and what explains it. All but Quote may be empty;
// then the checks that need it are skipped, or fail if the policy demands them.
type Subject struct {
	TEE        string // "tdx" or "sgx", held to the quote; empty: as the quote says
	Quote      []byte // as the hardware signed it; of EGo with the header of Open Enclave
	Collateral []byte // QuoteCollateralV3 as JSON; without it nothing is accepted
	EventLog   []byte // of dstack: JSON, as the guest agent gave it
	VMConfig   []byte // of dstack: JSON, as the guest agent gave it
	AppCompose []byte // of dstack: raw bytes of app-compose.json

	Certificate []byte // DER of the RA-TLS certificate that the quote is about; empty: about something else
}

// Verify judges the evidence of a worker at a time. want is what the verifier demands that the
// quote commits to: chain id, registry and nonce always; operator, receipt key and sealing key
// where the verifier knows them already, else zero, and then they are learnt from the evidence
// and bound by the quote. Software that the policy does not name is refused. Verify never panics
// and reads nothing but its arguments.
func Verify(ev protocol.Evidence, want protocol.Binding, p Policy, now time.Time) Verdict {
	s := newSession(Subject{
		TEE: ev.TEE, Quote: ev.Quote, Collateral: ev.Collateral, EventLog: ev.EventLog,
		VMConfig: ev.VMConfig, AppCompose: ev.AppCompose,
	}, p, now)
	s.worker, s.binding, s.want, s.keyChain = true, ev.Binding, want, ev.ReceiptKeyChain
	v := s.judge()
	if v.OK() {
		v.worker = VerifiedWorker{
			proven: true, simulated: v.Simulated, binding: ev.Binding, workload: v.Workload, expires: v.ExpiresAt,
		}
		v.worker.binding = v.worker.Binding() // own copies of the keys
	}
	return v
}

// Examine judges evidence that is bound to nothing the verifier knows: it makes the checks of
// Verify but those of the binding, and never yields a VerifiedWorker. Lists that the policy
// leaves empty are skipped, unless it requires dstack.
func Examine(subject Subject, p Policy, now time.Time) Verdict {
	return newSession(subject, p, now).judge()
}

// session is one run of the checks. Steps fill the fields that later steps need.
type session struct {
	subject Subject
	policy  Policy
	now     time.Time

	worker        bool // asked by Verify
	binding, want protocol.Binding
	keyChain      *protocol.KeyChain

	passed  map[string]bool
	verdict Verdict

	quote      quote.Quote
	collateral dcap.Collateral
	pck        dcap.PCK
	root       *x509.Certificate
	assessment dcap.Assessment
	events     []eventlog.Event
	boot       eventlog.Boot
}

func newSession(subject Subject, p Policy, now time.Time) *session {
	return &session{subject: subject, policy: p, now: now, passed: make(map[string]bool)}
}

// strict reports whether software must be named by the policy: always for a worker.
func (s *session) strict() bool { return s.worker || s.policy.literal.Dstack.Required }

func (s *session) judge() Verdict {
	v := &s.verdict
	v.Schema, v.VerifiedAt = Schema, s.now.UTC()
	ok := true
	for _, st := range steps {
		if st.scope == forWorker && !s.worker || st.scope == forSubject && s.worker {
			continue
		}
		c := s.run(st)
		ok = ok && c.Status != Failed
		v.Checks = append(v.Checks, c)
	}
	s.describe()
	v.Accepted, v.accepted = ok, ok
	v.NotProven = s.notProven()
	return *v
}

// skipped is returned by a step that has nothing to look at; it says why.
type skipped string

func (s skipped) Error() string { return string(s) }

func (s *session) run(st step) Check {
	c := Check{Name: st.name}
	if why := s.foreign(st.scope); why != "" {
		c.Status, c.Why = Skipped, why
		return c
	}
	for _, need := range st.needs {
		if !s.passed[need] {
			c.Status, c.Why = Skipped, "needs "+need
			return c
		}
	}
	err := st.run(s, &c)
	c.Got = printable(c.Got)
	var skip skipped
	switch {
	case err == nil:
		c.Status = Passed
		s.passed[st.name] = true
	case errors.As(err, &skip):
		c.Status, c.Why = Skipped, string(skip)
	default:
		c.Status, c.Why, c.Remedy = Failed, printable(err.Error()), st.remedy
	}
	return c
}

// foreign says why a step is not for the quote's TEE.
func (s *session) foreign(of scope) string {
	switch {
	case !s.passed["quote.parse"]:
	case of == ofTDX && s.quote.TEE != quote.TDX:
		return "only TDX has it; the quote is of an SGX enclave"
	case of == ofSGX && s.quote.TEE != quote.SGX:
		return "only SGX has it; the quote is of a TD"
	}
	return ""
}

// printable makes text out of what may come from an attacker: no control characters, no flood.
func printable(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
