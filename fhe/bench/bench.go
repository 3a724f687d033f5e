package bench

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/encrypted-compute/encompute/fhe"
)

// Result is what was measured on one case. A time is the least of several evaluations on one goroutine, ours and a
// baseline in turn, in milliseconds, of ciphertexts in memory. Bits are the largest output over the worst error, before
// flooding.
// Fields of a baseline are zero where there is none.
type Result struct {
	Name            string  `json:"name"`
	OursMs          float64 `json:"oursMs"`
	BaseMs          float64 `json:"baseMs"`              // ours without kernels: lattigo's transforms, portable sums
	OursTwoMs       float64 `json:"oursTwoMs,omitempty"` // on two goroutines
	PredictedMs     float64 `json:"predictedMs"`         // ours, on one core as calibrated before
	LattigoMs       float64 `json:"lattigoMs,omitempty"`
	OrionMs         float64 `json:"orionMs,omitempty"`
	MuxedMs         float64 `json:"orionMultiplexedMs,omitempty"` // Orion's with multiplexed strided outputs, where orionMs is without
	KeyBytes        int64   `json:"keyBytes"`                     // evaluation keys as the user sends them
	LattigoKeyBytes int64   `json:"lattigoKeyBytes,omitempty"`    // as lattigo writes them, both halves
	OrionKeyBytes   int64   `json:"orionKeyBytes,omitempty"`
	UploadBytes     int64   `json:"uploadBytes"` // the encrypted input
	Bits            float64 `json:"bits"`
	LattigoBits     float64 `json:"lattigoBits,omitempty"`
	OrionBits       float64 `json:"orionBits,omitempty"`

	muxedBits float64
	muxedKeys int64
}

// Each case is measured until enough time has passed, within these bounds.
const (
	minRounds = 3
	maxRounds = 20
	enough    = 3 * time.Second
)

// gcPercent is the garbage collector's target while cases run: they hold gigabytes without pointers, which cost little
// to mark and must not double.
const gcPercent = 20

// Run measures cases one after the other and frees each baseline before the next. It takes up to 8 GB and some two
// minutes a case, and sets the garbage collector's target meanwhile: call it once at a time. progress, if not nil, is called before each step of a case. Errors name the case.
func Run(ctx context.Context, cases []Case, progress func(name, step string)) ([]Result, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	if progress == nil {
		progress = func(string, string) {}
	}
	var list []Result
	for _, c := range cases {
		r, err := c.run(ctx, func(step string) { progress(c.Name, step) })
		if err != nil {
			return list, fmt.Errorf("case %q: %w", c.Name, err)
		}
		list = append(list, r)
	}
	return list, nil
}

func (c Case) run(ctx context.Context, progress func(step string)) (Result, error) {
	r := Result{Name: c.Name}
	want, err := c.Prefix.Eval(c.Input)
	if err != nil {
		return r, err
	}
	progress("compile the plan")
	o, err := newEngine(ctx, c)
	if err != nil {
		return r, err
	}
	if err := c.withoutKernels(ctx, o, &r, progress); err != nil {
		return r, err
	}
	info := o.plan.Info()
	r.PredictedMs, r.KeyBytes, r.UploadBytes = 1000*o.plan.Predict(o.machine), info.KeysBytes, info.InputBytes
	for _, b := range []struct {
		name     string
		baseline *Baseline
		ms, bits *float64
		keys     *int64
	}{
		{"lattigo", c.Lattigo, &r.LattigoMs, &r.LattigoBits, &r.LattigoKeyBytes},
		{"orion", c.Orion, &r.OrionMs, &r.OrionBits, &r.OrionKeyBytes},
		{"orion, multiplexed", c.Muxed, &r.MuxedMs, &r.muxedBits, &r.muxedKeys},
	} {
		if b.baseline == nil {
			continue
		}
		progress("build the baseline " + b.name)
		k, err := b.baseline.build(ctx, c.Prefix, c.Input)
		if err != nil {
			return r, fmt.Errorf("baseline %s: %w", b.name, err)
		}
		progress("evaluate in turn with the baseline " + b.name)
		least, err := alternate(ctx, func() error { return o.evaluate(ctx) }, k.evaluate)
		if err != nil {
			return r, fmt.Errorf("baseline %s: %w", b.name, err)
		}
		if *b.bits, err = k.bits(want); err != nil {
			return r, fmt.Errorf("baseline %s: %w", b.name, err)
		}
		r.OursMs, *b.ms, *b.keys = min(r.OursMs, least[0]), least[1], k.keyBytes
		k = nil
		debug.FreeOSMemory()
	}
	return r, c.alone(ctx, o, want, &r, progress)
}

