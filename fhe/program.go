package fhe

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// stage is what a plan evaluates at once: a linear map of one or several tensors, at most one polynomial, and at most
// one average pool behind it that is done by rotations.
type stage struct {
	names   []string
	sources []int     // tensors it reads, ascending: 0 the input, k the output of stage k-1
	strides [][2]int  // of the windows between a source and the map's result, in all
	maps    []*matrix // one for each source; nil in a program without maps
	bias    []float64 // nil without values
	mid     []int     // shape of the map's result
	poly    *Poly
	pool    *Pool
	out     []int // shape after the pool
}

func (s *stage) name() string {
	if len(s.names) == 0 {
		return "output"
	}
	return strings.Join(s.names, "+")
}

// foldable says that the pool tiles its input and leaves a plane behind.
func (p *Pool) foldable(in, out []int) bool {
	return p.Kernel == p.Stride && p.Pads == [4]int{} && p.Kernel[0]*p.Kernel[1] > 1 && p.Kernel[0]*p.Kernel[1] <= 64 &&
		in[1]%p.Kernel[0] == 0 && in[2]%p.Kernel[1] == 0 && out[1]*out[2] > 1
}

// program is a prefix as stages. With values its maps hold weights, else only where entries are.
type program struct {
	features []feature // of the input, which stages read as tensor 0
	stages   []*stage
	closing  bool // the last stage is an identity behind an activation
}

// shape is the shape of a tensor; that of the input only if it is not made of products.
func (g *program) shape(p Prefix, tensor int) []int {
	if tensor == 0 {
		return p.Input
	}
	return g.stages[tensor-1].out
}

// readers lists the stages that read a tensor.
func (g *program) readers(tensor int) (list []int) {
	for k, s := range g.stages {
		if slices.Contains(s.sources, tensor) {
			list = append(list, k)
		}
	}
	return list
}

// form is a value of the prefix as an affine map of tensors.
type form struct {
	shape   []int
	maps    map[int]*matrix // by tensor
	strides map[int][2]int
	bias    []float64
	names   []string // of the layers merged in since the last activation
	pure    int      // the tensor it is, unchanged but for its shape; -1 if it is none
}

// detail says how much of a program is built.
type detail int

const (
	shapesOnly detail = iota // stages without maps
	structure                // maps that say where entries are
	weights                  // maps with weights
)

// assembler builds a program layer by layer.
type assembler struct {
	p      Prefix
	detail detail
	values bool
	g      *program
	forms  []form // by value: 0 the input, i the output of Layers[i-1]
	reads  []int  // how many layers read each value
}

// assemble builds the program of a prefix. A closing identity makes the last stage end in a linear map.
func assemble(p Prefix, quadratic, closing bool, d detail) (*program, error) {
	shapes, err := p.Shapes()
	if err != nil {
		return nil, err
	}
	a := &assembler{p: p, detail: d, values: d == weights, g: &program{}, reads: make([]int, len(p.Layers)+1)}
	if d > shapesOnly {
		a.g.features = rawFeatures(size(p.Input))
	}
	a.forms = append(a.forms, a.tensor(0, p.Input))
	for i := range p.Layers {
		for _, v := range p.inputs(i) {
			a.reads[v]++
		}
	}
	for i, l := range p.Layers {
		f, err := a.layer(i, l, shapes[i])
		if err != nil {
			return nil, fmt.Errorf("layer %q: %w", l.Name, err)
		}
		a.forms = append(a.forms, f)
	}
	last := a.forms[len(a.forms)-1]
	if last.pure <= 0 || closing {
		a.g.closing = last.pure > 0
		a.close(last, nil)
	}
	if quadratic {
		return a.g, a.g.startFromProducts(p, d)
	}
	return a.g, nil
}

// tensor is a tensor as a form.
func (a *assembler) tensor(t int, shape []int) form {
	f := form{shape: shape, maps: map[int]*matrix{t: nil}, strides: map[int][2]int{t: {1, 1}}, pure: t}
	if a.detail > shapesOnly {
		f.maps[t] = identity(size(shape), a.values)
	}
	if a.values {
		f.bias = make([]float64, size(shape))
	}
	return f
}

