package fhe

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// What bounds the search.
const (
	maxSpecial = 3  // special primes: more make fewer digits of each key switch, and wider moduli
	beam       = 4  // arrangements kept after each stage
	shortlist  = 16 // decompositions of a stage that are priced with their keys
	maxChoices = 4  // ways to run a stage that are kept, should the best miss an entry
)

// Kinds of input: windows of it, products of its values, or the tensor in slots.
const (
	inputWindow = "windows"
	inputProd   = "products"
	inputSlots  = "slots"
)

// arranger chooses layouts and rotations stage by stage under given moduli.
type arranger struct {
	k      *compiler
	g      *program // structure
	lit    PlanLiteral
	cost   cost
	sizes  sizes
	bits   []float64 // of a Galois key for each coefficient, by level
	late   bool      // sums may follow their rescaling
	levels []int     // of each stage's map
	keeps  []bool    // whether its square is left to the next map
	last   int       // stage
}

// arrangement is a partial plan.
type arrangement struct {
	packing InputLiteral
	choices [][]StageLiteral // for each stage, best first
	keys    map[int]int      // level of each rotation
	geo     *geometry
	price   float64 // seconds, transfers included
}

// newArranger fixes moduli and levels.
func (k *compiler) newArranger(g *program, lit PlanLiteral, s sizes, merged, late bool) (*arranger, error) {
	var err error
	if lit.Q, lit.P, err = s.primes(lit.LogN); err != nil {
		return nil, err
	}
	lit.Packing.LogScale = s.scale
	a := &arranger{k: k, g: g, lit: lit, sizes: s, late: late, cost: newCost(k.o.Machine, lit.LogN, lit.Q, lit.P), last: len(g.stages) - 1}
	for level := range lit.Q {
		a.bits = append(a.bits, a.cost.digits(level)*logOf(lit.Q[:level+1], lit.P))
	}
	ranks, of := g.ranks()
	level, levels := len(lit.Q)-1, make([]int, len(ranks))
	for r, rank := range ranks {
		levels[r] = level
		if level--; !merged || !rank.merges {
			level -= rank.poly
		}
	}
	for _, r := range of {
		a.levels = append(a.levels, levels[r])
		a.keeps = append(a.keeps, merged && ranks[r].merges)
	}
	return a, nil
}

// arrange searches for the cheapest arrangements, best first.
func (a *arranger) arrange(kind string) ([]arrangement, error) {
	var input []int
	if kind == inputSlots {
		input = a.lit.Input
	} else if len(a.g.readers(0)) != 1 || !slices.Equal(a.g.stages[0].sources, []int{0}) {
		return nil, fmt.Errorf("several stages read the input, or one reads more than it")
	}
	first, proposed := a.g.layouts(input)
	start := arrangement{packing: a.lit.Packing, keys: map[int]int{}, geo: &geometry{program: a.g}}
	if kind == inputSlots {
		l, ok := first.within(1 << a.lit.LogN)
		if !ok {
			return nil, fmt.Errorf("an input of shape %v does not fit %d slots", a.lit.Input, 1<<a.lit.LogN)
		}
		if a.tooLarge(l.parts()) {
			return nil, fmt.Errorf("the input would have more than the %d bytes that are allowed", a.k.o.InputBytes)
		}
		start.packing.Layout, start.packing.Ciphertexts = &l, l.parts()
		start.price = a.input(l.parts())
	}
	states := []arrangement{start}
	for n := range a.g.stages {
		var next []arrangement
		for _, s := range states {
			for _, l := range a.layoutsFor(n, s, proposed[n]) {
				if n == 0 && kind != inputSlots {
					next = append(next, a.first(s, l)...)
				} else if t, ok := a.next(s, n, l); ok {
					next = append(next, t)
				}
			}
		}
		if len(next) == 0 {
			return nil, fmt.Errorf("stage %q: no rotations place a tensor of shape %v in %d slots", a.g.stages[n].name(), a.g.stages[n].mid, 1<<a.lit.LogN)
		}
		slices.SortStableFunc(next, func(x, y arrangement) int { return cmp.Compare(x.price, y.price) })
		states = prune(next)
	}
	return states, nil
}

// prune keeps the cheapest arrangements, one for each layout of the last stage.
func prune(list []arrangement) (kept []arrangement) {
	seen := map[string]bool{}
	for _, s := range list {
		l := fmt.Sprint(s.choices[len(s.choices)-1][0].Layout)
		if !seen[l] && len(kept) < beam {
			seen[l] = true
			kept = append(kept, s)
		}
	}
	return kept
}

