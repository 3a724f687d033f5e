package model

import (
	"path/filepath"
	"testing"
)

// BenchmarkRun evaluates the example models on one sample and on a batch.
func BenchmarkRun(b *testing.B) {
	files, err := filepath.Glob(filepath.Join("..", "examples", "*", "model.onnx"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no models: %v", err)
	}
	for _, file := range files {
		g, err := Open(file)
		if err != nil {
			b.Fatal(err)
		}
		in := g.Inputs[0]
		for name, samples := range map[string]int{"one": 1, "batch": 256} {
			b.Run(filepath.Base(filepath.Dir(file))+"/"+name, func(b *testing.B) {
				x, err := NewTensor(withBatch(in.Shape, samples), ramp(samples*product(in.Shape)))
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if _, err := g.Run(map[string]*Tensor{in.Name: x}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*samples), "us/sample")
			})
		}
	}
}
