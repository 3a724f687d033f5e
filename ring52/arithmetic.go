package ring52

import "github.com/tuneinsight/lattigo/v5/ring"

// MulAdd writes sum_i a[i]*b[i] mod q to out: s.N words for each limb, b in Montgomery form (lattigo's
// MForm, so keys as they are), a below 2q and b below q. The sum is fully reduced whatever the number of
// terms; without terms it is zero. It equals that of MulCoeffsMontgomery and Add. out must not overlap a or b.
//
// It panics as lattigo does where a limb is too short or b has fewer limbs than a.
func MulAdd(s *ring.SubRing, a, b [][]uint64, out []uint64) {
	check(s.N, a, b, out)
	if !mulAddFast(s, a, b, out) {
		mulAddGeneric(s, a, b, out)
	}
}

// MulAdd2 does MulAdd for two halves with one factor in common, read once: out0 = sum_i a0[i]*b[i] and
// out1 = sum_i a1[i]*b[i] mod q. Which factor is in Montgomery form does not matter: a ciphertext's halves
// times plaintexts, or, to switch keys, a key's halves as a0, a1 times digits as b. One of them is below 2q,
// the other below q.
func MulAdd2(s *ring.SubRing, a0, a1, b [][]uint64, out0, out1 []uint64) {
	check(s.N, a0, b, out0)
	check(s.N, a1, b, out1)
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

// check panics where a limb has fewer than n words: the kernels trust it.
func check(n int, a, b [][]uint64, out []uint64) {
	_ = out[n-1]
	for i := range a {
		_, _ = a[i][n-1], b[i][n-1]
	}
}

// mulAddGeneric is MulAdd by lattigo's vectors, reduced when another product might overflow.
func mulAddGeneric(s *ring.SubRing, a, b [][]uint64, out []uint64) {
	n := s.N
	out = out[:n]
	clear(out)
	room := int(min(^uint64(0)/(2*s.Modulus)-1, 1<<10)) // a lazy product is below 2q, and the sum below q
	for i := range a {
		if i > 0 && i%room == 0 {
			s.Reduce(out, out)
		}
		s.MulCoeffsMontgomeryLazyThenAddLazy(a[i][:n], b[i][:n], out)
	}
	s.Reduce(out, out)
}
