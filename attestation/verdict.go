package attestation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation/compose"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/protocol"
)

// Result is the outcome of one check.
type Result string

// The outcomes of a check.
const (
	Passed  Result = "passed"
	Failed  Result = "failed"
	Skipped Result = "skipped"
)

// Check is one thing that was looked at. Names are stable: callers may branch on them.
type Check struct {
	Name     string `json:"name"`
	Status   Result `json:"status"`
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"`
	Why      string `json:"why,omitempty"`    // it failed, or was skipped
	Remedy   string `json:"remedy,omitempty"` // what to do about a failure
}

// Schema is the name and version of the verdict as a JSON document.
const Schema = "encompute/verdict/v1"

// Verdict is the answer of a verifier, check by check. The zero value means "not verified", and
// so does every verdict that does not come from Verify or Examine: one decoded from JSON is
// somebody's claim. The status of the TCB is told of refused evidence, too.
type Verdict struct {
	Schema    string `json:"schema"`
	Accepted  bool   `json:"ok"`        // OK at the time of verification, for readers of the JSON document
	Simulated bool   `json:"simulated"` // no hardware: the evidence ends in a simulator's root
	TEE       string `json:"tee,omitempty"`

	TCBStatus  dcap.Status `json:"tcbStatus,omitempty"`
	TCBDate    time.Time   `json:"tcbDate,omitzero"`
	Advisories []string    `json:"advisories,omitempty"`
	Identity   Identity    `json:"identity"`
	NotProven  []string    `json:"notProven"` // what nobody may conclude from this verdict

	Checks []Check           `json:"checks"`
	Lint   []compose.Finding `json:"lint,omitempty"` // of the app-compose that was shown and measured

	VerifiedAt time.Time `json:"verifiedAt,omitzero"`
	ExpiresAt  time.Time `json:"expiresAt,omitzero"` // when the first part of the collateral does

	Workload   protocol.Workload `json:"workload"`
	WorkloadID protocol.Digest   `json:"workloadId"`
	// Evaluations are the evaluation numbers of the collateral, once its signatures are verified.
	Evaluations dcap.Evaluations `json:"evaluations,omitempty"`

	accepted bool           // set by Verify and Examine, and only when everything passed
	worker   VerifiedWorker // set by Verify then
}

// OK reports whether Verify or Examine found nothing wrong.
func (v Verdict) OK() bool { return v.accepted }

// Check returns the check of a name.
func (v Verdict) Check(name string) (Check, bool) {
	for _, c := range v.Checks {
		if c.Name == name {
			return c, true
		}
	}
	return Check{}, false
}

// Refuse returns the verdict with one more check that failed, of a caller who compared more with
// the evidence; it is not OK and gives no worker.
func (v Verdict) Refuse(c Check) Verdict {
	c.Status = Failed
	v.Checks = append(slices.Clip(v.Checks), c)
	v.Accepted, v.accepted, v.worker = false, false, VerifiedWorker{}
	return v
}

// Err returns nil for a verdict that is OK and otherwise a *CheckError of the first failed check.
func (v Verdict) Err() error {
	if v.OK() {
		return nil
	}
	for _, c := range v.Checks {
		if c.Status == Failed {
			return &CheckError{Check: c, Simulated: v.Simulated}
		}
	}
	return ErrNotVerified
}

// Worker returns the proof that a worker passed Verify. It refuses with Err, and what was only
// examined with ErrNotVerified.
func (v Verdict) Worker() (VerifiedWorker, error) {
	if err := v.Err(); err != nil {
		return VerifiedWorker{}, err
	}
	if !v.worker.proven {
		return VerifiedWorker{}, fmt.Errorf("%w: no worker was asked for, so none is bound", ErrNotVerified)
	}
	return v.worker, nil
}

// ErrNotVerified is wrapped by every refusal.
var ErrNotVerified = errors.New("evidence is not verified")

// Classes of refusal. A *CheckError matches ErrNotVerified and its class.
var (
	ErrMalformed  = errors.New("evidence is malformed")
	ErrHardware   = errors.New("not genuine hardware")
	ErrCollateral = errors.New("collateral is missing, stale or not Intel's")
	ErrTCB        = errors.New("platform is not up to date")
	ErrTD         = errors.New("trust domain or enclave is not protected")
	ErrSoftware   = errors.New("software is not the expected one")
	ErrBinding    = errors.New("evidence is not about this worker and this nonce")
)

// CheckError is a refusal because of one check.
type CheckError struct {
	Check     Check
	Simulated bool
}

func (e *CheckError) Error() string {
	s := fmt.Sprintf("%v: check %s failed: %s", ErrNotVerified, e.Check.Name, e.Check.Why)
	if e.Check.Remedy != "" {
		s += "; " + e.Check.Remedy
	}
	return s
}

// Is matches ErrNotVerified and the class of the check.
func (e *CheckError) Is(target error) bool {
	return target == ErrNotVerified || target == class(e.Check.Name)
}

// class maps the first word of a check's name to its class.
func class(name string) error {
	stage, _, _ := strings.Cut(name, ".")
	switch stage {
	case "evidence":
		return ErrMalformed
	case "quote", "pck", "qe", "device":
		return ErrHardware
	case "collateral", "crl", "tcb-info", "qe-identity":
		return ErrCollateral
	case "tcb":
		return ErrTCB
	case "td", "sgx":
		return ErrTD
	case "measurements", "eventlog", "compose", "app-id", "config-id", "key-provider", "kms":
		return ErrSoftware
	case "binding", "report-data", "certificate":
		return ErrBinding
	}
	return nil
}

// VerifiedWorker is the proof that a worker's evidence passed a policy. Only Verdict.Worker makes
// one; the methods of the zero value return zero values and Valid reports false.
type VerifiedWorker struct {
	proven    bool
	simulated bool
	binding   protocol.Binding
	workload  protocol.Workload
	expires   time.Time
}

// Valid reports whether w came from a passed verdict.
func (w VerifiedWorker) Valid() bool { return w.proven }

// Simulated reports whether there is no hardware behind w.
func (w VerifiedWorker) Simulated() bool { return w.simulated }

// ReceiptKey is the compressed secp256k1 key that signs the worker's receipts.
func (w VerifiedWorker) ReceiptKey() []byte { return append([]byte(nil), w.binding.ReceiptKey...) }

// SealingKey is the HPKE public key of the worker's app.
func (w VerifiedWorker) SealingKey() []byte { return append([]byte(nil), w.binding.SealingKey...) }

// Operator is who is paid for the worker's work.
func (w VerifiedWorker) Operator() protocol.Address { return w.binding.Operator }

// Binding is all that the quote's report data commits to.
func (w VerifiedWorker) Binding() protocol.Binding {
	b := w.binding
	b.ReceiptKey, b.SealingKey = w.ReceiptKey(), w.SealingKey()
	return b
}

// Signer is the account of the receipt key.
func (w VerifiedWorker) Signer() (protocol.Address, error) {
	if !w.proven {
		return protocol.Address{}, ErrNotVerified
	}
	return w.binding.Signer()
}

// Workload is what runs, and on which system.
func (w VerifiedWorker) Workload() protocol.Workload { return w.workload }

// ExpiresAt is when the first part of the collateral does.
func (w VerifiedWorker) ExpiresAt() time.Time { return w.expires }
