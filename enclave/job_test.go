package enclave

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// setup starts a worker, lets it in and makes an order for it.
func setup(t *testing.T, f fixture, change func(*Worker)) (*fakeHost, *running, *hostStream, *order) {
	t.Helper()
	h := newFakeHost(t)
	w := startWorker(t, h, change)
	o := orderFor(w.keys.sealing, f)
	return h, w, h.admit(), o
}

// checkComputed checks a receipt as a user and the market would.
func checkComputed(t *testing.T, h *fakeHost, w *running, o *order, c protocol.Computed) {
	t.Helper()
	signer, err := w.Binding(protocol.Nonce{}).Signer()
	if err != nil {
		t.Fatal(err)
	}
	if err := protocol.VerifyDigest(o.assign.Domain.ReceiptDigest(c.Receipt), c.Signature, signer); err != nil {
		t.Error(err)
	}
	spec := o.assign.Spec
	want := protocol.Receipt{
		JobID: o.assign.JobID, PrefixHash: spec.PrefixHash, KeysHash: spec.KeysHash, InputHash: spec.InputHash,
		OutputHash: c.Receipt.OutputHash, ElapsedMs: c.Receipt.ElapsedMs,
	}
	if c.Receipt != want || c.Epoch != o.assign.Epoch {
		t.Errorf("computed %+v, want epoch %d and %+v", c, o.assign.Epoch, want)
	}
	if ms := c.Receipt.ElapsedMs; ms == 0 || ms > spec.ComputeMs {
		t.Errorf("elapsed %d ms of %d", ms, spec.ComputeMs)
	}
	if err := c.CheckTimes(); err != nil || c.Seconds <= 0 {
		t.Errorf("took %v s: %v", c.Seconds, err)
	}
	if want := o.plan.Predict(testMachine); c.PredictedSeconds != want || want <= 0 {
		t.Errorf("predicted %v s, want %v", c.PredictedSeconds, want)
	}
	output := h.stored(c.Receipt.OutputHash)
	if protocol.BlobDigest(output) != c.Receipt.OutputHash {
		t.Fatal("the output is not stored under its digest")
	}
	o.checkOutput(t, output)
}

func TestJob(t *testing.T) {
	t.Parallel()
	for name, fixture := range map[string]func() fixture{"keyless": keyless, "levelled": levelled} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, w, s, o := setup(t, fixture(), nil)
			o.store(h)
			s.send(protocol.TypeAssign, o.assign)
			steps := o.plan.Info().Steps
			for i := 0; i <= len(steps); i++ {
				p := expectProgress(s)
				if p.PredictedSeconds != o.plan.Predict(testMachine) {
					t.Errorf("progress predicts %v s", p.PredictedSeconds)
				}
				if p.JobID != o.assign.JobID || p.Epoch != 1 || p.Step != i || p.Steps != len(steps) || i > 0 && p.Name != steps[i-1].Name {
					t.Errorf("progress %+v, want step %d of %v", p, i, steps)
				}
			}
			first := expect[protocol.Computed](s, protocol.TypeComputed)
			checkComputed(t, h, w, o, first)

			// Prefix and keys are remembered; the same job gives the same output.
			o.assign.Epoch++
			s.send(protocol.TypeAssign, o.assign)
			second := expect[protocol.Computed](s, protocol.TypeComputed)
			checkComputed(t, h, w, o, second)
			if first.Receipt.OutputHash != second.Receipt.OutputHash {
				t.Error("the same job gave two outputs")
			}
			if n := h.readCount(o.assign.Cut.SealedPrefix); n != 1 {
				t.Errorf("sealed prefix was fetched %d times", n)
			}
			if n := h.readCount(o.assign.Spec.KeysHash); n != min(1, len(o.keys)) {
				t.Errorf("evaluation keys were fetched %d times", n)
			}
			checkLog(t, w, o)
		})
	}
}

func expectProgress(s *hostStream) protocol.Progress {
	s.t.Helper()
	for {
		m, err := s.next()
		if err != nil {
			s.t.Fatal(err)
		}
		if m.Type == protocol.TypeHeartbeat {
			continue
		}
		p, err := protocol.DecodeBody[protocol.Progress](m)
		if err != nil {
			s.t.Fatalf("got %s, want progress: %v", m.Type, err)
		}
		return p
	}
}

