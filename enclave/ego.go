//go:build ego && cgo

package enclave

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/edgelesssys/ego/enclave"
	"github.com/encrypted-compute/encompute/protocol"
)

// EGo is the provider of an EGo enclave on Intel SGX.
type EGo struct {
	seal     []byte // of this measurement on this CPU
	instance string
}

// openEGo proves that the process runs in an enclave before it takes any key: outside of
// one, EGo hands out an all-zero sealing key without an error.
func openEGo(context.Context) (Provider, error) {
	report, err := enclave.GetRemoteReport(make([]byte, 64))
	if err != nil {
		return nil, fmt.Errorf("no SGX report, so this is no enclave: start the binary with `ego run`: %w", err)
	}
	if len(report) == 0 {
		return nil, errors.New("the SGX report is empty, so this is no enclave")
	}
	self, err := enclave.GetSelfReport()
	if err != nil {
		return nil, fmt.Errorf("SGX self report: %w", err)
	}
	if self.Debug {
		return nil, errors.New(`the enclave is in debug mode, its memory is open: set "debug": false in enclave.json`)
	}
	// The unique key follows from the measurement, as the workload does: another binary,
	// even by the same signer, cannot open what was sealed to this one.
	seal, _, err := enclave.GetUniqueSealKey()
	if err != nil {
		return nil, fmt.Errorf("SGX sealing key: %w", err)
	}
	cpu, err := enclave.GetSealKeyID()
	if err != nil {
		return nil, fmt.Errorf("SGX key id: %w", err)
	}
	if allZero(seal) || allZero(cpu) {
		return nil, errors.New("the SGX sealing key is all zeros, so this is no enclave")
	}
	return &EGo{seal, hex.EncodeToString(cpu)}, nil
}

// Name implements Provider.
func (*EGo) Name() string { return "ego" }

// Close implements Provider.
func (*EGo) Close() error { return nil }

// Identity implements Provider: the CPU stands for the instance, since SGX keys are its.
func (e *EGo) Identity(ctx context.Context) (Identity, error) {
	return Identity{InstanceID: e.instance}, ctx.Err()
}

// DeriveKey implements Provider: HKDF-SHA256 over the sealing key of this measurement on
// this CPU. Unlike on dstack, instances on other CPUs get other keys.
func (e *EGo) DeriveKey(ctx context.Context, path string) (Key, error) {
	if err := ctx.Err(); err != nil {
		return Key{}, err
	}
	secret, err := hkdf.Key(sha256.New, e.seal, []byte("encompute/ego/v1"), path, KeyBytes)
	return Key{Secret: secret}, err
}

// Evidence implements Provider.
func (e *EGo) Evidence(ctx context.Context, reportData [64]byte) (protocol.Evidence, error) {
	if err := ctx.Err(); err != nil {
		return protocol.Evidence{}, err
	}
	report, err := enclave.GetRemoteReport(reportData[:])
	if err != nil {
		return protocol.Evidence{}, fmt.Errorf("SGX report: %w", err)
	}
	return protocol.Evidence{TEE: "sgx", Quote: report}, nil
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
