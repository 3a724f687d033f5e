package host

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds the wait for what must come; nothing is measured by it.
const patience = 30 * time.Second

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// echoVerifier accepts a "quote" that is the report data, for tests that are not about
// attestation.
type echoVerifier struct{}

var testWorkload = protocol.Digest{0x3a, 1}

func (echoVerifier) Verify(e protocol.Evidence, b protocol.Binding, _ time.Time) (Accepted, error) {
	if want := b.ReportData(); !bytes.Equal(e.Quote, want[:]) {
		return Accepted{}, errors.New("quote is over other report data")
	}
	return Accepted{WorkloadID: testWorkload, TCBStatus: "UpToDate", Simulated: true}, nil
}

// bench is a host on a test server with a chain, a model and the keys of everybody.
type bench struct {
	*testing.T
	cfg    Config
	chain  *fakeChain
	clock  *clock
	host   *Host
	server *httptest.Server

	user, creator protocol.SigningKey
	manifest      protocol.Manifest
	modelID       protocol.Digest
	prefix        []byte
	jobs          int
	token         string    // of the user's session
	seen          *sync.Map // operations that were tried
	conns         []*websocket.Conn
}

// The sizes of the test model's blobs.
const (
	inputBytes  = 100
	keysBytes   = 200
	outputBytes = 50
)

func newKey(t testing.TB) protocol.SigningKey {
	t.Helper()
	k, err := protocol.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newBench starts a host whose background work does nothing by itself: tests call sweep
// and settle.
func newBench(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	b := &bench{T: t, seen: &sync.Map{}, clock: &clock{now: time.Unix(1_800_000_000, 0)}, user: newKey(t), creator: newKey(t)}
	b.chain = newFakeChain(uint64(b.clock.Now().Unix()))
	b.chain.allowed[testWorkload] = true
	b.cfg = Config{
		Name: "test host", DataDir: t.TempDir(), Chain: b.chain, Key: newKey(t), Verifier: echoVerifier{}, WorkerFee: 5,
		RequestsPerSecond: -1, PostWait: 100 * time.Millisecond, Now: b.clock.Now, Log: slog.New(slog.DiscardHandler), Sweep: time.Hour,
	}
	for _, f := range change {
		f(&b.cfg)
	}
	b.manifest = testManifest(b, testWorkload)
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *bench) start() {
	b.Helper()
	var err error
	if b.host, err = New(b.Context(), b.cfg); err != nil {
		b.Fatal(err)
	}
	b.server = httptest.NewServer(b.host.Handler())
	b.token = b.session(b.user)
}

// session makes a session of an account that lasts however much the clock is moved.
func (b *bench) session(k protocol.SigningKey) string {
	b.Helper()
	nonce, now := rand.Text(), b.clock.Now()
	b.must(b.host.store.AddNonce(b.Context(), nonce, now.Add(time.Minute)))
	token, l := newLogin(k.Address(), now, now)
	l.Until = now.Add(10 * 365 * day)
	b.must(b.host.store.AddLogin(b.Context(), nonce, l))
	return token
}

func (b *bench) stop() {
	for _, c := range b.conns {
		c.Close()
	}
	b.server.CloseClientConnections()
	if err := b.host.Close(); err != nil {
		b.Error(err)
	}
	b.server.Close()
}

// restart stops the host and starts another over the same folder.
func (b *bench) restart() {
	b.Helper()
	b.stop()
	b.start()
}

// run does the host's background work until the test ends.
func (b *bench) run() {
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- b.host.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
	})
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func testManifest(b *bench, workloadID protocol.Digest) protocol.Manifest {
	b.prefix = []byte("a sealed prefix")
	sealing, err := protocol.NewSealingKey()
	b.must(err)
	cut := protocol.Cut{
		Index: 1, Layer: "conv1", Shape: []int{4}, Plan: []byte("plan"), PrefixHash: protocol.Digest{1},
		SealedPrefix: protocol.BlobDigest(b.prefix), SealedPrefixBytes: uint64(len(b.prefix)), WorkloadID: workloadID, Price: 7,
		KeysBytes: keysBytes, InputBytes: inputBytes, OutputBytes: outputBytes,
	}
	keyless := cut
	keyless.Index, keyless.Keyless, keyless.KeysBytes = 2, true, 0
	return protocol.Manifest{
		Version: 1, Name: "test", Creator: b.creator.Address(), SealingKey: sealing.Public(),
		Input:      protocol.InputSchema{Kind: "table", Shape: []int{4}, Columns: []string{"a", "b", "c", "d"}, Scale: 1},
		InputRange: protocol.Range{Low: 0, High: 1}, Labels: []string{"no", "yes"}, Cuts: []protocol.Cut{cut, keyless},
	}
}

