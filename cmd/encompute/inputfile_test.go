package main

import (
	"bytes"
	"math"
	"testing"

	"github.com/encrypted-compute/encompute/model"
)

// FuzzInputFile reads hostile files of each format: what comes out are whole samples of numbers.
func FuzzInputFile(f *testing.F) {
	formats := []string{"x.npy", "x.json", "x.pb", "x.bin"}
	one := []float64{1, 2, 3, 4}
	f.Add(0, npyFile("<f4", []int{2, 2}, one))
	f.Add(1, []byte("[[1, 2], [3, 4]]"))
	f.Add(2, tensorFile([]int{1, 2, 2}, one))
	f.Add(3, bytesOf("<f4", one))
	f.Add(3, bytesOf("<f4", []float64{math.NaN(), 0, 0, 0}))
	v := model.Value{Name: "x", Shape: []int{1, 2, 2}}
	f.Fuzz(func(t *testing.T, format int, file []byte) {
		parse := tensorParser(formats[uint(format)%4], v.Sample())
		tensor, err := parse(bytes.NewReader(file))
		if err != nil {
			return
		}
		samples, err := tensor.Samples(v.Sample())
		if err != nil {
			return
		}
		if len(samples) == 0 {
			t.Error("a file without samples was read")
		}
		for _, x := range samples {
			if len(x) != 4 {
				t.Errorf("a sample of %d values", len(x))
			}
			for _, v := range x {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("value %v", v)
				}
			}
		}
	})
}
