package host

import (
	"bytes"
	"testing"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// sheetOrder is a signed order for a sheet of the first cut.
func (b *bench) sheetOrder(sealed []byte) protocol.SheetOrder {
	o := protocol.SheetOrder{Cut: b.manifest.Cuts[0].Index, Records: protocol.BlobDigest(sealed), RecordsBytes: uint64(len(sealed))}
	return b.signOrder(o, b.creator)
}

func (b *bench) signOrder(o protocol.SheetOrder, key protocol.SigningKey) protocol.SheetOrder {
	o.Signature = key.SignDigest(b.chain.addresses.Domain().SheetOrderDigest(b.modelID, o))
	return o
}

func (b *bench) sheets() string { return "/v1/models/" + b.modelID.String() + "/sheets" }

// order makes an order in the background and returns where its outcome will be.
func (b *bench) order(o protocol.SheetOrder) (outcome chan code, signed *protocol.SignedSheet) {
	outcome, signed = make(chan code, 1), new(protocol.SignedSheet)
	go func() { outcome <- b.call("POST", b.sheets(), o, signed) }()
	return outcome, signed
}

// measured is a right answer to a request.
func (w *fakeWorker) measured(r protocol.SheetRequest) protocol.SheetReply {
	w.Helper()
	mechanism, err := r.Cut.Mechanism().Digest()
	w.must(err)
	values := 1
	for _, d := range r.Cut.ReleasedShape() {
		values *= d
	}
	return w.signSheet(r, protocol.AttestedSheet{
		Version: protocol.AttestedSheetVersion, PrefixHash: r.Cut.PrefixHash, Mechanism: mechanism, Shape: r.Cut.Shape, InputRange: r.InputRange,
		Records: protocol.Digest{9}, Values: values, Train: 10, Gallery: 5, Linear: protocol.Attack{Name: "ridge", Records: 5, ReID1: 0.4},
	})
}

func (w *fakeWorker) signSheet(r protocol.SheetRequest, s protocol.AttestedSheet) protocol.SheetReply {
	w.Helper()
	signature, err := protocol.NewSheetSignature(w.key, s)
	w.must(err)
	return protocol.SheetReply{RequestID: r.RequestID, Sheet: &s, Signature: signature}
}

// A creator orders a sheet, uploads the sealed records, and gets what the worker measured, with evidence for it.
func TestSheet(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	sealed := blob("sealed records", 1000)
	o := b.sheetOrder(sealed)
	b.refused(b.call("POST", b.sheets(), o, nil), codeRecordsMissing)
	b.put(sealed, "", "")
	b.refused(b.call("POST", b.sheets(), o, nil), codeBusy) // there is no worker
	w := b.newWorker().connect()
	outcome, signed := b.order(o)
	r := receive[protocol.SheetRequest](w.wire, protocol.TypeSheetRequest)
	if r.Records != o.Records || r.RecordsBytes != o.RecordsBytes || r.Cut.PrefixHash != b.manifest.Cuts[0].PrefixHash || r.InputRange != b.manifest.InputRange {
		t.Errorf("asked for %+v", r)
	}
	if resp, got := b.request("GET", "/v1/blobs/"+o.Records.String(), w.welcome.Token, nil); resp.StatusCode != 200 || !bytes.Equal(got, sealed) {
		t.Errorf("the worker got status %d", resp.StatusCode)
	}
	resp, answer := b.request("GET", "/v1/blobs/"+o.Records.String(), "", nil)
	b.refused(b.answer(resp, answer, nil), codeTokenRequired)
	b.refused(b.call("POST", b.sheets(), o, nil), codeBusy) // it is being measured
	reply := w.measured(r)
	w.send(protocol.TypeSheet, reply)
	digest, err := reply.Sheet.Digest()
	b.must(err)
	if q := w.attest(); q.Nonce != protocol.Nonce(digest) {
		t.Errorf("evidence is asked for over %x", q.Nonce)
	}
	b.refused(<-outcome, "")
	want := w.binding
	want.Nonce = protocol.Nonce(digest)
	if signed.Cut != 1 || signed.VerifySignature(w.key.Address()) != nil || signed.Evidence.Binding.ReportData() != want.ReportData() {
		t.Errorf("got %+v", signed)
	}
	var list []protocol.SignedSheet
	b.ok("GET", b.sheets(), nil, &list)
	if len(list) != 1 || list[0].VerifySignature(w.key.Address()) != nil {
		t.Errorf("listed %+v", list)
	}
	// The records are not kept; the same order gives the same sheet.
	if _, err := b.host.store.Blob(t.Context(), o.Records); err == nil {
		t.Error("the records are still there")
	}
	b.put(sealed, "", codeUnexpectedBlob)
	var again protocol.SignedSheet
	b.ok("POST", b.sheets(), o, &again)
	if !bytes.Equal(again.Signature, signed.Signature) {
		t.Error("the same order gives another sheet")
	}
}

func TestSheetOrderRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	good := b.sheetOrder(blob("sealed records", 1000))
	for _, c := range []struct {
		name  string
		order protocol.SheetOrder
		want  code
	}{
		{"by a stranger", b.signOrder(good, b.user), codeSignature},
		{"not signed", protocol.SheetOrder{Cut: 1, Records: good.Records, RecordsBytes: 1000}, codeSignature},
		{"of other records", protocol.SheetOrder{Cut: 1, Records: protocol.Digest{1}, RecordsBytes: 1000, Signature: good.Signature}, codeSignature},
		{"of another cut", b.signOrder(protocol.SheetOrder{Cut: 77, Records: good.Records, RecordsBytes: 1000}, b.creator), codeWrongTerms},
		{"of nothing", b.signOrder(protocol.SheetOrder{Cut: 1, Records: good.Records}, b.creator), codeTooLarge},
		{"of too much", b.signOrder(protocol.SheetOrder{Cut: 1, Records: good.Records, RecordsBytes: protocol.MaxSealedRecordsBytes + 1}, b.creator), codeTooLarge},
		{"of a sealed prefix", b.signOrder(protocol.SheetOrder{Cut: 1, Records: protocol.BlobDigest(b.prefix), RecordsBytes: 7}, b.creator), codeWrongTerms},
	} {
		if got := b.call("POST", b.sheets(), c.order, nil); got != c.want {
			t.Errorf("%s: refused with %q, want %q", c.name, got, c.want)
		}
	}
	b.refused(b.call("POST", "/v1/models/"+protocol.Digest{5}.String()+"/sheets", good, nil), codeUnknownModel)
	// An order of others takes the place of the one before.
	b.refused(b.call("POST", b.sheets(), good, nil), codeRecordsMissing)
	b.refused(b.call("POST", b.sheets(), b.sheetOrder(blob("others", 10)), nil), codeRecordsMissing)
	b.put(blob("sealed records", 1000), "", codeUnexpectedBlob)
}

