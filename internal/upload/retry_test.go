package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// What may pass is tried again, until patience is over, and nothing else is.
func TestPatiently(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"no error":            {nil, 1},
		"no answer":           {io.ErrUnexpectedEOF, 4},
		"busy":                {fmt.Errorf("patch: %w", protocol.Problem{Status: 503, Code: "busy"}), 4},
		"elsewhere":           {protocol.Problem{Status: 409, Code: "upload_offset"}, 4},
		"broken off":          {protocol.Problem{Status: 400}, 4},
		"refused":             {protocol.Problem{Status: 400, Code: "bad_request"}, 1},
		"forbidden":           {protocol.Problem{Status: 403}, 1},
		"body that is gone":   {fmt.Errorf("%w: %w", ErrBody, io.ErrUnexpectedEOF), 1},
		"answer that is none": {fmt.Errorf("%w: half of it", ErrAnswer), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			// Pauses of 1, 2 and 4 ms, and none of 8.
			err := Patiently(time.Millisecond, 8*time.Millisecond)(t.Context(), func() error { tries++; return c.err })
			if tries != c.want || !errors.Is(err, c.err) {
				t.Errorf("%d tries, want %d; %v", tries, c.want, err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := Patiently(time.Hour, 2*time.Hour)(ctx, func() error { cancel(); return io.ErrUnexpectedEOF })
	if !errors.Is(err, context.Canceled) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cancelled: %v", err)
	}
}
