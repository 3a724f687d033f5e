package leakage

import (
	"context"
	"math"
	"math/rand/v2"
)

// perceptron is a fully connected network: after every layer but the last comes the activation.
type perceptron struct {
	layers     []*dense
	activation activation
}

// activation is a function of one value and its derivative.
type activation struct{ value, slope func(x float32) float32 }

// relu is max(x, 0).
var relu = activation{
	func(x float32) float32 { return max(x, 0) },
	func(x float32) float32 {
		if x > 0 {
			return 1
		}
		return 0
	},
}

// swish is x/(1+e^-x), smooth, for the decoder.
var swish = activation{
	func(x float32) float32 { return x * sigmoid(x) },
	func(x float32) float32 {
		s := sigmoid(x)
		return s * (1 + x*(1-s))
	},
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }

// dense is one layer: y = x W^T + b, with W out x in.
type dense struct {
	weights Matrix
	bias    Matrix // 1 x out
	moments [2]adam
}

// newPerceptron draws weights and biases evenly from +-1/sqrt(inputs), for layers of the given sizes.
func newPerceptron(a activation, random *rand.Rand, sizes ...int) *perceptron {
	p := &perceptron{activation: a}
	for i, in := range sizes[:len(sizes)-1] {
		l := &dense{weights: NewMatrix(sizes[i+1], in), bias: NewMatrix(1, sizes[i+1])}
		limit := 1 / math.Sqrt(float64(in))
		for _, data := range [][]float32{l.weights.Data, l.bias.Data} {
			for j := range data {
				data[j] = float32((2*random.Float64() - 1) * limit)
			}
		}
		p.layers = append(p.layers, l)
	}
	return p
}

// forward returns the inputs of every layer, the values before each activation, and the result as their last.
func (p *perceptron) forward(x Matrix) (inputs, before []Matrix) {
	for i, l := range p.layers {
		inputs = append(inputs, x)
		y := multiplyT(x, l.weights)
		for r := range y.Rows {
			for j, b := range l.bias.Data {
				y.Row(r)[j] += b
			}
		}
		before = append(before, y)
		if i < len(p.layers)-1 {
			x = p.mapped(y, p.activation.value)
		}
	}
	return inputs, before
}

func (p *perceptron) mapped(m Matrix, f func(float32) float32) Matrix {
	out := NewMatrix(m.Rows, m.Cols)
	for i, v := range m.Data {
		out.Data[i] = f(v)
	}
	return out
}

// eval is the result before any activation of the last layer.
func (p *perceptron) eval(x Matrix) Matrix {
	_, before := p.forward(x)
	return before[len(before)-1]
}

// step moves all weights against the gradient of some loss of the result of x, given by the result.
func (p *perceptron) step(x Matrix, loss func(result Matrix) (gradient Matrix), o adamStep) {
	inputs, before := p.forward(x)
	g := loss(before[len(before)-1])
	for i := len(p.layers) - 1; i >= 0; i-- {
		l := p.layers[i]
		weights := multiplyT(g.transposed(), inputs[i].transposed())
		bias := NewMatrix(1, g.Cols)
		for r := range g.Rows {
			for j, v := range g.Row(r) {
				bias.Data[j] += v
			}
		}
		if i > 0 {
			g = multiplyT(g, l.weights.transposed())
			for j, v := range before[i-1].Data {
				g.Data[j] *= p.activation.slope(v)
			}
		}
		l.moments[0].step(l.weights.Data, weights.Data, o, o.decay)
		l.moments[1].step(l.bias.Data, bias.Data, o, 0)
	}
}

// adam holds the moments of a list of weights (Kingma and Ba, arXiv 1412.6980).
type adam struct{ first, second []float32 }

// adamStep is a step: its number from 1, its rate, and the decay of weights, which is kept apart from the gradient
// (Loshchilov and Hutter, arXiv 1711.05101).
type adamStep struct {
	number      int
	rate, decay float64
}

func (a *adam) step(weights, gradient []float32, o adamStep, decay float64) {
	const beta1, beta2, epsilon = 0.9, 0.999, 1e-8
	if a.first == nil {
		a.first, a.second = make([]float32, len(weights)), make([]float32, len(weights))
	}
	n := float64(o.number)
	rate := float32(o.rate / (1 - math.Pow(beta1, n)))
	correction := float32(1 / (1 - math.Pow(beta2, n)))
	keep := float32(1 - o.rate*decay)
	for i, g := range gradient {
		a.first[i] = beta1*a.first[i] + (1-beta1)*g
		a.second[i] = beta2*a.second[i] + (1-beta2)*g*g
		root := float32(math.Sqrt(float64(a.second[i] * correction)))
		weights[i] = keep*weights[i] - rate*a.first[i]/(root+epsilon)
	}
}

// training says how a perceptron is trained.
type training struct {
	records, epochs, batch int
	rate, decay            float64
	random                 *rand.Rand
	progress               func(done, total int)
}

// train runs through all records in random order, again and again, with a rate that rises for three tenths of the steps and
// then falls. sample returns the inputs of a batch and the gradient of its loss.
func (p *perceptron) train(ctx context.Context, t training, sample func(batch []int) (x Matrix, loss func(Matrix) Matrix)) error {
	t.batch = min(t.batch, t.records)
	total := t.epochs * (t.records / t.batch)
	done := 0
	for range t.epochs {
		order := t.random.Perm(t.records)
		for from := 0; from+t.batch <= t.records; from += t.batch {
			if err := ctx.Err(); err != nil {
				return err
			}
			x, loss := sample(order[from : from+t.batch])
			p.step(x, loss, adamStep{number: done + 1, rate: oneCycle(t.rate, done, total), decay: t.decay})
			done++
			t.progress(done, total)
		}
	}
	return nil
}

// oneCycle is the rate of a step: it rises from a 25th and falls to almost nothing along cosines.
func oneCycle(top float64, step, total int) float64 {
	const rise = 0.3
	at := float64(step) / float64(total)
	if at < rise {
		low := top / 25
		return low + (top-low)*(1-math.Cos(math.Pi*at/rise))/2
	}
	return top * (1 + math.Cos(math.Pi*(at-rise)/(1-rise))) / 2
}
