package fhe

import (
	"fmt"
	"math"
	"slices"

	"github.com/tuneinsight/lattigo/v5/core/rlwe"
)

// sizes are the bits of the primes of a levelled plan. A linear map consumes a prime of about the scale of its
// weights, a square one of about the scale of its input, which it keeps.
type sizes struct {
	q, p  []int
	scale int // log2 of the scale before each square and at the end
}

// primeBits fills the security budget of a ring degree: wide primes cost no more time than narrow ones.
func primeBits(list []stage, logN, special int, bound float64) (sizes, error) {
	headroom := max(2, int(math.Ceil(math.Log2(bound)))+2)
	for scale := 48; scale >= 28; scale-- {
		s := sizes{scale: scale, q: []int{scale + headroom}}
		linear := min(scale-5, 44)
		for k := len(list) - 1; k >= 0; k-- {
			if list[k].poly != nil {
				s.q = append(s.q, scale)
			}
			s.q = append(s.q, linear)
		}
		digit := 0
		for i := 0; i < len(s.q); i += special {
			sum := 0
			for _, b := range s.q[i:min(i+special, len(s.q))] {
				sum += b
			}
			digit = max(digit, sum)
		}
		total := 0
		for range special {
			s.p = append(s.p, (digit+special)/special)
		}
		for _, b := range slices.Concat(s.q, s.p) {
			total += b
		}
		if slices.Max(slices.Concat(s.q, s.p)) <= 58 && float64(total) <= maxLogQP[logN]-0.5 {
			return s, nil
		}
	}
	return sizes{}, fmt.Errorf("%d linear maps and their squares need a larger modulus than ring degree 2^%d allows", len(list), logN)
}

// primes draws the moduli.
func (s sizes) primes(logN int) (q, p []uint64, err error) {
	return rlwe.GenModuli(logN+2, s.q, s.p)
}