// withoutKernels measures ours in turn with the same plan, keys and input on portable code, whose output must be the same.
func (c Case) withoutKernels(ctx context.Context, o *engine, r *Result, progress func(step string)) error {
	progress("evaluate in turn without kernels")
	base, err := fhe.NewPortableEvaluator(ctx, o.plan, c.Prefix, 1)
	if err != nil {
		return fmt.Errorf("without kernels: %w", err)
	}
	var output []byte
	least, err := alternate(ctx, func() error { return o.evaluate(ctx) }, func() (err error) {
		output, err = base.EvaluateLoaded(ctx, o.keys, o.input, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("without kernels: %w", err)
	}
	if !bytes.Equal(output, o.output) {
		return fmt.Errorf("without kernels: the output is another")
	}
	r.OursMs, r.BaseMs = least[0], least[1]
	base = nil
	debug.FreeOSMemory()
	return nil
}

// alone measures what needs no baseline.
func (c Case) alone(ctx context.Context, o *engine, want []float64, r *Result, progress func(step string)) error {
	var err error
	if r.Bits, err = o.bits(want); err != nil || !c.Twice {
		return err
	}
	progress("evaluate on two goroutines")
	if err := o.load(ctx, c.Prefix, 2); err != nil {
		return err
	}
	least, err := alternate(ctx, func() error { return o.evaluate(ctx) })
	if err != nil {
		return err
	}
	r.OursTwoMs = least[0]
	return nil
}

// alternate runs functions in turn and returns the least time of each in milliseconds.
func alternate(ctx context.Context, runs ...func() error) ([]float64, error) {
	least := slices.Repeat([]float64{math.Inf(1)}, len(runs))
	start := time.Now()
	for n := 0; n < minRounds || n < maxRounds && time.Since(start) < enough; n++ {
		for i, run := range runs {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			runtime.GC() // so that nobody pays for another's garbage
			from := time.Now()
			if err := run(); err != nil {
				return nil, err
			}
			least[i] = min(least[i], float64(time.Since(from))/float64(time.Millisecond))
		}
	}
	return least, nil
}

// engine is ours: a plan with a key, loaded, and one encrypted input.
type engine struct {
	machine fhe.Machine
	plan    fhe.Plan
	sk      *fhe.SecretKey
	ev      *fhe.Evaluator
	keys    *fhe.Keys
	blob    []byte
	input   *fhe.Input
	output  []byte // of the last evaluation
}

// link is what plans are made for where a case does not say: ten gigabits a second, as within a site, so that what counts is
// what is measured, computation.
const link = 1.25e9

func newEngine(ctx context.Context, c Case) (*engine, error) {
	o := &engine{}
	machine, err := fhe.Calibrate(ctx, 1)
	if err != nil {
		return nil, err
	}
	o.machine, c.Options.Machine = machine, machine
	if c.Options.Link == 0 {
		c.Options.Link = link
	}
	if o.plan, err = fhe.Compile(ctx, c.Prefix, c.Options); err != nil {
		return nil, err
	}
	if o.sk, err = o.plan.NewSecretKey(); err != nil {
		return nil, err
	}
	if o.blob, err = o.plan.Encrypt(o.sk, c.Input); err != nil {
		return nil, err
	}
	return o, o.load(ctx, c.Prefix, 1)
}

// load makes and loads keys and encodes the weights for a number of goroutines.
func (o *engine) load(ctx context.Context, p fhe.Prefix, goroutines int) error {
	o.ev, o.keys = nil, nil // free them first
	var err error
	if o.ev, err = fhe.NewEvaluator(ctx, o.plan, p, goroutines); err != nil {
		return err
	}
	var blob bytes.Buffer
	if err := o.plan.EvaluationKeys(ctx, o.sk, &blob, nil); err != nil {
		return err
	}
	if o.keys, err = o.ev.LoadKeys(&blob); err != nil {
		return err
	}
	o.input, err = o.ev.LoadInput(o.blob)
	return err
}

func (o *engine) evaluate(ctx context.Context) (err error) {
	o.output, err = o.ev.EvaluateLoaded(ctx, o.keys, o.input, nil)
	return err
}

// bits is the precision of the last output.
func (o *engine) bits(want []float64) (float64, error) {
	d, err := o.plan.Decrypt(o.sk, o.output)
	if err != nil {
		return 0, err
	}
	got, err := d.DecodeRawUnsafe()
	return precision(want, got), err
}

// precision is how many bits the largest value is above the worst error.
func precision(want, got []float64) float64 {
	worst, largest := 0.0, 0.0
	for i := range want {
		if i >= len(got) {
			return 0
		}
		worst, largest = max(worst, math.Abs(want[i]-got[i])), max(largest, math.Abs(want[i]))
	}
	return math.Log2(largest / worst)
}
