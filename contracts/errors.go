package contracts

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/encrypted-compute/encompute/protocol"
)

// ErrUnfunded is what every *UnfundedError wraps.
var ErrUnfunded = errors.New("account has too little")

// UnfundedError says which account needs how much of what.
type UnfundedError struct {
	Account protocol.Address
	Asset   string // "wei" of the chain's own coin, or "token units" of the market's token
	Have    *big.Int
	Need    *big.Int
}

// Error names the account and the remedy.
func (e *UnfundedError) Error() string {
	missing := new(big.Int).Sub(e.Need, e.Have)
	return fmt.Sprintf("account %s has %s of %s %s: send it at least %s more", e.Account, e.Have, e.Need, e.Asset, missing)
}

// Unwrap returns ErrUnfunded.
func (e *UnfundedError) Unwrap() error { return ErrUnfunded }

// RevertError is a contract's refusal: a custom error of the contracts of src or of
// OpenZeppelin, or "Error" with the reason as its one argument.
type RevertError struct {
	Name string // as in the Solidity source, e.g. "InvalidDeadline"
	Args []Arg
}

// Arg is a named argument of a RevertError.
type Arg struct {
	Name  string
	Value any
}

// Error shows name and arguments, and the remedy where there is one.
func (e *RevertError) Error() string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = fmt.Sprintf("%s %v", a.Name, a.Value)
	}
	text := fmt.Sprintf("contract refused: %s(%s)", e.Name, strings.Join(args, ", "))
	if r, ok := remedies()[e.Name]; ok {
		text += ": " + r
	}
	return text
}

// IsRevert reports whether err is a contract's refusal of that name.
func IsRevert(err error, name string) bool {
	var r *RevertError
	return errors.As(err, &r) && r.Name == name
}

// remedies says what to do about refusals that a caller can do something about.
func remedies() map[string]string {
	return map[string]string{
		"AlreadyListed":              "it is allowed already, or will be from that time (Unix seconds) on",
		"ComputeLimitExceeded":       "the prefix took longer than the job allows; the user gets the money back",
		"CutNotOffered":              "choose a cut that has a price",
		"DeadlineNotPassed":          "wait until the deadline (Unix seconds) is over",
		"DeadlinePassed":             "too late (Unix seconds): the user may ask for a refund",
		"EnforcedPause":              "the market takes no new jobs for now; try again later",
		"EvidenceExpired":            "get a fresh quote and verdict",
		"EvidenceNotNewer":           "get a verdict that is valid longer than the registered one",
		"EvidenceTooLong":            "get a verdict for at most 30 days",
		"InvalidComputeLimit":        "state 1 to 60000 ms",
		"InvalidDeadline":            "take it from the latest block's time, within the limits (Unix seconds)",
		"InvalidState":               "read the job's state",
		"ModelNotActive":             "choose another model",
		"NotAttester":                "use a verdict of an attester that the registry knows",
		"NotCreator":                 "sign with the model creator's key",
		"NotLiveWorker":              "the receipt must be by a registered worker of the job's workload",
		"NotRelay":                   "sign the transfer with the key of a host that the market knows",
		"NotSignedByUser":            "sign the acknowledgement with the key of the job's user",
		"NotSignedByCreator":         "sign the delivery with the job creator's key",
		"NotUser":                    "post with the key of the spec's user",
		"OwnableUnauthorizedAccount": "only the contract's owner may do this",
		"SignerRevoked":              "a revoked worker needs a new receipt key",
		"VerifierNotAllowed":         "use a verifier that the registry allows",
		"WorkloadNotAllowed":         "use a workload that the registry allows",
		"WrongFeeBps":                "read the market's fee again",
		"WrongManifest":              "fetch the model's manifest again",
		"WrongOutputHash":            "answer the output that the receipt names",
		"WrongResultHash":            "name the result that the delivery named",
		"WrongPrice":                 "read the price again and pay at least that",
	}
}

// errorTable finds a custom error by its selector.
type errorTable map[[4]byte]abi.Error

func newErrorTable() (errorTable, error) {
	table := errorTable{}
	for _, m := range ours() {
		parsed, err := m.ParseABI()
		if err != nil {
			return nil, fmt.Errorf("parse ABI of %s: %w", m.ID, err)
		}
		for _, e := range parsed.Errors {
			table[[4]byte(e.ID[:4])] = e
		}
	}
	return table, nil
}

// decode turns the error of a call that reverted into a *RevertError or
// *UnfundedError; other errors pass through.
func (t errorTable) decode(err error) error {
	var data rpc.DataError
	if !errors.As(err, &data) {
		return err
	}
	text, ok := data.ErrorData().(string)
	if !ok {
		return err
	}
	raw, hexErr := hexutil.Decode(text)
	if hexErr != nil || len(raw) < 4 {
		return err
	}
	if refusal := t.decodeRevert(raw); refusal != nil {
		return refusal
	}
	return fmt.Errorf("contract refused with unknown error %#x: %w", raw[:4], err)
}

// decodeRevert decodes what a call that reverted returned; nil if no contract of ours gives that.
func (t errorTable) decodeRevert(raw []byte) error {
	if len(raw) < 4 {
		return nil
	}
	if reason, err := abi.UnpackRevert(raw); err == nil {
		return &RevertError{"Error", []Arg{{"reason", reason}}}
	}
	e, ok := t[[4]byte(raw[:4])]
	if !ok {
		return nil
	}
	values, err := e.Inputs.Unpack(raw[4:])
	if err != nil {
		return fmt.Errorf("contract refused with malformed %s: %w", e.Name, err)
	}
	revert := &RevertError{Name: e.Name}
	for i, v := range values {
		revert.Args = append(revert.Args, Arg{e.Inputs[i].Name, readable(v)})
	}
	return unfunded(e.Name, values, revert)
}

// unfunded makes an UnfundedError of the token's refusals to pay.
func unfunded(name string, values []any, otherwise error) error {
	if name != "ERC20InsufficientBalance" || len(values) != 3 {
		return otherwise
	}
	account, ok1 := values[0].(common.Address)
	have, ok2 := values[1].(*big.Int)
	need, ok3 := values[2].(*big.Int)
	if !ok1 || !ok2 || !ok3 {
		return otherwise
	}
	return &UnfundedError{protocol.Address(account), "token units", have, need}
}

// readable gives the values that are shown in errors the types of protocol.
func readable(v any) any {
	switch v := v.(type) {
	case common.Address:
		return protocol.Address(v)
	case [32]byte:
		return protocol.Digest(v)
	}
	return v
}
