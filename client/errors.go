package client

import (
	"errors"
	"fmt"
)

// Code names a kind of failure that callers branch on; Remedy says what to do about it.
type Code string

// The codes of Error.
const (
	CodeHostDown        Code = "host-down"        // no answer from the host
	CodeHostRefused     Code = "host-refused"     // the host answered with a problem
	CodeHostAnswer      Code = "host-answer"      // the host's answer is malformed or too large
	CodeWrongNetwork    Code = "wrong-network"    // the host serves other contracts
	CodeChain           Code = "chain"            // the chain cannot be read or written
	CodeUnknownModel    Code = "unknown-model"    // not registered, or not active
	CodeModelRefused    Code = "model-refused"    // the manifest is not the registered one
	CodeCutNotOffered   Code = "cut-not-offered"  // the model is not offered at this cut
	CodeInput           Code = "input"            // the input does not fit the model
	CodeTooExpensive    Code = "too-expensive"    // the job costs more than the user agreed to
	CodeUnfunded        Code = "unfunded"         // the wallet cannot pay
	CodeNoWorker        Code = "no-worker"        // no live worker of the cut's workload
	CodeEvidenceRefused Code = "evidence-refused" // a worker's evidence did not verify
	CodeCollateral      Code = "collateral"       // no collateral to verify evidence by
	CodeReceiptRefused  Code = "receipt-refused"  // a receipt or its output did not verify
	CodeReleaseRefused  Code = "release-refused"  // the intermediate is not safe to release
	CodeBudget          Code = "budget"           // releases of the input would tell too much
	CodeDeclined        Code = "declined"         // the user did not agree to the release
	CodeSheetRefused    Code = "sheet-refused"    // an attested leakage sheet did not verify
	CodeTooManyJobs     Code = "too-many-jobs"    // the creator takes no more jobs of the account for now
	CodeResultRefused   Code = "result-refused"   // a delivered result did not verify
	CodeJobFailed       Code = "job-failed"       // the worker or the creator gave up
	CodeCreatorOffline  Code = "creator-offline"  // released, but nobody answers yet
	CodeDeadlinePassed  Code = "deadline-passed"  // nobody answered in time
	CodeWithheld        Code = "withheld"         // the chain names a result, the host has none
	CodeContest         Code = "contest"          // contesting the delivery is not possible, or would lose the bond
	CodeExpired         Code = "expired"          // prepared too long ago, nothing was paid
	CodeRefunded        Code = "refunded"         // the money is back
	CodeStore           Code = "store"            // the job cannot be kept on this machine
)

// Remedy is what the user can do about a failure.
func (c Code) Remedy() string {
	switch c {
	case CodeHostDown:
		return "check the host's address and the network, then resume the job; nothing is lost"
	case CodeHostRefused, CodeHostAnswer:
		return "update this program, or use another host"
	case CodeWrongNetwork:
		return "use a host of the configured network, or correct the configuration"
	case CodeChain:
		return "check the chain's address, then resume the job"
	case CodeUnknownModel:
		return "list the models and choose one that is active"
	case CodeModelRefused:
		return "do not use this host for this model; ask the creator for the manifest"
	case CodeCutNotOffered:
		return "choose one of the cuts that the model lists"
	case CodeInput:
		return "give an input as the model's card describes it"
	case CodeTooExpensive:
		return "raise the limit, or choose another cut or model"
	case CodeUnfunded:
		return "fund the wallet with the market's token"
	case CodeNoWorker:
		return "try again later, or choose a cut of another workload"
	case CodeEvidenceRefused:
		return "do not use this worker; look at the failed checks of its verdict"
	case CodeCollateral:
		return "check the network, or name another source of collateral; this says nothing about the worker"
	case CodeReceiptRefused:
		return "nothing was opened; keep the job for a complaint and ask for a refund after the deadline"
	case CodeReleaseRefused:
		return "nothing was released; choose another cut, or ask for a refund after the deadline"
	case CodeBudget:
		return "choose a cut that tells less, or allow going beyond the budget explicitly"
	case CodeDeclined:
		return "nothing was released; resume the job to decide again, or ask for a refund after the deadline"
	case CodeSheetRefused:
		return "do not rely on the sheet; look at the failed checks of its verdict"
	case CodeTooManyJobs:
		return "nothing was paid; try again when a day has passed since the earliest of them"
	case CodeResultRefused:
		return "do not use the result; keep the job for a complaint"
	case CodeJobFailed:
		return "ask for a refund after the deadline, then try again"
	case CodeCreatorOffline:
		return "the creator answers when it is back: resume the job later"
	case CodeDeadlinePassed:
		return "ask for a refund"
	case CodeWithheld:
		return "contest the delivery within the hour that the contract gives"
	case CodeContest:
		return "resume the job first, and read the result if it comes"
	case CodeExpired:
		return "start the job again"
	case CodeRefunded:
		return "withdraw the money, or start another job"
	case CodeStore:
		return "check the folder's rights, space and passphrase"
	}
	return ""
}

// unjudged reports whether a failure says nothing about the worker that was to be verified.
func (c Code) unjudged() bool {
	return c == CodeHostDown || c == CodeChain || c == CodeCollateral || c == CodeStore
}

// Error is a failure with a code and, for something refused, the check that refused it.
type Error struct {
	Code  Code
	Check string // e.g. "receipt.outputHash"; empty if nothing was refused
	Err   error
}

// Error implements error: what is wrong, then what to do.
func (e *Error) Error() string {
	s := e.Err.Error()
	if e.Check != "" {
		s = e.Check + ": " + s
	}
	if r := e.Code.Remedy(); r != "" {
		s += ": " + r
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of err; empty if it has none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// fail wraps err in a code, unless it carries one already or is nil.
func fail(code Code, err error) error {
	if err == nil || CodeOf(err) != "" {
		return err
	}
	return &Error{Code: code, Err: err}
}

// refuse reports a failed check.
func refuse(code Code, check, format string, args ...any) error {
	return &Error{Code: code, Check: check, Err: fmt.Errorf(format, args...)}
}
