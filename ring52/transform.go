package ring52

// transform is a number-theoretic transform on kernels, which may leave off after its outermost stages.
type transform interface {
	Forward(in, out []uint64)
	Backward(in, out []uint64)
	begin(in, out []uint64)
	finish(x []uint64, part int)
}

// parts is how many the outermost pass, of radix 8, splits a limb into. The other stages go through one after the other, since
// a part stays in the nearest cache and a limb does not.
const parts = 8

// NTT writes the transform of in, any words below 2^63, to out, fully reduced. out may be in.
func (p *Prime) NTT(in, out []uint64) {
	if p.transform == nil {
		p.SubRing.NTT(in, out)
	} else {
		p.transform.Forward(in, out)
	}
}

// INTT writes the inverse transform of in, words below 2q, to out, fully reduced. out may be in.
func (p *Prime) INTT(in, out []uint64) {
	if p.transform == nil {
		p.SubRing.INTT(in, out)
	} else {
		p.transform.Backward(in, out)
	}
}

// Parts is into how many a transform falls after its outermost stages: an automorphism in the NTT domain takes a part to a
// part as a whole, and one may be finished and used up while it is in a near cache. Without kernels a limb is one part.
func (p *Prime) Parts() int {
	if p.transform == nil {
		return 1
	}
	return parts
}

// Part is one of Parts of a limb.
func (p *Prime) Part(limb []uint64, i int) []uint64 {
	n := p.N / p.Parts()
	return limb[i*n : (i+1)*n : (i+1)*n]
}

// Moved is the part that an automorphism in the NTT domain, of the given order, takes a part to.
func (p *Prime) Moved(order []uint64, part int) int {
	n := p.N / p.Parts()
	to := 0
	for int(order[to*n])/n != part {
		to++
	}
	return to
}

// BeginNTT does those stages of NTT that lie before the parts. out may be in; its words are of use to FinishNTT alone.
func (p *Prime) BeginNTT(in, out []uint64) {
	if p.transform == nil {
		copy(out[:p.N], in[:p.N])
	} else {
		p.transform.begin(in, out)
	}
}

// FinishNTT ends what BeginNTT began, for a part of the limb x.
func (p *Prime) FinishNTT(x []uint64, part int) {
	if p.transform == nil {
		p.SubRing.NTT(x, x)
	} else {
		p.transform.finish(x, part)
	}
}
