package host

import (
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// The metrics count a job's way and compare each evaluation with its prediction, and name nobody.
func TestMetrics(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	creator := b.signIn(b.creator, 0)
	w := b.newWorker().connect()
	id, _ := b.queue()
	c := w.answerJob(w.assigned())
	b.await(id, protocol.JobComputed)
	b.ok("POST", "/v1/jobs/"+id.String()+"/release", b.release(id, c, []byte("sealed")), nil)
	creator.send(protocol.TypeDelivered, creator.delivery(creator.released(), []byte("answer")))
	b.await(id, protocol.JobDelivered)

	resp, text := b.request("GET", "/metrics", "", nil)
	if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
		t.Errorf("content type %q", kind)
	}
	for _, want := range []string{
		`encompute_job_events_total{event="leased"} 1`,
		`encompute_job_events_total{event="computed"} 1`,
		`encompute_job_events_total{event="released"} 1`,
		`encompute_job_events_total{event="delivered"} 1`,
		`encompute_evaluation_seconds_count 1`,
		`encompute_evaluation_predicted_seconds_sum 1.5`,
		`encompute_evaluation_prediction_ratio_count 1`,
		`encompute_workers 1`,
		`encompute_workers_by_kind{kind="portable"} 1`,
		`encompute_creators 1`,

		`encompute_request_seconds_count{route="POST /v1/jobs",status="200"} 1`,
	} {
		if !strings.Contains(string(text), "\n"+want+"\n") {
			t.Errorf("no line %q", want)
		}
	}
	for name, secret := range map[string]string{"job": id.String(), "worker": w.key.Address().String(), "creator": b.creator.Address().String()} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the metrics name the %s", name)
		}
	}
}
