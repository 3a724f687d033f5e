package postgres

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/jackc/pgx/v5"
)

// channel is where hosts tell each other of changes.
const channel = "encompute"

// reconnectEvery is the pause before listening again after a connection was lost.
const reconnectEvery = time.Second

// announce notifies the hosts when tx is committed.
func announce(ctx context.Context, tx *sql.Tx, c store.Change) error {
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode change: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "select pg_notify($1, $2)", channel, string(b)); err != nil {
		return fmt.Errorf("announce change: %w", err)
	}
	return nil
}

// follow listens until ctx ends. Whenever it begins to listen it calls f with the zero
// Change: anything may have changed before.
func follow(ctx context.Context, cfg *pgx.ConnConfig, f func(store.Change)) error {
	for {
		_ = listen(ctx, cfg, f) // it returns when the connection is lost
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(reconnectEvery):
		}
	}
}

// listen follows changes on one connection.
func listen(ctx context.Context, cfg *pgx.ConnConfig, f func(store.Change)) error {
	conn, err := pgx.ConnectConfig(ctx, cfg.Copy())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen "+channel); err != nil {
		return err
	}
	f(store.Change{})
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		var c store.Change
		if err := json.Unmarshal([]byte(n.Payload), &c); err != nil {
			c = store.Change{} // by another version of the program: look at everything
		}
		f(c)
	}
}
