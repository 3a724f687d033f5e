package ring52

import "math/bits"

// sumTermsDQ is sumTermsIFMA by the other kernels.
func (p *Prime) sumTermsDQ(s *Sum, rows []*uint64, from, to, keep uint64) {
	out0, out1, c := &s.Out0[0], &s.Out1[0], &p.sum.q
	row, n, logRun := &rows[0], uint64(len(rows)/3), uint64(bits.TrailingZeros(uint(s.Run)))
	switch s.Run {
	case 1:
		mulAdd2Run1DQ(out0, out1, row, n, from, to, keep, logRun, c)
	case 2:
		mulAdd2Run2DQ(out0, out1, row, n, from, to, keep, logRun, c)
	case 4:
		mulAdd2Run4DQ(out0, out1, row, n, from, to, keep, logRun, c)
	case 8:
		mulAdd2Run8DQ(out0, out1, row, n, from, to, keep, logRun, c)
	case 16:
		mulAdd2Run16DQ(out0, out1, row, n, from, to, keep, logRun, c)
	default:
		mulAdd2RunLongDQ(out0, out1, row, n, from, to, keep, logRun, c)
	}
}
