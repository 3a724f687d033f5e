package fhe

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
)

// session is a plan with a key, loaded on a worker, and one input.
type session struct {
	prefix Prefix
	plan   Plan
	sk     *SecretKey
	ev     *Evaluator
	blob   []byte // evaluation keys
	keys   *Keys
	x      []float64
	input  []byte
	output []byte
}

// session completes a literal by the compiler's own trial.
func (k *compiler) session(lit PlanLiteral) (*session, error) {
	plan, _, err := k.try(context.Background(), lit)
	if err != nil {
		return nil, err
	}
	return newSession(k.prefix, plan)
}

// keyless is the keyless plan at a ring degree.
func (k *compiler) keyless(logN int) (PlanLiteral, error) {
	c, err := k.keylessCandidate(false, logN)
	if err != nil {
		return PlanLiteral{}, err
	}
	return c.build()
}

func newSession(p Prefix, plan Plan) (*session, error) {
	s := &session{prefix: p, plan: plan, x: inputFor(p, 3)}
	ctx := context.Background()
	var err error
	if s.sk, err = s.plan.NewSecretKey(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.plan.EvaluationKeys(ctx, s.sk, &b, nil); err != nil {
		return nil, err
	}
	s.blob = b.Bytes()
	if s.ev, err = NewEvaluator(ctx, s.plan, p, 2); err != nil {
		return nil, err
	}
	if s.keys, err = s.ev.LoadKeys(bytes.NewReader(s.blob)); err != nil {
		return nil, err
	}
	if s.input, err = s.plan.Encrypt(s.sk, s.x); err != nil {
		return nil, err
	}
	s.output, err = s.ev.Evaluate(ctx, s.keys, s.input, nil)
	return s, err
}

// bits is the precision of the session's output.
func (s *session) bits(t *testing.T) float64 {
	t.Helper()
	d, err := s.plan.Decrypt(s.sk, s.output)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.DecodeRawUnsafe()
	if err != nil {
		t.Fatal(err)
	}
	want := s.prefix.eval(s.x)
	worst, largest := 0.0, 0.0
	for i := range want {
		worst, largest = max(worst, math.Abs(want[i]-got[i])), max(largest, math.Abs(want[i]))
	}
	return math.Log2(largest / worst)
}

// small sessions, made once and never changed.
var (
	levelledSession = sync.OnceValues(func() (*session, error) { return smallSession(false) })
	keylessSession  = sync.OnceValues(func() (*session, error) { return smallSession(true) })
)

func smallSession(keyless bool) (*session, error) {
	p := smallPrefix(keyless)
	k := newCompiler(p, Options{Bits: 1})
	if err := k.prepare(); err != nil {
		return nil, err
	}
	var lit PlanLiteral
	var err error
	if keyless {
		lit, err = k.keyless(13)
	} else {
		lit, err = k.levelled(inputWindow, 13, 1, false)
	}
	if err != nil {
		return nil, err
	}
	return k.session(lit)
}

// smallPrefix ends in a square if the plan is to be keyless; else another dense layer follows.
func smallPrefix(keyless bool) Prefix {
	p := Prefix{Input: []int{6}, Layers: []Layer{
		NewDense("fc1", Dense{In: 6, Out: 4, Weights: make([]float64, 24), Bias: []float64{0.1, -0.2, 0, 1}}),
		NewPoly("p1", NewQuadratic([]float64{1, -0.5, 2, 0.25}, []float64{0, 1, -1, 0.5}, []float64{0.5, 0, 0, -1})),
	}}
	for i := range p.Layers[0].Dense.Weights {
		p.Layers[0].Dense.Weights[i] = float64(i%7-3) / 4
	}
	if !keyless {
		p.Layers = append(p.Layers, NewDense("fc2", Dense{In: 4, Out: 2, Weights: []float64{1, 0.5, -0.25, 1, -1, 0.5, 0.5, 0.125}}))
	}
	return p
}

func get(t *testing.T, f func() (*session, error)) *session {
	t.Helper()
	s, err := f()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func bothSessions(t *testing.T) map[string]*session {
	return map[string]*session{"levelled": get(t, levelledSession), "keyless": get(t, keylessSession)}
}

func TestSizesAreExact(t *testing.T) {
	t.Parallel()
	for name, s := range bothSessions(t) {
		info := s.plan.Info()
		for what, got := range map[string][2]int64{
			"keys":   {int64(len(s.blob)), info.KeysBytes},
			"input":  {int64(len(s.input)), info.InputBytes},
			"output": {int64(len(s.output)), info.OutputBytes},
		} {
			if got[0] != got[1] {
				t.Errorf("%s: %s has %d bytes, the plan says %d", name, what, got[0], got[1])
			}
		}
		if info.Keyless != (name == "keyless") || info.Keyless != (info.KeysBytes == 0) {
			t.Errorf("%s: %+v", name, info)
		}
		if bits := s.bits(t); bits < 18 {
			t.Errorf("%s: %.1f bits", name, bits)
		}
	}
}

func TestKeylessSquareHasDegreeTwo(t *testing.T) {
	t.Parallel()
	s := get(t, keylessSession)
	if d := s.plan.c.outputDegree(); d != 2 {
		t.Fatalf("degree %d", d)
	}
	info := s.plan.Info()
	if info.Rotations != 0 || info.Levels != 0 || len(info.Steps) != 1 || info.Steps[0].Name != "fc1+p1" {
		t.Fatalf("%+v", info)
	}
}

func TestOddNetsEncrypted(t *testing.T) {
	t.Parallel()
	nets := oddNets(t)
	for _, c := range []struct {
		name    string
		kind    string
		logN    int
		special int
		merged  bool
	}{
		{"valid-conv-pool", inputWindow, 13, 1, false},
		{"valid-conv-pool", inputWindow, 13, 2, true},
		{"valid-conv-pool", inputProd, 13, 1, false},
		{"valid-conv-pool", inputSlots, 13, 1, true},
		{"groups-dilation", inputWindow, 13, 1, false},
		{"ends-in-pool", inputWindow, 13, 1, false},
		{"starts-with-square", inputWindow, 13, 2, false},
		{"residual", inputWindow, 14, 1, false},
		{"residual", inputSlots, 14, 2, false},
		{"branches", inputSlots, 13, 1, false},
		{"cubic", inputWindow, 14, 2, false},
		{"mixed", inputWindow, 13, 1, true},
	} {
		p := nets[c.name]
		k := looseCompiler(t, p)
		lit, err := k.levelled(c.kind, c.logN, c.special, c.merged)
		if err != nil {
			t.Fatal(c, err)
		}
		s, err := k.session(lit)
		if err != nil {
			t.Fatal(c, err)
		}
		if bits := s.bits(t); bits < 12 {
			t.Errorf("%v: %.1f bits", c, bits)
		}
	}
}

// Many channels do not fit one ciphertext of a keyless plan.
func TestKeylessOutputInSeveralCiphertexts(t *testing.T) {
	t.Parallel()
	k := looseCompiler(t, asisNet(t))
	lit, err := k.keyless(12)
	if err != nil {
		t.Fatal(err)
	}
	if lit.Outputs < 2 {
		t.Fatalf("%d outputs", lit.Outputs)
	}
	s, err := k.session(lit)
	if err != nil {
		t.Fatal(err)
	}
	if bits := s.bits(t); bits < 12 {
		t.Errorf("%.1f bits", bits)
	}
}

func TestEvaluationIsDeterministic(t *testing.T) {
	t.Parallel()
	for name, s := range bothSessions(t) {
		single, err := NewEvaluator(context.Background(), s.plan, s.prefix, 1)
		if err != nil {
			t.Fatal(err)
		}
		for threads, ev := range map[int]*Evaluator{1: single, 2: s.ev} {
			out, err := ev.Evaluate(context.Background(), s.keys, s.input, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out, s.output) {
				t.Errorf("%s: other bytes on %d goroutines", name, threads)
			}
		}
	}
}

func TestEncryptionIsFresh(t *testing.T) {
	t.Parallel()
	for name, s := range bothSessions(t) {
		again, err := s.plan.Encrypt(s.sk, s.x)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(again[:200], s.input[:200]) || bytes.Equal(again[headerBytes:headerBytes+seedBytes], s.input[headerBytes:headerBytes+seedBytes]) {
			t.Errorf("%s: two encryptions share their seed", name)
		}
	}
}

func TestProgressAndCancellation(t *testing.T) {
	t.Parallel()
	for name, s := range bothSessions(t) {
		var steps []string
		if _, err := s.ev.Evaluate(context.Background(), s.keys, s.input, func(i int, step string) {
			if i != len(steps) {
				t.Errorf("%s: step %d out of order", name, i)
			}
			steps = append(steps, step)
		}); err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, s := range s.plan.Info().Steps {
			want = append(want, s.Name)
		}
		if !slices.Equal(steps, want) {
			t.Errorf("%s: steps %q, want %q", name, steps, want)
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(errors.New("late"))
		if _, err := s.ev.Evaluate(ctx, s.keys, s.input, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want a cancellation", name, err)
		}
		if err := s.plan.EvaluationKeys(ctx, s.sk, &bytes.Buffer{}, nil); name == "levelled" && !errors.Is(err, context.Canceled) {
			t.Errorf("keys: %v, want a cancellation", err)
		}
		if _, err := NewEvaluator(ctx, s.plan, s.prefix, 2); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: encoding: %v, want a cancellation", name, err)
		}
	}
	s := get(t, levelledSession)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := s.ev.Evaluate(ctx, s.keys, s.input, func(int, string) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled after the first step: %v", err)
	}
}

func TestInputIsChecked(t *testing.T) {
	t.Parallel()
	s := get(t, keylessSession)
	for _, x := range [][]float64{nil, s.x[1:], append([]float64{2}, s.x[1:]...), append([]float64{math.NaN()}, s.x[1:]...), append([]float64{-0.01}, s.x[1:]...)} {
		if _, err := s.plan.Encrypt(s.sk, x); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", x, err)
		}
	}
}

func TestSecretKeys(t *testing.T) {
	t.Parallel()
	s, other := get(t, levelledSession), get(t, keylessSession)
	b, err := s.sk.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back, err := s.plan.ParseSecretKey(b)
	if err != nil {
		t.Fatal(err)
	}
	if !back.sk.Equal(s.sk.sk) {
		t.Error("another key came back")
	}
	if _, err := other.plan.ParseSecretKey(b); !errors.Is(err, ErrKey) {
		t.Errorf("key of another plan: %v", err)
	}
	if _, err := s.plan.ParseSecretKey(b[1:]); !errors.Is(err, ErrKey) {
		t.Errorf("short key: %v", err)
	}
	if _, err := s.plan.Encrypt(other.sk, s.x); !errors.Is(err, ErrKey) {
		t.Errorf("encrypt: %v", err)
	}
	if _, err := s.plan.Decrypt(nil, s.output); !errors.Is(err, ErrKey) {
		t.Errorf("decrypt: %v", err)
	}
	var empty Plan
	if _, err := empty.NewSecretKey(); !errors.Is(err, ErrPlan) {
		t.Errorf("empty plan: %v", err)
	}
}

// The shape of the X-ray trunk, as deep as it goes, at full size.
func TestTrunkToGlobalAverage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("half a gigabyte of weights")
	}
	p := trunkNet(t)
	lit, err := looseCompiler(t, p).levelled(inputProd, 14, 2, false)
	if err != nil {
		t.Fatal(err)
	}
	lit.NoiseStd = 1 << 16
	plan, err := NewPlan(lit)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSession(p, plan)
	if err != nil {
		t.Fatal(err)
	}
	if bits := s.bits(t); bits < 20 {
		t.Errorf("%.1f bits, want 20", bits)
	}
	if info := s.plan.Info(); info.KeysBytes > 100e6 || len(info.Steps) != 4 {
		t.Errorf("%+v", info)
	}
}

// TestKernelsChangeNothing compares an evaluation by the kernels of this machine with one by portable code, bit for bit.
func TestKernelsChangeNothing(t *testing.T) {
	t.Parallel()
	for _, s := range bothSessions(t) {
		sameWithoutKernels(t, s)
	}
}

func sameWithoutKernels(t *testing.T, s *session) {
	t.Helper()
	portable, err := NewPortableEvaluator(t.Context(), s.plan, s.prefix, 1)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := portable.LoadKeys(bytes.NewReader(s.blob))
	if err != nil {
		t.Fatal(err)
	}
	output, err := portable.Evaluate(t.Context(), keys, s.input, nil)
	if err != nil || !bytes.Equal(output, s.output) {
		t.Errorf("%s: other outputs without kernels, %v", s.plan.Info().Kind, err)
	}
}
