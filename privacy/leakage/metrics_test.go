package leakage

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/encrypted-compute/encompute/privacy/compare"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v (+-%v)", what, got, want, tolerance)
	}
}

func image(f func(y, x int) float32) []float32 {
	const side = 9
	out := make([]float32, 0, side*side)
	for y := range side {
		for x := range side {
			out = append(out, f(y, x))
		}
	}
	return out
}

// Values that follow from the definition by hand.
func TestSSIM(t *testing.T) {
	t.Parallel()
	const c1, c2 = 1e-4, 9e-4
	flat := func(v float32) []float32 { return image(func(int, int) float32 { return v }) }
	ramp := image(func(_, x int) float32 { return float32(x) / 10 })
	reversed := image(func(_, x int) float32 { return float32(8-x) / 10 })
	half := image(func(_, x int) float32 { return float32(x) / 20 })
	ramps := func(left int, from, to func(x int) float64) float64 { // of a window that begins at left
		var mx, my, vx, vy, cov float64
		for i := range 7 {
			mx, my = mx+from(left+i)/7, my+to(left+i)/7
		}
		for i := range 7 {
			dx, dy := from(left+i)-mx, to(left+i)-my
			vx, vy, cov = vx+dx*dx/7, vy+dy*dy/7, cov+dx*dy/7
		}
		return (2*mx*my + c1) * (2*cov + c2) / ((mx*mx + my*my + c1) * (vx + vy + c2))
	}
	up := func(x int) float64 { return float64(x) / 10 }
	mean := func(from, to func(x int) float64) float64 {
		return (ramps(0, from, to) + ramps(1, from, to) + ramps(2, from, to)) / 3
	}
	for _, c := range []struct {
		name string
		a, b []float32
		want float64
	}{
		{"the same", ramp, ramp, 1},
		{"two flat images", flat(0.2), flat(0.6), (2*0.2*0.6 + c1) / (0.04 + 0.36 + c1)},
		{"reversed", ramp, reversed, mean(up, func(x int) float64 { return float64(8-x) / 10 })},
		{"half the contrast", ramp, half, mean(up, func(x int) float64 { return float64(x) / 20 })},
	} {
		near(t, c.name, compare.SSIM(c.a, c.b, []int{1, 9, 9}), c.want, 1e-5)
		near(t, c.name+", two channels", compare.SSIM(append(c.a[:81:81], ramp...), append(c.b[:81:81], ramp...), []int{2, 9, 9}), (c.want+1)/2, 1e-5)
	}
}

func TestQuality(t *testing.T) {
	t.Parallel()
	want, got := NewMatrix(3, 81), NewMatrix(3, 81)
	for i := range got.Data {
		got.Data[i] = float32(i/81) * 0.1 // errors 0, 0.01 and 0.04
	}
	q, err := quality(t.Context(), got, want, &Subject{Shape: []int{1, 9, 9}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "MSE", q.MSE, 0.05/3, 1e-8)
	near(t, "PSNR", q.PSNR, (100+20-10*math.Log10(0.04))/3, 1e-4)
	near(t, "worst MSE", q.WorstMSE, 0.001, 1e-7)
	const c1 = 1e-4
	second := c1 / (0.01 + c1)
	near(t, "SSIM", *q.SSIM, (1+second+c1/(0.04+c1))/3, 1e-5)
	near(t, "worst SSIM", *q.WorstSSIM, 0.9+0.1*second, 1e-5)
	table, err := quality(t.Context(), got, want, &Subject{Shape: []int{81}})
	if err != nil || table.SSIM != nil || table.WorstSSIM != nil {
		t.Errorf("a table has a similarity: %+v, %v", table, err)
	}
}

// Reconstructions that know nothing are recognised as often as chance has it, exact ones always.
func TestRanks(t *testing.T) {
	t.Parallel()
	const n = 400
	random := rand.New(rand.NewPCG(1, 1))
	gallery, blind, same := NewMatrix(n, 20), NewMatrix(n, 20), NewMatrix(n, 20)
	for i := range gallery.Data {
		gallery.Data[i], blind.Data[i], same.Data[i] = random.Float32(), random.Float32(), 0.5
	}
	exact, err := ranks(t.Context(), gallery, gallery)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "exact", compare.Within(exact, 1), 1, 0)
	unknowing, err := ranks(t.Context(), blind, gallery)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "blind, first half", compare.Within(unknowing, n/2), 0.5, 0.1)
	near(t, "blind, first 40", compare.Within(unknowing, 40), 0.1, 0.06)
	mean, err := ranks(t.Context(), same, gallery)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "one picture for all", compare.Within(mean, 1), 1.0/n, 1.0/n)
	near(t, "one picture for all, ten", compare.Within(mean, 10), 10.0/n, 2.0/n)
}

func TestFeatureErrors(t *testing.T) {
	t.Parallel()
	want := Matrix{Rows: 4, Cols: 3, Data: []float32{0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1}}
	got := Matrix{Rows: 4, Cols: 3, Data: []float32{0, 0.5, 1, 1, 0.5, 1, 0, 0.5, 1, 1, 0.5, 1}}
	for j, e := range featureErrors(got, want) {
		near(t, "column", e, []float64{0, 1, 1}[j], 1e-9)
	}
}
