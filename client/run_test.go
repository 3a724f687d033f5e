package client

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

func TestRun(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	var steps []string
	var raw []float64
	s.cfg.Observer = func(step Step) { steps = append(steps, step.Name) }
	s.cfg.InspectRawUnsafe = func(v []float64) { raw = v }
	o, err := s.client(t).Run(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	s.checkOutcome(t, o)
	want := []string{
		"check model", "check cost", "verify worker", "make keys", "encrypt", "pay", "announce", "upload keys", "upload input",
		"compute", "check receipt", "download output", "decrypt", "release", "hand over", "suffix", "open result", "acknowledge",
	}
	if s.plan.Info().Keyless {
		want = slices.DeleteFunc(want, func(n string) bool { return n == "make keys" || n == "upload keys" })
	}
	if !slices.Equal(steps, want) {
		t.Errorf("steps %q, want %q", steps, want)
	}
	if slices.Equal(raw, o.Released) {
		t.Error("the released values were not flooded")
	}
	job, err := s.store.Load(t.Context(), o.JobID)
	if err != nil {
		t.Fatal(err)
	}
	if job.SecretKey != nil || job.ResultKey != nil {
		t.Error("keys are kept after they did their work")
	}
	for _, d := range []protocol.Digest{job.Spec.InputHash, job.Spec.KeysHash} {
		if _, _, err := s.store.OpenBlob(t.Context(), d); err == nil {
			t.Error("a blob is kept after it did its work")
		}
	}
	if s.chain.posts != 1 {
		t.Errorf("%d posts", s.chain.posts)
	}
}

func TestModels(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	l, err := s.client(t).Models(t.Context())
	if err != nil || len(l.Models) != 1 || len(l.Refused) != 0 || l.Models[0].ID() != s.model || !l.Models[0].Online() {
		t.Fatalf("listing %+v, %v", l, err)
	}
	s.chain.set(func() {
		s.chain.models[s.model] = Registered{Creator: s.creator.Address(), Active: true, ManifestHash: protocol.Digest{9}}
	})
	l, err = s.client(t).Models(t.Context())
	if err != nil || len(l.Models) != 0 || CodeOf(l.Refused[s.model]) != CodeModelRefused {
		t.Fatalf("listing %+v, %v", l, err)
	}
}

// TestRefused changes one thing at a time and requires the code and check that catch it,
// and that no money was spent on what could be known before.
func TestRefused(t *testing.T) {
	t.Parallel()
	stranger, err := protocol.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*scene)
		ask    func(*Request)
		code   Code
		check  string
		paid   int
	}{
		"other chain":    {change: func(s *scene) { s.host.lies.network = func(n *protocol.Network) { n.ChainID++ } }, code: CodeWrongNetwork, check: "network.chainId"},
		"other market":   {change: func(s *scene) { s.host.lies.network = func(n *protocol.Network) { n.Market[0]++ } }, code: CodeWrongNetwork, check: "network.market"},
		"other workers":  {change: func(s *scene) { s.host.lies.network = func(n *protocol.Network) { n.WorkerRegistry[0]++ } }, code: CodeWrongNetwork, check: "network.workerRegistry"},
		"other models":   {change: func(s *scene) { s.host.lies.network = func(n *protocol.Network) { n.ModelRegistry[0]++ } }, code: CodeWrongNetwork, check: "network.modelRegistry"},
		"other token":    {change: func(s *scene) { s.host.lies.network = func(n *protocol.Network) { n.Token[0]++ } }, code: CodeWrongNetwork, check: "network.token"},
		"unknown model":  {ask: func(r *Request) { r.ModelID[0]++ }, code: CodeUnknownModel, check: "model.id"},
		"not registered": {change: func(s *scene) { delete(s.chain.models, s.model) }, code: CodeUnknownModel, check: "model.id"},
		"not active": {change: func(s *scene) {
			m := s.chain.models[s.model]
			m.Active = false
			s.chain.models[s.model] = m
		}, code: CodeUnknownModel, check: "model.active"},
		"changed manifest": {change: func(s *scene) {
			s.host.lies.model = func(v *protocol.ModelView) { v.Manifest = slices.Clone(v.Manifest); v.Manifest[9] ^= 1 }
		}, code: CodeModelRefused, check: "manifest.hash"},
		"own hash in view": {change: func(s *scene) {
			s.host.lies.model = func(v *protocol.ModelView) {
				v.Manifest = append(slices.Clone(v.Manifest), 0)
				v.ManifestHash = protocol.NewDigest("manifest", v.Manifest)
			}
		}, code: CodeModelRefused, check: "manifest.hash"},
		"other creator": {change: func(s *scene) {
			m := s.chain.models[s.model]
			m.Creator = protocol.Address{9}
			s.chain.models[s.model] = m
		}, code: CodeModelRefused, check: "manifest.creator"},
		"no room for noise": {change: func(s *scene) {
			s.cfg.Release = privacy.Params{ReleasesPerKey: 1 << 20, StatisticalBits: 128}
		}, code: CodeReleaseRefused, check: "plan.flooding"},
		"no release parameters": {change: func(s *scene) { s.cfg.Release = privacy.Params{} }, code: CodeReleaseRefused, check: "plan.flooding"},
		"unknown cut":           {ask: func(r *Request) { r.Cut = 9 }, code: CodeCutNotOffered, check: "cut.index"},
		"no price":              {change: func(s *scene) { s.chain.price = 0 }, code: CodeCutNotOffered, check: "cut.price"},
		"not ready":             {change: func(s *scene) { s.host.lies.model = func(v *protocol.ModelView) { v.Ready = false } }, code: CodeCutNotOffered, check: "model.ready"},
		"short input":           {ask: func(r *Request) { r.Input = r.Input[1:] }, code: CodeInput, check: "input.size"},
		"input too high":        {ask: func(r *Request) { r.Input[2] = 1.5 }, code: CodeInput, check: "input.range"},
		"greedy host":           {change: func(s *scene) { s.host.lies.network = func(n *protocol.Network) { n.WorkerFee = 601 } }, code: CodeTooExpensive, check: "cost.total"},
		"fee overflow":          {change: func(s *scene) { s.host.lies.network = func(n *protocol.Network) { n.WorkerFee = 1<<64 - 1 } }, code: CodeTooExpensive},
		"no money":              {change: func(s *scene) { s.chain.balance = 499 }, code: CodeUnfunded, check: "wallet.balance"},
		"no worker": {change: func(s *scene) {
			s.host.lies.workers = func(v []protocol.WorkerView) []protocol.WorkerView { return nil }
		}, code: CodeNoWorker, check: "worker.workload"},
		"other workload": {change: func(s *scene) {
			s.host.lies.workers = func(v []protocol.WorkerView) []protocol.WorkerView { v[0].WorkloadID[0]++; return v }
		}, code: CodeNoWorker, check: "worker.workload"},
		"dead worker":    {change: func(s *scene) { clear(s.chain.live) }, code: CodeNoWorker, check: "worker.live"},
		"other operator": {change: func(s *scene) { s.chain.live[s.receipt.Address()] = protocol.Address{9} }, code: CodeEvidenceRefused},
		"quote byte":     {change: func(s *scene) { s.host.lies.evidence = func(e *protocol.Evidence) { e.Quote[300] ^= 1 } }, code: CodeEvidenceRefused},
		"old evidence": {change: func(s *scene) {
			old, err := s.evidence(s.receipt, s.workerSealing.Public(), protocol.Nonce{1})
			s.host.lies.evidence = func(e *protocol.Evidence) { *e = old; must(err) }
		}, code: CodeEvidenceRefused},
		"other worker's evidence": {change: func(s *scene) {
			s.host.lies.evidence = func(e *protocol.Evidence) {
				other, err := s.evidence(stranger, s.workerSealing.Public(), e.Binding.Nonce)
				*e = other
				must(err)
			}
		}, code: CodeEvidenceRefused, check: "worker.signer"},
		"receipt: job":     {change: lieReceipt(func(r *protocol.Receipt) { r.JobID[0]++ }), code: CodeReceiptRefused, check: "receipt.jobId", paid: 1},
		"receipt: prefix":  {change: lieReceipt(func(r *protocol.Receipt) { r.PrefixHash[0]++ }), code: CodeReceiptRefused, check: "receipt.prefixHash", paid: 1},
		"receipt: keys":    {change: lieReceipt(func(r *protocol.Receipt) { r.KeysHash[0]++ }), code: CodeReceiptRefused, check: "receipt.keysHash", paid: 1},
		"receipt: input":   {change: lieReceipt(func(r *protocol.Receipt) { r.InputHash[0]++ }), code: CodeReceiptRefused, check: "receipt.inputHash", paid: 1},
		"receipt: nothing": {change: lieReceipt(func(r *protocol.Receipt) { r.OutputHash = protocol.Digest{} }), code: CodeReceiptRefused, check: "receipt.outputHash", paid: 1},
		"receipt: late":    {change: lieReceipt(func(r *protocol.Receipt) { r.ElapsedMs = protocol.MaxComputeMs + 1 }), code: CodeReceiptRefused, check: "receipt.elapsedMs", paid: 1},
		"receipt changed after it was signed": {change: func(s *scene) {
			s.host.lies.computed = func(c *protocol.Computed) { c.Receipt.ElapsedMs++ }
		}, code: CodeReceiptRefused, check: "receipt.signature", paid: 1},
		"time changed": {change: func(s *scene) {
			s.host.lies.computed = func(c *protocol.Computed) { c.Seconds *= 2 }
		}, code: CodeReceiptRefused, check: "receipt.times", paid: 1},
		"prediction that is none": {change: func(s *scene) {
			s.host.lies.computed = func(c *protocol.Computed) { c.PredictedSeconds = -1 }
		}, code: CodeReceiptRefused, check: "receipt.times", paid: 1},
		"receipt: bad signature": {change: func(s *scene) {
			s.host.lies.computed = func(c *protocol.Computed) { c.Signature = c.Signature[:64] }
		}, code: CodeReceiptRefused, check: "receipt.signature", paid: 1},
		"receipt by a stranger": {change: func(s *scene) { s.host.lies.signer = &stranger }, code: CodeReceiptRefused, check: "receipt.signature", paid: 1},
		"output changed":        {change: func(s *scene) { s.host.lies.output = func(b []byte) []byte { b[len(b)/2] ^= 1; return b } }, code: CodeReceiptRefused, check: "output.digest", paid: 1},
		"output too large":      {change: func(s *scene) { s.host.lies.output = func(b []byte) []byte { return append(b, 0) } }, code: CodeHostAnswer, check: "blob.size", paid: 1},
		"worker failed":         {change: func(s *scene) { s.host.lies.fail = &protocol.Failed{Code: protocol.FailPrefix} }, code: CodeJobFailed, check: protocol.FailPrefix, paid: 1},
		"result changed": {change: func(s *scene) {
			s.host.lies.delivered = func(d *protocol.Delivered) { d.Sealed[len(d.Sealed)-1] ^= 1 }
		}, code: CodeResultRefused, check: "delivery.resultHash", paid: 1},
		"result by a stranger": {change: func(s *scene) {
			s.host.lies.delivered = func(d *protocol.Delivered) { d.Signature = stranger.SignDigest(s.domain.DeliveryDigest(d.Delivery)) }
		}, code: CodeResultRefused, check: "delivery.signature", paid: 1},
		"result of another job": {change: func(s *scene) { s.host.lies.delivery = func(d *protocol.Delivery) { d.JobID[0]++ } }, code: CodeResultRefused, check: "delivery.jobId", paid: 1},
		"result of another output": {change: func(s *scene) {
			s.host.lies.delivery = func(d *protocol.Delivery) { d.OutputHash[0]++ }
		}, code: CodeResultRefused, check: "delivery.outputHash", paid: 1},
		"result for another key": {change: func(s *scene) {
			s.host.lies.delivered = func(d *protocol.Delivered) {
				d.Sealed[0] ^= 1
				d.Delivery.ResultHash = protocol.BlobDigest(d.Sealed)
				d.Signature = s.creator.SignDigest(s.domain.DeliveryDigest(d.Delivery))
			}
		}, code: CodeResultRefused, check: "result.seal", paid: 1},
		"wrong label":     {change: func(s *scene) { s.host.lies.result = func(r *protocol.Result) { slices.Reverse(r.Probabilities) } }, code: CodeResultRefused, check: "result.label", paid: 1},
		"other labels":    {change: func(s *scene) { s.host.lies.result = func(r *protocol.Result) { r.Labels = []string{"yes", "no"} } }, code: CodeResultRefused, check: "result.labels", paid: 1},
		"empty result":    {change: func(s *scene) { s.host.lies.result = func(r *protocol.Result) { *r = protocol.Result{} } }, code: CodeResultRefused, check: "result.values", paid: 1},
		"endless answers": {change: func(s *scene) { s.host.lies.flood = maxViewBytes + 1 }, code: CodeHostAnswer},
		"host is busy":    {change: func(s *scene) { s.host.lies.status = always(503) }, code: CodeHostDown},
		"host has failed": {change: func(s *scene) { s.host.lies.status = always(500) }, code: CodeHostDown},
		"host refuses":    {change: func(s *scene) { s.host.lies.status = always(400) }, code: CodeHostRefused},
		"host down":       {change: func(s *scene) { s.host.server.Close() }, code: CodeHostDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			if test.change != nil {
				test.change(s)
			}
			r := s.request()
			if test.ask != nil {
				test.ask(&r)
			}
			_, err := s.client(t).Run(t.Context(), r)
			if got := CodeOf(err); got != test.code {
				t.Fatalf("code %q, want %q: %v", got, test.code, err)
			}
			if e, _ := errors.AsType[*Error](err); test.check != "" && e.Check != test.check {
				t.Errorf("check %q, want %q: %v", e.Check, test.check, err)
			}
			if s.chain.posts != test.paid {
				t.Errorf("paid %d times, want %d", s.chain.posts, test.paid)
			}
			if test.code == CodeReceiptRefused && len(s.host.releases) > 0 {
				t.Error("something was released")
			}
		})
	}
}

