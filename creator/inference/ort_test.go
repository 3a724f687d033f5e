//go:build ort && cgo

package inference

import (
	"os"
	"testing"
)

// installed is ONNX Runtime as `make ort-test` installs it.
func installed(t testing.TB) Runtime {
	t.Helper()
	library := os.Getenv("ENCOMPUTE_ORT_LIBRARY")
	if library == "" {
		t.Skip("ENCOMPUTE_ORT_LIBRARY names no shared library of ONNX Runtime: run 'make ort-test'")
	}
	rt, err := newORT(library)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestORT(t *testing.T) {
	t.Parallel()
	rt := installed(t)
	conform(t, func(*testing.T, string) Runtime { return rt })
}

// TestORTTogether: the models of the examples are evaluated in batches.
func TestORTTogether(t *testing.T) {
	t.Parallel()
	rt := installed(t)
	for _, m := range shipped {
		_, s := example(t, m.model, m.cut)
		r, err := rt.Load(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !r.(*session).together {
			t.Errorf("%s: samples are evaluated one by one", m.model)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
