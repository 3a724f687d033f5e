//go:build ort && cgo

package inference

import (
	"os"
	"testing"
)

// TestORT needs ONNX Runtime's shared library, whose path is in ENCOMPUTE_ORT_LIBRARY.
func TestORT(t *testing.T) {
	t.Parallel()
	library := os.Getenv("ENCOMPUTE_ORT_LIBRARY")
	if library == "" {
		t.Skip("ENCOMPUTE_ORT_LIBRARY is not set: no shared library of ONNX Runtime")
	}
	conform(t, func(t *testing.T, _ string) Runtime {
		r, err := newORT(library)
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
}

// TestORTTogether: the models of the examples are evaluated in batches.
func TestORTTogether(t *testing.T) {
	t.Parallel()
	library := os.Getenv("ENCOMPUTE_ORT_LIBRARY")
	if library == "" {
		t.Skip("ENCOMPUTE_ORT_LIBRARY is not set: no shared library of ONNX Runtime")
	}
	rt, err := newORT(library)
	if err != nil {
		t.Fatal(err)
	}
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
