package host

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

func TestWorkerIsRegistered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.newWorker().connect()
	if w.welcome.WorkloadID != testWorkload || len(w.welcome.Token) < 26 || w.welcome.HeartbeatSeconds != 5 {
		t.Errorf("welcome %+v", w.welcome)
	}
	until := b.clock.Now().Add(24 * time.Hour)
	want := contracts.Worker{
		Operator: w.binding.Operator, ValidUntil: uint64(until.Unix()), WorkloadID: testWorkload,
		SealingKeyHash: protocol.Keccak256(w.binding.SealingKey),
	}
	if got := b.chain.registered()[w.key.Address()]; got != want {
		t.Errorf("registered %+v, want %+v", got, want)
	}
	var views []protocol.WorkerView
	b.ok("GET", "/v1/workers", nil, &views)
	if len(views) != 1 || views[0].Signer != w.key.Address() || views[0].Busy || !views[0].Simulated || !views[0].ValidUntil.Equal(until) {
		t.Errorf("workers %+v", views)
	}
	if views[0].Kind != "portable" {
		t.Errorf("kind %q", views[0].Kind)
	}
	if c := views[0].Calibration; c == nil || string(c.Machine) != "fast" || c.Verify(w.key.Address()) != nil {
		t.Errorf("calibration %+v", c)
	}
	stored, err := b.host.store.Worker(t.Context(), w.key.Address())
	if err != nil || len(stored.Evidence.Quote) != 64 {
		t.Errorf("stored %+v, %v", stored, err)
	}
	// Again within the validity: live already, so the chain would refuse another.
	b.chain.with(func() { b.chain.failing = errors.New("no transaction is needed") })
	w.connect()
}

func TestWorkerRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		setup func(*bench, *fakeWorker)
		talk  func(*fakeWorker)
		want  code
	}{
		{"wrong chain", func(_ *bench, w *fakeWorker) { w.binding.ChainID++ }, nil, codeChain},
		{"wrong registry", func(_ *bench, w *fakeWorker) { w.binding.Registry[0]++ }, nil, codeRegistry},
		{"no operator", func(_ *bench, w *fakeWorker) { w.binding.Operator = protocol.Address{} }, nil, codeEvidenceRefused},
		{"evidence over an old nonce", func(b *bench, w *fakeWorker) {
			honest := w.quote
			w.quote = func(binding protocol.Binding) protocol.Evidence {
				old := binding
				old.Nonce = protocol.Nonce{1}
				e := honest(old)
				e.Binding = binding
				return e
			}
		}, nil, codeEvidenceRefused},
		{"evidence for another binding", func(b *bench, w *fakeWorker) {
			honest := w.quote
			w.quote = func(binding protocol.Binding) protocol.Evidence {
				binding.Operator[0]++
				return honest(binding)
			}
		}, nil, codeEvidenceRefused},
		{"workload not allowed", func(b *bench, _ *fakeWorker) { b.chain.allowed[testWorkload] = false }, nil, codeWorkload},
		{"chain that takes no registration", func(b *bench, _ *fakeWorker) { b.chain.failing = errors.New("no gas") }, nil, codeRegistration},
		{"chain that cannot be read", func(b *bench, _ *fakeWorker) { b.chain.unread = errors.New("down") }, nil, codeChainDown},
		{"no evidence", nil, func(w *fakeWorker) {
			w.hello()
			q := receive[protocol.EvidenceRequest](w.wire, protocol.TypeEvidenceRequest)
			w.send(protocol.TypeEvidence, protocol.EvidenceReply{RequestID: q.RequestID, Error: "no TEE here"})
		}, codeEvidence},
		{"work before evidence", nil, func(w *fakeWorker) {
			w.hello()
			receive[protocol.EvidenceRequest](w.wire, protocol.TypeEvidenceRequest)
			w.send(protocol.TypeComputed, protocol.Computed{})
		}, codeProtocol},
		{"no hello", nil, func(w *fakeWorker) {
			w.wire = w.dial("/v1/worker")
			w.send(protocol.TypeHeartbeat, protocol.Heartbeat{})
		}, codeProtocol},
		{"receipt key that is none", func(_ *bench, w *fakeWorker) { w.binding.ReceiptKey = []byte{2, 3} }, func(w *fakeWorker) { w.hello() }, codeProtocol},
		{"kind that is none", func(_ *bench, w *fakeWorker) { w.kind = "AVX 512" }, func(w *fakeWorker) { w.hello() }, codeProtocol},
		{"calibration changed", func(_ *bench, w *fakeWorker) { w.calibration.Machine[0]++ }, func(w *fakeWorker) { w.hello() }, codeProtocol},
		{"calibration by a stranger", func(b *bench, w *fakeWorker) {
			*w.calibration = protocol.NewCalibration(newKey(b), w.calibration.Machine)
		}, func(w *fakeWorker) { w.hello() }, codeProtocol},
		{"calibration too large", func(_ *bench, w *fakeWorker) {
			*w.calibration = protocol.NewCalibration(w.key, make([]byte, protocol.MaxMachineBytes+1))
		}, func(w *fakeWorker) { w.hello() }, codeProtocol},
		{"not JSON", nil, func(w *fakeWorker) { w.text("}") }, codeProtocol},
		{"another version", nil, func(w *fakeWorker) { w.text(`{"v":2,"type":"hello","body":{}}`) }, codeVersion},
		{"unknown field", nil, func(w *fakeWorker) { w.text(`{"v":1,"type":"hello","body":{"x":1}}`) }, codeProtocol},
		{"binary message", nil, func(w *fakeWorker) {
			w.wire = w.dial("/v1/worker")
			w.must(w.conn.WriteMessage(websocket.BinaryMessage, []byte("x")))
		}, codeProtocol},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.publish()
			id, _ := b.queue()
			w := b.newWorker()
			if c.setup != nil {
				c.setup(b, w)
			}
			if c.talk != nil {
				c.talk(w)
			} else {
				w.hello()
				w.attest()
			}
			w.refusedWith(c.want)
			var views []protocol.WorkerView
			b.ok("GET", "/v1/workers", nil, &views)
			if len(views) != 0 {
				t.Errorf("a refused worker is listed: %+v", views)
			}
			b.state(id, protocol.JobQueued)
		})
	}
}

