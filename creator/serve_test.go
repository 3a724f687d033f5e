package creator

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/encrypted-compute/encompute/protocol"
)

// stage is a creator that serves, and the host's end of its streams.
type stage struct {
	*world
	t      *testing.T
	chain  *fakeChain
	cfg    ServeConfig
	peers  chan *peer
	ended  chan error
	cancel context.CancelFunc
}

// peer is the host's end of one stream.
type peer struct {
	t  *testing.T
	ws *websocket.Conn
}

func newStage(t *testing.T) *stage {
	t.Helper()
	w := testWorld(t)
	s := &stage{world: w, t: t, chain: newFakeChain(w), peers: make(chan *peer), ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		select {
		case s.peers <- &peer{t, ws}:
		case <-ctx.Done():
			_ = ws.Close()
		}
	}))
	s.cfg = ServeConfig{
		State: w.state(t), Signer: KeySigner{w.creator}, Chain: s.chain, Host: Host{Address: server.URL, Network: w.network},
	}
	t.Cleanup(func() { cancel(); server.Close() })
	return s
}

// start lets the creator serve, with no time between attempts.
func (s *stage) start() {
	s.t.Helper()
	server, err := newServer(s.cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	server.wait = func(ctx context.Context, _ int) error { return ctx.Err() }
	ctx, cancel := context.WithCancel(s.t.Context())
	s.cancel = cancel
	go func() { s.ended <- server.run(ctx) }()
	s.t.Cleanup(s.stop)
}

// stop ends the creator; it must not have ended by itself.
func (s *stage) stop() {
	s.cancel()
	if err := <-s.ended; err != nil {
		s.t.Errorf("serve: %v", err)
	}
	s.ended <- nil
}

// accept waits for a stream and lets the creator in; it returns the number after which the creator asks for releases.
func (s *stage) accept() (*peer, uint64) {
	s.t.Helper()
	p := <-s.peers
	p.send(protocol.TypeChallenge, protocol.Challenge{Host: s.network.Name, ChainID: s.network.ChainID, Nonce: protocol.Nonce{7}})
	login := receive[protocol.Login](p, protocol.TypeLogin)
	digest := protocol.LoginDigest(s.network.Name, s.network.ChainID, protocol.Nonce{7})
	if err := protocol.VerifyDigest(digest, login.Signature, s.creator.Address()); err != nil || login.Creator != s.creator.Address() {
		s.t.Fatalf("login of %s: %v", login.Creator, err)
	}
	p.send(protocol.TypeWelcome, protocol.Welcome{HeartbeatSeconds: 20})
	return p, login.After
}

func (p *peer) send(t protocol.MessageType, body any) {
	p.t.Helper()
	b, err := protocol.EncodeMessage(t, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.ws.WriteMessage(websocket.TextMessage, b); err != nil {
		p.t.Fatal(err)
	}
}

func receive[T any](p *peer, want protocol.MessageType) T {
	p.t.Helper()
	_, b, err := p.ws.ReadMessage()
	if err != nil {
		p.t.Fatal(err)
	}
	m, err := protocol.DecodeMessage(b)
	if err != nil || m.Type != want {
		p.t.Fatalf("message %s %s, %v, want %s", m.Type, m.Body, err, want)
	}
	v, err := protocol.DecodeBody[T](m)
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// order is a user's released job.
type order struct {
	protocol.Released
	job    protocol.Digest
	input  []float64
	result protocol.SealingKey
}

// order makes a job that is computed on chain and its release, unless change says otherwise.
func (s *stage) order(seq uint64, change func(*protocol.Released, *protocol.Intermediate)) order {
	s.t.Helper()
	key, err := protocol.NewSealingKey()
	if err != nil {
		s.t.Fatal(err)
	}
	o := order{input: uniform(s.t, s.graph, 4), result: key}
	prefix, _, err := s.graph.Split(s.cut)
	if err != nil {
		s.t.Fatal(err)
	}
	values, err := prefix.Eval(float32s(o.input))
	if err != nil {
		s.t.Fatal(err)
	}
	in := protocol.Intermediate{ResultKey: key.Public()}
	for _, v := range values {
		in.Values = append(in.Values, float64(v))
	}
	cut := s.published.manifest.Cuts[0]
	o.Seq, o.Spec = seq, protocol.JobSpec{
		User: s.user.Address(), Creator: s.creator.Address(), ModelID: s.published.id,
		ManifestHash: protocol.NewDigest("manifest", s.published.raw), PrefixHash: cut.PrefixHash, Cut: cut.Index,
		WorkloadID: cut.WorkloadID, PrefixBy: s.chain.now + 600, DeliverBy: s.chain.now + 6000, Salt: protocol.Digest{byte(seq)},
		InputHash: protocol.Digest{1}, KeysHash: protocol.Digest{2},
	}
	o.job = s.domain.JobID(o.Spec)
	o.Receipt = protocol.Receipt{JobID: o.job, PrefixHash: cut.PrefixHash, KeysHash: o.Spec.KeysHash, InputHash: o.Spec.InputHash, OutputHash: protocol.Digest{3}}
	o.Release.Release = protocol.Release{JobID: o.job, OutputHash: o.Receipt.OutputHash}
	s.chain.set(func() { s.chain.escrow[o.job] = EscrowComputed })
	if change != nil {
		change(&o.Released, &in)
	}
	s.seal(&o, in)
	return o
}

// seal seals and signs the release of an order as its user would.
func (s *stage) seal(o *order, in protocol.Intermediate) {
	s.t.Helper()
	b, err := protocol.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	r := &o.Release
	if r.Sealed, err = protocol.Seal(s.published.manifest.SealingKey, protocol.SealIntermediate, o.job, b); err != nil {
		s.t.Fatal(err)
	}
	r.Release.ReleaseHash = protocol.BlobDigest(r.Sealed)
	r.Signature = s.user.SignDigest(s.domain.ReleaseDigest(r.Release))
}

// check opens an answer as the user does and compares it to the model in plaintext.
func (s *stage) check(o order, d protocol.Delivered) {
	s.t.Helper()
	if d.Delivery.JobID != o.job || d.Delivery.OutputHash != o.Receipt.OutputHash || d.Delivery.ResultHash != protocol.BlobDigest(d.Sealed) {
		s.t.Fatalf("delivery %+v", d.Delivery)
	}
	if err := protocol.VerifyDigest(s.domain.DeliveryDigest(d.Delivery), d.Signature, s.creator.Address()); err != nil {
		s.t.Fatal(err)
	}
	b, err := o.result.Open(protocol.SealResult, o.job, d.Sealed)
	if err != nil {
		s.t.Fatal(err)
	}
	var r protocol.Result
	if err := protocol.Unmarshal(b, &r); err != nil {
		s.t.Fatal(err)
	}
	want, err := s.graph.Eval(float32s(o.input))
	if err != nil {
		s.t.Fatal(err)
	}
	for i, v := range want {
		if diff := r.Values[i] - float64(v); diff > 1e-3 || diff < -1e-3 {
			s.t.Errorf("value %d is %v, the model gives %v", i, r.Values[i], v)
		}
	}
	if label := s.card.Labels[slices.Index(want, slices.Max(want))]; r.Label != label {
		s.t.Errorf("label %q, the model says %q", r.Label, label)
	}
}

// TestServe answers, answers again what was not acknowledged, with the same bytes and
// nothing computed anew, and forgets nothing over a restart.
func TestServe(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.start()
	p, after := s.accept()
	if after != 0 {
		t.Errorf("asked for releases after %d at first", after)
	}
	first, second := s.order(11, nil), s.order(12, nil)
	p.send(protocol.TypeReleased, first.Released)
	d := receive[protocol.Delivered](p, protocol.TypeDelivered)
	s.check(first, d)
	if a := receive[protocol.Ack](p, protocol.TypeAck); a.Seq != 11 {
		t.Errorf("acknowledged %d, want 11", a.Seq)
	}
	_ = p.ws.Close() // the stream breaks, and the host dies with answer and acknowledgement
	p, after = s.accept()
	if after != 0 {
		t.Errorf("asked for releases after %d at the second login, though the host may have lost the answers to those before", after)
	}
	s.chain.set(func() { s.chain.escrow[first.job] = EscrowDelivered })
	p.send(protocol.TypeReleased, first.Released)
	if again := receive[protocol.Delivered](p, protocol.TypeDelivered); !bytes.Equal(again.Sealed, d.Sealed) || !bytes.Equal(again.Signature, d.Signature) {
		t.Error("the second answer differs from the first")
	}
	if a := receive[protocol.Ack](p, protocol.TypeAck); a.Seq != 11 {
		t.Errorf("acknowledged %d, want 11", a.Seq)
	}
	s.stop()
	_ = p.ws.Close()
	<-s.ended
	s.start()
	p, after = s.accept()
	if after != 0 {
		t.Errorf("asked for releases after %d after a restart", after)
	}
	p.send(protocol.TypeReleased, second.Released)
	s.check(second, receive[protocol.Delivered](p, protocol.TypeDelivered))
}

// TestServeRefuses changes one thing of a release at a time and requires that it gets no
// result, and is acknowledged.
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	stranger, err := protocol.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	type change = func(*stage, *protocol.Released, *protocol.Intermediate)
	before := map[string]change{ // before the user seals and signs
		"other model":              func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Spec.ModelID[0]++ },
		"other creator":            func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Spec.Creator[0]++ },
		"other manifest":           func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Spec.ManifestHash[0]++ },
		"other cut":                func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Spec.Cut++ },
		"other prefix":             func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Spec.PrefixHash[0]++ },
		"other receipt":            func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Receipt.JobID[0]++ },
		"other output":             func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Release.Release.OutputHash[0]++ },
		"released for another job": func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Release.Release.JobID[0]++ },
		"too few values":           func(_ *stage, _ *protocol.Released, in *protocol.Intermediate) { in.Values = in.Values[1:] },
		"infinite value":           func(_ *stage, _ *protocol.Released, in *protocol.Intermediate) { in.Values[5] = 1e300 },
		"no result key":            func(_ *stage, _ *protocol.Released, in *protocol.Intermediate) { in.ResultKey = nil },
		"refunded": func(s *stage, r *protocol.Released, _ *protocol.Intermediate) {
			s.chain.escrow[r.Receipt.JobID] = EscrowRefunded
		},
		"undelivered": func(s *stage, r *protocol.Released, _ *protocol.Intermediate) {
			s.chain.escrow[r.Receipt.JobID] = EscrowUndelivered
		},
		"never on chain": func(s *stage, r *protocol.Released, _ *protocol.Intermediate) {
			delete(s.chain.escrow, r.Receipt.JobID)
		},
		"receipt never on chain": func(s *stage, r *protocol.Released, _ *protocol.Intermediate) {
			s.chain.escrow[r.Receipt.JobID] = EscrowPosted
			s.chain.asked = func(c *fakeChain) { c.now += 60 }
		},
		"too late to deliver":     func(s *stage, r *protocol.Released, _ *protocol.Intermediate) { s.chain.now = r.Spec.DeliverBy + 1 },
		"the chain would not pay": func(s *stage, _ *protocol.Released, _ *protocol.Intermediate) { s.chain.refuses = true },
	}
	after := map[string]change{ // after the user signed
		"envelope changed": func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Release.Sealed[9] ^= 1 },
		"signed by a stranger": func(s *stage, r *protocol.Released, _ *protocol.Intermediate) {
			r.Release.Signature = stranger.SignDigest(s.domain.ReleaseDigest(r.Release.Release))
		},
		"not signed": func(_ *stage, r *protocol.Released, _ *protocol.Intermediate) { r.Release.Signature = nil },
		"envelope for another key": func(s *stage, r *protocol.Released, _ *protocol.Intermediate) {
			r.Release.Sealed[9] ^= 1
			r.Release.Release.ReleaseHash = protocol.BlobDigest(r.Release.Sealed)
			r.Release.Signature = s.user.SignDigest(s.domain.ReleaseDigest(r.Release.Release))
		},
	}
	for name, change := range before {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			o := s.order(5, func(r *protocol.Released, in *protocol.Intermediate) { change(s, r, in) })
			s.refused(o)
		})
	}
	for name, change := range after {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			o := s.order(5, nil)
			change(s, &o.Released, nil)
			s.refused(o)
		})
	}
}

