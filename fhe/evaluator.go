package fhe

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
)

// ErrMismatch marks a prefix that is not the one a plan was made for.
var ErrMismatch = errors.New("prefix does not match the plan")

// Evaluator is the worker's side: a plan and a prefix's weights, encoded once. It may be used by several goroutines.
type Evaluator struct {
	c       *checkedPlan
	threads int

	moduli  *moduli
	pool    *limbPool
	stages  []*encodedStage
	keyless *keylessMaps
}

// NewEvaluator encodes the weights of a prefix for a plan, on a number of goroutines (0: all cores). It refuses a
// prefix of another skeleton. The same number of goroutines serves each Evaluate.
func NewEvaluator(ctx context.Context, plan Plan, prefix Prefix, threads int) (*Evaluator, error) {
	return newEvaluator(ctx, plan, prefix, threads, true)
}

// NewPortableEvaluator is NewEvaluator without kernels of package ring52: lattigo's own transforms and portable sums, as
// on machines that have no others. Results are the same, bit for bit; it serves to compare.
func NewPortableEvaluator(ctx context.Context, plan Plan, prefix Prefix, threads int) (*Evaluator, error) {
	return newEvaluator(ctx, plan, prefix, threads, false)
}

func newEvaluator(ctx context.Context, plan Plan, prefix Prefix, threads int, kernels bool) (e *Evaluator, err error) {
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
	e = &Evaluator{c: c, threads: workers(threads)}
	if c.keyless() {
		e.keyless, err = encodeKeyless(ctx, c, prefix, packing, e.threads, kernels)
		return e, err
	}
	prog, err := assemble(prefix, c.lit.Packing.Quadratic, c.lit.Closing, weights)
	if err != nil {
		return nil, err
	}
	prog.foldSquares(c.lit.Stages)
	e.moduli, e.pool = newModuli(c.params, kernels), newLimbPool(c.slots())
	return e, e.encode(ctx, prog, packing)
}

// foldSquares turns every quadratic that can be into a plain square, in place: a z^2 + b z + c is
// sign(a) (sqrt|a| z + b/(2 sign(a) sqrt|a|))^2 + c - b^2/(4a), and what stands outside the square goes into the maps
// that follow, like the division by the area of a pool. Those that are factored stay.
func (g *program) foldSquares(stages []StageLiteral) {
	for k, s := range g.stages {
		if s.poly == nil || !s.poly.folds() || stages[k].Factored {
			continue
		}
		ch, plane := channels(s.mid)
		sign, constant := make([]float64, ch), make([]float64, ch)
		for c := range ch {
			root := 1.0
			root, sign[c], constant[c] = s.poly.square(c)
			b := s.poly.Coefficients[1][c]
			for i := c * plane; i < (c+1)*plane; i++ {
				for _, m := range s.maps {
					for n := m.ptr[i]; n < m.ptr[i+1]; n++ {
						m.val[n] *= root
					}
				}
				s.bias[i] = s.bias[i]*root + sign[c]*b/(2*root)
			}
		}
		for _, r := range g.readers(k + 1) {
			next := g.stages[r]
			m := next.maps[slices.Index(next.sources, k+1)]
			_, plane := channels(s.out)
			for i := range m.rows() {
				cols, at := m.row(i)
				for n, j := range cols {
					c := int(j) / plane
					next.bias[i] += m.val[at+n] * constant[c]
					m.val[at+n] *= sign[c] / s.area()
				}
			}
		}
	}
}

// area is how many values the stage's pool averages, 1 without one.
func (s *stage) area() float64 {
	if s.pool == nil {
		return 1
	}
	return float64(s.pool.Kernel[0] * s.pool.Kernel[1])
}

// encode places and encodes every stage.
func (e *Evaluator) encode(ctx context.Context, prog *program, packing *packed) error {
	c := e.c
	scales := c.scales()
	for k := range c.lit.Stages {
		s, err := c.encodeStage(ctx, k, prog.stages[k], packing, scales, e.threads)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrMismatch, err)
		}
		e.stages = append(e.stages, s)
		prog.stages[k].maps = nil
	}
	return nil
}

// scales are the exact scales of the tensors: of the input, then behind each stage.
func (c *checkedPlan) scales() []rlwe.Scale {
	list := []rlwe.Scale{exp2(c.lit.Packing.LogScale)}
	for k, st := range c.lit.Stages {
		scale := exp2(st.LogScale)
		if p := c.geo.program.stages[k].poly; p != nil && p.Degree == 2 && !st.Factored {
			scale = scale.Mul(scale)
			if !st.KeepSquare {
				scale = scale.Div(rlwe.NewScale(c.lit.Q[c.geo.stages[k].linear]))
			}
		}
		list = append(list, scale)
	}
	return list
}

