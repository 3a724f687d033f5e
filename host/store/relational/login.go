package relational

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// AddNonce implements store.Store.
func (d *DB) AddNonce(ctx context.Context, nonce string, until time.Time) error {
	return d.tx(ctx, "add nonce", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `delete from nonce where until < $1`, millis(d.options.Now())); err != nil {
			return err
		}
		r, err := tx.ExecContext(ctx, `insert into nonce (nonce, until) select $1, $2 where (select count(*) from nonce) < $3`,
			nonce, millis(until), store.MaxNonces)
		return affected(r, err, store.ErrConflict)
	})
}

// AddLogin implements store.Store.
func (d *DB) AddLogin(ctx context.Context, nonce string, l store.Login) error {
	return d.tx(ctx, "add login", func(tx *sql.Tx) error {
		now := millis(d.options.Now())
		r, err := tx.ExecContext(ctx, `delete from nonce where nonce = $1 and until >= $2`, nonce, now)
		if err := affected(r, err, store.ErrNotFound); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from login where until < $1`, now); err != nil {
			return err
		}
		return putLogin(ctx, tx, l)
	})
}

func putLogin(ctx context.Context, tx *sql.Tx, l store.Login) error {
	_, err := tx.ExecContext(ctx, `insert into login (token, account, signed_at, until) values ($1, $2, $3, $4)`,
		l.Token.String(), l.Account.String(), millis(l.Signed), millis(l.Until))
	return err
}

// Login implements store.Store.
func (d *DB) Login(ctx context.Context, token protocol.Digest) (l store.Login, err error) {
	err = d.read.QueryRowContext(ctx, `select token, account, signed_at, until from login where token = $1 and until >= $2`,
		token.String(), millis(d.options.Now())).Scan(text(&l.Token), text(&l.Account), timeColumn{&l.Signed}, timeColumn{&l.Until})
	if err != nil {
		return l, fmt.Errorf("login: %w", one(err))
	}
	return l, nil
}

// RenewLogin implements store.Store.
func (d *DB) RenewLogin(ctx context.Context, old protocol.Digest, l store.Login) error {
	return d.tx(ctx, "renew login", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `delete from login where token = $1 and until >= $2`, old.String(), millis(d.options.Now()))
		if err := affected(r, err, store.ErrNotFound); err != nil {
			return err
		}
		return putLogin(ctx, tx, l)
	})
}

// DropLogin implements store.Store.
func (d *DB) DropLogin(ctx context.Context, token protocol.Digest) error {
	_, err := d.write.ExecContext(ctx, `delete from login where token = $1`, token.String())
	return err
}

// DropLogins implements store.Store.
func (d *DB) DropLogins(ctx context.Context, account protocol.Address) error {
	_, err := d.write.ExecContext(ctx, `delete from login where account = $1`, account.String())
	return err
}
