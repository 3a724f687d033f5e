package fhe

import (
	"fmt"
	"maps"
	"slices"
)

// geometry is what follows from a literal without looking at single values: stages, levels, periods, folds.
type geometry struct {
	program *program // without maps
	stages  []stageGeometry
}

// stageGeometry is where a stage of a levelled plan stands.
type stageGeometry struct {
	linear int      // level of the map's result
	after  int      // level of the tensor behind polynomial and pool
	period int      // of the products
	fold   slotFold // of the products
	foldAt int      // its level
	pool   slotFold // of the polynomial's result
	poolAt int      // its level
	in     []operandGeometry
}

// operandGeometry is a tensor that a stage reads, in slots.
type operandGeometry struct {
	tensor int
	layout Layout // zero for windows of the input
}

// slotFold adds up count blocks of stride slots.
type slotFold struct{ stride, count int }

// newGeometry derives levels and folds and checks that stages and skeleton agree.
func newGeometry(lit PlanLiteral) (*geometry, error) {
	levelled := len(lit.Stages) > 0
	g, err := assemble(Prefix{Input: lit.Input, Layers: lit.Layers}, lit.Packing.Quadratic, lit.Closing, shapesOnly)
	if err != nil {
		return nil, err
	}
	geo := &geometry{program: g}
	if !levelled {
		if lit.Closing || len(g.stages) != 1 || lit.Packing.ByChannel || lit.Packing.Copies != 1 || lit.Packing.Rolls != 1 || lit.Packing.Layout != nil || g.stages[0].poly != nil && g.stages[0].poly.Degree != 2 {
			return nil, fmt.Errorf("a keyless plan has one linear map, at most one quadratic and no copies")
		}
		if lit.LogWeights < 10 || lit.LogWeights > 60 {
			return nil, fmt.Errorf("logWeights: %d, want 10 to 60", lit.LogWeights)
		}
		return geo, nil
	}
	if len(lit.Stages) != len(g.stages) {
		return nil, fmt.Errorf("%d stages, the layers need %d", len(lit.Stages), len(g.stages))
	}
	if err := geo.checkPacking(lit); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	for k := range lit.Stages {
		if err := geo.add(lit, k); err != nil {
			return nil, fmt.Errorf("stage %q: %w", lit.Stages[k].Name, err)
		}
	}
	if end := g.stages[len(g.stages)-1]; end.poly != nil && end.poly.folds() && !lit.Stages[len(lit.Stages)-1].Factored {
		return nil, fmt.Errorf("closing: the last square needs a map behind it, or must be factored")
	}
	last := lit.Stages[len(lit.Stages)-1].Layout
	if last.Kind == splitLayout || last.parts() != lit.Outputs {
		return nil, fmt.Errorf("outputs: %d ciphertexts declared, the last stage gives %d, which must hold nothing but values", lit.Outputs, last.parts())
	}
	return geo, nil
}

func (geo *geometry) checkPacking(lit PlanLiteral) error {
	in, slots := lit.Packing, 1<<lit.LogN
	if in.Layout == nil {
		if !isPow2(in.Copies) || in.Copies > slots || !isPow2(in.Rolls) || in.Rolls > maxRolls || in.Rolls > 1 && !in.ByChannel {
			return fmt.Errorf("%d copies and %d rolls, want powers of two up to %d and %d, rolls only by channel", in.Copies, in.Rolls, slots, maxRolls)
		}
		if len(geo.program.readers(0)) != 1 || geo.program.stages[0].sources[0] != 0 || len(geo.program.stages[0].sources) != 1 {
			return fmt.Errorf("several stages read the input: it must be a tensor in slots")
		}
		return nil
	}
	if in.Quadratic || in.ByChannel || in.Copies != 1 || in.Rolls != 1 || in.Layout.parts() != in.Ciphertexts || in.Layout.Kind == splitLayout {
		return fmt.Errorf("an input in a layout has no products, channels or copies, and a ciphertext for each part")
	}
	return in.Layout.check(lit.Input, slots)
}

// tensorAt is the layout of a tensor as stages read it, and its level.
func (geo *geometry) tensorAt(lit PlanLiteral, tensor int) (l Layout, level int) {
	if tensor == 0 {
		if lit.Packing.Layout != nil {
			l = *lit.Packing.Layout
		}
		return l, len(lit.Q) - 1
	}
	l = lit.Stages[tensor-1].Layout
	if geo.program.stages[tensor-1].pool != nil {
		l = l.folded()
	}
	return l, geo.stages[tensor-1].after
}

// add checks stage k and appends its geometry.
func (geo *geometry) add(lit PlanLiteral, k int) error {
	st, sg, slots := lit.Stages[k], geo.program.stages[k], 1<<lit.LogN
	if st.Name != sg.name() {
		return fmt.Errorf("the layers call it %q", sg.name())
	}
	if err := st.Layout.check(sg.mid, slots); err != nil {
		return err
	}
	if err := st.check(sg, slots); err != nil {
		return err
	}
	s, err := geo.place(lit, k)
	if err != nil {
		return err
	}
	geo.stages = append(geo.stages, s)
	return nil
}

