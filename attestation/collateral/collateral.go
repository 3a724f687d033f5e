// Package collateral finds what a verifier needs besides a quote: in a bundle file, or at
// Intel's provisioning certification service (PCS, version 4 of its API) or a mirror of it (a
// PCCS), kept for a while in memory and in a folder.
//
// Nothing it returns is verified: whoever judges a quote checks the signatures. It sees to it
// that a verifier with a network of its own need not take collateral from those whom it judges,
// who could choose an older one.
package collateral

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

var (
	// ErrUnavailable means that there was no collateral to be had: no network, no answer in
	// time, or a server that has none. It says nothing about the quote; try again later.
	ErrUnavailable = errors.New("could not fetch collateral")
	// ErrBad means that an answer is no collateral, or is that of another platform.
	ErrBad = errors.New("bad collateral")
)

// Source finds the collateral of a quote as QuoteCollateralV3 JSON (dcap.Bundle).
type Source interface {
	Collateral(ctx context.Context, quote []byte) ([]byte, error)
}

// Key is what collateral depends on.
type Key struct {
	TEE   quote.TEE
	FMSPC [6]byte // family of processors
	CA    CA      // issuer of the processor's certificate
}

// CA names one of Intel's two issuers of PCK certificates, as its service does.
type CA string

// The issuers of PCK certificates.
const (
	PlatformCA  CA = "platform"
	ProcessorCA CA = "processor"
)

// KeyOf reads the key from a parsed quote.
func KeyOf(q quote.Quote) (Key, error) {
	pck, err := dcap.ParsePCK(q.PCKChain)
	if err != nil {
		return Key{}, fmt.Errorf("certificates of the quote: %w", err)
	}
	k := Key{TEE: q.TEE, FMSPC: pck.FMSPC}
	switch name := pck.CA().Subject.CommonName; name {
	case "Intel SGX PCK Platform CA":
		k.CA = PlatformCA
	case "Intel SGX PCK Processor CA":
		k.CA = ProcessorCA
	default:
		return Key{}, fmt.Errorf("certificates of the quote: issuer %q is neither the Platform nor the Processor CA", name)
	}
	return k, nil
}

// parseKey reads the key from the bytes of a quote.
func parseKey(raw []byte) (Key, error) {
	q, err := quote.Parse(raw)
	if err != nil {
		return Key{}, err
	}
	return KeyOf(q)
}

// tee is the TEE as the service's paths spell it.
func (k Key) tee() string {
	if k.TEE == quote.TDX {
		return "tdx"
	}
	return "sgx"
}

func (k Key) String() string { return fmt.Sprintf("%s-%x-%s", k.tee(), k.FMSPC, k.CA) }

// check reads a bundle and compares it with the key, so that one platform's answer is not kept
// for another. Errors wrap ErrBad.
func (k Key) check(bundle []byte) (dcap.Collateral, error) {
	c, err := dcap.ParseCollateral(bundle)
	if err != nil {
		return c, fmt.Errorf("%w: %w", ErrBad, err)
	}
	tcb, qe := "SGX", "QE"
	if k.TEE == quote.TDX {
		tcb, qe = "TDX", "TD_QE"
	}
	if c.TCBInfo.ID != tcb || !bytes.Equal(c.TCBInfo.FMSPC, k.FMSPC[:]) || c.QEIdentity.ID != qe {
		return c, fmt.Errorf("%w: it is for %s of family %x and enclave %s; wanted %s of %x and %s",
			ErrBad, c.TCBInfo.ID, []byte(c.TCBInfo.FMSPC), c.QEIdentity.ID, tcb, k.FMSPC, qe)
	}
	return c, nil
}

// Bundle is the same collateral for every quote.
type Bundle []byte

// ReadBundle reads QuoteCollateralV3 JSON from a file.
func ReadBundle(path string) (Bundle, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("collateral bundle: %w", err)
	}
	if _, err := dcap.ParseCollateral(b); err != nil {
		return nil, fmt.Errorf("collateral bundle %s: %w", path, err)
	}
	return b, nil
}

// Collateral implements Source.
func (b Bundle) Collateral(context.Context, []byte) ([]byte, error) { return bytes.Clone(b), nil }

// readFile reads a file that can be a bundle; one that is too large is cut, and so refused by
// whoever parses it.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, dcap.MaxCollateralBytes+1))
}
