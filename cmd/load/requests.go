package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/encrypted-compute/encompute/host/blobs"
	"github.com/encrypted-compute/encompute/protocol"
)

// requestsReport is about requests that come at a constant rate, whether earlier ones were answered or not. Times are from
// when a request should have been sent, so that a host that stands still is not asked less.
type requestsReport struct {
	Rate    float64            `json:"perSecond"` // that were sent
	Seconds float64            `json:"seconds"`
	All     latency            `json:"all"`
	Kinds   map[string]latency `json:"kinds"`
	Writes  int                `json:"writes"` // requests that change the database
	Busy    int                `json:"busy"`   // requests that the host put off, as it may
	Failed  int                `json:"failed"` // requests that had a wrong answer or none
}

// slowest is the target for the 99th percentile of the times in milliseconds.
const slowest = 50

// warmup is how long requests come before they are measured: connections open, and caches fill.
const warmup = 2 * time.Second

// kind is one sort of request. Weights sum up to a thousand.
type kind struct {
	name   string
	weight int
	writes bool
	do     func(context.Context) error
}

// visitors make the requests.
type visitors struct {
	*stage
	jobs   []protocol.JobSpec // that the host knows
	owners []*user            // of the jobs
	fresh  chan protocol.JobSpec
	parts  chan protocol.JobSpec // that a part of the input can be uploaded of
	nonces chan protocol.SignInChallenge
	tokens chan string // to be renewed
	part   []byte
}

// runRequests sends requests and requires that all are answered as they should be.
func runRequests(ctx context.Context, s *stage, r *report) error {
	v := &visitors{stage: s, part: make([]byte, blobs.MinPart), nonces: make(chan protocol.SignInChallenge, 4096), tokens: make(chan string, 64)}
	_, _ = rand.Read(v.part) // never fails
	total := int(float64(s.Rate) * (float64(s.Seconds) + warmup.Seconds()))
	if err := v.prepare(ctx, total); err != nil {
		return err
	}
	s.say("%d requests a second for %d s", s.Rate, s.Seconds)
	if s.profiles != "" {
		go s.saveProfile(ctx, "requests.cpu", fmt.Sprintf("profile?seconds=%d", min(20, s.Seconds)))
	}
	m := v.send(ctx, total)
	out := m.report()
	r.Requests = out
	r.most("requests: p99", out.All.P99, slowest, "ms")
	r.least("requests: rate", out.Rate, float64(s.Rate)*0.99, "1/s")
	s.say("p50 %.1f ms, p99 %.1f ms, max %.1f ms; of %d %d failed, %d were put off", out.All.P50, out.All.P99, out.All.Max, out.All.Count, out.Failed, out.Busy)
	if out.Failed > 0 {
		return fmt.Errorf("%d requests failed, the first: %w", out.Failed, m.first)
	}
	return ctx.Err()
}

// prepare posts jobs that are asked about, and those that the host will be told of.
func (v *visitors) prepare(ctx context.Context, total int) error {
	known := min(200, total)
	extra := total/100 + 20 // one request of a hundred tells of one
	specs, err := v.post(ctx, known+extra)
	if err != nil {
		return err
	}
	v.jobs, v.fresh, v.parts = specs[:known], make(chan protocol.JobSpec, extra), make(chan protocol.JobSpec, known+extra)
	for _, spec := range specs[known:] {
		v.fresh <- spec
	}
	owners := map[protocol.Address]*user{}
	for _, u := range v.users {
		owners[u.key.Address()] = u
	}
	for _, spec := range v.jobs {
		u := owners[spec.User]
		v.owners = append(v.owners, u)
		if err := v.call(ctx, http.MethodPost, "/v1/jobs", u.token, spec, nil); err != nil {
			return err
		}
		v.parts <- spec
	}
	for range cap(v.tokens) {
		token, err := v.signIn(ctx, v.users[0].key)
		if err != nil {
			return err
		}
		v.tokens <- token
	}
	return nil
}

