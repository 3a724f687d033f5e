package bench

import (
	"math"
	"testing"
)

func TestLayoutsPlaceEveryValueOnce(t *testing.T) {
	t.Parallel()
	grid := natural([]int{1, 28, 28})
	for _, l := range []layout{
		natural([]int{10}),
		natural([]int{3, 5, 4}),
		grid.multiplexed([]int{5, 13, 13}, 2),
		grid.multiplexed([]int{16, 14, 14}, 2).multiplexed([]int{32, 7, 7}, 2),
		grid.multiplexed([]int{3, 15, 15}, 2),
	} {
		seen := map[int]bool{}
		for i := range size(l.shape) {
			s := l.slot(i)
			if s < 0 || s >= l.slots() || seen[s] {
				t.Errorf("%+v: value %d in slot %d", l, i, s)
			}
			seen[s] = true
		}
	}
}

// Rotated diagonals and folds give what the map gives, in the order of the layout, in every block.
func TestDiagonalsAreTheMap(t *testing.T) {
	t.Parallel()
	const slots = 1024
	n := newNetwork(5, 2, 12, 12).conv(6, 3, 2, 1, 0)
	g, err := newProgram(n.prefix)
	if err != nil {
		t.Fatal(err)
	}
	m, in := g.steps[0].m, natural(n.prefix.Input)
	x := n.image(-1)
	want := m.apply(x)
	spread := make([]float64, slots)
	for i, v := range x {
		spread[in.slot(i)] = v
	}
	for _, out := range []layout{natural(n.shape), in.multiplexed(n.shape, 2)} {
		for block := pow2(out.slots()); block <= slots; block *= 2 {
			list := diagonals(m, in, out, block, slots)
			if indices := diagonalIndices(m, in, out, block); len(indices) != len(list) {
				t.Errorf("block %d: %d indices, %d diagonals", block, len(indices), len(list))
			}
			got := make([]float64, slots)
			for d, values := range list {
				for j, w := range values {
					got[j] += w * spread[(j+d)%slots]
				}
			}
			for i, w := range want {
				sum := 0.0
				for j := out.slot(i); j < slots; j += block {
					sum += got[j]
				}
				if math.Abs(sum-w) > 1e-9 {
					t.Fatalf("block %d: value %d is %v, want %v", block, i, sum, w)
				}
			}
		}
	}
}

// The layers whose strides Orion multiplexes keep few diagonals.
func TestMultiplexingSavesDiagonals(t *testing.T) {
	t.Parallel()
	g, err := newProgram(lola().Prefix)
	if err != nil {
		t.Fatal(err)
	}
	s := g.steps[0]
	in := natural(s.in)
	plain := len(diagonalIndices(s.m, in, natural(s.out), 1024))
	packed := len(diagonalIndices(s.m, in, in.multiplexed(s.out, s.stride), 2048))
	if plain != 1024 || packed > 72 {
		t.Errorf("%d diagonals in natural order, %d multiplexed; want 1024 and at most 6*6*2", plain, packed)
	}
}

func TestEmbedPrefersFoldsForFewRows(t *testing.T) {
	t.Parallel()
	n := newNetwork(6, 800).dense(4, 0)
	g, err := newProgram(n.prefix)
	if err != nil {
		t.Fatal(err)
	}
	in, out := natural(n.prefix.Input), natural(n.shape)
	if e := embed(g.steps[0].m, in, out, 1024, 1024, 4); e.block != 4 {
		t.Errorf("%+v for 4 rows", e)
	}
}
