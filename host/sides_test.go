package host

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

// wire is the other side's end of a stream.
type wire struct {
	*bench
	conn *websocket.Conn
}

func (b *bench) dial(path string) *wire {
	b.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(b.Context(), strings.Replace(b.server.URL, "http", "ws", 1)+path,
		http.Header{"Authorization": {"Bearer " + b.token}})
	b.must(err)
	b.conns = append(b.conns, conn)
	b.must(conn.SetReadDeadline(time.Now().Add(patience)))
	return &wire{b, conn}
}

func (w *wire) read() []byte {
	w.Helper()
	_, raw, err := w.conn.ReadMessage()
	w.must(err)
	return raw
}

func (w *wire) send(t protocol.MessageType, body any) {
	w.Helper()
	raw, err := protocol.EncodeMessage(t, body)
	w.must(err)
	w.must(w.conn.WriteMessage(websocket.TextMessage, raw))
}

// receive reads the next message, which must be of a type.
func receive[T any](w *wire, t protocol.MessageType) T {
	w.Helper()
	m, err := protocol.DecodeMessage(w.read())
	w.must(err)
	if m.Type != t {
		w.Fatalf("message %s %s, want %s", m.Type, m.Body, t)
	}
	v, err := protocol.DecodeBody[T](m)
	w.must(err)
	return v
}

// refusedWith expects the stream's end with a code.
func (w *wire) refusedWith(want code) protocol.Refused {
	w.Helper()
	r := receive[protocol.Refused](w, protocol.TypeRefused)
	if r.Code != string(want) || r.Detail == "" || r.Remedy == "" {
		w.Fatalf("refused with %+v, want %q", r, want)
	}
	if _, _, err := w.conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		w.Fatalf("after the refusal: %v, want a normal close", err)
	}
	return r
}

// fakeWorker is a worker's end of its stream.
type fakeWorker struct {
	*wire
	key         protocol.SigningKey
	binding     protocol.Binding
	calibration *protocol.Calibration
	kind        string
	held        *protocol.Held
	welcome     protocol.Welcome
	quote       func(protocol.Binding) protocol.Evidence
}

// newWorker makes a worker that is not connected.
func (b *bench) newWorker() *fakeWorker {
	key := newKey(b)
	calibration := protocol.NewCalibration(key, []byte("fast"))
	return &fakeWorker{
		wire: &wire{bench: b}, key: key, calibration: &calibration, kind: "portable",
		binding: protocol.Binding{
			ChainID: b.chain.addresses.ChainID, Registry: b.chain.addresses.WorkerRegistry, Operator: protocol.Address{0x0b},
			ReceiptKey: key.PublicKey(), SealingKey: bytes.Repeat([]byte{7}, protocol.SealingKeyBytes),
		},
		quote: func(binding protocol.Binding) protocol.Evidence {
			d := binding.ReportData()
			return protocol.Evidence{TEE: "tdx", Quote: d[:], Binding: binding}
		},
	}
}

// hello opens the stream.
func (w *fakeWorker) hello() {
	w.Helper()
	w.wire = w.bench.dial("/v1/worker")
	w.send(protocol.TypeHello, protocol.Hello{Software: "test", Binding: w.binding, Cores: 2, MemoryMB: 100, Kind: w.kind, Calibration: w.calibration, Held: w.held})
}

// attest answers the next evidence request.
func (w *fakeWorker) attest() protocol.EvidenceRequest {
	w.Helper()
	q := receive[protocol.EvidenceRequest](w.wire, protocol.TypeEvidenceRequest)
	b := w.binding
	b.Nonce = q.Nonce
	w.send(protocol.TypeEvidence, protocol.EvidenceReply{RequestID: q.RequestID, Evidence: w.quote(b)})
	return q
}

// connect brings the worker in.
func (w *fakeWorker) connect() *fakeWorker {
	w.Helper()
	w.hello()
	w.attest()
	w.welcome = receive[protocol.Welcome](w.wire, protocol.TypeWelcome)
	return w
}

func (w *fakeWorker) assigned() protocol.Assign {
	w.Helper()
	return receive[protocol.Assign](w.wire, protocol.TypeAssign)
}

// compute makes the right answer to an assignment, whose output is not put yet.
func (w *fakeWorker) compute(a protocol.Assign) (protocol.Computed, []byte) {
	output := blob("output", outputBytes)
	r := protocol.Receipt{
		JobID: a.JobID, PrefixHash: a.Spec.PrefixHash, KeysHash: a.Spec.KeysHash, InputHash: a.Spec.InputHash,
		OutputHash: protocol.BlobDigest(output), ElapsedMs: 1234,
	}
	return w.sign(a, r), output
}

func (w *fakeWorker) sign(a protocol.Assign, r protocol.Receipt) protocol.Computed {
	return protocol.Computed{
		Epoch: a.Epoch, Receipt: r, Signature: w.key.SignDigest(a.Domain.ReceiptDigest(r)),
		PredictedSeconds: 1.5, Seconds: float64(r.ElapsedMs) / 1000,
	}
}

// answer does an assignment as it should be done.
func (w *fakeWorker) answerJob(a protocol.Assign) protocol.Computed {
	w.Helper()
	c, output := w.compute(a)
	w.put(output, w.welcome.Token, "")
	w.send(protocol.TypeComputed, c)
	return c
}

// fakeCreator is a creator's end of its stream.
type fakeCreator struct {
	*wire
	key protocol.SigningKey
}

// signIn opens a creator's stream.
func (b *bench) signIn(key protocol.SigningKey, after uint64) *fakeCreator {
	b.Helper()
	c := &fakeCreator{b.dial("/v1/creator"), key}
	ch := receive[protocol.Challenge](c.wire, protocol.TypeChallenge)
	c.send(protocol.TypeLogin, protocol.Login{
		Creator: key.Address(), Signature: key.SignDigest(protocol.LoginDigest(ch.Host, ch.ChainID, ch.Nonce)), After: after,
	})
	receive[protocol.Welcome](c.wire, protocol.TypeWelcome)
	return c
}

func (c *fakeCreator) released() protocol.Released {
	c.Helper()
	return receive[protocol.Released](c.wire, protocol.TypeReleased)
}

// delivery makes the right answer to a release.
func (c *fakeCreator) delivery(r protocol.Released, sealed []byte) protocol.Delivered {
	d := protocol.Delivery{JobID: r.Receipt.JobID, OutputHash: r.Receipt.OutputHash, ResultHash: protocol.BlobDigest(sealed)}
	return c.signDelivery(d, sealed)
}

func (c *fakeCreator) signDelivery(d protocol.Delivery, sealed []byte) protocol.Delivered {
	return protocol.Delivered{Delivery: d, Sealed: sealed, Signature: c.key.SignDigest(c.chain.addresses.Domain().DeliveryDigest(d))}
}
