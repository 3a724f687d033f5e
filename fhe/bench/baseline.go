package bench

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
	"github.com/tuneinsight/lattigo/v5/he/hefloat"
	"github.com/tuneinsight/lattigo/v5/ring"

	"github.com/encrypted-compute/encompute/fhe"
)

// Baseline says how lattigo's own linear transformations run a prefix. Each linear map and each square takes a level.
type Baseline struct {
	LogN               int
	LogQ, LogP         []int
	LogScale           int
	ConjugateInvariant bool
	Packed             bool // Orion's hybrid embedding instead of square matrices
	Multiplexed        bool // and its packing of strided outputs: channels in the gaps
}

func (b Baseline) parameters() (hefloat.Parameters, error) {
	lit := hefloat.ParametersLiteral{LogN: b.LogN, LogQ: b.LogQ, LogP: b.LogP, LogDefaultScale: b.LogScale}
	if b.ConjugateInvariant {
		lit.RingType = ring.ConjugateInvariant
	}
	return hefloat.NewParametersFromLiteral(lit)
}

// circuit is a baseline with its keys, its encoded weights and one encrypted input.
type circuit struct {
	params     hefloat.Parameters
	dimensions ring.Dimensions
	encoder    *hefloat.Encoder
	decryptor  *rlwe.Decryptor
	evaluator  *hefloat.Evaluator
	program    *program
	layouts    []layout // of the input, then after each step
	steps      []encodedStep
	input      *rlwe.Ciphertext
	output     *rlwe.Ciphertext // of the last evaluation
	keyBytes   int64
}

// encodedStep is a step in slots.
type encodedStep struct {
	transform hefloat.LinearTransformation
	folds     []int
	bias      *rlwe.Plaintext
	squared   bool
}

// build encodes the weights, makes the keys and encrypts x.
func (b Baseline) build(ctx context.Context, prefix fhe.Prefix, x []float64) (*circuit, error) {
	c := &circuit{}
	var err error
	if c.program, err = newProgram(prefix); err != nil {
		return nil, err
	}
	if c.params, err = b.parameters(); err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	if err := c.place(prefix, b); err != nil {
		return nil, err
	}
	c.encoder = hefloat.NewEncoder(c.params)
	levels := keyLevels{}
	level, scale := c.params.MaxLevel(), c.params.DefaultScale()
	for k, s := range c.program.steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, err := c.encode(k, b.Packed, level, scale)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", k, err)
		}
		c.steps = append(c.steps, e)
		levels.use(c.params, e, level)
		if level--; s.squared {
			scale = scale.Mul(scale).Div(rlwe.NewScale(c.params.Q()[level]))
			level--
		}
	}
	if level != 0 {
		return nil, fmt.Errorf("%d primes leave level %d at the end, want 0", len(b.LogQ), level)
	}
	return c, c.keys(ctx, levels, x)
}

// place chooses layouts and the number of slots.
func (c *circuit) place(prefix fhe.Prefix, b Baseline) error {
	depth, most := 0, 0
	c.layouts = []layout{natural(prefix.Input)}
	for k, s := range c.program.steps {
		next := natural(s.out)
		if b.Multiplexed {
			next = c.layouts[k].multiplexed(s.out, s.stride)
		}
		c.layouts = append(c.layouts, next)
		if depth++; s.squared {
			depth++
		}
	}
	for _, l := range c.layouts {
		most = max(most, l.slots())
	}
	if most > c.params.MaxSlots() || depth != c.params.MaxLevel() {
		return fmt.Errorf("%d slots and %d levels needed, the parameters have %d and %d", most, depth, c.params.MaxSlots(), c.params.MaxLevel())
	}
	c.dimensions = c.params.LogMaxDimensions()
	if !b.Packed {
		c.dimensions.Cols = int(math.Log2(float64(pow2(most))))
	}
	return nil
}

func (c *circuit) slots() int { return 1 << c.dimensions.Cols }

