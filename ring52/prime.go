package ring52

import "github.com/tuneinsight/lattigo/v5/ring"

// Prime is a subring with arithmetic on its limbs that lattigo does not have, or has slower. It is read-only.
//
// Limbs hold N words. Results equal lattigo's bit for bit; methods panic as lattigo does where a limb is too short.
type Prime struct {
	*ring.SubRing
	vector     kernelSet  // what serves its additions and permutations
	kernels    kernelSet  // and its products
	arithmetic arithmetic // of these
	constants  constants
	sum        constants // with the factors that take what the kernels sum up to Montgomery's 2^-64
}

// kernelSet is which kernels serve a prime besides those of transforms.
type kernelSet int

const (
	noKernels kernelSet = iota
	kernelsOfIFMA
	kernelsOfDQ
	kernelsOfFMA
)

// NewPrimes returns the primes of a ring up to its level, in order. With kernels they run those of this machine, where they serve; without,
// portable code. Transforms are the ring's: see Install. A nil ring has no primes.
func NewPrimes(r *ring.Ring, kernels bool) (list []*Prime) {
	if r == nil {
		return nil
	}
	for _, s := range r.SubRings[:r.Level()+1] {
		p := &Prime{SubRing: s}
		if kernels {
			p.accelerate()
		}
		list = append(list, p)
	}
	return list
}

// Sum asks for sums of products modulo a prime, for both halves of something: Out0 = sum_i A0[i]*B[i] and
// Out1 = sum_i A1[i]*B[i]. Each word of B[i] stands for Run words, a power of two; 0 means 1. Which factor is in Montgomery
// form does not matter: a ciphertext's halves times plaintexts, or, to switch keys, a key's halves times digits. One factor
// is below 2q, the other below q. Out must not overlap factors.
type Sum struct {
	A0, A1, B  [][]uint64
	Run        int
	Out0, Out1 []uint64
}

// Sums sets the outputs of a list of sums, fully reduced whatever the number of terms; without terms they are zero. It goes
// through all of them block by block, so that factors that they have in common are read from the nearest cache.
func (p *Prime) Sums(list ...Sum) {
	for i := range list {
		if list[i].Run == 0 {
			list[i].Run = 1
		}
		list[i].check(p.N)
	}
	if !p.sumsFast(list) {
		for _, s := range list {
			p.sumGeneric(s.A0, s.B, s.Run, s.Out0)
			p.sumGeneric(s.A1, s.B, s.Run, s.Out1)
		}
	}
}

// check panics where a factor has fewer words than it should: the kernels trust it.
func (s *Sum) check(n int) {
	_, _ = s.Out0[n-1], s.Out1[n-1]
	for i := range s.A0 {
		_, _, _ = s.A0[i][n-1], s.A1[i][n-1], s.B[i][(n-1)/s.Run]
	}
}

// Add writes a+b mod q to out, for words below q. out may be a or b.
func (p *Prime) Add(a, b, out []uint64) {
	n := p.N
	_, _, _ = a[n-1], b[n-1], out[n-1]
	if !p.addFast(a, b, out) {
		p.SubRing.Add(a[:n], b[:n], out[:n])
	}
}

// Scale writes a*scalar mod q to out, fully reduced, for a below 2q and a scalar in Montgomery form. out may be a.
func (p *Prime) Scale(a []uint64, scalar uint64, out []uint64) {
	n := p.N
	_, _ = a[n-1], out[n-1]
	if !p.scaleFast(a, scalar, out) {
		p.MulScalarMontgomery(a[:n], scalar, out[:n])
	}
}

// ToMontgomery writes a in Montgomery form to out, for a below q. out may be a.
func (p *Prime) ToMontgomery(a, out []uint64) {
	one := ring.MForm(1, p.Modulus, p.BRedConstant)
	p.Scale(a, ring.MForm(one, p.Modulus, p.BRedConstant), out)
}

// AddPermuted adds in, permuted, to sum: sum[j] = sum[j] + in[order[j]] mod q, for words below q. order is that of an
// automorphism in the NTT domain, from ring.AutomorphismNTTIndex. sum must not overlap in.
func (p *Prime) AddPermuted(in, order, sum []uint64) {
	n := p.N
	_, _, _ = in[n-1], order[n-1], sum[n-1]
	if p.addPermutedFast(in, order, sum) {
		return
	}
	for j, from := range order[:n] {
		sum[j] = ring.CRed(sum[j]+in[from], p.Modulus)
	}
}

// Permute writes in[order[j]] to out[j], with the order and sizes of AddPermuted and any words.
func (p *Prime) Permute(in, order, out []uint64) {
	n := p.N
	_, _, _ = in[n-1], order[n-1], out[n-1]
	if p.permuteFast(in, order, out) {
		return
	}
	for j, from := range order[:n] {
		out[j] = in[from]
	}
}

// SubMul writes (a-b)*scalar mod q to out, fully reduced, for a and b below 2q and scalar in Montgomery
// form: the end of dividing by the special primes or by the last prime. out may be a or b.
func (p *Prime) SubMul(a, b []uint64, scalar uint64, out []uint64) {
	n := p.N
	_, _, _ = a[n-1], b[n-1], out[n-1]
	if !p.subMulFast(a, b, scalar, out) {
		p.SubThenMulScalarMontgomeryTwoModulus(a[:n], b[:n], scalar, out[:n])
	}
}