// operands are the ciphertexts a stage reads, each with its map.
func (c *checkedPlan) operands(k int, sg *stage, packing [][]int32) (list []operand) {
	for i, in := range c.geo.stages[k].in {
		if in.tensor == 0 {
			for _, column := range packing {
				list = append(list, operand{sg.maps[i], column})
			}
			continue
		}
		for part := range in.layout.parts() {
			list = append(list, operand{sg.maps[i], in.layout.index(c.geo.program.stages[in.tensor-1].out, part)})
		}
	}
	return list
}

// Evaluate runs the prefix on an input with the user's keys and returns exactly Info.OutputBytes bytes; the same
// keys and input give the same bytes. It stops between operations when the context ends and then returns its error.
// progress, if not nil, is called when a step of Info.Steps is done.
func (e *Evaluator) Evaluate(ctx context.Context, keys *Keys, input []byte, progress func(step int, name string)) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	in, err := e.LoadInput(input)
	if err != nil {
		return nil, err
	}
	return e.EvaluateLoaded(ctx, keys, in, progress)
}

// EvaluateLoaded is Evaluate on an input that was loaded before.
func (e *Evaluator) EvaluateLoaded(ctx context.Context, keys *Keys, in *Input, progress func(step int, name string)) (out []byte, err error) {
	defer recoverTo(&err, ErrEngine)
	if keys == nil || keys.c.digest != e.c.digest {
		return nil, fmt.Errorf("%w: evaluation keys of another plan", ErrBlob)
	}
	if in == nil || in.c.digest != e.c.digest {
		return nil, fmt.Errorf("%w: input of another plan", ErrBlob)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x := in.list
	if progress == nil {
		progress = func(int, string) {}
	}
	if e.c.keyless() {
		if x, err = e.keyless.evaluate(ctx, e.c, x, e.threads); err != nil {
			return nil, err
		}
		progress(0, e.c.geo.program.stages[0].name())
		return e.c.marshalOutput(x), nil
	}
	if x, err = e.levelled(e.engine(ctx, keys), x, progress); err != nil {
		return nil, err
	}
	return e.c.marshalOutput(x), nil
}

func (e *Evaluator) engine(ctx context.Context, keys *Keys) *engine {
	return &engine{c: e.c, ctx: ctx, keys: keys, threads: e.threads, moduli: e.moduli, pool: e.pool}
}

// levelled evaluates stage by stage; tensors that no later stage reads are dropped.
func (e *Evaluator) levelled(eng *engine, x []*rlwe.Ciphertext, progress func(step int, name string)) ([]*rlwe.Ciphertext, error) {
	g := e.c.geo.program
	tensors := [][]*rlwe.Ciphertext{x}
	for k, s := range e.stages {
		var in []*rlwe.Ciphertext
		for _, t := range g.stages[k].sources {
			for _, ct := range tensors[t] {
				in = append(in, atLevel(ct, s.st.Level))
			}
		}
		y, err := eng.stage(s, in)
		if err != nil {
			return nil, fmt.Errorf("step %q: %w", s.st.Name, err)
		}
		for _, t := range g.stages[k].sources {
			if readers := g.readers(t); t > 0 && readers[len(readers)-1] == k {
				for _, ct := range tensors[t] {
					eng.drop(ct)
				}
				tensors[t] = nil
			}
		}
		tensors = append(tensors, y)
		progress(k, s.st.Name)
	}
	return tensors[len(tensors)-1], nil
}

// stage evaluates a map, its polynomial and its pool.
func (e *engine) stage(s *encodedStage, x []*rlwe.Ciphertext) ([]*rlwe.Ciphertext, error) {
	list, err := e.linear(s, x)
	if err != nil {
		return nil, err
	}
	results := list[:s.st.Layout.parts()]
	for part, y := range results {
		switch {
		case s.st.Factored:
			y, err = e.product(s, part, y, list[len(results)+part])
		case s.square:
			y, err = e.product(s, part, y, y)
		case s.poly != nil:
			y, err = e.polynomial(s.poly, part, y)
			if err == nil {
				y, err = e.folded(plain(y), y.Level(), y.Scale, s.geo.pool, s.st.Radix, false)
			}
		}
		if err != nil {
			return nil, err
		}
		results[part] = y
	}
	return results, nil
}

// product multiplies two maps, or one by itself, adds up the phases of the pool that follows, if any, and rescales
// once, unless the next map does. The constant of a factored quadratic comes last.
func (e *engine) product(s *encodedStage, part int, x, w *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {
	level := x.Level()
	z, scale, err := e.multiply(x, w)
	if e.drop(x); w != x {
		e.drop(w)
	}
	if err != nil {
		return nil, err
	}
	y, err := e.folded(z, level, scale, s.geo.pool, s.st.Radix, !s.st.KeepSquare)
	if err != nil || !s.st.Factored {
		return y, err
	}
	e.addConstant(y, s.constant[part])
	return y, nil
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
