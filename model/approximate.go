package model

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// Approximation asks for a polynomial in place of an activation that is none.
type Approximation struct {
	Layer  string `json:"layer"`  // as NotEncryptable.Layer names it; or its node, or the value it computes
	Degree int    `json:"degree"` // 3 to 7; 0 means 7
	// Low and High bound the layer's input. If both are zero they follow from
	// samples: their range, and a tenth of it more at either end.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// MaxError is how far the polynomial is from the activation between Low and
	// High, at most. It is a result.
	MaxError float64 `json:"maxError"`
}

// ErrApproximation marks an approximation that cannot be made.
var ErrApproximation = errors.New("approximation cannot be made")

const (
	intervalMargin = 0.1  // of the range of the samples, at either end
	minDegree      = 3    // of an approximation
	gridPoints     = 4096 // at which an approximation is measured
)

// Approximate returns the graph with polynomials in place of some activations, and
// those approximations with intervals and errors filled in, one for each node. An
// activation that exporters write as several nodes around it, x*Sigmoid(x) or
// x*(1+Erf(x/sqrt(2)))/2, is replaced as a whole, and then its input is x. Samples
// are inputs of the graph; they are needed for intervals that are not given. The
// graph's file has nodes of this module's own domain. Errors wrap
// [ErrApproximation], [ErrInput].
func (g *Graph) Approximate(list []Approximation, samples [][]float64) (*Graph, []Approximation, error) {
	regions, err := g.regions(list)
	if err != nil {
		return nil, nil, err
	}
	if err := g.calibrate(regions, samples); err != nil {
		return nil, nil, err
	}
	replaced := make(map[*Node]*Node)
	var done []Approximation
	for _, r := range regions {
		n, err := r.fit(g)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: layer %s: %w", ErrApproximation, r.Layer, err)
		}
		replaced[r.nodes[len(r.nodes)-1]] = n
		done = append(done, r.Approximation)
	}
	var nodes []*Node
	for _, n := range g.Nodes {
		if by := replaced[n]; by != nil {
			n = by
		}
		nodes = append(nodes, n)
	}
	return g.subgraph(g.Name, live(nodes, g.Outputs), g.Inputs, g.Outputs), done, nil
}

// live drops the nodes that no output depends on.
func live(nodes []*Node, outputs []Value) []*Node {
	needed := make(map[string]bool)
	for _, v := range outputs {
		needed[v.Name] = true
	}
	var out []*Node
	for _, n := range slices.Backward(nodes) {
		if slices.ContainsFunc(n.Outputs, func(v string) bool { return needed[v] }) {
			out = append(out, n)
			for _, in := range n.Inputs {
				needed[in] = true
			}
		}
	}
	slices.Reverse(out)
	return out
}

// calibrate fills in the intervals that are not given.
func (g *Graph) calibrate(regions []*region, samples [][]float64) error {
	ranges := make(map[string][2]float64)
	for _, r := range regions {
		if r.Low == 0 && r.High == 0 {
			ranges[r.from] = [2]float64{math.Inf(1), math.Inf(-1)}
		}
	}
	if len(ranges) == 0 {
		return nil
	}
	if len(samples) == 0 {
		return fmt.Errorf("%w: no samples for its interval: give some, or the interval", ErrApproximation)
	}
	var outputs []Value
	for _, name := range sortedKeys(ranges) {
		outputs = append(outputs, Value{Name: name, Shape: g.shapes[name]})
	}
	part := g.subgraph(g.Name, live(g.Nodes, outputs), g.Inputs, outputs)
	for _, x := range samples {
		if len(g.Inputs) != 1 || len(x) != product(g.Inputs[0].Shape) {
			return fmt.Errorf("%w: sample of %d values", ErrInput, len(x))
		}
		in := &Tensor{Shape: g.Inputs[0].Shape, Floats: make([]float32, len(x))}
		for i, v := range x {
			in.Floats[i] = float32(v)
		}
		values, err := part.Run(map[string]*Tensor{g.Inputs[0].Name: in})
		if err != nil {
			return err
		}
		for name, t := range values {
			low, high := float64(slices.Min(t.Floats)), float64(slices.Max(t.Floats))
			ranges[name] = [2]float64{min(low, ranges[name][0]), max(high, ranges[name][1])}
		}
	}
	for _, r := range regions {
		if r.Low == 0 && r.High == 0 {
			low, high := ranges[r.from][0], ranges[r.from][1]
			margin := intervalMargin * (high - low)
			if margin == 0 {
				margin = intervalMargin * max(1, math.Abs(low))
			}
			r.Low, r.High = low-margin, high+margin
		}
	}
	return nil
}