// A worker need not say how fast it is.
func TestUncalibratedWorker(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.newWorker()
	w.calibration = nil
	w.connect()
	var views []protocol.WorkerView
	b.ok("GET", "/v1/workers", nil, &views)
	if len(views) != 1 || views[0].Calibration != nil {
		t.Errorf("workers %+v", views)
	}
}

func TestImplausibleProgress(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	a := w.assigned()
	w.send(protocol.TypeProgress, protocol.Progress{JobID: id, Epoch: a.Epoch, Step: 1, Steps: 2, PredictedSeconds: -1})
	w.refusedWith(codeProtocol)
	if v := b.await(id, protocol.JobQueued); v.Progress != nil {
		t.Errorf("progress %+v was kept", v.Progress)
	}
}

func TestForeignMessage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.newWorker().connect()
	w.send(protocol.TypeAck, protocol.Ack{})
	w.refusedWith(codeProtocol)
}

// text opens a stream with a text of the test's own.
func (w *fakeWorker) text(s string) {
	w.wire = w.dial("/v1/worker")
	w.must(w.conn.WriteMessage(websocket.TextMessage, []byte(s)))
}

func TestMessageTooLarge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.newWorker().connect()
	// The host may hang up before all of it is written.
	_ = w.conn.WriteMessage(websocket.TextMessage, []byte(strings.Repeat(" ", maxWorkerMessage+1)))
	for {
		if _, _, err := w.conn.ReadMessage(); err != nil {
			break
		}
	}
	b.newWorker().connect() // the host goes on
}

func TestEvidenceForOthers(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Collateral = fixedCollateral("collateral") })
	w := b.newWorker().connect()
	path := "/v1/workers/" + w.key.Address().String() + "/evidence"
	nonce := protocol.Nonce{1, 2, 3}
	done := make(chan protocol.EvidenceRequest, 1)
	go func() { done <- w.attest() }()
	var e protocol.Evidence
	b.ok("POST", path, protocol.EvidenceQuery{Nonce: nonce}, &e)
	if q := <-done; q.Nonce != nonce {
		t.Errorf("worker was asked for nonce %x", q.Nonce)
	}
	want := w.binding
	want.Nonce = nonce
	if _, err := (echoVerifier{}).Verify(e, want, b.clock.Now()); err != nil || string(e.Collateral) != "collateral" {
		t.Errorf("evidence with collateral %q: %v", e.Collateral, err)
	}
	b.host.workers.list()[0].limit = rate.NewLimiter(0, 0)
	b.refused(b.call("POST", path, protocol.EvidenceQuery{Nonce: nonce}, nil), codeRateLimited)
}

