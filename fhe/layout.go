package fhe

import (
	"fmt"
	"math/bits"
)

// Layout places a tensor in slots: [phases][channels][plane], each padded to a power of two, repeated to the end.
// A phase collects the positions that are equal modulo the strides that follow, so that a later average pool adds
// whole blocks and a strided layer finds its inputs in step. Fields are public because plans carry them.
type Layout struct {
	Digits   [][2]int `cbor:"digits,omitempty"` // strides that follow, next one first; the first is the slowest phase
	Channels int      `cbor:"channels"`         // blocks for channels; fewer channels repeat within
	Row      int      `cbor:"row"`              // slots between two rows of the plane
	Plane    int      `cbor:"plane"`
}

// pow2 is the least power of two that is at least n.
func pow2(n int) int { return 1 << bits.Len(uint(max(n, 1)-1)) }

// shape3 reads a tensor's shape as channels, height, width.
func shape3(shape []int) (c, h, w int) {
	if len(shape) == 3 {
		return shape[0], shape[1], shape[2]
	}
	return shape[0], 1, 1
}

func (l Layout) phases() int {
	n := 1
	for _, d := range l.Digits {
		n *= pow2(d[0] * d[1])
	}
	return n
}

// period is the number of slots after which the layout repeats.
func (l Layout) period() int { return l.phases() * l.Channels * l.Plane }

func (l Layout) check(shape []int, slots int) error {
	c, _, w := shape3(shape)
	if len(l.Digits) > 8 {
		return fmt.Errorf("layout has %d phase digits, at most 8", len(l.Digits))
	}
	for _, d := range l.Digits {
		if d[0] < 1 || d[1] < 1 || d[0]*d[1] > 64 {
			return fmt.Errorf("layout digit %v: want 1 to 64 phases", d)
		}
	}
	for _, v := range []int{l.Channels, l.Plane} {
		if v < 1 || v > slots || v&(v-1) != 0 {
			return fmt.Errorf("layout sides %d, %d: want powers of two up to %d", l.Channels, l.Plane, slots)
		}
	}
	if l.Row < 1 || l.Row > l.Plane || l.Channels < pow2(c) {
		return fmt.Errorf("layout row %d or channels %d do not hold a tensor of shape %v", l.Row, l.Channels, shape)
	}
	period := 1
	for _, v := range []int{l.phases(), l.Channels, l.Plane} {
		if period *= v; period > slots {
			return fmt.Errorf("layout needs more than %d slots", slots)
		}
	}
	for _, d := range l.Digits {
		w = (w + d[1] - 1) / d[1]
	}
	if w > l.Row {
		return fmt.Errorf("layout row %d is shorter than %d", l.Row, w)
	}
	seen := make([]bool, size(shape))
	for _, i := range l.index(shape) {
		if i >= 0 {
			seen[i] = true
		}
	}
	for i, ok := range seen {
		if !ok {
			return fmt.Errorf("layout has no slot for value %d of a tensor of shape %v", i, shape)
		}
	}
	return nil
}

// index lists for each slot of a period the tensor value it holds, or -1.
func (l Layout) index(shape []int) []int32 {
	c, h, w := shape3(shape)
	list := make([]int32, l.period())
	for s := range list {
		list[s] = -1
		pos, rest := s%l.Plane, s/l.Plane
		ch, phase := rest%l.Channels%pow2(c), rest/l.Channels
		y, x := pos/l.Row, pos%l.Row
		wide := w
		for _, d := range l.Digits {
			wide = (wide + d[1] - 1) / d[1]
		}
		ok := ch < c && x < wide
		for k := len(l.Digits) - 1; k >= 0; k-- {
			d := l.Digits[k]
			n := pow2(d[0] * d[1])
			p := phase % n
			phase /= n
			ok = ok && p < d[0]*d[1]
			y, x = y*d[0]+p/d[1], x*d[1]+p%d[1]
		}
		if ok && y < h && x < w {
			list[s] = int32((ch*h+y)*w + x)
		}
	}
	return list
}

// folded is the layout after its slowest phases were added up.
func (l Layout) folded() Layout {
	l.Digits = l.Digits[1:]
	return l
}

// strides returns the digits a stage asks of the layout of its input: its leading pool, then all its other strides.
func (s stage) strides() (digits [][2]int) {
	if s.lead != nil {
		digits = append(digits, s.lead.Stride)
	}
	total := [2]int{1, 1}
	for _, l := range s.linear {
		switch {
		case l.Conv != nil:
			total[0], total[1] = total[0]*l.Conv.Stride[0], total[1]*l.Conv.Stride[1]
		case l.Pool != nil:
			total[0], total[1] = total[0]*l.Pool.Stride[0], total[1]*l.Pool.Stride[1]
		}
	}
	if total[0]*total[1] > 1 && total[0]*total[1] <= 64 {
		digits = append(digits, total)
	}
	return digits
}

// planar says whether a tensor still has a plane worth keeping in order.
func planar(shape []int) bool { return len(shape) == 3 && shape[1]*shape[2] > 1 }

// layouts proposes the layout of each stage's output. Stages that follow each other in a plane share one grid, so
// that a tap of a convolution is the same rotation everywhere.
func layouts(list []stage) []Layout {
	out := make([]Layout, len(list))
	for from := 0; from < len(list); {
		to := from
		for to < len(list) && planar(list[to].out) {
			to++
		}
		if to == from {
			out[from] = Layout{Channels: pow2(list[from].out[0]), Row: 1, Plane: 1}
			from++
			continue
		}
		gridLayouts(list[from:to], out[from:to])
		from = to
	}
	return out
}

// gridLayouts fills the layouts of a run of stages with planar outputs.
func gridLayouts(run []stage, out []Layout) {
	row, plane := 0, 0
	for k := range run {
		for _, next := range run[k+1:] {
			out[k].Digits = append(out[k].Digits, next.strides()...)
		}
		_, _, w := shape3(run[k].out)
		for _, d := range out[k].Digits {
			w = (w + d[1] - 1) / d[1]
		}
		row = max(row, w)
	}
	for k := range run {
		_, h, w := shape3(run[k].out)
		for _, d := range out[k].Digits {
			h, w = (h+d[0]-1)/d[0], (w+d[1]-1)/d[1]
		}
		plane = max(plane, (h-1)*row+w)
		out[k].Channels = pow2(run[k].out[0])
	}
	for k := range run {
		out[k].Row, out[k].Plane = row, pow2(plane)
	}
	// Phases that both input and output of a stage keep must be equally far apart.
	for range run {
		for k := 1; k < len(run); k++ {
			kept := len(out[k-1].Digits)
			if run[k].lead != nil {
				kept--
			}
			if kept > 0 {
				c := max(out[k-1].Channels, out[k].Channels)
				out[k-1].Channels, out[k].Channels = c, c
			}
		}
	}
}
