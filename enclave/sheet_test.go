package enclave

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy/linear"
	"github.com/encrypted-compute/encompute/protocol"
)

// sheetOrder is a request for a sheet of an order's cut, with the records that it names.
type sheetOrder struct {
	*order
	records protocol.Records
	sealed  []byte
	request protocol.SheetRequest
}

func randomRecords(seed uint64, n int) [][]float32 {
	random := rand.New(rand.NewPCG(seed, 5))
	list := make([][]float32, n)
	for i := range list {
		list[i] = []float32{random.Float32(), random.Float32(), random.Float32(), random.Float32()}
	}
	return list
}

func sheetOrderFor(t *testing.T, o *order) *sheetOrder {
	t.Helper()
	o.assign.Cut.Release = &protocol.Mechanism{Clip: 4, Noise: 0.5, Bits: 8, Std: []float64{1, 2, 3}, Mean: []float64{0, 1, 0}}
	records, err := protocol.NewRecords([32]byte{9}, o.payload.RecordsProof(), randomRecords(1, 80), randomRecords(2, 20))
	if err != nil {
		t.Fatal(err)
	}
	s := &sheetOrder{order: o, records: records, request: protocol.SheetRequest{RequestID: 3, Cut: o.assign.Cut, InputRange: protocol.Range{Low: -1, High: 2}}}
	s.sealFor(t, o.worker, s.request.Cut.PrefixHash)
	return s
}

func (s *sheetOrder) sealFor(t *testing.T, key protocol.SealingKey, prefix protocol.Digest) {
	t.Helper()
	var err error
	if s.sealed, err = protocol.SealRecordsFor(key.Public(), prefix, s.records); err != nil {
		t.Fatal(err)
	}
	s.request.Records, s.request.RecordsBytes = protocol.BlobDigest(s.sealed), uint64(len(s.sealed))
}

func (s *sheetOrder) store(h *fakeHost) {
	s.order.store(h)
	h.store(s.request.Records, s.sealed)
}