// place derives the geometry of stage k, whose layout and fields were checked.
func (geo *geometry) place(lit PlanLiteral, k int) (stageGeometry, error) {
	st, sg, slots := lit.Stages[k], geo.program.stages[k], 1<<lit.LogN
	s := stageGeometry{linear: st.Level - 1, foldAt: st.Level, period: st.Layout.period(), pool: slotFold{stride: 1, count: 1}}
	if st.FoldLate {
		s.foldAt = s.linear
	}
	s.poolAt, s.after = s.linear, s.linear
	switch {
	case sg.poly == nil:
	case sg.poly.Degree > 2:
		s.after -= sg.poly.levels()
		s.poolAt = s.after
	case !st.KeepSquare:
		s.after--
	}
	if s.after < 0 {
		return s, fmt.Errorf("level %d is too low for what it computes", st.Level)
	}
	for _, t := range sg.sources {
		l, level := geo.tensorAt(lit, t)
		if st.Level > level {
			return s, fmt.Errorf("level %d is above that of what it reads, %d", st.Level, level)
		}
		s.in = append(s.in, operandGeometry{t, l})
		if t == 0 && lit.Packing.Layout == nil {
			if s.period *= lit.Packing.Copies; s.period > slots {
				return s, fmt.Errorf("packing: %d copies of %d slots do not fit", lit.Packing.Copies, st.Layout.period())
			}
		} else {
			s.period = max(s.period, l.period())
		}
	}
	s.fold.stride, s.fold.count = st.Layout.fold(s.period)
	if sg.pool != nil {
		if len(st.Layout.Digits) == 0 || st.Layout.Digits[0] != sg.pool.Kernel || st.Layout.Kind != "" {
			return s, fmt.Errorf("its pool does not find its phases in the layout")
		}
		s.pool.stride = st.Layout.folded().period()
		s.pool.count = st.Layout.period() / s.pool.stride
	}
	return s, nil
}

// check checks the fields of a stage that do not depend on other stages.
func (st StageLiteral) check(sg *stage, slots int) error {
	for _, list := range [][]int{st.Babies, st.Inner, st.Outer} {
		if len(list) < 1 || len(list) > maxSteps {
			return fmt.Errorf("%d rotations in a list, want 1 to %d", len(list), maxSteps)
		}
		for i, s := range list {
			if s <= -slots || s >= slots || i > 0 && s <= list[i-1] {
				return fmt.Errorf("rotations must ascend within %d slots", slots)
			}
		}
	}
	if st.LogScale < 10 || st.LogScale > 100 || st.Products < 1 || st.Pairs < 1 || st.Level < 0 || st.Level > maxPrimes {
		return fmt.Errorf("level %d, scale 2^%d, %d products, %d pairs", st.Level, st.LogScale, st.Products, st.Pairs)
	}
	if st.KeepSquare && (sg.poly == nil || !sg.poly.folds() || st.Factored) {
		return fmt.Errorf("only a square can be left for the next map to rescale")
	}
	if quadratic := sg.poly != nil && sg.poly.Degree == 2; st.Factored && !quadratic || !st.Factored && quadratic && sg.poly.Mixed {
		return fmt.Errorf("a quadratic without some squares, and nothing else but quadratics, must be factored")
	}
	return checkRadix(st.Radix)
}

func (c *checkedPlan) keyless() bool { return len(c.lit.Stages) == 0 }

func (c *checkedPlan) slots() int { return 1 << c.lit.LogN }

func (c *checkedPlan) outputLevel() int {
	if c.keyless() {
		return len(c.lit.Q) - 1
	}
	return c.geo.stages[len(c.geo.stages)-1].after
}

func (c *checkedPlan) outputDegree() int {
	if c.keyless() && c.geo.program.stages[0].poly != nil {
		return 2
	}
	return 1
}

func (c *checkedPlan) outputLogScale() int {
	if !c.keyless() {
		return c.lit.Stages[len(c.lit.Stages)-1].LogScale
	}
	return (c.lit.Packing.LogScale + c.lit.LogWeights) * c.outputDegree()
}

// relinLevel is the highest level at which ciphertexts are multiplied, -1 if none are.
func (c *checkedPlan) relinLevel() int {
	level := -1
	if !c.keyless() {
		for k, s := range c.geo.program.stages {
			if s.poly != nil {
				level = max(level, c.geo.stages[k].linear)
			}
		}
	}
	return level
}

// rotations lists the Galois keys in ascending order of their steps.
func (c *checkedPlan) rotations() []Rotation {
	level := map[int]int{}
	use := func(l int, steps ...int) {
		for _, s := range steps {
			if s = mod(s, c.slots()); s != 0 {
				level[s] = max(level[s], l)
			}
		}
	}
	for k, st := range c.lit.Stages {
		s := c.geo.stages[k]
		use(st.Level, st.Babies...)
		use(st.Level, st.Inner...)
		use(st.Level, st.Outer...)
		for _, round := range foldSteps(s.fold.stride, s.fold.count, st.Radix) {
			use(s.foldAt, round...)
		}
		for _, round := range foldSteps(s.pool.stride, s.pool.count, st.Radix) {
			use(s.poolAt, round...)
		}
	}
	var list []Rotation
	for _, s := range slices.Sorted(maps.Keys(level)) {
		list = append(list, Rotation{Step: s, Level: level[s]})
	}
	return list
}