// fit makes the node that replaces a region, and measures it.
func (r *region) fit(g *Graph) (*Node, error) {
	// The file holds float32, so that everything is computed with such numbers.
	r.Low, r.High = float64(float32(r.Low)), float64(float32(r.High))
	if !(r.Low < r.High) || math.IsInf(r.High-r.Low, 0) {
		return nil, fmt.Errorf("interval from %g to %g: the bounds must be finite and in order", r.Low, r.High)
	}
	f := r.function(g)
	a := chebyshev(r.Low, r.High, r.Degree, f)
	r.MaxError = 0
	for i := range gridPoints + 1 {
		x := r.Low + (r.High-r.Low)*float64(i)/gridPoints
		d := math.Abs(a.eval(x) - f(x))
		if math.IsNaN(d) || math.IsInf(d, 0) {
			return nil, fmt.Errorf("it has no finite values on all of %g to %g: give an interval where it has", r.Low, r.High)
		}
		r.MaxError = max(r.MaxError, d)
	}
	last := r.nodes[len(r.nodes)-1]
	return &Node{Name: last.Name, Op: polynomialOp, Inputs: []string{r.from}, Outputs: last.Outputs, attrs: a.attributes()}, nil
}

// polynomialOp replaces an activation. With u = (2*x - low - high)/(high - low) it
// computes the sum of coefficients[k]*u^k.
const polynomialOp = ownDomain + ".Polynomial"

// ownDomain names the operators that are not ONNX's.
const ownDomain = "encompute"

// approximating is what a node of that operator computes.
type approximating struct {
	low, high    float64
	coefficients []float64
}

// chebyshev fits a polynomial of a degree to f between low and high: the Chebyshev
// series that interpolates f in many Chebyshev points, cut off at the degree
// (Trefethen, Approximation Theory and Approximation Practice, chapters 3 and 4),
// in powers of u. Up to degree 7 no coefficient of that change of basis exceeds 112.
func chebyshev(low, high float64, degree int, f scalar) approximating {
	const points = 512
	series := make([]float64, degree+1)
	for i := range points {
		angle := math.Pi * (float64(i) + 0.5) / points
		y := f(low + (high-low)*(math.Cos(angle)+1)/2)
		for k := range series {
			series[k] += 2 * y * math.Cos(float64(k)*angle) / points
		}
	}
	series[0] /= 2
	a := approximating{low: low, high: high, coefficients: make([]float64, degree+1)}
	before, t := make([]float64, degree+1), make([]float64, degree+1) // T(k-1) and T(k) in powers of u
	t[0] = 1
	for k, c := range series {
		for i, v := range t {
			a.coefficients[i] += c * v
		}
		next := make([]float64, degree+1)
		for i := range degree {
			next[i+1] = 2 * t[i]
			if k == 0 {
				next[i+1] = t[i]
			}
		}
		for i, v := range before {
			next[i] -= v
		}
		before, t = t, next
	}
	a.round()
	return a
}

// round makes the coefficients float32 and those zero that are noise, such as the
// odd ones of an even function.
func (a *approximating) round() {
	largest := 0.0
	for _, c := range a.coefficients {
		largest = max(largest, math.Abs(c))
	}
	for i, c := range a.coefficients {
		if a.coefficients[i] = float64(float32(c)); math.Abs(c) < 1e-9*largest {
			a.coefficients[i] = 0
		}
	}
}

// scaling is the map from x to u.
func (a *approximating) scaling() (scale, shift float64) {
	return 2 / (a.high - a.low), -(a.low + a.high) / (a.high - a.low)
}

func (a *approximating) eval(x float64) float64 {
	scale, shift := a.scaling()
	u, y := scale*x+shift, 0.0
	for _, c := range slices.Backward(a.coefficients) {
		y = y*u + c
	}
	return y
}

func (a *approximating) attributes() map[string]*onnx.AttributeProto {
	float := onnx.AttributeFloat
	list := &onnx.AttributeProto{Type: onnx.AttributeFloats}
	for _, c := range a.coefficients {
		list.Floats = append(list.Floats, float32(c))
	}
	out := map[string]*onnx.AttributeProto{
		"low":          {Type: float, F: float32(a.low)},
		"high":         {Type: float, F: float32(a.high)},
		"coefficients": list,
	}
	for name, a := range out {
		a.Name = name
	}
	return out
}

func (c *call) approximation() (a approximating, err error) {
	if err := c.needFloats(1); err != nil {
		return a, err
	}
	list, err := c.node.attr("coefficients", onnx.AttributeFloats)
	if err != nil {
		return a, err
	}
	a = approximating{low: c.float("low", -1), high: c.float("high", 1), coefficients: widen(list.GetFloats())}
	if n := len(a.coefficients); n < 1 || n > maxDegree+1 || !(a.low < a.high) || math.IsInf(a.high-a.low, 0) {
		return a, c.malformed("%d coefficients between %g and %g", n, a.low, a.high)
	}
	return a, c.err
}

func approximationShape(c *call) ([][]int, error) {
	if _, err := c.approximation(); err != nil {
		return nil, err
	}
	return sameShape(c)
}

func approximationEval(c *call) ([]*Tensor, error) {
	a, err := c.approximation()
	if err != nil {
		return nil, err
	}
	out := make([]float32, len(c.in[0].Floats))
	for i, v := range c.in[0].Floats {
		out[i] = float32(a.eval(float64(v)))
	}
	return []*Tensor{{Shape: c.in[0].Shape, Floats: out}}, nil
}
