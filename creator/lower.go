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
	input := flat(g.Inputs[0].Sample())
	p := lowering{prefix: fhe.Prefix{Input: input}, shapes: [][]int{input}, tensors: []int{0}}
	for _, l := range layers {
		at, err := p.add(l)
		if err != nil {
			return fhe.Prefix{}, fmt.Errorf("layer %s: %w", l.Name, err)
		}
		p.tensors = append(p.tensors, at)
	}
	if len(p.prefix.Layers) == 0 {
		return fhe.Prefix{}, &model.NotEncryptable{Layer: cut.Layer, Op: "Graph", Why: "no layer before the cut computes anything", Remedy: "choose a later cut"}
	}
	if err := p.prefix.Validate(); err != nil {
		return fhe.Prefix{}, err
	}
	return p.prefix, p.checkShapes()
}

// lowering is a prefix as it grows.
type lowering struct {
	prefix  fhe.Prefix
	shapes  [][]int // of the prefix's tensors: its input, then the output of each layer
	tensors []int   // the number in the prefix of each tensor of the model
}

// emit adds a layer and returns the number of its output.
func (p *lowering) emit(l fhe.Layer, shape []int, inputs ...int) int {
	if len(inputs) > 1 || inputs[0] != len(p.prefix.Layers) {
		l = l.From(inputs...)
	}
	p.prefix.Layers = append(p.prefix.Layers, l)
	p.shapes = append(p.shapes, shape)
	return len(p.prefix.Layers)
}

// reshape gives a tensor a shape, if it has another.
func (p *lowering) reshape(name string, at int, shape []int) int {
	if slices.Equal(p.shapes[at], shape) {
		return at
	}
	return p.emit(fhe.NewReshape(name, shape...), shape, at)
}

// add lowers a layer and returns the number of its output.
func (p *lowering) add(l model.PrefixLayer) (int, error) {
	in, out := flat(l.InShape), flat(l.OutShape)
	switch l.Kind {
	case model.Concat:
		return p.concat(l), nil
	case model.Reshape:
		return p.reshape(l.Name, p.tensors[l.Inputs[0]], out), nil
	case model.Permute:
		if len(l.OutShape) != 1 && len(l.OutShape) != 3 {
			out = []int{size(out)}
		}
		return p.emit(fhe.NewPermute(l.Name, fhe.Permute{Shape: l.InShape, Perm: l.Perm}), out, p.tensors[l.Inputs[0]]), nil
	}
	inputs := make([]int, len(l.Inputs))
	for i, tensor := range l.Inputs {
		inputs[i] = p.reshape(l.Name+"/in", p.tensors[tensor], in)
	}
	var layer fhe.Layer
	switch l.Kind {
	case model.Conv:
		return p.conv(l, inputs[0], fhe.Conv{Out: l.OutShape[0], Groups: l.Groups, Weights: l.Weights, Bias: l.Bias}), nil
	case model.Pool:
		return p.pool(l, inputs[0]), nil
	case model.Dense:
		layer = fhe.NewDense(l.Name, fhe.Dense{In: l.Cols, Out: l.Rows, Weights: l.Weights, Bias: l.Bias})
	case model.Affine:
		layer = fhe.NewAffine(l.Name, fhe.Affine{Scale: l.Scale, Shift: l.Shift})
	case model.Poly:
		layer = fhe.NewPoly(l.Name, fhe.Poly{Degree: len(l.Coefficients) - 1, Coefficients: l.Coefficients})
	case model.Pad:
		layer = fhe.NewPad(l.Name, fhe.Pad{Before: l.Before, After: l.After, Value: l.Value})
	case model.Add:
		layer = fhe.NewAdd(l.Name, inputs...)
	default:
		return 0, fmt.Errorf("unknown kind of layer %q", l.Kind)
	}
	return p.emit(layer, out, inputs...), nil
}

func (p *lowering) concat(l model.PrefixLayer) int {
	inputs := make([]int, len(l.Inputs))
	rest := size(l.InShape) / l.InShape[l.Axis]
	for i, tensor := range l.Inputs {
		at := p.tensors[tensor]
		shape := slices.Clone(l.InShape)
		shape[l.Axis] = size(p.shapes[at]) / rest
		inputs[i] = p.reshape(l.Name+"/in", at, shape)
	}
	return p.emit(fhe.NewConcat(l.Name, l.Axis, inputs...), l.OutShape, inputs...)
}

