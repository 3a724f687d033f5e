package host

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

func TestCreatorRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stranger := newKey(t)
	for _, c := range []struct {
		name string
		sign func(protocol.Challenge) []byte
	}{
		{"a stranger's signature", func(ch protocol.Challenge) []byte {
			return stranger.SignDigest(protocol.LoginDigest(ch.Host, ch.ChainID, ch.Nonce))
		}},
		{"an old nonce", func(ch protocol.Challenge) []byte {
			return b.creator.SignDigest(protocol.LoginDigest(ch.Host, ch.ChainID, protocol.Nonce{}))
		}},
		{"another host", func(ch protocol.Challenge) []byte {
			return b.creator.SignDigest(protocol.LoginDigest("other", ch.ChainID, ch.Nonce))
		}},
		{"another chain", func(ch protocol.Challenge) []byte {
			return b.creator.SignDigest(protocol.LoginDigest(ch.Host, 1, ch.Nonce))
		}},
		{"none", func(protocol.Challenge) []byte { return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := b.dial("/v1/creator")
			ch := receive[protocol.Challenge](w, protocol.TypeChallenge)
			w.send(protocol.TypeLogin, protocol.Login{Creator: b.creator.Address(), Signature: c.sign(ch)})
			w.refusedWith(codeSignature)
		})
	}
	w := b.dial("/v1/creator")
	receive[protocol.Challenge](w, protocol.TypeChallenge)
	w.send(protocol.TypeAck, protocol.Ack{Seq: 1}) // before login
	w.refusedWith(codeProtocol)
}

// What was released while the creator was away comes when it signs in, and again until
// it is answered or acknowledged.
func TestReplay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	first, second, third := b.released(), b.released(), b.released()
	base := uint64(b.clock.Now().UnixMilli()) - 1
	c := b.signIn(b.creator, 0)
	for i, id := range []protocol.Digest{first, second, third} {
		if r := c.released(); r.Seq != base+uint64(i+1) || r.Receipt.JobID != id {
			t.Errorf("release %d is for %s", r.Seq, r.Receipt.JobID)
		}
	}
	other := b.signIn(newKey(t), 0) // sees none of it
	c = b.signIn(b.creator, base+1)
	if r := c.released(); r.Seq != base+2 {
		t.Errorf("after 1: %d", r.Seq)
	}
	c.send(protocol.TypeAck, protocol.Ack{Seq: base + 1})
	c.send(protocol.TypeDelivered, c.delivery(c.released(), []byte("third answer")))
	b.await(third, protocol.JobDelivered)
	b.restart()
	c = b.signIn(b.creator, 0)
	if r := c.released(); r.Seq != base+2 || r.Receipt.JobID != second {
		t.Errorf("after ack and answer: %d", r.Seq)
	}
	c.send(protocol.TypeAck, protocol.Ack{Seq: base + 3})
	fourth := b.released() // while it is online
	if r := c.released(); r.Seq != base+4 || r.Receipt.JobID != fourth {
		t.Errorf("released online: %d", r.Seq)
	}
	_ = other
}

func TestDeliveryRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*fakeCreator, *protocol.Delivered)
		want   code
	}{
		{"changed result", func(_ *fakeCreator, d *protocol.Delivered) { d.Sealed[0]++ }, codeDelivery},
		{"changed result hash", func(_ *fakeCreator, d *protocol.Delivered) { d.Delivery.ResultHash[0]++ }, codeDelivery},
		{"changed signature", func(_ *fakeCreator, d *protocol.Delivered) { d.Signature[3]++ }, codeDelivery},
		{"no signature", func(_ *fakeCreator, d *protocol.Delivered) { d.Signature = nil }, codeDelivery},
		{"a stranger's signature", func(f *fakeCreator, d *protocol.Delivered) {
			f.key = newKey(f)
			*d = f.signDelivery(d.Delivery, d.Sealed)
		}, codeDelivery},
		{"another output", func(f *fakeCreator, d *protocol.Delivered) {
			d.Delivery.OutputHash[0]++
			*d = f.signDelivery(d.Delivery, d.Sealed)
		}, codeDelivery},
		{"unknown job", func(f *fakeCreator, d *protocol.Delivered) {
			d.Delivery.JobID[0]++
			*d = f.signDelivery(d.Delivery, d.Sealed)
		}, codeUnknownJob},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.publish()
			id := b.released()
			f := b.signIn(b.creator, 0)
			d := f.delivery(f.released(), []byte("answer"))
			c.change(f, &d)
			f.send(protocol.TypeDelivered, d)
			f.refusedWith(c.want)
			if v := b.state(id, protocol.JobReleased); v.Delivered != nil {
				t.Error("the delivery was kept")
			}
			// An honest answer is still possible.
			f = b.signIn(b.creator, 0)
			f.send(protocol.TypeDelivered, f.delivery(f.released(), []byte("answer")))
			b.await(id, protocol.JobDelivered)
		})
	}
}

func TestForeignCreator(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id := b.released()
	honest := b.signIn(b.creator, 0)
	r := honest.released()
	foreign := b.signIn(newKey(t), 0)
	foreign.send(protocol.TypeDelivered, foreign.delivery(r, []byte("stolen")))
	foreign.refusedWith(codeDelivery)
	foreign = b.signIn(newKey(t), 0)
	foreign.send(protocol.TypeFailed, protocol.Failed{JobID: id, Code: protocol.FailRelease})
	foreign.refusedWith(codeDelivery)
	if v := b.state(id, protocol.JobReleased); v.Failure != nil {
		t.Errorf("failure %+v", v.Failure)
	}
}

func TestCreatorFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id := b.released()
	c := b.signIn(b.creator, 0)
	r := c.released()
	c.send(protocol.TypeFailed, protocol.Failed{JobID: id, Code: protocol.FailRelease, Detail: "does not open"})
	c.send(protocol.TypeDelivered, c.delivery(r, []byte("after all")))
	c.send(protocol.TypeDelivered, c.delivery(r, []byte("after all"))) // again
	c.send(protocol.TypeDelivered, c.delivery(r, []byte("another")))   // comes to nothing
	c.send(protocol.TypeFailed, protocol.Failed{JobID: id, Code: protocol.FailRelease})
	v := b.await(id, protocol.JobDelivered)
	if string(v.Delivered.Sealed) != "after all" || v.Failure != nil {
		t.Errorf("delivered %q with failure %+v", v.Delivered.Sealed, v.Failure)
	}
	var events []protocol.Event
	b.ok("GET", "/v1/jobs/"+id.String()+"/events", nil, &events)
	var failure *protocol.Failed
	for _, e := range events {
		if e.Job.State == protocol.JobReleased && e.Job.Failure != nil {
			failure = e.Job.Failure
		}
	}
	if failure == nil || failure.Detail != "does not open" {
		t.Errorf("failure in the events: %+v", failure)
	}
	// The stream lives on.
	next := b.released()
	if r := c.released(); r.Receipt.JobID != next {
		t.Errorf("released %s", r.Receipt.JobID)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.host.Serve(ctx, l) }()
	b.server.Close()
	b.server.URL = "http://" + l.Addr().String()
	b.server.Config = &http.Server{}
	w := b.newWorker().connect()
	cancel()
	if _, _, err := w.conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("stream ends with %v, want going away", err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTooManyStreams(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.MaxStreams = 1 })
	w := b.newWorker().connect()
	resp, answer := b.request("GET", "/v1/worker", "", nil)
	b.refused(b.answer(resp, answer, nil), codeBusy)
	w.conn.Close()
}