func always(status int) func(*http.Request) int { return func(*http.Request) int { return status } }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func lieReceipt(f func(*protocol.Receipt)) func(*scene) {
	return func(s *scene) { s.host.lies.receipt = f }
}

// TestPlanOfAnotherManifest changes what a manifest says about its plan.
func TestPlanOfAnotherManifest(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	if err := checkPlan(w.manifest, w.manifest.Cuts[0], w.plan); err != nil {
		t.Fatal(err)
	}
	for check, change := range map[string]func(*protocol.Manifest, *protocol.Cut){
		"plan.inputs":      func(m *protocol.Manifest, _ *protocol.Cut) { m.Input.Shape = []int{testInputs + 1} },
		"plan.outputs":     func(_ *protocol.Manifest, c *protocol.Cut) { c.Shape = []int{testOutputs + 1} },
		"plan.keysBytes":   func(_ *protocol.Manifest, c *protocol.Cut) { c.KeysBytes++ },
		"plan.inputBytes":  func(_ *protocol.Manifest, c *protocol.Cut) { c.InputBytes++ },
		"plan.outputBytes": func(_ *protocol.Manifest, c *protocol.Cut) { c.OutputBytes++ },
		"plan.inputRange":  func(m *protocol.Manifest, _ *protocol.Cut) { m.InputRange.High /= 1e6 },
	} {
		m := w.manifest
		cut := m.Cuts[0]
		change(&m, &cut)
		if e, _ := errors.AsType[*Error](checkPlan(m, cut, w.plan)); e == nil || e.Check != check {
			t.Errorf("%s: %v", check, e)
		}
	}
}