// conv lowers a layer of windows as the convolution c, whose geometry it fills in.
// Windows that hang over the end (ceil_mode) find zeros there. Pads as wide as the
// kernel become a layer of their own.
func (p *lowering) conv(l model.PrefixLayer, in int, c fhe.Conv) int {
	c.In, c.Kernel, c.Stride, c.Dilation, c.Pads = l.InShape[0], l.Kernel, l.Strides, l.Dilations, reach(l)
	shape := slices.Clone(l.InShape)
	var wide fhe.Pad
	for i := range 2 {
		most := (l.Kernel[i] - 1) * l.Dilations[i]
		wide.Before[1+i], wide.After[1+i] = max(c.Pads[i]-most, 0), max(c.Pads[i+2]-most, 0)
		c.Pads[i] -= wide.Before[1+i]
		c.Pads[i+2] -= wide.After[1+i]
		shape[1+i] += wide.Before[1+i] + wide.After[1+i]
	}
	if wide != (fhe.Pad{}) {
		in = p.emit(fhe.NewPad(l.Name+"/pad", wide), shape, in)
	}
	return p.emit(fhe.NewConv(l.Name, c), l.OutShape, in)
}

// reach is the pads of a layer, made wider at the end until its last windows fit.
func reach(l model.PrefixLayer) [4]int {
	pads := l.Pads
	for i := range 2 {
		span := (l.Kernel[i]-1)*l.Dilations[i] + 1
		pads[i+2] = max(pads[i+2], (l.OutShape[1+i]-1)*l.Strides[i]+span-l.InShape[1+i]-pads[i])
	}
	return pads
}

// pool lowers an average pool: as one where the engine's divides by the same numbers, else
// as a convolution with ones, and a factor for each window if they differ.
func (p *lowering) pool(l model.PrefixLayer, in int) int {
	pads := reach(l)
	hangs := pads != l.Pads
	plain := l.Dilations == [2]int{1, 1} && (!hangs || !l.CountIncludePad || l.Pads == [4]int{})
	for i := range 4 {
		plain = plain && pads[i] < l.Kernel[i%2]
	}
	if plain {
		counts := l.CountIncludePad && !hangs && pads != [4]int{}
		return p.emit(fhe.NewPool(l.Name, fhe.Pool{Kernel: l.Kernel, Stride: l.Strides, Pads: pads, CountPads: counts}), l.OutShape, in)
	}
	channels, height, width := l.OutShape[0], l.OutShape[1], l.OutShape[2]
	var factors []float64
	for i := range height * width {
		factors = append(factors, 1/float64(l.Divisor(i/width, i%width)))
	}
	weight, same := factors[0], slices.Min(factors) == slices.Max(factors)
	if !same {
		weight = 1
	}
	at := p.conv(l, in, fhe.Conv{Out: channels, Groups: channels, Weights: slices.Repeat([]float64{weight}, channels*l.Kernel[0]*l.Kernel[1])})
	if same {
		return at
	}
	n := channels * height * width
	scale := fhe.Affine{Scale: slices.Repeat(factors, channels), Shift: make([]float64, n)}
	at = p.emit(fhe.NewAffine(l.Name+"/mean", scale), []int{n}, p.reshape(l.Name+"/flat", at, []int{n}))
	return p.reshape(l.Name+"/shape", at, l.OutShape)
}

// checkShapes compares what fhe makes of the layers to what the model says.
func (p *lowering) checkShapes() error {
	shapes, err := p.prefix.Shapes()
	if err != nil {
		return err
	}
	for i, s := range shapes {
		if !slices.Equal(s, p.shapes[i+1]) {
			return &model.NotEncryptable{
				Layer: p.prefix.Layers[i].Name, Op: "Graph", Why: fmt.Sprintf("it gives %v where the model says %v", s, p.shapes[i+1]),
				Remedy: "export it with explicit pads and without ceil_mode",
			}
		}
	}
	return nil
}

// flat is a shape of one or three dimensions with the same elements and channels.
func flat(shape []int) []int {
	switch len(shape) {
	case 0:
		return []int{1}
	case 1, 3:
		return slices.Clone(shape)
	}
	return []int{shape[0], size(shape[1:]), 1}
}
