package fhe

import (
	"context"
	"errors"
	"testing"
)

// TestKernelsEqualLattigo relies on MeasureKernels to compare results; a busy machine must not fail it.
func TestKernelsEqualLattigo(t *testing.T) {
	t.Parallel()
	list, err := MeasureKernels(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2*len(kernelSets) {
		t.Fatalf("%d operations, want %d", len(list), 2*len(kernelSets))
	}
	for _, k := range list {
		if !(k.OnMs > 0 && k.OffMs > 0) || k.Operation == "" {
			t.Errorf("%+v", k)
		}
		t.Logf("%s, %s at 2^%d: %.3f ms, %.3f ms without kernels, %.1f times", Kind(), k.Operation, k.LogN, k.OnMs, k.OffMs, k.OffMs/k.OnMs)
	}
}

func TestMeasureKernelsStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if list, err := MeasureKernels(ctx); !errors.Is(err, context.Canceled) || list != nil {
		t.Fatalf("measured %v, %v after the context ended", list, err)
	}
}
