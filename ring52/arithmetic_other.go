//go:build !amd64

package ring52

import "github.com/tuneinsight/lattigo/v5/ring"

func mulAddFast(*ring.SubRing, [][]uint64, [][]uint64, []uint64) bool { return false }

func mulAdd2Fast(_ *ring.SubRing, _, _, _ [][]uint64, _, _ []uint64) bool { return false }

func addPermutedFast(_ *ring.SubRing, _, _, _ []uint64) bool { return false }

func permuteFast(_ *ring.SubRing, _, _, _ []uint64) bool { return false }

func digitsFast(_ *ring.SubRing, _ []uint64, _, _ uint64, _, _ []uint64) bool { return false }

func truncateFast([]uint64) bool { return false }

func combineFast(_ *ring.SubRing, _ []*ring.SubRing, _ [][]uint64, _ []uint64, _ uint64, _ []uint64) bool {
	return false
}

func subMulFast(_ *ring.SubRing, _, _ []uint64, _ uint64, _ []uint64) bool { return false }

func subMulAddFast(_ *ring.SubRing, _, _ []uint64, _ uint64, _, _ []uint64) bool { return false }
