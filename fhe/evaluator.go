package fhe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/ring"
	"github.com/tuneinsight/lattigo/v5/ring/ringqp"
	"github.com/tuneinsight/lattigo/v5/schemes/ckks"
)

// ErrMismatch marks a prefix that is not the one a plan was made for.
var ErrMismatch = errors.New("prefix does not match the plan")

// Evaluator is the worker's side: a plan and a prefix's weights, encoded once. It may be used by several goroutines.
type Evaluator struct {
	c       *checkedPlan
	threads int
	stages  []*encodedStage
	keyless *keylessMaps
}

// encodedStage is a stage with its diagonals as plaintext polynomials.
type encodedStage struct {
	st     StageLiteral
	level  int
	period int
	small  bool // no rotation before the products: they stay modulo Q
	pairs  []pair
	scale  rlwe.Scale // of the diagonals
	bias   ring.Poly
}

// pair is a giant step: an inner and an outer rotation and the products before them.
type pair struct {
	inner, outer int
	terms        []encodedTerm
}

// encodedTerm is one diagonal and what it multiplies: an input ciphertext, or a rotation of the only one.
type encodedTerm struct {
	operand  int
	diagonal diagonal
}

// still says that the stage rotates nothing at all, so that no key is needed for its products.
func (s *encodedStage) still() bool {
	return s.small && len(s.pairs) == 1 && s.st.Inner[s.pairs[0].inner] == 0 && s.st.Outer[s.pairs[0].outer] == 0
}

// NewEvaluator encodes the weights of a prefix for a plan, on a number of goroutines (0: all cores). It refuses a
// prefix of another skeleton. The same number of goroutines serves each Evaluate.
func NewEvaluator(ctx context.Context, plan Plan, prefix Prefix, threads int) (e *Evaluator, err error) {
	if plan.c == nil {
		return nil, fmt.Errorf("%w: empty", ErrPlan)
	}
	defer recoverTo(&err, ErrMismatch)
	c := plan.c
	if err := prefix.Validate(); err != nil {
		return nil, err
	}
	want, err := encodeCBOR(plainPrefix{Input: c.lit.Input, Layers: c.lit.Layers})
	if err != nil {
		return nil, err
	}
	got, err := encodeCBOR(plainPrefix(prefix.Skeleton()))
	if err != nil {
		return nil, err
	}
	if string(want) != string(got) {
		return nil, fmt.Errorf("%w: other layers or shapes", ErrMismatch)
	}
	packing, err := c.packing()
	if err != nil {
		return nil, err
	}
	prog, err := assemble(prefix, c.lit.Packing.Quadratic, !c.keyless(), true)
	if err != nil {
		return nil, err
	}
	e = &Evaluator{c: c, threads: workers(threads)}
	if c.keyless() {
		e.keyless, err = encodeKeyless(ctx, c, prog, packing, e.threads)
		return e, err
	}
	if err := prog.foldSquares(); err != nil {
		return nil, err
	}
	return e, e.encode(ctx, prog, packing)
}

// encode places and encodes every stage's map.
func (e *Evaluator) encode(ctx context.Context, prog *program, packing *packed) error {
	c := e.c
	scale := exp2(c.lit.Packing.LogScale)
	src := packing.inputs
	for k, st := range c.lit.Stages {
		if k > 0 {
			before := c.lit.Stages[k-1].Layout
			if prog.stages[k].lead != nil {
				before = before.folded()
			}
			src = [][]int32{before.index(prog.stages[k].mid)}
		}
		out := exp2(st.LogScale)
		s, err := c.encodeStage(ctx, k, newPlacement(src, st.Layout.index(prog.stages[k].out)), prog.maps[k], scale, out, e.threads)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrMismatch, err)
		}
		e.stages = append(e.stages, s)
		prog.maps[k] = nil
		if scale = out; c.geo.squares[k] {
			scale = out.Mul(out).Div(rlwe.NewScale(c.lit.Q[c.geo.levels[k]-1]))
		}
	}
	return nil
}

