package creator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// SheetConfig is what a creator needs to have a worker measure a leakage sheet.
type SheetConfig struct {
	State  *State
	Signer Signer
	Host   Host
	// Worker is an attested worker of the cut's workload: the records are sealed to its app's key, and nobody else's.
	Worker attestation.VerifiedWorker
	Model  protocol.Digest
	Cut    uint32 // index
	// Train are records that the attacker owns, Test those under attack, each in the model's order, from 0 to 1 for the ends
	// of its input range.
	Train, Test [][]float32
	// Observer is told how it goes; it may be nil.
	Observer func(what string)

	wait func(context.Context, int) error // replaced by tests
}

// ErrNoProof says that the state does not hold what shows workers that records come from whoever sealed a prefix.
var ErrNoProof = errors.New("the cut was published by an earlier program, or from another state: publish it again to have it measured")

// MeasureSheet seals the records, orders the sheet and waits until some worker is idle and has measured it. The sheet is not
// verified: client.VerifySheet does that, as every user will.
func MeasureSheet(ctx context.Context, cfg SheetConfig) (s protocol.SignedSheet, err error) {
	if cfg.State == nil || cfg.Signer == nil {
		return s, errors.New("sheet configuration: state and signer are needed")
	}
	if err := cfg.Host.check(); err != nil {
		return s, fmt.Errorf("sheet configuration: %w", err)
	}
	if err := cfg.Host.verify(ctx); err != nil {
		return s, err
	}
	order, sealed, digest, err := cfg.seal()
	if err != nil {
		return s, err
	}
	for attempt := 1; ; attempt++ {
		err := cfg.Host.call(ctx, fetch.MethodPost, order, &s, "v1", "models", cfg.Model.String(), "sheets")
		p, refused := errors.AsType[protocol.Problem](err)
		switch {
		case err == nil && s.Sheet.Records != digest:
			return s, fmt.Errorf("the host sent a sheet of records %s, sent were %s", s.Sheet.Records, digest)
		case err == nil:
			return s, nil
		case refused && p.Code == "records_missing" && attempt < maxOrders:
			cfg.observe("upload the records")
			if err := cfg.Host.putBlob(ctx, order.Records, sealed); err != nil {
				return s, fmt.Errorf("upload records: %w", err)
			}
			cfg.observe("measure")
			continue
		case !refused || p.Code != "busy" || attempt >= maxOrders:
			return s, fmt.Errorf("order a sheet: %w", err)
		}
		cfg.observe(p.Detail)
		pause := cfg.wait
		if pause == nil {
			pause = wait
		}
		if err := pause(ctx, attempt); err != nil {
			return s, err
		}
	}
}

// maxOrders is how often the host is asked.
const maxOrders = 100

func (cfg SheetConfig) observe(what string) {
	if cfg.Observer != nil {
		cfg.Observer(what)
	}
}

// seal makes the order and the sealed records that it names, and returns the digest of the records themselves, too.
func (cfg SheetConfig) seal() (o protocol.SheetOrder, sealed []byte, digest protocol.Digest, err error) {
	manifest, _, err := cfg.State.Manifest(cfg.Model)
	if err != nil {
		return o, nil, digest, fmt.Errorf("model %s is not in the state: %w", cfg.Model, err)
	}
	cut, ok := manifest.Cut(cfg.Cut)
	switch {
	case !ok:
		return o, nil, digest, fmt.Errorf("model %s is not offered at cut %d", manifest.Name, cfg.Cut)
	case !cfg.Worker.Valid():
		return o, nil, digest, attestation.ErrNotVerified
	case cfg.Worker.Workload().ID() != cut.WorkloadID:
		return o, nil, digest, fmt.Errorf("the worker is of workload %s, the cut is sealed to %s", cfg.Worker.Workload().ID(), cut.WorkloadID)
	}
	proof, err := cfg.State.proof(cfg.Model, cfg.Cut)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoProof
	}
	if err != nil {
		return o, nil, digest, err
	}
	var salt [32]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return o, nil, digest, fmt.Errorf("make salt: %w", err)
	}
	records, err := protocol.NewRecords(salt, proof, cfg.Train, cfg.Test)
	if err != nil {
		return o, nil, digest, err
	}
	if digest, err = records.Digest(); err != nil {
		return o, nil, digest, err
	}
	if sealed, err = protocol.SealRecordsFor(cfg.Worker.SealingKey(), cut.PrefixHash, records); err != nil {
		return o, nil, digest, err
	}
	o = protocol.SheetOrder{Cut: cfg.Cut, Records: protocol.BlobDigest(sealed), RecordsBytes: uint64(len(sealed))}
	domain := protocol.Domain{ChainID: cfg.Host.Network.ChainID, Market: cfg.Host.Network.Market}
	o.Signature, err = cfg.Signer.SignDigest(domain.SheetOrderDigest(cfg.Model, o))
	return o, sealed, digest, err
}

// wait waits before the next attempt, from 200 ms to 10 s, or until ctx ends.
func wait(ctx context.Context, attempt int) error {
	timer := time.NewTimer(min(200*time.Millisecond<<min(attempt-1, 10), 10*time.Second))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
