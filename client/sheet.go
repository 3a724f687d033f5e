package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/protocol"
)

// AttestedSheet is a leakage sheet that an attested worker measured of a cut of a model. Only this package makes one.
type AttestedSheet struct {
	cut     uint32
	sheet   protocol.AttestedSheet
	verdict attestation.Verdict
}

// Cut is the index of the cut.
func (s AttestedSheet) Cut() uint32 { return s.cut }

// Sheet returns what was measured.
func (s AttestedSheet) Sheet() protocol.AttestedSheet { return s.sheet }

// Verdict is on the worker, by the evidence beside the sheet.
func (s AttestedSheet) Verdict() attestation.Verdict { return s.verdict }

// maxSheetsBytes bounds a list of sheets, each with its evidence.
const maxSheetsBytes = 32 << 20

// Sheets returns what the host has of attested sheets of a model, the newest first, each verified as VerifySheet does, and
// why others were refused.
func (c *Client) Sheets(ctx context.Context, m Model) (list []AttestedSheet, refused []error, err error) {
	var signed []protocol.SignedSheet
	if err := c.retry(ctx, func() error { return c.host.get(ctx, maxSheetsBytes, &signed, "v1", "models", m.id.String(), "sheets") }); err != nil {
		return nil, nil, fmt.Errorf("sheets of model %s: %w", m.id.Short(), err)
	}
	for _, s := range signed {
		sheet, _, err := c.VerifySheet(ctx, m, s)
		switch {
		case err == nil:
			list = append(list, sheet)
		case CodeOf(err).unjudged() || ctx.Err() != nil:
			return nil, nil, err
		default:
			refused = append(refused, err)
		}
	}
	return list, refused, nil
}

// VerifySheet verifies that a worker which the policy accepts measured a sheet, and that it is of what the manifest says:
// prefix, mechanism, range. The worker need not run any more; its evidence is judged by the collateral of today. The
// verdict tells every check, also of a refusal.
func (c *Client) VerifySheet(ctx context.Context, m Model, s protocol.SignedSheet) (a AttestedSheet, v attestation.Verdict, err error) {
	cut, ok := m.manifest.Cut(s.Cut)
	if !ok {
		return a, v, refuse(CodeSheetRefused, "sheet.cut", "model %s is not offered at cut %d", m.manifest.Name, s.Cut)
	}
	if err := s.Sheet.Validate(); err != nil {
		return a, v, &Error{CodeSheetRefused, "sheet.format", err}
	}
	if err := s.Sheet.Of(cut, m.manifest.InputRange); err != nil {
		return a, v, &Error{CodeSheetRefused, "sheet.cut", err}
	}
	digest, err := s.Sheet.Digest()
	if err != nil {
		return a, v, &Error{CodeSheetRefused, "sheet.format", err}
	}
	if err := c.addCollateral(ctx, &s.Evidence); err != nil {
		return a, v, err
	}
	want := protocol.Binding{ChainID: c.Config.Network.ChainID, Registry: c.Config.Network.WorkerRegistry, Nonce: protocol.Nonce(digest)}
	if v, err = c.Seen.Verify(s.Evidence, want, c.Policy, time.Now()); err != nil {
		return a, v, fail(CodeStore, err)
	}
	w, err := v.Worker()
	if err != nil {
		name := "evidence"
		if check, ok := errors.AsType[*attestation.CheckError](err); ok {
			name = check.Check.Name
		}
		return a, v, &Error{CodeSheetRefused, name, err}
	}
	signer, err := w.Signer()
	if err == nil {
		err = s.VerifySignature(signer)
	}
	if err != nil {
		v = v.Refuse(attestation.Check{Name: "sheet.signature", Why: err.Error()})
		return a, v, &Error{CodeSheetRefused, "sheet.signature", err}
	}
	return AttestedSheet{s.Cut, s.Sheet, v}, v, nil
}
