package creator

import (
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// Errors that callers branch on.
var (
	// ErrWrongNetwork says that the host is not of the configured network.
	ErrWrongNetwork = errors.New("host is of another network: correct the configuration or use another host")
	// ErrPlan says that a prefix cannot be evaluated encrypted as the model evaluates it.
	ErrPlan = errors.New("prefix cannot be offered: choose another cut")
	// ErrUnpublished says that the same was published before and stopped since; PublishConfig.Again lets it take jobs again.
	ErrUnpublished = errors.New("model was unpublished and takes no jobs: publish it again where it was unpublished")
	// ErrRenewed says that the same was published before and another model has its new key.
	ErrRenewed = errors.New("model got another key and takes no jobs under the old one")
	// ErrLogin says that the host does not let the creator in; trying again does not help.
	ErrLogin = errors.New("host refuses the creator")
	// ErrHostDown says that the host does not answer.
	ErrHostDown = errors.New("host does not answer: check its address, and try again")
)

// refusal is why a release is not answered with a result; the user is told.
type refusal struct{ code, why string }

func (r refusal) Error() string { return r.why }

func refuse(format string, args ...any) error {
	return refusal{protocol.FailRelease, fmt.Sprintf(format, args...)}
}

// failedMessage is the answer to a release that was refused.
func (r refusal) failedMessage(job protocol.Digest) protocol.Failed {
	return protocol.Failed{JobID: job, Code: r.code, Detail: r.why}
}
