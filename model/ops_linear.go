package model

import "slices"

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
	y, err := arith{}.matMul(a.Floats, c.in[1].Floats, g.m, g.k, g.n, g.transB)
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
		y, err := arith{}.matMul(a.Floats[i*s.m*s.k:(i+1)*s.m*s.k], b.Floats[i*s.k*s.n:(i+1)*s.k*s.n], s.m, s.k, s.n, false)
		if err != nil {
			return nil, c.malformed("%v", err)
		}
		out = append(out, y...)
	}
	return []*Tensor{{Shape: s.shape, Floats: out}}, nil
}
