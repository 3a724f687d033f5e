package fhe

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/ring52"
)

func TestReferenceMachineIsValid(t *testing.T) {
	t.Parallel()
	m := ReferenceMachine()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseMachine(b)
	if err != nil || got != m {
		t.Fatalf("read back %+v, %v, want %+v", got, err, m)
	}
}

func TestImplausibleMachinesAreRefused(t *testing.T) {
	t.Parallel()
	figures := map[string]func(*Machine, float64){
		"butterfly":  func(m *Machine, v float64) { m.Butterfly = v },
		"extend":     func(m *Machine, v float64) { m.Extend = v },
		"keyProduct": func(m *Machine, v float64) { m.KeyProduct = v },
		"permute":    func(m *Machine, v float64) { m.Permute = v },
		"multiply":   func(m *Machine, v float64) { m.Multiply = v },
		"add":        func(m *Machine, v float64) { m.Add = v },
		"wideNTT":    func(m *Machine, v float64) { m.WideNTT = v },
		"wideSum":    func(m *Machine, v float64) { m.WideSum = v },
		"speedup":    func(m *Machine, v float64) { m.Speedup = v },
		"cores":      func(m *Machine, v float64) { m.Cores = int(max(-1, min(v, 1e6))) },
	}
	for name, set := range figures {
		for _, v := range []float64{-1, 0, 1e-9, 1e9, math.Inf(1), math.Inf(-1), math.NaN()} {
			if name == "cores" && math.IsNaN(v) {
				continue // no integer
			}
			m := ReferenceMachine()
			set(&m, v)
			if err := m.Validate(); !errors.Is(err, ErrMachine) {
				t.Errorf("%s of %v gives %v", name, v, err)
			}
			if _, err := m.MarshalBinary(); !errors.Is(err, ErrMachine) {
				t.Errorf("%s of %v is written: %v", name, v, err)
			}
			type plain Machine
			b, err := encodeCBOR(plain(m))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseMachine(b); !errors.Is(err, ErrMachine) {
				t.Errorf("%s of %v is read: %v", name, v, err)
			}
		}
	}
}

func FuzzParseMachine(f *testing.F) {
	b, err := ReferenceMachine().MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:len(b)-1])
	f.Add(append(b, 0))
	f.Add(make([]byte, maxMachineBytes+1))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMachine(b)
		if err != nil {
			if m != (Machine{}) {
				t.Errorf("refused, but gave %+v", m)
			}
			return
		}
		if again, err := m.MarshalBinary(); err != nil || string(again) != string(b) {
			t.Errorf("%x is read as %+v, which is %x, %v", b, m, again, err)
		}
	})
}

// TestCalibrate logs how well the figures reproduce times at other ring degrees; a busy machine must not fail it.
func TestCalibrate(t *testing.T) {
	t.Parallel()
	m, err := Calibrate(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil || m.Cores != 2 {
		t.Fatalf("measured %+v: %v", m, err)
	}
	t.Logf("%s: %+v", Kind(), m)
	for _, logN := range []int{12, 13, 14, 15} {
		b, err := newBench(t.Context(), benchSet{logN, calibrationSet.q, calibrationSet.p}, 1)
		if err != nil {
			t.Fatal(err)
		}
		_, limbs, _ := b.size()
		c := newCost(m, logN, b.params.Q(), b.params.P())
		level := b.params.MaxLevel()
		modDown := func() {
			y, err := b.engine.settle(b.engine.newExtended(level), level, exp2(40), false)
			b.engine.drop(y)
			b.fail(err)
		}
		decompose := func() {
			d, err := b.engine.decompose(b.ct.Value[1].Coeffs, level)
			b.eachLimb(func(l int) {
				b.engine.setLimb(b.scratch, d, l)
				for at := range b.engine.places(level, l) {
					b.scratch.finish(at)
				}
			})
			b.engine.release(d)
			b.fail(err)
		}
		got := b.fastest(decompose, b.rotate, modDown, b.transform, func() { b.multiply(1) })
		if b.err != nil {
			t.Fatal(b.err)
		}
		for i, operation := range []struct {
			name string
			want float64
		}{
			{"decompose", c.decompose(level)},
			{"rotate", c.rotateLazy(level)},
			{"modDown", c.modDown(2, level)},
			{"transform", m.Butterfly * c.b * limbs},
			{"multiply", m.Multiply * 2 * c.n * float64(len(b.plain))},
		} {
			t.Logf("2^%d: %s took %.3f ms, %.2f of the prediction", logN, operation.name, got[i]/1e6, got[i]/operation.want)
		}
	}
}

func TestCalibrateStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if m, err := Calibrate(ctx, 1); !errors.Is(err, context.Canceled) || m != (Machine{}) {
		t.Fatalf("measured %+v, %v after the context ended", m, err)
	}
}

// TestEveryKind runs in processes whose processor lacks instructions: evaluations stay the same, and what is calibrated is
// the code that runs there.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	for off, want := range map[string][]string{
		"cpu.avx512ifma=off":           {ring52.KindDQ, ring52.KindFMA, ring52.KindPortable},
		"cpu.avx512f=off":              {ring52.KindFMA, ring52.KindPortable},
		"cpu.avx512f=off,cpu.avx2=off": {ring52.KindPortable},
	} {
		kind := want[max(0, slices.Index(want, Kind()))] // no better than this process's
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^(TestCalibrate|Test(Wide)?KernelsChangeNothing)$")
		cmd.Env = append(os.Environ(), "GODEBUG="+os.Getenv("GODEBUG")+","+off)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), kind+": {Butterfly") {
			t.Errorf("%s: %v, want %s calibrated:\n%s", off, err, kind, out)
		}
	}
}