// layoutsFor proposes layouts for a stage.
func (a *arranger) layoutsFor(n int, s arrangement, proposed Layout) (list []Layout) {
	slots := 1 << a.lit.LogN
	add := func(l Layout) {
		if l, ok := l.within(slots); ok {
			list = append(list, l)
		}
	}
	add(proposed)
	sg := a.g.stages[n]
	if sg.pool != nil {
		return list
	}
	flatAhead := n < a.last
	for _, r := range a.g.readers(n + 1) {
		flatAhead = flatAhead && !planar(a.g.stages[r].mid)
	}
	values := size(sg.mid)
	if flatAhead && pow2(values) <= slots {
		list = append(list, Layout{Kind: flatLayout, Channels: 1, Plane: pow2(values), Offset: pow2(values) - values})
	}
	if planar(sg.mid) || len(sg.sources) != 1 || sg.sources[0] == 0 && s.packing.Layout == nil {
		return list
	}
	before, _ := s.tensor(a.lit, sg.sources[0])
	switch {
	case before.Kind == "" && before.Plane > 1:
		add(Layout{Channels: proposed.Channels, Row: 1, Plane: before.Plane}) // where its inputs are
	case before.Kind == flatLayout && flatAhead && before.Plane < slots:
		blocks := slots / before.Plane
		if row := pow2((values + blocks - 1) / blocks); row <= before.Plane {
			free := max(0, before.Offset-(row-1)) // slots of a block that no diagonal's products need
			list = append(list, Layout{Kind: splitLayout, Channels: blocks, Row: row, Plane: before.Plane, Offset: min(free/row*row, before.Plane-row)})
		}
	case before.Kind == splitLayout && n == a.last && values <= before.Row:
		list = append(list, Layout{Kind: flatLayout, Channels: 1, Plane: before.Plane}) // only blocks are added up
	}
	return list
}

// tensor is the layout of a tensor in an arrangement.
func (s arrangement) tensor(lit PlanLiteral, t int) (Layout, int) {
	if t == 0 {
		if s.packing.Layout != nil {
			return *s.packing.Layout, len(lit.Q) - 1
		}
		return Layout{}, len(lit.Q) - 1
	}
	l := s.choices[t-1][0].Layout
	if s.geo.program.stages[t-1].pool != nil {
		l = l.folded()
	}
	return l, s.geo.stages[t-1].after
}

// input is the time to send and unpack input ciphertexts.
func (a *arranger) input(n int) float64 {
	return a.upload(n)/a.k.o.Link + unpacking(a.k.o.Machine, n, len(a.lit.Q), 1<<a.lit.LogN)
}

// upload is the bytes of input ciphertexts.
func (a *arranger) upload(n int) float64 { return float64(n) * logOf(a.lit.Q) * a.cost.n / 8 }

// tooLarge says that so many input ciphertexts are more than the caller allows.
func (a *arranger) tooLarge(n int) bool {
	limit := float64(a.k.o.InputBytes)
	return limit > 0 && a.upload(n) > limit
}

// literal is stage n with a layout; its rotations are still to be chosen.
func (a *arranger) literal(n int, l Layout) StageLiteral {
	st := StageLiteral{Name: a.g.stages[n].name(), Level: a.levels[n], Layout: l, Radix: 4, LogScale: a.sizes.scale, KeepSquare: a.keeps[n]}
	if p := a.g.stages[n].poly; p != nil && p.Degree == 2 {
		st.Factored = p.Mixed || n == a.last
	}
	if n == a.last {
		st.LogScale = a.sizes.last
	}
	return st
}

// first proposes packings of the input by windows for a layout of the first stage.
func (a *arranger) first(s arrangement, l Layout) (list []arrangement) {
	cls := a.k.classes(a.g)
	for _, byChannel := range []bool{false, true} {
		if byChannel && l.Channels == 1 || !a.k.packs(a.g, l, byChannel) {
			continue
		}
		for copies := 1; copies*l.period() <= 1<<a.lit.LogN; copies *= 2 {
			in := s.packing
			in.ByChannel, in.Copies, in.Rolls = byChannel, copies, 1
			if lanes := in.lanes(l); copies > 1 && lanes >= 2*pow2(cls.width) {
				break // the lanes that this adds stay empty
			}
			for ; in.Rolls == 1 || byChannel && in.Rolls <= min(maxRolls, l.Channels/2); in.Rolls *= 2 {
				if in.Ciphertexts = in.count(cls, l); in.Ciphertexts > maxInputs {
					break
				}
				if t, ok := a.windows(s, l, in); ok {
					list = append(list, t)
				}
			}
		}
	}
	return list
}

// windows is the first stage on one packing.
func (a *arranger) windows(s arrangement, l Layout, in InputLiteral) (arrangement, bool) {
	shifts := []int{0}
	for c := in.Rolls; in.ByChannel && c < l.Channels; c += in.Rolls {
		shifts = append(shifts, c*l.Plane)
	}
	var options []StageLiteral
	for _, radix := range []int{1, 2, 4, 8} {
		st := a.literal(0, l)
		st.Babies = []int{0}
		st.Inner, st.Outer = splitGiants(shifts, l.Plane*in.Rolls*radix)
		st.Products, st.Pairs = len(shifts)*in.Ciphertexts*st.results(), len(shifts)*st.results()
		options = append(options, st)
	}
	s.packing = in
	if a.tooLarge(in.Ciphertexts) {
		return s, false
	}
	t, ok := a.choose(s, 0, options, in.Ciphertexts)
	t.price += a.input(in.Ciphertexts)
	return t, ok
}

