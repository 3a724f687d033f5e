package enclave

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
	"github.com/gorilla/websocket"
)

// maliciousHost plays a host that does whatever the stream lets it do: it drops, repeats, reorders and
// forges messages of every type, sends too much, swaps blobs, and hangs up. It writes down what the
// worker answers.
type maliciousHost struct {
	t      *testing.T
	random *rand.Rand
	host   *fakeHost
	worker *running
	order  *order
	said   [][]byte // that it may repeat
	heard  []byte   // everything that the worker wrote, as it came
}

// TestMaliciousHost: whatever a host does, it gets no more than a worker that does not work. All that
// leaves the worker is of the worker's message types, without secrets; its receipts are of outputs
// that decrypt to the right answer; its quotes are over the nonces that were asked. Afterwards the
// same worker serves an honest host.
func TestMaliciousHost(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			fixture := keyless
			if seed%2 == 1 {
				fixture = levelled
			}
			h := newFakeHost(t)
			w := startWorker(t, h, nil)
			m := &maliciousHost{
				t: t, random: rand.New(rand.NewPCG(seed, 1)), host: h, worker: w,
				order: orderFor(w.keys.sealing, fixture()),
			}
			for range 8 {
				m.stream()
			}
			m.checkSecrets()
			m.order.assign.Epoch += 1000
			m.order.store(h)
			s := h.admit()
			s.send(protocol.TypeAssign, m.order.assign)
			checkComputed(t, h, w, m.order, m.computed(s))
		})
	}
}

// computed waits for the answer to the last assignment. What the worker said last to the malicious host may come before.
func (m *maliciousHost) computed(s *hostStream) protocol.Computed {
	m.t.Helper()
	for {
		message, err := s.next()
		if err != nil {
			m.t.Fatal(err)
		}
		switch message.Type {
		case protocol.TypeComputed:
			c, err := protocol.DecodeBody[protocol.Computed](message)
			if err != nil || c.Epoch == m.order.assign.Epoch {
				return c
			}
		case protocol.TypeFailed:
			f, err := protocol.DecodeBody[protocol.Failed](message)
			if err != nil || f.Epoch == m.order.assign.Epoch {
				m.t.Fatalf("failed: %+v, %v", f, err)
			}
		}
	}
}

// stream lets the worker in, plays some moves and listens to the end.
func (m *maliciousHost) stream() {
	s := m.host.accept()
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.listen(s)
	}()
	if m.random.IntN(4) > 0 { // else it goes on without a welcome
		m.say(s, m.frame(protocol.TypeWelcome, protocol.Welcome{WorkloadID: testWorkload, Token: testToken, HeartbeatSeconds: 1}))
	}
	for range 12 {
		if m.move(s) != nil {
			break // the worker hung up
		}
	}
	if m.random.IntN(2) == 0 {
		time.Sleep(time.Duration(m.random.IntN(30)) * time.Millisecond) // to be at another point of a job
	}
	s.conn.Close()
	<-done
}

// move does one thing.
func (m *maliciousHost) move(s *hostStream) error {
	switch m.random.IntN(10) {
	case 0: // a sound job, or what it takes for one
		m.shuffleBlobs()
		m.order.assign.Epoch++
		return m.say(s, m.frame(protocol.TypeAssign, m.order.assign))
	case 1: // the same again, or what was true on another stream
		if len(m.said) == 0 {
			return nil
		}
		return s.conn.WriteMessage(websocket.TextMessage, m.said[m.random.IntN(len(m.said))])
	case 2:
		return m.say(s, m.frame(protocol.TypeCancel, protocol.Cancel{JobID: m.order.assign.JobID, Epoch: m.order.assign.Epoch}))
	case 3:
		id := m.random.Uint64N(1 << 32)
		return m.say(s, m.frame(protocol.TypeEvidenceRequest, protocol.EvidenceRequest{RequestID: id, Nonce: nonceOf(id)}))
	case 4: // another version of the job than was paid for
		forged := m.order.assign
		forged.Epoch += 5
		forged.Spec.WorkerFee++
		return m.say(s, m.frame(protocol.TypeAssign, forged))
	case 5: // garbage of every type
		kinds := []protocol.MessageType{
			protocol.TypeHello, protocol.TypeEvidenceRequest, protocol.TypeEvidence, protocol.TypeWelcome, protocol.TypeAssign,
			protocol.TypeHeartbeat, protocol.TypeProgress, protocol.TypeComputed, protocol.TypeFailed, protocol.TypeCancel,
			protocol.TypeChallenge, protocol.TypeLogin, protocol.TypeReleased, protocol.TypeDelivered, protocol.TypeAck,
			protocol.TypeSheetRequest, protocol.TypeSheet,
		}
		bodies := []any{nil, 1, "x", []int{}, map[string]any{"jobId": 7}, map[string]any{}, strings.Repeat("a", 1<<16)}
		return m.say(s, m.frame(kinds[m.random.IntN(len(kinds))], bodies[m.random.IntN(len(bodies))]))
	case 6: // a message that something happened to on its way
		b := bytes.Clone(m.frame(protocol.TypeAssign, m.order.assign))
		b[m.random.IntN(len(b))] ^= 1 << m.random.IntN(8)
		return s.conn.WriteMessage(websocket.TextMessage, b)
	case 7: // binary, or too much
		if m.random.IntN(4) == 0 {
			return s.conn.WriteMessage(websocket.BinaryMessage, make([]byte, maxHostMessage+1))
		}
		return s.conn.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 2})
	case 8: // a sheet of records of the host's own, which would tell it the weights
		return m.say(s, m.frame(protocol.TypeSheetRequest, m.sheetRequest()))
	}
	m.shuffleBlobs()
	return s.conn.WriteControl(websocket.PingMessage, []byte("x"), time.Now().Add(time.Second))
}

