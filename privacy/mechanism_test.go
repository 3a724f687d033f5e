package privacy

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/encrypted-compute/encompute/protocol"
)

func mustMechanism(t rapid.TB, lit protocol.Mechanism, in ...int) Mechanism {
	t.Helper()
	m, err := NewMechanism(lit, in)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestApply follows a mechanism by hand, step by step.
func TestApply(t *testing.T) {
	t.Parallel()
	relu := protocol.ClientLayer{Kind: protocol.LayerRelu}
	pool := protocol.ClientLayer{Kind: protocol.LayerMaxPool, Kernel: [2]int{2, 2}, Strides: [2]int{2, 2}, Pads: [4]int{0, 0, 0, 1}}
	for name, c := range map[string]struct {
		m    protocol.Mechanism
		in   []int
		x    []float64
		want []float64
	}{
		"nothing":   {protocol.Mechanism{}, []int{3}, []float64{1, -2, 3}, []float64{1, -2, 3}},
		"relu":      {protocol.Mechanism{Layers: []protocol.ClientLayer{relu}}, []int{3}, []float64{1, -2, 3}, []float64{1, 0, 3}},
		"maxpool":   {protocol.Mechanism{Layers: []protocol.ClientLayer{pool}}, []int{1, 2, 3}, []float64{-1, -5, -3, -2, -4, -6}, []float64{-1, -3}},
		"project":   {protocol.Mechanism{Projection: &protocol.Projection{Rows: 1, Matrix: []float64{2, -1}, Mean: []float64{1, 1}}}, []int{2}, []float64{3, 2}, []float64{3}},
		"clip":      {protocol.Mechanism{Mean: []float64{1, 0}, Std: []float64{0.5, 2}, Clip: 2}, []int{2}, []float64{3, -9}, []float64{2, -4}},
		"quantise":  {protocol.Mechanism{Std: []float64{1, 1, 1}, Clip: 3, Bits: 2}, []int{3}, []float64{0.5, -0.2, 7}, []float64{1, -1, 3}},
		"all quiet": {protocol.Mechanism{Layers: []protocol.ClientLayer{relu}, Projection: &protocol.Projection{Rows: 1, Matrix: []float64{1, 1}}, Std: []float64{1}, Clip: 1, Bits: 1}, []int{2}, []float64{-5, 0.25}, []float64{1}},
	} {
		m := mustMechanism(t, c.m, c.in...)
		before := slices.Clone(c.x)
		got, err := m.Apply(c.x, NoiseKey{}, Subject{})
		if err != nil || !slices.Equal(got, c.want) || m.Values() != len(c.want) {
			t.Errorf("%s: %v, want %v (%v)", name, got, c.want, err)
		}
		if !slices.Equal(c.x, before) {
			t.Errorf("%s: changed its input", name)
		}
	}
}

// TestAppliedInBounds requires for any input that released values are within the bounds, on the grid, as many as
// declared, and the same each time.
func TestAppliedInBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		number := rapid.Float64Range(-1e3, 1e3)
		lit := protocol.Mechanism{
			Mean: rapid.SliceOfN(number, n, n).Draw(t, "mean"), Std: rapid.SliceOfN(rapid.Float64Range(1e-3, 10), n, n).Draw(t, "std"),
			Clip: rapid.Float64Range(0.1, 10).Draw(t, "clip"), Noise: rapid.Float64Range(0, 3).Draw(t, "noise"), Bits: rapid.IntRange(1, 16).Draw(t, "bits"),
		}
		m := mustMechanism(t, lit, n)
		x := rapid.SliceOfN(number, n, n).Draw(t, "x")
		key := NoiseKey{rapid.Byte().Draw(t, "key")}
		y, err := m.Apply(x, key, Subject{})
		if err != nil {
			t.Fatal(err)
		}
		again, _ := m.Apply(x, key, Subject{})
		if !slices.Equal(y, again) {
			t.Fatalf("%v, then %v", y, again)
		}
		for i, v := range y {
			low, high := m.bounds(i, tails)
			steps := (v - low) / m.grid(i)
			if v < low-1e-9*math.Abs(low) || v > high+1e-9*math.Abs(high)+1e-9 || math.Abs(steps-math.Round(steps)) > 1e-3 || steps > math.Exp2(float64(lit.Bits)) {
				t.Fatalf("value %d is %v, bounds %v to %v, step %v", i, v, low, high, m.grid(i))
			}
			if math.Abs(v) > m.Bound(0) {
				t.Fatalf("value %v above the bound %v", v, m.Bound(0))
			}
		}
	})
}

