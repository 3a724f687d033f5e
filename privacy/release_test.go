package privacy

import (
	"bytes"
	"context"
	"errors"
	"math"
	"sync"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
)

// opened is a small prefix whose output is decrypted afresh for every test.
type opened struct {
	plan   fhe.Plan
	secret *fhe.SecretKey
	output []byte
	want   []float64
}

var setup = sync.OnceValues(func() (*opened, error) {
	prefix := fhe.Prefix{Input: []int{3}, Layers: []fhe.Layer{
		fhe.NewDense("fc", fhe.Dense{In: 3, Out: 2, Weights: []float64{1, -0.5, 0.25, 0.5, 1, -1}, Bias: []float64{0.5, 0.125}}),
		fhe.NewPoly("poly", fhe.NewQuadratic([]float64{1, -1}, []float64{0, 0.5}, []float64{0.25, 0})),
	}}
	x := []float64{0.75, 0.5, 0.25}
	want, err := prefix.Eval(x)
	if err != nil {
		return nil, err
	}
	o := &opened{want: want}
	if o.plan, err = fhe.Compile(context.Background(), prefix, fhe.Options{}); err != nil {
		return nil, err
	}
	if o.secret, err = o.plan.NewSecretKey(); err != nil {
		return nil, err
	}
	worker, err := fhe.NewEvaluator(context.Background(), o.plan, prefix, 1)
	if err != nil {
		return nil, err
	}
	var blob bytes.Buffer
	if err := o.plan.EvaluationKeys(context.Background(), o.secret, &blob, nil); err != nil {
		return nil, err
	}
	keys, err := worker.LoadKeys(&blob)
	if err != nil {
		return nil, err
	}
	input, err := o.plan.Encrypt(o.secret, x)
	if err != nil {
		return nil, err
	}
	o.output, err = worker.Evaluate(context.Background(), keys, input, nil)
	return o, err
})

func open(t *testing.T) (*opened, *fhe.Decrypted) {
	t.Helper()
	o, err := setup()
	if err != nil {
		t.Fatal(err)
	}
	d, err := o.plan.Decrypt(o.secret, o.output)
	if err != nil {
		t.Fatal(err)
	}
	return o, d
}

func TestFloodSigma(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		noise  float64
		values int
		p      Params
		want   float64
	}{
		// sqrt(12) 2^15 = 2^16.79 and sqrt(12 * 1024) 2^15 = 2^21.79: reference figures of the formula.
		{1, 1, OneReleasePerKey(), 113511.68172},
		{1, 1, Params{ReleasesPerKey: 1024, StatisticalBits: 30}, 32 * 113511.68172},
		{100, 1, Params{ReleasesPerKey: 1, StatisticalBits: 32}, 200 * 113511.68172},
		{1, 64, OneReleasePerKey(), 8 * 113511.68172}, // the noise of 64 values is a vector 8 times as long
	} {
		got, err := FloodSigma(c.noise, c.values, c.p)
		if err != nil || math.Abs(got/c.want-1) > 1e-6 {
			t.Errorf("%v, %+v: %v, want %v (%v)", c.noise, c.p, got, c.want, err)
		}
	}
	for _, p := range []Params{{}, {1, 29}, {1, 129}, {0, 30}, {-1, 30}, {1<<20 + 1, 30}} {
		if _, err := FloodSigma(1, 1, p); !errors.Is(err, ErrParams) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, noise := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := FloodSigma(noise, 1, OneReleasePerKey()); !errors.Is(err, ErrParams) {
			t.Errorf("noise %v: %v", noise, err)
		}
	}
}

// Whether there is room for the noise must be known before a job is paid.
func TestFits(t *testing.T) {
	t.Parallel()
	o, _ := open(t)
	if err := OneReleasePerKey().Fits(o.plan); err != nil {
		t.Errorf("a plan that was compiled for it: %v", err)
	}
	for _, c := range []struct {
		p    Params
		plan fhe.Plan
		want error
	}{
		{Params{ReleasesPerKey: 1 << 20, StatisticalBits: 128}, o.plan, fhe.ErrPlan},
		{Params{}, o.plan, ErrParams},
		{OneReleasePerKey(), fhe.Plan{}, ErrParams},
	} {
		if err := c.p.Fits(c.plan); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.p, err, c.want)
		}
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	o, d := open(t)
	r, err := Release(d, o.plan, OneReleasePerKey())
	if err != nil {
		t.Fatal(err)
	}
	report := r.Report()
	if math.Abs(report.FloodBits-17.29) > 0.01 || report.Step > report.ValueStd || report.Step < report.ValueStd/2 {
		t.Errorf("%+v", report)
	}
	for i, v := range r.Values() {
		if math.Abs(v-o.want[i]) > 8*report.ValueStd {
			t.Errorf("value %d is %v, want %v", i, v, o.want[i])
		}
		if math.Remainder(v, report.Step) != 0 {
			t.Errorf("value %d is %v, no multiple of %v", i, v, report.Step)
		}
	}
	if want := math.Log2(math.Max(math.Abs(o.want[0]), math.Abs(o.want[1])) / report.ValueStd); math.Abs(report.Bits-want) > 0.1 || report.Bits < 8 {
		t.Errorf("%v bits, want about %v", report.Bits, want)
	}
	r.Values()[0]++
	if r.Values()[0] == o.want[0]+1 {
		t.Error("a caller can change what was released")
	}
}

// Two releases of one output would let the creator average the noise away.
func TestDecryptionIsReleasedOnce(t *testing.T) {
	t.Parallel()
	o, d := open(t)
	if _, err := Release(d, o.plan, Params{ReleasesPerKey: 1, StatisticalBits: 20}); !errors.Is(err, ErrParams) {
		t.Fatalf("weak parameters: %v", err)
	}
	if _, err := Release(d, o.plan, OneReleasePerKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := Release(d, o.plan, OneReleasePerKey()); !errors.Is(err, fhe.ErrConsumed) {
		t.Errorf("%v", err)
	}
	if _, err := d.Decode(); !errors.Is(err, fhe.ErrConsumed) {
		t.Errorf("%v", err)
	}
}

// The noise must be drawn anew for every release, over all bits it may reach.
func TestReleasesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[float64]bool{}
	for range 4 {
		o, d := open(t)
		r, err := Release(d, o.plan, Params{ReleasesPerKey: 1 << 10, StatisticalBits: 34})
		if err != nil {
			t.Fatal(err)
		}
		seen[r.Values()[0]] = true
	}
	if len(seen) < 2 {
		t.Error("four releases gave the same value")
	}
}

func TestNothingIsReleasedFromNothing(t *testing.T) {
	t.Parallel()
	o, d := open(t)
	if _, err := Release(d, fhe.Plan{}, OneReleasePerKey()); !errors.Is(err, ErrReleased) {
		t.Errorf("another plan's noise: %v", err)
	}
	if _, err := Release(nil, o.plan, OneReleasePerKey()); !errors.Is(err, ErrReleased) {
		t.Errorf("%v", err)
	}
	if v := (Released{}).Values(); v != nil {
		t.Errorf("the zero value holds %v", v)
	}
}
