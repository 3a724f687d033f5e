package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/cmd/internal/token"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// The exit statuses.
const (
	exitOK        = 0
	exitFailed    = 1 // refused or failed
	exitMisuse    = 2 // the command line is wrong
	exitUnchecked = 2 // of attest: there is no verdict
)

// fault is an error as a person or a program wants it: what is wrong, where, and what
// to do about it.
type fault struct {
	Code   string `json:"code"`            // stable, for programs
	Field  string `json:"field,omitempty"` // flag, file or value that is wrong
	Detail string `json:"detail"`          // what is wrong
	Remedy string `json:"remedy,omitempty"`

	JobID *protocol.Digest `json:"jobId,omitempty"` // of a job that is kept

	unchecked bool // evidence could not be judged, which is neither accepted nor refused
}

// Error implements error: field, detail and remedy on one line.
func (f fault) Error() string {
	s := f.Detail
	if f.Field != "" {
		s = f.Field + ": " + s
	}
	if f.Remedy != "" {
		s += ": " + f.Remedy
	}
	return s
}

const (
	codeMisuse      = "misuse"
	codeInterrupted = "interrupted"
)

// misuse is a fault of the command line.
func misuse(field, detail, remedy string) fault {
	return fault{Code: codeMisuse, Field: field, Detail: detail, Remedy: remedy}
}

// explain turns any error into a fault: the one place that knows the errors of the
// packages below.
func explain(err error) fault {
	var f fault
	if errors.As(err, &f) {
		if prefix, _, ok := strings.Cut(err.Error(), f.Error()); ok && prefix != "" {
			f.Detail = prefix + f.Detail
		}
		return f
	}
	var (
		problem  protocol.Problem
		failure  *client.Error
		field    *network.FieldError
		check    *attestation.CheckError
		unfunded *contracts.UnfundedError
		revert   *contracts.RevertError
	)
	switch {
	case errors.As(err, &unfunded):
		return explainUnfunded(unfunded)
	case errors.As(err, &failure):
		return fault{Code: string(failure.Code), Field: failure.Check, Detail: failure.Err.Error(), Remedy: failure.Code.Remedy()}
	case errors.As(err, &check):
		return fault{Code: "evidence-refused", Field: check.Check.Name, Detail: check.Check.Why, Remedy: check.Check.Remedy}
	case errors.As(err, &field):
		return fault{Code: "network-file", Field: field.Name(), Detail: field.Detail, Remedy: field.Remedy}
	case errors.As(err, &revert):
		return fault{Code: "contract-refused", Field: revert.Name, Detail: err.Error()}
	case errors.As(err, &problem):
		return fault{Code: problem.Code, Detail: firstOf(problem.Detail, problem.Title), Remedy: problem.Remedy}
	case errors.Is(err, context.Canceled):
		return fault{Code: codeInterrupted, Detail: "interrupted"}
	case errors.Is(err, protocol.ErrMalformed):
		return fault{Code: "malformed", Detail: err.Error()}
	}
	return fault{Code: "failed", Detail: err.Error()}
}

// explainUnfunded names the account and what to send it, in whole tokens or ether.
func explainUnfunded(e *contracts.UnfundedError) fault {
	show, asset := ether, "ETH"
	if e.Asset != "wei" {
		show, asset = func(v *big.Int) string { return token.Amount(v.Uint64()).String() }, "tokens"
	}
	return fault{
		Code: string(client.CodeUnfunded), Field: "wallet",
		Detail: fmt.Sprintf("account %s has %s of %s %s", e.Account, show(e.Have), show(e.Need), asset),
		Remedy: fmt.Sprintf("send it at least %s %s more", show(new(big.Int).Sub(e.Need, e.Have)), asset),
	}
}

// fail reports err and returns the exit status: a line for people on standard error,
// and with --json a document, unless the command has printed its own.
func (o *output) fail(err error) int {
	f := explain(err)
	fmt.Fprintf(o.stderr, "encompute: %s\n", f.Error())
	if o.json && !o.printed {
		b, _ := json.MarshalIndent(struct {
			Error fault `json:"error"`
		}{f}, "", "  ") // a struct of strings always encodes
		fmt.Fprintf(o.stdout, "%s\n", b)
	}
	switch {
	case f.Code == codeMisuse:
		return exitMisuse
	case f.unchecked:
		return exitUnchecked
	}
	return exitFailed
}