// register puts the manifest on the chain and returns the request to publish it.
func (b *bench) register() protocol.PublishRequest {
	b.Helper()
	raw, err := protocol.Marshal(b.manifest)
	b.must(err)
	hash, err := b.manifest.Hash()
	b.must(err)
	b.modelID = contracts.ModelID(b.manifest.Creator, hash)
	b.chain.with(func() {
		b.chain.models[b.modelID] = contracts.Model{
			Creator: b.manifest.Creator, Active: true, ManifestHash: hash, SealingKeyHash: protocol.Keccak256(b.manifest.SealingKey),
		}
	})
	return protocol.PublishRequest{ModelID: b.modelID, Manifest: raw}
}

// publish makes the model ready.
func (b *bench) publish() {
	b.Helper()
	b.ok("POST", "/v1/models", b.register(), nil)
	b.put(b.prefix, "", "")
}

// request makes a request and returns its answer.
func (b *bench) request(method, path, token string, body io.Reader) (*http.Response, []byte) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, b.server.URL+path, body)
	b.must(err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := b.server.Client().Do(r)
	b.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	b.must(err)
	b.holds(method, path, resp.StatusCode, resp.Header.Get("Content-Type"), nil, raw)
	return resp, raw
}

// call sends in as JSON, as the user. It returns the code of the Problem that came, or decodes into out
// and returns "".
func (b *bench) call(method, path string, in, out any) code {
	b.Helper()
	raw, err := json.Marshal(in)
	b.must(err)
	resp, answer := b.request(method, path, b.token, bytes.NewReader(raw))
	if method == http.MethodPost {
		b.holds(method, path, resp.StatusCode, resp.Header.Get("Content-Type"), raw, answer)
	}
	return b.answer(resp, answer, out)
}

func (b *bench) answer(resp *http.Response, answer []byte, out any) code {
	b.Helper()
	if resp.StatusCode/100 == 2 {
		if out != nil {
			b.must(json.Unmarshal(answer, out))
		}
		return ""
	}
	var p protocol.Problem
	if t := resp.Header.Get("Content-Type"); t != "application/problem+json" {
		b.Fatalf("status %d with content type %q: %s", resp.StatusCode, t, answer)
	}
	b.must(json.Unmarshal(answer, &p))
	if p.Status != resp.StatusCode || p.Title == "" || p.Detail == "" || p.Remedy == "" || p.Type != "urn:encompute:problem:"+p.Code {
		b.Errorf("status %d with problem %+v", resp.StatusCode, p)
	}
	return code(p.Code)
}

func (b *bench) ok(method, path string, in, out any) {
	b.Helper()
	b.refused(b.call(method, path, in, out), "")
}

func (b *bench) refused(got, want code) {
	b.Helper()
	if got != want {
		b.Fatalf("refused with %q, want %q", got, want)
	}
}

// put uploads a blob and expects a code; "" for success.
func (b *bench) put(data []byte, token string, want code) {
	b.Helper()
	resp, answer := b.request("PUT", "/v1/blobs/"+protocol.BlobDigest(data).String(), token, bytes.NewReader(data))
	b.refused(b.answer(resp, answer, nil), want)
}

// blob makes bytes of a size that differ with name.
func blob(name string, size int) []byte {
	return bytes.Repeat([]byte(name+" "), size)[:size]
}

// spec makes a job of the model that would be accepted, not posted yet.
func (b *bench) spec() protocol.JobSpec {
	b.Helper()
	hash, err := b.manifest.Hash()
	b.must(err)
	b.jobs++
	cut, now := b.manifest.Cuts[0], uint64(b.clock.Now().Unix())
	return protocol.JobSpec{
		User: b.user.Address(), Creator: b.creator.Address(), ModelID: b.modelID, ManifestHash: hash, PrefixHash: cut.PrefixHash,
		Cut: cut.Index, WorkloadID: cut.WorkloadID, ComputeMs: 60_000, PrefixBy: now + 600, DeliverBy: now + 1200,
		InputHash: protocol.BlobDigest(blob("input", inputBytes)), KeysHash: protocol.BlobDigest(blob("keys", keysBytes)),
		WorkerFee: 5, CreatorFee: 7, FeeBps: 250, Salt: protocol.Digest{byte(b.jobs)},
	}
}

