// Package attestation decides whether evidence shows a worker in a confidential VM.
//
// Verify is one pure function: evidence, expectation, policy and time in, a verdict out, the
// same from the command line, the host and the browser. It trusts Intel's root, the caller's
// policy and nothing else; in particular nothing that the relay or the guest agent says. The
// verdict lists every check by a stable name. Packages below it are the stages: quote takes
// bytes apart, dcap judges the hardware, eventlog replays what the CVM measured.
package attestation

import (
	"crypto/x509"
	"errors"
	"fmt"
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

// Verify judges evidence at a time. want is what the verifier demands that the quote commits
// to: chain id, registry and nonce always; operator, receipt key and sealing key where the
// verifier knows them already, else zero, and then they are learnt from the evidence and bound
// by the quote. Verify never panics and reads nothing but its arguments.
func Verify(ev protocol.Evidence, want protocol.Binding, p Policy, now time.Time) Verdict {
	s := &session{ev: ev, want: want, policy: p, now: now, passed: make(map[string]bool)}
	s.verdict.VerifiedAt = now.UTC()
	ok := true
	for _, st := range steps {
		c := s.run(st)
		ok = ok && c.Status != Failed
		s.verdict.Checks = append(s.verdict.Checks, c)
	}
	s.describe()
	if ok {
		s.verdict.Verified = true
		s.verdict.worker = VerifiedWorker{
			proven: true, simulated: s.verdict.Simulated, binding: ev.Binding,
			workload: s.verdict.Workload, expires: s.verdict.ExpiresAt,
		}
		s.verdict.worker.binding = s.verdict.worker.Binding() // own copies of the keys
	}
	return s.verdict
}

// session is one run of Verify. Steps fill the fields that later steps need.
type session struct {
	ev     protocol.Evidence
	want   protocol.Binding
	policy Policy
	now    time.Time

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

// step is one check: what it is called, which checks must have passed before it makes sense,
// what to do when it fails.
type step struct {
	name   string
	needs  []string
	remedy string
	run    func(*session, *Check) error
}

// skipped is returned by a step that has nothing to look at; it says why.
type skipped string

func (s skipped) Error() string { return string(s) }

func (s *session) run(st step) Check {
	c := Check{Name: st.name}
	for _, need := range st.needs {
		if !s.passed[need] {
			c.Status, c.Detail = Skipped, "needs "+need
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
		c.Status, c.Detail = Skipped, string(skip)
	default:
		c.Status, c.Detail, c.Remedy = Failed, printable(err.Error()), st.remedy
	}
	return c
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

// Remedies that several checks share.
const (
	remedyWorker     = "do not use this worker"
	remedyCollateral = "fetch current collateral for this quote and try again"
	remedyPolicy     = "if this release is to be trusted, add its values to the policy"
	remedyFresh      = "ask the worker for evidence over this nonce"
)

// steps are all checks in their order. A check that needs one which did not pass is skipped, so
// that a verdict shows causes, not consequences.
var steps = []step{
	{"evidence.size", nil, "send smaller evidence", (*session).checkSize},
	{"quote.parse", []string{"evidence.size"}, remedyWorker, (*session).parseQuote},
	{"quote.trailing", []string{"quote.parse"}, remedyWorker, (*session).checkTrailing},
	{"quote.tee", []string{"quote.parse"}, "this verifier accepts Intel TDX version 4 and 5", (*session).checkTEE},
	{"collateral.parse", []string{"evidence.size"}, remedyCollateral, (*session).parseCollateral},
	{"pck.parse", []string{"quote.parse"}, remedyWorker, (*session).parsePCK},
	{"pck.chain", []string{"pck.parse"}, remedyWorker, (*session).checkPCKChain},
	{"crl.root", []string{"pck.chain", "collateral.parse"}, remedyCollateral, (*session).checkRootCRL},
	{"crl.pck", []string{"pck.chain", "collateral.parse"}, remedyCollateral, (*session).checkPCKCRL},
	{"qe.vendor", []string{"quote.parse"}, remedyWorker, (*session).checkVendor},
	{"qe.signature", []string{"pck.parse"}, remedyWorker, (*session).checkQESignature},
	{"qe.key-binding", []string{"quote.parse"}, remedyWorker, (*session).checkKeyBinding},
	{"quote.signature", []string{"quote.parse"}, remedyWorker, (*session).checkQuoteSignature},
	{"tcb-info.signature", []string{"pck.chain", "collateral.parse"}, remedyCollateral, (*session).checkTCBInfoSignature},
	{"tcb-info.dates", []string{"collateral.parse"}, remedyCollateral, (*session).checkTCBInfoDates},
	{"tcb-info.platform", []string{"collateral.parse", "pck.parse"}, remedyCollateral, (*session).checkTCBInfoPlatform},
	{"qe-identity.signature", []string{"pck.chain", "collateral.parse"}, remedyCollateral, (*session).checkQEIdentitySignature},
	{"qe-identity.dates", []string{"collateral.parse"}, remedyCollateral, (*session).checkQEIdentityDates},
	{"collateral.evaluation", []string{"collateral.parse"}, remedyCollateral, (*session).checkEvaluation},
	{"qe.identity", []string{"quote.parse", "collateral.parse"}, remedyWorker, (*session).checkQEIdentity},
	{"tcb.level", []string{"tcb-info.platform", "qe.identity"}, remedyWorker, (*session).checkTCBLevel},
	{"tcb.status", []string{"tcb.level"}, "wait until the operator has updated the platform, or accept the status in the policy", (*session).checkTCBStatus},
	{"tcb.advisories", []string{"tcb.level"}, "read the advisories; accept them in the policy if they do not matter to you", (*session).checkAdvisories},
	{"tcb.date", []string{"tcb.level"}, "wait until the operator has updated the platform", (*session).checkTCBDate},
	{"td.module", []string{"quote.tee", "tcb-info.platform"}, remedyWorker, (*session).checkModule},
	{"td.debug", []string{"quote.tee"}, remedyWorker, (*session).checkDebug},
	{"td.attributes", []string{"quote.tee"}, remedyWorker, (*session).checkAttributes},
	{"td.xfam", []string{"quote.tee"}, remedyWorker, (*session).checkXFAM},
	{"td.service", []string{"quote.tee"}, remedyWorker, (*session).checkServiceTD},
	{"measurements.known", []string{"quote.tee"}, remedyPolicy, (*session).checkMeasurements},
	{"eventlog.parse", []string{"evidence.size"}, remedyWorker, (*session).parseEventLog},
	{"eventlog.replay", []string{"eventlog.parse", "quote.tee"}, remedyWorker, (*session).checkReplay},
	{"eventlog.boot", []string{"eventlog.parse"}, remedyWorker, (*session).checkBoot},
	{"compose.hash", []string{"eventlog.boot"}, remedyPolicy, (*session).checkComposeHash},
	{"compose.text", []string{"eventlog.boot"}, "the text is not what runs: do not read it", (*session).checkComposeText},
	{"config-id.match", []string{"eventlog.boot", "quote.tee"}, remedyWorker, (*session).checkConfigID},
	{"key-provider.known", []string{"eventlog.boot"}, remedyPolicy, (*session).checkKeyProvider},
	{"binding.chain", nil, "use a worker that is registered on this chain", (*session).checkChain},
	{"binding.registry", nil, "use a worker of this registry", (*session).checkRegistry},
	{"binding.operator", nil, "the registered operator differs: do not pay this one", (*session).checkOperator},
	{"binding.nonce", nil, remedyFresh, (*session).checkNonce},
	{"binding.receipt-key", nil, remedyWorker, (*session).checkReceiptKey},
	{"binding.sealing-key", nil, remedyWorker, (*session).checkSealingKey},
	{"report-data.binding", []string{"quote.tee"}, remedyFresh, (*session).checkReportData},
}

// describe fills in what the evidence says, as far as it was bound to the quote.
func (s *session) describe() {
	v := &s.verdict
	if s.passed["pck.parse"] {
		v.Platform = Platform{
			FMSPC: fmt.Sprintf("%x", s.pck.FMSPC), DeviceID: s.pck.DeviceID(), PIID: fmt.Sprintf("%x", s.pck.PIID),
		}
	}
	if s.passed["collateral.parse"] {
		v.ExpiresAt = s.collateral.Expires().UTC()
	}
	if s.passed["tcb.level"] && s.passed["tcb-info.signature"] && s.passed["qe-identity.signature"] {
		v.TCBStatus, v.TCBDate, v.Advisories = s.assessment.Status, s.assessment.Date.UTC(), s.assessment.Advisories
	}
	if s.passed["eventlog.replay"] && s.passed["eventlog.boot"] {
		td := s.quote.TD
		v.AppID, v.InstanceID = fmt.Sprintf("%x", s.boot.AppID), fmt.Sprintf("%x", s.boot.InstanceID)
		v.Workload = protocol.Workload{
			TEE:  s.ev.TEE,
			MRTD: fmt.Sprintf("%x", td.MRTD), RTMR0: fmt.Sprintf("%x", td.RTMR[0]),
			RTMR1: fmt.Sprintf("%x", td.RTMR[1]), RTMR2: fmt.Sprintf("%x", td.RTMR[2]),
			ComposeHash: fmt.Sprintf("%x", s.boot.ComposeHash),
			KeyProvider: s.boot.KeyProvider.Name + ":" + s.boot.KeyProvider.ID,
		}
		v.WorkloadID = v.Workload.ID()
	}
}

func (s *session) checkSize(*Check) error {
	for _, part := range []struct {
		name  string
		got   int
		limit int
	}{
		{"quote", len(s.ev.Quote), quote.MaxBytes},
		{"event log", len(s.ev.EventLog), eventlog.MaxBytes},
		{"VM configuration", len(s.ev.VMConfig), maxVMConfig},
		{"app-compose", len(s.ev.AppCompose), maxAppCompose},
		{"collateral", len(s.ev.Collateral), dcap.MaxCollateralBytes},
	} {
		if part.got > part.limit {
			return fmt.Errorf("%s of %d bytes, at most %d", part.name, part.got, part.limit)
		}
	}
	return nil
}
