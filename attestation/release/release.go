// Package release reads what a release of the worker publishes about itself: which apps it consists of
// and which machines of dstack boot them, so that a policy need not be written by hand.
package release

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/protocol"
)

// Schema is of the files that this package reads.
const Schema = "encompute/measurements/v1"

// MaxBytes bounds such a file.
const MaxBytes = 1 << 20

var (
	// ErrMalformed is wrapped by every error of Parse.
	ErrMalformed = errors.New("measurements file")
	// ErrExample is returned for a file that stands for no machine.
	ErrExample = errors.New("the measurements are an example, of no machine: take a release's file, or make a policy from a quote that you trust (attest policy init)")
	// ErrUnknown is returned for a version that the file does not have.
	ErrUnknown = errors.New("no such version of the worker")
)

// File is a measurements file.
type File struct {
	Schema  string `json:"schema"`
	Comment string `json:"comment,omitempty"`
	// Example says that nothing in the file was measured. No policy is made from it.
	Example bool `json:"example,omitempty"`

	Workers []Worker `json:"workers"` // of this repository, one for each release
	// Platforms are what a CVM measures before any app: one for each OS image and instance type.
	Platforms    []Platform                `json:"platforms"`
	KeyProviders []attestation.KeyProvider `json:"keyProviders"` // KMSs that issue workers' keys
	KMSKey       string                    `json:"kmsKey,omitempty"`
	SGX          []attestation.Signer      `json:"sgx,omitempty"` // who signs enclaves of EGo
}

// Worker is one release of the attested binary.
type Worker struct {
	Version       string   `json:"version"`
	Image         string   `json:"image"`         // by digest
	ComposeHashes []string `json:"composeHashes"` // of the app-composes that run it, whoever completed them
}

// Platform is an OS image of dstack on an instance type.
type Platform struct {
	OS       string `json:"os"`       // such as dstack-0.5.8
	Instance string `json:"instance"` // such as tdx.medium: processors and memory
	MRTD     string `json:"mrtd"`
	RTMR0    string `json:"rtmr0"`
	RTMR1    string `json:"rtmr1"`
	RTMR2    string `json:"rtmr2"`
}

// Parse reads a file strictly. Errors wrap ErrMalformed and name the field.
func Parse(raw []byte) (f File, err error) {
	if err := protocol.UnmarshalJSON(bytes.NewReader(raw), MaxBytes, &f); err != nil {
		return File{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if f.Schema != Schema {
		return File{}, fmt.Errorf("%w: schema is %.50q, want %q", ErrMalformed, f.Schema, Schema)
	}
	versions := map[string]bool{}
	for i, w := range f.Workers {
		if w.Version == "" || versions[w.Version] {
			return File{}, fmt.Errorf("%w: workers[%d].version is empty or there twice", ErrMalformed, i)
		}
		versions[w.Version] = true
	}
	// The values themselves are a policy's to check.
	if _, err := attestation.NewPolicy(f.literal(f.Workers)); err != nil {
		return File{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return f, nil
}

// Policy returns the policy that accepts the named versions of the worker, or all without any, on all
// platforms of the file. It fails with ErrExample or ErrUnknown.
func (f File) Policy(versions ...string) (attestation.PolicyLiteral, error) {
	if f.Example {
		return attestation.PolicyLiteral{}, ErrExample
	}
	workers := f.Workers
	if len(versions) > 0 {
		workers = nil
	}
	for _, v := range versions {
		found := false
		for _, w := range f.Workers {
			if w.Version == v {
				workers, found = append(workers, w), true
			}
		}
		if !found {
			return attestation.PolicyLiteral{}, fmt.Errorf("%w: %.50q", ErrUnknown, v)
		}
	}
	return f.literal(workers), nil
}

func (f File) literal(workers []Worker) (l attestation.PolicyLiteral) {
	for _, p := range f.Platforms {
		l.TDX.Measurements = append(l.TDX.Measurements, attestation.Measurement{
			Name: p.OS + " " + p.Instance, MRTD: p.MRTD, RTMR0: p.RTMR0, RTMR1: p.RTMR1, RTMR2: p.RTMR2,
		})
	}
	for _, w := range workers {
		l.Dstack.ComposeHashes = append(l.Dstack.ComposeHashes, w.ComposeHashes...)
	}
	l.Dstack.Required = len(f.Platforms) > 0
	l.Dstack.KeyProviders, l.Dstack.KMSKey = f.KeyProviders, f.KMSKey
	l.SGX.Signers = f.SGX
	return l
}
