//go:build !ego || !cgo

package enclave

import (
	"context"
	"errors"
)

func openEGo(context.Context) (Provider, error) {
	return nil, errors.New("this binary has no EGo: build it with CGO_ENABLED=1 and -tags ego by ego-go")
}
