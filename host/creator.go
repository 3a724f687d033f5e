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
	case <-time.After(loginTimeout):
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

// job returns the creator's job, or a Problem.
func (c *creator) job(id protocol.Digest) (store.Job, error) {
	j, err := c.host.job(c.ctx, id)
	if err == nil && j.Spec.Creator != c.address {
		return j, problem(codeDelivery, "job %s is another creator's", id)
	}
	return j, err
}

func (c *creator) onDelivered(m protocol.Message) error {
	v, err := body[protocol.Delivered](m)
	if err != nil {
		return err
	}
	id := v.Delivery.JobID
	j, err := c.job(id)
	if err != nil {
		return err
	}
	if err := c.checkDelivery(j, v); err != nil {
		return err
	}
	err = c.host.store.Deliver(c.ctx, v)
	if errors.Is(err, store.ErrConflict) {
		// Too late, or answered before: no fault of this stream, and nothing to keep.
		c.host.log.WarnContext(c.ctx, "delivery comes to nothing", "job", id, "creator", c.address, "state", j.State)
		return nil
	}
	if err != nil {
		return err
	}
	c.host.metrics.jobs.WithLabelValues("delivered").Inc()
	c.host.log.InfoContext(c.ctx, "job delivered", "job", id, "creator", c.address)
	c.host.events.notify(id)
	c.host.orders.set()
	return nil
}

// checkDelivery compares a delivery with the job, the result with its digest, and the
// signature with the creator.
func (c *creator) checkDelivery(j store.Job, v protocol.Delivered) error {
	switch {
	case j.Computed == nil:
		return problem(codeDelivery, "job %s has no output to answer", j.JobID)
	case v.Delivery.OutputHash != j.Computed.Receipt.OutputHash:
		return problem(codeDelivery, "outputHash is %s, the receipt names %s", v.Delivery.OutputHash, j.Computed.Receipt.OutputHash)
	case len(v.Sealed) > protocol.MaxSealedBytes:
		return problem(codeDelivery, "sealed result has %d bytes, at most %d are allowed", len(v.Sealed), protocol.MaxSealedBytes)
	case v.Delivery.ResultHash != protocol.BlobDigest(v.Sealed):
		return problem(codeDelivery, "resultHash is not that of the sealed result")
	}
	if err := protocol.VerifyDigest(c.host.domain.DeliveryDigest(v.Delivery), v.Signature, j.Spec.Creator); err != nil {
		return problem(codeDelivery, "%s", err)
	}
	return nil
}

// onFailed stores why a creator could not answer. It may answer later.
func (c *creator) onFailed(m protocol.Message) error {
	f, err := body[protocol.Failed](m)
	if err != nil {
		return err
	}
	if _, err := c.job(f.JobID); err != nil {
		return err
	}
	f.Epoch, f.Code, f.Detail = 0, failCode(f.Code), clean(f.Detail)
	err = c.host.store.Unanswered(c.ctx, f)
	if errors.Is(err, store.ErrConflict) {
		return nil // over already
	}
	c.host.log.WarnContext(c.ctx, "creator could not answer", "job", f.JobID, "creator", c.address, "code", f.Code, "detail", f.Detail)
	c.host.events.notify(f.JobID)
	return err
}

// wakeCreator tells a creator's streams that something was released.
func (h *Host) wakeCreator(a protocol.Address) {
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