// checkLog demands that the log tells of the job and none of the secrets.
func checkLog(t *testing.T, w *running, o *order) {
	t.Helper()
	log := w.log.String()
	if !strings.Contains(log, o.assign.JobID.String()) {
		t.Error("the log does not name the job")
	}
	sealing, err := w.keys.sealing.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string][]byte{
		"receipt key": w.keys.receipt.Bytes(), "sealing key": sealing[:16], "prefix": o.prefix[len(o.prefix)-16:], "input": o.input[64:80],
	} {
		if strings.Contains(log, hex.EncodeToString(secret)) || strings.Contains(log, string(secret)) {
			t.Errorf("the log holds the %s", name)
		}
	}
	if strings.Contains(log, testToken) {
		t.Error("the log holds the token")
	}
}

// Every way in which an assignment, a blob or a plan may be wrong.
func TestJobFails(t *testing.T) {
	t.Parallel()
	foreign, err := protocol.NewSealingKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spoil  func(*order)
		code   string
		retry  bool
		detail string
	}{
		"other chain": {func(o *order) { o.assign.Domain.ChainID = 1; o.sign() }, protocol.FailInternal, false, "chain id is 1"},
		"no market":   {func(o *order) { o.assign.Domain.Market = protocol.Address{}; o.sign() }, protocol.FailInternal, false, "market"},
		"job id":      {func(o *order) { o.assign.JobID[0] ^= 1 }, protocol.FailInternal, false, "job id"},
		"spec":        {func(o *order) { o.assign.Spec.WorkerFee++ }, protocol.FailInternal, false, "job id"},
		"no time":     {func(o *order) { o.assign.Spec.ComputeMs = 0; o.sign() }, protocol.FailInternal, false, "computeMs"},
		"too much time": {
			func(o *order) { o.assign.Spec.ComputeMs = protocol.MaxComputeMs + 1; o.sign() },
			protocol.FailInternal, false, "computeMs",
		},
		"other workload": {func(o *order) { o.assign.Spec.WorkloadID[0]++; o.sign() }, protocol.FailInternal, false, "workload"},
		"cut of another workload": {
			func(o *order) { o.assign.Cut.WorkloadID[0]++ }, protocol.FailInternal, false, "workload",
		},
		"other cut":    {func(o *order) { o.assign.Cut.Index++ }, protocol.FailInternal, false, "cut 3"},
		"other prefix": {func(o *order) { o.assign.Cut.PrefixHash[0]++ }, protocol.FailPrefix, false, "not the one that the job names"},
		"keys for a keyless plan": {
			func(o *order) { o.assign.Cut.Keyless = true }, protocol.FailInternal, false, "keys hash",
		},
		"no keys": {
			func(o *order) { o.assign.Spec.KeysHash = protocol.Digest{}; o.sign() }, protocol.FailInternal, false, "keys hash",
		},
		"huge keys": {
			func(o *order) { o.assign.Cut.KeysBytes = protocol.MaxBlobBytes + 1 }, protocol.FailInternal, false, "at most",
		},
		"huge prefix": {
			func(o *order) { o.assign.Cut.SealedPrefixBytes = 1 << 63 }, protocol.FailInternal, false, "at most",
		},
		"sizes beside the plan's": {
			func(o *order) { o.assign.Cut.InputBytes++ }, protocol.FailPrefix, false, "sizes",
		},
		"no plan": {func(o *order) { o.assign.Cut.Plan = []byte{0xa0} }, protocol.FailPrefix, false, "plan"},
		"other plan": {func(o *order) {
			lit, err := o.plan.Literal()
			if err != nil {
				panic(err)
			}
			lit.OutputBound /= 2
			plan, err := fhe.NewPlan(lit)
			if err != nil {
				panic(err)
			}
			o.assign.Cut.Plan, _ = plan.MarshalBinary()
		}, protocol.FailPrefix, false, "sealed for plan"},

		"sealed for another app": {func(o *order) { o.seal(foreign) }, protocol.FailPrefix, false, "does not open"},
		"payload for another plan": {func(o *order) {
			o.payload.PlanDigest[0]++
			o.seal(o.worker)
		}, protocol.FailPrefix, false, "sealed for plan"},
		"payload is no prefix": {func(o *order) {
			o.payload.Prefix = []byte{0xa0}
			o.seal(o.worker)
		}, protocol.FailPrefix, false, "invalid prefix"},
		"prefix of another model": {func(o *order) {
			o.payload.Prefix = keyless().prefix
			o.seal(o.worker)
		}, protocol.FailPrefix, false, "does not match the plan"},
		"sealed prefix of another hash": {func(o *order) {
			o.assign.Spec.PrefixHash[0]++
			o.assign.Cut.PrefixHash[0]++
			o.sign()
		}, protocol.FailPrefix, false, "does not open"},

		"sealed prefix changed on the way": {func(o *order) { o.sealed[50] ^= 1 }, protocol.FailInternal, true, "changed it"},
		"sealed prefix too long": {func(o *order) {
			o.assign.Cut.SealedPrefixBytes--
		}, protocol.FailPrefix, false, "too large"},
		"keys changed on the way":  {func(o *order) { o.keys[len(o.keys)-1] ^= 1 }, protocol.FailInternal, true, "changed it"},
		"header of keys changed":   {func(o *order) { o.keys[0] ^= 1 }, protocol.FailInternal, true, "changed it"},
		"keys cut short":           {func(o *order) { o.keys = o.keys[:100] }, protocol.FailInternal, true, "changed it"},
		"keys too long":            {func(o *order) { o.setKeys(append(o.keys, 0)) }, protocol.FailInput, false, "too large"},
		"keys are no keys":         {func(o *order) { o.keys[0] ^= 1; o.setKeys(o.keys) }, protocol.FailInput, false, "header"},
		"keys are too few":         {func(o *order) { o.setKeys(o.keys[:len(o.keys)-1]) }, protocol.FailInput, false, "invalid blob"},
		"input changed on the way": {func(o *order) { o.input[99] ^= 1 }, protocol.FailInternal, true, "changed it"},
		"input too long":           {func(o *order) { o.setInput(append(o.input, 0)) }, protocol.FailInput, false, "too large"},
		"input too short":          {func(o *order) { o.setInput(o.input[:len(o.input)-1]) }, protocol.FailInput, false, "invalid blob"},
		"input is no input":        {func(o *order) { o.input[0] ^= 1; o.setInput(o.input) }, protocol.FailInput, false, "header"},
		"input of another plan":    {func(o *order) { o.input[4] ^= 1; o.setInput(o.input) }, protocol.FailInput, false, "another plan"},
		"input missing":            {func(o *order) { o.assign.Spec.InputHash[0]++; o.input = nil; o.sign() }, protocol.FailInternal, true, "changed it"},

		"too little time": {func(o *order) { o.assign.Spec.ComputeMs = 1; o.sign() }, protocol.FailDeadline, false, "it has 1 ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, w, s, o := setup(t, levelled(), nil)
			good := orderFor(w.keys.sealing, levelled())
			good.store(h)
			c.spoil(o)
			o.store(h)
			s.send(protocol.TypeAssign, o.assign)
			f := expect[protocol.Failed](s, protocol.TypeFailed)
			if f.JobID != o.assign.JobID || f.Epoch != o.assign.Epoch || f.Code != c.code || f.Retry != c.retry || !strings.Contains(f.Detail, c.detail) {
				t.Errorf("failed with %+v, want code %s, retry %v and %q", f, c.code, c.retry, c.detail)
			}
			// Nothing of it spoils the next job.
			good.store(h)
			s.send(protocol.TypeAssign, good.assign)
			checkComputed(t, h, w, good, expect[protocol.Computed](s, protocol.TypeComputed))
		})
	}
}

