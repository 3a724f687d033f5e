package model

import "slices"

// window is the geometry of a convolution or a pool over a plane. A
// one-dimensional window is one over planes of height 1.
type window struct {
	in, out                    [2]int // height and width
	kernel, strides, dilations [2]int
	pads                       [4]int // top, left, bottom, right; zeros around the plane
}

// Geometry beyond this is no network's; it keeps products of a few factors in an int.
const maxExtent = 1 << 20

// frame reads what a window over an input shape [N, C, (H,) W] has without its pads.
func (c *call) frame(shape, kernel []int) (w window, rank int, err error) {
	rank = len(shape) - 2
	if rank != 1 && rank != 2 {
		return w, 0, c.unsupported("input of shape %v: only one or two spatial dimensions are supported", shape)
	}
	if given := c.ints("kernel_shape"); given != nil {
		if kernel != nil && !slices.Equal(kernel, given) {
			return w, 0, c.malformed("kernel_shape %v differs from the weights' %v", given, kernel)
		}
		kernel = given
	}
	lists := [3][]int{kernel, c.ints("strides"), c.ints("dilations")}
	for i, list := range lists {
		if list == nil && i > 0 {
			lists[i] = slices.Repeat([]int{1}, rank)
		} else if len(list) != rank {
			return w, 0, c.malformed("window %v for %d spatial dimensions", list, rank)
		}
	}
	w = window{in: plane(shape[2:], 1), kernel: plane(lists[0], 1), strides: plane(lists[1], 1), dilations: plane(lists[2], 1)}
	for _, list := range [][2]int{w.in, w.kernel, w.strides, w.dilations} {
		if min(list[0], list[1]) < 1 || max(list[0], list[1]) > maxExtent {
			return w, 0, c.malformed("window extent %v", list)
		}
	}
	return w, rank, c.err
}

// window reads the geometry of node c over an input shape [N, C, (H,) W].
func (c *call) window(shape, kernel []int) (window, error) {
	w, rank, err := c.frame(shape, kernel)
	if err != nil {
		return window{}, err
	}
	if err := c.padWindow(&w, rank); err != nil {
		return window{}, err
	}
	ceil := c.int("ceil_mode", 0) != 0
	for d := range w.out {
		room := w.in[d] + w.pads[d] + w.pads[d+2] - w.span(d)
		if room < 0 {
			return window{}, c.malformed("window of %d does not fit %d values", w.span(d), w.in[d])
		}
		w.out[d] = room/w.strides[d] + 1
		// In ceil mode a last window may hang over the end, but must begin inside.
		if ceil && room%w.strides[d] != 0 && w.out[d]*w.strides[d] < w.in[d]+w.pads[d] {
			w.out[d]++
		}
	}
	return w, c.err
}

// plane lifts a list of one or two numbers to two.
func plane(list []int, fill int) [2]int {
	if len(list) == 1 {
		return [2]int{fill, list[0]}
	}
	return [2]int{list[0], list[1]}
}

// span is the extent of the dilated kernel along d.
func (w *window) span(d int) int { return (w.kernel[d]-1)*w.dilations[d] + 1 }

// padWindow sets the pads from pads or auto_pad.
func (c *call) padWindow(w *window, rank int) error {
	auto := c.text("auto_pad", "NOTSET")
	switch auto {
	case "NOTSET", "":
		pads := c.ints("pads")
		if pads == nil {
			return nil
		}
		if len(pads) != 2*rank {
			return c.malformed("pads %v for %d spatial dimensions", pads, rank)
		}
		begin, end := plane(pads[:rank], 0), plane(pads[rank:], 0)
		w.pads = [4]int{begin[0], begin[1], end[0], end[1]}
		if slices.Min(w.pads[:]) < 0 || slices.Max(w.pads[:]) > maxExtent {
			return c.malformed("pads %v", pads)
		}
	case "SAME_UPPER", "SAME_LOWER":
		for d := range w.in {
			out := (w.in[d] + w.strides[d] - 1) / w.strides[d]
			total := max((out-1)*w.strides[d]+w.span(d)-w.in[d], 0)
			w.pads[d], w.pads[d+2] = total/2, total-total/2
			if auto == "SAME_LOWER" {
				w.pads[d], w.pads[d+2] = w.pads[d+2], w.pads[d]
			}
		}
	case "VALID":
	default:
		return c.malformed("auto_pad %q", auto)
	}
	return nil
}

// taps calls f for every kernel position (index k) of the window at out position
// (y, x) that lies inside the plane, with the offset in the plane.
func (w *window) taps(y, x int, f func(k, at int)) {
	for ky := range w.kernel[0] {
		iy := y*w.strides[0] - w.pads[0] + ky*w.dilations[0]
		if iy < 0 || iy >= w.in[0] {
			continue
		}
		for kx := range w.kernel[1] {
			ix := x*w.strides[1] - w.pads[1] + kx*w.dilations[1]
			if ix >= 0 && ix < w.in[1] {
				f(ky*w.kernel[1]+kx, iy*w.in[1]+ix)
			}
		}
	}
}

// divisor is what an average pool divides by at out position (y, x): the window's
// positions inside the plane, or inside the padded plane if the pad counts.
func (w *window) divisor(y, x int, countPad bool) int {
	n := 1
	for d, p := range [2]int{y, x} {
		lo, hi := 0, w.in[d]
		if countPad {
			lo, hi = -w.pads[d], w.in[d]+w.pads[d+2]
		}
		inside := 0
		for k := range w.kernel[d] {
			if at := p*w.strides[d] - w.pads[d] + k*w.dilations[d]; at >= lo && at < hi {
				inside++
			}
		}
		n *= inside
	}
	return n
}

// outShape is the shape of the result with the given batch and channels, of the input's rank.
func (w *window) outShape(batch, channels, rank int) []int {
	if rank == 3 {
		return []int{batch, channels, w.out[1]}
	}
	return []int{batch, channels, w.out[0], w.out[1]}
}

func (w *window) inPlane() int  { return w.in[0] * w.in[1] }
func (w *window) outPlane() int { return w.out[0] * w.out[1] }
