package host

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// maxLogin bounds a creator's messages until it has signed in.
const maxLogin = 16 << 10

// loginTimeout is how long a creator may take to sign in.
const loginTimeout = 30 * time.Second

// creator is a creator's open stream.
type creator struct {
	session
	host    *Host
	id      string // names this stream for other hosts
	nonce   protocol.Nonce
	login   chan protocol.Login // from the reader, once
	wake    signal              // there may be releases
	address protocol.Address    // set by read before login
}

// serveCreator answers GET /v1/creator.
func (h *Host) serveCreator(w http.ResponseWriter, r *http.Request) error {
	c := &creator{host: h, id: rand.Text(), login: make(chan protocol.Login, 1), wake: newSignal()}
	_, _ = rand.Read(c.nonce[:]) // never fails
	return h.serveStream(w, r, maxLogin, func(s session) (read, act func() error) {
		c.session = s
		return c.receive, c.push
	}, func() {
		h.creators.remove(c)
		h.withdraw(context.WithoutCancel(r.Context()), c.id)
	})
}

// receive is the reading half.
func (c *creator) receive() error {
	m, err := c.session.receive()
	if err != nil {
		return err
	}
	if m.Type != protocol.TypeLogin {
		return problem(codeProtocol, "first message is %q, want %q", m.Type, protocol.TypeLogin)
	}
	login, err := body[protocol.Login](m)
	if err != nil {
		return err
	}
	digest := protocol.LoginDigest(c.host.cfg.Name, c.host.domain.ChainID, c.nonce)
	if err := protocol.VerifyDigest(digest, login.Signature, login.Creator); err != nil {
		return problem(codeSignature, "login: %s", err)
	}
	c.address = login.Creator
	c.ws.SetReadLimit(protocol.MaxMessageBytes)
	c.login <- login
	for {
		m, err := c.session.receive()
		if err != nil {
			return err
		}
		if err := c.handle(m); err != nil {
			return err
		}
	}
}

// push is the acting half: it brings the creator what was released.
func (c *creator) push() error {
	h := c.host
	challenge := protocol.Challenge{Host: h.cfg.Name, ChainID: h.domain.ChainID, Nonce: c.nonce}
	if err := c.send(c.ctx, protocol.TypeChallenge, challenge); err != nil {
		return err
	}
	var seq uint64
	select {
	case <-c.ctx.Done():
		return nil
	case <-time.After(min(loginTimeout, h.cfg.Patience)):
		return problem(codeTimeout, "no %q message came", protocol.TypeLogin)
	case login := <-c.login:
		seq = login.After
	}
	h.creators.add(c)
	if err := h.announce(c.ctx, c.id, c.address, nil); err != nil {
		return err
	}
	h.log.InfoContext(c.ctx, "creator signed in", "creator", c.address)
	if err := c.send(c.ctx, protocol.TypeWelcome, protocol.Welcome{HeartbeatSeconds: int(pingEvery / time.Second)}); err != nil {
		return err
	}
	for {
		list, err := h.store.Releases(c.ctx, c.address, seq, 1)
		if err != nil {
			return err
		}
		for _, r := range list {
			if err := c.send(c.ctx, protocol.TypeReleased, r); err != nil {
				return err
			}
			seq = r.Seq
		}
		if len(list) > 0 {
			continue
		}
		select {
		case <-c.ctx.Done():
			return nil
		case <-c.wake:
		}
	}
}

func (c *creator) handle(m protocol.Message) error {
	switch m.Type {
	case protocol.TypeDelivered:
		return c.onDelivered(m)
	case protocol.TypeFailed:
		return c.onFailed(m)
	case protocol.TypeAck:
		ack, err := body[protocol.Ack](m)
		if err != nil {
			return err
		}
		return c.host.store.Ack(c.ctx, c.address, ack.Seq)
	}
	return problem(codeProtocol, "message %q is not for the host", m.Type)
}

func (c *creator) onDelivered(m protocol.Message) error {
	v, err := body[protocol.Delivered](m)
	if err != nil {
		return err
	}
	return c.host.deliver(c.ctx, c.address, v)
}

// onFailed stores why a creator could not answer. It may answer later.
func (c *creator) onFailed(m protocol.Message) error {
	f, err := body[protocol.Failed](m)
	if err != nil {
		return err
	}
	return c.host.unanswered(c.ctx, c.address, f)
}

// wakeCreator tells a creator's streams and polls that something was released.
func (h *Host) wakeCreator(a protocol.Address) {
	h.polls.notify(pollOf(a))
	for _, c := range h.creators.list() {
		if c.address == a {
			c.wake.set()
		}
	}
}

// job returns a job or a Problem.
func (h *Host) job(ctx context.Context, id protocol.Digest) (store.Job, error) {
	j, err := h.store.Job(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return j, problem(codeUnknownJob, "job %s", id)
	}
	return j, err
}
