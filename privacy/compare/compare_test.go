package compare

import (
	"context"
	"errors"
	"testing"
)

func TestParallel(t *testing.T) {
	t.Parallel()
	done := make([]bool, 100)
	err := Parallel(t.Context(), len(done), func(i int) error {
		done[i] = true
		return nil
	})
	for i, d := range done {
		if !d || err != nil {
			t.Fatalf("%d is not done: %v", i, err)
		}
	}
	failed := errors.New("failed")
	if err := Parallel(t.Context(), 10, func(int) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("failing: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Parallel(ctx, 10, func(int) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	defer func() {
		if p := recover(); p != "broken" {
			t.Errorf("panicked with %v", p)
		}
	}()
	_ = Parallel(t.Context(), 10, func(i int) error {
		if i == 5 {
			panic("broken")
		}
		return nil
	})
	t.Error("a panic was lost")
}

// Reconstructions that are right are recognised, and ties count for the attacker.
func TestRanks(t *testing.T) {
	t.Parallel()
	gallery := [][]float32{{0, 0}, {1, 1}, {0, 1}}
	for _, c := range []struct {
		name  string
		got   [][]float64
		first float64
	}{
		{"right", [][]float64{{0, 0.1}, {1, 0.9}, {0.2, 1}}, 1},
		{"shifted", [][]float64{{1, 1}, {0, 1}, {0, 0}}, 0},
		{"all the same", [][]float64{{0.5, 0.5}, {0.5, 0.5}, {0.5, 0.5}}, 1},
		{"few", [][]float64{{0, 0}, {0, 0.1}}, 0.5},
	} {
		ranks, err := Ranks(t.Context(), c.got, gallery)
		if err != nil || Within(ranks, 1) != c.first || Within(ranks, 3) != 1 {
			t.Errorf("%s: %v: %v", c.name, ranks, err)
		}
	}
}

func TestQuality(t *testing.T) {
	t.Parallel()
	picture := func(f func(y, x int) float64) (list []float64) {
		for y := range 9 {
			for x := range 9 {
				list = append(list, f(y, x))
			}
		}
		return list
	}
	ramp := picture(func(y, x int) float64 { return float64(y*x) / 64 })
	flat := picture(func(int, int) float64 { return 0.3 })
	q, err := Quality(t.Context(), [][]float64{ramp, ramp}, [][]float64{ramp, ramp}, []int{1, 9, 9})
	if err != nil || *q.SSIM < 1-1e-9 || q.MSE != 0 || q.PSNR < 99.99 || q.WorstMSE != 0 {
		t.Errorf("the same pictures: %+v: %v", q, err)
	}
	q, err = Quality(t.Context(), [][]float64{flat}, [][]float64{ramp}, []int{1, 9, 9})
	if err != nil || *q.SSIM > 0.5 || q.MSE != Distance(flat, ramp) || q.PSNR != PSNR(q.MSE) {
		t.Errorf("another picture: %+v: %v", q, err)
	}
	if q, err = Quality(t.Context(), [][]float64{flat}, [][]float64{ramp}, []int{81}); err != nil || q.SSIM != nil {
		t.Errorf("a row of a table: %+v: %v", q, err)
	}
}
