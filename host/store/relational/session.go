package relational

import (
	"context"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
)

// PutSession implements store.Store.
func (d *DB) PutSession(ctx context.Context, s store.Session) error {
	_, err := d.write.ExecContext(ctx, `insert into session (id, peer, account, worker, seen_at) values ($1, $2, $3, $4, $5)
		on conflict (id) do update set worker = excluded.worker, seen_at = excluded.seen_at`,
		s.ID, s.Peer, s.Account.String(), document(&s.Worker), millis(d.options.Now()))
	if err != nil {
		return fmt.Errorf("put session: %w", err)
	}
	return nil
}

// EndSession implements store.Store.
func (d *DB) EndSession(ctx context.Context, id string) error {
	if _, err := d.write.ExecContext(ctx, `delete from session where id = $1`, id); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// KeepSessions implements store.Store.
func (d *DB) KeepSessions(ctx context.Context, peer string) error {
	_, err := d.write.ExecContext(ctx, `update session set seen_at = $1 where peer = $2`, millis(d.options.Now()), peer)
	if err != nil {
		return fmt.Errorf("keep sessions: %w", err)
	}
	return nil
}

// EndSessions implements store.Store.
func (d *DB) EndSessions(ctx context.Context, peer string) error {
	if _, err := d.write.ExecContext(ctx, `delete from session where peer = $1`, peer); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// Sessions implements store.Store.
func (d *DB) Sessions(ctx context.Context, peer string, since time.Time) ([]store.Session, error) {
	list, err := collect(ctx, d.read, func(scan func(...any) error) (s store.Session, err error) {
		var busy bool
		if err := scan(&s.ID, &s.Peer, text(&s.Account), document(&s.Worker), &busy); err != nil {
			return s, err
		}
		if s.Worker != nil {
			s.Worker.Busy = busy
		}
		return s, nil
	}, `select s.id, s.peer, s.account, s.worker, exists (select 1 from job j where j.holder = s.id and j.state = 'running')
		from session s where s.peer <> $1 and s.seen_at >= $2 order by s.id`, peer, millis(since))
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return list, nil
}
