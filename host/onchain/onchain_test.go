// Package onchain_test runs a host against the real contracts on a development chain. It
// is apart from the host's own tests because the chain is large and leaves goroutines.
package onchain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/devchain"
	"github.com/encrypted-compute/encompute/host"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

var workload = protocol.Digest{1, 2, 3}

// trusting accepts everybody: this test is not about evidence.
type trusting struct{}

func (trusting) Verify(protocol.Evidence, protocol.Binding, time.Time) (host.Accepted, error) {
	return host.Accepted{WorkloadID: workload, TCBStatus: "UpToDate", Simulated: true}, nil
}

// world is a chain with contracts, a host over it, and everybody's keys.
type world struct {
	*testing.T
	chain                  *devchain.Chain
	client                 *contracts.Client
	server                 *httptest.Server
	handler                atomic.Pointer[http.Handler]
	data                   string // folder of the host
	now                    func() time.Time
	token                  string // of the user's session
	user, creator, receipt protocol.SigningKey
	attester               protocol.SigningKey
	operator               protocol.Address
	spec                   protocol.JobSpec
	window                 uint64 // seconds from a post to prefixBy, and from there to deliverBy
	input, output          []byte
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) key() protocol.SigningKey {
	k, err := protocol.NewSigningKey()
	w.must(err)
	return k
}

// newWorld starts a host with everything around it.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := newChain(t)
	h := w.host(w.client, time.Now)
	done := make(chan error, 1)
	go func() { done <- h.Run(t.Context()) }()
	t.Cleanup(func() {
		w.must(errors.Join(<-done, h.Close()))
		w.server.Close()
	})
	w.publish()
	return w
}

// host opens the host's state and answers requests with it.
func (w *world) host(chain host.Chain, now func() time.Time) *host.Host {
	w.Helper()
	h, err := host.New(w.Context(), host.Config{
		Name: "test", DataDir: w.data, Chain: chain, Key: w.attester, Verifier: trusting{}, WorkerFee: 40, Now: now,
		Sweep: 20 * time.Millisecond, ConfirmAfter: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
	})
	w.must(err)
	handler := h.Handler()
	w.handler.Store(&handler)
	w.now = now
	return h
}

// newChain starts a chain with contracts, and a server for a host that is still to be made.
func newChain(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, operator: protocol.Address{0x0b}, window: 600, input: []byte("ciphertext in"), output: []byte("ciphertext out")}
	w.user, w.creator, w.receipt, w.attester, w.data = w.key(), w.key(), w.key(), w.key(), t.TempDir()
	attester := w.attester
	var err error
	w.chain, err = devchain.Start(devchain.Config{Fund: []protocol.Address{attester.Address(), w.user.Address(), w.creator.Address()}})
	w.must(err)
	t.Cleanup(func() { w.chain.Close() })
	addresses, err := contracts.Deploy(t.Context(), w.chain.Client(), attester, contracts.Config{
		FeeBps: 250, Attesters: []protocol.Address{attester.Address()}, Relays: []protocol.Address{attester.Address()}, Workloads: []protocol.Digest{workload},
	})
	w.must(err)
	w.client, err = contracts.New(t.Context(), w.chain.Client(), addresses)
	w.must(err)
	w.must(w.client.MintTestToken(t.Context(), w.user, w.user.Address(), 100_000))
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { (*w.handler.Load()).ServeHTTP(rw, r) }))
	return w
}

// publish registers the model on chain and at the host, and makes the terms of a job.
func (w *world) publish() {
	prefix := []byte("sealed prefix")
	sealing, err := protocol.NewSealingKey()
	w.must(err)
	m := protocol.Manifest{
		Version: 1, Name: "model", Creator: w.creator.Address(), SealingKey: sealing.Public(),
		Input: protocol.InputSchema{Kind: "table", Shape: []int{4}, Columns: []string{"a", "b", "c", "d"}, Scale: 1}, InputRange: protocol.Range{Low: 0, High: 1},
		Cuts: []protocol.Cut{{
			Index: 1, Layer: "first", Shape: []int{4}, Plan: []byte("plan"), PrefixHash: protocol.Digest{9},
			SealedPrefix: protocol.BlobDigest(prefix), SealedPrefixBytes: uint64(len(prefix)), WorkloadID: workload, Price: 60,
			InputBytes: uint64(len(w.input)), OutputBytes: uint64(len(w.output)), Keyless: true,
		}},
	}
	raw, err := protocol.Marshal(m)
	w.must(err)
	hash, err := m.Hash()
	w.must(err)
	id, err := w.client.RegisterModel(w.Context(), w.creator, hash, m.SealingKey, "", []contracts.CutPrice{{Cut: 1, Price: 60}})
	w.must(err)
	w.request("POST", "/v1/models", toJSON(w, protocol.PublishRequest{ModelID: id, Manifest: raw}), nil)
	w.put(prefix, "")
	w.spec = protocol.JobSpec{
		User: w.user.Address(), Creator: w.creator.Address(), ModelID: id, ManifestHash: hash, PrefixHash: protocol.Digest{9}, Cut: 1,
		WorkloadID: workload, ComputeMs: 60_000, InputHash: protocol.BlobDigest(w.input), WorkerFee: 40, CreatorFee: 60, FeeBps: 250,
	}
}