// kinds are what is asked.
func (v *visitors) kinds() []kind {
	return []kind{
		{"job", 250, false, v.getJob},
		{"events", 250, false, v.getEvents},
		{"models", 120, false, v.get("/v1/models", v.model.ModelID.String())},
		{"model", 60, false, v.get("/v1/models/"+v.model.ModelID.String(), v.model.ModelID.String())},
		{"health", 90, false, v.get("/healthz", "true")},
		{"workers", 50, false, v.get("/v1/workers", v.cut.WorkloadID.String())},
		{"network", 30, false, v.get("/v1/network", v.net.File.Contracts.Market.String())},
		{"session", 38, false, v.getSession},
		{"my jobs", 20, false, v.getMyJobs},
		{"evidence", 2, false, v.postEvidence},
		{"nonce", 35, true, v.postNonce},
		{"sign in", 20, true, v.postSession},
		{"renewal", 15, true, v.postRenewal},
		{"new job", 10, true, v.postJob},
		{"upload", 10, true, v.patchUpload},
	}
}

// get asks for a document that must hold a text.
func (v *visitors) get(path, holds string) func(context.Context) error {
	return v.getAs("", path, holds)
}

func (v *visitors) getAs(token, path, holds string) func(context.Context) error {
	return func(ctx context.Context) error {
		var b rawBody
		if err := v.call(ctx, http.MethodGet, path, token, nil, &b); err != nil {
			return err
		}
		if !bytes.Contains(b, []byte(holds)) {
			return fmt.Errorf("GET %s: the answer does not hold %s: %.300s", path, holds, b)
		}
		return nil
	}
}

// rawBody is a document as it came.
type rawBody []byte

// UnmarshalJSON implements json.Unmarshaler.
func (r *rawBody) UnmarshalJSON(b []byte) error {
	*r = bytes.Clone(b)
	return nil
}

func (v *visitors) getJob(ctx context.Context) error {
	i := mathrand.IntN(len(v.jobs))
	id := v.net.Chain.Domain().JobID(v.jobs[i]).String()
	return v.getAs(v.owners[i].token, "/v1/jobs/"+id, id)(ctx)
}

func (v *visitors) getEvents(ctx context.Context) error {
	i := mathrand.IntN(len(v.jobs))
	id := v.net.Chain.Domain().JobID(v.jobs[i]).String()
	return v.getAs(v.owners[i].token, "/v1/jobs/"+id+"/events", id)(ctx)
}

func (v *visitors) getSession(ctx context.Context) error {
	u := v.users[mathrand.IntN(len(v.users))]
	return v.getAs(u.token, "/v1/session", u.key.Address().String())(ctx)
}

func (v *visitors) getMyJobs(ctx context.Context) error {
	i := mathrand.IntN(len(v.jobs))
	return v.getAs(v.owners[i].token, "/v1/me/jobs", v.jobs[i].User.String())(ctx)
}

func (v *visitors) postEvidence(ctx context.Context) error {
	var workers []protocol.WorkerView
	if err := v.call(ctx, http.MethodGet, "/v1/workers", "", nil, &workers); err != nil {
		return err
	}
	if len(workers) == 0 {
		return errors.New("there is no worker")
	}
	var q protocol.EvidenceQuery
	_, _ = rand.Read(q.Nonce[:]) // never fails
	var e protocol.Evidence
	if err := v.call(ctx, http.MethodPost, "/v1/workers/"+workers[0].Signer.String()+"/evidence", "", q, &e); err != nil {
		return err
	}
	if e.Binding.Nonce != q.Nonce {
		return errors.New("the evidence is over another nonce")
	}
	return nil
}

func (v *visitors) postNonce(ctx context.Context) error {
	var c protocol.SignInChallenge
	if err := v.call(ctx, http.MethodPost, "/v1/session/nonce", "", struct{}{}, &c); err != nil {
		return err
	}
	select {
	case v.nonces <- c:
	default: // one that nobody uses
	}
	return nil
}

// postSession signs in with a nonce that was asked for before, or asks for one.
func (v *visitors) postSession(ctx context.Context) error {
	select {
	case c := <-v.nonces:
		_, err := v.answer(ctx, v.users[mathrand.IntN(len(v.users))].key, c)
		return err
	default:
		return v.postNonce(ctx)
	}
}

