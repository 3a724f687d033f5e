package enclave

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestHelloAndEvidence(t *testing.T) {
	t.Parallel()
	h := newFakeHost(t)
	w := startWorker(t, h, nil)
	s := h.accept()
	hello := expect[protocol.Hello](s, protocol.TypeHello)
	if hello.Software != "test" || hello.Cores != 1 || hello.MemoryMB < 1 || hello.Kind != fhe.Kind() || hello.CheckKind() != nil {
		t.Errorf("hello is %+v", hello)
	}
	b := hello.Binding
	if b.ChainID != testDomain.ChainID || b.Operator != testOperator || b.Registry != testRegistry || b.Nonce != (protocol.Nonce{}) {
		t.Errorf("binding of hello is %+v", b)
	}
	signer, err := b.Signer()
	if err != nil {
		t.Fatal(err)
	}
	if err := hello.Calibration.Verify(signer); err != nil {
		t.Error(err)
	}
	if m, err := fhe.ParseMachine(hello.Calibration.Machine); err != nil || m != testMachine {
		t.Errorf("machine of hello is %+v, %v", m, err)
	}
	for i, nonce := range []protocol.Nonce{{}, {1}, {2, 31: 3}} {
		s.send(protocol.TypeEvidenceRequest, protocol.EvidenceRequest{RequestID: uint64(i), Nonce: nonce})
		reply := expect[protocol.EvidenceReply](s, protocol.TypeEvidence)
		if reply.RequestID != uint64(i) || reply.Error != "" {
			t.Fatalf("reply %d, error %q, want reply %d", reply.RequestID, reply.Error, i)
		}
		// The binding must be the one of hello with this nonce, and the quote must say so.
		want := b
		want.Nonce = nonce
		data := want.ReportData()
		if got := reply.Evidence.Binding; got.ReportData() != data {
			t.Errorf("binding is %+v, want %+v", got, want)
		}
		if quote := reply.Evidence.Quote; len(quote) < 632 || !bytes.Equal(quote[568:632], data[:]) {
			t.Errorf("the quote does not commit to nonce %x", nonce[:4])
		}
	}
	if err := w.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	s.expectEnd()
}

// A worker may be asked for evidence while others ask, too, and after its welcome.
func TestEvidenceFlood(t *testing.T) {
	t.Parallel()
	h := newFakeHost(t)
	startWorker(t, h, nil)
	s := h.admit()
	const n = 100
	go func() {
		for i := range uint64(n) {
			b, _ := protocol.EncodeMessage(protocol.TypeEvidenceRequest, protocol.EvidenceRequest{RequestID: i, Nonce: protocol.Nonce{byte(i)}})
			s.conn.WriteMessage(1, b)
		}
	}()
	answered := map[uint64]bool{}
	for range n {
		reply := expect[protocol.EvidenceReply](s, protocol.TypeEvidence)
		if answered[reply.RequestID] {
			t.Fatalf("request %d was answered twice", reply.RequestID)
		}
		answered[reply.RequestID] = true
		if reply.Error == "" && reply.Evidence.Binding.Nonce != (protocol.Nonce{byte(reply.RequestID)}) {
			t.Fatalf("request %d was answered with another's nonce", reply.RequestID)
		}
	}
}

func TestEvidenceFails(t *testing.T) {
	t.Parallel()
	h := newFakeHost(t)
	startWorker(t, h, func(w *Worker) { w.tee = brokenTEE{w.tee} })
	s := h.accept()
	expect[protocol.Hello](s, protocol.TypeHello)
	s.send(protocol.TypeEvidenceRequest, protocol.EvidenceRequest{RequestID: 7})
	reply := expect[protocol.EvidenceReply](s, protocol.TypeEvidence)
	if reply.RequestID != 7 || !strings.Contains(reply.Error, "no quoting enclave") || len(reply.Evidence.Quote) != 0 {
		t.Errorf("got %+v, want the error", reply)
	}
}

type brokenTEE struct{ Provider }

func (brokenTEE) Evidence(context.Context, [64]byte) (protocol.Evidence, error) {
	return protocol.Evidence{}, errors.New("no quoting enclave")
}