// encode encodes one step for a level and the scale of its input.
func (c *circuit) encode(k int, packed bool, level int, scale rlwe.Scale) (encodedStep, error) {
	s, in, out, slots := c.program.steps[k], c.layouts[k], c.layouts[k+1], c.slots()
	blocks := []int{slots}
	if packed {
		blocks = append(blocks, pow2(out.slots()))
	}
	how := embed(s.m, in, out, slots, blocks...)
	values := hefloat.Diagonals[float64](diagonals(s.m, in, out, how.block, slots))
	e := encodedStep{squared: s.squared, transform: hefloat.NewLinearTransformation(c.params, hefloat.LinearTransformationParameters{
		DiagonalsIndexList:       values.DiagonalsIndexList(),
		Level:                    level,
		Scale:                    rlwe.NewScale(c.params.Q()[level]), // the next rescaling divides by it
		LogDimensions:            c.dimensions,
		LogBabyStepGianStepRatio: how.ratio,
	})}
	if err := hefloat.EncodeLinearTransformation(c.encoder, values, e.transform); err != nil {
		return e, err
	}
	for r := how.block; r < slots; r *= 2 {
		e.folds = append(e.folds, r)
	}
	bias := make([]float64, slots)
	for i, v := range s.m.bias {
		for j := out.slot(i); j < slots; j += how.block {
			bias[j] = v
		}
	}
	e.bias = hefloat.NewPlaintext(c.params, level-1)
	e.bias.LogDimensions, e.bias.Scale = c.dimensions, scale
	return e, c.encoder.Encode(bias, e.bias)
}

// keyLevels is the highest level at which each Galois key is used, by Galois element; 0 is the relinearisation key.
type keyLevels map[uint64]int

func (l keyLevels) use(params hefloat.Parameters, e encodedStep, level int) {
	for _, g := range e.transform.GaloisElements(params) {
		if g != 1 {
			l[g] = max(l[g], level)
		}
	}
	for _, r := range e.folds {
		l[params.GaloisElement(r)] = max(l[params.GaloisElement(r)], level-1)
	}
	if e.squared {
		l[0] = max(l[0], level-1)
	}
}

// keys makes the keys and encrypts x.
func (c *circuit) keys(ctx context.Context, levels keyLevels, x []float64) error {
	generator := rlwe.NewKeyGenerator(c.params)
	sk := generator.GenSecretKeyNew()
	var galois []*rlwe.GaloisKey
	var relin *rlwe.RelinearizationKey
	for _, g := range slices.Sorted(maps.Keys(levels)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		level := levels[g]
		at := rlwe.EvaluationKeyParameters{LevelQ: &level}
		if g == 0 {
			relin = generator.GenRelinearizationKeyNew(sk, at)
			c.keyBytes += int64(relin.BinarySize())
			continue
		}
		key := generator.GenGaloisKeyNew(g, sk, at)
		c.keyBytes += int64(key.BinarySize())
		galois = append(galois, key)
	}
	c.evaluator = hefloat.NewEvaluator(c.params, rlwe.NewMemEvaluationKeySet(relin, galois...))
	c.decryptor = rlwe.NewDecryptor(c.params, sk)

	slots := make([]float64, c.slots())
	for i, v := range x {
		slots[c.layouts[0].slot(i)] = v
	}
	pt := hefloat.NewPlaintext(c.params, c.params.MaxLevel())
	pt.LogDimensions = c.dimensions
	if err := c.encoder.Encode(slots, pt); err != nil {
		return fmt.Errorf("encode input: %w", err)
	}
	var err error
	if c.input, err = rlwe.NewEncryptor(c.params, sk).EncryptNew(pt); err != nil {
		return fmt.Errorf("encrypt input: %w", err)
	}
	return nil
}

// evaluate runs the circuit on its input.
func (c *circuit) evaluate() error {
	x, ev := c.input, c.evaluator
	linear := hefloat.NewLinearTransformationEvaluator(ev)
	for _, s := range c.steps {
		y, err := linear.EvaluateNew(x, s.transform)
		if err != nil {
			return err
		}
		if err := ev.Rescale(y, y); err != nil {
			return err
		}
		for _, r := range s.folds {
			z, err := ev.RotateNew(y, r)
			if err != nil {
				return err
			}
			if err := ev.Add(y, z, y); err != nil {
				return err
			}
		}
		if err := ev.Add(y, s.bias, y); err != nil {
			return err
		}
		if s.squared {
			if err := ev.MulRelin(y, y, y); err != nil {
				return err
			}
			if err := ev.Rescale(y, y); err != nil {
				return err
			}
		}
		x = y
	}
	c.output = x
	return nil
}

// bits is the precision of the last output.
func (c *circuit) bits(want []float64) (float64, error) {
	slots := make([]float64, c.slots())
	if err := c.encoder.Decode(c.decryptor.DecryptNew(c.output), slots); err != nil {
		return 0, fmt.Errorf("decode: %w", err)
	}
	last := c.layouts[len(c.layouts)-1]
	got := make([]float64, size(last.shape))
	for i := range got {
		got[i] = slots[last.slot(i)]
	}
	if c.program.closing != nil {
		got = c.program.closing.apply(got)
	}
	return precision(want, got), nil
}
