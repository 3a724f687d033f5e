package host

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// An account's jobs come in pages, the latest first, and only its own.
func TestMyJobs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	var ids []protocol.Digest
	for range maxJobPage + 3 {
		s := b.spec()
		ids = append(ids, b.post(s))
		b.ok("POST", "/v1/jobs", s, nil)
	}
	var first, second protocol.JobList
	b.ok("GET", "/v1/me/jobs", nil, &first)
	if len(first.Jobs) != maxJobPage || first.Jobs[0].Job.JobID != ids[len(ids)-1] || first.Next == 0 {
		t.Fatalf("%d jobs, next %d", len(first.Jobs), first.Next)
	}
	resp, raw := b.request("GET", "/v1/me/jobs?before="+jsonOf(t, first.Next), b.token, nil)
	b.refused(b.answer(resp, raw, &second), "")
	if len(second.Jobs) != 3 || second.Jobs[2].Job.JobID != ids[0] || second.Next != 0 {
		t.Errorf("second page %+v", second)
	}
	var none protocol.JobList
	b.refused(b.as(b.session(b.creator), "GET", "/v1/me/jobs", &none), "")
	if none.Jobs == nil || len(none.Jobs) != 0 {
		t.Errorf("a creator's: %+v", none)
	}
	b.refused(b.as(b.token, "GET", "/v1/me/jobs?before=x", nil), codeBadRequest)
}

// A creator sees the jobs on its models, with when they got where they are, and nothing of anybody else's.
func TestCreatorJobs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	answered := b.delivered()
	s := b.spec()
	waiting := b.post(s)
	b.ok("POST", "/v1/jobs", s, nil)
	var list protocol.CreatorJobList
	b.refused(b.as(b.session(b.creator), "GET", "/v1/creator/jobs", &list), "")
	if len(list.Jobs) != 2 || list.Jobs[0].Job.JobID != waiting || list.Jobs[1].Job.JobID != answered || list.Next != 0 {
		t.Fatalf("jobs %+v", list)
	}
	done := list.Jobs[1]
	if done.Job.Delivered == nil || done.Job.Delivered.Sealed != nil {
		t.Errorf("an answered job shows %+v", done.Job.Delivered)
	}
	first, last := done.History[0], done.History[len(done.History)-1]
	if first.State != protocol.JobPosted || last.State != protocol.JobDelivered || last.Time.Before(first.Time) {
		t.Errorf("history %+v", done.History)
	}
	for i, m := range done.History[1:] {
		if m.State == done.History[i].State {
			t.Errorf("a state twice in turn: %+v", done.History)
		}
	}
	list = protocol.CreatorJobList{}
	b.refused(b.as(b.token, "GET", "/v1/creator/jobs", &list), "")
	if list.Jobs == nil || len(list.Jobs) != 0 {
		t.Errorf("a user's: %+v", list)
	}
	b.refused(b.as(b.token, "GET", "/v1/creator/jobs?before=x", nil), codeBadRequest)
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// export reads the caller's export, whose last line says that it is complete.
func (b *bench) export(token string) map[string][]protocol.Exported {
	b.Helper()
	resp, raw := b.request("GET", "/v1/me/export", token, nil)
	if kind := resp.Header.Get("Content-Type"); kind != "application/x-ndjson" {
		b.Fatalf("content type %q: %s", kind, raw)
	}
	lines := map[string][]protocol.Exported{}
	last := ""
	for line := range bytes.Lines(raw) {
		var e protocol.Exported
		b.must(protocol.UnmarshalJSON(bytes.NewReader(line), int64(len(line)), &e))
		lines[e.Kind], last = append(lines[e.Kind], e), e.Kind
	}
	if last != "end" {
		b.Fatalf("last line is of kind %q", last)
	}
	return lines
}

func TestExport(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id := b.delivered()
	b.acknowledge(id)
	mine := b.export(b.token)
	if len(mine["account"]) != 1 || len(mine["job"]) != 1 || len(mine["model"]) != 0 || *mine["account"][0].Account != b.user.Address() {
		t.Fatalf("a user's export: %+v", mine)
	}
	j := mine["job"][0]
	if j.Job.Job.JobID != id || len(j.Job.Job.Delivered.Sealed) == 0 || len(j.Release.Sealed) == 0 || len(j.Events) < 5 || len(j.Acknowledgement) == 0 {
		t.Errorf("job %+v", j)
	}
	creators := b.export(b.session(b.creator))
	if len(creators["job"]) != 0 || len(creators["model"]) != 1 || creators["model"][0].Model.ModelID != b.modelID {
		t.Errorf("a creator's export: %+v", creators)
	}
}

// Erasing takes what is sealed and the blobs, ends the sessions, and keeps what is under way and what settles the job.
func TestErase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	over := b.delivered()
	s := b.spec() // with the blobs of its own
	s.InputHash = protocol.BlobDigest(blob("another", inputBytes))
	open := b.post(s)
	b.ok("POST", "/v1/jobs", s, nil)
	output := b.view(over).Computed.Receipt.OutputHash
	second := b.session(b.user)
	ack := b.acknowledgement(over)
	var done protocol.Erasure
	b.refused(b.as(b.token, "DELETE", "/v1/me", &done), "")
	if done.Erased != 1 || len(done.Kept) != 1 || done.Kept[0] != open {
		t.Errorf("erasure %+v, want one erased and %s kept", done, open)
	}
	for _, token := range []string{b.token, second} {
		b.refused(b.as(token, "GET", "/v1/me/jobs", nil), codeSignIn)
	}
	b.token = b.session(b.user)
	b.refused(b.as(b.token, "GET", "/v1/blobs/"+output.String(), nil), codeUnknownBlob)
	v := b.view(over)
	if v.State != protocol.JobDelivered || v.Delivered.Sealed != nil || len(v.Delivered.Signature) == 0 {
		t.Errorf("job %+v", v)
	}
	for _, j := range b.export(b.token)["job"] {
		if erased := j.Job.Job.JobID == over; erased != !j.Job.Erased.IsZero() || erased && (j.Release.Sealed != nil || j.Events != nil) {
			t.Errorf("export after it: %+v", j)
		}
	}
	b.ok("POST", "/v1/jobs/"+over.String()+"/acknowledgement", ack, nil)
	b.state(open, protocol.JobPosted)
	b.refused(b.as(b.token, "DELETE", "/v1/me", &done), "")
	if done.Erased != 0 {
		t.Errorf("erased again: %+v", done)
	}
}
