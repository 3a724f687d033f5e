package fhe

// Memory is what a plan takes of a worker's memory in bytes, estimated from above.
type Memory struct {
	Weights int64 // of the prefix, encoded
	Keys    int64 // of one user, expanded
	Work    int64 // of one evaluation: its input, rotations, sums
}

// Total is all of it: what one job needs.
func (m Memory) Total() int64 { return m.Weights + m.Keys + m.Work }

// Memory tells what an evaluation on a number of goroutines needs, before anything is allocated. Of the zero plan it is
// zero. A plan may declare any number of products, but an Evaluator refuses to hold more than it declares.
func (p Plan) Memory(goroutines int) Memory {
	if p.c == nil {
		return Memory{}
	}
	c := p.c
	limb := 8 * float64(c.slots())
	in := 2 * float64(c.lit.Packing.Ciphertexts) * float64(len(c.lit.Q)) * limb
	if c.keyless() {
		weights := 2 * float64(c.lit.Outputs) * float64(c.lit.Packing.Ciphertexts+1) * float64(len(c.lit.Q)) * limb
		if packing, err := c.packing(); err == nil && packing.uniform {
			weights = 3 * float64(c.lit.Outputs) * float64(len(c.lit.Q)) * limb
		}
		out := float64(3*c.lit.Outputs) * float64(len(c.lit.Q)) * limb
		return Memory{Weights: wholeBytes(weights), Work: wholeBytes(in + out + 4*float64(goroutines)*limb)}
	}
	var weights, keys, work float64
	for _, s := range c.keySpecs() {
		digits := c.params.BaseRNSDecompositionVectorSize(s.level, c.params.MaxLevelP())
		keys += 2 * float64(digits) * float64(s.level+1+len(c.lit.P)) * limb
	}
	for k, st := range c.lit.Stages {
		g := c.geo.stages[k]
		extended := float64(st.Level + 1 + len(c.lit.P))
		limbs := extended
		if len(st.Babies) == 1 && st.Babies[0] == 0 {
			limbs = float64(st.Level + 1)
		}
		weights += limbs*8*float64(g.period)*float64(st.Products) + 4*float64(st.results())*extended*limb
		rotations := 2 * extended * limb * float64(c.ciphertexts(k)*len(st.Babies))
		sums := 2 * extended * limb * float64(goroutines) * float64(len(st.Outer)+4)
		products := 2 * limbs * limb * float64(min(st.Pairs, len(st.Inner)*len(st.Outer))) // of a part, before they are rotated
		digits := 2 * extended * limb * float64(goroutines*maxTask)
		work = max(work, rotations+sums+products+digits+extended*extended*limb+4*float64(st.results())*extended*limb)
	}
	return Memory{Weights: wholeBytes(weights), Keys: wholeBytes(keys), Work: wholeBytes(work + 2*in)}
}

// wholeBytes turns a number of bytes into an integer between 0 and 2^60.
func wholeBytes(n float64) int64 { return int64(max(0, min(n, 1<<60))) }

// ciphertexts is how many a stage reads.
func (c *checkedPlan) ciphertexts(k int) (n int) {
	for _, in := range c.geo.stages[k].in {
		if in.tensor == 0 {
			n += c.lit.Packing.Ciphertexts
		} else {
			n += in.layout.parts()
		}
	}
	return n
}
