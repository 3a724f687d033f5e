package client

import (
	"errors"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/protocol"
)

// signedSheet is what a worker of the world measured of its model, after a change of the sheet.
func (w *world) signedSheet(t *testing.T, change func(*protocol.AttestedSheet)) protocol.SignedSheet {
	t.Helper()
	cut := w.manifest.Cuts[0]
	mechanism, err := cut.Mechanism().Digest()
	if err != nil {
		t.Fatal(err)
	}
	sheet := protocol.AttestedSheet{
		Version: protocol.AttestedSheetVersion, PrefixHash: cut.PrefixHash, Mechanism: mechanism, Shape: cut.Shape, InputRange: w.manifest.InputRange,
		Records: protocol.Digest{1}, Seed: protocol.Digest{2}, Time: 3, Values: testOutputs, Train: 20, Gallery: 10,
		Linear: protocol.Attack{Name: "ridge", Records: 10, ReID1: 0.5, ReID10: 1}, Match1: 1, Match10: 1,
	}
	change(&sheet)
	signature, err := protocol.NewSheetSignature(w.receipt, sheet)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := sheet.Digest()
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := w.evidence(w.receipt, w.workerSealing.Public(), protocol.Nonce(digest))
	if err != nil {
		t.Fatal(err)
	}
	return protocol.SignedSheet{Cut: cut.Index, Sheet: sheet, Signature: signature, Evidence: evidence}
}

func (w *world) testModel() Model {
	return Model{id: w.model, bytes: w.raw, manifest: w.manifest, ready: true}
}

// A sheet is believed if its worker's evidence passes and its key signed it; whatever else is refused, and the check named.
func TestVerifySheet(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	w := s.world
	same := func(*protocol.AttestedSheet) {}
	good := w.signedSheet(t, same)
	got, verdict, err := s.client(t).VerifySheet(t.Context(), w.testModel(), good)
	if err != nil || !verdict.OK() || !got.Verdict().Simulated || got.Sheet().Linear.ReID1 != 0.5 || got.Cut() != testCut {
		t.Fatalf("verified %+v: %v", got, err)
	}
	stranger, err := protocol.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*protocol.SignedSheet)
		check  string
	}{
		"unknown cut": {func(s *protocol.SignedSheet) { s.Cut++ }, "sheet.cut"},
		"other prefix": {func(s *protocol.SignedSheet) {
			*s = w.signedSheet(t, func(a *protocol.AttestedSheet) { a.PrefixHash[0]++ })
		}, "sheet.cut"},
		"other mechanism": {func(s *protocol.SignedSheet) {
			*s = w.signedSheet(t, func(a *protocol.AttestedSheet) { a.Mechanism[0]++ })
		}, "sheet.cut"},
		"other range": {func(s *protocol.SignedSheet) {
			*s = w.signedSheet(t, func(a *protocol.AttestedSheet) { a.InputRange.High++ })
		}, "sheet.cut"},
		"cap from nowhere": {func(s *protocol.SignedSheet) {
			*s = w.signedSheet(t, func(a *protocol.AttestedSheet) { a.BitCap = new(float64) })
		}, "sheet.cut"},
		"out of bounds":  {func(s *protocol.SignedSheet) { s.Sheet.Match1 = 2 }, "sheet.format"},
		"changed figure": {func(s *protocol.SignedSheet) { s.Sheet.Linear.ReID1 = 0.01 }, "binding.nonce"},
		"changed figure, new evidence": {func(s *protocol.SignedSheet) {
			// A relay gets a quote over any nonce from the worker: that alone must prove nothing.
			forged := w.signedSheet(t, func(a *protocol.AttestedSheet) { a.Linear.ReID1 = 0.01 })
			s.Sheet, s.Evidence = forged.Sheet, forged.Evidence
		}, "sheet.signature"},
		"signed by a stranger": {func(s *protocol.SignedSheet) { s.Signature, _ = protocol.NewSheetSignature(stranger, s.Sheet) }, "sheet.signature"},
		"evidence of another":  {func(s *protocol.SignedSheet) { s.Evidence.Binding.ReceiptKey = stranger.PublicKey() }, "report-data.binding"},
		"no evidence":          {func(s *protocol.SignedSheet) { s.Evidence.Quote = nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signed := good
			c.change(&signed)
			got, verdict, err := newScene(t).client(t).VerifySheet(t.Context(), w.testModel(), signed)
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Code != CodeSheetRefused || c.check != "" && e.Check != c.check {
				t.Errorf("refused with %v, want check %q", err, c.check)
			}
			if verdict.OK() || got.Verdict().OK() || got.Sheet().Version != 0 {
				t.Errorf("a sheet came of it: %+v", got)
			}
		})
	}
	// Another policy accepts nobody.
	client := s.client(t)
	client.Policy = attestation.Policy{}
	if _, _, err := client.VerifySheet(t.Context(), w.testModel(), good); CodeOf(err) != CodeSheetRefused {
		t.Errorf("without a policy: %v", err)
	}
}

// A creator's limit is kept before anything is paid; other accounts, models and days do not count.
func TestAdmitted(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c, m := s.client(t), s.testModel()
	m.manifest.MaxJobsPerUserDay = 2
	now := s.chain.now
	for i, j := range []Job{
		{State: StateDelivered, Created: now - day - 1},
		{State: StateCreated, Created: now},
		{State: StateDelivered, Created: now, Spec: protocol.JobSpec{ModelID: protocol.Digest{1}}},
		{State: StateDelivered, Created: now, Spec: protocol.JobSpec{User: protocol.Address{1}}},
		{State: StateDelivered, Created: now - day},
		{State: StatePosted, Created: now},
	} {
		if err := c.admitted(t.Context(), m); err != nil {
			t.Fatalf("before job %d: %v", i, err)
		}
		j.ID = protocol.Digest{byte(i + 1)}
		if j.Spec.ModelID.IsZero() {
			j.Spec.ModelID = m.id
		}
		if j.Spec.User.IsZero() {
			j.Spec.User = c.Signer.Address()
		}
		if err := s.store.Save(t.Context(), &j); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.admitted(t.Context(), m); CodeOf(err) != CodeTooManyJobs {
		t.Errorf("third job: %v", err)
	}
	m.manifest.MaxJobsPerUserDay = 0
	if err := c.admitted(t.Context(), m); err != nil {
		t.Errorf("without a limit: %v", err)
	}
}
