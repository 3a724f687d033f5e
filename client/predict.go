package client

import (
	"context"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// Prediction is how long one evaluation of a plan will take.
type Prediction struct {
	Seconds float64 `json:"seconds"`
	// Calibrated says that a worker measured and signed what the prediction is made by; else it is for the reference
	// machine, which may be faster or slower than any worker.
	Calibrated bool `json:"calibrated"`
}

// Predict says how long a plan will take on the machine that a worker has measured, else on the reference machine.
func Predict(plan fhe.Plan, view protocol.WorkerView) Prediction {
	machine, calibrated := Machine(view)
	if !calibrated {
		machine = fhe.ReferenceMachine()
	}
	return Prediction{plan.Predict(machine), calibrated}
}

// Machine returns what a worker measured of itself, if the view brings that and it is plausible and signed by the view's
// signer. That the signer is an attested worker is for VerifyWorker to find out.
func Machine(view protocol.WorkerView) (m fhe.Machine, calibrated bool) {
	c := view.Calibration
	if c == nil || c.Verify(view.Signer) != nil {
		return m, false
	}
	m, err := fhe.ParseMachine(c.Machine)
	return m, err == nil
}

// Quote predicts, before anything is verified or paid, how long a cut of a model will take on a worker that a job
// would try first; on the reference machine if no worker is connected.
func (c *Client) Quote(ctx context.Context, m Model, cut uint32) (Prediction, error) {
	chosen, plan, err := m.plan(cut)
	if err != nil {
		return Prediction{}, err
	}
	views, err := c.candidates(ctx, chosen.WorkloadID)
	if err != nil {
		return Prediction{}, err
	}
	if len(views) == 0 {
		return Predict(plan, protocol.WorkerView{}), nil
	}
	return Predict(plan, views[0]), nil
}
