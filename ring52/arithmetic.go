package ring52

import (
	"math/bits"

	"github.com/tuneinsight/lattigo/v5/ring"
)

// sumsAtOnce is how many sums the generic code holds at once, so that they stay in the nearest cache.
const sumsAtOnce = 512

// sumGeneric is one half of a Sum in portable code: products add up in 128 bits, and one reduction serves them all. It is
// twice as fast as lattigo's vectors, which reduce every product.
func (p *Prime) sumGeneric(a, b [][]uint64, run int, out []uint64) {
	room := maxRoom
	if p.Modulus > 1<<32 { // products below 2q^2 that fit 2^126
		room = int(min(maxRoom, (1<<62)/(p.Modulus>>31*(p.Modulus>>32)+1)))
	}
	var high, low, spread [sumsAtOnce]uint64
	for from := 0; from < len(out); from += sumsAtOnce {
		n := min(sumsAtOnce, len(out)-from)
		clear(high[:])
		clear(low[:])
		for i := range a {
			if i > 0 && i%room == 0 {
				for j := range n {
					high[j] %= p.Modulus // the low words weigh less than one product
				}
			}
			accumulate(high[:n], low[:n], a[i][from:], expand(b[i], from, run, spread[:n]))
		}
		for j := range n {
			m, _ := bits.Mul64(low[j]*p.MRedConstant, p.Modulus)
			out[from+j] = ring.BRedAdd(high[j]-m+p.Modulus, p.Modulus, p.BRedConstant)
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

// expand returns len(full) words of a row from a place on, each of whose words stands for a run.
func expand(row []uint64, from, run int, full []uint64) []uint64 {
	if run == 1 {
		return row[from : from+len(full)]
	}
	row = row[from/run:]
	switch run {
	case 2:
		for i, w := range row[:len(full)/2] {
			*(*[2]uint64)(full[2*i:]) = [2]uint64{w, w}
		}
		return full
	case 4:
		for i, w := range row[:len(full)/4] {
			*(*[4]uint64)(full[4*i:]) = [4]uint64{w, w, w, w}
		}
		return full
	}
	for i := 0; i*run < len(full); i++ {
		part := full[i*run : min((i+1)*run, len(full))]
		for j := range part {
			part[j] = row[i]
		}
	}
	return full
}
