//go:build !amd64

package ring52

// constants are those of kernels, of which there are none.
type constants struct{}

func (p *Prime) accelerate() {}

func (p *Prime) sumsFast([]Sum) bool { return false }

func (p *Prime) addFast(_, _, _ []uint64) bool { return false }

func (p *Prime) scaleFast(_ []uint64, _ uint64, _ []uint64) bool { return false }

func (p *Prime) addPermutedFast(_, _, _ []uint64) bool { return false }

func (p *Prime) permuteFast(_, _, _ []uint64) bool { return false }

func (p *Prime) digitsFast(_ []uint64, _, _ uint64, _, _ []uint64) bool { return false }

func (p *Prime) truncateFast([]uint64) bool { return false }

func (p *Prime) combineFast(_ []*Prime, _ [][]uint64, _ []uint64, _ uint64, _ []uint64) bool {
	return false
}

func (p *Prime) subMulFast(_, _ []uint64, _ uint64, _ []uint64) bool { return false }
