package fhe

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
)

// The table of eprint 2024/463 for ternary secrets, 128 bits, classical.
func TestSecurityTable(t *testing.T) {
	t.Parallel()
	for logN, limit := range map[int]int{12: 106, 13: 214, 14: 430, 15: 868} {
		if maxLogQP[logN] != float64(limit) {
			t.Errorf("ring degree 2^%d: %v bits, want %d", logN, maxLogQP[logN], limit)
		}
		for _, extra := range []int{-1, 1} {
			var bits []int
			for left := limit + extra; left > 0; {
				b := min(left, 50)
				if left-b > 0 && left-b < 25 {
					b = left / 2
				}
				bits = append(bits, b)
				left -= b
			}
			q, _, err := rlwe.GenModuli(logN+2, bits, nil)
			if err != nil {
				t.Fatal(err)
			}
			half := len(q) / 2
			if err := checkSecurity(logN, q[:half], q[half:]); (err == nil) != (extra < 0) {
				t.Errorf("ring degree 2^%d, %d bits: %v", logN, limit+extra, err)
			}
		}
	}
	for _, logN := range []int{0, 11, 16} {
		if err := checkSecurity(logN, []uint64{1 << 20}, nil); !errors.Is(err, ErrInsecure) {
			t.Errorf("ring degree 2^%d: %v", logN, err)
		}
	}
}

