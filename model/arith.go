package model

import "slices"

// plain is arithmetic on the elements of dense tensors of one shape, in Go alone. Browsers' programs use it: gorgonia, with
// what it imports, would be half of what a tab loads. All others use gorgonia, and a test holds that both give the same.
type plain struct{}

func (plain) add(a, b []float32) ([]float32, error) {
	out := slices.Clone(a)
	for i, v := range b {
		out[i] += v
	}
	return out, nil
}

func (plain) sub(a, b []float32) ([]float32, error) {
	out := slices.Clone(a)
	for i, v := range b {
		out[i] -= v
	}
	return out, nil
}

func (plain) mul(a, b []float32) ([]float32, error) {
	out := slices.Clone(a)
	for i, v := range b {
		out[i] *= v
	}
	return out, nil
}

func (plain) div(a, b []float32) ([]float32, error) {
	out := slices.Clone(a)
	for i, v := range b {
		out[i] /= v
	}
	return out, nil
}

// minimum gives a's element where one of the two is no number.
func (plain) minimum(a, b []float32) ([]float32, error) {
	out := slices.Clone(a)
	for i, v := range b {
		if v < out[i] {
			out[i] = v
		}
	}
	return out, nil
}

// maximum gives a's element where one of the two is no number.
func (plain) maximum(a, b []float32) ([]float32, error) {
	out := slices.Clone(a)
	for i, v := range b {
		if v > out[i] {
			out[i] = v
		}
	}
	return out, nil
}

// concat joins matrices of so many rows side by side.
func (plain) concat(parts [][]float32, rows int) ([]float32, error) {
	var out []float32
	for row := range rows {
		for _, p := range parts {
			n := len(p) / rows
			out = append(out, p[row*n:(row+1)*n]...)
		}
	}
	return out, nil
}

// Tiles of the right matrix that stay in the processor's cache while all rows of the left one pass.
const (
	tileRows    = 64
	tileColumns = 512
)

// matMul multiplies row-major a (m x k) by b (k x n); transB reads b as n x k.
func (plain) matMul(a, b []float32, m, k, n int, transB bool) ([]float32, error) {
	out := make([]float32, m*n)
	if transB {
		for i := range out {
			row, column := a[i/n*k:][:k], b[i%n*k:][:k]
			for l := 0; l < k; l += tileRows { // sums of sums lose less
				out[i] += dot(row[l:min(l+tileRows, k)], column[l:min(l+tileRows, k)])
			}
		}
		return out, nil
	}
	for top := 0; top < k; top += tileRows {
		for left := 0; left < n; left += tileColumns {
			width := min(tileColumns, n-left)
			for i := range m {
				to := out[i*n+left:][:width]
				for l := top; l < min(top+tileRows, k); l++ {
					addScaled(to, a[i*k+l], b[l*n+left:][:width])
				}
			}
		}
	}
	return out, nil
}

func dot(a, b []float32) (sum float32) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// addScaled adds a multiple of a row to another. A factor of zero adds nothing, whatever the row holds.
func addScaled(to []float32, factor float32, row []float32) {
	if factor == 0 {
		return
	}
	for i, v := range row {
		to[i] += factor * v
	}
}
