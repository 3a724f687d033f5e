//go:build ego && cgo

package enclave

import (
	"context"

	"github.com/edgelesssys/ego/enclave"
)

// hardware is EGo's runtime.
type hardware struct{}

func openEGo(context.Context) (Provider, error) { return NewEGo(hardware{}) }

// RemoteReport implements EGoRuntime.
func (hardware) RemoteReport(reportData []byte) ([]byte, error) {
	return enclave.GetRemoteReport(reportData)
}

// Debug implements EGoRuntime.
func (hardware) Debug() (bool, error) {
	self, err := enclave.GetSelfReport()
	return self.Debug, err
}

// SealKey implements EGoRuntime. The unique key follows from the measurement, as the workload does:
// another binary, even by the same signer, cannot open what was sealed to this one.
func (hardware) SealKey() (key, cpu []byte, err error) {
	if key, _, err = enclave.GetUniqueSealKey(); err != nil {
		return nil, nil, err
	}
	cpu, err = enclave.GetSealKeyID()
	return key, cpu, err
}
