package model

import "slices"

// pick returns the lengths of some axes.
func pick(shape, axes []int) []int {
	out := make([]int, len(axes))
	for i, a := range axes {
		out[i] = shape[a]
	}
	return out
}

// reshape gives a tensor another shape; a row of reshapes becomes one.
func (p *compiler) reshape(name string, at int, to []int) int {
	for at > 0 && p.layers[at-1].Kind == Reshape && !slices.Equal(p.shape(at), to) {
		at = p.layers[at-1].Inputs[0]
	}
	if slices.Equal(p.shape(at), to) {
		return at
	}
	return p.emit(PrefixLayer{Kind: Reshape, Name: name, InShape: p.shape(at), OutShape: to}, at)
}

// reshaped compiles the operators that keep all elements in their order.
func (p *compiler) reshaped(n *Node, _ *call) (*value, error) {
	v, to := p.values[n.Inputs[0]], p.sample(n.Outputs[0])
	if slices.Equal(v.shape, to) {
		return v, nil
	}
	return p.at(p.reshape(scope(n.Name), p.write(v), to), to), nil
}

func (p *compiler) transpose(n *Node, c *call) (*value, error) {
	perm, err := c.permutation()
	if err != nil {
		return nil, err
	}
	moved := slices.DeleteFunc(slices.Clone(perm), func(a int) bool { return c.shapes[0][a] == 1 })
	if slices.IsSorted(moved) {
		return p.reshaped(n, c)
	}
	at, err := p.permute(n, "", p.tensor(n.Inputs[0]), c.shapes[0], perm)
	return p.result(n, at), err
}

// maxAxes is how many axes a Permute may have.
const maxAxes = 8

// permute reorders the axes of a tensor of the given shape.
func (p *compiler) permute(n *Node, suffix string, at int, shape, perm []int) (int, error) {
	shape, perm = runs(shape, perm)
	if slices.IsSorted(perm) {
		return at, nil
	}
	if len(shape) > maxAxes {
		return 0, refuse(n, "it reorders too many axes at once", "reorder fewer axes, or cut before it")
	}
	return p.emit(PrefixLayer{
		Kind: Permute, Name: scope(n.Name) + suffix, InShape: shape, OutShape: pick(shape, perm), Perm: perm,
	}, at), nil
}

// runs drops axes of length 1 and joins those that stay side by side.
func runs(shape, perm []int) (joined, order []int) {
	before := make([]int, len(shape)) // axes before this one that are longer than 1
	for a := 1; a < len(shape); a++ {
		before[a] = before[a-1]
		if shape[a-1] > 1 {
			before[a]++
		}
	}
	var starts, lengths []int
	next := -1
	for _, a := range perm {
		switch {
		case shape[a] == 1:
			continue
		case before[a] == next:
			lengths[len(lengths)-1] *= shape[a]
		default:
			starts, lengths = append(starts, before[a]), append(lengths, shape[a])
		}
		next = before[a] + 1
	}
	sorted := slices.Sorted(slices.Values(starts))
	joined, order = make([]int, len(starts)), make([]int, len(starts))
	for i, s := range starts {
		order[i] = slices.Index(sorted, s)
		joined[order[i]] = lengths[i]
	}
	return joined, order
}

// broadcast repeats a tensor along the axes in which it has length 1.
func (p *compiler) broadcast(n *Node, at int, from, to []int) (int, error) {
	from = append(slices.Repeat([]int{1}, len(to)-len(from)), from...)
	var axes []int
	for a, d := range from {
		if d != to[a] {
			axes = append(axes, a)
		}
	}
	ones := slices.Repeat([]float64{1}, product(pick(to, axes)))
	return p.along(n, at, from, axes, pick(to, axes), ones, nil)
}

func (p *compiler) expand(n *Node, c *call) (*value, error) {
	v := p.values[n.Inputs[0]]
	to := p.g.shapes[n.Outputs[0]]
	if product(to) == product(c.shapes[0]) {
		return p.reshaped(n, c)
	}
	at, err := p.broadcast(n, p.write(v), c.shapes[0], to)
	return p.result(n, at), err
}

// maxSelection bounds the matrix that selects elements of an axis.
const maxSelection = 1 << 24

// choose keeps some elements of an axis.
func (p *compiler) choose(n *Node, at int, shape []int, axis int, picks []int) (int, error) {
	cols := shape[axis]
	if len(picks) == cols && slices.IsSorted(picks) && picks[0] == 0 && picks[cols-1] == cols-1 {
		return at, nil
	}
	if len(picks)*cols > maxSelection {
		return 0, refuse(n, "it selects from too long an axis", "select on a shorter axis, or cut before it")
	}
	matrix := make([]float64, len(picks)*cols)
	for r, i := range picks {
		matrix[r*cols+i] = 1
	}
	return p.along(n, at, shape, []int{axis}, []int{len(picks)}, matrix, nil)
}

// from lists n indices that lie step apart.
func from(start, step, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = start + i*step
	}
	return out
}

