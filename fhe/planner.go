package fhe

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
)

// maxSpecial is the most special primes tried: more make fewer digits of each key switch, and wider moduli.
const maxSpecial = 3

// sizes are the bits of the primes of a levelled plan. A linear map consumes a prime of about the scale of its
// weights, a square one of about the scale of its input, which it keeps.
type sizes struct {
	q, p  []int
	scale int // log2 of the scale before each square
	last  int // and at the end
}

// finalGain is how many bits the last scale exceeds the others. The rounding of the last rescaling is then small
// beside the noise before it, for nothing: what the bottom prime gains, the last map's prime gives. Only where each
// prime is a digit of its own does a wider bottom prime ask for a wider special prime.
func finalGain(special int) int {
	if special == 1 {
		return 2
	}
	return 8
}

// primeBits fills the security budget of a ring degree: wide primes cost no more time than narrow ones.
func primeBits(list []stage, logN, special int, bound float64) (sizes, error) {
	headroom := max(2, int(math.Ceil(math.Log2(bound)))+2)
	for scale := 48; scale >= 28; scale-- {
		linear := min(scale-5, 44)
		gain := max(0, min(finalGain(special), 58-scale-headroom, linear-24))
		s := sizes{scale: scale, last: scale + gain, q: []int{scale + gain + headroom, linear - gain}}
		for _, st := range slices.Backward(list[:len(list)-1]) {
			if st.poly != nil {
				s.q = append(s.q, scale)
			}
			s.q = append(s.q, linear)
		}
		digit := 0
		for group := range slices.Chunk(s.q, special) {
			digit = max(digit, sum(group))
		}
		for range special {
			s.p = append(s.p, (digit+special)/special)
		}
		if max(slices.Max(s.q), s.p[0]) <= 58 && float64(sum(s.q)+sum(s.p)) <= maxLogQP[logN]-0.5 {
			return s, nil
		}
	}
	return sizes{}, fmt.Errorf("%d linear maps and their squares need a larger modulus than ring degree 2^%d allows", len(list), logN)
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// primes draws the moduli.
func (s sizes) primes(logN int) (q, p []uint64, err error) {
	return rlwe.GenModuli(logN+2, s.q, s.p)
}

// structure is the program without weights, built once.
func (k *compiler) structure(quadratic, closing bool) (*program, error) {
	i := 0
	if quadratic {
		i++
	}
	if closing {
		i += 2
	}
	if k.programs[i] == nil && k.failed[i] == nil {
		k.programs[i], k.failed[i] = assemble(k.skeleton, quadratic, closing, false)
	}
	return k.programs[i], k.failed[i]
}

// levelled builds the cheapest levelled plan at one ring degree with a number of special primes.
func (k *compiler) levelled(quadratic bool, logN, special int) (PlanLiteral, error) {
	lit := k.base(quadratic, logN)
	g, err := k.structure(quadratic, true)
	if err != nil {
		return lit, err
	}
	s, err := primeBits(g.stages, logN, special, k.bound)
	if err != nil {
		return lit, err
	}
	return k.withSizes(g, lit, s)
}

// withSizes chooses layouts and rotations under given moduli.
func (k *compiler) withSizes(g *program, lit PlanLiteral, s sizes) (PlanLiteral, error) {
	var err error
	if lit.Q, lit.P, err = s.primes(lit.LogN); err != nil {
		return lit, err
	}
	lit.Packing.LogScale = s.scale
	a := arranger{k: k, lit: lit, g: g, cost: newCost(lit.LogN, len(lit.P)), level: len(lit.Q) - 1}
	proposed := layouts(g.stages)
	for n := range g.stages {
		if a.scale = s.scale; n == len(g.stages)-1 {
			a.scale = s.last
		}
		if err := a.stage(n, proposed[n]); err != nil {
			return lit, fmt.Errorf("stage %q: %w", g.stages[n].name(), err)
		}
	}
	return a.lit, nil
}

// arranger chooses layouts and rotations stage by stage.
type arranger struct {
	k     *compiler
	lit   PlanLiteral
	g     *program
	cost  cost
	level int
	scale int
}

// option is one way to run a stage.
type option struct {
	st      StageLiteral
	packing InputLiteral
	score   float64
}

func (a *arranger) stage(n int, proposed Layout) error {
	sg := a.g.stages[n]
	shapes := []Layout{proposed}
	if n > 0 && !planar(sg.out) {
		// A flat output may also stay where its inputs are.
		shapes = append(shapes, Layout{Channels: proposed.Channels, Row: 1, Plane: a.lit.Stages[n-1].Layout.Plane})
	}
	var options []option
	for _, l := range shapes {
		if l.period() > 1<<a.lit.LogN {
			continue
		}
		if n == 0 {
			options = append(options, a.first(l, sg)...)
		} else {
			options = append(options, a.next(l, n)...)
		}
	}
	slices.SortStableFunc(options, func(x, y option) int { return cmp.Compare(x.score, y.score) })
	err := fmt.Errorf("a tensor of shape %v does not fit %d slots", sg.out, 1<<a.lit.LogN)
	for _, o := range options {
		if err = a.take(n, o); err == nil {
			return nil
		}
	}
	return err
}

// take places a stage's map as an option says and adds the stage to the plan.
func (a *arranger) take(n int, o option) error {
	sg := a.g.stages[n]
	var at placement
	if n > 0 {
		at = a.placement(n, o.st.Layout)
	} else {
		src, err := o.packing.sources(a.k.classes(a.g), o.st.Layout, sg.out)
		if err != nil {
			return err
		}
		o.packing.Ciphertexts = len(src)
		at = newPlacement(src, o.st.Layout.index(sg.out))
	}
	terms, err := at.terms(a.g.maps[n], o.st)
	if err != nil {
		return err
	}
	o.st.Products, o.st.Pairs = countTerms(terms)
	a.lit.Packing = o.packing
	a.lit.Stages = append(a.lit.Stages, o.st)
	if a.level--; sg.poly != nil {
		a.level--
	}
	return nil
}

func countTerms(terms []term) (products, pairs int) {
	for i, t := range terms {
		if i == 0 || t.inner != terms[i-1].inner || t.outer != terms[i-1].outer {
			pairs++
		}
	}
	return len(terms), pairs
}

// keySeconds is the transfer time of one Galois key.
func (a *arranger) keySeconds() float64 {
	bits := logOf(a.lit.Q[:a.level+1], a.lit.P)
	return a.cost.digits(a.level) * bits * a.cost.n / 8 / linkBytesPerSecond
}

// price is the time of a stage and of the transfer of its keys.
func (a *arranger) price(st StageLiteral, period int) float64 {
	keys := len(st.Babies) + len(st.Inner) + len(st.Outer) - 3
	own := st.Layout.period()
	for _, round := range foldSteps(own, period/own) {
		keys += len(round)
	}
	return composition*a.cost.linear(a.level, st, period)/1e9 + float64(max(keys, 0))*a.keySeconds()
}

// first proposes packings of the input for a layout of the first output.
func (a *arranger) first(l Layout, sg stage) (options []option) {
	cls := a.k.classes(a.g)
	upload := logOf(a.lit.Q) * a.cost.n / 8 / linkBytesPerSecond
	for _, byChannel := range []bool{false, true} {
		if byChannel && l.Channels == 1 {
			continue
		}
		for copies := 1; copies*l.period() <= 1<<a.lit.LogN; copies *= 2 {
			in := a.lit.Packing
			in.ByChannel, in.Copies = byChannel, copies
			lanes := in.lanes(l)
			if copies > 1 && lanes >= 2*pow2(cls.width) {
				break // the lanes that this adds stay empty
			}
			count := in.count(cls, l)
			if count > maxInputs {
				continue
			}
			shifts := []int{0}
			for c := 1; byChannel && c < l.Channels; c++ {
				shifts = append(shifts, c*l.Plane)
			}
			for _, radix := range []int{1, 2, 4, 8} {
				st := StageLiteral{Name: sg.name(), Layout: l, Babies: []int{0}, LogScale: a.scale}
				st.Inner, st.Outer = splitGiants(shifts, l.Plane*radix)
				st.Products, st.Pairs = len(shifts)*count, len(shifts)
				options = append(options, option{st, in, a.price(st, l.period()*copies) + upload*float64(count)})
			}
		}
	}
	return options
}

// placement is a later stage in slots, for a layout of its output.
func (a *arranger) placement(n int, l Layout) placement {
	sg, before := a.g.stages[n], a.lit.Stages[n-1].Layout
	if sg.lead != nil {
		before = before.folded()
	}
	return newPlacement([][]int32{before.index(sg.mid)}, l.index(sg.out))
}

// next proposes rotations for a stage on the output of the one before.
func (a *arranger) next(l Layout, n int) (options []option) {
	at := a.placement(n, l)
	key := fmt.Sprint(a.lit.Packing.Quadratic, n, a.lit.Stages[n-1].Layout, l)
	shifts, ok := a.k.shifts[key]
	if !ok {
		shifts = at.shifts(a.g.maps[n])
		a.k.shifts[key] = shifts
	}
	for _, d := range decompositions(shifts, at.modulus(), l.Plane) {
		st := StageLiteral{Name: a.g.stages[n].name(), Layout: l, Babies: d.babies, Inner: d.inner, Outer: d.outer, LogScale: a.scale}
		if max(len(d.inner), len(d.outer)) > maxSteps {
			continue
		}
		st.Products, st.Pairs = len(shifts), d.giants
		options = append(options, option{st, a.lit.Packing, a.price(st, at.period)})
	}
	return options
}

// classes groups the rows of the first map, once for each program.
func (k *compiler) classes(g *program) classes {
	c, ok := k.grouped[g]
	if !ok {
		c = classify(g.maps[0])
		k.grouped[g] = c
	}
	return c
}
