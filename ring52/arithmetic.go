package ring52

import (
	"math/bits"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// MulAdd writes sum_i a[i]*b[i] mod q to out, a limb or a part of one: as many words of each a[i] and b[i] as out has.
// b is in Montgomery form (lattigo's
// MForm, so keys as they are), a below 2q and b below q. The sum is fully reduced whatever the number of
// terms; without terms it is zero. It equals that of MulCoeffsMontgomery and Add. out must not overlap a or b.
//
// It panics as lattigo does where a limb is too short or b has fewer limbs than a.
func MulAdd(s *ring.SubRing, a, b [][]uint64, out []uint64) {
	check(a, b, out)
	if !mulAddFast(s, a, b, out) {
		mulAddGeneric(s, a, b, out)
	}
}

// MulAdd2 does MulAdd for two halves with one factor in common, read once: out0 = sum_i a0[i]*b[i] and
// out1 = sum_i a1[i]*b[i] mod q. Which factor is in Montgomery form does not matter: a ciphertext's halves
// times plaintexts, or, to switch keys, a key's halves as a0, a1 times digits as b. One of them is below 2q,
// the other below q.
func MulAdd2(s *ring.SubRing, a0, a1, b [][]uint64, out0, out1 []uint64) {
	check(a0, b, out0)
	check(a1, b, out1[:len(out0)])
	if !mulAdd2Fast(s, a0, a1, b, out0, out1) {
		mulAddGeneric(s, a0, b, out0)
		mulAddGeneric(s, a1, b, out1)
	}
}

// AddPermuted adds in, permuted, to sum: sum[j] = sum[j] + in[order[j]] mod q. Words are below q, s.N of
// them; order is that of an automorphism in the NTT domain, from ring.AutomorphismNTTIndex. sum must
// not overlap in.
func AddPermuted(s *ring.SubRing, in, order, sum []uint64) {
	n := s.N
	_, _, _ = in[n-1], order[n-1], sum[n-1]
	if addPermutedFast(s, in, order, sum) {
		return
	}
	for j, from := range order[:n] {
		sum[j] = ring.CRed(sum[j]+in[from], s.Modulus)
	}
}

// Permute writes in[order[j]] to out[j], with the order and sizes of AddPermuted and any words.
func Permute(s *ring.SubRing, in, order, out []uint64) {
	n := s.N
	_, _, _ = in[n-1], order[n-1], out[n-1]
	if permuteFast(s, in, order, out) {
		return
	}
	for j, from := range order[:n] {
		out[j] = in[from]
	}
}

// check panics where a factor has fewer words than the sum: the kernels trust it.
func check(a, b [][]uint64, out []uint64) {
	n := len(out)
	for i := range a {
		_, _ = a[i][n-1], b[i][n-1]
	}
}

// sumsAtOnce is how many sums the generic code holds at once, so that they stay in the nearest cache.
const sumsAtOnce = 512

// mulAddGeneric is MulAdd in portable code: products add up in 128 bits, and one reduction serves them all. It is
// twice as fast as lattigo's vectors, which reduce every product.
func mulAddGeneric(s *ring.SubRing, a, b [][]uint64, out []uint64) {
	room := maxRoom
	if s.Modulus > 1<<32 { // products below 2q^2 that fit 2^126
		room = int(min(maxRoom, (1<<62)/(s.Modulus>>31*(s.Modulus>>32)+1)))
	}
	var high, low [sumsAtOnce]uint64
	for from := 0; from < len(out); from += sumsAtOnce {
		n := min(sumsAtOnce, len(out)-from)
		clear(high[:])
		clear(low[:])
		for i := range a {
			if i > 0 && i%room == 0 {
				for j := range n {
					high[j] %= s.Modulus // the low words weigh less than one product
				}
			}
			accumulate(high[:n], low[:n], a[i][from:], b[i][from:])
		}
		for j := range n {
			m, _ := bits.Mul64(low[j]*s.MRedConstant, s.Modulus)
			out[from+j] = ring.BRedAdd(high[j]-m+s.Modulus, s.Modulus, s.BRedConstant)
		}
	}
}

// maxRoom is the most products between two reductions, enough for any prime.
const maxRoom = 1 << 10

// accumulate adds x*y to 128-bit sums.
func accumulate(high, low, x, y []uint64) {
	n := len(high)
	low, x, y = low[:n], x[:n], y[:n]
	for j := range high {
		h, l := bits.Mul64(x[j], y[j])
		var carry uint64
		low[j], carry = bits.Add64(low[j], l, 0)
		high[j] += h + carry
	}
}
