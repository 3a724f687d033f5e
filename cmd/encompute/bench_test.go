package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/fhe/bench"
)

func TestBenchTable(t *testing.T) {
	t.Parallel()
	machine := machineReport{CPU: "Abacus 3", Cores: 2, OS: "linux", Arch: "amd64", Go: "go1", Kind: "beads"}
	kernels := []fhe.KernelTime{{Operation: "rotation", LogN: 13, Primes: 8, Special: 2, OnMs: 0.5, OffMs: 3}}
	doc := benchReport{Machine: machine, Kernels: kernels, Cases: []bench.Result{
		{
			Name: "lola", OursMs: 25, BaseMs: 125, OursTwoMs: 14, PredictedMs: 30, LattigoMs: 2000, OrionMs: 500, MuxedMs: 200, KeyBytes: 2e6,
			LattigoKeyBytes: 8e8, OrionKeyBytes: 2e8, UploadBytes: 1e6, Bits: 20.04, LattigoBits: 26, OrionBits: 10,
		},
		{Name: "alone", OursMs: 1.25, PredictedMs: 1, UploadBytes: 10, Bits: 8},
	}}
	var b bytes.Buffer
	doc.write(&b)
	var got [][]string
	for line := range strings.Lines(b.String()) {
		if f := strings.Fields(line); len(f) > 0 && (f[0] == "lola" || f[0] == "alone" || f[0] == "Abacus" || f[0] == "rotation") {
			got = append(got, f)
		}
	}
	want := []string{
		"Abacus 3, 2 cores, linux/amd64, go1, beads",
		"rotation 2^13 8 0.5 ms 3 ms 6x",
		"lola 25 ms 125 ms 5x 14 ms 30 ms 2000 ms 80x 500 ms 20x 200 ms 8x",
		"alone 1.25 ms - - - 1 ms - - - - - -",
		"lola 20.0 26.0 10.0 2.0 MB 800.0 MB 200.0 MB 1.0 MB",
		"alone 8.0 - - - - - 10 bytes",
	}
	if !slices.EqualFunc(got, want, func(g []string, w string) bool { return strings.Join(g, " ") == w }) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTrunkCase demands that the case is the trained model, with its projection and all pictures.
func TestTrunkCase(t *testing.T) {
	t.Parallel()
	c, err := trunkCase()
	if err != nil {
		t.Fatal(err)
	}
	shapes, err := c.Prefix.Shapes()
	if err != nil {
		t.Fatal(err)
	}
	if last := shapes[len(shapes)-1]; !slices.Equal(last, []int{8}) || len(c.Options.Samples) != 6 || len(c.Input) != 28*28 {
		t.Errorf("got outputs of shape %v, %d samples, %d inputs", last, len(c.Options.Samples), len(c.Input))
	}
	if c.Prefix.Layers[0].Conv == nil || c.Prefix.Layers[0].Name != "conv1" || c.Lattigo == nil || c.Orion == nil {
		t.Errorf("got first layer %q, baselines %v and %v", c.Prefix.Layers[0].Name, c.Lattigo, c.Orion)
	}
}
