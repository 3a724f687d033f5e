package fhe

import (
	"fmt"
	"math/bits"
)

// Layout places a tensor in the slots of one or several ciphertexts. Fields are public because plans carry them.
//
// A grid (Kind "") is [phases][channels][plane], each padded to a power of two, repeated to the end. A phase collects
// the positions that are equal modulo the strides that follow, so that a later average pool adds whole blocks and a
// strided layer finds its inputs in step.
//
// A "flat" layout keeps the values in their order, Offset empty slots before them, repeated every Plane slots.
//
// A "split" layout deals the values over Channels blocks of Plane slots: block a holds Row values from a*Row on in its
// first slots, and again every Row slots up to Offset: sums leave out the first Offset slots of a block, so that they are
// the same wherever they begin there. What stands in its other slots is no value and is never read.
type Layout struct {
	Kind     string   `cbor:"kind,omitempty"`
	Digits   [][2]int `cbor:"digits,omitempty"` // strides that follow, next one first; the first is the slowest phase
	Channels int      `cbor:"channels"`         // blocks for channels; fewer channels repeat within
	Row      int      `cbor:"row"`              // slots between two rows of the plane
	Plane    int      `cbor:"plane"`
	Offset   int      `cbor:"offset,omitempty"`
	Parts    int      `cbor:"parts,omitempty"` // ciphertexts, if more than one; each holds Channels channels
}

const (
	flatLayout  = "flat"
	splitLayout = "split"
)

// noValue marks a slot that is empty, anyValue one that may hold something that is no value.
const (
	noValue  = -1
	anyValue = -2
)

// pow2 is the least power of two that is at least n.
func pow2(n int) int { return 1 << bits.Len(uint(max(n, 1)-1)) }

func isPow2(n int) bool { return n > 0 && n&(n-1) == 0 }

// shape3 reads a tensor's shape as channels, height, width.
func shape3(shape []int) (c, h, w int) {
	if len(shape) == 3 {
		return shape[0], shape[1], shape[2]
	}
	return shape[0], 1, 1
}

func (l Layout) parts() int { return max(l.Parts, 1) }

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
	if l.Parts == 1 || l.Parts < 0 || l.Parts > maxOutputs {
		return fmt.Errorf("layout has %d parts, want none or 2 to %d", l.Parts, maxOutputs)
	}
	if len(l.Digits) > 8 {
		return fmt.Errorf("layout has %d phase digits, at most 8", len(l.Digits))
	}
	for _, d := range l.Digits {
		if d[0] < 1 || d[1] < 1 || d[0]*d[1] > 64 {
			return fmt.Errorf("layout digit %v: want 1 to 64 phases", d)
		}
	}
	period := 1
	for _, v := range []int{l.Channels, l.Plane, l.phases()} {
		if !isPow2(v) || v > slots || period*v > slots {
			return fmt.Errorf("layout of %d channels, %d slots and %d phases: want powers of two and at most %d slots", l.Channels, l.Plane, l.phases(), slots)
		}
		period *= v
	}
	var err error
	switch l.Kind {
	case "":
		err = l.checkGrid(shape)
	case flatLayout:
		if l.Offset < 0 || l.Offset >= l.Plane || l.Channels != 1 || l.Row != 0 || len(l.Digits) > 0 {
			err = fmt.Errorf("flat layout with offset %d of %d slots, %d channels, row %d", l.Offset, l.Plane, l.Channels, l.Row)
		}
	case splitLayout:
		if !isPow2(l.Row) || l.Row > l.Plane || l.Offset < 0 || l.Offset%l.Row != 0 || l.Offset > l.Plane-l.Row || len(l.Digits) > 0 || l.Parts > 1 {
			err = fmt.Errorf("split layout of %d values in %d slots, offset %d, %d parts", l.Row, l.Plane, l.Offset, l.Parts)
		}
	default:
		err = fmt.Errorf("layout of unknown kind %q", l.Kind)
	}
	if err != nil {
		return err
	}
	return l.checkComplete(shape)
}

func (l Layout) checkGrid(shape []int) error {
	c, _, w := shape3(shape)
	if l.Row < 1 || l.Row > l.Plane || l.Offset != 0 || l.parts() == 1 && l.Channels < pow2(c) {
		return fmt.Errorf("layout row %d, channels %d or offset %d do not hold a tensor of shape %v", l.Row, l.Channels, l.Offset, shape)
	}
	for _, d := range l.Digits {
		w = (w + d[1] - 1) / d[1]
	}
	if w > l.Row {
		return fmt.Errorf("layout row %d is shorter than %d", l.Row, w)
	}
	return nil
}

// checkComplete demands a slot for every value.
func (l Layout) checkComplete(shape []int) error {
	seen := make([]bool, size(shape))
	for part := range l.parts() {
		for _, i := range l.index(shape, part) {
			if i >= 0 {
				seen[i] = true
			}
		}
	}
	for i, ok := range seen {
		if !ok {
			return fmt.Errorf("layout has no slot for value %d of a tensor of shape %v", i, shape)
		}
	}
	return nil
}

// index lists for each slot of a period the value of the tensor it holds, or noValue, or anyValue.
func (l Layout) index(shape []int, part int) []int32 {
	list := make([]int32, l.period())
	n := size(shape)
	for s := range list {
		i := noValue
		switch l.Kind {
		case "":
			i = l.gridValue(shape, part, s)
		case flatLayout:
			if v := s - l.Offset; v >= 0 {
				i = part*(l.Plane-l.Offset) + v
			}
		case splitLayout:
			if i = s/l.Plane*l.Row + s%l.Row; s%l.Plane >= l.Row+l.Offset {
				i = anyValue
			}
		}
		if i >= n {
			i = noValue
		}
		list[s] = int32(i)
	}
	return list
}

