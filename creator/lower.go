package creator

import (
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
)

// Lower turns the layers before a cut into a prefix that can be evaluated encrypted. The
// error is a *model.NotEncryptable, with the remedy, if a layer cannot.
func Lower(g *model.Graph, cut model.Cut) (fhe.Prefix, error) {
	layers, err := g.PrefixLayers(cut)
	if err != nil {
		return fhe.Prefix{}, err
	}
	if len(layers) == 0 {
		return fhe.Prefix{}, &model.NotEncryptable{Layer: cut.Layer, Op: "Graph", Why: "no layer before the cut computes anything", Remedy: "choose a later cut"}
	}
	p := lowering{prefix: fhe.Prefix{Input: flat(layers[0].InShape)}}
	p.shape = p.prefix.Input
	for _, l := range layers {
		if err := p.add(l); err != nil {
			return fhe.Prefix{}, fmt.Errorf("layer %s: %w", l.Name, err)
		}
	}
	return p.prefix, p.prefix.Validate()
}

// lowering is a prefix as it grows, and the shape after its last layer.
type lowering struct {
	prefix fhe.Prefix
	shape  []int
}

func (p *lowering) add(l model.PrefixLayer) error {
	in := flat(l.InShape)
	if l.Kind == model.Dense {
		in = []int{l.Cols}
	}
	p.reshape(l.Name+"/in", in)
	var (
		layer fhe.Layer
		err   error
	)
	switch l.Kind {
	case model.Conv:
		layer = fhe.NewConv(l.Name, fhe.Conv{
			In: l.InShape[0], Out: l.OutShape[0], Kernel: l.Kernel, Stride: l.Strides, Dilation: l.Dilations,
			Pads: l.Pads, Groups: l.Groups, Weights: l.Weights, Bias: l.Bias,
		})
	case model.Pool:
		layer, err = pool(l)
	case model.Dense:
		layer = fhe.NewDense(l.Name, fhe.Dense{In: l.Cols, Out: l.Rows, Weights: l.Weights, Bias: l.Bias})
	case model.Affine:
		layer = fhe.NewAffine(l.Name, fhe.Affine{Scale: l.Scale, Shift: l.Shift})
	case model.Poly:
		layer = fhe.NewPoly(l.Name, fhe.Poly{A: l.A, B: l.B, C: l.C})
	case model.Reshape:
		p.reshape(l.Name, flat(l.OutShape))
		return nil
	default:
		return fmt.Errorf("unknown kind of layer %q", l.Kind)
	}
	if err != nil {
		return err
	}
	p.prefix.Layers = append(p.prefix.Layers, layer)
	return p.checkShape(l)
}

// reshape makes the tensor one of the given shape, if it is not.
func (p *lowering) reshape(name string, shape []int) {
	if !slices.Equal(p.shape, shape) {
		p.prefix.Layers = append(p.prefix.Layers, fhe.NewReshape(name, shape...))
		p.shape = shape
	}
}

// checkShape compares what fhe makes of the last layer to what the model says.
func (p *lowering) checkShape(l model.PrefixLayer) error {
	shapes, err := p.prefix.Shapes()
	if err != nil {
		return err
	}
	p.shape = shapes[len(shapes)-1]
	want := flat(l.OutShape)
	if l.Kind == model.Dense {
		want = []int{l.Rows}
	}
	if !slices.Equal(p.shape, want) {
		return &model.NotEncryptable{
			Layer: l.Name, Op: string(l.Kind), Why: fmt.Sprintf("its windows give %v where the model says %v", p.shape, want),
			Remedy: "export it with explicit pads and without ceil_mode",
		}
	}
	return nil
}

// pool lowers an average pool. Windows that hang over the plane (ceil_mode) get pads,
// which do not count there.
func pool(l model.PrefixLayer) (fhe.Layer, error) {
	if d := l.Dilations; d[0] > 1 || d[1] > 1 {
		return fhe.Layer{}, &model.NotEncryptable{Layer: l.Name, Op: "AveragePool", Why: "its windows are dilated", Remedy: "write it as a convolution of one group a channel"}
	}
	pads, hangs := l.Pads, false
	for i := range 2 {
		need := (l.OutShape[1+i]-1)*l.Strides[i] + l.Kernel[i] - l.InShape[1+i] - pads[i]
		if need > pads[i+2] {
			pads[i+2], hangs = need, true
		}
	}
	padded := pads != [4]int{}
	if hangs && l.CountIncludePad && l.Pads != [4]int{} {
		return fhe.Layer{}, &model.NotEncryptable{Layer: l.Name, Op: "AveragePool", Why: "it counts pads and hangs over them (ceil_mode)", Remedy: "export it without ceil_mode"}
	}
	return fhe.NewPool(l.Name, fhe.Pool{
		Kernel: l.Kernel, Stride: l.Strides, Pads: pads, CountPads: l.CountIncludePad && padded && !hangs,
	}), nil
}

// flat is a shape of one or three dimensions with the same elements and channels.
func flat(shape []int) []int {
	switch len(shape) {
	case 0:
		return []int{1}
	case 1, 3:
		return slices.Clone(shape)
	}
	rest := 1
	for _, d := range shape[1:] {
		rest *= d
	}
	return []int{shape[0], rest, 1}
}