// A worker measures what it alone can open, and signs the figures that anybody gets who measures the same.
func TestSheet(t *testing.T) {
	t.Parallel()
	h, w, stream, o := setup(t, keyless(), nil)
	s := sheetOrderFor(t, o)
	s.store(h)
	stream.send(protocol.TypeSheetRequest, s.request)
	reply := expect[protocol.SheetReply](stream, protocol.TypeSheet)
	if reply.RequestID != 3 || reply.Sheet == nil {
		t.Fatalf("replied %+v", reply)
	}
	signer, err := w.Binding(protocol.Nonce{}).Signer()
	if err != nil {
		t.Fatal(err)
	}
	signed := protocol.SignedSheet{Sheet: *reply.Sheet, Signature: reply.Signature}
	if err := errors.Join(signed.VerifySignature(signer), reply.Sheet.Of(s.request.Cut, s.request.InputRange)); err != nil {
		t.Fatal(err)
	}
	prefix, err := fhe.ParsePrefix(o.prefix)
	if err != nil {
		t.Fatal(err)
	}
	want, err := linear.Measure(t.Context(), linear.Subject{
		Prefix: prefix, Range: s.request.InputRange, Shape: s.request.Cut.Shape, Mechanism: s.request.Cut.Mechanism(),
		Train: randomRecords(1, 80), Test: randomRecords(2, 20), Seed: reply.Sheet.Seed,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := *reply.Sheet
	want.Version, want.PrefixHash, want.Mechanism, want.InputRange = got.Version, got.PrefixHash, got.Mechanism, got.InputRange
	want.Records, want.Seed, want.Time = got.Records, got.Seed, got.Time
	if !reflect.DeepEqual(got, want) {
		t.Errorf("measured %+v, want %+v", got, want)
	}
	if got.Records == s.request.Records || got.Records.IsZero() || got.Seed.IsZero() || got.Time == 0 {
		t.Errorf("records %s, seed %s, time %d", got.Records, got.Seed, got.Time)
	}

	// The host holds nothing of the records but what is sealed; nor does the log.
	row := s.records.Values[:16]
	h.mu.Lock()
	for digest, blob := range h.blobs {
		if bytes.Contains(blob, row) {
			t.Errorf("blob %s holds a record", digest)
		}
	}
	h.mu.Unlock()
	checkNoSecrets(t, w, o, "log", w.log.String())
	if strings.Contains(w.log.String(), string(row)) {
		t.Error("the log holds a record")
	}

	// Then a job goes as ever, and the same request gives the same figures.
	stream.send(protocol.TypeAssign, o.assign)
	checkComputed(t, h, w, o, expect[protocol.Computed](stream, protocol.TypeComputed))
	stream.send(protocol.TypeSheetRequest, s.request)
	again := expect[protocol.SheetReply](stream, protocol.TypeSheet)
	if again.Sheet == nil || again.Sheet.Linear.MSE != got.Linear.MSE || again.Sheet.Seed != got.Seed {
		t.Errorf("measured %+v again", again)
	}
}

func TestSheetRefused(t *testing.T) {
	t.Parallel()
	foreign, err := protocol.NewSealingKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil func(*testing.T, *sheetOrder)
		retry bool
		error string
	}{
		"other workload":  {func(_ *testing.T, s *sheetOrder) { s.request.Cut.WorkloadID[0]++ }, false, "workload"},
		"no plan":         {func(_ *testing.T, s *sheetOrder) { s.request.Cut.Plan = []byte{0xa0} }, false, "plan"},
		"no shape":        {func(_ *testing.T, s *sheetOrder) { s.request.Cut.Shape = nil }, false, "shape"},
		"other prefix":    {func(_ *testing.T, s *sheetOrder) { s.request.Cut.PrefixHash[0]++ }, false, "does not open"},
		"other mechanism": {func(_ *testing.T, s *sheetOrder) { s.request.Cut.Release = &protocol.Mechanism{Noise: 1} }, false, "clip"},
		"empty range":     {func(_ *testing.T, s *sheetOrder) { s.request.InputRange.High = -1 }, false, "inputs from"},
		"shape of more values": {func(_ *testing.T, s *sheetOrder) {
			s.request.Cut.Shape, s.request.Cut.Release = []int{2, 3}, nil
		}, false, "the prefix gives 3 values"},
		"no records":                {func(_ *testing.T, s *sheetOrder) { s.request.RecordsBytes = 0 }, false, "recordsBytes"},
		"huge records":              {func(_ *testing.T, s *sheetOrder) { s.request.RecordsBytes = 1 << 40 }, false, "recordsBytes"},
		"larger than said":          {func(_ *testing.T, s *sheetOrder) { s.request.RecordsBytes-- }, false, "too large"},
		"changed on the way":        {func(_ *testing.T, s *sheetOrder) { s.sealed[len(s.sealed)-1] ^= 1 }, true, "changed it"},
		"sealed for another app":    {func(t *testing.T, s *sheetOrder) { s.sealFor(t, foreign, s.request.Cut.PrefixHash) }, false, "does not open"},
		"sealed for another prefix": {func(t *testing.T, s *sheetOrder) { s.sealFor(t, s.worker, protocol.Digest{1}) }, false, "does not open"},
		// Whoever may ask for figures of records that he chose learns the weights from them.
		"from a stranger": {func(t *testing.T, s *sheetOrder) {
			s.records.Proof = protocol.PrefixPayload{}.RecordsProof()
			s.sealFor(t, s.worker, s.request.Cut.PrefixHash)
		}, false, errStranger.Error()},
		"a value out of range": {func(t *testing.T, s *sheetOrder) {
			copy(s.records.Values, []byte{0, 0, 0x80, 0x40})
			s.sealFor(t, s.worker, s.request.Cut.PrefixHash)
		}, false, "value 0 of record 0 is not from 0 to 1"},
		"records of another size": {func(t *testing.T, s *sheetOrder) {
			s.records.Values = s.records.Values[:len(s.records.Values)-4]
			s.sealFor(t, s.worker, s.request.Cut.PrefixHash)
		}, false, "no records of 4 values"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, w, stream, o := setup(t, keyless(), nil)
			s := sheetOrderFor(t, o)
			c.spoil(t, s)
			s.store(h)
			stream.send(protocol.TypeSheetRequest, s.request)
			reply := expect[protocol.SheetReply](stream, protocol.TypeSheet)
			if reply.Sheet != nil || reply.Signature != nil || reply.Retry != c.retry || !strings.Contains(reply.Error, c.error) {
				t.Errorf("replied %+v, want retry %t and %q", reply, c.retry, c.error)
			}
			good := orderFor(w.keys.sealing, keyless())
			good.store(h)
			stream.send(protocol.TypeAssign, good.assign)
			checkComputed(t, h, w, good, expect[protocol.Computed](stream, protocol.TypeComputed))
		})
	}
}

