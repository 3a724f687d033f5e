package leakage

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// pictures is a subject whose records are images that a network of layers maps to five values.
func pictures(t *testing.T) Subject {
	t.Helper()
	p := layered()
	n := must(NewNetwork(p, 0, 1))(t)
	random := stream(10, 10)
	draw := func(n int) (r Records) {
		r.X = NewMatrix(n, elements(p.Input))
		for i := range n {
			at := random.Float32()
			for j := range r.X.Row(i) {
				r.X.Row(i)[j] = (at + random.Float32()) / 2
			}
			r.Labels = append(r.Labels, int(2*at))
		}
		return r
	}
	return Subject{
		Shape: p.Input, Train: draw(300), Test: draw(120), Prefix: n.Eval, Pullback: n.Pullback,
		Suffix: func(_ context.Context, z Matrix) (Matrix, error) { return z, nil },
	}
}

// The same seed gives the same sheet on any number of cores, another one another.
func TestDeterministic(t *testing.T) {
	run := func(seed uint64, cores int) Measured {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		o := quick()
		o.Seed, o.Hidden, o.Epochs = seed, 200, 2
		s := pictures(t)
		s.Shown = s.Train.X.Slice(0, 3)
		c := calibrate(t, s, o)
		m := Mechanism{Noise: 0.2, Clip: 3, Bits: 8}
		p := must(c.Task(t.Context(), 3, m.Noise))(t)
		tuning := DefaultTuning()
		tuning.Epochs = 2
		h := must(c.Tune(t.Context(), p, m, tuning))(t)
		return measure(t, c, Release{Projection: p, Mechanism: m, Head: h, Date: "2026-11-26"})
	}
	first := run(1, 1)
	if again := run(1, 4); !reflect.DeepEqual(first, again) {
		t.Errorf("the same seed gave\n%+v\nand\n%+v", first.Sheet, again.Sheet)
	}
	if other := run(2, 4); reflect.DeepEqual(first.Shown, other.Shown) {
		t.Error("another seed gave the same reconstructions")
	}
}

// What is shown is what the attack makes of it, and changes no figure.
func TestShown(t *testing.T) {
	t.Parallel()
	s := pictures(t)
	with := s
	with.Shown = s.Test.X.Slice(5, 9)
	var sheets []Sheet
	for _, s := range []Subject{s, with} {
		c := calibrate(t, s, quick())
		all := must(c.All(0))(t)
		m := measure(t, c, Release{Projection: all, Date: "2026-11-26"})
		sheets = append(sheets, m.Sheet)
		if m.Shown.Rows != s.Shown.Rows {
			t.Fatalf("%d of %d records are shown", m.Shown.Rows, s.Shown.Rows)
		}
		// Without noise the attack must do better on each than to answer with the mean.
		for i := range m.Shown.Rows {
			var rebuilt, blind float64
			for j, mean := range means(s.Train.X) {
				want := float64(s.Shown.Row(i)[j])
				rebuilt += math.Pow(float64(m.Shown.Row(i)[j])-want, 2)
				blind += math.Pow(mean-want, 2)
			}
			if rebuilt >= blind {
				t.Errorf("record %d: rebuilt with an error of %v, the mean has %v", i, rebuilt, blind)
			}
		}
	}
	if !reflect.DeepEqual(sheets[0], sheets[1]) {
		t.Errorf("showing records changed\n%+v to\n%+v", sheets[0], sheets[1])
	}
	with.Shown = NewMatrix(1, 3)
	if _, err := Calibrate(t.Context(), with, quick()); !errors.Is(err, ErrSubject) {
		t.Errorf("a record of other size: %v", err)
	}
	with.Shown = NewMatrix(1, s.Test.X.Cols)
	with.Shown.Data[0] = 1.5
	if _, err := Calibrate(t.Context(), with, quick()); !errors.Is(err, ErrSubject) {
		t.Errorf("a value above 1: %v", err)
	}
}

