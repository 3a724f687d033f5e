package upload

import (
	"context"
	"errors"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// Patiently returns what Run takes to try again while an error may pass, after pauses that double from first to 5 s, until they
// come to patience.
func Patiently(first, patience time.Duration) func(context.Context, func() error) error {
	return func(ctx context.Context, do func() error) error {
		left := patience
		for pause := first; ; pause = min(2*pause, 5*time.Second) {
			err := do()
			if err == nil || !passes(err) || pause > left {
				return err
			}
			left -= pause
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return errors.Join(err, context.Cause(ctx))
			}
		}
	}
}

// passes reports whether a request that failed may succeed later: it was not answered, or by a host that is busy, or the upload
// stands elsewhere and has to be asked about again.
func passes(err error) bool {
	if errors.Is(err, ErrBody) || errors.Is(err, ErrAnswer) {
		return false
	}
	p, ok := errors.AsType[protocol.Problem](err)
	if !ok || p.Code == "upload_offset" {
		return true
	}
	switch p.Status {
	case 429, 500, 502, 503, 504:
		return true
	case 400:
		return p.Code == "" // whoever stood before the host saw the request break off
	}
	return false
}
