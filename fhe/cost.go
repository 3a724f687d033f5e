package fhe

// cost predicts single-core times of operations, in nanoseconds, at one ring degree under given moduli. It follows the
// engine operation by operation; the constants are a machine's.
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

// composition is what allocation, small passes and cold caches add to the parts, as measured on whole evaluations.
const composition = 1.4

func (c cost) digits(level int) float64 { return float64((level + int(c.p)) / int(c.p)) }

// limbs counts those of a polynomial that is times the special modulus.
func (c cost) limbs(level int) float64 { return float64(level+1) + c.p }

// transforms is the time of as many polynomials' transforms, with or without limbs of the special primes. Whatever is
// transformed was extended to a prime or is split for that, which takes a pass each.
func (c cost) transforms(count float64, level int, extended bool) float64 {
	return count * (c.m.Butterfly*c.b*c.weigh(level, extended, c.m.WideNTT) + c.m.Extend*c.n*c.weigh(level, extended, 1))
}

// sums weighs the primes of a polynomial for sums of products.
func (c cost) sums(level int, extended bool) float64 { return c.weigh(level, extended, c.m.WideSum) }

func (c cost) weigh(level int, extended bool, wide float64) float64 {
	w := float64(level+1) + (wide-1)*c.wide[level]
	if extended {
		w += c.p + (wide-1)*c.over
	}
	return w
}

// adds is the time of as many additions, or similar passes, of polynomials of some limbs.
func (c cost) adds(count, limbs float64) float64 { return c.m.Add * c.n * count * limbs }

// decompose transforms the limbs that a digit has itself back, and all others.
func (c cost) decompose(level int) float64 { return c.transforms(c.digits(level), level, true) }

func (c cost) keyProduct(level int) float64 {
	return 2 * c.n * c.m.KeyProduct * c.digits(level) * c.sums(level, true)
}

// rotateLazy is a rotation of what is decomposed, added to others times the special modulus.
func (c cost) rotateLazy(level int) float64 {
	return c.keyProduct(level) + 2*c.n*c.m.Permute*c.limbs(level) + c.adds(1, c.limbs(level))
}

// modDown divides as many polynomials by the special modulus.
func (c cost) modDown(polys float64, level int) float64 {
	return c.transforms(polys, level, true) + c.adds(2*polys, float64(level+1))
}

// settle divides a ciphertext by the special modulus if it is times that, and by its last prime if it is rescaled: as
// dear as either if it is both.
func (c cost) settle(level int, special, rescaled bool) float64 {
	switch {
	case special:
		return c.modDown(2, level)
	case rescaled:
		return c.transforms(2, level, false) + c.adds(4, float64(level))
	default:
		return 0
	}
}

// multiply is a product of ciphertexts, relinearised and times the special modulus.
func (c cost) multiply(level int) float64 {
	return c.adds(12, float64(level+1)) + c.decompose(level) + c.keyProduct(level)
}

func (c cost) multiplyRescaled(level int) float64 {
	return c.multiply(level) + c.settle(level, true, true)
}

// folded is a fold, and what settles the sum. Between rounds only what keys are multiplied with is divided.
func (c cost) folded(level int, f slotFold, radix int, special, rescaled bool) (ns float64) {
	for _, round := range foldSteps(f.stride, f.count, radix) {
		if special {
			ns += c.modDown(1, level)
		} else {
			ns += c.adds(2, c.limbs(level))
		}
		ns += c.decompose(level) + float64(len(round))*c.rotateLazy(level)
		special = true
	}
	return ns + c.settle(level, special, rescaled)
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
	if !still {
		inner := float64(st.Pairs) * float64(nonZero(st.Inner)) / float64(len(st.Inner))
		outer := parts * float64(nonZero(st.Outer))
		divided := inner + outer
		if small {
			divided = outer
		}
		ns += (inner+outer)*(c.decompose(level)+c.rotateLazy(level)) + c.modDown(divided, level)
		ns += c.adds(2*(float64(st.Pairs)-inner+parts*float64(len(st.Outer))-outer), c.limbs(level))
	}
	if st.FoldLate {
		return ns + parts*(c.settle(level, !still, true)+c.folded(g.foldAt, g.fold, st.Radix, false, false))
	}
	return ns + parts*c.folded(level, g.fold, st.Radix, !still, true)
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
	level, ns := g.linear, 0.0
	if poly.Degree == 2 {
		ns = c.multiply(level) + c.folded(g.poolAt, g.pool, st.Radix, true, !st.KeepSquare)
	} else {
		slopes, steps := float64((poly.Degree+1)/2), float64((poly.Degree/2+1)/2)
		ns = slopes*(2*c.n*c.m.Multiply*c.sums(level, false)+c.settle(level, false, true)) + c.multiplyRescaled(level)
		ns += steps * c.multiplyRescaled(level-1)
		if poly.Degree > 3 {
			ns += c.multiplyRescaled(level-1) + c.multiplyRescaled(level-2)
		}
		ns += c.folded(g.poolAt, g.pool, st.Radix, false, false)
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

// unpacking is the time to unpack an input and to expand its seeds, in seconds.
func unpacking(m Machine, ciphertexts, limbs, slots int) float64 {
	const nanosecondsPerResidue = 12
	return nanosecondsPerResidue * float64(ciphertexts*limbs*slots) / max(m.Speedup, 1) / 1e9
}

// loading is the time to unpack the input, to expand its seeds and to wake goroutines, in seconds.
func (c *checkedPlan) loading(m Machine) float64 {
	const keyless, levelled = 0.2e-3, 2.5e-3
	seconds := unpacking(m, c.lit.Packing.Ciphertexts, len(c.lit.Q), c.slots())
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
