package host

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/internal/breaker"
	"github.com/encrypted-compute/encompute/internal/fetch"
	resumable "github.com/encrypted-compute/encompute/internal/upload"
	"github.com/encrypted-compute/encompute/protocol"
)

// sender makes requests of an upload with a token.
func sender(token string, transport *http.Transport) func(context.Context, fetch.Request) (fetch.Response, error) {
	client := fetch.New(&http.Client{Transport: transport})
	return func(ctx context.Context, r fetch.Request) (fetch.Response, error) {
		r.Header["Authorization"] = "Bearer " + token
		res, err := client.Do(ctx, r)
		if err != nil || res.Status/100 == 2 {
			return res, err
		}
		defer res.Body.Close()
		var p protocol.Problem
		err = protocol.UnmarshalJSON(res.Body, 1<<16, &p)
		if err == nil {
			err = p
		}
		return fetch.Response{}, err
	}
}

// A worker's output goes on where it stood when its line is reset: hardly any of it is sent twice, and the job is computed.
func TestOutputIsReset(t *testing.T) {
	t.Parallel()
	const size, breaks = resumable.Chunk + resumable.FirstWindow + 2<<20, 3                                      // more than two requests take
	const most = size + resumable.FirstWindow + size/resumable.WindowShare + breaks*resumable.MinWindow + 64<<10 // and what is around it
	b := newBench(t)
	b.manifest.Cuts[0].OutputBytes = size
	b.publish()
	id, _ := b.queue()
	w := b.newWorker().connect()
	a := w.assigned()
	output := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(output) // never fails
	c, _ := w.compute(a)
	c.Receipt.OutputHash = protocol.BlobDigest(output)
	c = w.sign(a, c.Receipt)
	proxy := breaker.New(t, strings.TrimPrefix(b.server.URL, "http://"), true, 1<<20, size/2, size-1<<20)
	base, err := url.Parse(proxy.URL())
	b.must(err)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	u := resumable.Upload{
		Send: sender(w.welcome.Token, transport), Host: base, Digest: c.Receipt.OutputHash, ID: protocol.Digest{1},
		Body: bytes.NewReader(output), Bytes: size, Fresh: true, Probe: 10 * time.Millisecond,
	}
	b.must(u.Run(t.Context(), resumable.Patiently(time.Millisecond, patience)))
	if sent, broke := proxy.Sent(); broke != breaks || sent > most {
		t.Errorf("%d bytes were sent for %d while the line broke %d times, want %d at most and %d", sent, size, broke, most, breaks)
	}
	w.send(protocol.TypeComputed, c)
	b.await(id, protocol.JobComputed)
}

// What a job, a model or the order of a sheet expects comes from anybody, in one request or in pieces; an output only from the worker that holds the lease, and
// no more of them than it can need.
func TestWhoMayPut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	w := b.newWorker().connect()
	b.queue()
	w.assigned()
	idle := b.newWorker().connect()
	s := b.spec()
	s.InputHash = protocol.BlobDigest(blob("other", inputBytes))
	b.post(s)
	b.ok("POST", "/v1/jobs", s, nil)
	prefix, records := blob("another prefix", len(b.prefix)), blob("records", 300)
	b.manifest.Cuts[0].SealedPrefix = protocol.BlobDigest(prefix)
	b.ok("POST", "/v1/models", b.register(), nil)
	b.must(b.host.store.Expect(t.Context(), protocol.Digest{1}, []store.Blob{{Digest: protocol.BlobDigest(records), Bytes: 300, Kind: store.KindRecords}}))
	roles := map[string]string{
		"stranger": "", "user": b.session(b.user), "creator": b.session(b.creator), "idle worker": idle.welcome.Token, "worker": w.welcome.Token,
	}
	for what, c := range map[string]struct {
		data []byte
		may  func(role string) bool
	}{
		"input":                      {blob("other", inputBytes), func(string) bool { return true }},
		"prefix":                     {prefix, func(string) bool { return true }},
		"records":                    {records, func(string) bool { return true }},
		"output":                     {blob("output", outputBytes), func(role string) bool { return role == "worker" }},
		"output of another size":     {blob("output", outputBytes+1), func(string) bool { return false }},
		"what is expected elsewhere": {blob("unexpected", inputBytes), func(string) bool { return false }},
	} {
		digest := protocol.BlobDigest(c.data)
		for role, token := range roles {
			// Bytes of another blob, which are not kept, so that all roles find it missing.
			wrong := blob("wrong", len(c.data))
			path := "/v1/blobs/" + digest.String()
			for method, path := range map[string]string{
				"PUT": path, "PATCH": fmt.Sprintf("%s/uploads/%s?at=0&bytes=%d", path, protocol.NewDigest("test", []byte(role)), len(wrong)),
			} {
				resp, answer := b.request(method, path, token, bytes.NewReader(wrong))
				got := b.answer(resp, answer, nil)
				if admitted := got == codeWrongDigest; admitted != c.may(role) || !admitted && got != codeUnexpectedBlob && got != codeTooLarge {
					t.Errorf("%s of %s by %s: %q, admitted should be %t", method, what, role, got, c.may(role))
				}
			}
		}
	}
	for i := range maxOutputs + 1 {
		want := code("")
		if i >= maxOutputs-3 { // three were tried above
			want = codeUnexpectedBlob
		}
		b.put(blob(string(rune('a'+i)), outputBytes), w.welcome.Token, want)
	}
}