func toJSON(w *world, v any) []byte {
	b, err := json.Marshal(v)
	w.must(err)
	return b
}

func (w *world) request(method, path string, body []byte, out any) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.server.URL+path, bytes.NewReader(body))
	w.must(err)
	if w.token != "" {
		r.Header.Set("Authorization", "Bearer "+w.token)
	}
	w.do(r, out)
}

func (w *world) do(r *http.Request, out any) {
	w.Helper()
	resp, err := w.server.Client().Do(r)
	w.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	w.must(err)
	if resp.StatusCode/100 != 2 {
		w.Fatalf("%s %s: %s", r.Method, r.URL.Path, b)
	}
	if out != nil {
		w.must(json.Unmarshal(b, out))
	}
}

func (w *world) put(data []byte, token string) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), "PUT", w.server.URL+"/v1/blobs/"+protocol.BlobDigest(data).String(), bytes.NewReader(data))
	w.must(err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w.do(r, nil)
}

// session signs the user in.
func (w *world) session() {
	w.Helper()
	var c protocol.SignInChallenge
	w.request("POST", "/v1/session/nonce", nil, &c)
	text := protocol.SignIn{
		Domain: "localhost", Address: w.user.Address(), URI: "http://localhost", ChainID: c.ChainID, Nonce: c.Nonce, IssuedAt: w.now(),
	}.String()
	var s protocol.Session
	w.request("POST", "/v1/session", toJSON(w, protocol.SignInRequest{Message: text, Signature: w.user.SignDigest(protocol.PersonalDigest(text))}), &s)
	w.token = s.Token
}

// post pays for a job and hands it to the host, at which the user is signed in afterwards.
func (w *world) post(salt byte) protocol.Digest {
	w.Helper()
	w.session()
	now, err := w.client.HeaderTime(w.Context())
	w.must(err)
	w.spec.Salt, w.spec.PrefixBy, w.spec.DeliverBy = protocol.Digest{salt}, now+w.window, now+2*w.window
	id, err := w.client.PostJob(w.Context(), w.user, w.spec)
	w.must(err)
	w.request("POST", "/v1/jobs", toJSON(w, w.spec), nil)
	w.put(w.input, "")
	return id
}

// stream opens a WebSocket.
func (w *world) stream(path string) *websocket.Conn {
	w.Helper()
	header := http.Header{}
	if w.token != "" {
		header.Set("Authorization", "Bearer "+w.token)
	}
	conn, _, err := websocket.DefaultDialer.DialContext(w.Context(), strings.Replace(w.server.URL, "http", "ws", 1)+path, header)
	w.must(err)
	w.Cleanup(func() { conn.Close() })
	return conn
}

func (w *world) send(c *websocket.Conn, t protocol.MessageType, body any) {
	w.Helper()
	b, err := protocol.EncodeMessage(t, body)
	w.must(err)
	w.must(c.WriteMessage(websocket.TextMessage, b))
}

func receive[T any](w *world, c *websocket.Conn, want protocol.MessageType) T {
	w.Helper()
	_, b, err := c.ReadMessage()
	w.must(err)
	m, err := protocol.DecodeMessage(b)
	w.must(err)
	if m.Type != want {
		w.Fatalf("message %s %s, want %s", m.Type, m.Body, want)
	}
	v, err := protocol.DecodeBody[T](m)
	w.must(err)
	return v
}

// worker brings a worker in and returns its token.
func (w *world) worker() (*websocket.Conn, string) {
	w.Helper()
	a := w.client.Addresses()
	b := protocol.Binding{
		ChainID: a.ChainID, Registry: a.WorkerRegistry, Operator: w.operator,
		ReceiptKey: w.receipt.PublicKey(), SealingKey: bytes.Repeat([]byte{5}, protocol.SealingKeyBytes),
	}
	c := w.stream("/v1/worker")
	w.send(c, protocol.TypeHello, protocol.Hello{Binding: b})
	q := receive[protocol.EvidenceRequest](w, c, protocol.TypeEvidenceRequest)
	b.Nonce = q.Nonce
	w.send(c, protocol.TypeEvidence, protocol.EvidenceReply{RequestID: q.RequestID, Evidence: protocol.Evidence{Quote: []byte("quote"), Binding: b}})
	return c, receive[protocol.Welcome](w, c, protocol.TypeWelcome).Token
}

