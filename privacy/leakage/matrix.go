package leakage

import (
	"fmt"
	"math"
	"runtime"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"
)

// Matrix holds a record, an intermediate or a list of logits in each row.
type Matrix struct {
	Rows, Cols int
	Data       []float32 // row-major, Rows*Cols
}

// NewMatrix returns a matrix of zeros.
func NewMatrix(rows, cols int) Matrix {
	return Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
}

// Row returns row i, not copied.
func (m Matrix) Row(i int) []float32 { return m.Data[i*m.Cols : (i+1)*m.Cols] }

// Slice returns the rows from one to another, not copied.
func (m Matrix) Slice(from, to int) Matrix {
	return Matrix{Rows: to - from, Cols: m.Cols, Data: m.Data[from*m.Cols : to*m.Cols]}
}

// append copies the rows of both.
func (m Matrix) append(other Matrix) Matrix {
	return Matrix{Rows: m.Rows + other.Rows, Cols: m.Cols, Data: slices.Concat(m.Data, other.Data)}
}

// Pick copies the rows of the given numbers.
func (m Matrix) Pick(rows []int) Matrix {
	out := NewMatrix(len(rows), m.Cols)
	for i, r := range rows {
		copy(out.Row(i), m.Row(r))
	}
	return out
}

// check refuses a matrix that is not what its sides say, or that holds no number somewhere.
func (m Matrix) check(what string) error {
	if m.Rows < 1 || m.Cols < 1 || len(m.Data) != m.Rows*m.Cols {
		return fmt.Errorf("%w: %s: %d values for %d rows of %d", ErrSubject, what, len(m.Data), m.Rows, m.Cols)
	}
	for i, v := range m.Data {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("%w: %s: value %d of row %d is %v", ErrSubject, what, i%m.Cols, i/m.Cols, v)
		}
	}
	return nil
}

func (m Matrix) clone() Matrix {
	return Matrix{Rows: m.Rows, Cols: m.Cols, Data: append([]float32(nil), m.Data...)}
}

func (m Matrix) general() blas32.General {
	return blas32.General{Rows: m.Rows, Cols: m.Cols, Stride: m.Cols, Data: m.Data}
}

// multiply is a b.
func multiply(a, b Matrix) Matrix {
	out := NewMatrix(a.Rows, b.Cols)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, a.general(), b.general(), 0, out.general())
	return out
}

// multiplyT is a b^T. Almost all time of an attack goes by in it.
func multiplyT(a, b Matrix) Matrix {
	out := NewMatrix(a.Rows, b.Rows)
	if runtime.GOARCH == "wasm" { // where gonum has no assembly
		products(a, b, out)
		return out
	}
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, a.general(), b.general(), 0, out.general())
	return out
}

// products fills in a b^T, two rows of a and four of b at a time: what is loaded is used more than once, and no sum waits for
// the one before. Without assembly that is six times as fast as sum by sum.
func products(a, b, out Matrix) {
	for i := 0; i < a.Rows; i += 2 {
		x0 := a.Row(i)
		x1 := a.Row(min(i+1, a.Rows-1))[:len(x0)]
		for j := 0; j < b.Rows; j += 4 {
			last := b.Rows - 1
			y0, y1 := b.Row(j)[:len(x0)], b.Row(min(j+1, last))[:len(x0)]
			y2, y3 := b.Row(min(j+2, last))[:len(x0)], b.Row(min(j+3, last))[:len(x0)]
			var s00, s01, s02, s03, s10, s11, s12, s13 float32
			for l, u := range x0 {
				v, p, q, r, s := x1[l], y0[l], y1[l], y2[l], y3[l]
				s00, s01, s02, s03 = s00+u*p, s01+u*q, s02+u*r, s03+u*s
				s10, s11, s12, s13 = s10+v*p, s11+v*q, s12+v*r, s13+v*s
			}
			copy(out.Row(i)[j:], []float32{s00, s01, s02, s03})
			if i+1 < a.Rows {
				copy(out.Row(i + 1)[j:], []float32{s10, s11, s12, s13})
			}
		}
	}
}

// transposed is a copy with rows and columns exchanged.
func (m Matrix) transposed() Matrix {
	out := NewMatrix(m.Cols, m.Rows)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			out.Data[j*m.Rows+i] = v
		}
	}
	return out
}

// dense is a copy in double precision.
func (m Matrix) dense() *mat.Dense {
	data := make([]float64, len(m.Data))
	for i, v := range m.Data {
		data[i] = float64(v)
	}
	return mat.NewDense(m.Rows, m.Cols, data)
}

// single is a copy in single precision.
func single(d mat.Matrix) Matrix {
	rows, cols := d.Dims()
	out := NewMatrix(rows, cols)
	for i := range rows {
		for j := range cols {
			out.Data[i*cols+j] = float32(d.At(i, j))
		}
	}
	return out
}

// center subtracts a mean from every row.
func center(d *mat.Dense, mean []float64) {
	rows, _ := d.Dims()
	for i := range rows {
		row := d.RawRowView(i)
		for j, m := range mean {
			row[j] -= m
		}
	}
}

// moments returns the mean of the rows and their covariance (divided by the number of rows - 1).
func moments(m Matrix) (mean []float64, cov *mat.SymDense) {
	mean = means(m)
	d := m.dense()
	center(d, mean)
	cov = mat.NewSymDense(m.Cols, nil)
	cov.SymOuterK(1/float64(max(m.Rows-1, 1)), d.T())
	return mean, cov
}

func means(m Matrix) []float64 {
	mean := make([]float64, m.Cols)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			mean[j] += float64(v) / float64(m.Rows)
		}
	}
	return mean
}

func trace(s mat.Symmetric) float64 { return mat.Trace(s) }

// addDiagonal returns s plus v on the diagonal.
func addDiagonal(s mat.Symmetric, v float64) *mat.SymDense {
	out := mat.NewSymDense(s.SymmetricDim(), nil)
	out.CopySym(s)
	for i := range s.SymmetricDim() {
		out.SetSym(i, i, out.At(i, i)+v)
	}
	return out
}
