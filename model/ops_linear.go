package model

import (
	"math"
	"slices"
)

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

// convEval multiplies the weights by the unrolled input (im2col), group by group.
func convEval(c *call) ([]*Tensor, error) {
	v, err := c.convolution()
	if err != nil {
		return nil, err
	}
	gin, gout := v.inC/v.groups, v.outC/v.groups
	taps := gin * v.kernel[0] * v.kernel[1]
	weights, x := c.in[1].Floats, c.in[0].Floats
	out := make([]float32, 0, v.batch*v.outC*v.outPlane())
	for b := range v.batch {
		for g := range v.groups {
			from := (b*v.inC + g*gin) * v.inPlane()
			cols := v.unroll(x[from:from+gin*v.inPlane()], gin)
			y, err := matMul(weights[g*gout*taps:(g+1)*gout*taps], cols, gout, taps, v.outPlane(), false)
			if err != nil {
				return nil, c.malformed("%v", err)
			}
			out = append(out, y...)
		}
	}
	if c.has(2) {
		for i := range out {
			out[i] += c.in[2].Floats[i/v.outPlane()%v.outC]
		}
	}
	return []*Tensor{{Shape: v.outShape(v.batch, v.outC, len(c.shapes[0])), Floats: out}}, nil
}

// unroll lays the windows over channels planes out as the columns of a matrix.
func (w *window) unroll(x []float32, channels int) []float32 {
	area := w.kernel[0] * w.kernel[1]
	cols := make([]float32, channels*area*w.outPlane())
	for y := range w.out[0] {
		for xo := range w.out[1] {
			w.taps(y, xo, func(k, at int) {
				for ch := range channels {
					cols[(ch*area+k)*w.outPlane()+y*w.out[1]+xo] = x[ch*w.inPlane()+at]
				}
			})
		}
	}
	return cols
}

// gemm is the checked geometry of a Gemm node: alpha*A*B + beta*C.
type gemm struct {
	m, k, n        int
	transA, transB bool
	alpha, beta    float64
}

func (c *call) gemm() (gemm, error) {
	if err := c.needFloats(2); err != nil {
		return gemm{}, err
	}
	a, b := c.shapes[0], c.shapes[1]
	if len(a) != 2 || len(b) != 2 {
		return gemm{}, c.malformed("matrices of shapes %v and %v", a, b)
	}
	g := gemm{
		m: a[0], k: a[1], n: b[1],
		transA: c.int("transA", 0) != 0, transB: c.int("transB", 0) != 0,
		alpha: c.float("alpha", 1), beta: c.float("beta", 1),
	}
	rows := b[0]
	if g.transA {
		g.m, g.k = g.k, g.m
	}
	if g.transB {
		rows, g.n = g.n, rows
	}
	if rows != g.k {
		return gemm{}, c.malformed("matrices of shapes %v and %v", a, b)
	}
	if c.has(2) {
		if s, err := broadcastShape([]int{g.m, g.n}, c.shapes[2]); err != nil || !slices.Equal(s, []int{g.m, g.n}) {
			return gemm{}, c.malformed("bias of shape %v for %d outputs", c.shapes[2], g.n)
		}
	}
	return g, nil
}

func gemmShape(c *call) ([][]int, error) {
	g, err := c.gemm()
	return [][]int{{g.m, g.n}}, err
}

func gemmEval(c *call) ([]*Tensor, error) {
	g, err := c.gemm()
	if err != nil {
		return nil, err
	}
	a := c.in[0]
	if g.transA {
		a = gather(a, []int{g.m, g.k}, 0, []int{1, g.m})
	}
	y, err := matMul(a.Floats, c.in[1].Floats, g.m, g.k, g.n, g.transB)
	if err != nil {
		return nil, c.malformed("%v", err)
	}
	if g.alpha != 1 {
		for i := range y {
			y[i] *= float32(g.alpha)
		}
	}
	if c.has(2) {
		for i, v := range expand(c.in[2], []int{g.m, g.n}).Floats {
			y[i] += float32(g.beta) * v
		}
	}
	return []*Tensor{{Shape: []int{g.m, g.n}, Floats: y}}, nil
}

// stacked is the geometry of a MatMul node after numpy's rules: matrices in the
// last two dimensions, the leading ones broadcast, vectors promoted.
type stacked struct {
	m, k, n    int
	a, b, lead []int // promoted shapes; broadcast leading dimensions
	shape      []int // of the result
}

func (c *call) stacked() (stacked, error) {
	if err := c.needFloats(2); err != nil {
		return stacked{}, err
	}
	s := stacked{a: c.shapes[0], b: c.shapes[1]}
	if len(s.a) == 0 || len(s.b) == 0 {
		return stacked{}, c.malformed("scalar input")
	}
	if len(s.a) == 1 {
		s.a = []int{1, s.a[0]}
	}
	if len(s.b) == 1 {
		s.b = []int{s.b[0], 1}
	}
	ra, rb := len(s.a), len(s.b)
	s.m, s.k, s.n = s.a[ra-2], s.a[ra-1], s.b[rb-1]
	lead, err := broadcastShape(s.a[:ra-2], s.b[:rb-2])
	if err != nil || s.b[rb-2] != s.k {
		return stacked{}, c.malformed("matrices of shapes %v and %v", c.shapes[0], c.shapes[1])
	}
	s.lead, s.shape = lead, slices.Clone(lead)
	if len(c.shapes[0]) > 1 {
		s.shape = append(s.shape, s.m)
	}
	if len(c.shapes[1]) > 1 {
		s.shape = append(s.shape, s.n)
	}
	for _, operand := range [][]int{{s.m, s.k}, {s.k, s.n}} {
		if _, err := elements(slices.Concat(lead, operand), c.limit); err != nil {
			return stacked{}, err
		}
	}
	return s, nil
}

func matMulShape(c *call) ([][]int, error) {
	s, err := c.stacked()
	return [][]int{s.shape}, err
}

func matMulEval(c *call) ([]*Tensor, error) {
	s, err := c.stacked()
	if err != nil {
		return nil, err
	}
	a := expand(c.in[0].reshaped(s.a), slices.Concat(s.lead, []int{s.m, s.k}))
	b := expand(c.in[1].reshaped(s.b), slices.Concat(s.lead, []int{s.k, s.n}))
	out := make([]float32, 0, product(s.shape))
	for i := range product(s.lead) {
		y, err := matMul(a.Floats[i*s.m*s.k:(i+1)*s.m*s.k], b.Floats[i*s.k*s.n:(i+1)*s.k*s.n], s.m, s.k, s.n, false)
		if err != nil {
			return nil, c.malformed("%v", err)
		}
		out = append(out, y...)
	}
	return []*Tensor{{Shape: s.shape, Floats: out}}, nil
}

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
