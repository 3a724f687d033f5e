package linear

import (
	"context"
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/privacy/compare"
)

type float interface{ float32 | float64 }

// means are those of the columns.
func means[T float](rows [][]T) []float64 {
	mean := make([]float64, len(rows[0]))
	for _, row := range rows {
		for j, v := range row {
			mean[j] += float64(v)
		}
	}
	for j := range mean {
		mean[j] /= float64(len(rows))
	}
	return mean
}

// deviations are those of the columns, or a little where a column does not vary.
func deviations(rows [][]float64) []float64 {
	mean, variance := means(rows), make([]float64, len(rows[0]))
	sum := 0.0
	for _, row := range rows {
		for j, v := range row {
			variance[j] += (v - mean[j]) * (v - mean[j]) / float64(len(rows)-1)
		}
	}
	for _, v := range variance {
		sum += v
	}
	floor := 1e-6*math.Sqrt(sum/float64(len(variance))) + 1e-12
	for j, v := range variance {
		variance[j] = max(math.Sqrt(v), floor)
	}
	return variance
}

// covariance is that of the columns of a, which have the given means, with those of b, divided by the number of rows - 1.
func covariance[T float](ctx context.Context, a [][]float64, b [][]T, mean []float64) ([][]float64, error) {
	out := make([][]float64, len(a[0]))
	err := compare.Parallel(ctx, len(out), func(i int) error {
		out[i] = make([]float64, len(b[0]))
		for r, row := range b {
			axpy((a[r][i]-mean[i])/float64(len(a)-1), row, out[i])
		}
		return nil
	})
	return out, err
}

// axpy adds c x to y.
func axpy[T float](c float64, x []T, y []float64) {
	for i, v := range x {
		y[i] += c * float64(v)
	}
}

func trace(a [][]float64) (sum float64) {
	for i, row := range a {
		sum += row[i]
	}
	return sum
}

func addDiagonal(a [][]float64, v float64) {
	for i := range a {
		a[i][i] += v
	}
}

// factorize puts the lower factor L of a symmetric positive matrix L L^T in the place of its lower half (Cholesky's
// decomposition; Golub and Van Loan, Matrix Computations, 4.2.5).
func factorize(ctx context.Context, a [][]float64) error {
	for i, row := range a {
		if err := ctx.Err(); err != nil {
			return err
		}
		for j := range i + 1 {
			sum := row[j]
			for k, v := range a[j][:j] {
				sum -= row[k] * v
			}
			switch {
			case j < i:
				row[j] = sum / a[j][j]
			case sum > 0: // nor if it is not a number
				row[i] = math.Sqrt(sum)
			default:
				return fmt.Errorf("%w: the covariance of %d coefficients is not positive", ErrSubject, len(a))
			}
		}
	}
	return nil
}

// solve puts X with L L^T X = B in the place of B.
func solve(ctx context.Context, l, b [][]float64) error {
	for i, row := range b {
		if err := ctx.Err(); err != nil {
			return err
		}
		for k, v := range l[i][:i] {
			axpy(-v, b[k], row)
		}
		scale(row, 1/l[i][i])
	}
	for i := len(b) - 1; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return err
		}
		for k := i + 1; k < len(b); k++ {
			axpy(-l[k][i], b[k], b[i])
		}
		scale(b[i], 1/l[i][i])
	}
	return nil
}

func scale(row []float64, by float64) {
	for i := range row {
		row[i] *= by
	}
}