// next proposes rotations for a stage that reads tensors in slots.
func (a *arranger) next(s arrangement, n int, l Layout) (arrangement, bool) {
	key := fmt.Sprint(a.lit.Packing.Quadratic, n, l, s.inputs(a, n))
	at, ok := a.k.placed[key]
	if !ok {
		at.operands = s.operands(a.lit, n)
		p := newPlacement(at.operands, l, a.g.stages[n].mid)
		at.shifts, at.modulus = p.shifts(), p.modulus()
		at.count = len(at.operands)
		at.operands = nil
		a.k.placed[key] = at
	}
	var options []StageLiteral
	for _, d := range decompositions(at.shifts, at.modulus, l.Plane) {
		if max(len(d.babies), len(d.inner), len(d.outer)) > maxSteps {
			continue
		}
		st := a.literal(n, l)
		st.Babies, st.Inner, st.Outer = d.babies, d.inner, d.outer
		st.Products, st.Pairs = len(at.shifts)*at.count*st.results(), d.giants*st.results()
		options = append(options, st)
	}
	return a.choose(s, n, options, at.count)
}

// placed is what a stage needs in given layouts.
type placed struct {
	operands []operand
	shifts   []int
	modulus  int
	count    int
}

// inputs names the layouts that stage n reads.
func (s arrangement) inputs(a *arranger, n int) (list []Layout) {
	for _, t := range a.g.stages[n].sources {
		l, _ := s.tensor(a.lit, t)
		list = append(list, l)
	}
	return list
}

// operands are the ciphertexts that stage n reads.
func (s arrangement) operands(lit PlanLiteral, n int) (list []operand) {
	sg := s.geo.program.stages[n]
	for i, t := range sg.sources {
		l, _ := s.tensor(lit, t)
		for part := range l.parts() {
			list = append(list, operand{sg.maps[i], l.index(s.geo.program.shape(Prefix{Input: lit.Input}, t), part)})
		}
	}
	return list
}

// complete makes a literal of an arrangement: it places every map and takes for each stage the first way that reaches
// all its entries.
func (a *arranger) complete(s arrangement) (PlanLiteral, error) {
	lit := a.lit
	lit.Packing = s.packing
	columns, err := a.inputColumns(s)
	if err != nil {
		return lit, err
	}
	lit.Packing.Ciphertexts = len(columns)
	lit.Stages = nil
	for n, choices := range s.choices {
		sg := a.g.stages[n]
		in := s.operands(lit, n)
		if n == 0 && s.packing.Layout == nil {
			in = nil
			for _, c := range columns {
				in = append(in, operand{sg.maps[0], c})
			}
		}
		at := newPlacement(in, choices[0].Layout, sg.mid)
		var failed error
		for _, st := range choices {
			terms, err := at.terms(st)
			if err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			st.Products, st.Pairs = countTerms(terms)
			if st.Factored {
				st.Products, st.Pairs = 2*st.Products, 2*st.Pairs
			}
			lit.Stages = append(lit.Stages, st)
			failed = nil
			break
		}
		if failed != nil {
			return lit, failed
		}
	}
	lit.Outputs = lit.Stages[a.last].Layout.parts()
	return lit, nil
}

// inputColumns lists for each input ciphertext what stands in each slot of a period.
func (a *arranger) inputColumns(s arrangement) (list [][]int32, err error) {
	if l := s.packing.Layout; l != nil {
		for part := range l.parts() {
			list = append(list, l.index(a.lit.Input, part))
		}
		return list, nil
	}
	return s.packing.windows(a.k.classes(a.g), s.choices[0][0].Layout, a.g.stages[0].mid)
}

func countTerms(terms []term) (products, pairs int) {
	for i, t := range terms {
		if i == 0 || t.part != terms[i-1].part || t.inner != terms[i-1].inner || t.outer != terms[i-1].outer {
			pairs++
		}
	}
	return len(terms), pairs
}

// packs says whether windows can be packed for a layout of the first stage.
func (k *compiler) packs(g *program, l Layout, byChannel bool) bool {
	key := fmt.Sprintf("%p %v %v", g, l, byChannel)
	ok, known := k.packable[key]
	if !known {
		_, err := InputLiteral{ByChannel: byChannel, Copies: 1, Rolls: 1}.windows(k.classes(g), l, g.stages[0].mid)
		ok = err == nil
		k.packable[key] = ok
	}
	return ok
}

// classes groups the rows of the first map, once for each program.
func (k *compiler) classes(g *program) classes {
	c, ok := k.grouped[g]
	if !ok {
		c = classify(g.stages[0].maps[0])
		k.grouped[g] = c
	}
	return c
}

// precision estimates how many bits of the largest output can be left at best: what the last rescaling alone costs.
func (k *compiler) precision(logN, last int) float64 {
	n := math.Exp2(float64(logN))
	noise := math.Sqrt(1.0/12+2*n*2/3/12) * math.Exp2(k.flood())
	return math.Log2(k.largest*math.Exp2(float64(last))) - math.Log2(noise*math.Sqrt(2*n))
}
