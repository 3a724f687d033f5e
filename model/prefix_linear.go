package model

import "slices"

// weights returns constant input i as float64; nil if it is omitted.
func (p *compiler) weights(n *Node, c *call, i int) ([]float64, error) {
	if !c.has(i) {
		return nil, nil
	}
	if c.in[i] == nil {
		return nil, refuse(n, "its weights are computed", "use constant weights, or cut before it")
	}
	return widen(c.in[i].Floats), nil
}

func widen(in []float32) []float64 {
	out := make([]float64, len(in))
	for i, v := range in {
		out[i] = float64(v)
	}
	return out
}

// takePad moves a waiting zero padding into a window and reports whether there was one.
func (p *compiler) takePad(w *window) (bool, error) {
	if p.pad == nil {
		return false, nil
	}
	begin, end, _, err := p.g.call(p.pad, nil).padding()
	if err != nil {
		return false, err
	}
	b, e := plane(begin[2:], 0), plane(end[2:], 0)
	for d := range w.in {
		w.in[d] -= b[d] + e[d]
		w.pads[d] += b[d]
		w.pads[d+2] += e[d]
	}
	p.pad = nil
	return true, nil
}

func (w *window) layer(kind LayerKind, n *Node, inC, outC int) PrefixLayer {
	return PrefixLayer{
		Kind: kind, Name: scope(n.Name),
		InShape: []int{inC, w.in[0], w.in[1]}, OutShape: []int{outC, w.out[0], w.out[1]},
		Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads,
	}
}

func (p *compiler) conv(n *Node, c *call) error {
	v, err := c.convolution()
	if err != nil {
		return err
	}
	if !p.g.variable(n.Inputs[0]) || v.batch != 1 {
		return refuse(n, "its input is not one sample", "cut before it")
	}
	weights, err := p.weights(n, c, 1)
	if err != nil {
		return err
	}
	bias, err := p.weights(n, c, 2)
	if err != nil {
		return err
	}
	if bias == nil {
		bias = make([]float64, v.outC)
	}
	if _, err := p.takePad(&v.window); err != nil {
		return err
	}
	l := v.layer(Conv, n, v.inC, v.outC)
	l.Weights, l.Bias, l.Groups = weights, bias, v.groups
	p.emit(l)
	return nil
}

func (p *compiler) averagePool(n *Node, c *call) error {
	w, err := c.pool()
	if err != nil {
		return err
	}
	return p.pool(n, c, w, c.int("count_include_pad", 0) != 0)
}

// globalPlane is the window that covers the whole plane of a tensor of rank 3 or 4.
func globalPlane(shape []int) window {
	size := plane(shape[2:], 1)
	return window{in: size, kernel: size, out: [2]int{1, 1}, strides: [2]int{1, 1}, dilations: [2]int{1, 1}}
}

func (p *compiler) globalAveragePool(n *Node, c *call) error {
	if rank := len(c.shapes[0]); rank > 4 {
		return refuse(n, "it has more than two spatial dimensions", "cut before it")
	}
	return p.pool(n, c, globalPlane(c.shapes[0]), false)
}

func (p *compiler) reduceMean(n *Node, c *call) error {
	axes, _, err := c.reducedAxes()
	if err != nil {
		return err
	}
	rank := len(c.shapes[0])
	if rank < 3 || rank > 4 || !slices.Equal(axes, spatialAxes(rank)) {
		return refuse(n, "it averages over other axes than the plane", "average over height and width, or cut before it")
	}
	return p.pool(n, c, globalPlane(c.shapes[0]), false)
}

func (p *compiler) pool(n *Node, c *call, w window, countPad bool) error {
	if c.shapes[0][0] != 1 {
		return refuse(n, "its input is not one sample", "cut before it")
	}
	own := w.pads
	padded, err := p.takePad(&w)
	if err != nil {
		return err
	}
	if padded {
		if own != [4]int{} && !countPad {
			return refuse(n, "it counts only some of its pads", "pad in one place, or cut before it")
		}
		countPad = true
	}
	l := w.layer(Pool, n, c.shapes[0][1], c.shapes[0][1])
	l.CountIncludePad = countPad
	p.emit(l)
	return nil
}