// A host that breaks the protocol loses the stream; the worker comes back.
func TestHostileMessages(t *testing.T) {
	t.Parallel()
	welcome := func(change func(*protocol.Welcome)) string {
		w := protocol.Welcome{WorkloadID: testWorkload, Token: testToken, HeartbeatSeconds: 1}
		change(&w)
		b, err := protocol.EncodeMessage(protocol.TypeWelcome, w)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	good := welcome(func(*protocol.Welcome) {})
	for name, messages := range map[string][]string{
		"no JSON":             {"hello"},
		"other version":       {`{"v":2,"type":"welcome","body":{}}`},
		"unknown type":        {`{"v":1,"type":"shell","body":{}}`},
		"a worker's type":     {`{"v":1,"type":"computed","body":{}}`},
		"unknown field":       {`{"v":1,"type":"cancel","body":{"jobID2":1}}`},
		"no body":             {`{"v":1,"type":"assign"}`},
		"job before welcome":  {`{"v":1,"type":"assign","body":{}}`},
		"two welcomes":        {good, good},
		"no workload":         {welcome(func(w *protocol.Welcome) { w.WorkloadID = protocol.Digest{} })},
		"no heartbeat":        {welcome(func(w *protocol.Welcome) { w.HeartbeatSeconds = 0 })},
		"negative heartbeat":  {welcome(func(w *protocol.Welcome) { w.HeartbeatSeconds = -1 << 40 })},
		"huge heartbeat":      {welcome(func(w *protocol.Welcome) { w.HeartbeatSeconds = 1 << 60 })},
		"long token":          {welcome(func(w *protocol.Welcome) { w.Token = strings.Repeat("t", maxToken+1) })},
		"message too large":   {strings.Repeat(" ", maxHostMessage+1)},
		"deeply nested":       {strings.Repeat(`{"v":`, 20_000)},
		"refused for a while": {`{"v":1,"type":"refused","body":{"code":"busy","detail":"d","remedy":"r"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newFakeHost(t)
			startWorker(t, h, nil)
			s := h.accept()
			expect[protocol.Hello](s, protocol.TypeHello)
			for _, m := range messages {
				s.conn.WriteMessage(1, []byte(m)) // may fail: the worker hangs up
			}
			s.expectEnd()
			h.admit()
		})
	}
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	for code, permanent := range map[string]bool{"chain": true, "registry": true, "version": true, "workload": false, "": false} {
		refused := &RefusedError{protocol.Refused{Code: code}}
		if refused.Permanent() != permanent {
			t.Errorf("code %q is permanent: %v, want %v", code, refused.Permanent(), permanent)
		}
	}
	h := newFakeHost(t)
	w := startWorker(t, h, nil)
	s := h.accept()
	s.send(protocol.TypeRefused, protocol.Refused{Code: "chain", Detail: "this host serves chain 1", Remedy: "set ENCOMPUTE_CHAIN_ID"})
	var refused *RefusedError
	if err := w.wait(); !errors.As(err, &refused) || !strings.Contains(err.Error(), "set ENCOMPUTE_CHAIN_ID") {
		t.Errorf("run ended with %v, want the refusal with its remedy", err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := Config{Host: "https://host.example/base", Operator: testOperator, ChainID: 1, Registry: testRegistry}
	w, err := New(t.Context(), good, scriptedTEE{"a", byPath})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := fhe.ParseMachine(w.calibration.Machine); err != nil || m.Cores != w.config.Threads {
		t.Errorf("measured %+v for %d goroutines, %v", m, w.config.Threads, err)
	}
	for i, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Host = "" }, "host"},
		{func(c *Config) { c.Host = "wss://host.example" }, "host"},
		{func(c *Config) { c.Host = "http://" }, "host"},
		{func(c *Config) { c.Host = "http://user:pass@host.example" }, "host"},
		{func(c *Config) { c.Host = "http://host.example?x=1" }, "host"},
		{func(c *Config) { c.Operator = protocol.Address{} }, "operator"},
		{func(c *Config) { c.ChainID = 0 }, "chain id"},
		{func(c *Config) { c.Registry = protocol.Address{} }, "registry"},
		{func(c *Config) { c.Threads = -1 }, "threads"},
		{func(c *Config) { c.Machine = fhe.ReferenceMachine(); c.Machine.Speedup = 2 }, "machine"},
	} {
		t.Run(fmt.Sprint(i, " ", c.want), func(t *testing.T) {
			t.Parallel()
			config := good
			c.change(&config)
			if _, err := New(t.Context(), config, scriptedTEE{"a", byPath}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want an error about %s", err, c.want)
			}
		})
	}
}