// TestAnotherWorker lets a worker answer that the user has not verified before.
func TestAnotherWorker(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	other, err := protocol.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	s.host.lies.signer = &other
	s.chain.live[other.Address()] = s.operator
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	job.Simulated = false // what the first worker was says nothing about the other
	o, err := c.finish(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if o.Worker != other.Address() || !o.Simulated {
		t.Errorf("worker %s, simulated %t; want %s, a simulator's", o.Worker, o.Simulated, other.Address())
	}
}

// TestWorkerLeaves lets workers leave between their listing and the question for evidence: before the job is made, and after
// another one has computed it. That says nothing about them.
func TestWorkerLeaves(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"unknown_worker", "evidence", "timeout"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			c := s.client(t)
			left := func(r *http.Request) int {
				if strings.HasSuffix(r.URL.Path, "/evidence") {
					return http.StatusNotFound
				}
				return 0
			}
			s.host.set(func() { s.host.lies.status, s.host.lies.code = left, code })
			if _, err := c.Prepare(t.Context(), s.request()); CodeOf(err) != CodeNoWorker {
				t.Fatalf("before the job: %v", err)
			}
			other, err := protocol.NewSigningKey()
			if err != nil {
				t.Fatal(err)
			}
			s.chain.live[other.Address()] = s.operator
			s.host.set(func() { s.host.lies.status, s.host.lies.signer = nil, &other })
			job, err := c.Prepare(t.Context(), s.request())
			if err != nil {
				t.Fatal(err)
			}
			s.host.set(func() { s.host.lies.status = left })
			if _, err = c.Resume(t.Context(), job.ID); CodeOf(err) != CodeNoWorker {
				t.Fatalf("after it: %v", err)
			}
			s.host.set(func() { s.host.lies.status = nil })
			if _, err = c.Resume(t.Context(), job.ID); err != nil {
				t.Errorf("when it is back: %v", err)
			}
		})
	}
}

