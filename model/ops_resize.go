package model

import (
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// resampling is the checked geometry of a Resize or Upsample node.
type resampling struct {
	shape  []int     // of the result
	scales []float64 // of every axis
	mode   string    // nearest, linear or cubic
	from   string    // how output positions map to input positions
	round  string    // how nearest rounds
	cubic  float64   // coefficient of the cubic kernel
	strict bool      // cubic leaves out what lies outside
}

func (c *call) resampling() (r resampling, err error) {
	if err := c.need(1); err != nil {
		return r, err
	}
	if c.types[0] != Float {
		return r, c.malformed("input holds %v, must hold floats", c.types[0])
	}
	x := c.shapes[0]
	r = resampling{
		shape: slices.Clone(x), scales: slices.Repeat([]float64{1}, len(x)), mode: c.text("mode", "nearest"),
		from: c.text("coordinate_transformation_mode", "half_pixel"), round: c.text("nearest_mode", "round_prefer_floor"),
		cubic: c.float("cubic_coeff_a", -0.75), strict: c.int("exclude_outside", 0) != 0,
	}
	if c.node.Op == "Upsample" || c.opset < 11 {
		r.from, r.round = "asymmetric", "simple"
	}
	if r.mode == "bilinear" {
		r.mode = "linear"
	}
	switch {
	case !slices.Contains([]string{"nearest", "linear", "cubic"}, r.mode):
		return r, c.unsupported("mode %q", r.mode)
	case !slices.Contains([]string{"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn", "align_corners", "asymmetric"}, r.from):
		return r, c.unsupported("coordinate_transformation_mode %q", r.from)
	case !slices.Contains([]string{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple"}, r.round):
		return r, c.malformed("nearest_mode %q", r.round)
	case c.int("antialias", 0) != 0:
		return r, c.unsupported("antialias")
	case c.text("keep_aspect_ratio_policy", "stretch") != "stretch":
		return r, c.unsupported("keep_aspect_ratio_policy")
	}
	if err := c.rescale(&r); err != nil {
		return r, err
	}
	_, err = elements(r.shape, c.limit)
	return r, err
}

// rescale reads the scales or sizes of all axes, or of those that axes names.
func (c *call) rescale(r *resampling) error {
	axes, rank := c.ints("axes"), len(r.shape)
	if axes == nil {
		for a := range rank {
			axes = append(axes, a)
		}
	}
	if _, err := c.axes(axes, rank); err != nil {
		return err
	}
	scales, sizes, err := c.scaling()
	if err != nil {
		return err
	}
	if scales == nil && sizes == nil || scales != nil && len(scales) != len(axes) || sizes != nil && len(sizes) != len(axes) {
		return c.malformed("scales %v, sizes %v for %d axes", scales, sizes, len(axes))
	}
	for i, a := range axes {
		a, _ = c.axis(a, rank)
		d := r.shape[a]
		if sizes != nil {
			r.shape[a], r.scales[a] = int(sizes[i]), float64(sizes[i])/float64(d)
		} else {
			r.shape[a], r.scales[a] = int(math.Floor(float64(d)*scales[i])), scales[i]
		}
		if s := r.scales[a]; !(s > 0 && s < maxExtent) || r.shape[a] < 1 || r.shape[a] > maxExtent {
			return c.malformed("scale %g of axis %d, of %d values", s, a, d)
		}
	}
	return nil
}

// scaling reads scales or sizes from where the opset has them.
func (c *call) scaling() (scales []float64, sizes []int64, err error) {
	at := 2
	if c.node.Op == "Upsample" || c.opset < 11 {
		at = 1
	}
	a, err := c.node.attr("scales", onnx.AttributeFloats)
	if err != nil {
		return nil, nil, err
	}
	if a != nil { // Upsample of opset 7
		return widen(a.Floats), nil, nil
	}
	if at == 2 && c.has(3) && product(c.shapes[3]) > 0 {
		sizes, err = c.constInts(3)
		return nil, sizes, err
	}
	if !c.has(at) {
		return nil, nil, nil
	}
	if c.in[at] == nil {
		return nil, nil, c.unsupported("input %d must be a constant", at)
	}
	return widen(c.in[at].Floats), nil, nil
}

func resizeShape(c *call) ([][]int, error) {
	r, err := c.resampling()
	return [][]int{r.shape}, err
}

// resizeEval resamples axis by axis.
func resizeEval(c *call) ([]*Tensor, error) {
	r, err := c.resampling()
	if err != nil {
		return nil, err
	}
	x := c.in[0]
	for a, d := range r.shape {
		if d == x.Shape[a] && r.scales[a] == 1 {
			continue
		}
		shape := slices.Clone(x.Shape)
		shape[a] = d
		out := make([]float32, product(shape))
		outer, inner := product(shape[:a]), product(shape[a+1:])
		for p := range d {
			for _, t := range r.taps(p, x.Shape[a], d, r.scales[a]) {
				for o := range outer {
					to, from := out[(o*d+p)*inner:][:inner], x.Floats[(o*x.Shape[a]+t.at)*inner:][:inner]
					for i, v := range from {
						to[i] += t.weight * v
					}
				}
			}
		}
		x = &Tensor{Shape: shape, Floats: out}
	}
	return []*Tensor{x}, nil
}

// tap is an input position that an output position is made of.
type tap struct {
	at     int
	weight float32
}

// taps returns what output position p, one of n, is made of along an axis of d values.
func (r *resampling) taps(p, d, n int, scale float64) []tap {
	x := float64(p) / scale
	switch r.from {
	case "half_pixel", "half_pixel_symmetric":
		x = (float64(p)+0.5)/scale - 0.5
		if r.from == "half_pixel_symmetric" {
			center := float64(d) / 2
			x += center * (1 - float64(n)/(float64(d)*scale))
		}
	case "tf_half_pixel_for_nn":
		x = (float64(p) + 0.5) / scale
	case "pytorch_half_pixel":
		if x = (float64(p)+0.5)/scale - 0.5; n == 1 {
			x = 0
		}
	case "align_corners":
		if x = 0; n > 1 {
			x = float64(p) * float64(d-1) / float64(n-1)
		}
	}
	clamp := func(i float64) int { return int(min(max(i, 0), float64(d-1))) }
	floor := math.Floor(x)
	t := x - floor
	switch r.mode {
	case "nearest":
		return []tap{{clamp(r.nearest(x, scale)), 1}}
	case "linear":
		return []tap{{clamp(floor), float32(1 - t)}, {clamp(floor + 1), float32(t)}}
	}
	var out []tap
	sum := 0.0
	for k := -1.0; k <= 2; k++ {
		w := r.kernel(math.Abs(t - k))
		if at := floor + k; r.strict && (at < 0 || at > float64(d-1)) {
			continue
		}
		sum += w
		out = append(out, tap{clamp(floor + k), float32(w)})
	}
	for i := range out {
		out[i].weight /= float32(sum)
	}
	return out
}

// kernel is the cubic convolution kernel (Keys 1981) at distance x.
func (r *resampling) kernel(x float64) float64 {
	a := r.cubic
	if x <= 1 {
		return ((a+2)*x-(a+3))*x*x + 1
	}
	return ((x-5)*x+8)*x*a - 4*a
}

func (r *resampling) nearest(x, scale float64) float64 {
	switch r.round {
	case "round_prefer_floor":
		return math.Ceil(x - 0.5)
	case "round_prefer_ceil":
		return math.Floor(x + 0.5)
	case "ceil":
		return math.Ceil(x)
	case "simple": // of opset 10
		if scale < 1 {
			return math.Ceil(x)
		}
	}
	return math.Floor(x)
}