// refused requires that an order is answered with a failure, and that another one is
// answered after it.
func (s *stage) refused(o order) {
	s.t.Helper()
	s.start()
	p, _ := s.accept()
	p.send(protocol.TypeReleased, o.Released)
	if f := receive[protocol.Failed](p, protocol.TypeFailed); f.Code != protocol.FailRelease || f.JobID != s.domain.JobID(o.Spec) || f.Detail == "" {
		s.t.Errorf("failure %+v", f)
	}
	if a := receive[protocol.Ack](p, protocol.TypeAck); a.Seq != o.Seq {
		s.t.Errorf("acknowledged %d, want %d", a.Seq, o.Seq)
	}
	if _, err := s.cfg.State.answer(o.job); err == nil {
		s.t.Error("an answer was kept")
	}
}

// TestServeInOrder lets a job wait for its payment while the next one is answered:
// neither is acknowledged before both are answered.
func TestServeInOrder(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first, second := s.order(1, nil), s.order(2, nil)
	s.chain.set(func() { s.chain.escrow[first.job] = EscrowPosted })
	s.start()
	p, _ := s.accept()
	p.send(protocol.TypeReleased, first.Released)
	p.send(protocol.TypeReleased, second.Released)
	s.check(second, receive[protocol.Delivered](p, protocol.TypeDelivered))
	s.chain.set(func() { s.chain.escrow[first.job] = EscrowComputed })
	s.check(first, receive[protocol.Delivered](p, protocol.TypeDelivered))
	if a := receive[protocol.Ack](p, protocol.TypeAck); a.Seq != 2 {
		t.Errorf("acknowledged %d, want 2", a.Seq)
	}
}

// TestLogin refuses a host that is another one, and stops where trying again is no use.
func TestLogin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		challenge protocol.Challenge
		refused   protocol.Refused // after the login
	}{
		"another host":  {challenge: protocol.Challenge{Host: "mallory", ChainID: 1337}},
		"another chain": {challenge: protocol.Challenge{Host: "test host", ChainID: 1}},
		"refused":       {protocol.Challenge{Host: "test host", ChainID: 1337}, protocol.Refused{Code: "signature"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.start()
			p := <-s.peers
			p.send(protocol.TypeChallenge, test.challenge)
			if test.refused.Code != "" {
				receive[protocol.Login](p, protocol.TypeLogin)
				p.send(protocol.TypeRefused, test.refused)
			} else if _, _, err := p.ws.ReadMessage(); err == nil {
				t.Error("the creator signed for another host")
			}
			if err := <-s.ended; !errors.Is(err, ErrLogin) {
				t.Errorf("ended with %v, want ErrLogin", err)
			}
			s.ended <- nil
		})
	}
}

// TestBusyHost comes back to a host that had no room.
func TestBusyHost(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.start()
	p := <-s.peers
	p.send(protocol.TypeRefused, protocol.Refused{Code: "busy"})
	s.accept()
}