func (p *compiler) slice(n *Node, c *call) (*value, error) {
	spans, err := c.spans()
	if err != nil {
		return nil, err
	}
	at, shape := p.tensor(n.Inputs[0]), slices.Clone(c.shapes[0])
	for axis, s := range spans {
		if at, err = p.choose(n, at, shape, axis, from(s.start, s.step, s.n)); err != nil {
			return nil, err
		}
		shape[axis] = s.n
	}
	return p.result(n, at), nil
}

func (p *compiler) gather(n *Node, c *call) (*value, error) {
	if p.g.variable(n.Inputs[1]) {
		return nil, refuse(n, "its indices are encrypted", "use constant indices, or cut before it")
	}
	if !p.g.variable(n.Inputs[0]) {
		return nil, refuseOp(n)
	}
	axis, picks, err := c.indices()
	if err != nil {
		return nil, err
	}
	at, err := p.choose(n, p.tensor(n.Inputs[0]), c.shapes[0], axis, picks)
	return p.result(n, at), err
}

// split gives every output a value; the first one is returned.
func (p *compiler) split(n *Node, c *call) (*value, error) {
	axis, lengths, err := c.parts()
	if err != nil {
		return nil, err
	}
	in, start := p.tensor(n.Inputs[0]), 0
	for i, out := range n.Outputs {
		at, err := p.choose(n, in, c.shapes[0], axis, from(start, 1, lengths[i]))
		if err != nil {
			return nil, err
		}
		start += lengths[i]
		if out != "" {
			p.values[out] = p.at(at, p.sample(out))
		}
	}
	return p.values[n.Outputs[0]], nil
}

func (p *compiler) concat(n *Node, c *call) (*value, error) {
	shape := p.g.shapes[n.Outputs[0]]
	axis, err := c.axis(c.int("axis", 1), len(shape))
	if err != nil {
		return nil, err
	}
	before, after := product(shape[:axis]), product(shape[axis+1:])
	l := PrefixLayer{Kind: Concat, Name: scope(n.Name)}
	var inputs []int
	total := 0
	for i, in := range n.Inputs {
		if !p.g.variable(in) {
			return nil, refuse(n, "one of its inputs is constant", "concatenate computed tensors only, or cut before it")
		}
		var to []int
		length := c.shapes[i][axis]
		switch sample := p.sample(in); {
		case len(sample) == 3 && shape[0] == 1 && axis > 0:
			to, l.Axis = sample, axis-1
		case before*after == 1:
			to, l.Axis = []int{length}, 0
		default:
			to, l.Axis = []int{before, length, after}, 1
		}
		if i == 0 {
			l.InShape, l.OutShape = to, slices.Clone(to)
		}
		total += length
		inputs = append(inputs, p.reshape(l.Name+"/in", p.tensor(in), to))
	}
	if len(inputs) == 1 {
		return p.values[n.Inputs[0]], nil
	}
	l.OutShape[l.Axis] = total
	return p.result(n, p.emit(l, inputs...)), nil
}

// padding crops what a Pad node takes away and adds what it adds.
func (p *compiler) padding(n *Node, c *call) (*value, error) {
	if mode := c.text("mode", "constant"); mode != "constant" {
		return nil, refuse(n, "it pads with mode "+mode, "pad with a constant, or cut before it")
	}
	begin, end, fill, err := c.padding()
	if err != nil {
		return nil, err
	}
	at, shape := p.tensor(n.Inputs[0]), slices.Clone(c.shapes[0])
	for a := range shape {
		b, e := min(begin[a], 0), min(end[a], 0)
		if shape[a]+b+e < 1 {
			return nil, refuse(n, "it crops everything before it pads", "cut before it")
		}
		if at, err = p.choose(n, at, shape, a, from(-b, 1, shape[a]+b+e)); err != nil {
			return nil, err
		}
		shape[a] += b + e
		begin[a], end[a] = begin[a]-b, end[a]-e
	}
	l := PrefixLayer{Kind: Pad, Name: scope(n.Name), Value: fill}
	if rank := len(shape); shape[0] == 1 && begin[0]+end[0] == 0 && (rank == 3 || rank == 4) {
		size, b, e := plane(shape[2:], 1), plane(begin[2:], 0), plane(end[2:], 0)
		l.Before, l.After = [3]int{begin[1], b[0], b[1]}, [3]int{end[1], e[0], e[1]}
		return p.result(n, p.surround(l, at, []int{shape[1], size[0], size[1]})), nil
	}
	for a := range shape {
		l.Before, l.After = [3]int{1: begin[a]}, [3]int{1: end[a]}
		at = p.surround(l, at, []int{product(shape[:a]), shape[a], product(shape[a+1:])})
		shape[a] += begin[a] + end[a]
	}
	return p.result(n, at), nil
}

// surround adds a Pad layer on a tensor of the given shape, unless it adds nothing.
func (p *compiler) surround(l PrefixLayer, at int, shape []int) int {
	if l.Before == [3]int{} && l.After == [3]int{} {
		return at
	}
	l.InShape, l.OutShape = shape, make([]int, 3)
	for i, d := range shape {
		l.OutShape[i] = d + l.Before[i] + l.After[i]
	}
	return p.emit(l, at)
}
