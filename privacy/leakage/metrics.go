package leakage

import (
	"context"
	"math"

	"github.com/encrypted-compute/encompute/privacy/compare"
)

// quality compares row by row; rows of got may be all the same.
func quality(ctx context.Context, got, want Matrix, s *Subject) (Quality, error) {
	return compare.Quality(ctx, got.rows(), want.rows(), s.Shape)
}

// ranks gives for each row i of got how many rows of the gallery are nearer to it than row i of the gallery.
func ranks(ctx context.Context, got, gallery Matrix) ([]int, error) {
	return compare.Ranks(ctx, got.rows(), gallery.rows())
}

// rows are the matrix's rows, not copied.
func (m Matrix) rows() [][]float32 {
	out := make([][]float32, m.Rows)
	for i := range out {
		out[i] = m.Row(i)
	}
	return out
}

// featureErrors is, for each column, the root mean square error over the standard deviation in want: 0 rebuilt, 1 no
// better than the mean. Columns that do not vary give 1.
func featureErrors(got, want Matrix) []float64 {
	mean := means(want)
	out := make([]float64, want.Cols)
	for j := range out {
		var e, v float64
		for i := range want.Rows {
			w := float64(want.Row(i)[j])
			e += (float64(got.Row(i)[j]) - w) * (float64(got.Row(i)[j]) - w)
			v += (w - mean[j]) * (w - mean[j])
		}
		out[j] = 1
		if v > 0 {
			out[j] = math.Sqrt(e / v)
		}
	}
	return out
}
