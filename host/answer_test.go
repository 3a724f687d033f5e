package host

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// answerTo makes the right answer to a release.
func (b *bench) answerTo(r protocol.Released) protocol.Delivered {
	d := protocol.Delivery{JobID: r.Receipt.JobID, OutputHash: r.Receipt.OutputHash, ResultHash: protocol.BlobDigest([]byte("answer"))}
	return protocol.Delivered{Delivery: d, Sealed: []byte("answer"), Signature: b.creator.SignDigest(b.chain.addresses.Domain().DeliveryDigest(d))}
}

// A creator without a socket waits for releases, answers and acknowledges them by requests.
func TestPoll(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, c := b.computed()
	user, creator, other := b.token, b.session(b.creator), b.session(newKey(t))
	var list []protocol.Released
	b.refused(b.as(creator, "GET", "/v1/creator/releases", &list), "")
	if list == nil || len(list) != 0 {
		t.Fatalf("releases %+v before there is one", list)
	}
	came := make(chan code, 1)
	go func() { came <- b.as(creator, "GET", "/v1/creator/releases?wait=60", &list) }()
	b.ok("POST", "/v1/jobs/"+id.String()+"/release", b.release(id, c, []byte("sealed to the creator")), nil)
	b.refused(<-came, "")
	if len(list) != 1 || list[0].Receipt.JobID != id || string(list[0].Release.Sealed) != "sealed to the creator" {
		t.Fatalf("releases %+v", list)
	}
	var others []protocol.Released
	b.refused(b.as(other, "GET", "/v1/creator/releases", &others), "")
	if len(others) != 0 {
		t.Errorf("another creator gets %+v", others)
	}

	answer, failure := b.answerTo(list[0]), protocol.Failed{JobID: id, Code: protocol.FailRelease, Detail: "does not open"}
	b.token = other
	b.refused(b.call("POST", "/v1/creator/deliveries", answer, nil), codeDelivery)
	b.refused(b.call("POST", "/v1/creator/failures", failure, nil), codeDelivery)
	b.ok("POST", "/v1/creator/acks", protocol.Ack{Seq: list[0].Seq}, nil) // of its own releases, of which there are none
	b.token = creator
	b.ok("POST", "/v1/creator/failures", failure, nil)
	if v := b.view(id); v.State != protocol.JobReleased || v.Failure == nil {
		t.Errorf("after a failure the job is %+v", v)
	}
	wrong := answer
	wrong.Sealed = []byte("another")
	b.refused(b.call("POST", "/v1/creator/deliveries", wrong, nil), codeDelivery)
	b.refused(b.as(creator, "GET", "/v1/creator/releases", &list), "")
	if len(list) != 1 {
		t.Fatal("a release is not replayed until it is answered")
	}
	b.ok("POST", "/v1/creator/deliveries", answer, nil)
	b.ok("POST", "/v1/creator/deliveries", answer, nil)
	b.ok("POST", "/v1/creator/acks", protocol.Ack{Seq: list[0].Seq}, nil)
	b.token = user
	if v := b.state(id, protocol.JobDelivered); string(v.Delivered.Sealed) != "answer" {
		t.Errorf("delivered %+v", v.Delivered)
	}
	b.refused(b.as(creator, "GET", "/v1/creator/releases?wait=61", nil), codeBadRequest)
}

// online reports whether the model's creator is shown online.
func (b *bench) online() bool {
	b.Helper()
	var m protocol.ModelView
	b.ok("GET", "/v1/models/"+b.modelID.String(), nil, &m)
	return m.Online
}

// A creator that polls is shown online while it waits, between two polls, and no longer.
func TestPollIsOnline(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	creator, other := b.session(b.creator), b.session(newKey(t))
	step := func(d time.Duration) {
		t.Helper()
		b.clock.advance(d)
		b.must(b.host.sweep(t.Context()))
	}
	b.refused(b.as(other, "GET", "/v1/creator/releases", nil), "")
	if b.online() {
		t.Error("online by another's poll")
	}
	waiting, leave := context.WithCancel(t.Context())
	came := make(chan error, 1)
	go func() {
		r, err := http.NewRequestWithContext(waiting, http.MethodGet, b.server.URL+"/v1/creator/releases?wait=60", nil)
		if err == nil {
			r.Header.Set("Authorization", "Bearer "+creator)
			_, err = b.server.Client().Do(r)
		}
		came <- err
	}()
	for len(b.host.followers) == 0 || !b.online() { // until it waits
		select {
		case err := <-came:
			t.Fatal(err)
		default:
		}
	}
	step(2 * pollPause)
	if !b.online() {
		t.Error("offline while a poll waits")
	}
	leave()
	if err := <-came; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for len(b.host.followers) > 0 { // until the host knows
		runtime.Gosched()
	}
	step(pollPause / 2)
	if !b.online() {
		t.Error("offline right after a poll")
	}
	b.refused(b.as(creator, "GET", "/v1/creator/releases", nil), "")
	step(pollPause - time.Second)
	if !b.online() {
		t.Error("the last poll does not count")
	}
	step(2 * time.Second)
	if b.online() {
		t.Error("online long after the last poll")
	}
	if n := len(b.host.attendance.list()); n != 0 {
		t.Errorf("%d that polled are remembered", n)
	}
}

// A poll does not hold up a host that closes.
func TestPollEndsWithHost(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	token, came := b.session(b.creator), make(chan code, 1)
	go func() { came <- b.as(token, "GET", "/v1/creator/releases?wait=60", nil) }()
	for len(b.host.followers) == 0 { // until it waits
		select {
		case got := <-came:
			t.Fatalf("ended with %q", got)
		default:
		}
	}
	b.host.endStreams()
	b.refused(<-came, codeClosing)
}
