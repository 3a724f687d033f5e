package client

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/protocol"
)

// fetcher asks a service with the simulator's documents.
func (s *scene) fetcher(t *testing.T, update string) *collateral.Fetcher {
	t.Helper()
	srv := httptest.NewServer(s.sim.CollateralHandler())
	t.Cleanup(srv.Close)
	f, err := collateral.New(collateral.Config{URL: srv.URL, Update: update})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// verify asks the scene's worker for evidence and judges it.
func (s *scene) verify(t *testing.T) (attestation.Verdict, error) {
	t.Helper()
	view := protocol.WorkerView{Signer: s.receipt.Address(), WorkloadID: s.workload.ID()}
	w, v, err := s.client(t).VerifyWorker(t.Context(), view)
	if (err == nil) != w.Valid() {
		t.Errorf("valid %t with error %v", w.Valid(), err)
	}
	return v, err
}

// source is one that tests make up.
type source func(quote []byte) ([]byte, error)

func (s source) Collateral(_ context.Context, quote []byte) ([]byte, error) { return s(quote) }

// A client with a source of its own does not look at what the host sends.
func TestOwnCollateral(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.host.lies.evidence = func(e *protocol.Evidence) { e.Collateral = []byte("host's choice") }
	if v, err := s.verify(t); CodeOf(err) != CodeEvidenceRefused || v.Checks == nil {
		t.Errorf("the host's collateral is judged to be good: %v", err)
	}
	s.cfg.Collateral = s.fetcher(t, "")
	if _, err := s.verify(t); err != nil {
		t.Error(err)
	}
	s.host.lies.evidence = func(e *protocol.Evidence) { e.Quote = e.Quote[:100] }
	v, err := s.verify(t)
	if check, _ := v.Check("quote.parse"); CodeOf(err) != CodeEvidenceRefused || check.Status != attestation.Failed {
		t.Errorf("a quote for which there is no collateral: check %s, %v", check.Status, err)
	}
}

// Without collateral there is no verdict, neither good nor bad, and no other worker is asked.
func TestCollateralUnavailable(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{collateral.ErrUnavailable, collateral.ErrBad} {
		s := newScene(t)
		asked := 0
		s.cfg.Collateral = source(func([]byte) ([]byte, error) {
			asked++
			return nil, fmt.Errorf("test: %w", cause)
		})
		if v, err := s.verify(t); CodeOf(err) != CodeCollateral || v.Checks != nil {
			t.Errorf("%v: %d checks, %v", cause, len(v.Checks), err)
		}
		s.host.lies.workers = func(v []protocol.WorkerView) []protocol.WorkerView { return append(v, v...) }
		asked = 0
		if _, err := s.client(t).Run(t.Context(), s.request()); CodeOf(err) != CodeCollateral || asked != 1 {
			t.Errorf("%v: %v after %d questions", cause, err, asked)
		}
	}
}

// A host that sent new collateral once cannot go back to older, though it is valid still; nor can
// the next host.
func TestHostRollsBack(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	path := filepath.Join(t.TempDir(), "seen.json")
	seen, err := rollback.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Seen = seen
	early := s.fetcher(t, "early")
	if _, err := s.verify(t); err != nil {
		t.Fatal(err)
	}
	s.host.lies.evidence = func(e *protocol.Evidence) {
		var err error
		if e.Collateral, err = early.Collateral(t.Context(), e.Quote); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.verify(t); err != nil {
		t.Fatal(err)
	}
	s.host.lies.evidence = nil
	if s.cfg.Seen, err = rollback.Open(path); err != nil {
		t.Fatal(err)
	}
	v, err := s.verify(t)
	if check, _ := v.Check("collateral.evaluation"); CodeOf(err) != CodeEvidenceRefused || check.Status != attestation.Failed {
		t.Errorf("older collateral: check %s, %v", check.Status, err)
	}
	s.cfg.Seen = nil // who has seen nothing cannot know
	if _, err := s.verify(t); err != nil {
		t.Error(err)
	}
	s.cfg.Seen = seen
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := s.verify(t); CodeOf(err) != CodeStore || v.Checks != nil {
		t.Errorf("the record is damaged: %d checks, %v", len(v.Checks), err)
	}
}

// A receipt by a worker that cannot be verified for want of collateral is not refused: it may be
// good, and it is looked at again.
func TestReceiptWithoutCollateral(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	spec := protocol.JobSpec{WorkloadID: s.workload.ID(), ComputeMs: 1000}
	receipt := protocol.Receipt{JobID: s.domain.JobID(spec), OutputHash: protocol.Digest{1}, ElapsedMs: 500}
	computed := protocol.Computed{
		Receipt: receipt, Signature: s.receipt.SignDigest(s.domain.ReceiptDigest(receipt)), Seconds: 0.5,
	}
	another := protocol.Address{9} // verified before; the receipt is by the scene's worker
	check := func() error {
		t.Helper()
		v, err := s.client(t).verifyReceipt(t.Context(), spec, another, false, computed)
		if (err == nil) == v.receipt.OutputHash.IsZero() {
			t.Errorf("receipt %+v with error %v", v.receipt, err)
		}
		return err
	}
	if err := check(); err != nil {
		t.Error(err)
	}
	s.cfg.Collateral = source(func([]byte) ([]byte, error) { return nil, collateral.ErrUnavailable })
	if err := check(); CodeOf(err) != CodeCollateral {
		t.Errorf("without collateral: %v", err)
	}
	s.cfg.Collateral = source(func([]byte) ([]byte, error) { return []byte("not signed"), nil })
	if err := check(); CodeOf(err) != CodeReceiptRefused {
		t.Errorf("with bad collateral: %v", err)
	}
}