// await follows a job until it is in a state.
func (w *world) await(id protocol.Digest, want protocol.JobState) protocol.JobView {
	w.Helper()
	c := w.stream("/v1/jobs/" + id.String() + "/events")
	for {
		var e protocol.Event
		_, b, err := c.ReadMessage()
		w.must(err)
		w.must(json.Unmarshal(b, &e))
		if e.Job.State == want {
			return e.Job
		}
	}
}

// awaitChain waits until the chain says that a job is in a state.
func (w *world) awaitChain(id protocol.Digest, want contracts.State) {
	w.Helper()
	for {
		s, err := w.client.JobState(w.Context(), id)
		w.must(err)
		if s == want {
			return
		}
	}
}

// computeNext is the worker: it answers the job that it is assigned next.
func (w *world) computeNext(conn *websocket.Conn, token string) {
	w.Helper()
	a := receive[protocol.Assign](w, conn, protocol.TypeAssign)
	w.put(w.output, token)
	r := protocol.Receipt{JobID: a.JobID, PrefixHash: a.Spec.PrefixHash, InputHash: a.Spec.InputHash, OutputHash: protocol.BlobDigest(w.output), ElapsedMs: 5}
	w.send(conn, protocol.TypeComputed, protocol.Computed{Epoch: a.Epoch, Receipt: r, Signature: w.receipt.SignDigest(a.Domain.ReceiptDigest(r))})
}

// signIn opens the creator's stream.
func (w *world) signIn() *websocket.Conn {
	w.Helper()
	c := w.stream("/v1/creator")
	ch := receive[protocol.Challenge](w, c, protocol.TypeChallenge)
	w.send(c, protocol.TypeLogin, protocol.Login{
		Creator: w.creator.Address(), Signature: w.creator.SignDigest(protocol.LoginDigest(ch.Host, ch.ChainID, ch.Nonce)),
	})
	receive[protocol.Welcome](w, c, protocol.TypeWelcome)
	return c
}

// answer releases a computed job and has the creator answer it.
func (w *world) answer(c *websocket.Conn, id protocol.Digest) {
	w.Helper()
	sealed, domain := []byte("to the creator"), w.client.Domain()
	rel := protocol.Release{JobID: id, OutputHash: protocol.BlobDigest(w.output), ReleaseHash: protocol.BlobDigest(sealed)}
	w.request("POST", "/v1/jobs/"+id.String()+"/release",
		toJSON(w, protocol.SignedRelease{Release: rel, Sealed: sealed, Signature: w.user.SignDigest(domain.ReleaseDigest(rel))}), nil)
	receive[protocol.Released](w, c, protocol.TypeReleased)
	d := w.delivery(id)
	w.send(c, protocol.TypeDelivered, protocol.Delivered{Delivery: d, Sealed: answered, Signature: w.creator.SignDigest(domain.DeliveryDigest(d))})
}

var answered = []byte("to the user")

func (w *world) delivery(id protocol.Digest) protocol.Delivery {
	return protocol.Delivery{JobID: id, OutputHash: protocol.BlobDigest(w.output), ResultHash: protocol.BlobDigest(answered)}
}

// acknowledge is the user's word that the result came.
func (w *world) acknowledge(id protocol.Digest) {
	w.Helper()
	a := protocol.Acknowledgement{JobID: id, ResultHash: w.delivery(id).ResultHash}
	sig := w.user.SignDigest(w.client.Domain().AcknowledgementDigest(a))
	w.request("POST", "/v1/jobs/"+id.String()+"/acknowledgement", toJSON(w, protocol.SignedAcknowledgement{Signature: sig}), nil)
}

func (w *world) credit(a protocol.Address, want protocol.Amount) {
	w.Helper()
	got, err := w.client.Credit(w.Context(), a)
	w.must(err)
	if got != want {
		w.Errorf("credit of %s is %d, want %d", a, got, want)
	}
}

// A worker is registered by the attester path and paid on receipt, the creator on
// delivery; a job that nobody answers is refunded by the host.
func TestMoney(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	conn, token := w.worker()
	live, err := w.client.LiveOperator(t.Context(), w.receipt.Address(), workload)
	if err != nil || live != w.operator {
		t.Fatalf("live operator %s, %v", live, err)
	}
	id := w.post(1)
	w.computeNext(conn, token)
	w.await(id, protocol.JobComputed)
	w.awaitChain(id, contracts.StateComputed)
	w.credit(w.operator, 39)
	w.answer(w.signIn(), id)
	w.await(id, protocol.JobDelivered)
	w.acknowledge(id)
	w.awaitChain(id, contracts.StateDelivered)
	w.credit(w.creator.Address(), 59)

	conn.Close()
	lost := w.post(2)
	w.must(w.chain.AdvanceTime(time.Hour))
	if v := w.await(lost, protocol.JobFailed); v.Failure == nil || v.Failure.Code != protocol.FailDeadline {
		t.Errorf("failure %+v", v.Failure)
	}
	w.await(lost, protocol.JobRefunded)
	w.credit(w.user.Address(), 100)
}