func TestPlanRoundTrip(t *testing.T) {
	t.Parallel()
	for name, s := range bothSessions(t) {
		b, err := s.plan.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParsePlan(b)
		if err != nil {
			t.Fatal(err)
		}
		if back.Digest() != s.plan.Digest() || back.Digest() != digest("plan", b) {
			t.Errorf("%s: another digest", name)
		}
		for i := range b {
			m := slices.Clone(b)
			m[i] ^= 1
			if p, err := ParsePlan(m); err == nil && p.Digest() == s.plan.Digest() {
				t.Fatalf("%s: byte %d does not enter the digest", name, i)
			}
		}
		for what, m := range map[string][]byte{"trailing byte": append(slices.Clone(b), 0), "truncated": b[:len(b)-1], "empty": nil, "huge": make([]byte, maxPlanBytes+1)} {
			if _, err := ParsePlan(m); !errors.Is(err, ErrPlan) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
	var empty Plan
	if _, err := empty.MarshalBinary(); !errors.Is(err, ErrPlan) {
		t.Errorf("empty plan: %v", err)
	}
	if empty.Info().LogN != 0 || empty.Digest() != [32]byte{} || empty.NoiseStd() != 0 {
		t.Error("the empty plan says something")
	}
}

func TestContradictoryPlansAreRefused(t *testing.T) {
	t.Parallel()
	levelled, keyless := get(t, levelledSession), get(t, keylessSession)
	for _, c := range []struct {
		what   string
		base   *session
		change func(l *PlanLiteral)
		err    error
	}{
		{"version", levelled, func(l *PlanLiteral) { l.Version++ }, ErrPlan},
		{"ring degree", levelled, func(l *PlanLiteral) { l.LogN = 12 }, ErrInsecure},
		{"unlisted ring degree", levelled, func(l *PlanLiteral) { l.LogN = 16 }, ErrInsecure},
		{"composite prime", levelled, func(l *PlanLiteral) { l.Q[0] += 4 << l.LogN }, ErrPlan},
		{"unfriendly prime", levelled, func(l *PlanLiteral) { l.Q[0] += 2 }, ErrPlan},
		{"same prime twice", levelled, func(l *PlanLiteral) { l.Q[0] = l.Q[1] }, ErrPlan},
		{"tiny prime", levelled, func(l *PlanLiteral) { l.Q[1] = 65537 }, ErrPlan},
		{"prime missing", levelled, func(l *PlanLiteral) { l.Q = l.Q[1:] }, ErrPlan},
		{"no primes", levelled, func(l *PlanLiteral) { l.Q = nil }, ErrPlan},
		{"no special prime", levelled, func(l *PlanLiteral) { l.P = nil }, ErrPlan},
		{"keyless with special prime", keyless, func(l *PlanLiteral) { l.P = levelled.plan.c.lit.P }, ErrPlan},
		{"stage missing", levelled, func(l *PlanLiteral) { l.Stages = l.Stages[:1] }, ErrPlan},
		{"stage name", levelled, func(l *PlanLiteral) { l.Stages[0].Name = "x" }, ErrPlan},
		{"layout too small", levelled, func(l *PlanLiteral) { l.Stages[0].Layout.Channels = 2 }, ErrPlan},
		{"layout too large", levelled, func(l *PlanLiteral) { l.Stages[0].Layout.Channels = 1 << 14 }, ErrPlan},
		{"rotation out of range", levelled, func(l *PlanLiteral) { l.Stages[0].Outer = []int{0, 1 << 13} }, ErrPlan},
		{"rotations out of order", levelled, func(l *PlanLiteral) { l.Stages[0].Outer = []int{1, 0} }, ErrPlan},
		{"no rotations", levelled, func(l *PlanLiteral) { l.Stages[0].Inner = nil }, ErrPlan},
		{"copies", levelled, func(l *PlanLiteral) { l.Packing.Copies = 3 }, ErrPlan},
		{"too many copies", levelled, func(l *PlanLiteral) { l.Packing.Copies = 1 << 13 }, ErrPlan},
		{"no ciphertexts", levelled, func(l *PlanLiteral) { l.Packing.Ciphertexts = 0 }, ErrPlan},
		{"empty range", levelled, func(l *PlanLiteral) { l.Packing.Low = l.Packing.High }, ErrPlan},
		{"range not a number", levelled, func(l *PlanLiteral) { l.Packing.Low = math.NaN() }, ErrPlan},
		{"input scale", levelled, func(l *PlanLiteral) { l.Packing.LogScale = 61 }, ErrPlan},
		{"stage scale", levelled, func(l *PlanLiteral) { l.Stages[1].LogScale = 9 }, ErrPlan},
		{"outputs", levelled, func(l *PlanLiteral) { l.Outputs = 2 }, ErrPlan},
		{"bound beyond the modulus", levelled, func(l *PlanLiteral) { l.OutputBound = 1e9 }, ErrPlan},
		{"bound not positive", levelled, func(l *PlanLiteral) { l.OutputBound = 0 }, ErrPlan},
		{"noise below the floor", levelled, func(l *PlanLiteral) { l.NoiseStd = 0.9 * levelled.plan.c.noiseFloor() }, ErrPlan},
		{"keyless noise below the floor", keyless, func(l *PlanLiteral) { l.NoiseStd = 3 }, ErrPlan},
		{"weights scale", keyless, func(l *PlanLiteral) { l.LogWeights = 0 }, ErrPlan},
		{"keyless by channel", keyless, func(l *PlanLiteral) { l.Packing.ByChannel = true }, ErrPlan},
		{"keyless from products", keyless, func(l *PlanLiteral) { l.Packing.Quadratic = true }, ErrPlan},
		{"weights in the skeleton", levelled, func(l *PlanLiteral) { l.Layers[0].Dense.Bias = []float64{1} }, ErrPlan},
		{"layers that do not fit", levelled, func(l *PlanLiteral) { l.Layers[0].Dense.In++ }, ErrPlan},
	} {
		lit, err := c.base.plan.Literal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewPlan(lit); err != nil {
			t.Fatalf("unchanged: %v", err)
		}
		c.change(&lit)
		if _, err := NewPlan(lit); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// A worker refuses a plan whose rotations do not serve the layers, whatever it says elsewhere.
func TestPlansThatMissTheLayersAreRefused(t *testing.T) {
	t.Parallel()
	s := get(t, levelledSession)
	for what, change := range map[string]func(l *PlanLiteral){
		"rotation missing": func(l *PlanLiteral) { l.Stages[1].Babies = l.Stages[1].Babies[1:] },
		"products":         func(l *PlanLiteral) { l.Stages[1].Products++ },
		"inputs":           func(l *PlanLiteral) { l.Packing.Ciphertexts++ },
	} {
		lit, err := s.plan.Literal()
		if err != nil {
			t.Fatal(err)
		}
		change(&lit)
		plan, err := NewPlan(lit)
		if err != nil {
			continue // refused earlier: as good
		}
		if _, err := NewEvaluator(t.Context(), plan, s.prefix, 1); !errors.Is(err, ErrMismatch) && !errors.Is(err, ErrPlan) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestCompile(t *testing.T) {
	t.Parallel()
	plan, err := Compile(t.Context(), smallPrefix(true), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if info := plan.Info(); !info.Keyless || info.PrecisionBits < 20 {
		t.Errorf("one layer and one square: %+v", info)
	}
	if _, err := Compile(t.Context(), newNet(t, 33, 4).dense("fc1", 4).poly("p1").dense("fc2", 4).poly("p2").dense("fc3", 2).p, Options{Keyless: true}); !errors.Is(err, ErrUnplannable) {
		t.Errorf("a keyless plan for three maps: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compile(ended, smallPrefix(false), Options{}); !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnplannable) {
		t.Errorf("planning after its context ended: %v", err)
	}
	if _, err := Compile(t.Context(), smallPrefix(false), Options{InputBytes: 100}); !errors.Is(err, ErrUnplannable) {
		t.Errorf("an input of at most 100 bytes: %v", err)
	}
	if plan, err = Compile(t.Context(), smallPrefix(false), Options{Low: -1, High: 1, Tau: 16}); err != nil {
		t.Fatal(err)
	}
	if info := plan.Info(); info.LogQP > maxLogQP[info.LogN] || info.InputLow != -1 || info.PredictedSeconds <= 0 {
		t.Errorf("two layers: %+v", info)
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	p := smallPrefix(false)
	deep := newNet(t, 30, 4).dense("fc0", 4)
	for range 20 {
		deep.poly("p").dense("fc", 4)
	}
	for what, c := range map[string]struct {
		p    Prefix
		o    Options
		says string
	}{
		"too deep":       {deep.p, Options{}, "larger modulus"},
		"too precise":    {p, Options{Bits: 39, StatisticalBits: 64}, "would be left"},
		"unsafe":         {p, Options{StatisticalBits: 20}, "statistical"},
		"empty range":    {p, Options{Low: 1, High: -1}, "range"},
		"sample length":  {p, Options{Samples: [][]float64{{1}}}, "sample 0"},
		"sample range":   {p, Options{Samples: [][]float64{{2, 0, 0, 0, 0, 0}}}, "outside"},
		"bound too low":  {p, Options{OutputBound: 1e-9}, "output bound"},
		"invalid prefix": {Prefix{Input: []int{3}}, Options{}, "layers"},
	} {
		_, err := Compile(t.Context(), c.p, c.o)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func FuzzParsePlan(f *testing.F) {
	for _, s := range []func() (*session, error){levelledSession, keylessSession} {
		s, err := s()
		if err != nil {
			f.Fatal(err)
		}
		b, err := s.plan.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePlan(b)
		if err != nil {
			return
		}
		back, err := p.MarshalBinary()
		if err != nil || !bytes.Equal(back, b) {
			t.Fatalf("accepted %x, wrote %x (%v)", b, back, err)
		}
		p.Info()
		p.Rotations()
	})
}
