package enclave

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/privacy/linear"
	"github.com/encrypted-compute/encompute/protocol"
)

// measureLimit bounds the time of a measurement, with what it fetches.
const measureLimit = 5 * time.Minute

// Why a measurement may end early.
var (
	errJobFirst  = errors.New("a job came, which goes first")
	errTooLong   = fmt.Errorf("the measurement took longer than %v", measureLimit)
	errStranger  = errors.New("the records are not from whoever sealed the prefix")
	errNoRecords = errors.New("recordsBytes is out of bounds")
)

// sheet measures what a request asks for, unless the worker is at work.
func (s *stream) sheet(ctx context.Context, r protocol.SheetRequest) error {
	if !s.welcomed {
		return fmt.Errorf("%w: the host asked for a sheet before its welcome", protocol.ErrMalformed)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.worker.work.busy() || s.measuring != nil {
		s.send(protocol.TypeSheet, protocol.SheetReply{RequestID: r.RequestID, Error: "the worker is busy", Retry: true})
		return nil
	}
	ctx, s.measuring = context.WithCancelCause(ctx)
	s.measures.Go(func() {
		reply := protocol.SheetReply{RequestID: r.RequestID}
		sheet, err := s.worker.measure(ctx, s.token, s.workload, r)
		if err == nil {
			reply.Signature, err = protocol.NewSheetSignature(s.worker.keys.receipt, sheet)
		}
		if err == nil {
			reply.Sheet = &sheet
		} else {
			if cause := context.Cause(ctx); cause != nil {
				err = cause
			}
			var f *failure
			reply.Error, reply.Retry = err.Error(), errors.Is(err, errJobFirst) || errors.As(err, &f) && f.retry
		}
		s.worker.log.Info("sheet measured", "prefix", r.Cut.PrefixHash.String(), "error", reply.Error)
		s.measured()
		s.send(protocol.TypeSheet, reply)
	})
	return nil
}

// measured makes room for the next measurement.
func (s *stream) measured() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.measuring(nil)
	s.measuring = nil
}

// measure makes a sheet from what only the worker can open.
func (w *Worker) measure(ctx context.Context, token string, workload protocol.Digest, r protocol.SheetRequest) (sheet protocol.AttestedSheet, err error) {
	defer recovered(&err)
	ctx, cancel := context.WithTimeoutCause(ctx, measureLimit, errTooLong)
	defer cancel()
	defer func() {
		if cause := context.Cause(ctx); err != nil && cause != nil {
			err = cause
		}
	}()
	if err := w.checkSheet(workload, r); err != nil {
		return sheet, err
	}
	select {
	case w.slot <- struct{}{}:
		defer func() { <-w.slot }()
	case <-ctx.Done():
		return sheet, ctx.Err()
	}
	subject, records, err := w.subject(ctx, token, r)
	if err != nil {
		return sheet, err
	}
	if sheet, err = linear.Measure(ctx, subject); err != nil {
		return sheet, fail(protocol.FailInternal, err)
	}
	sheet.Version, sheet.PrefixHash, sheet.InputRange = protocol.AttestedSheetVersion, r.Cut.PrefixHash, r.InputRange
	sheet.Records, sheet.Seed, sheet.Time = records, subject.Seed, uint64(max(0, time.Now().Unix()))
	sheet.Mechanism, err = subject.Mechanism.Digest()
	return sheet, err
}

// checkSheet refuses a request that contradicts itself or the limits.
func (w *Worker) checkSheet(workload protocol.Digest, r protocol.SheetRequest) error {
	c := r.Cut
	if err := c.Validate(); err != nil {
		return fmt.Errorf("cut: %w", err)
	}
	switch {
	case c.WorkloadID != workload:
		return fmt.Errorf("the cut is for workload %s, this worker is %s", c.WorkloadID.Short(), workload.Short())
	case r.RecordsBytes == 0 || r.RecordsBytes > protocol.MaxSealedRecordsBytes:
		return fmt.Errorf("%w: %d, want 1 to %d", errNoRecords, r.RecordsBytes, protocol.MaxSealedRecordsBytes)
	case 8*int64(r.RecordsBytes) > w.config.Memory/4: // sealed, opened, encoded again, and as numbers
		return retry(fmt.Errorf("%d MB of records are too many for this worker", r.RecordsBytes>>20))
	}
	return nil
}

// subject fetches and opens prefix and records.
func (w *Worker) subject(ctx context.Context, token string, r protocol.SheetRequest) (s linear.Subject, digest protocol.Digest, err error) {
	plan, err := parsePlan(r.Cut.Plan, w.config.Machine.Cores)
	if err != nil {
		return s, digest, fmt.Errorf("plan: %w", err)
	}
	prefix, proof, err := w.prepare.open(ctx, token, plan, r.Cut)
	if err != nil {
		return s, digest, err
	}
	sealed, err := w.blobs.get(ctx, token, r.Records, r.RecordsBytes)
	if err != nil {
		return s, digest, blobFailure(protocol.FailInput, "records", err)
	}
	records, digest, err := protocol.OpenRecords(w.keys.sealing, r.Cut.PrefixHash, sealed)
	if err != nil {
		return s, digest, fmt.Errorf("records: %w", err)
	}
	if subtle.ConstantTimeCompare(records.Proof[:], proof[:]) != 1 {
		return s, digest, errStranger
	}
	s = linear.Subject{Prefix: prefix, Range: r.InputRange, Shape: r.Cut.Shape, Mechanism: r.Cut.Mechanism()}
	size := 1
	for _, d := range prefix.Input {
		size *= d
	}
	if s.Train, s.Test, err = records.Split(size); err != nil {
		return s, digest, err
	}
	values := 1
	for _, d := range r.Cut.ReleasedShape() {
		values *= d
	}
	if need := s.Memory(values); need > w.config.Memory/4 {
		return s, digest, retry(fmt.Errorf("the measurement needs %d MB of memory, this worker has %d MB for it", need>>20, w.config.Memory>>22))
	}
	s.Seed, err = sheetSeed(r.Cut, digest)
	return s, digest, err
}

// sheetSeed follows from what is measured, so that nobody chooses it for a better figure.
func sheetSeed(c protocol.Cut, records protocol.Digest) (protocol.Digest, error) {
	mechanism, err := c.Mechanism().Digest()
	if err != nil {
		return protocol.Digest{}, err
	}
	h := protocol.NewHash("sheet-seed")
	for _, d := range []protocol.Digest{c.PrefixHash, mechanism, records} {
		h.Write(d[:])
	}
	return protocol.SumDigest(h), nil
}
