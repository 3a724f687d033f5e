package bench

import (
	"maps"
	"math"
	"math/bits"
	"slices"

	"github.com/tuneinsight/lattigo/v5/he"
)

// layout places a tensor in slots: planes of height by width, of which neighbouring values are gap apart; gap^2
// channels share a plane.
type layout struct {
	shape         []int
	gap           int
	height, width int
}

// natural is the row-major order.
func natural(shape []int) layout {
	if len(shape) != 3 {
		return layout{shape: shape, gap: 1, height: 1, width: 1}
	}
	return layout{shape: shape, gap: 1, height: shape[1], width: shape[2]}
}

// multiplexed is the layout after a step of a stride, as Orion chooses it: the grid stays and the gap grows.
func (l layout) multiplexed(shape []int, stride int) layout {
	if len(shape) != 3 {
		return natural(shape)
	}
	gap := l.gap * stride
	return layout{shape: shape, gap: gap, height: max(l.height, shape[1]*gap), width: max(l.width, shape[2]*gap)}
}

// slot is where value i stands.
func (l layout) slot(i int) int {
	if len(l.shape) != 3 {
		return i
	}
	c, y, x := i/(l.shape[1]*l.shape[2]), i/l.shape[2]%l.shape[1], i%l.shape[2]
	within := c % (l.gap * l.gap)
	return (c/(l.gap*l.gap)*l.height+y*l.gap+within/l.gap)*l.width + x*l.gap + within%l.gap
}

// slots is how many slots the planes take.
func (l layout) slots() int {
	planes := (l.shape[0] + l.gap*l.gap - 1) / (l.gap * l.gap)
	return planes * l.height * l.width
}

// pow2 is the least power of two that is at least n.
func pow2(n int) int { return 1 << bits.Len(uint(n-1)) }

// embedding is one way to run a map as generalised diagonals: rows repeat with the period of the block, and what the
// diagonals give is added up over all blocks, so that a block equal to the slots needs no addition.
type embedding struct {
	block int
	ratio int // lattigo's LogBabyStepGianStepRatio
	cost  float64
}

// Costs of the parts of a product, in hoisted rotations, from measurements on one core at 6 and 8 limbs.
const (
	productCost = 0.15
	giantCost   = 6.5 // with the decomposition and half of the division by the special primes
	foldCost    = 8
	maxRatio    = 4
	maxDirect   = 64 // diagonals without giant steps: each asks for a key
)

// embed chooses the cheapest of the given blocks and ratios.
func embed(m affine, in, out layout, slots int, blocks ...int) embedding {
	best := embedding{cost: math.Inf(1)}
	for _, block := range blocks {
		list := diagonalIndices(m, in, out, block)
		folds := foldCost * math.Log2(float64(slots/block))
		for ratio := -1; ratio <= maxRatio; ratio++ {
			if ratio < 0 && len(list) > maxDirect {
				continue
			}
			cost := folds + float64(len(list))*productCost + stepsCost(list, slots, ratio)
			if cost < best.cost {
				best = embedding{block, ratio, cost}
			}
		}
	}
	return best
}

func stepsCost(list []int, slots, ratio int) float64 {
	if ratio < 0 {
		return float64(len(list))
	}
	_, giants, babies := he.BSGSIndex(list, slots, he.FindBestBSGSRatio(list, slots, ratio))
	return float64(len(babies)) + giantCost*float64(len(giants))
}

// diagonalIndices lists the diagonals of a map that hold anything, ascending.
func diagonalIndices(m affine, in, out layout, block int) []int {
	seen := map[int]bool{}
	for i, row := range m.rows {
		r := out.slot(i)
		for _, e := range row {
			seen[(in.slot(e.col)-r)&(block-1)] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// diagonals are the values of a map's diagonals: number d holds in slot j the weight of slot j+d in row j modulo the
// block.
func diagonals(m affine, in, out layout, block, slots int) map[int][]float64 {
	list := map[int][]float64{}
	for i, row := range m.rows {
		r := out.slot(i)
		for _, e := range row {
			c := in.slot(e.col)
			d := (c - r) & (block - 1)
			if list[d] == nil {
				list[d] = make([]float64, slots)
			}
			list[d][(c-d)&(slots-1)] += e.weight
		}
	}
	return list
}
