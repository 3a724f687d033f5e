package fhe

import (
	"encoding/binary"
	"fmt"
)

// maxInputs and maxOutputs bound the ciphertexts of one input and of one output, maxRolls the turned copies of one.
const (
	maxInputs  = 512
	maxOutputs = 64
	maxRolls   = 16
)

// InputLiteral says how the user packs an input: either as a tensor in a layout, or by windows. By windows, outputs of
// the first stage that read the same features form a class; the features of a class are dealt to lanes: over
// ciphertexts, over Copies of the stage's layout and, if ByChannel, over channel blocks.
type InputLiteral struct {
	Low         float64 `cbor:"low"`  // smallest accepted input value
	High        float64 `cbor:"high"` // largest
	LogScale    int     `cbor:"logScale"`
	Layout      *Layout `cbor:"layout,omitempty"` // of the tensor; none: windows
	Quadratic   bool    `cbor:"quadratic"`        // features are products of input values
	ByChannel   bool    `cbor:"byChannel"`
	Copies      int     `cbor:"copies"`
	Rolls       int     `cbor:"rolls"` // by channel: each ciphertext comes so often, turned by one block of channels more
	Ciphertexts int     `cbor:"ciphertexts"`
}

// classes groups the rows of a map that read the same columns.
type classes struct {
	of    []int32   // class of each row
	cols  [][]int32 // columns of each class
	width int       // most columns in one class
	size  []int     // rows in each class
	rank  []int32   // number of each row within its class
}

func classify(m *matrix) classes {
	var c classes
	known := map[string]int32{}
	key := make([]byte, 0, 1024)
	for i := range m.rows() {
		cols, _ := m.row(i)
		key = key[:0]
		for _, j := range cols {
			key = binary.LittleEndian.AppendUint32(key, uint32(j))
		}
		id, ok := known[string(key)]
		if !ok {
			id = int32(len(c.cols))
			known[string(key)] = id
			c.cols = append(c.cols, cols)
			c.size = append(c.size, 0)
			c.width = max(c.width, len(cols))
		}
		c.of = append(c.of, id)
		c.rank = append(c.rank, int32(c.size[id]))
		c.size[id]++
	}
	return c
}

// lane returns the feature in a lane of a class, or -1.
func (c classes) lane(class int32, lane int) int32 {
	if class < 0 || lane >= len(c.cols[class]) {
		return -1
	}
	return c.cols[class][lane]
}

// lanes is how many features of a class one ciphertext holds.
func (in InputLiteral) lanes(l Layout) int {
	if in.ByChannel {
		return in.Copies * l.Channels
	}
	return in.Copies
}

// shifted says that a second set of ciphertexts is needed, one block of channels further: where a shift over channels
// leaves a phase, it finds its features there.
func (in InputLiteral) shifted(l Layout) bool { return in.ByChannel && l.phases() > 1 }

// count is the number of input ciphertexts.
func (in InputLiteral) count(c classes, l Layout) int {
	n := (c.width + in.lanes(l) - 1) / in.lanes(l)
	if in.shifted(l) {
		n *= 2
	}
	return n * in.Rolls
}

// windows lists for each input ciphertext the feature in each slot of a period, for a first stage with the given
// layout. All parts of the stage's result must read the same.
func (in InputLiteral) windows(c classes, l Layout, shape []int) ([][]int32, error) {
	class := in.classAt(c, l, shape, 0)
	for part := 1; part < l.parts(); part++ {
		for s, other := range in.classAt(c, l, shape, part) {
			if other >= 0 && other != class[s] {
				return nil, fmt.Errorf("parts of the result read different inputs: cannot pack by windows")
			}
		}
	}
	period := len(class) * in.Copies
	lanes, block := in.lanes(l), l.Plane
	for s := range class {
		if first := class[s-s/block%l.Channels*block]; in.ByChannel && class[s] >= 0 && class[s] != first {
			return nil, fmt.Errorf("channels at one position read different inputs: cannot pack by channel")
		}
	}
	if n := in.count(c, l); n > maxInputs {
		return nil, fmt.Errorf("input needs %d ciphertexts, at most %d", n, maxInputs)
	}
	var list [][]int32
	for t := range (c.width + lanes - 1) / lanes {
		src := make([]int32, period)
		for s := range src {
			at := s % len(class)
			lane, cls := t*lanes+s/len(class), class[at]
			if in.ByChannel {
				ch := at / block % l.Channels
				lane = t*lanes + s/len(class)*l.Channels + ch
				cls = class[at-ch*block]
			}
			src[s] = c.lane(cls, lane)
		}
		turns := []int{0}
		if in.shifted(l) {
			turns = append(turns, -l.Channels*block)
		}
		for _, turn := range turns {
			for r := range in.Rolls {
				turned := make([]int32, period)
				for s := range turned {
					turned[s] = src[mod(s+turn+r*block, period)]
				}
				list = append(list, turned)
			}
		}
	}
	return list, nil
}

// classAt is the class of the value in each slot of a part of the first stage's result, -1 for none.
func (in InputLiteral) classAt(c classes, l Layout, shape []int, part int) []int32 {
	list := l.index(shape, part)
	for s, i := range list {
		if list[s] = -1; i >= 0 {
			list[s] = c.of[i]
		}
	}
	return list
}