// TestDeadline lets nobody answer until the deadline has passed, and takes the money back.
func TestDeadline(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.host.lies.silent = true
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Advance(t.Context(), job), c.Advance(t.Context(), job)); err != nil {
		t.Fatal(err)
	}
	c.timing.round = 1 // every look at the host is over at once, then the chain is asked
	s.chain.set(func() { s.chain.now = job.Spec.PrefixBy + 1 })
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeDeadlinePassed {
		t.Fatalf("after the deadline: %v", err)
	}
	if err := c.Refund(t.Context(), job.ID); err != nil || s.chain.refunds != 1 {
		t.Fatalf("refund: %v", err)
	}
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeRefunded {
		t.Fatalf("after the refund: %v", err)
	}
	if err := c.Forget(t.Context(), job.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Resume(t.Context(), job.ID); !errors.Is(err, ErrNoJob) {
		t.Fatalf("after it was forgotten: %v", err)
	}
}

// TestExpired prepares a job and comes back too late to pay for it.
func TestExpired(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	s.chain.set(func() { s.chain.now = job.Spec.PrefixBy - 59 })
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeExpired || s.chain.posts != 0 {
		t.Fatalf("%v, paid %d times", err, s.chain.posts)
	}
}

// TestCreatorOffline releases while the creator is away, and comes back when it is there.
func TestCreatorOffline(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.host.offline = true
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	for job.State != StateReleased {
		if err := c.Advance(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	c.timing.round = 1
	if _, err := c.Resume(t.Context(), job.ID); CodeOf(err) != CodeCreatorOffline {
		t.Fatalf("creator is away: %v", err)
	}
	s.host.set(func() { s.host.offline = false })
	o, err := s.client(t).Resume(t.Context(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.checkOutcome(t, o)
	if len(s.host.releases) != 1 {
		t.Errorf("%d different releases", len(s.host.releases))
	}
}

// TestUnanswered tells why the creator could not answer, and takes the answer when it came.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.host.lies.unanswered = &protocol.Failed{Code: protocol.FailRelease, Detail: "no\x1b[31m such model"}
	c := s.client(t)
	job, err := c.Prepare(t.Context(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	for job.State != StateReleased {
		if err := c.Advance(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	c.timing.round = 20 * time.Millisecond
	_, err = c.Resume(t.Context(), job.ID)
	if CodeOf(err) != CodeJobFailed || !strings.Contains(err.Error(), "no [31m such model") {
		t.Fatalf("unanswered: %v", err)
	}
	s.host.set(func() { s.host.lies.unanswered = nil })
	o, err := s.client(t).Resume(t.Context(), job.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.checkOutcome(t, o)
	s.checkOnce(t)
}

// TestCancel ends a wait with its context.
func TestCancel(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.host.lies.silent = true
	ctx, cancel := context.WithCancel(t.Context())
	s.cfg.Observer = func(step Step) {
		if step.Name == "upload input" {
			cancel()
		}
	}
	if _, err := s.client(t).Run(ctx, s.request()); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
}
