package model

import (
	"math"
	"slices"
)

// normalization returns a BatchNormalization as a scale and a shift per channel.
func (c *call) normalization() (scale, shift []float64, err error) {
	if err := c.needFloats(5); err != nil {
		return nil, nil, err
	}
	if len(c.shapes[0]) < 2 {
		return nil, nil, c.malformed("input of shape %v has no channels", c.shapes[0])
	}
	if c.int("training_mode", 0) != 0 || c.int("spatial", 1) != 1 {
		return nil, nil, c.unsupported("training mode: export the model for inference")
	}
	channels := c.shapes[0][1]
	for i := 1; i < 5; i++ {
		if c.in[i] == nil || c.in[i].Type != Float {
			return nil, nil, c.unsupported("input %d must be a constant", i)
		}
		if !slices.Equal(c.shapes[i], []int{channels}) {
			return nil, nil, c.malformed("input %d of shape %v for %d channels", i, c.shapes[i], channels)
		}
	}
	epsilon := c.float("epsilon", 1e-5)
	scale, shift = make([]float64, channels), make([]float64, channels)
	for i := range channels {
		gamma, beta := float64(c.in[1].Floats[i]), float64(c.in[2].Floats[i])
		mean, variance := float64(c.in[3].Floats[i]), float64(c.in[4].Floats[i])
		scale[i] = gamma / math.Sqrt(variance+epsilon)
		shift[i] = beta - mean*scale[i]
	}
	return scale, shift, c.err
}

func batchNormShape(c *call) ([][]int, error) {
	if _, _, err := c.normalization(); err != nil {
		return nil, err
	}
	return sameShape(c)
}

func batchNormEval(c *call) ([]*Tensor, error) {
	scale, shift, err := c.normalization()
	if err != nil {
		return nil, err
	}
	x := c.in[0]
	plane := max(1, product(x.Shape[2:]))
	out := make([]float32, len(x.Floats))
	for i, v := range x.Floats {
		ch := i / plane % len(scale)
		out[i] = float32(scale[ch]*float64(v) + shift[ch])
	}
	return []*Tensor{{Shape: x.Shape, Floats: out}}, nil
}

// layerNorm reads the axis from which on a LayerNormalization normalizes.
func layerNormShape(c *call) ([][]int, error) {
	if err := c.needFloats(2); err != nil {
		return nil, err
	}
	x := c.shapes[0]
	axis, err := c.axis(c.int("axis", -1), len(x))
	if err != nil {
		return nil, err
	}
	for i := 1; i <= 2; i++ {
		if !c.has(i) {
			continue
		}
		if s, err := broadcastShape(x[axis:], c.shapes[i]); err != nil || !slices.Equal(s, x[axis:]) {
			return nil, c.malformed("input %d of shape %v for %v", i, c.shapes[i], x[axis:])
		}
	}
	stats := slices.Clone(x)
	for a := axis; a < len(x); a++ {
		stats[a] = 1
	}
	return [][]int{x, stats, stats}, nil
}

// layerNormEval returns the normalized values, the means and the inverse deviations.
func layerNormEval(c *call) ([]*Tensor, error) {
	shapes, err := layerNormShape(c)
	if err != nil {
		return nil, err
	}
	x := c.in[0]
	axis, _ := c.axis(c.int("axis", -1), len(x.Shape))
	row := x.Shape[axis:]
	scale, shift := expand(c.in[1], row).Floats, make([]float32, product(row))
	if c.has(2) {
		shift = expand(c.in[2], row).Floats
	}
	y, means, inverses := normalized(x.Floats, product(row), c.float("epsilon", 1e-5))
	for i := range y {
		at := i % len(shift)
		y[i] = y[i]*scale[at] + shift[at]
	}
	return []*Tensor{{Shape: x.Shape, Floats: y}, {Shape: shapes[1], Floats: means}, {Shape: shapes[2], Floats: inverses}}, nil
}

// normalized brings each run of n values to mean 0 and variance 1.
func normalized(x []float32, n int, epsilon float64) (y, means, inverses []float32) {
	y = make([]float32, len(x))
	for at := 0; at < len(x); at += n {
		mean, variance := 0.0, 0.0
		for _, v := range x[at : at+n] {
			mean += float64(v)
		}
		mean /= float64(n)
		for _, v := range x[at : at+n] {
			variance += (float64(v) - mean) * (float64(v) - mean)
		}
		inverse := 1 / math.Sqrt(variance/float64(n)+epsilon)
		for i, v := range x[at : at+n] {
			y[at+i] = float32((float64(v) - mean) * inverse)
		}
		means, inverses = append(means, float32(mean)), append(inverses, float32(inverse))
	}
	return y, means, inverses
}

