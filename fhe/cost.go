package fhe

// cost predicts single-core times of operations, in nanoseconds, at one ring degree under given moduli. The formulas
// were fitted on 30 levels and parameter sets of lattigo v5.0.2 (within 11 % on whole layers); the constants are a
// machine's.
type cost struct {
	m    Machine
	n    float64   // ring degree
	b    float64   // butterflies of one number-theoretic transform
	p    float64   // special primes
	wide []float64 // wide primes up to a level
	over float64   // wide special primes
}

// wideBits is where the fastest kernels end.
const wideBits = 50

func newCost(m Machine, logN int, q, p []uint64) cost {
	n := float64(int(1) << logN)
	c := cost{m: m, n: n, b: n * float64(logN) / 2, p: float64(max(len(p), 1))}
	count := 0.0
	for _, prime := range q {
		if prime >= 1<<wideBits {
			count++
		}
		c.wide = append(c.wide, count)
	}
	for _, prime := range p {
		if prime >= 1<<wideBits {
			c.over++
		}
	}
	return c
}

// composition is what reductions, allocation and cold caches add to the parts, as measured on whole layers.
const composition = 1.95

func (c cost) digits(level int) float64 { return float64((level + int(c.p)) / int(c.p)) }

// transforms and sums weigh the primes of a polynomial for transforms and for sums of products; extended counts the special ones.
func (c cost) transforms(level int, extended bool) float64 {
	return c.weigh(level, extended, c.m.WideNTT)
}

func (c cost) sums(level int, extended bool) float64 { return c.weigh(level, extended, c.m.WideSum) }

func (c cost) weigh(level int, extended bool, wide float64) float64 {
	w := float64(level+1) + (wide-1)*c.wide[level]
	if extended {
		w += c.p + (wide-1)*c.over
	}
	return w
}

func (c cost) decompose(level int) float64 {
	limbs := float64(level+1) + c.p
	return c.digits(level) * (extendButterflies*c.m.Butterfly*c.b*c.transforms(level, true) + c.m.Extend*c.n*limbs)
}

func (c cost) rotateLazy(level int) float64 {
	limbs := float64(level+1) + c.p
	return 2 * c.n * (c.m.KeyProduct*c.digits(level)*c.sums(level, true) + c.m.Permute*limbs)
}

func (c cost) modDown(level int) float64 {
	return 2 * (c.m.Butterfly*c.b*c.transforms(level, true) + 1.5*c.m.Extend*c.n*float64(level+1))
}

func (c cost) rescale(level int) float64 {
	return 2 * (c.m.Butterfly*c.b*c.transforms(level, false) + 2*c.m.Add*c.n*float64(level+1))
}

// multiply is a product of ciphertexts, relinearised.
func (c cost) multiply(level int) float64 {
	return 12*c.m.Add*c.n*float64(level+1) + c.decompose(level) + c.rotateLazy(level) + c.modDown(level)
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
	still := st.Pairs == int(parts) && len(st.Inner) == 1 && st.Inner[0] == 0 && len(st.Outer) == 1 && st.Outer[0] == 0
	small := len(st.Babies) == 1 && st.Babies[0] == 0
	ns := 0.0
	if !small {
		ns += float64(ciphertexts) * (c.decompose(level) + float64(nonZero(st.Babies))*c.rotateLazy(level))
	}
	ns += float64(st.Products) * 2 * c.n * c.sums(level, !small) * c.m.Multiply
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
		ns += pairs*(4*c.m.Add*c.n*float64(level+1)+c.rescale(level)) + c.multiply(level) + c.rescale(level)
		ns += float64(int(pairs)/2) * (c.multiply(level-1) + c.rescale(level-1))
		if poly.Degree > 3 {
			ns += c.multiply(level-1) + c.rescale(level-1) + c.multiply(level-2) + c.rescale(level-2)
		}
	}
	return ns * float64(st.Layout.parts())
}

// seconds predicts the stages of one evaluation on one core.
func (c *checkedPlan) seconds(m Machine) (list []float64) {
	k := newCost(m, c.lit.LogN, c.lit.Q, c.lit.P)
	if c.keyless() {
		degree, maps := 1.0, 1.0
		if c.outputDegree() == 2 {
			degree, maps = 2, 2
		}
		limbs := k.sums(len(c.lit.Q)-1, false)
		ns := maps * float64(c.lit.Packing.Ciphertexts) * float64(c.lit.Outputs) * 2 * k.n * limbs * m.Multiply
		return []float64{composition * (ns + degree*12*m.Add*k.n*float64(len(c.lit.Q))*float64(c.lit.Outputs)) / 1e9}
	}
	for i, st := range c.lit.Stages {
		g := c.geo.stages[i]
		list = append(list, composition*(k.linear(st, g, c.ciphertexts(i))+k.activation(st, g, c.geo.program.stages[i].poly))/1e9)
	}
	return list
}

// speedup is what several cores give: less the smaller the ring, because each operation waits for the last.
func (c *checkedPlan) speedup(m Machine) float64 {
	share := map[int]float64{12: 0, 13: 0.6, 14: 0.8}
	s, ok := share[c.lit.LogN]
	if !ok {
		s = 0.9
	}
	return 1 + s*(max(m.Speedup, 1)-1)
}

// loading is the time to unpack the input, to expand its seeds and to wake goroutines, in seconds.
func (c *checkedPlan) loading(m Machine) float64 {
	const nanosecondsPerByte, keyless, levelled = 4, 0.2e-3, 2.5e-3
	seconds := nanosecondsPerByte * float64(c.inputBytes()) / max(m.Speedup, 1) / 1e9
	if c.keyless() {
		return seconds + keyless
	}
	return seconds + levelled
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
	return total/p.c.speedup(m) + p.c.loading(m)
}