func TestReceiptRefused(t *testing.T) {
	t.Parallel()
	stranger := newKey(t)
	for _, c := range []struct {
		name   string
		change func(*protocol.Receipt)
		then   func(*fakeWorker, protocol.Assign, *protocol.Computed)
	}{
		{"other prefix", func(r *protocol.Receipt) { r.PrefixHash[0]++ }, nil},
		{"other keys", func(r *protocol.Receipt) { r.KeysHash[0]++ }, nil},
		{"other input", func(r *protocol.Receipt) { r.InputHash[0]++ }, nil},
		{"no output", func(r *protocol.Receipt) { r.OutputHash = protocol.Digest{} }, nil},
		{"output that was not put", func(r *protocol.Receipt) { r.OutputHash[0]++ }, nil},
		{"output of another size", func(r *protocol.Receipt) { r.OutputHash = r.InputHash }, nil},
		{"too slow", func(r *protocol.Receipt) { r.ElapsedMs = 60_001 }, nil},
		{"signed by a stranger", nil, func(_ *fakeWorker, a protocol.Assign, c *protocol.Computed) {
			c.Signature = stranger.SignDigest(a.Domain.ReceiptDigest(c.Receipt))
		}},
		{"signed for another market", nil, func(w *fakeWorker, a protocol.Assign, c *protocol.Computed) {
			c.Signature = w.key.SignDigest(protocol.Domain{ChainID: 1}.ReceiptDigest(c.Receipt))
		}},
		{"changed after signing", nil, func(_ *fakeWorker, _ protocol.Assign, c *protocol.Computed) { c.Receipt.ElapsedMs++ }},
		{"another time", nil, func(_ *fakeWorker, _ protocol.Assign, c *protocol.Computed) { c.Seconds += 0.01 }},
		{"prediction that is none", nil, func(_ *fakeWorker, _ protocol.Assign, c *protocol.Computed) { c.PredictedSeconds = -1 }},
		{"no signature", nil, func(_ *fakeWorker, _ protocol.Assign, c *protocol.Computed) { c.Signature = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.publish()
			id, _ := b.queue()
			w := b.newWorker().connect()
			a := w.assigned()
			computed, output := w.compute(a)
			w.put(output, w.welcome.Token, "")
			if c.change != nil {
				c.change(&computed.Receipt)
				computed = w.sign(a, computed.Receipt)
			}
			if c.then != nil {
				c.then(w, a, &computed)
			}
			w.send(protocol.TypeComputed, computed)
			w.refusedWith(codeReceipt)
			if v := b.await(id, protocol.JobQueued); v.Computed != nil {
				t.Error("the receipt was kept")
			}
			if len(b.chain.settled) != 0 {
				t.Error("the receipt went to the chain")
			}
			second := b.newWorker().connect()
			if a := second.assigned(); a.JobID != id || a.Epoch != 2 {
				t.Errorf("second worker got %+v", a)
			}
		})
	}
}

// Leases end and work goes on while the chain cannot be read, and its events are followed
// as soon as it can.
func TestChainAway(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Sweep = 5 * time.Millisecond })
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	w.assigned()
	second := b.newWorker().connect()
	b.chain.with(func() { b.chain.unread = errors.New("down") })
	b.run()
	b.clock.advance(31 * time.Second)
	w.refusedWith(codeSuperseded)
	if a := second.assigned(); a.Epoch != 2 {
		t.Errorf("assigned %+v", a)
	}
	b.chain.with(func() { b.chain.unread = nil })
	b.chain.batches <- contracts.Batch{Events: []contracts.Event{{Data: &contracts.JobRefunded{JobID: id}}}}
	b.await(id, protocol.JobRefunded)
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w := b.newWorker().connect()
	before := b.chain.registered()[w.key.Address()].ValidUntil
	pass := func(d time.Duration) {
		b.clock.advance(d)
		b.chain.with(func() { b.chain.time = uint64(b.clock.Now().Unix()) })
		b.must(b.host.sweep(t.Context()))
	}
	pass(17 * time.Hour)
	pass(2 * time.Hour) // three quarters are over
	w.attest()
	for b.chain.registered()[w.key.Address()].ValidUntil == before {
		b.ok("GET", "/healthz", nil, nil)
	}
	// The next time its evidence is bad.
	pass(19 * time.Hour)
	w.quote = func(binding protocol.Binding) protocol.Evidence { return protocol.Evidence{Binding: binding} }
	w.attest()
	w.refusedWith(codeEvidenceRefused)
}

func TestChainEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.run()
	b.publish()
	happens := func(e contracts.EventData) { b.chain.batches <- contracts.Batch{Events: []contracts.Event{{Data: e}}} }
	w := b.newWorker().connect()
	happens(&contracts.WorkerRevoked{Signer: protocol.Address{1}}) // somebody else
	happens(&contracts.WorkloadSet{WorkloadID: testWorkload, AllowedFrom: 1})
	happens(&contracts.WorkerRevoked{Signer: w.key.Address()})
	w.refusedWith(codeRegistration)
	w = b.newWorker().connect()
	happens(&contracts.WorkloadSet{WorkloadID: testWorkload})
	w.refusedWith(codeWorkload)
	id, _ := b.queue()
	happens(&contracts.JobRefunded{JobID: protocol.Digest{9}})
	happens(&contracts.JobRefunded{JobID: id})
	b.await(id, protocol.JobRefunded)
}

// A refund that happened while the host was away is found when it comes back, even if the chain does not answer at first.
func TestRefundedWhileAway(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.NoRefunds, c.Sweep = true, 5*time.Millisecond })
	b.publish()
	id, s := b.queue()
	b.chain.with(func() { b.chain.time = s.PrefixBy + 1 })
	b.must(b.host.sweep(t.Context()))
	b.must(b.host.settle(t.Context())) // leaves the refund to the user
	b.state(id, protocol.JobFailed)
	b.chain.with(func() { b.chain.jobs[id], b.chain.lost = contracts.StateRefunded, 1 })
	b.restart()
	b.run()
	if v := b.await(id, protocol.JobRefunded); v.Failure == nil || v.Failure.Code != protocol.FailDeadline {
		t.Errorf("failure %+v", v.Failure)
	}
}
