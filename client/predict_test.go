package client

import (
	"math"
	"slices"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// slowMachine is ten times slower than the reference.
func slowMachine() fhe.Machine {
	m := fhe.ReferenceMachine()
	for _, f := range []*float64{&m.Butterfly, &m.Extend, &m.KeyProduct, &m.Permute, &m.Multiply, &m.Add} {
		*f *= 10
	}
	return m
}

func calibration(t *testing.T, key protocol.SigningKey, m fhe.Machine) *protocol.Calibration {
	t.Helper()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	c := protocol.NewCalibration(key, b)
	return &c
}

func TestPredict(t *testing.T) {
	t.Parallel()
	w := testWorld(t)
	stranger, err := protocol.NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	reference := w.plan.Predict(fhe.ReferenceMachine())
	if slow := w.plan.Predict(slowMachine()); !(reference > 0 && slow > 1.5*reference) {
		t.Fatalf("the reference machine takes %v s, a slow one %v s", reference, slow)
	}
	for name, c := range map[string]struct {
		calibration *protocol.Calibration
		calibrated  bool
	}{
		"measured":             {calibration(t, w.receipt, slowMachine()), true},
		"not measured":         {nil, false},
		"signed by a stranger": {calibration(t, stranger, slowMachine()), false},
		"changed": {func() *protocol.Calibration {
			c := calibration(t, w.receipt, slowMachine())
			c.Machine[len(c.Machine)-1] ^= 1
			return c
		}(), false},
		"no machine, signed": {func() *protocol.Calibration {
			c := protocol.NewCalibration(w.receipt, []byte{0xa0})
			return &c
		}(), false},
		"cut short, signed": {func() *protocol.Calibration {
			b := calibration(t, w.receipt, slowMachine()).Machine
			c := protocol.NewCalibration(w.receipt, slices.Clone(b[:len(b)-1]))
			return &c
		}(), false},
	} {
		got := Predict(w.plan, protocol.WorkerView{Signer: w.receipt.Address(), Calibration: c.calibration})
		want := reference
		if c.calibrated {
			want = w.plan.Predict(slowMachine())
		}
		if got.Calibrated != c.calibrated || math.Abs(got.Seconds-want) > 1e-6*want {
			t.Errorf("%s: %+v, want %v s, calibrated %t", name, got, want, c.calibrated)
		}
	}
}

// TestQuote compares what is quoted, what a job keeps, and what the host could not change.
func TestQuote(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		workers func(*scene, []protocol.WorkerView) []protocol.WorkerView
		want    func(*scene) Prediction
	}{
		"measured": {
			func(s *scene, v []protocol.WorkerView) []protocol.WorkerView {
				v[0].Calibration = calibration(t, s.receipt, slowMachine())
				return v
			},
			func(s *scene) Prediction { return Prediction{s.plan.Predict(slowMachine()), true} },
		},
		"made up by the host": {
			func(s *scene, v []protocol.WorkerView) []protocol.WorkerView {
				v[0].Calibration = calibration(t, s.user, slowMachine())
				return v
			},
			func(s *scene) Prediction { return Prediction{s.plan.Predict(fhe.ReferenceMachine()), false} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.host.lies.workers = func(v []protocol.WorkerView) []protocol.WorkerView { return test.workers(s, v) }
			c := s.client(t)
			m, err := c.Model(t.Context(), s.model)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Quote(t.Context(), m, testCut)
			if err != nil || got != test.want(s) {
				t.Errorf("quote %+v, %v, want %+v", got, err, test.want(s))
			}
			o, err := c.Run(t.Context(), s.request())
			if err != nil {
				t.Fatal(err)
			}
			job, err := s.store.Load(t.Context(), o.JobID)
			if err != nil {
				t.Fatal(err)
			}
			if job.Prediction == nil || *job.Prediction != test.want(s) {
				t.Errorf("the job keeps %+v, want %+v", job.Prediction, test.want(s))
			}
			if job.Computed.Seconds != 0.007 || job.Computed.PredictedSeconds != 0.25 {
				t.Errorf("the job keeps %+v", job.Computed)
			}
		})
	}
}

func TestQuoteWithoutWorkers(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.host.lies.workers = func([]protocol.WorkerView) []protocol.WorkerView { return []protocol.WorkerView{} }
	c := s.client(t)
	m, err := c.Model(t.Context(), s.model)
	if err != nil {
		t.Fatal(err)
	}
	want := Prediction{s.plan.Predict(fhe.ReferenceMachine()), false}
	if got, err := c.Quote(t.Context(), m, testCut); err != nil || got != want {
		t.Errorf("quote %+v, %v, want %+v", got, err, want)
	}
	if _, err := c.Quote(t.Context(), m, 9); CodeOf(err) != CodeCutNotOffered {
		t.Errorf("a cut that is not offered: %v", err)
	}
}