// planesNorm makes InstanceNormalization and GroupNormalization, which normalize
// groups of channels, each sample by itself.
func planesNorm(groups func(c *call) (int, error)) operator {
	shape := func(c *call) ([][]int, error) {
		if err := c.needFloats(3); err != nil {
			return nil, err
		}
		x := c.shapes[0]
		if len(x) < 3 {
			return nil, c.malformed("input of shape %v has no planes", x)
		}
		n, err := groups(c)
		if err != nil {
			return nil, err
		}
		if n < 1 || x[1]%n != 0 {
			return nil, c.malformed("%d groups of %d channels", n, x[1])
		}
		for i := 1; i <= 2; i++ {
			if s := c.shapes[i]; len(s) != 1 || s[0] != x[1] && s[0] != n {
				return nil, c.malformed("input %d of shape %v for %d channels", i, s, x[1])
			}
		}
		return [][]int{x}, c.err
	}
	return operator{shape: shape, eval: func(c *call) ([]*Tensor, error) {
		x := c.in[0]
		n, err := groups(c)
		if err != nil {
			return nil, err
		}
		y, _, _ := normalized(x.Floats, product(x.Shape[1:])/n, c.float("epsilon", 1e-5))
		area, channels := product(x.Shape[2:]), x.Shape[1]
		scale, shift := c.in[1].Floats, c.in[2].Floats
		for i := range y {
			ch := i / area % channels
			y[i] = y[i]*scale[ch*len(scale)/channels] + shift[ch*len(shift)/channels]
		}
		return []*Tensor{{Shape: x.Shape, Floats: y}}, nil
	}}
}

// lrnShape needs channels.
func lrnShape(c *call) ([][]int, error) {
	if _, err := floatShape(c); err != nil {
		return nil, err
	}
	if n := c.int("size", 0); len(c.shapes[0]) < 2 || n < 1 {
		return nil, c.malformed("%d neighbours in shape %v", n, c.shapes[0])
	}
	return sameShape(c)
}

// lrnEval divides by a power of the mean square of neighbouring channels.
func lrnEval(c *call) ([]*Tensor, error) {
	x, size := c.in[0], c.int("size", 1)
	alpha, beta, bias := c.float("alpha", 1e-4), c.float("beta", 0.75), c.float("bias", 1)
	channels, area := x.Shape[1], product(x.Shape[2:])
	out := make([]float32, len(x.Floats))
	for i, v := range x.Floats {
		ch := i / area % channels
		sum := 0.0
		for k := max(0, ch-(size-1)/2); k <= min(channels-1, ch+size/2); k++ {
			u := float64(x.Floats[i+(k-ch)*area])
			sum += u * u
		}
		out[i] = float32(float64(v) / math.Pow(bias+alpha/float64(size)*sum, beta))
	}
	return []*Tensor{{Shape: x.Shape, Floats: out}}, nil
}

func lpNormShape(c *call) ([][]int, error) {
	if _, err := floatShape(c); err != nil {
		return nil, err
	}
	if _, err := c.axis(c.int("axis", -1), len(c.shapes[0])); err != nil {
		return nil, err
	}
	if p := c.int("p", 2); p != 1 && p != 2 {
		return nil, c.malformed("norm of order %d", p)
	}
	return sameShape(c)
}

// lpNormEval divides by the norm along an axis; zeros stay zeros.
func lpNormEval(c *call) ([]*Tensor, error) {
	x := c.in[0]
	axis, err := c.axis(c.int("axis", -1), len(x.Shape))
	if err != nil {
		return nil, err
	}
	n, inner := x.Shape[axis], product(x.Shape[axis+1:])
	out := make([]float32, len(x.Floats))
	for i := range len(out) / max(n, 1) {
		start, norm := i/inner*inner*n+i%inner, 0.0
		for k := range n {
			v := float64(x.Floats[start+k*inner])
			if c.int("p", 2) == 1 {
				norm += math.Abs(v)
			} else {
				norm += v * v
			}
		}
		if c.int("p", 2) == 2 {
			norm = math.Sqrt(norm)
		}
		for k := range n {
			if at := start + k*inner; norm != 0 {
				out[at] = float32(float64(x.Floats[at]) / norm)
			}
		}
	}
	return []*Tensor{{Shape: x.Shape, Floats: out}}, nil
}