// postRenewal renews a session, or makes one if all are being renewed.
func (v *visitors) postRenewal(ctx context.Context) error {
	select {
	case token := <-v.tokens:
		var s protocol.Session
		if err := v.call(ctx, http.MethodPost, "/v1/session/renewal", token, struct{}{}, &s); err != nil {
			return err
		}
		v.tokens <- s.Token
		return nil
	default:
		return v.postSession(ctx)
	}
}

// postJob tells the host of a job that is on chain.
func (v *visitors) postJob(ctx context.Context) error {
	select {
	case spec := <-v.fresh:
		id := v.net.Chain.Domain().JobID(spec)
		var view protocol.JobView
		err := v.call(ctx, http.MethodPost, "/v1/jobs", "", spec, &view)
		if err == nil && view.JobID != id {
			err = fmt.Errorf("job %s was posted, the host took %s", id, view.JobID)
		}
		v.parts <- spec
		return err
	default:
		return v.getJob(ctx)
	}
}

// patchUpload brings the first part of an input that will never be whole, so that no worker is busy with these jobs.
func (v *visitors) patchUpload(ctx context.Context) error {
	select {
	case spec := <-v.parts:
		var id protocol.Digest
		_, _ = rand.Read(id[:]) // never fails
		path := fmt.Sprintf("/v1/blobs/%s/uploads/%s?at=0&bytes=%d", spec.InputHash, id, v.cut.InputBytes)
		var u protocol.Upload
		err := v.call(ctx, http.MethodPatch, path, "", v.part, &u)
		if err == nil && u.Held != int64(len(v.part)) {
			err = fmt.Errorf("%d bytes were uploaded, the host holds %d", len(v.part), u.Held)
		}
		return err
	default:
		return v.getJob(ctx)
	}
}

// measured are the requests that were sent.
type measured struct {
	kinds   []kind
	of      []int // kind of each request
	times   []time.Duration
	skip    int // that warmed up
	elapsed time.Duration
	failed  atomic.Int64
	busy    atomic.Int64

	mu    sync.Mutex
	first error
}

// send sends the requests, each when it is due, and waits for the answers.
func (v *visitors) send(ctx context.Context, total int) *measured {
	m := &measured{kinds: v.kinds(), of: make([]int, total), times: make([]time.Duration, total), skip: int(warmup.Seconds() * float64(v.Rate))}
	var table []int
	for k, of := range m.kinds {
		for range of.weight {
			table = append(table, k)
		}
	}
	mathrand.Shuffle(len(table), func(i, j int) { table[i], table[j] = table[j], table[i] })
	var group sync.WaitGroup
	start, gap := time.Now(), time.Second/time.Duration(v.Rate)
	for i := range total {
		due := start.Add(time.Duration(i) * gap)
		time.Sleep(time.Until(due))
		m.of[i] = table[i%len(table)]
		group.Go(func() {
			if err := m.kinds[m.of[i]].do(ctx); errors.Is(err, errBusy) {
				m.busy.Add(1)
			} else if err != nil {
				m.fail(fmt.Errorf("%s: %w", m.kinds[m.of[i]].name, err))
			}
			m.times[i] = time.Since(due)
		})
	}
	m.elapsed = time.Since(start)
	group.Wait()
	return m
}

func (m *measured) fail(err error) {
	m.failed.Add(1)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.first == nil {
		m.first = err
	}
}

func (m *measured) report() *requestsReport {
	out := &requestsReport{
		Rate: float64(len(m.of)) / m.elapsed.Seconds(), Seconds: m.elapsed.Seconds() - warmup.Seconds(), Kinds: map[string]latency{},
		Failed: int(m.failed.Load()), Busy: int(m.busy.Load()),
	}
	by := make([][]time.Duration, len(m.kinds))
	for i := m.skip; i < len(m.of); i++ {
		by[m.of[i]] = append(by[m.of[i]], m.times[i])
	}
	for k, times := range by {
		if len(times) == 0 {
			continue
		}
		out.Kinds[m.kinds[k].name] = summarize(times)
		if m.kinds[k].writes {
			out.Writes += len(times)
		}
	}
	out.All = summarize(m.times[m.skip:])
	return out
}
