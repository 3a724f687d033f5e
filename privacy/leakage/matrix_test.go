package leakage

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Products without assembly are those of gonum, whatever the sides.
func TestProducts(t *testing.T) {
	t.Parallel()
	random := stream(1, 1)
	fill := func(m Matrix) Matrix {
		for i := range m.Data {
			m.Data[i] = float32(random.NormFloat64())
		}
		return m
	}
	for _, side := range [][3]int{{1, 1, 1}, {1, 3, 5}, {2, 4, 8}, {3, 5, 7}, {5, 6, 1}, {7, 9, 130}} {
		a, b := fill(NewMatrix(side[0], side[2])), fill(NewMatrix(side[1], side[2]))
		got, want := NewMatrix(side[0], side[1]), NewMatrix(side[0], side[1])
		products(a, b, got)
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, a.general(), b.general(), 0, want.general())
		for i, w := range want.Data {
			if math.Abs(float64(got.Data[i]-w)) > 1e-5*float64(side[2]) {
				t.Fatalf("%v: entry %d is %v, want %v", side, i, got.Data[i], w)
			}
		}
	}
}
