package leakage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/encrypted-compute/encompute/privacy/compare"
)

// Errors of a measurement.
var (
	ErrSubject   = errors.New("invalid subject of a leakage measurement")
	ErrMechanism = errors.New("invalid release mechanism")
	ErrOptions   = errors.New("invalid options of a leakage measurement")
)

// Func maps a matrix row by row, such as a prefix does: n x d records to n x m intermediates.
type Func func(ctx context.Context, rows Matrix) (Matrix, error)

// Records are inputs, one a row, every value in [0, 1], and the class of each. Values of another range must be scaled to
// it, and the prefix given in terms of the scaled ones.
type Records struct {
	X      Matrix
	Labels []int // empty: not known
}

// Subject is a model cut in two, with data.
type Subject struct {
	// Shape of one record: [channels, height, width] of an image, [n] of a row of a table.
	Shape []int
	// Train is what the attacker owns. Test holds the records under attack, which nothing is fitted to.
	Train, Test Records
	// Shown are records that anybody may see: it is shown what becomes of them. No figure counts them.
	Shown Matrix
	// Prefix maps n x d records to n x m intermediates, after whatever layers the user's client runs.
	Prefix Func
	// Suffix maps n x m intermediates to n x c logits, c at least 2.
	Suffix Func
	// Pullback maps records (n x d) and the gradients of some function by their intermediates (n x m) to its gradients
	// by the records (n x d). Without it there is no search by gradients. See Network.
	Pullback func(ctx context.Context, x, dz Matrix) (Matrix, error)
	// Jacobian, if known, maps n x m intermediates to the derivatives of the logits, n x (c*m), row-major. Without it
	// they are taken from finite differences.
	Jacobian Func
}

// image reports whether records are images on which SSIM is defined.
func (s *Subject) image() bool {
	return compare.Image(s.Shape)
}

func (s *Subject) validate() error {
	d := 1
	for _, n := range s.Shape {
		d *= n
	}
	if len(s.Shape) != 1 && len(s.Shape) != 3 || d < 1 {
		return fmt.Errorf("%w: shape %v: want [n] or [channels, height, width]", ErrSubject, s.Shape)
	}
	if s.Prefix == nil || s.Suffix == nil {
		return fmt.Errorf("%w: prefix and suffix must both be given", ErrSubject)
	}
	for name, r := range map[string]Records{"train": s.Train, "test": s.Test} {
		if err := r.X.check(name); err != nil {
			return err
		}
		if r.X.Cols != d || r.X.Rows < 2 {
			return fmt.Errorf("%w: %s: %d records of %d values, want at least 2 of %d", ErrSubject, name, r.X.Rows, r.X.Cols, d)
		}
		if n := len(r.Labels); n != 0 && n != r.X.Rows {
			return fmt.Errorf("%w: %s: %d labels for %d records", ErrSubject, name, n, r.X.Rows)
		}
		if err := inUnit(name, r.X); err != nil {
			return err
		}
	}
	if s.Shown.Rows == 0 {
		return nil
	}
	if err := s.Shown.check("shown"); err != nil {
		return err
	}
	if s.Shown.Cols != d {
		return fmt.Errorf("%w: shown: records of %d values, want %d", ErrSubject, s.Shown.Cols, d)
	}
	return inUnit("shown", s.Shown)
}

func inUnit(name string, x Matrix) error {
	for i, v := range x.Data {
		if v < 0 || v > 1 {
			return fmt.Errorf("%w: %s: value %v of record %d is not in [0, 1]: scale the inputs", ErrSubject, name, v, i/x.Cols)
		}
	}
	return nil
}

// batched applies f to a few rows at a time, so that memory stays bounded and a context can end it.
func batched(ctx context.Context, f Func, x Matrix, size int) (Matrix, error) {
	var out Matrix
	for from := 0; from < x.Rows; from += size {
		if err := ctx.Err(); err != nil {
			return Matrix{}, err
		}
		to := min(from+size, x.Rows)
		y, err := f(ctx, x.Slice(from, to))
		if err != nil {
			return Matrix{}, err
		}
		if err := y.check("output"); err != nil {
			return Matrix{}, err
		}
		if y.Rows != to-from || from > 0 && y.Cols != out.Cols {
			return Matrix{}, fmt.Errorf("%w: output of %d x %d for %d rows", ErrSubject, y.Rows, y.Cols, to-from)
		}
		if from == 0 {
			out = NewMatrix(x.Rows, y.Cols)
		}
		copy(out.Data[from*y.Cols:], y.Data)
	}
	return out, nil
}

// Streams of random numbers, one for each purpose, so that no use of one shifts another.
const (
	streamGallery = iota + 1
	streamNoise
	streamDecoder
	streamHead
	streamSubspace
	streamUtility
)

func stream(seed uint64, purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, purpose)) }

// argmax is the class of each row.
func argmax(logits Matrix) []int {
	out := make([]int, logits.Rows)
	for i := range out {
		row := logits.Row(i)
		for c, v := range row {
			if v > row[out[i]] {
				out[i] = c
			}
		}
	}
	return out
}

// share is how often two lists agree.
func share(a, b []int) float64 {
	n := 0
	for i, v := range a {
		if v == b[i] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}
