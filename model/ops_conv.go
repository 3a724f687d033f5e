package model

import "slices"

// convolution is the checked geometry of a Conv node.
type convolution struct {
	window
	batch, inC, outC, groups int
}

func (c *call) convolution() (convolution, error) {
	if err := c.needFloats(2); err != nil {
		return convolution{}, err
	}
	x, k := c.shapes[0], c.shapes[1]
	if len(x) < 3 || len(k) != len(x) {
		return convolution{}, c.malformed("input %v with weights %v", x, k)
	}
	w, err := c.window(x, k[2:])
	if err != nil {
		return convolution{}, err
	}
	v := convolution{window: w, batch: x[0], inC: x[1], outC: k[0], groups: c.int("group", 1)}
	if v.groups < 1 || v.outC < 1 || v.outC%v.groups != 0 || v.inC != k[1]*v.groups {
		return convolution{}, c.malformed("%d channels, weights %v, %d groups", v.inC, k, v.groups)
	}
	if c.has(2) && !slices.Equal(c.shapes[2], []int{v.outC}) {
		return convolution{}, c.malformed("bias of shape %v for %d channels", c.shapes[2], v.outC)
	}
	// The unrolled input.
	_, err = elements([]int{v.batch, v.inC, w.kernel[0], w.kernel[1], w.out[0], w.out[1]}, c.limit)
	return v, err
}

func convShape(c *call) ([][]int, error) {
	v, err := c.convolution()
	if err != nil {
		return nil, err
	}
	return [][]int{v.outShape(v.batch, v.outC, len(c.shapes[0]))}, nil
}

// convEval multiplies the weights by the unrolled input (im2col), group by group,
// with all samples side by side.
func convEval(c *call) ([]*Tensor, error) {
	v, err := c.convolution()
	if err != nil {
		return nil, err
	}
	gin, gout := v.inC/v.groups, v.outC/v.groups
	taps, area := gin*v.kernel[0]*v.kernel[1], v.outPlane()
	weights, x := c.in[1].Floats, c.in[0].Floats
	out := make([]float32, v.batch*v.outC*area)
	cols := make([]float32, taps*v.batch*area)
	for g := range v.groups {
		for b := range v.batch {
			from := (b*v.inC + g*gin) * v.inPlane()
			v.unroll(cols[b*area:], x[from:from+gin*v.inPlane()], gin, v.batch*area)
		}
		y, err := arith{}.matMul(weights[g*gout*taps:(g+1)*gout*taps], cols, gout, taps, v.batch*area, false)
		if err != nil {
			return nil, c.malformed("%v", err)
		}
		for o := range gout {
			for b := range v.batch {
				row := y[(o*v.batch+b)*area:][:area]
				copy(out[(b*v.outC+g*gout+o)*area:], row)
			}
		}
	}
	if c.has(2) {
		addPerChannel(out, c.in[2].Floats, area)
	}
	return []*Tensor{{Shape: v.outShape(v.batch, v.outC, len(c.shapes[0])), Floats: out}}, nil
}

// addPerChannel adds one number to each plane, channel by channel and again for
// every sample.
func addPerChannel(x, bias []float32, area int) {
	for i := 0; i < len(x); i += area {
		b := bias[i/area%len(bias)]
		for j := range x[i : i+area] {
			x[i+j] += b
		}
	}
}

// unroll lays the windows over channels planes out as columns of a matrix whose
// rows, one for each channel and kernel position, begin stride apart in cols. What
// lies outside the planes stays as it is: zero, in every call alike.
func (w *window) unroll(cols, x []float32, channels, stride int) {
	for ch := range channels {
		in := x[ch*w.inPlane():][:w.inPlane()]
		for k := range w.kernel[0] * w.kernel[1] {
			row := cols[(ch*w.kernel[0]*w.kernel[1]+k)*stride:]
			dy, dx := k/w.kernel[1]*w.dilations[0]-w.pads[0], k%w.kernel[1]*w.dilations[1]-w.pads[1]
			first, end := w.inside(1, dx)
			for y := range w.out[0] {
				iy := y*w.strides[0] + dy
				if iy < 0 || iy >= w.in[0] || first >= end {
					continue
				}
				to, from := row[y*w.out[1]+first:y*w.out[1]+end], in[iy*w.in[1]+first*w.strides[1]+dx:]
				if w.strides[1] == 1 {
					copy(to, from)
					continue
				}
				for i := range to {
					to[i] = from[i*w.strides[1]]
				}
			}
		}
	}
}

// inside returns the range of out positions p along d for which p*stride + offset
// lies inside the plane.
func (w *window) inside(d, offset int) (first, end int) {
	s := w.strides[d]
	first = max(0, (s-1-offset)/s)
	if offset >= w.in[d] {
		return first, first
	}
	return first, min(w.out[d], (w.in[d]-1-offset)/s+1)
}

