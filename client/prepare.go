package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// Request is what a user asks for.
type Request struct {
	ModelID protocol.Digest
	Cut     uint32    // index of the cut
	Input   []float64 // preprocessed as the manifest's input schema says; flat, row-major
	// MaxCost is the most that the user agrees to pay in all; Client.Cost tells what it is.
	MaxCost protocol.Amount
	// BeyondBudget allows the release although it is beyond what releases of this input may tell together.
	BeyondBudget bool
}

// Prepare does everything up to the point at which money is spent: it checks model, input
// and cost, verifies a worker, makes the keys, encrypts, and keeps the job.
func (c *Client) Prepare(ctx context.Context, r Request) (*Job, error) {
	o, err := c.choose(ctx, r)
	if err != nil {
		return nil, err
	}
	signer, err := o.worker.Signer()
	if err != nil {
		return nil, &Error{CodeEvidenceRefused, "worker", err}
	}
	job := &Job{
		State: StateCreated, Host: c.host.base.String(), Manifest: o.model.bytes,
		Worker: signer, Simulated: o.worker.Simulated(), Prediction: &o.prediction,
		Input: privacy.InputDigest(r.Input), Flood: c.Release, Budget: c.budget(r),
		Spec: protocol.JobSpec{
			User: c.Signer.Address(), Creator: o.model.manifest.Creator, ModelID: o.model.id,
			ManifestHash: protocol.NewDigest("manifest", o.model.bytes), PrefixHash: o.cut.PrefixHash, Cut: o.cut.Index,
			WorkloadID: o.worker.Workload().ID(), ComputeMs: protocol.MaxComputeMs,
			WorkerFee: o.cost.Worker, CreatorFee: o.cost.Creator, FeeBps: o.cost.FeeBps,
		},
	}
	if err = c.encrypt(ctx, job, o.plan, r.Input); err == nil {
		err = c.fix(ctx, job)
	}
	if err == nil {
		return job, nil
	}
	if _, kept := c.Store.Load(ctx, job.ID); errors.Is(kept, ErrNoJob) {
		err = errors.Join(err, c.deleteBlobs(ctx, job))
	}
	return nil, err
}

// budget is what a request allows to be told of its input.
func (c *Client) budget(r Request) privacy.Budget {
	b := c.Budget
	b.Unbounded = b.Unbounded || r.BeyondBudget
	return b
}

// order is what a request comes to, everything in it checked.
type order struct {
	model      Model
	cut        protocol.Cut
	plan       fhe.Plan
	cost       Cost
	worker     attestation.VerifiedWorker
	prediction Prediction // for worker
}

// choose checks a request and finds a worker for it.
func (c *Client) choose(ctx context.Context, r Request) (o order, err error) {
	err = c.step("check model", func(s *Step) (err error) {
		if o.model, err = c.Model(ctx, r.ModelID); err != nil {
			return err
		}
		s.Bytes, s.Detail = int64(len(o.model.bytes)), o.model.manifest.Name
		if o.cut, o.plan, err = o.model.plan(r.Cut); err != nil {
			return err
		}
		if err := c.Release.Fits(o.plan); err != nil { // it would be paid in vain
			return &Error{CodeReleaseRefused, "plan.flooding", err}
		}
		if err := checkInput(o.model.manifest, r.Input); err != nil {
			return err
		}
		if err := c.admitted(ctx, o.model); err != nil {
			return err
		}
		releasing, err := c.subject(ctx, o.model.id, o.cut, privacy.InputDigest(r.Input))
		if err != nil {
			return err
		}
		return c.affords(ctx, releasing, c.budget(r))
	})
	if err != nil {
		return o, err
	}
	err = c.step("check cost", func(s *Step) (err error) {
		if o.cost, err = c.Cost(ctx, r.ModelID, r.Cut); err != nil {
			return err
		}
		s.Detail = fmt.Sprintf("%d token units to the worker, %d to the creator", o.cost.Worker, o.cost.Creator)
		return c.affordable(ctx, o.cost, r.MaxCost)
	})
	if err != nil {
		return o, err
	}
	return o, c.step("verify worker", func(s *Step) (err error) {
		var view protocol.WorkerView
		if o.worker, view, err = c.findWorker(ctx, o.cut.WorkloadID); err != nil {
			return err
		}
		o.prediction = Predict(o.plan, view)
		if s.Detail = view.Signer.String(); o.worker.Simulated() {
			s.Detail += " (SIMULATED: no hardware stands behind it)"
		}
		return nil
	})
}

// plan returns a cut that the model offers, with its plan, checked against the shapes.
func (m Model) plan(index uint32) (cut protocol.Cut, plan fhe.Plan, err error) {
	cut, ok := m.manifest.Cut(index)
	if !ok {
		return cut, plan, refuse(CodeCutNotOffered, "cut.index", "model %s is not offered at cut %d", m.manifest.Name, index)
	}
	if !m.ready {
		return cut, plan, refuse(CodeCutNotOffered, "model.ready", "the host does not have all sealed prefixes of model %s yet", m.manifest.Name)
	}
	plan, err = fhe.ParsePlan(cut.Plan)
	if err != nil {
		return cut, plan, &Error{CodeModelRefused, "cut.plan", err}
	}
	return cut, plan, checkPlan(m.manifest, cut, plan)
}

