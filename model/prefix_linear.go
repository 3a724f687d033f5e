package model

import "slices"

// weights returns constant input i as float64; nil if it is omitted.
func (p *compiler) weights(n *Node, c *call, i int) ([]float64, error) {
	if !c.has(i) {
		return nil, nil
	}
	if c.in[i] == nil {
		return nil, refuse(n, "its weights are computed from the input", "use constant weights, or cut before it")
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

// takePad gives a window the zeros that a Pad put around its input, and returns
// the tensor without them; false if there are none.
func (p *compiler) takePad(at int, w *window) (int, bool) {
	if at == 0 || p.layers[at-1].Kind != Pad {
		return at, false
	}
	l := p.layers[at-1]
	if l.Value != 0 || l.Before[0] != 0 || l.After[0] != 0 || !slices.Equal(l.OutShape[1:], w.in[:]) {
		return at, false
	}
	for d := range w.in {
		w.in[d] = l.InShape[1+d]
		w.pads[d] += l.Before[1+d]
		w.pads[d+2] += l.After[1+d]
	}
	return l.Inputs[0], true
}

func (w *window) layer(kind LayerKind, n *Node, inC, outC int) PrefixLayer {
	return PrefixLayer{
		Kind: kind, Name: scope(n.Name),
		InShape: []int{inC, w.in[0], w.in[1]}, OutShape: []int{outC, w.out[0], w.out[1]},
		Kernel: w.kernel, Strides: w.strides, Dilations: w.dilations, Pads: w.pads,
	}
}

func (p *compiler) conv(n *Node, c *call) (*value, error) {
	v, err := c.convolution()
	if err != nil {
		return nil, err
	}
	if v.batch != 1 {
		return nil, refuseBatch(n)
	}
	weights, err := p.weights(n, c, 1)
	if err != nil {
		return nil, err
	}
	bias, err := p.weights(n, c, 2)
	if err != nil {
		return nil, err
	}
	if bias == nil {
		bias = make([]float64, v.outC)
	}
	at, _ := p.takePad(p.tensor(n.Inputs[0]), &v.window)
	l := v.layer(Conv, n, v.inC, v.outC)
	l.Weights, l.Bias, l.Groups = weights, bias, v.groups
	return p.result(n, p.emit(l, at)), nil
}

func (p *compiler) averagePool(n *Node, c *call) (*value, error) {
	w, err := c.pool()
	if err != nil {
		return nil, err
	}
	return p.pool(n, c, w, c.int("count_include_pad", 0) != 0)
}

// globalPlane is the window that covers the whole plane of a tensor of rank 3 or 4.
func globalPlane(shape []int) window {
	size := plane(shape[2:], 1)
	return window{in: size, kernel: size, out: [2]int{1, 1}, strides: [2]int{1, 1}, dilations: [2]int{1, 1}}
}

func (p *compiler) globalAveragePool(n *Node, c *call) (*value, error) {
	return p.average(n, c, spatialAxes(len(c.shapes[0])))
}

func (p *compiler) pool(n *Node, c *call, w window, countPad bool) (*value, error) {
	if c.shapes[0][0] != 1 {
		return nil, refuseBatch(n)
	}
	at := p.tensor(n.Inputs[0])
	if w.pads == [4]int{} || countPad { // what a pool does not count cannot join what it does
		if inner, padded := p.takePad(at, &w); padded {
			at, countPad = inner, true
		}
	}
	l := w.layer(Pool, n, c.shapes[0][1], c.shapes[0][1])
	l.CountIncludePad = countPad
	return p.result(n, p.emit(l, at)), nil
}

// reduce compiles ReduceMean and ReduceSum.
func (p *compiler) reduce(n *Node, c *call) (*value, error) {
	axes, _, err := c.reducedAxes()
	if err != nil {
		return nil, err
	}
	switch {
	case len(axes) == 0:
		return p.values[n.Inputs[0]], nil
	case n.Op == "ReduceMean":
		return p.average(n, c, axes)
	}
	return p.fold(n, c, axes, 1)
}

// average is the mean over some axes.
func (p *compiler) average(n *Node, c *call, axes []int) (*value, error) {
	shape := c.shapes[0]
	rank := len(shape)
	if rank >= 3 && rank <= 4 && shape[0] == 1 && slices.Equal(axes, spatialAxes(rank)) {
		return p.pool(n, c, globalPlane(shape), false)
	}
	return p.fold(n, c, axes, 1/float64(product(pick(shape, axes))))
}

// fold is the sum over some axes times a factor.
func (p *compiler) fold(n *Node, c *call, axes []int, factor float64) (*value, error) {
	shape := c.shapes[0]
	row := slices.Repeat([]float64{factor}, product(pick(shape, axes)))
	ones := slices.Repeat([]int{1}, len(axes))
	at, err := p.along(n, p.tensor(n.Inputs[0]), shape, axes, ones, row, nil)
	return p.result(n, at), err
}

// gemm compiles alpha*A*B + beta*C, where A or B is constant.
func (p *compiler) gemm(n *Node, c *call) (*value, error) {
	g, err := c.gemm()
	if err != nil {
		return nil, err
	}
	var (
		at, axis int
		matrix   []float64 // times the vectors along axis
		to       = []int{g.m, g.n}
	)
	switch left, right := p.g.variable(n.Inputs[0]), p.g.variable(n.Inputs[1]); {
	case left && right:
		return nil, refuseProduct(n)
	case !left && !right:
		return nil, refuse(n, "both its matrices are constant", "add the constant product instead, or cut before it")
	case left:
		axis, matrix = 1, constMatrix(c.in[1], !g.transB, g.k, g.n)
		at, err = p.matrix(n, n.Inputs[0], g.transA, g.m, g.k)
	default:
		axis, matrix = 0, constMatrix(c.in[0], g.transA, g.k, g.m)
		at, err = p.matrix(n, n.Inputs[1], g.transB, g.k, g.n)
	}
	if err != nil {
		return nil, err
	}
	for i := range matrix {
		matrix[i] *= g.alpha
	}
	shape := slices.Clone(to)
	shape[axis] = g.k
	bias, rest, err := p.bias(n, c, to, axis, g.beta)
	if err != nil {
		return nil, err
	}
	if at, err = p.along(n, at, shape, []int{axis}, []int{to[axis]}, matrix, bias); err != nil || rest == nil {
		return p.result(n, at), err
	}
	return p.plus(n, p.result(n, at), rest, 1), nil
}

// constMatrix reads a constant matrix; flip transposes it from rows x cols.
func constMatrix(t *Tensor, flip bool, rows, cols int) []float64 {
	if flip {
		return transposed(widen(t.Floats), rows, cols)
	}
	return widen(t.Floats)
}

// matrix is the tensor of an input of rows x cols, which may be stored transposed.
func (p *compiler) matrix(n *Node, name string, trans bool, rows, cols int) (int, error) {
	at := p.tensor(name)
	if !trans {
		return at, nil
	}
	return p.permute(n, "/transposed", at, []int{cols, rows}, []int{1, 0})
}

// bias splits factor times the third input of a Gemm, whose result has the shape
// to: in one number for each index along an axis, or in what is to be added later.
func (p *compiler) bias(n *Node, c *call, to []int, axis int, factor float64) (bias []float64, rest *value, err error) {
	if !c.has(2) {
		return nil, nil, nil
	}
	if c.in[2] == nil {
		at, from := p.tensor(n.Inputs[2]), p.g.shapes[n.Inputs[2]]
		if product(from) != product(to) {
			if at, err = p.broadcast(n, at, from, to); err != nil {
				return nil, nil, err
			}
		}
		return nil, p.scaled(n, p.result(n, at), factor), nil
	}
	all := widen(expand(c.in[2], to).Floats)
	for i := range all {
		all[i] *= factor
	}
	step := strides(to)[axis]
	bias = make([]float64, to[axis])
	for r := range bias {
		bias[r] = all[r*step]
	}
	for i, v := range all {
		if v != bias[i/step%to[axis]] {
			return nil, &value{base: noTensor, shape: p.sample(n.Outputs[0]), poly: polynomial{all}}, nil
		}
	}
	return bias, nil, nil
}

func (p *compiler) matMul(n *Node, c *call) (*value, error) {
	s, err := c.stacked()
	if err != nil {
		return nil, err
	}
	left, right := p.g.variable(n.Inputs[0]), p.g.variable(n.Inputs[1])
	if left && right {
		return nil, refuseProduct(n)
	}
	input, weights, shape, axis, rows := 1, s.a, s.b, len(s.b)-2, s.m
	if left {
		input, weights, shape, axis, rows = 0, s.b, s.a, len(s.a)-1, s.n
	}
	if product(weights) != rows*s.k {
		return nil, refuse(n, "its matrix differs along a leading axis", "use one matrix for all, or cut before it")
	}
	matrix := constMatrix(c.in[1-input], left, s.k, s.n)
	at, err := p.along(n, p.tensor(n.Inputs[input]), shape, []int{axis}, []int{rows}, matrix, nil)
	return p.result(n, at), err
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

// along multiplies a matrix, and adds a bias, to each vector along some axes of a
// tensor of the given shape; it is laid out along the same axes, whose lengths are
// then out. Nil is no bias.
func (p *compiler) along(n *Node, at int, shape, axes, out []int, matrix, bias []float64) (int, error) {
	order := slices.Clone(axes)
	for a := range shape {
		if !slices.Contains(axes, a) {
			order = append(order, a)
		}
	}
	at, err := p.permute(n, "/front", at, shape, order)
	if err != nil {
		return 0, err
	}
	cols, rows := product(pick(shape, axes)), product(out)
	rest := product(shape) / cols
	if bias == nil {
		bias = make([]float64, rows)
	}
	l := PrefixLayer{
		Kind: Conv, Name: scope(n.Name), InShape: []int{cols, rest, 1}, OutShape: []int{rows, rest, 1},
		Kernel: [2]int{1, 1}, Strides: [2]int{1, 1}, Dilations: [2]int{1, 1}, Groups: 1, Weights: matrix, Bias: bias,
	}
	if rest == 1 {
		l = PrefixLayer{
			Kind: Dense, Name: l.Name, InShape: []int{cols}, OutShape: []int{rows}, Rows: rows, Cols: cols, Weights: matrix, Bias: bias,
		}
	}
	at = p.emit(l, at)
	back := make([]int, len(order))
	for i, a := range order {
		back[a] = i
	}
	return p.permute(n, "/back", at, append(slices.Clone(out), pick(shape, order[len(axes):])...), back)
}