func TestCap(t *testing.T) {
	t.Parallel()
	std := slices.Repeat([]float64{1}, 8)
	for _, c := range []struct {
		m          protocol.Mechanism
		want, hard float64
	}{
		// Figures of the reference tables: 8 values at r = 0.3 are 14.4 bits, at r = 1 they are 4.
		{protocol.Mechanism{Std: std, Clip: 4, Noise: 0.3}, 14.39, 29.92},
		{protocol.Mechanism{Std: std, Clip: 4, Noise: 1}, 4, 16.35},
		{protocol.Mechanism{Std: std, Clip: 4, Noise: 0.001, Bits: 4}, 32, 32}, // no more than there are bits
		{protocol.Mechanism{Std: std, Clip: 4, Bits: 4}, -1, -1},               // without noise, nothing is promised
		{protocol.Mechanism{}, -1, -1},
	} {
		m := mustMechanism(t, c.m, 8)
		for what, got := range map[float64]*float64{c.want: m.Cap(), c.hard: m.HardCap()} {
			if (got == nil) != (what < 0) || got != nil && math.Abs(*got-what) > 0.01 {
				t.Errorf("%+v: %v, want %v", c.m, got, what)
			}
		}
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	m := mustMechanism(t, protocol.Mechanism{
		Layers:     []protocol.ClientLayer{{Kind: protocol.LayerMaxPool, Kernel: [2]int{2, 2}, Strides: [2]int{2, 2}}},
		Projection: &protocol.Projection{Rows: 1, Matrix: []float64{1, 1}}, Std: []float64{1}, Clip: 4, Noise: 0.3, Bits: 8,
	}, 2, 2, 2)
	if got := strings.Join(m.Steps(), "; "); got != "maxpool on this machine: [2 2 2] to [2 1 1]; project 2 values to 1 on this machine; bound each value to 4 deviations around its mean; add noise of 0.3 deviations to each value; quantise each value to 8 bits" {
		t.Error(got)
	}
}

// TestAgain releases twice and requires the first values, but only of what is the same up to flooding.
func TestAgain(t *testing.T) {
	t.Parallel()
	o, d := open(t)
	lit := protocol.Mechanism{Std: []float64{1, 1}, Clip: 4, Noise: 0.3, Bits: 16}
	m := mustMechanism(t, lit, 2)
	release := func(key NoiseKey) Released {
		f, err := Flood(d, o.plan, OneReleasePerKey())
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Release(m, key, Subject{Cut: 1})
		if err != nil {
			t.Fatal(err)
		}
		_, d = open(t)
		return r
	}
	first, second, other := release(NoiseKey{1}), release(NoiseKey{1}), release(NoiseKey{2})
	again, err := second.Again(first.Values())
	if err != nil || !slices.Equal(again.Values(), first.Values()) {
		t.Errorf("again: %v, want %v (%v)", again.Values(), first.Values(), err)
	}
	if _, err := other.Again(first.Values()); !errors.Is(err, ErrReleased) {
		t.Errorf("other noise passed as the same: %v", err)
	}
	if _, err := second.Again(first.Values()[:1]); !errors.Is(err, ErrReleased) {
		t.Errorf("fewer values: %v", err)
	}
	if r := first.Report(); r.Values != 2 || math.Abs(*r.Tells-math.Log2(1+1/0.09)) > 1e-9 || !strings.Contains(r.String(), "2 values") {
		t.Errorf("report %+v", r)
	}
	if _, err := (Flooded{}).Release(m, NoiseKey{}, Subject{}); !errors.Is(err, ErrReleased) {
		t.Errorf("nothing was released: %v", err)
	}
}

// TestNoiseIsGaussian tests the derived noise against the normal distribution, on fixed keys.
func TestNoiseIsGaussian(t *testing.T) {
	t.Parallel()
	const n = 200_000
	x, err := NoiseKey{42}.Normal(Subject{}, n)
	if err != nil {
		t.Fatal(err)
	}
	var moments [5]float64
	serial := 0.0
	for i, v := range x {
		for p := range moments {
			moments[p] += math.Pow(v, float64(p)) / n
		}
		if i > 0 {
			serial += v * x[i-1] / n
		}
	}
	// Five deviations of each estimate: of mean, variance, skewness, kurtosis, correlation of neighbours.
	for _, c := range []struct {
		name            string
		got, want, wide float64
	}{
		{"mean", moments[1], 0, 1},
		{"variance", moments[2], 1, math.Sqrt2},
		{"third moment", moments[3], 0, math.Sqrt(15)},
		{"fourth moment", moments[4], 3, math.Sqrt(96)},
		{"correlation", serial, 0, 1},
	} {
		if math.Abs(c.got-c.want) > 5*c.wide/math.Sqrt(n) {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
	// Kolmogorov and Smirnov: at most 2.2 / sqrt(n) but once in 8000.
	slices.Sort(x)
	worst := 0.0
	for i, v := range x {
		p := math.Erfc(-v/math.Sqrt2) / 2
		worst = max(worst, math.Abs(p-float64(i)/n), math.Abs(p-float64(i+1)/n))
	}
	if worst > 2.2/math.Sqrt(n) {
		t.Errorf("distance %v to the normal distribution", worst)
	}
	// Beyond four deviations: 12.7 expected.
	if tail := slices.IndexFunc(x, func(v float64) bool { return v > -4 }) + n - 1 - slices.IndexFunc(x, func(v float64) bool { return v > 4 }); tail < 2 || tail > 32 {
		t.Errorf("%d values beyond 4 deviations", tail)
	}
}

// TestNoiseIsBound requires the same noise for the same subject, and unrelated noise if anything differs.
func TestNoiseIsBound(t *testing.T) {
	t.Parallel()
	const n = 1000
	base := Subject{Input: InputDigest([]float64{1, 2}), Model: protocol.Digest{1}, Cut: 3, Mechanism: protocol.Digest{4}}
	key := NoiseKey{9}
	want, err := key.Normal(base, n)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := key.Normal(base, n); !slices.Equal(again, want) {
		t.Error("the same subject got other noise")
	}
	for name, c := range map[string]struct {
		key NoiseKey
		s   func(*Subject)
	}{
		"key":       {NoiseKey{8}, func(*Subject) {}},
		"input":     {key, func(s *Subject) { s.Input = InputDigest([]float64{1, 2.0000001}) }},
		"model":     {key, func(s *Subject) { s.Model[31]++ }},
		"cut":       {key, func(s *Subject) { s.Cut++ }},
		"mechanism": {key, func(s *Subject) { s.Mechanism[0]++ }},
	} {
		s := base
		c.s(&s)
		got, err := c.key.Normal(s, n)
		if err != nil {
			t.Fatal(err)
		}
		correlation := 0.0
		for i := range got {
			correlation += got[i] * want[i] / n
		}
		if math.Abs(correlation) > 5/math.Sqrt(n) {
			t.Errorf("another %s: noise is correlated by %v", name, correlation)
		}
	}
	if InputDigest([]float64{0}) != InputDigest([]float64{math.Copysign(0, -1)}) {
		t.Error("zeros of two signs are two inputs")
	}
	if key.Alias(base.Input) == base.Input || key.Alias(base.Input) == (NoiseKey{8}).Alias(base.Input) {
		t.Error("an alias that does not hide")
	}
}

// TestAveragingDoesNotHelp lets an attacker see the same input many times, and compares with fresh noise.
func TestAveragingDoesNotHelp(t *testing.T) {
	t.Parallel()
	const times = 400
	m := mustMechanism(t, protocol.Mechanism{Std: []float64{1}, Clip: 10, Noise: 1}, 1)
	s := Subject{Input: protocol.Digest{1}}
	r := rand.New(rand.NewPCG(1, 2))
	derived, fresh := 0.0, 0.0
	once, err := m.Apply([]float64{0.5}, NoiseKey{5}, s)
	if err != nil {
		t.Fatal(err)
	}
	for range times {
		flooded := 0.5 + 1e-6*r.NormFloat64() // a fresh decryption each time
		y, err := m.Apply([]float64{flooded}, NoiseKey{5}, s)
		if err != nil {
			t.Fatal(err)
		}
		derived += y[0] / times
		fresh += (flooded + r.NormFloat64()) / times
	}
	if math.Abs(derived-once[0]) > 2e-3 || math.Abs(derived-0.5) < 0.2 || math.Abs(fresh-0.5) > 5/math.Sqrt(times) {
		t.Errorf("the average of %d is %v, one was %v; with fresh noise %v", times, derived, once[0], fresh)
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	bits := func(v float64) *float64 { return &v }
	a, b := Subject{Cut: 1}, Subject{Cut: 2}
	spent := Account{Entries: []Entry{{Subject: a, Tells: bits(20)}}}
	spoiled := Account{Entries: []Entry{{Subject: a, Tells: bits(1)}, {Subject: Subject{Cut: 3}}}}
	for name, c := range map[string]struct {
		b     Budget
		a     Account
		s     Subject
		tells *float64
		ok    bool
	}{
		"first":                {Budget{}, Account{}, a, bits(DefaultBudgetBits), true},
		"too much at once":     {Budget{}, Account{}, a, bits(DefaultBudgetBits + 1), false},
		"just fits":            {Budget{}, spent, b, bits(10), true},
		"one too many":         {Budget{}, spent, b, bits(10.1), false},
		"a larger budget":      {Budget{Bits: 40}, spent, b, bits(20), true},
		"again":                {Budget{Bits: 1}, spent, a, bits(20), true},
		"no bound":             {Budget{Bits: 1e9}, Account{}, a, nil, false},
		"no bound, allowed":    {Budget{Unbounded: true}, Account{}, a, nil, true},
		"after no bound":       {Budget{Bits: 1e9}, spoiled, b, bits(1), false},
		"no bound again":       {Budget{}, spoiled, Subject{Cut: 3}, nil, true},
		"after no bound again": {Budget{}, spoiled, a, bits(1), true},
	} {
		if err := c.b.Check(c.a, c.s, c.tells); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrBudget) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if bits, bounded := spoiled.Spent(); bits != 1 || bounded {
		t.Errorf("spent %v, bounded %t", bits, bounded)
	}
}
