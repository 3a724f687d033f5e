package enclave

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// EGoRuntime is what an EGo enclave asks of its hardware. The one of the hardware is in binaries that
// were built with cgo and the tag ego (ego_sdk.go); everything that is decided by its answers is not.
type EGoRuntime interface {
	// RemoteReport returns an SGX quote over reportData behind the header of Open Enclave.
	RemoteReport(reportData []byte) ([]byte, error)
	// Debug reports whether the host can read the enclave's memory.
	Debug() (bool, error)
	// SealKey returns the sealing key of this measurement on this CPU, and the id of the CPU's keys.
	SealKey() (key, cpu []byte, err error)
}

// EGo is the provider of an EGo enclave on Intel SGX.
type EGo struct {
	runtime  EGoRuntime
	seal     []byte
	instance string
}

// NewEGo proves that the process runs in an enclave before it takes any key: outside of one, EGo hands
// out an all-zero sealing key without an error.
func NewEGo(runtime EGoRuntime) (*EGo, error) {
	report, err := runtime.RemoteReport(make([]byte, 64))
	if err != nil {
		return nil, fmt.Errorf("no SGX report, so this is no enclave: start the binary with `ego run`: %w", err)
	}
	if len(report) == 0 {
		return nil, errors.New("the SGX report is empty, so this is no enclave")
	}
	debug, err := runtime.Debug()
	if err != nil {
		return nil, fmt.Errorf("SGX self report: %w", err)
	}
	if debug {
		return nil, errors.New(`the enclave is in debug mode, its memory is open: set "debug": false in enclave.json`)
	}
	seal, cpu, err := runtime.SealKey()
	if err != nil {
		return nil, fmt.Errorf("SGX sealing key: %w", err)
	}
	if allZero(seal) || allZero(cpu) {
		return nil, errors.New("the SGX sealing key is all zeros, so this is no enclave")
	}
	return &EGo{runtime, seal, hex.EncodeToString(cpu)}, nil
}

// Name implements Provider.
func (*EGo) Name() string { return "ego" }

// Close implements Provider.
func (e *EGo) Close() error {
	clear(e.seal)
	return nil
}

// Identity implements Provider: the CPU stands for the instance, since SGX keys are its. The keys are
// of one measurement, so there is no code to tell apart.
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
	report, err := e.runtime.RemoteReport(reportData[:])
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