func (o *order) setKeys(keys []byte) {
	o.keys = keys
	o.assign.Spec.KeysHash = protocol.BlobDigest(keys)
	o.sign()
}

func (o *order) setInput(input []byte) {
	o.input = input
	o.assign.Spec.InputHash = protocol.BlobDigest(input)
	o.sign()
}

// Where the host does not take the output, another attempt may help.
func TestOutputNotStored(t *testing.T) {
	t.Parallel()
	h, _, s, o := setup(t, keyless(), nil)
	o.store(h)
	h.refusePut()
	s.send(protocol.TypeAssign, o.assign)
	if f := expect[protocol.Failed](s, protocol.TypeFailed); f.Code != protocol.FailInternal || !f.Retry || !strings.Contains(f.Detail, "store output") {
		t.Errorf("failed with %+v", f)
	}
}

func TestPlanTooLargeForTheMachine(t *testing.T) {
	t.Parallel()
	h, _, s, o := setup(t, levelled(), func(w *Worker) { w.prepare.memory = 1 << 20 })
	o.store(h)
	s.send(protocol.TypeAssign, o.assign)
	if f := expect[protocol.Failed](s, protocol.TypeFailed); !f.Retry || !strings.Contains(f.Detail, "memory") {
		t.Errorf("failed with %+v, want a retry elsewhere", f)
	}
}

