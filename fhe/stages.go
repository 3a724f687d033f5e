package fhe

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// stage is what a plan evaluates at once: an optional average pool done by rotations, a merged linear map, an
// optional quadratic.
type stage struct {
	names  []string
	lead   *Pool // non-overlapping average pool in front; folded, not multiplied
	linear []Layer
	poly   *Poly
	in     []int // before lead
	mid    []int // after lead
	out    []int
}

func (s stage) name() string {
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

// split cuts a prefix into stages. Only pools after a square are folded: before, the user's packing does better.
func split(p Prefix) ([]stage, error) {
	shapes, err := p.Shapes()
	if err != nil {
		return nil, err
	}
	in := p.Input
	cur := stage{in: in, mid: in, out: in}
	var list []stage
	for i, l := range p.Layers {
		cur.names = append(cur.names, l.Name)
		cur.out = shapes[i]
		switch {
		case l.Poly != nil:
			cur.poly = l.Poly
			list = append(list, cur)
			cur = stage{in: cur.out, mid: cur.out, out: cur.out}
		case l.Pool != nil && len(list) > 0 && len(cur.linear) == 0 && cur.lead == nil && l.Pool.foldable(in, shapes[i]):
			cur.lead, cur.mid = l.Pool, shapes[i]
		default:
			cur.linear = append(cur.linear, l)
		}
		in = shapes[i]
	}
	if len(cur.names) > 0 {
		list = append(list, cur)
	}
	return list, nil
}

// arrange merges the first two stages of a quadratic plan and, for a levelled one, closes a prefix that ends in an
// activation with a last map.
func arrange(list []stage, quadratic, closing bool) ([]stage, error) {
	list = slices.Clone(list)
	if closing && list[len(list)-1].poly != nil {
		last := list[len(list)-1].out
		list = append(list, stage{in: last, mid: last, out: last})
	}
	if !quadratic {
		return list, nil
	}
	if len(list) < 2 || list[0].poly == nil || len(list[1].names) == 0 {
		return nil, fmt.Errorf("%w: nothing follows the first activation, so the input cannot be packed as products", ErrPlan)
	}
	merged := list[1]
	merged.names = slices.Concat(list[0].names, merged.names)
	merged.in, merged.mid, merged.lead = list[0].in, list[0].in, nil
	return append([]stage{merged}, list[2:]...), nil
}

// firstMap is the linear map of the first stage and the features it reads.
func firstMap(p Prefix, quadratic, values bool) ([]feature, *matrix, error) {
	list, err := split(p)
	if err != nil {
		return nil, nil, err
	}
	if quadratic {
		if len(list) < 2 {
			return nil, nil, fmt.Errorf("%w: no layer follows the first activation", ErrPlan)
		}
		return quadraticMap(list[0], list[1], values)
	}
	m, err := merge(list[0].linear, list[0].mid, values)
	return rawFeatures(size(p.Input)), m, err
}

// program is a prefix as numbers: features of the input, then one matrix a stage.
type program struct {
	features []feature
	stages   []stage
	maps     []*matrix
}

// assemble builds the program, with values or only its structure.
func assemble(p Prefix, quadratic, closing, values bool) (*program, error) {
	list, err := split(p)
	if err != nil {
		return nil, err
	}
	g := &program{}
	if g.stages, err = arrange(list, quadratic, closing); err != nil {
		return nil, err
	}
	features, first, err := firstMap(p, quadratic, values)
	if err != nil {
		return nil, err
	}
	g.features, g.maps = features, []*matrix{first}
	for _, s := range g.stages[1:] {
		m, err := merge(s.linear, s.mid, values)
		if err != nil {
			return nil, err
		}
		g.maps = append(g.maps, m)
	}
	return g, nil
}

// foldSquares turns every quadratic into a plain square, in place: a z^2 + b z + c is
// sign(a) (sqrt|a| z + b/(2 sign(a) sqrt|a|))^2 + c - b^2/(4a), and what stands outside the square goes into the map
// that follows.
func (g *program) foldSquares() error {
	var sign, constant []float64 // of the activation before, per channel
	for k, s := range g.stages {
		m := g.maps[k]
		if sign != nil {
			_, plane := channels(s.mid)
			scale := 1.0
			if s.lead != nil {
				scale = 1 / float64(s.lead.Kernel[0]*s.lead.Kernel[1])
			}
			for i := range m.rows() {
				cols, at := m.row(i)
				for n, j := range cols {
					c := int(j) / plane
					m.bias[i] += m.val[at+n] * constant[c]
					m.val[at+n] *= sign[c] * scale
				}
			}
			sign, constant = nil, nil
		}
		if s.poly == nil {
			continue
		}
		ch, plane := channels(s.out)
		sign, constant = make([]float64, ch), make([]float64, ch)
		for c := range ch {
			a, b := s.poly.A[c], s.poly.B[c]
			if a == 0 {
				return fmt.Errorf("%w: layer %q: a[%d] is zero, so that channel has no square; use an affine layer", ErrPrefix, s.names[len(s.names)-1], c)
			}
			root := math.Sqrt(math.Abs(a))
			sign[c] = math.Copysign(1, a)
			constant[c] = s.poly.C[c] - b*b/(4*a)
			for i := c * plane; i < (c+1)*plane; i++ {
				_, at := m.row(i)
				for n := at; n < int(m.ptr[i+1]); n++ {
					m.val[n] *= root
				}
				m.bias[i] = m.bias[i]*root + sign[c]*b/(2*root)
			}
		}
	}
	return nil
}