func (c *checkedPlan) encodeStage(ctx context.Context, k int, at placement, m *matrix, in, out rlwe.Scale, threads int) (*encodedStage, error) {
	st, level := c.lit.Stages[k], c.geo.levels[k]
	terms, err := at.terms(m, st)
	if err != nil {
		return nil, err
	}
	if len(terms) != st.Products { // before memory is spent on what was not declared
		return nil, fmt.Errorf("stage %q: %d products declared, its map needs %d", st.Name, st.Products, len(terms))
	}
	s := &encodedStage{
		st: st, level: level, period: at.period,
		small: len(st.Babies) == 1 && st.Babies[0] == 0,
		scale: out.Mul(rlwe.NewScale(c.lit.Q[level])).Div(in),
	}
	if len(at.src) > 1 && !s.small {
		return nil, fmt.Errorf("stage %q rotates several inputs", st.Name)
	}
	if log := math.Log2(s.scale.Float64()); log < 8 || log > 58 {
		return nil, fmt.Errorf("stage %q needs weights at scale 2^%.0f, want 2^8 to 2^58", st.Name, log)
	}
	diagonals := make([]diagonal, len(terms))
	encoders := newEncoders(c, threads)
	err = parallel(ctx, threads, len(terms), func(w, i int) error {
		levelP := c.params.MaxLevelP()
		if s.small {
			levelP = -1
		}
		p, err := c.encodePoly(encoders[w], terms[i].values, s.scale, level, levelP, true)
		diagonals[i] = newDiagonal(p, c.slots()/at.period)
		terms[i].values = nil
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("encode stage %q: %w", st.Name, err)
	}
	for i, t := range terms {
		n := len(s.pairs)
		if n == 0 || s.pairs[n-1].inner != t.inner || s.pairs[n-1].outer != t.outer {
			s.pairs = append(s.pairs, pair{inner: t.inner, outer: t.outer})
			n++
		}
		operand := t.baby
		if s.small {
			operand = t.input
		}
		s.pairs[n-1].terms = append(s.pairs[n-1].terms, encodedTerm{operand: operand, diagonal: diagonals[i]})
	}
	if len(s.pairs) != st.Pairs {
		return nil, fmt.Errorf("stage %q: %d pairs declared, its map needs %d", st.Name, st.Pairs, len(s.pairs))
	}
	bias := make([]float64, len(at.dst))
	for slot, i := range at.dst {
		if i >= 0 {
			bias[slot] = m.bias[i]
		}
	}
	poly, err := c.encodePoly(encoders[0], bias, out, level-1, -1, false)
	s.bias = poly.Q
	return s, err
}

func newEncoders(c *checkedPlan, n int) []*ckks.Encoder {
	list := []*ckks.Encoder{ckks.NewEncoder(c.params)}
	for len(list) < n {
		list = append(list, list[0].ShallowCopy())
	}
	return list
}

// encodePoly encodes values, repeated to fill the slots, as a plaintext polynomial modulo Q up to a level and the
// special primes. The number of values is a power of two.
func (c *checkedPlan) encodePoly(ecd *ckks.Encoder, values []float64, scale rlwe.Scale, level, levelP int, montgomery bool) (ringqp.Poly, error) {
	if len(values) == 1 { // the encoder wants two at least
		values = []float64{values[0], values[0]}
	}
	md := c.metadata(scale)
	md.IsMontgomery = montgomery
	md.LogDimensions.Cols = bits.Len(uint(len(values))) - 1
	if levelP < 0 {
		p := c.params.RingQ().AtLevel(level).NewPoly()
		return ringqp.Poly{Q: p}, ecd.Embed(values, md, p)
	}
	p := c.params.RingQP().AtLevel(level, levelP).NewPoly()
	return p, ecd.Embed(values, md, p)
}

// Evaluate runs the prefix on an input with the user's keys and returns exactly Info.OutputBytes bytes; the same
// keys and input give the same bytes. It stops between operations when the context ends and then returns its error.
// progress, if not nil, is called when a step of Info.Steps is done.
func (e *Evaluator) Evaluate(ctx context.Context, keys *Keys, input []byte, progress func(step int, name string)) (out []byte, err error) {
	defer recoverTo(&err, ErrEngine)
	if keys == nil || keys.c.digest != e.c.digest {
		return nil, fmt.Errorf("%w: evaluation keys of another plan", ErrBlob)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x, err := e.c.parseInput(input)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int, string) {}
	}
	if e.c.keyless() {
		if x, err = e.keyless.evaluate(ctx, e.c, x, e.threads); err != nil {
			return nil, err
		}
		progress(0, e.c.geo.stages[0].name())
	} else {
		eng := newEngine(ctx, e.c, keys.set, e.threads)
		for k, s := range e.stages {
			y, err := eng.linear(s, x)
			if err == nil && e.c.geo.squares[k] {
				y, err = eng.square(y, e.c.geo.folds[k])
			}
			if err != nil {
				return nil, fmt.Errorf("step %q: %w", s.st.Name, err)
			}
			x = []*rlwe.Ciphertext{y}
			progress(k, s.st.Name)
		}
	}
	return e.c.marshalOutput(x), nil
}

func (c *checkedPlan) outputBytes() int64 {
	return headerBytes + int64(c.lit.Outputs)*int64(c.outputDegree()+1)*c.polyBytes(c.outputLevel(), false)
}

func (c *checkedPlan) marshalOutput(list []*rlwe.Ciphertext) []byte {
	b := slices.Grow(c.header(magicOutput), int(c.outputBytes()))
	for _, ct := range list {
		for _, p := range ct.Value {
			b = c.appendPoly(b, p, c.lit.Q[:c.outputLevel()+1])
		}
	}
	return b
}