// sheetRequest is for records that anybody can seal to the worker.
func (m *maliciousHost) sheetRequest() protocol.SheetRequest {
	cut := m.order.assign.Cut
	records, err := protocol.NewRecords([32]byte{}, protocol.Digest{1}, randomRecords(1, 9), randomRecords(2, 9))
	if err != nil {
		m.t.Error(err)
	}
	sealed, err := protocol.SealRecordsFor(m.worker.keys.sealing.Public(), cut.PrefixHash, records)
	if err != nil {
		m.t.Error(err)
	}
	r := protocol.SheetRequest{Cut: cut, InputRange: protocol.Range{Low: 0, High: 1}, Records: protocol.BlobDigest(sealed), RecordsBytes: uint64(len(sealed))}
	m.host.store(r.Records, sealed)
	return r
}

// shuffleBlobs puts the job's blobs where they belong, or others in their place.
func (m *maliciousHost) shuffleBlobs() {
	m.order.store(m.host)
	a := m.order.assign
	names := []protocol.Digest{a.Cut.SealedPrefix, a.Spec.InputHash, a.Spec.KeysHash}
	contents := [][]byte{m.order.sealed, m.order.input, m.order.keys, nil, make([]byte, 1<<20)}
	if m.random.IntN(3) == 0 {
		m.host.store(names[m.random.IntN(len(names))], contents[m.random.IntN(len(contents))])
	}
}

func (m *maliciousHost) frame(kind protocol.MessageType, body any) []byte {
	b, err := protocol.EncodeMessage(kind, body)
	if err != nil {
		m.t.Fatal(err)
	}
	return b
}

func (m *maliciousHost) say(s *hostStream, b []byte) error {
	m.said = append(m.said, b)
	return s.conn.WriteMessage(websocket.TextMessage, b)
}

// listen reads until the stream ends.
func (m *maliciousHost) listen(s *hostStream) {
	for {
		_, b, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		m.heard = append(m.heard, b...)
		message, err := protocol.DecodeMessage(b)
		if err != nil {
			m.t.Errorf("the worker sent what is no message: %v", err)
			return
		}
		switch message.Type {
		case protocol.TypeHello, protocol.TypeHeartbeat, protocol.TypeProgress, protocol.TypeFailed:
		case protocol.TypeEvidence:
			m.checkEvidence(message)
		case protocol.TypeComputed:
			m.checkReceipt(message)
		case protocol.TypeSheet:
			if reply, err := protocol.DecodeBody[protocol.SheetReply](message); err != nil || reply.Sheet != nil || reply.Signature != nil {
				m.t.Errorf("a sheet for a stranger: %+v: %v", reply, err)
			}
		default:
			m.t.Errorf("the worker sent a message of type %q", message.Type)
		}
	}
}

// nonceOf is the nonce that the malicious host asks for under a request id.
func nonceOf(id uint64) protocol.Nonce { return protocol.Nonce{byte(id), byte(id >> 8), 1} }

func (m *maliciousHost) checkEvidence(message protocol.Message) {
	reply, err := protocol.DecodeBody[protocol.EvidenceReply](message)
	if err != nil {
		m.t.Error(err)
		return
	}
	data := m.worker.Binding(nonceOf(reply.RequestID)).ReportData()
	if q := reply.Evidence.Quote; reply.Error == "" && (len(q) < 632 || !bytes.Equal(q[568:632], data[:])) {
		m.t.Errorf("quote %d is over something else than the worker's keys and the nonce asked for", reply.RequestID)
	}
}

// checkReceipt demands that there is no receipt but for the job as it was paid for, and over an output
// that is right.
func (m *maliciousHost) checkReceipt(message protocol.Message) {
	c, err := protocol.DecodeBody[protocol.Computed](message)
	if err != nil {
		m.t.Error(err)
		return
	}
	spec := m.order.assign.Spec
	if c.Receipt.JobID != m.order.assign.JobID {
		m.t.Errorf("a receipt for job %s", c.Receipt.JobID)
	}
	if c.Receipt.PrefixHash != spec.PrefixHash || c.Receipt.InputHash != spec.InputHash || c.Receipt.KeysHash != spec.KeysHash {
		m.t.Errorf("receipt %+v is not of the job", c.Receipt)
	}
	m.order.checkOutput(m.t, m.host.stored(c.Receipt.OutputHash))
}

// checkSecrets searches all that the worker said and logged.
func (m *maliciousHost) checkSecrets() {
	checkNoSecrets(m.t, m.worker, m.order, "log", m.worker.log.String())
	checkNoSecrets(m.t, m.worker, m.order, "stream", string(m.heard))
}

func checkNoSecrets(t *testing.T, w *running, o *order, where, text string) {
	t.Helper()
	sealing, err := w.keys.sealing.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string][]byte{
		"receipt key": w.keys.receipt.Bytes(), "sealing key": sealing[:16], "prefix": o.prefix[len(o.prefix)-16:],
	} {
		quoted, _ := json.Marshal(secret) // base64
		for _, form := range []string{string(secret), hex.EncodeToString(secret), strings.Trim(string(quoted), `"=`)} {
			if strings.Contains(text, form) {
				t.Errorf("the %s holds the %s", where, name)
			}
		}
	}
}