func (l Layout) gridValue(shape []int, part, s int) int {
	c, h, w := shape3(shape)
	pos, rest := s%l.Plane, s/l.Plane
	ch, phase := rest%l.Channels, rest/l.Channels
	if l.parts() == 1 {
		ch %= pow2(c)
	}
	ch += part * l.Channels
	y, x := pos/l.Row, pos%l.Row
	wide := w
	for _, d := range l.Digits {
		wide = (wide + d[1] - 1) / d[1]
	}
	if ch >= c || x >= wide {
		return noValue
	}
	for k := len(l.Digits) - 1; k >= 0; k-- {
		d := l.Digits[k]
		n := pow2(d[0] * d[1])
		p := phase % n
		phase /= n
		if p >= d[0]*d[1] {
			return noValue
		}
		y, x = y*d[0]+p/d[1], x*d[1]+p%d[1]
	}
	if y >= h || x >= w {
		return noValue
	}
	return (ch*h+y)*w + x
}

// target lists for each slot of a period the value that products in it count for, before a fold.
func (l Layout) target(shape []int, part int) []int32 {
	list := l.index(shape, part)
	if l.Kind != splitLayout {
		return list
	}
	n := size(shape)
	for s := range list {
		i := s/l.Plane*l.Row + s%l.Row
		if i >= n {
			i = noValue
		}
		list[s] = int32(i)
	}
	return list
}

// skips says that no product may stand in a slot.
func (l Layout) skips(s int) bool { return l.Kind == splitLayout && s%l.Plane < l.Offset }

// fold says how products over a period are added up to the layout: count of them, stride slots apart.
func (l Layout) fold(period int) (stride, count int) {
	if l.Kind == splitLayout {
		return l.Row, l.Plane / l.Row
	}
	return l.period(), period / l.period()
}

// folded is the layout after its slowest phases were added up.
func (l Layout) folded() Layout {
	l.Digits = l.Digits[1:]
	return l
}

// planar says whether a tensor still has a plane worth keeping in order.
func planar(shape []int) bool { return len(shape) == 3 && shape[1]*shape[2] > 1 }

// ahead lists the strides that follow a tensor, as far as they are worth phases: to its first reader and from there on.
func (g *program) ahead(tensor int) (digits [][2]int) {
	readers := g.readers(tensor)
	if len(readers) == 0 {
		return nil
	}
	k := readers[0]
	s := g.stages[k]
	if !planar(s.mid) {
		return nil
	}
	for i, t := range s.sources {
		if d := s.strides[i]; t == tensor && d[0]*d[1] > 1 && d[0]*d[1] <= 64 {
			digits = append(digits, d)
		}
	}
	if s.pool != nil {
		digits = append(digits, s.pool.Stride)
	}
	return append(digits, g.ahead(k+1)...)
}

// gridTensor is a planar tensor before the pool behind it.
type gridTensor struct {
	shape  []int
	digits [][2]int
	pooled bool
}

// layouts proposes the grid of the map's result of each stage and, if the input is a tensor in slots, of the input.
// Stages that follow each other in a plane share row and plane, so that a tap of a convolution is the same rotation
// everywhere.
func (g *program) layouts(input []int) (first Layout, list []Layout) {
	var tensors []gridTensor
	if input != nil {
		tensors = append(tensors, gridTensor{shape: input, digits: g.ahead(0)})
	}
	for k, s := range g.stages {
		t := gridTensor{shape: s.mid, digits: g.ahead(k + 1), pooled: s.pool != nil}
		if s.pool != nil {
			t.digits = append([][2]int{s.pool.Stride}, t.digits...)
		}
		tensors = append(tensors, t)
	}
	for from := 0; from < len(tensors); {
		to := from
		for to < len(tensors) && planar(tensors[to].shape) {
			to++
		}
		if to == from {
			list = append(list, Layout{Channels: pow2(size(tensors[from].shape)), Row: 1, Plane: 1})
			to++
		} else {
			list = append(list, gridLayouts(tensors[from:to])...)
		}
		from = to
	}
	if input != nil {
		return list[0], list[1:]
	}
	return first, list
}

// gridLayouts are the layouts of a run of planar tensors.
func gridLayouts(run []gridTensor) []Layout {
	out := make([]Layout, len(run))
	row, plane := 0, 0
	for k, t := range run {
		out[k].Digits = t.digits
		_, _, w := shape3(t.shape)
		for _, d := range t.digits {
			w = (w + d[1] - 1) / d[1]
		}
		row = max(row, w)
	}
	for k, t := range run {
		_, h, w := shape3(t.shape)
		for _, d := range t.digits {
			h, w = (h+d[0]-1)/d[0], (w+d[1]-1)/d[1]
		}
		plane = max(plane, (h-1)*row+w)
		out[k].Channels = pow2(t.shape[0])
	}
	for k := range run {
		out[k].Row, out[k].Plane = row, pow2(plane)
	}
	// Phases that both input and output of a stage keep must be equally far apart.
	for range run {
		for k := 1; k < len(run); k++ {
			kept := len(out[k-1].Digits)
			if run[k-1].pooled {
				kept--
			}
			if kept > 0 {
				c := max(out[k-1].Channels, out[k].Channels)
				out[k-1].Channels, out[k].Channels = c, c
			}
		}
	}
	return out
}

// within is the layout in as many ciphertexts as it needs at most slots slots each, false if channels do not divide it.
func (l Layout) within(slots int) (Layout, bool) {
	parts := 1
	for l.period() > slots && l.Channels > 1 {
		l.Channels /= 2
		parts *= 2
	}
	if parts > 1 {
		l.Parts = parts
	}
	return l, l.period() <= slots && parts <= maxOutputs
}
