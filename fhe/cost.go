package fhe

// cost predicts single-core times of operations, in nanoseconds, at one ring degree with a number of special primes.
// The constants were fitted on 30 levels and parameter sets of lattigo v5.0.2 on a Zen 4 server core (within 11 % on
// whole layers); other machines scale them.
type cost struct {
	n    float64 // ring degree
	b    float64 // butterflies of one number-theoretic transform
	p    float64 // special primes
	logN int
}

func newCost(logN, special int) cost {
	n := float64(int(1) << logN)
	return cost{n: n, b: n * float64(logN) / 2, p: float64(max(special, 1)), logN: logN}
}

// composition is what reductions and allocation add to the parts.
const composition = 1.25

func (c cost) digits(level int) float64 { return float64((level + int(c.p)) / int(c.p)) }

// limbs is the number of primes of a polynomial extended by the special ones.
func (c cost) limbs(level int) float64 { return float64(level+1) + c.p }

func (c cost) decompose(level int) float64 {
	return (1.45*c.b + 6.9*c.n) * c.digits(level) * c.limbs(level)
}

func (c cost) rotateLazy(level int) float64 {
	return 2 * c.n * c.limbs(level) * (1.27*c.digits(level) + 1.72)
}

func (c cost) modDown(level int) float64 {
	return 4.4*c.b*c.limbs(level) + c.n*float64(level+1)*c.p
}

func (c cost) rescale(level int) float64 { return 3.3 * c.b * float64(level+1) }

func (c cost) square(level int) float64 {
	return 6.2*c.n*float64(level+1) + c.decompose(level) + c.rotateLazy(level) + c.modDown(level) + c.rescale(level)
}

func (c cost) fold(level, stride, count int) (ns float64) {
	for _, round := range foldSteps(stride, count) {
		ns += c.decompose(level) + float64(len(round))*c.rotateLazy(level) + c.modDown(level)
	}
	return ns
}

// linear is the time of a stage's linear map.
func (c cost) linear(level int, st StageLiteral, period int) float64 {
	limbs := c.limbs(level)
	ns := c.rescale(level) + c.modDown(level)
	if len(st.Babies) == 1 && st.Babies[0] == 0 {
		limbs = float64(level + 1)
	} else {
		ns += c.decompose(level) + float64(len(st.Babies))*c.rotateLazy(level)
	}
	ns += float64(st.Products) * 2 * c.n * limbs
	switches := 0
	for _, s := range st.Outer {
		if s != 0 {
			switches++
		}
	}
	for _, s := range st.Inner {
		if s != 0 {
			switches += (st.Pairs + len(st.Inner) - 1) / len(st.Inner)
		}
	}
	ns += float64(switches) * (c.modDown(level)/2 + c.decompose(level) + c.rotateLazy(level))
	own := st.Layout.period()
	return ns + c.fold(level, own, period/own)
}

// seconds predicts one evaluation on one core.
func (g *geometry) seconds(lit PlanLiteral) float64 {
	c := newCost(lit.LogN, len(lit.P))
	if len(lit.Stages) == 0 {
		degree, maps := 1.0, 1.0
		if g.squares[0] {
			degree, maps = 2, 2
		}
		limbs := float64(len(lit.Q))
		ns := maps * float64(lit.Packing.Ciphertexts) * float64(lit.Outputs) * 2 * c.n * limbs
		return composition * (ns + degree*6.2*c.n*limbs*float64(lit.Outputs)) / 1e9
	}
	ns := 0.0
	for k, st := range lit.Stages {
		ns += c.linear(g.levels[k], st, g.periods[k])
		if g.squares[k] {
			ns += c.square(g.levels[k] - 1)
			if f := g.folds[k]; f.count > 1 {
				ns += c.fold(g.levels[k]-1, f.stride, f.count)
			}
		}
	}
	return composition * ns / 1e9
}
