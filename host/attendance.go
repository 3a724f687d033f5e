package host

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// pollPause is how long a creator that polls for releases counts as online without a poll.
const pollPause = 30 * time.Second

// attendance knows which creators poll. The zero value is ready.
type attendance struct {
	mu  sync.Mutex
	all map[protocol.Address]*attendee
}

// attendee is a creator that polls.
type attendee struct {
	id    string    // names it for other hosts, as a stream
	polls int       // open
	until time.Time // it counts as online if none is
}

// come counts a poll in, and returns the attendee, if it is a new one, and how to count it out.
func (a *attendance) come(account protocol.Address, now func() time.Time) (is *attendee, leave func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	who := a.all[account]
	if who == nil {
		who = &attendee{id: rand.Text()}
		is = who
		if a.all == nil {
			a.all = map[protocol.Address]*attendee{}
		}
		a.all[account] = who
	}
	who.polls++
	return is, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		who.polls--
		who.until = now().Add(pollPause)
	}
}

// leave forgets those who have not polled for too long, and returns their ids.
func (a *attendance) leave(now time.Time) (ids []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for account, who := range a.all {
		if who.polls == 0 && now.After(who.until) {
			delete(a.all, account)
			ids = append(ids, who.id)
		}
	}
	return ids
}

// list returns the creators that poll.
func (a *attendance) list() (list []protocol.Address) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for account := range a.all {
		list = append(list, account)
	}
	return list
}

// attend shows a creator as online while it polls; the returned function ends the poll.
func (h *Host) attend(ctx context.Context, account protocol.Address) (leave func(), err error) {
	is, leave := h.attendance.come(account, h.cfg.Now)
	if is == nil {
		return leave, nil
	}
	if err := h.announce(context.WithoutCancel(ctx), is.id, account, nil); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}

// endAttendance shows those who have stopped to poll as offline.
func (h *Host) endAttendance(ctx context.Context) {
	for _, id := range h.attendance.leave(h.cfg.Now()) {
		h.withdraw(ctx, id)
	}
}
