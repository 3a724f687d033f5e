//go:build js

package vault

import (
	"context"
	"errors"

	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/protocol"
)

// seen is the record of the collateral that this browser has seen (rollback.Record). All its tabs share it.
type seen struct{ store *Store }

// Seen opens it.
func (s *Store) Seen() (*rollback.Store, error) { return rollback.OpenRecord(seen{s}) }

func (seen) name() protocol.Digest { return protocol.NewDigest("seen collateral", nil) }

// String implements fmt.Stringer.
func (seen) String() string { return "kept by this browser" }

// Read implements rollback.Record.
func (r seen) Read() ([]byte, error) {
	b, _, err := r.store.Record(context.Background(), r.name())
	return b, err
}

// Update implements rollback.Record.
func (r seen) Update(change func([]byte) ([]byte, error)) error {
	ctx := context.Background()
	for {
		b, revision, err := r.store.Record(ctx, r.name())
		if err != nil {
			return err
		}
		if b, err = change(b); err != nil {
			return err
		}
		if err = r.store.SetRecord(ctx, r.name(), revision, b); !errors.Is(err, client.ErrConflict) {
			return err
		}
	}
}
