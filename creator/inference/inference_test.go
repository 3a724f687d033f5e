package inference

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
)

func TestMain(m *testing.M) {
	if mode := os.Getenv("INFERENCE_TEST_PROCESS"); mode != "" {
		pretend(mode)
		return
	}
	goleak.VerifyTestMain(m)
}

// noWait is for queues that need not wait before another attempt.
func noWait(ctx context.Context, _ int) error { return ctx.Err() }

// shipped are the suffixes of the models in examples.
var shipped = []struct{ model, cut string }{{"pneumonia-trunk", "gap"}, {"tab-wdbc", "poly1"}, {"mnist-lola", "sq2"}}

func example(t testing.TB, name, cut string) (path string, s Suffix) {
	t.Helper()
	path = filepath.Join("..", "..", "examples", name, "model.onnx")
	g, err := model.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	at, err := g.CutByName(cut)
	if err != nil {
		t.Fatal(err)
	}
	_, after, err := g.Split(at)
	if err != nil {
		t.Fatal(err)
	}
	return path, Suffix{name, cut, after}
}

// conform is the suite that every runtime passes: one sample, batches, and samples that come at the same time give what
// the model package gives; values of another shape are refused, and the runtime still works.
func conform(t *testing.T, open func(t *testing.T, modelPath string) Runtime) {
	for _, m := range shipped {
		t.Run(m.model, func(t *testing.T) {
			t.Parallel()
			path, s := example(t, m.model, m.cut)
			q := NewQueue(open(t, path), s, noWait)
			q.OnRestart = func(err error) { t.Errorf("restart: %v", err) }
			defer func() {
				if err := q.Close(); err != nil {
					t.Error(err)
				}
			}()
			random := rand.New(rand.NewPCG(1, 2))
			check := func(x []float32) {
				got, err := q.Run(t.Context(), x)
				if err != nil {
					t.Error(err)
					return
				}
				same(t, s.Graph, x, got)
			}
			draw := func() []float32 {
				x := make([]float32, size(s.Graph.Inputs[0].Shape))
				for i := range x {
					x[i] = float32(random.NormFloat64())
				}
				return x
			}
			check(draw())
			if _, err := q.Run(t.Context(), draw()[1:]); !errors.Is(err, ErrValues) {
				t.Errorf("too few values: got %v, want %v", err, ErrValues)
			}
			var all sync.WaitGroup
			for range 40 {
				x := draw()
				all.Go(func() { check(x) })
			}
			all.Wait()
			if stats := q.Stats(); stats.Samples != 41 || stats.Failed != 0 || stats.P50 <= 0 || stats.P99 < stats.P50 {
				t.Errorf("%+v", stats)
			}
		})
	}
}

// same holds an output against the plaintext model, within 1e-4 of its largest value.
func same(t *testing.T, g *model.Graph, x, got []float32) {
	t.Helper()
	want, err := g.Eval(x)
	if err != nil {
		t.Error(err)
		return
	}
	scale := 1.0
	for _, v := range want {
		scale = max(scale, math.Abs(float64(v)))
	}
	for i, v := range want {
		if !(math.Abs(float64(v-got[i])) <= 1e-4*scale) {
			t.Errorf("got %v, want %v", got, want)
			return
		}
	}
}

func TestBuiltin(t *testing.T) {
	t.Parallel()
	conform(t, func(*testing.T, string) Runtime { return Builtin{} })
}

const script = "../../examples/runtime/suffix.py"

// python is an interpreter, without which the tests of the example cannot run.
func python(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	return path
}

func TestExec(t *testing.T) {
	t.Parallel()
	p := python(t)
	conform(t, func(t *testing.T, path string) Runtime {
		e, err := NewExec([]string{p, script, path})
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	p := python(t)
	conform(t, func(t *testing.T, path string) Runtime {
		server := exec.Command(p, script, path, "--http", "0")
		out, err := server.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
		address, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		h, err := NewHTTP(strings.TrimSpace(address))
		if err != nil {
			t.Fatal(err)
		}
		return h
	})
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"builtin", "http://127.0.0.1:9000/run", "https://suffix.example", "exec:python3 suffix.py model.onnx"} {
		if r, err := Open(name, ""); err != nil || r == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "gpu", "exec:", "exec: ", "http://", "ort"} { // without a library there is no ort
		if _, err := Open(name, ""); !errors.Is(err, ErrRuntime) {
			t.Errorf("%q: got %v, want %v", name, err, ErrRuntime)
		}
	}
}

// TestNPY reads with the input package what is written for processes.
func TestNPY(t *testing.T) {
	t.Parallel()
	for _, shape := range [][]int{{}, {3}, {2, 5, 7}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}} {
		x := make([]float32, size(shape))
		for i := range x {
			x[i] = float32(i) - 0.5
		}
		b := encodeNPY(shape, [][]float32{x, x})
		got, err := input.ReadNPY(strings.NewReader(string(b)))
		if err != nil || len(got.Shape) != len(shape)+1 || got.Shape[0] != 2 || len(got.Values) != 2*len(x) || got.Values[len(x)] != -0.5 {
			t.Errorf("shape %v: got %v, %v", shape, got.Shape, err)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte(`{"outputs": [[1, 2], [3]]}`))
	f.Add([]byte(`{"error": "no"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := parseAnswer(b); err != nil && !errors.Is(err, ErrRuntime) && !errors.Is(err, ErrValues) {
			t.Errorf("got %v", err)
		}
	})
}

// pretend is a process of a creator that does not behave. It reads files of one value of one sample.
func pretend(mode string) {
	in := bufio.NewReader(os.Stdin)
	for n := 0; ; n++ {
		head := make([]byte, 10)
		if _, err := io.ReadFull(in, head); err != nil {
			return
		}
		rest := make([]byte, int(head[8])+int(head[9])<<8)
		if _, err := io.ReadFull(in, rest); err != nil {
			return
		}
		switch {
		case mode == "dies":
			fmt.Fprintln(os.Stderr, "out of memory")
			os.Exit(3)
		case mode == "garbage":
			fmt.Println("<html>")
		case mode == "silent":
			continue
		case mode == "short":
			fmt.Println(`{"outputs": [[1]]}`)
		case mode == "endless":
			for {
				if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}
	}
}

// TestProcessMisbehaves: whatever a process does, the sample fails with the reason, after it was started again some times.
func TestProcessMisbehaves(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for mode, why := range map[string]string{
		"dies": "exit status 3: out of memory", "garbage": "no JSON object", "short": "has 1 values", "endless": "too long",
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			_, s := example(t, "tab-wdbc", "poly1")
			e, err := NewExec([]string{"env", "INFERENCE_TEST_PROCESS=" + mode, self})
			if err != nil {
				t.Fatal(err)
			}
			q := NewQueue(e, s, noWait)
			defer q.Close()
			_, err = q.Run(t.Context(), make([]float32, 64))
			if !errors.Is(err, ErrRuntime) || !strings.Contains(err.Error(), why) {
				t.Errorf("got %v, want that it says %q", err, why)
			}
			if stats := q.Stats(); stats.Restarts != maxAttempts || stats.Failed != 1 {
				t.Errorf("%+v", stats)
			}
		})
	}
	t.Run("silent", func(t *testing.T) { // and the creator stops
		t.Parallel()
		_, s := example(t, "tab-wdbc", "poly1")
		e, err := NewExec([]string{"env", "INFERENCE_TEST_PROCESS=silent", self})
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.Load(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.Run(ctx, [][]float32{make([]float32, 64)}); !errors.Is(err, ErrRuntime) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