// padding remembers zeros around planes for the next window.
func (p *compiler) padding(n *Node, c *call) error {
	begin, end, value, err := c.padding()
	if err != nil {
		return err
	}
	rank := len(begin)
	all := slices.Concat(begin, end)
	if rank < 3 || rank > 4 || value != 0 || slices.Min(all) < 0 ||
		slices.Max(slices.Concat(begin[:2], end[:2])) > 0 {
		return refusePad(n)
	}
	p.pad = n
	return nil
}

func (p *compiler) gemm(n *Node, c *call) error {
	g, err := c.gemm()
	if err != nil {
		return err
	}
	if !p.g.variable(n.Inputs[0]) || g.transA || g.m != 1 {
		return refuse(n, "its input is not one row", "flatten the tensor first, or cut before it")
	}
	weights, err := p.weights(n, c, 1)
	if err != nil {
		return err
	}
	if !g.transB {
		weights = transposed(weights, g.k, g.n)
	}
	for i := range weights {
		weights[i] *= g.alpha
	}
	bias := make([]float64, g.n)
	if c.has(2) {
		if c.in[2] == nil {
			return refuse(n, "its bias is computed", "use a constant bias, or cut before it")
		}
		bias = widen(expand(c.in[2], []int{1, g.n}).Floats)
		for i := range bias {
			bias[i] *= g.beta
		}
	}
	p.dense(n, weights, bias, g.k)
	return nil
}

func (p *compiler) matMul(n *Node, c *call) error {
	s, err := c.stacked()
	if err != nil {
		return err
	}
	if !p.g.variable(n.Inputs[0]) || product(s.lead)*s.m != 1 {
		return refuse(n, "its input is not one row", "flatten the tensor first, or cut before it")
	}
	weights, err := p.weights(n, c, 1)
	if err != nil {
		return err
	}
	p.dense(n, transposed(weights, s.k, s.n), make([]float64, s.n), s.k)
	return nil
}

// transposed turns a rows x cols matrix into a cols x rows one.
func transposed(m []float64, rows, cols int) []float64 {
	out := make([]float64, len(m))
	for r := range rows {
		for c := range cols {
			out[c*rows+r] = m[r*cols+c]
		}
	}
	return out
}

func (p *compiler) dense(n *Node, weights, bias []float64, cols int) {
	p.emit(PrefixLayer{
		Kind: Dense, Name: scope(n.Name), InShape: []int{cols}, OutShape: []int{len(bias)},
		Rows: len(bias), Cols: cols, Weights: weights, Bias: bias,
	})
}

func (p *compiler) reshape(n *Node, c *call) error {
	from, to := sampleShape(c.shapes[0]), sampleShape(p.g.shapes[n.Outputs[0]])
	if slices.Equal(from, to) {
		return nil
	}
	p.flush()
	if last := len(p.layers) - 1; last >= 0 && p.layers[last].Kind == Reshape {
		p.layers[last].OutShape = to
		return nil
	}
	p.emit(PrefixLayer{Kind: Reshape, Name: scope(n.Name), InShape: from, OutShape: to})
	return nil
}

// transpose accepts what leaves the elements in their order: moving axes of length 1.
func (p *compiler) transpose(n *Node, c *call) error {
	perm, err := c.permutation()
	if err != nil {
		return err
	}
	moved := slices.DeleteFunc(slices.Clone(perm), func(a int) bool { return c.shapes[0][a] == 1 })
	if !slices.IsSorted(moved) {
		return refuse(n, "it reorders the elements", "export the model with channels first, or cut before it")
	}
	return p.reshape(n, c)
}