// The host hands on no sheet that is not what was ordered, nor one that its worker did not sign.
func TestSheetReplies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	sealed := blob("sealed records", 1000)
	o := b.sheetOrder(sealed)
	b.refused(b.call("POST", b.sheets(), o, nil), codeRecordsMissing)
	b.put(sealed, "", "")
	w, stranger := b.newWorker().connect(), newKey(b)
	for _, c := range []struct {
		name   string
		change func(protocol.SheetRequest, *protocol.SheetReply)
		want   code
	}{
		{"nothing", func(_ protocol.SheetRequest, s *protocol.SheetReply) { s.Sheet = nil }, codeSheet},
		{"no", func(_ protocol.SheetRequest, s *protocol.SheetReply) { s.Sheet, s.Error = nil, "the\x1b[2Jprefix" }, codeSheet},
		{"not now", func(_ protocol.SheetRequest, s *protocol.SheetReply) {
			s.Sheet, s.Error, s.Retry = nil, "a job came", true
		}, codeBusy},
		{"a changed figure", func(_ protocol.SheetRequest, s *protocol.SheetReply) { s.Sheet.Linear.ReID1 = 0 }, codeSheet},
		{"a sheet of another prefix", func(r protocol.SheetRequest, s *protocol.SheetReply) {
			s.Sheet.PrefixHash[0]++
			*s = w.signSheet(r, *s.Sheet)
		}, codeSheet},
		{"a sheet of another range", func(r protocol.SheetRequest, s *protocol.SheetReply) {
			s.Sheet.InputRange.High++
			*s = w.signSheet(r, *s.Sheet)
		}, codeSheet},
		{"another's signature", func(_ protocol.SheetRequest, s *protocol.SheetReply) {
			s.Signature, _ = protocol.NewSheetSignature(stranger, *s.Sheet)
		}, codeSheet},
	} {
		outcome, _ := b.order(o)
		r := receive[protocol.SheetRequest](w.wire, protocol.TypeSheetRequest)
		reply := w.measured(r)
		c.change(r, &reply)
		w.send(protocol.TypeSheet, reply)
		if got := <-outcome; got != c.want {
			t.Errorf("%s: refused with %q, want %q", c.name, got, c.want)
		}
	}
	// A worker that goes away is told of, and so is one with a job.
	outcome, _ := b.order(o)
	receive[protocol.SheetRequest](w.wire, protocol.TypeSheetRequest)
	w.conn.Close()
	b.refused(<-outcome, codeUnknownWorker)
	list, err := b.host.store.Sheets(t.Context(), b.modelID, 10)
	b.must(err)
	if len(list) != 0 {
		t.Errorf("kept %+v", list)
	}
	second := b.newWorker().connect()
	b.queue()
	second.assigned()
	b.refused(b.call("POST", b.sheets(), o, nil), codeBusy)
	if blob, err := b.host.store.Blob(t.Context(), o.Records); err != nil || blob.Kind != store.KindRecords {
		t.Errorf("records after failures: %+v: %v", blob, err)
	}
}