func TestSheetJSON(t *testing.T) {
	t.Parallel()
	s := pictures(t)
	s.Test.Labels = nil
	c := calibrate(t, s, quick())
	sheet := measure(t, c, Release{Projection: must(c.All(0))(t), Date: "2026-11-26"}).Sheet
	b, err := json.Marshal(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"accuracy":null`, `"baseAccuracy":null`, `"bitCap":null`, `"bitCapText":"unbounded"`, `"fano":null`, `"rating":"red"`, `"date":"2026-11-26"`, `"match1":1`, `"rank":5`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s is not in %s", want, b)
		}
	}
	var back Sheet
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, sheet) {
		t.Errorf("came back as %+v: %v", back, err)
	}
}

// Every task reports that it is finished, and the context ends each.
func TestProgressAndCancellation(t *testing.T) {
	t.Parallel()
	tasks := []string{"run the model", "derivatives of the suffix", "accuracy", "train a decoder", "search by gradients", "derivatives of the prefix"}
	run := func(ctx context.Context, seen func(task string, done, total int)) error {
		o := quick()
		o.Hidden, o.Jacobians, o.Progress = 16, 2, seen
		s := pictures(t)
		s.Shape = []int{elements(s.Shape)}
		c, err := Calibrate(ctx, s, o)
		if err != nil {
			return err
		}
		p, err := c.Task(ctx, 2, 0.3)
		if err != nil {
			return err
		}
		_, err = c.Measure(ctx, Release{Projection: p, Mechanism: Mechanism{Noise: 0.3}})
		return err
	}
	finished := map[string]bool{}
	if err := run(t.Context(), func(task string, done, total int) {
		if done > total {
			t.Errorf("%s: %d of %d", task, done, total)
		}
		finished[task] = done == total
	}); err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if !finished[task] {
			t.Errorf("%s did not report its end", task)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err := run(ctx, func(now string, _, _ int) {
			if now == task {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled during %q: %v", task, err)
		}
	}
}

func TestSubjectErrors(t *testing.T) {
	t.Parallel()
	bad := func(change func(s *Subject)) error {
		s := newGaussianWorld(50, 4, 3).subject
		change(&s)
		_, err := Calibrate(t.Context(), s, quick())
		return err
	}
	for name, err := range map[string]error{
		"no prefix":  bad(func(s *Subject) { s.Prefix = nil }),
		"shape":      bad(func(s *Subject) { s.Shape = []int{2, 2} }),
		"size":       bad(func(s *Subject) { s.Shape = []int{5} }),
		"labels":     bad(func(s *Subject) { s.Test.Labels = s.Test.Labels[1:] }),
		"label":      bad(func(s *Subject) { s.Train.Labels[3] = 2 }),
		"range":      bad(func(s *Subject) { s.Train.X.Data[7] = 1.5 }),
		"no number":  bad(func(s *Subject) { s.Test.X.Data[7] = float32(math.NaN()) }),
		"one record": bad(func(s *Subject) { s.Test = Records{X: s.Test.X.Slice(0, 1)} }),
		"rows are missing": bad(func(s *Subject) {
			s.Prefix = func(context.Context, Matrix) (Matrix, error) { return NewMatrix(1, 3), nil }
		}),
		"infinite output": bad(func(s *Subject) {
			s.Prefix = func(_ context.Context, x Matrix) (Matrix, error) {
				z := NewMatrix(x.Rows, 3)
				z.Data[0] = float32(math.Inf(1))
				return z, nil
			}
		}),
		"one logit": bad(func(s *Subject) {
			s.Suffix = func(_ context.Context, z Matrix) (Matrix, error) { return NewMatrix(z.Rows, 1), nil }
		}),
	} {
		if !errors.Is(err, ErrSubject) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o := quick()
	o.Draws = 0
	if _, err := Calibrate(t.Context(), newGaussianWorld(50, 4, 3).subject, o); !errors.Is(err, ErrOptions) {
		t.Errorf("no draws: %v", err)
	}
	constant := newGaussianWorld(50, 4, 3).subject
	constant.Prefix = func(_ context.Context, x Matrix) (Matrix, error) { return NewMatrix(x.Rows, 3), nil }
	c := calibrate(t, constant, quick())
	if _, err := c.Task(t.Context(), 1, 0); !errors.Is(err, ErrSubject) {
		t.Errorf("intermediate that says nothing: %v", err)
	}
}

// A head trained on noisy releases does what the suffix does, and refuses what makes no sense.
func TestTune(t *testing.T) {
	t.Parallel()
	o := quick()
	o.Epochs, o.Searches = 0, 0
	c := calibrate(t, newGaussianWorld(2000, 6, 5).subject, o)
	m := Mechanism{Noise: 0.3}
	p := must(c.Task(t.Context(), 2, m.Noise))(t)
	unchanged := measure(t, c, Release{Projection: p, Mechanism: m}).Sheet
	for _, soft := range []float64{0, 0.5, 1} {
		tuning := DefaultTuning()
		tuning.Soft, tuning.Epochs = soft, 20
		h := must(c.Tune(t.Context(), p, m, tuning))(t)
		tuned := measure(t, c, Release{Projection: p, Mechanism: m, Head: h}).Sheet
		near(t, "accuracy", *tuned.Accuracy, *unchanged.Accuracy, 0.02)
	}
	plain := DefaultTuning()
	plain.Soft, plain.Epochs = 0, 1
	balanced := plain
	balanced.Balance = 0.5
	a, b := must(c.Tune(t.Context(), p, m, plain))(t), must(c.Tune(t.Context(), p, m, balanced))(t)
	for class, bias := range a.SecondBias {
		count := 0
		for _, l := range c.subject.Train.Labels {
			if l == class {
				count++
			}
		}
		near(t, "balanced bias", float64(b.SecondBias[class]), float64(bias)-0.5*math.Log(float64(count)/2000), 1e-5)
	}
	for name, tuning := range map[string]Tuning{"zero": {}, "balance": {Hidden: 1, Epochs: 1, Rate: 1, Balance: -1}, "soft": {Hidden: 1, Epochs: 1, Rate: 1, Soft: 2}, "rate": {Hidden: 1, Epochs: 1, Rate: math.NaN()}} {
		if _, err := c.Tune(t.Context(), p, m, tuning); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