// layer is the value after a layer.
func (a *assembler) layer(i int, l Layer, out []int) (form, error) {
	ins := a.p.inputs(i)
	f := a.forms[ins[0]]
	switch {
	case l.Poly != nil:
		f.names = append(slices.Clone(f.names), l.Name)
		a.close(f, l.Poly)
		return a.tensor(len(a.g.stages), out), nil
	case l.Reshape != nil:
		f.shape = out
		f.names = append(slices.Clone(f.names), l.Name)
		return f, nil
	case l.Pool != nil && ins[0] > 0 && a.p.Layers[ins[0]-1].Poly != nil && a.reads[ins[0]] == 1:
		if s := a.g.stages[f.pure-1]; l.Pool.foldable(f.shape, out) {
			s.pool, s.out = l.Pool, out
			s.names = append(s.names, l.Name)
			return a.tensor(f.pure, out), nil
		}
	case l.Add != nil, l.Concat != nil:
		return a.join(l, ins, out)
	}
	var m *matrix
	if a.detail > shapesOnly {
		var err error
		if m, err = l.matrix(f.shape, out, a.values); err != nil {
			return f, err
		}
	}
	next := form{shape: out, maps: map[int]*matrix{}, strides: map[int][2]int{}, names: append(slices.Clone(f.names), l.Name), pure: -1}
	for t, first := range f.maps {
		next.maps[t] = nil
		if m != nil {
			var err error
			if next.maps[t], err = m.after(first); err != nil {
				return f, err
			}
		}
		s := l.stride()
		next.strides[t] = [2]int{f.strides[t][0] * s[0], f.strides[t][1] * s[1]}
	}
	if a.values {
		next.bias = m.apply(f.bias)
	}
	return next, nil
}

// stride is the stride of a window.
func (l Layer) stride() [2]int {
	switch {
	case l.Conv != nil:
		return l.Conv.Stride
	case l.Pool != nil:
		return l.Pool.Stride
	}
	return [2]int{1, 1}
}

// join is the value after a sum or a concatenation.
func (a *assembler) join(l Layer, ins, out []int) (form, error) {
	f := form{shape: out, maps: map[int]*matrix{}, strides: map[int][2]int{}, pure: -1}
	if a.values {
		f.bias = make([]float64, size(out))
	}
	var places [][]int32
	if l.Concat != nil {
		var shapes [][]int
		for _, v := range ins {
			shapes = append(shapes, a.forms[v].shape)
		}
		places = l.Concat.scatter(shapes, out)
	}
	for k, v := range ins {
		in := a.forms[v]
		for _, n := range in.names {
			if !slices.Contains(f.names, n) {
				f.names = append(f.names, n)
			}
		}
		for t := range in.maps {
			s := f.strides[t]
			f.strides[t] = [2]int{max(s[0], in.strides[t][0]), max(s[1], in.strides[t][1])}
			if _, ok := f.maps[t]; !ok {
				f.maps[t] = nil
			}
		}
		if a.detail > shapesOnly {
			spread := identity(size(out), a.values)
			if places != nil {
				spread = selection(size(out), places[k], a.values)
			}
			if err := f.accumulate(in, spread); err != nil {
				return f, err
			}
		}
	}
	f.names = append(f.names, l.Name)
	return f, nil
}

// accumulate adds spread(in) to the form.
func (f form) accumulate(in form, spread *matrix) error {
	for t, m := range in.maps {
		m, err := spread.after(m)
		if err == nil && f.maps[t] != nil {
			m, err = m.plus(f.maps[t])
		}
		if err != nil {
			return err
		}
		f.maps[t] = m
	}
	if f.bias != nil {
		for i, b := range spread.apply(in.bias) {
			f.bias[i] += b
		}
	}
	return nil
}

// close ends a stage.
func (a *assembler) close(f form, poly *Poly) {
	s := &stage{names: f.names, bias: f.bias, mid: f.shape, poly: poly, out: f.shape, sources: slices.Sorted(maps.Keys(f.maps))}
	for _, t := range s.sources {
		s.maps = append(s.maps, f.maps[t])
		s.strides = append(s.strides, f.strides[t])
	}
	a.g.stages = append(a.g.stages, s)
}

// startFromProducts merges the first stage into those that read it: the input becomes products of its values.
func (g *program) startFromProducts(p Prefix, d detail) error {
	const why = "so the input cannot be packed as products"
	if len(g.readers(0)) != 1 || len(g.stages) < 2 || g.stages[0].poly == nil || g.stages[0].poly.Degree != 2 || g.closing && len(g.stages) == 2 {
		return fmt.Errorf("%w: no layer follows the first activation, or others read the input too, %s", ErrPlan, why)
	}
	var features []feature
	var first *matrix
	if d > shapesOnly {
		var err error
		if features, first, err = productMap(p, g.stages[0], d == weights); err != nil {
			return err
		}
	} else if _, err := firstLayers(p); err != nil {
		return err
	}
	names := g.stages[0].names
	rest := g.stages[1:]
	for _, s := range rest {
		for i, t := range s.sources {
			if t == 1 {
				s.names = slices.Concat(names, s.names)
				names = nil
			}
			s.sources[i] = max(0, t-1)
			if t == 1 && first != nil {
				m, err := s.maps[i].after(first)
				if err != nil {
					return err
				}
				if d == weights {
					constant := s.maps[i].apply(first.bias)
					for r := range s.bias {
						s.bias[r] += constant[r]
					}
				}
				s.maps[i] = m
			}
		}
	}
	g.features, g.stages = features, rest
	return nil
}
