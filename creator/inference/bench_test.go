package inference

import (
	"math"
	"os"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/model"
)

// BenchmarkRun evaluates the models of the examples, whole and after their cut, one sample at a time, built in
// and on ONNX Runtime in turn. What counts is min-ms, the least time of one: others may use the machine.
func BenchmarkRun(b *testing.B) {
	for _, m := range shipped {
		path, after := example(b, m.model, m.cut)
		whole, err := model.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range []Suffix{{m.model, "input", whole}, after} {
			x := make([]float32, size(s.Graph.Inputs[0].Shape))
			for i := range x {
				x[i] = float32(math.Sin(float64(i + 1)))
			}
			for _, name := range []string{"builtin", "ort"} {
				b.Run(m.model+"/after-"+s.Cut+"/"+name, func(b *testing.B) {
					rt, err := Open(name, os.Getenv("ENCOMPUTE_ORT_LIBRARY"))
					if err != nil {
						b.Skip(err)
					}
					r, err := rt.Load(b.Context(), s)
					if err != nil {
						b.Fatal(err)
					}
					defer r.Close()
					least := time.Duration(math.MaxInt64)
					for b.Loop() {
						start := time.Now()
						if _, err := r.Run(b.Context(), [][]float32{x}); err != nil {
							b.Fatal(err)
						}
						least = min(least, time.Since(start))
					}
					b.ReportMetric(float64(least.Nanoseconds())/1e6, "min-ms")
				})
			}
		}
	}
}