// levelled builds the cheapest levelled plan at one ring degree.
func (k *compiler) levelled(quadratic bool, logN int) (PlanLiteral, error) {
	g, err := k.structure(quadratic, true)
	if err != nil {
		return PlanLiteral{}, err
	}
	best, least := PlanLiteral{}, math.Inf(1)
	var reason error
	for special := 1; special <= 3; special++ {
		lit, err := k.withPrimes(g, quadratic, logN, special)
		if err == nil {
			var score float64
			if score, err = k.score(lit); err == nil && score < least {
				best, least = lit, score
			}
		}
		if err != nil {
			reason = err
		}
	}
	if math.IsInf(least, 1) {
		return best, reason
	}
	return best, nil
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

func (k *compiler) withPrimes(g *program, quadratic bool, logN, special int) (PlanLiteral, error) {
	lit := k.base(quadratic, logN)
	s, err := primeBits(g.stages, logN, special, k.bound)
	if err != nil {
		return lit, err
	}
	if lit.Q, lit.P, err = s.primes(logN); err != nil {
		return lit, err
	}
	lit.Packing.LogScale = s.scale
	a := arranger{lit: lit, g: g, cost: newCost(logN, special), level: len(lit.Q) - 1, scale: s.scale}
	proposed := layouts(g.stages)
	for n := range g.stages {
		if err := a.stage(n, proposed[n]); err != nil {
			return lit, fmt.Errorf("stage %q: %w", g.stages[n].name(), err)
		}
	}
	return a.lit, nil
}

// arranger chooses layouts and rotations stage by stage.
type arranger struct {
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
	at      placement
	score   float64
}

func (a *arranger) stage(n int, proposed Layout) error {
	sg := a.g.stages[n]
	slots := 1 << a.lit.LogN
	var options []option
	shapes := []Layout{proposed}
	if !planar(sg.out) {
		for _, plane := range a.planes(n) {
			shapes = append(shapes, Layout{Channels: proposed.Channels, Row: 1, Plane: plane})
		}
	}
	for _, l := range shapes {
		if l.period() > slots {
			continue
		}
		var err error
		if n == 0 {
			options, err = a.first(options, l, sg)
		} else {
			options, err = a.next(options, l, n)
		}
		if err != nil {
			return err
		}
	}
	if len(options) == 0 {
		return fmt.Errorf("a tensor of shape %v does not fit %d slots", sg.out, slots)
	}
	best := slices.MinFunc(options, func(x, y option) int { return compareFloat(x.score, y.score) })
	terms, err := best.at.terms(a.g.maps[n], best.st)
	if err != nil {
		return err
	}
	best.st.Products, best.st.Pairs = countTerms(terms)
	a.lit.Packing = best.packing
	a.lit.Stages = append(a.lit.Stages, best.st)
	if a.level--; sg.poly != nil {
		a.level--
	}
	return nil
}

func compareFloat(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func countTerms(terms []term) (products, pairs int) {
	for i, t := range terms {
		if i == 0 || t.inner != terms[i-1].inner || t.outer != terms[i-1].outer {
			pairs++
		}
	}
	return len(terms), pairs
}

// planes are planes under which a flat output may stay where its inputs are.
func (a *arranger) planes(n int) []int {
	if n == 0 {
		return nil
	}
	return []int{a.lit.Stages[n-1].Layout.Plane}
}

// keySeconds is the transfer time of one Galois key.
func (a *arranger) keySeconds(level int) float64 {
	bits := logOf(a.lit.Q[:level+1], a.lit.P)
	return a.cost.digits(level) * bits * a.cost.n / 8 / linkBytesPerSecond
}

// price is the time of a stage and of the transfer of its keys.
func (a *arranger) price(st StageLiteral, period int) float64 {
	keys := len(st.Babies) + len(st.Inner) + len(st.Outer) - 3
	own := st.Layout.period()
	for _, round := range foldSteps(own, period/own) {
		keys += len(round)
	}
	return composition*a.cost.linear(a.level, st, period)/1e9 + float64(max(keys, 0))*a.keySeconds(a.level)
}

// first proposes packings of the input.
func (a *arranger) first(options []option, l Layout, sg stage) ([]option, error) {
	cls := classify(a.g.maps[0])
	dst := l.index(sg.out)
	inputBits := logOf(a.lit.Q)
	for _, byChannel := range []bool{false, true} {
		if byChannel && l.Channels == 1 {
			continue
		}
		for copies := 1; copies*l.period() <= 1<<a.lit.LogN; copies *= 2 {
			in := a.lit.Packing
			in.ByChannel, in.Copies = byChannel, copies
			lanes := copies
			shifts := []int{0}
			if byChannel {
				lanes *= l.Channels
				for c := 1; c < l.Channels; c++ {
					shifts = append(shifts, c*l.Plane)
				}
			}
			if copies > 1 && lanes >= 2*pow2(cls.width) {
				break
			}
			src, err := in.sources(cls, l, sg.out)
			if err != nil {
				continue // too many ciphertexts, or channels that differ: another packing may do
			}
			in.Ciphertexts = len(src)
			upload := float64(len(src)) * inputBits * a.cost.n / 8 / linkBytesPerSecond
			for _, radix := range []int{1, 2, 4, 8} {
				st := StageLiteral{Name: sg.name(), Layout: l, Babies: []int{0}, LogScale: a.scale}
				st.Inner, st.Outer = splitGiants(shifts, l.Plane*radix)
				st.Products, st.Pairs = len(shifts)*len(src), len(shifts)
				at := newPlacement(src, dst)
				options = append(options, option{st, in, at, a.price(st, at.period) + upload})
			}
		}
	}
	return options, nil
}

// next proposes ways to run a stage on the output of the one before.
func (a *arranger) next(options []option, l Layout, n int) ([]option, error) {
	sg, before := a.g.stages[n], a.lit.Stages[n-1].Layout
	if sg.lead != nil {
		before = before.folded()
	}
	at := newPlacement([][]int32{before.index(sg.mid)}, l.index(sg.out))
	shifts := at.shifts(a.g.maps[n])
	if len(shifts) > 4096 {
		return options, nil
	}
	for _, d := range decompositions(shifts, at.modulus(), l.Plane) {
		st := StageLiteral{Name: sg.name(), Layout: l, Babies: d.babies, Inner: d.inner, Outer: d.outer, LogScale: a.scale}
		if len(d.inner) > maxSteps || len(d.outer) > maxSteps {
			continue
		}
		st.Products, st.Pairs = len(shifts), d.giants
		options = append(options, option{st, a.lit.Packing, at, a.price(st, at.period)})
	}
	return options, nil
}
