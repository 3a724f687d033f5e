package attestation

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

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
	Detail   string `json:"detail,omitempty"` // what went wrong, or why it was skipped
	Remedy   string `json:"remedy,omitempty"` // what to do about a failure
}

// Platform is which machine made the quote, as far as its certificate tells.
type Platform struct {
	FMSPC    string `json:"fmspc,omitempty"`    // family of processors
	DeviceID string `json:"deviceId,omitempty"` // SHA-256 of the PPID: this processor
	PIID     string `json:"piid,omitempty"`     // this platform
}

// Verdict is the answer of a verifier, check by check. The zero value means "not verified", and
// so does every verdict that does not come from Verify: one decoded from JSON is somebody's
// claim.
type Verdict struct {
	// Verified is OK at the time of verification, for readers of the JSON document.
	Verified  bool `json:"verified"`
	Simulated bool `json:"simulated"` // no hardware: the evidence ends in a simulator's root

	TCBStatus  dcap.Status `json:"tcbStatus,omitempty"`
	Advisories []string    `json:"advisories,omitempty"`
	TCBDate    time.Time   `json:"tcbDate,omitzero"`
	Platform   Platform    `json:"platform,omitzero"`

	Workload   protocol.Workload `json:"workload"`
	WorkloadID protocol.Digest   `json:"workloadId"`
	AppID      string            `json:"appId,omitempty"`
	InstanceID string            `json:"instanceId,omitempty"`

	VerifiedAt time.Time `json:"verifiedAt,omitzero"`
	ExpiresAt  time.Time `json:"expiresAt,omitzero"` // when the first part of the collateral does

	Checks []Check `json:"checks"`

	worker VerifiedWorker // set by Verify, and only when everything passed
}

// OK reports whether Verify found nothing wrong.
func (v Verdict) OK() bool { return v.worker.proven }

// Check returns the check of a name.
func (v Verdict) Check(name string) (Check, bool) {
	for _, c := range v.Checks {
		if c.Name == name {
			return c, true
		}
	}
	return Check{}, false
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

// Worker returns the proof that a worker passed; it refuses with Err.
func (v Verdict) Worker() (VerifiedWorker, error) {
	if err := v.Err(); err != nil {
		return VerifiedWorker{}, err
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
	ErrTD         = errors.New("trust domain is not protected")
	ErrSoftware   = errors.New("software is not the expected one")
	ErrBinding    = errors.New("evidence is not about this worker and this nonce")
)

// CheckError is a refusal because of one check.
type CheckError struct {
	Check     Check
	Simulated bool
}

func (e *CheckError) Error() string {
	s := fmt.Sprintf("%v: check %s failed: %s", ErrNotVerified, e.Check.Name, e.Check.Detail)
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
	case "quote", "pck", "qe":
		return ErrHardware
	case "collateral", "crl", "tcb-info", "qe-identity":
		return ErrCollateral
	case "tcb":
		return ErrTCB
	case "td":
		return ErrTD
	case "measurements", "eventlog", "compose", "config-id", "key-provider":
		return ErrSoftware
	case "binding", "report-data":
		return ErrBinding
	}
	return nil
}

// WriteText shows the verdict to people.
func (v Verdict) WriteText(w io.Writer) error {
	var b strings.Builder
	title := "NOT VERIFIED"
	if v.OK() {
		title = "verified"
	}
	if v.Simulated {
		title += " (SIMULATED: no hardware stands behind this)"
	}
	fmt.Fprintf(&b, "%s\n", title)
	for _, c := range v.Checks {
		fmt.Fprintf(&b, "  %-7s %-24s %s\n", c.Status, c.Name, c.summary())
		if c.Status == Failed && c.Remedy != "" {
			fmt.Fprintf(&b, "  %-7s %-24s -> %s\n", "", "", c.Remedy)
		}
	}
	if v.TCBStatus != "" {
		fmt.Fprintf(&b, "TCB       %s of %s %s\n", v.TCBStatus, v.TCBDate.UTC().Format(time.DateOnly), strings.Join(v.Advisories, " "))
	}
	if v.Platform.DeviceID != "" {
		fmt.Fprintf(&b, "device    %s\n", v.Platform.DeviceID)
	}
	if !v.WorkloadID.IsZero() {
		fmt.Fprintf(&b, "workload  %s\n", v.WorkloadID)
	}
	if !v.ExpiresAt.IsZero() {
		fmt.Fprintf(&b, "expires   %s\n", v.ExpiresAt.UTC().Format(time.RFC3339))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c Check) summary() string {
	if c.Detail != "" {
		return c.Detail
	}
	return short(c.Got)
}

// short cuts long values for a line of text.
func short(s string) string {
	if len(s) <= 72 {
		return s
	}
	return s[:69] + "..."
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
