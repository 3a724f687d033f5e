package fhe

// cost predicts single-core times of operations, in nanoseconds, at one ring degree with a number of special primes.
// The formulas were fitted on 30 levels and parameter sets of lattigo v5.0.2 (within 11 % on whole layers); the
// constants are a machine's.
type cost struct {
	m Machine
	n float64 // ring degree
	b float64 // butterflies of one number-theoretic transform
	p float64 // special primes
}

func newCost(m Machine, logN, special int) cost {
	n := float64(int(1) << logN)
	return cost{m: m, n: n, b: n * float64(logN) / 2, p: float64(max(special, 1))}
}

// composition is what reductions and allocation add to the parts.
const composition = 1.25

func (c cost) digits(level int) float64 { return float64((level + int(c.p)) / int(c.p)) }

// limbs is the number of primes of a polynomial extended by the special ones.
func (c cost) limbs(level int) float64 { return float64(level+1) + c.p }

func (c cost) decompose(level int) float64 {
	return (extendButterflies*c.m.Butterfly*c.b + c.m.Extend*c.n) * c.digits(level) * c.limbs(level)
}

func (c cost) rotateLazy(level int) float64 {
	return 2 * c.n * c.limbs(level) * (c.m.KeyProduct*c.digits(level) + c.m.Permute)
}

func (c cost) modDown(level int) float64 {
	return 2.67*c.m.Butterfly*c.b*c.limbs(level) + 2*c.m.Add*c.n*float64(level+1)*c.p
}

func (c cost) rescale(level int) float64 { return 2 * c.m.Butterfly * c.b * float64(level+1) }

// multiply is a product of ciphertexts, relinearised.
func (c cost) multiply(level int) float64 {
	return 6.2*c.m.Multiply*c.n*float64(level+1) + c.decompose(level) + c.rotateLazy(level) + c.modDown(level)
}

func (c cost) fold(level int, f slotFold, radix int) (ns float64) {
	for _, round := range foldSteps(f.stride, f.count, radix) {
		ns += c.decompose(level) + float64(len(round))*c.rotateLazy(level) + c.modDown(level)
	}
	return ns
}

// linear is the time of a stage's linear map on a number of ciphertexts.
func (c cost) linear(st StageLiteral, g stageGeometry, ciphertexts int) float64 {
	level, parts := st.Level, float64(st.results())
	limbs := c.limbs(level)
	still := st.Pairs == int(parts) && len(st.Inner) == 1 && st.Inner[0] == 0 && len(st.Outer) == 1 && st.Outer[0] == 0
	small := len(st.Babies) == 1 && st.Babies[0] == 0
	ns := 0.0
	if small {
		limbs = float64(level + 1)
	} else {
		ns += float64(ciphertexts) * (c.decompose(level) + float64(nonZero(st.Babies))*c.rotateLazy(level))
	}
	ns += float64(st.Products) * 2 * c.n * limbs * c.m.Multiply
	if !small || !still {
		ns += parts * c.modDown(level)
	}
	inner := float64(st.Pairs) * float64(nonZero(st.Inner)) / float64(len(st.Inner))
	outer := parts * float64(nonZero(st.Outer))
	down := inner + outer
	if small {
		down = outer
	}
	ns += (inner+outer)*(c.decompose(level)+c.rotateLazy(level)) + down*c.modDown(level)/2
	return ns + parts*(c.rescale(level)+c.fold(g.foldAt, g.fold, st.Radix))
}

func nonZero(steps []int) (n int) {
	for _, s := range steps {
		if s != 0 {
			n++
		}
	}
	return n
}

// activation is the time of a stage's polynomial and pool.
func (c cost) activation(st StageLiteral, g stageGeometry, poly *Poly) float64 {
	if poly == nil {
		return 0
	}
	ns := c.fold(g.poolAt, g.pool, st.Radix)
	level := g.linear
	switch {
	case poly.Degree == 2:
		ns += c.multiply(level)
		if !st.KeepSquare {
			ns += c.rescale(level)
		}
	default:
		pairs := float64(poly.Degree/2 + 1)
		ns += pairs*(2*c.m.Multiply*c.n*float64(level+1)+c.rescale(level)) + c.multiply(level) + c.rescale(level)
		ns += float64(int(pairs)/2) * (c.multiply(level-1) + c.rescale(level-1))
		if poly.Degree > 3 {
			ns += c.multiply(level-1) + c.rescale(level-1) + c.multiply(level-2) + c.rescale(level-2)
		}
	}
	return ns * float64(st.Layout.parts())
}

// seconds predicts the stages of one evaluation on one core.
func (c *checkedPlan) seconds(m Machine) (list []float64) {
	k := newCost(m, c.lit.LogN, len(c.lit.P))
	if c.keyless() {
		degree, maps := 1.0, 1.0
		if c.outputDegree() == 2 {
			degree, maps = 2, 2
		}
		limbs := float64(len(c.lit.Q))
		ns := maps * float64(c.lit.Packing.Ciphertexts) * float64(c.lit.Outputs) * 2 * k.n * limbs * m.Multiply
		return []float64{composition * (ns + degree*6.2*m.Multiply*k.n*limbs*float64(c.lit.Outputs)) / 1e9}
	}
	for i, st := range c.lit.Stages {
		g := c.geo.stages[i]
		list = append(list, composition*(k.linear(st, g, c.ciphertexts(i))+k.activation(st, g, c.geo.program.stages[i].poly))/1e9)
	}
	return list
}

// Predict is the time of one evaluation in seconds on a machine, with all its cores.
func (p Plan) Predict(m Machine) float64 {
	if p.c == nil {
		return 0
	}
	total := 0.0
	for _, s := range p.c.seconds(m) {
		total += s
	}
	return total / max(m.Speedup, 1)
}