// transposed is the checked geometry of a ConvTranspose node. Its window runs over
// the output: what a convolution reads is what this one writes.
func (c *call) transposed() (convolution, error) {
	if err := c.needFloats(2); err != nil {
		return convolution{}, err
	}
	x, k := c.shapes[0], c.shapes[1]
	if len(x) < 3 || len(k) != len(x) {
		return convolution{}, c.malformed("input %v with weights %v", x, k)
	}
	w, err := c.widen(x, k[2:])
	if err != nil {
		return convolution{}, err
	}
	v := convolution{window: w, batch: x[0], inC: x[1], groups: c.int("group", 1)}
	if v.groups < 1 || v.inC != k[0] || v.inC%v.groups != 0 || k[1] < 1 || k[1] > maxExtent || v.groups > maxExtent {
		return convolution{}, c.malformed("%d channels, weights %v, %d groups", v.inC, k, v.groups)
	}
	v.outC = k[1] * v.groups
	if c.has(2) && !slices.Equal(c.shapes[2], []int{v.outC}) {
		return convolution{}, c.malformed("bias of shape %v for %d channels", c.shapes[2], v.outC)
	}
	for _, size := range [][2]int{w.in, {w.kernel[0] * w.kernel[1], w.outPlane()}} {
		if _, err = elements([]int{v.batch, v.outC, size[0], size[1]}, c.limit); err != nil {
			return convolution{}, err
		}
	}
	return v, nil
}

// widen reads the geometry of a ConvTranspose with input shape [N, C, (H,) W].
func (c *call) widen(shape, kernel []int) (window, error) {
	w, rank, err := c.frame(shape, kernel)
	if err != nil {
		return window{}, err
	}
	w.in, w.out = w.out, w.in
	extra, want := c.ints("output_padding"), c.ints("output_shape")
	if extra == nil {
		extra = make([]int, rank)
	}
	if len(want) == rank+2 {
		want = want[2:] // with batch and channels, as some exporters write it
	}
	if len(extra) != rank || want != nil && len(want) != rank {
		return window{}, c.malformed("output_padding %v, output_shape %v for %d spatial dimensions", extra, want, rank)
	}
	auto := c.text("auto_pad", "NOTSET")
	if want == nil && auto != "SAME_UPPER" && auto != "SAME_LOWER" {
		if err := c.padWindow(&w, rank); err != nil {
			return window{}, err
		}
	}
	add, sizes := plane(extra, 0), [2]int{1, 1}
	if want != nil {
		sizes = plane(want, 1)
	}
	for d := range w.in {
		if add[d] < 0 || add[d] > maxExtent {
			return window{}, c.malformed("output_padding %v", extra)
		}
		full := (w.out[d]-1)*w.strides[d] + w.span(d) + add[d]
		switch {
		case want == nil && (auto == "SAME_UPPER" || auto == "SAME_LOWER"):
			sizes[d] = w.out[d] * w.strides[d]
		case want == nil:
			w.in[d] = full - w.pads[d] - w.pads[d+2]
			continue
		}
		total := max(full-sizes[d], 0)
		w.pads[d], w.pads[d+2] = total-total/2, total/2
		if auto == "SAME_UPPER" {
			w.pads[d], w.pads[d+2] = total/2, total-total/2
		}
		w.in[d] = sizes[d]
	}
	if min(w.in[0], w.in[1]) < 1 || max(w.in[0], w.in[1]) > maxExtent {
		return window{}, c.malformed("output of %v", w.in)
	}
	return w, c.err
}

func convTransposeShape(c *call) ([][]int, error) {
	v, err := c.transposed()
	if err != nil {
		return nil, err
	}
	out := window{out: v.in}
	return [][]int{out.outShape(v.batch, v.outC, len(c.shapes[0]))}, nil
}

// convTransposeEval multiplies the transposed weights by the input and adds the
// columns up where their windows lie (col2im).
func convTransposeEval(c *call) ([]*Tensor, error) {
	v, err := c.transposed()
	if err != nil {
		return nil, err
	}
	gin, gout, area := v.inC/v.groups, v.outC/v.groups, v.kernel[0]*v.kernel[1]
	out := make([]float32, v.batch*v.outC*v.inPlane())
	for g := range v.groups {
		w := &Tensor{Shape: []int{gin, gout * area}, Floats: c.in[1].Floats[g*gin*gout*area:][:gin*gout*area]}
		w = gather(w, []int{gout * area, gin}, 0, []int{1, gout * area})
		for b := range v.batch {
			x := c.in[0].Floats[(b*v.inC+g*gin)*v.outPlane():][:gin*v.outPlane()]
			cols, err := arith{}.matMul(w.Floats, x, gout*area, gin, v.outPlane(), false)
			if err != nil {
				return nil, c.malformed("%v", err)
			}
			for o := range gout {
				to := out[(b*v.outC+g*gout+o)*v.inPlane():][:v.inPlane()]
				v.roll(to, cols[o*area*v.outPlane():])
			}
		}
	}
	if c.has(2) {
		addPerChannel(out, c.in[2].Floats, v.inPlane())
	}
	shape := window{out: v.in}
	return []*Tensor{{Shape: shape.outShape(v.batch, v.outC, len(c.shapes[0])), Floats: out}}, nil
}

// roll is the transpose of unroll for one channel: it adds columns to a plane.
func (w *window) roll(plane, cols []float32) {
	for y := range w.out[0] {
		for x := range w.out[1] {
			w.taps(y, x, func(k, at int) { plane[at] += cols[k*w.outPlane()+y*w.out[1]+x] })
		}
	}
}
