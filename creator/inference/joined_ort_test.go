//go:build ort && cgo

package inference

import "testing"

// TestORTJoined: ONNX Runtime takes the file of a suffix behind a cut that several tensors cross, and evaluates batches.
func TestORTJoined(t *testing.T) {
	t.Parallel()
	rt := installed(t)
	conformJoined(t, func(*testing.T, Suffix) Runtime { return rt })
	for _, s := range joined(t) {
		r, err := rt.Load(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !r.(*session).together {
			t.Errorf("%s: samples are evaluated one by one", s.Cut)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