func (b *bench) post(s protocol.JobSpec) protocol.Digest {
	id := b.chain.addresses.Domain().JobID(s)
	b.chain.with(func() { b.chain.jobs[id] = contracts.StatePosted })
	return id
}

// queue submits a job with its blobs.
func (b *bench) queue() (protocol.Digest, protocol.JobSpec) {
	b.Helper()
	s := b.spec()
	id := b.post(s)
	b.ok("POST", "/v1/jobs", s, nil)
	b.put(blob("input", inputBytes), "", "")
	b.put(blob("keys", keysBytes), "", "")
	b.state(id, protocol.JobQueued, protocol.JobRunning)
	return id, s
}

func (b *bench) view(id protocol.Digest) (v protocol.JobView) {
	b.Helper()
	b.ok("GET", "/v1/jobs/"+id.String(), nil, &v)
	return v
}

func (b *bench) state(id protocol.Digest, want ...protocol.JobState) protocol.JobView {
	b.Helper()
	v := b.view(id)
	if !slices.Contains(want, v.State) {
		b.Fatalf("job is %s, want %s", v.State, want)
	}
	return v
}

// await follows a job's events until it is in a state.
func (b *bench) await(id protocol.Digest, want protocol.JobState) protocol.JobView {
	b.Helper()
	w := b.dial("/v1/jobs/" + id.String() + "/events")
	defer w.conn.Close()
	for {
		var e protocol.Event
		b.must(json.Unmarshal(w.read(), &e))
		if e.Job.State == want {
			return e.Job
		}
	}
}

// release makes the right release of a computed job.
func (b *bench) release(id protocol.Digest, c protocol.Computed, sealed []byte) protocol.SignedRelease {
	r := protocol.Release{JobID: id, OutputHash: c.Receipt.OutputHash, ReleaseHash: protocol.BlobDigest(sealed)}
	return protocol.SignedRelease{Release: r, Sealed: sealed, Signature: b.user.SignDigest(b.chain.addresses.Domain().ReleaseDigest(r))}
}

// computed brings a job to computed with a worker of its own.
func (b *bench) computed() (protocol.Digest, protocol.Computed) {
	b.Helper()
	w := b.newWorker().connect()
	id, _ := b.queue()
	c := w.answerJob(w.assigned())
	b.await(id, protocol.JobComputed)
	w.conn.Close()
	return id, c
}

// released brings a job to released.
func (b *bench) released() protocol.Digest {
	b.Helper()
	id, c := b.computed()
	b.ok("POST", "/v1/jobs/"+id.String()+"/release", b.release(id, c, []byte("sealed to the creator")), nil)
	return id
}

// acknowledgement is the user's word that the result of a delivered job came.
func (b *bench) acknowledgement(id protocol.Digest) protocol.SignedAcknowledgement {
	a := protocol.Acknowledgement{JobID: id, ResultHash: b.view(id).Delivered.Delivery.ResultHash}
	return protocol.SignedAcknowledgement{Signature: b.user.SignDigest(b.chain.addresses.Domain().AcknowledgementDigest(a))}
}

func (b *bench) acknowledge(id protocol.Digest) {
	b.Helper()
	b.ok("POST", "/v1/jobs/"+id.String()+"/acknowledgement", b.acknowledgement(id), nil)
}

// delivered brings a job to delivered.
func (b *bench) delivered() protocol.Digest {
	b.Helper()
	id := b.released()
	c := b.signIn(b.creator, 0)
	for r := c.released(); ; r = c.released() {
		c.send(protocol.TypeDelivered, c.delivery(r, []byte("answer")))
		if r.Receipt.JobID == id {
			break
		}
	}
	b.await(id, protocol.JobDelivered)
	c.conn.Close()
	return id
}

// settlements waits for n submissions to the chain.
func (b *bench) settlements(n int) (list []settlement) {
	b.Helper()
	for range n {
		select {
		case s := <-b.chain.settled:
			list = append(list, s)
		case <-time.After(patience):
			b.Fatalf("%d submissions came, want %d", len(list), n)
		}
	}
	return list
}
