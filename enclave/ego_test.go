package enclave_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/enclave"
	"github.com/encrypted-compute/encompute/enclave/teetest"
	"github.com/encrypted-compute/encompute/protocol"
)

// sgx is an enclave's runtime on simulated hardware; each field but sim replaces an answer.
type sgx struct {
	sim       *simulator.Simulator
	report    func([]byte) ([]byte, error)
	debug     bool
	key, cpu  []byte
	keyErr    error
	selfError error
}

func newSGX(t *testing.T) *sgx {
	t.Helper()
	sim, err := simulator.New(simulator.Config{AppCompose: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	return &sgx{sim: sim, report: sim.RemoteReport, key: bytes.Repeat([]byte{7}, 16), cpu: bytes.Repeat([]byte{9}, 16)}
}

func (s *sgx) RemoteReport(data []byte) ([]byte, error) { return s.report(data) }
func (s *sgx) Debug() (bool, error)                     { return s.debug, s.selfError }
func (s *sgx) SealKey() (key, cpu []byte, err error)    { return bytes.Clone(s.key), s.cpu, s.keyErr }

func TestEGoConformance(t *testing.T) {
	t.Parallel()
	hardware := newSGX(t)
	teetest.Run(t, func(t *testing.T) enclave.Provider {
		p, err := enclave.NewEGo(hardware)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		return p
	})
}

// No key is taken where there is no report, or one that anybody could look into. Outside of an enclave
// EGo has no report, and hands out a key of zeros.
func TestEGoRefuses(t *testing.T) {
	t.Parallel()
	broken := errors.New("OE_UNSUPPORTED")
	for name, c := range map[string]struct {
		change func(*sgx)
		want   string
	}{
		"no report":      {func(s *sgx) { s.report = func([]byte) ([]byte, error) { return nil, broken } }, "no enclave"},
		"empty report":   {func(s *sgx) { s.report = func([]byte) ([]byte, error) { return nil, nil } }, "no enclave"},
		"debug":          {func(s *sgx) { s.debug = true }, "debug mode"},
		"no self report": {func(s *sgx) { s.selfError = broken }, "self report"},
		"no key":         {func(s *sgx) { s.keyErr = broken }, "sealing key"},
		"zero key":       {func(s *sgx) { s.key = make([]byte, 16) }, "all zeros"},
		"empty key":      {func(s *sgx) { s.key = nil }, "all zeros"},
		"zero CPU":       {func(s *sgx) { s.cpu = make([]byte, 16) }, "all zeros"},
	} {
		hardware := newSGX(t)
		c.change(hardware)
		if _, err := enclave.NewEGo(hardware); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}

// A verifier accepts the evidence of a worker in an EGo enclave, by measurement or by signer, over its
// keys and nonce, and nothing else.
func TestEGoEvidence(t *testing.T) {
	t.Parallel()
	hardware := newSGX(t)
	p, err := enclave.NewEGo(hardware)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	w, err := enclave.New(t.Context(), enclave.Config{
		Host: "https://host.example", Operator: protocol.Address{1}, ChainID: 1, Registry: protocol.Address{2},
	}, p)
	if err != nil {
		t.Fatal(err)
	}
	nonce := protocol.Nonce{3}
	e, err := w.Evidence(t.Context(), nonce)
	if err != nil {
		t.Fatal(err)
	}
	if e.Collateral, err = hardware.sim.SGXCollateral(); err != nil {
		t.Fatal(err)
	}
	want := protocol.Binding{ChainID: 1, Operator: protocol.Address{1}, Registry: protocol.Address{2}, Nonce: nonce}
	mrEnclave, mrSigner := hardware.sim.Enclave()
	for name, c := range map[string]struct {
		sgx    attestation.SGXPolicy
		nonce  protocol.Nonce
		failed string
	}{
		"by measurement":      {attestation.SGXPolicy{MREnclaves: []string{hex.EncodeToString(mrEnclave[:])}}, nonce, ""},
		"by signer":           {attestation.SGXPolicy{Signers: []attestation.Signer{{MRSigner: hex.EncodeToString(mrSigner[:]), ProductID: 1, MinSVN: 1}}}, nonce, ""},
		"a later version":     {attestation.SGXPolicy{Signers: []attestation.Signer{{MRSigner: hex.EncodeToString(mrSigner[:]), ProductID: 1, MinSVN: 2}}}, nonce, "measurements.known"},
		"another measurement": {attestation.SGXPolicy{MREnclaves: []string{hex.EncodeToString(mrSigner[:])}}, nonce, "measurements.known"},
		"nothing named":       {attestation.SGXPolicy{}, nonce, "measurements.known"},
		"an old nonce":        {attestation.SGXPolicy{MREnclaves: []string{hex.EncodeToString(mrEnclave[:])}}, protocol.Nonce{4}, "binding.nonce"},
	} {
		policy, err := attestation.NewPolicy(attestation.PolicyLiteral{SGX: c.sgx, InsecureSimulatorRootPEM: hardware.sim.RootPEM()})
		if err != nil {
			t.Fatal(err)
		}
		want.Nonce = c.nonce
		v := attestation.Verify(e, want, policy, time.Now())
		if v.OK() != (c.failed == "") || !v.Simulated {
			t.Errorf("%s: ok is %v, simulated %v: %+v", name, v.OK(), v.Simulated, v.Checks)
		}
		if check, ok := v.Check(c.failed); c.failed != "" && (!ok || check.Status != attestation.Failed) {
			t.Errorf("%s: check %s is %+v", name, c.failed, check)
		}
	}
}