// Jobs go first: one that comes ends a measurement, and none begins while one is at work.
func TestSheetYields(t *testing.T) {
	t.Parallel()
	h, w, stream, o := setup(t, keyless(), nil)
	s := sheetOrderFor(t, o)
	s.store(h)
	w.slot <- struct{}{} // so that nothing goes on before the test says so
	stream.send(protocol.TypeSheetRequest, s.request)
	second := s.request
	second.RequestID = 4
	stream.send(protocol.TypeSheetRequest, second)
	if busy := expect[protocol.SheetReply](stream, protocol.TypeSheet); busy.RequestID != 4 || !busy.Retry || !strings.Contains(busy.Error, "busy") {
		t.Errorf("second request: %+v", busy)
	}
	o.assign.Cut.Release = nil
	stream.send(protocol.TypeAssign, o.assign)
	if ended := expect[protocol.SheetReply](stream, protocol.TypeSheet); ended.RequestID != 3 || !ended.Retry || ended.Sheet != nil || ended.Error != errJobFirst.Error() {
		t.Errorf("ended with %+v", ended)
	}
	stream.send(protocol.TypeSheetRequest, second)
	if busy := expect[protocol.SheetReply](stream, protocol.TypeSheet); busy.RequestID != 4 || !busy.Retry {
		t.Errorf("beside a job: %+v", busy)
	}
	<-w.slot
	checkComputed(t, h, w, o, expect[protocol.Computed](stream, protocol.TypeComputed))
	stream.send(protocol.TypeSheetRequest, second)
	if reply := expect[protocol.SheetReply](stream, protocol.TypeSheet); reply.Sheet == nil {
		t.Errorf("after the job: %+v", reply)
	}
}

// A request before the welcome ends the stream, as an assignment does.
func TestSheetBeforeWelcome(t *testing.T) {
	t.Parallel()
	h := newFakeHost(t)
	startWorker(t, h, nil)
	stream := h.accept()
	expect[protocol.Hello](stream, protocol.TypeHello)
	stream.send(protocol.TypeSheetRequest, protocol.SheetRequest{})
	stream.expectEnd()
}

// Records that are too many for the machine are turned down before they are fetched; another worker may have more memory.
func TestSheetMemory(t *testing.T) {
	t.Parallel()
	h, _, stream, o := setup(t, keyless(), func(w *Worker) { w.config.Memory = 1 << 12 })
	s := sheetOrderFor(t, o)
	s.store(h)
	stream.send(protocol.TypeSheetRequest, s.request)
	reply := expect[protocol.SheetReply](stream, protocol.TypeSheet)
	if reply.Sheet != nil || !reply.Retry || !strings.Contains(reply.Error, "too many for this worker") {
		t.Errorf("replied %+v", reply)
	}
	if n := h.readCount(s.request.Records); n != 0 {
		t.Errorf("the records were fetched %d times", n)
	}
}