// checkPlan refuses a plan that is not about the shapes, sizes and range that the manifest names.
func checkPlan(m protocol.Manifest, cut protocol.Cut, plan fhe.Plan) error {
	info := plan.Info()
	for _, f := range []struct {
		check     string
		got, want uint64
	}{
		{"plan.inputs", uint64(size(info.InputShape)), uint64(size(m.Input.Shape))},
		{"plan.outputs", uint64(size(info.OutputShape)), uint64(size(cut.Shape))},
		{"plan.keysBytes", uint64(info.KeysBytes), cut.KeysBytes},
		{"plan.inputBytes", uint64(info.InputBytes), cut.InputBytes},
		{"plan.outputBytes", uint64(info.OutputBytes), cut.OutputBytes},
	} {
		if f.got != f.want {
			return refuse(CodeModelRefused, f.check, "plan says %d, manifest says %d", f.got, f.want)
		}
	}
	// The least noise that a plan may declare follows from its range, so that must be the input's.
	if r := (protocol.Range{Low: info.InputLow, High: info.InputHigh}); r != m.InputRange {
		return refuse(CodeModelRefused, "plan.inputRange", "plan says %v to %v, manifest says %v to %v", r.Low, r.High, m.InputRange.Low, m.InputRange.High)
	}
	return nil
}

func checkInput(m protocol.Manifest, x []float64) error {
	if want := size(m.Input.Shape); len(x) != want {
		return refuse(CodeInput, "input.size", "input has %d values, model %s takes %d (%v)", len(x), m.Name, want, m.Input.Shape)
	}
	for i, v := range x {
		if math.IsNaN(v) || v < m.InputRange.Low || v > m.InputRange.High {
			return refuse(CodeInput, "input.range", "value %d of the input is %v, outside of %v to %v", i, v, m.InputRange.Low, m.InputRange.High)
		}
	}
	return nil
}

func (c *Client) affordable(ctx context.Context, cost Cost, most protocol.Amount) error {
	if cost.Total() > most {
		return refuse(CodeTooExpensive, "cost.total", "the job costs %d, the limit is %d", cost.Total(), most)
	}
	have, err := c.Chain.Balance(ctx, c.Signer.Address())
	if err != nil {
		return fail(CodeChain, fmt.Errorf("read balance: %w", err))
	}
	if have < cost.Total() {
		return refuse(CodeUnfunded, "wallet.balance", "account %s has %d, the job costs %d", c.Signer.Address(), have, cost.Total())
	}
	return nil
}

// encrypt makes the keys, or takes those that are there, and encrypts the input; all but the
// secret key is public and kept as blobs.
func (c *Client) encrypt(ctx context.Context, job *Job, plan fhe.Plan, x []float64) error {
	secret, err := c.keysFor(ctx, job, plan)
	if err != nil {
		return err
	}
	return c.step("encrypt", func(s *Step) error {
		b, err := plan.Encrypt(secret, x)
		if err != nil {
			return &Error{CodeInput, "input", err}
		}
		job.Spec.InputHash, s.Bytes, err = c.Store.PutBlob(ctx, func(w io.Writer) error { return writeAll(w, b) })
		return err
	})
}

// fix sets what makes the job this one, its deadlines and its keys, and saves it.
func (c *Client) fix(ctx context.Context, job *Job) error {
	result, err := protocol.NewSealingKey()
	if err != nil {
		return err
	}
	if job.ResultKey, err = result.Bytes(); err != nil {
		return fmt.Errorf("make result key: %w", err)
	}
	if _, err := rand.Read(job.Spec.Salt[:]); err != nil {
		return fmt.Errorf("make salt: %w", err)
	}
	if _, err := rand.Read(job.Uploads[:]); err != nil {
		return fmt.Errorf("make secret of uploads: %w", err)
	}
	if job.Created, err = c.Chain.Now(ctx); err != nil {
		return fail(CodeChain, err)
	}
	job.Spec.PrefixBy = job.Created + uint64(c.Limits.PrefixWindow.Seconds())
	job.Spec.DeliverBy = job.Spec.PrefixBy + uint64(c.Limits.DeliverWindow.Seconds())
	job.ID = c.domain.JobID(job.Spec)
	return c.save(ctx, job)
}

func (c *Client) save(ctx context.Context, job *Job) error {
	err := c.Store.Save(ctx, job)
	if errors.Is(err, ErrConflict) || err == nil {
		return err
	}
	return fail(CodeStore, fmt.Errorf("keep job: %w", err))
}

func writeAll(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	return err
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