// Whatever a plan declares, it counts as much memory, never as little.
func TestPlanMemory(t *testing.T) {
	t.Parallel()
	sound, err := parsePlan(levelled().planBytes, 1)
	if err != nil {
		t.Fatal(err)
	}
	if info := sound.info; sound.memory.Weights < 1<<18 || sound.memory.Keys < 2*info.KeysBytes {
		t.Errorf("evaluator takes %d bytes, keys of %d bytes take %d", sound.memory.Weights, info.KeysBytes, sound.memory.Keys)
	}
	for _, products := range []int{-1 << 62, -1, 1 << 20, 1 << 40, math.MaxInt} {
		lit, err := levelled().plan.Literal()
		if err != nil {
			t.Fatal(err)
		}
		lit.Stages[0].Products = products
		hostile, err := fhe.NewPlan(lit)
		if err != nil {
			continue // the better answer
		}
		b, err := hostile.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		p, err := parsePlan(b, 1)
		if err != nil {
			t.Fatal(err)
		}
		if p.memory.Weights < 0 || products > 0 && p.memory.Weights < sound.memory.Weights || p.memory.Total() < 0 {
			t.Errorf("%d products: evaluator takes %d bytes", products, p.memory.Weights)
		}
	}
}

// scripted replaces the engine by f, which still gets the real evaluator, keys and input.
func scripted(f func(ctx context.Context) ([]byte, error)) func(*Worker) {
	return func(w *Worker) {
		w.evaluate = func(_ *fhe.Evaluator, ctx context.Context, _ *fhe.Keys, _ []byte, _ func(int, string)) ([]byte, error) {
			return f(ctx)
		}
	}
}

// untilDone is an engine that stops as soon as it is told to.
func untilDone(started chan<- struct{}) func(*Worker) {
	return scripted(func(ctx context.Context) ([]byte, error) {
		started <- struct{}{}
		<-ctx.Done()
		return nil, fmt.Errorf("step 1: %w", ctx.Err())
	})
}

// The deadline is reported even while the engine is deep in an operation; the next job
// waits for the engine.
func TestDeadlineIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	evaluations := 0 // only ever one at a time, or the race detector tells
	h, w, s, o := setup(t, keyless(), func(w *Worker) {
		evaluate := w.evaluate
		w.evaluate = func(e *fhe.Evaluator, ctx context.Context, k *fhe.Keys, in []byte, p func(int, string)) ([]byte, error) {
			evaluations++
			if evaluations == 1 {
				<-release
			}
			return evaluate(e, ctx, k, in, p)
		}
	})
	o.store(h)
	o.assign.Spec.ComputeMs = 1
	o.sign()
	s.send(protocol.TypeAssign, o.assign)
	if f := expect[protocol.Failed](s, protocol.TypeFailed); f.Code != protocol.FailDeadline || f.Retry {
		t.Errorf("failed with %+v, want the deadline", f)
	}
	o.assign.Spec.ComputeMs = protocol.MaxComputeMs
	o.sign()
	s.send(protocol.TypeAssign, o.assign)
	close(release)
	checkComputed(t, h, w, o, expect[protocol.Computed](s, protocol.TypeComputed))
}

// An engine that finishes just too late has finished too late.
func TestLateOutputIsRefused(t *testing.T) {
	t.Parallel()
	h, _, s, o := setup(t, keyless(), scripted(func(ctx context.Context) ([]byte, error) {
		<-ctx.Done()
		return []byte("late"), nil
	}))
	o.store(h)
	o.assign.Spec.ComputeMs = 1
	o.sign()
	s.send(protocol.TypeAssign, o.assign)
	if f := expect[protocol.Failed](s, protocol.TypeFailed); f.Code != protocol.FailDeadline {
		t.Errorf("failed with %+v, want the deadline", f)
	}
	if h.stored(protocol.BlobDigest([]byte("late"))) != nil {
		t.Error("a late output was stored")
	}
}

func TestEngineFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		engine func(context.Context) ([]byte, error)
		detail string
	}{
		"panic": {func(context.Context) ([]byte, error) { panic("weight 0.12345") }, "panicked in github.com/encrypted-compute/encompute/enclave.TestEngineFailures"},
		"index": {func(context.Context) ([]byte, error) { return []byte{[]byte{}[len(testToken)]}, nil }, "panicked in"},
		"error": {func(context.Context) ([]byte, error) { return nil, errors.New("out of levels") }, "out of levels"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, w, s, o := setup(t, keyless(), scripted(c.engine))
			o.store(h)
			s.send(protocol.TypeAssign, o.assign)
			f := expect[protocol.Failed](s, protocol.TypeFailed)
			if f.Code != protocol.FailInternal || f.Retry || !strings.Contains(f.Detail, c.detail) {
				t.Errorf("failed with %+v, want %q", f, c.detail)
			}
			if strings.Contains(f.Detail+w.log.String(), "0.12345") {
				t.Error("a panic's value came out")
			}
			s.send(protocol.TypeEvidenceRequest, protocol.EvidenceRequest{RequestID: 1})
			expect[protocol.EvidenceReply](s, protocol.TypeEvidence)
		})
	}
}
