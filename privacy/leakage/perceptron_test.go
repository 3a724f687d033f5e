package leakage

import (
	"math"
	"math/rand/v2"
	"testing"
)

func randomMatrix(random *rand.Rand, rows, cols int) Matrix {
	m := NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = random.Float32()
	}
	return m
}

// slopes compares a gradient with central differences of f, by each value of data.
func slopes(t *testing.T, what string, data, gradient []float32, f func() float64) {
	t.Helper()
	const h = 1e-2
	for i, v := range data {
		data[i] = v + h
		up := f()
		data[i] = v - h
		down := f()
		data[i] = v
		if d := (up - down) / (2 * h); math.Abs(d-float64(gradient[i])) > 2e-3*(1+math.Abs(d)) {
			t.Fatalf("%s: derivative %d is %v, want %v", what, i, gradient[i], d)
		}
	}
}

func TestLossGradients(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 3))
	x, want := randomMatrix(random, 2, 3), randomMatrix(random, 2, 3)
	slopes(t, "square loss", x.Data, squareLoss(x, want).Data, func() float64 {
		sum := 0.0
		for i, v := range x.Data {
			d := float64(sigmoid(v) - want.Data[i])
			sum += d * d / 6
		}
		return sum
	})
	targets := softmax(want)
	slopes(t, "cross entropy", x.Data, crossEntropy(x, targets).Data, func() float64 {
		sum := 0.0
		for i, p := range softmax(x).Data {
			sum -= float64(targets.Data[i]) * math.Log(float64(p)) / 2
		}
		return sum
	})
	for _, shape := range [][]int{{1, 8, 7}, {2, 7, 7}} {
		x := randomMatrix(random, 1, elements(shape))
		// Neighbours far apart, so that no difference changes its sign.
		for i := range x.Data {
			x.Data[i] = float32((i*7)%13) / 4
		}
		g := NewMatrix(1, len(x.Data))
		addVariation(x, g, shape, 50)
		slopes(t, "total variation", x.Data, g.Data, func() float64 { return 50 * variation(x.Data, shape) })
	}
}

// variation is the mean absolute difference of neighbours, written down otherwise.
func variation(x []float32, shape []int) float64 {
	down, across := 0.0, 0.0
	nd, na := 0, 0
	for c := range shape[0] {
		at := func(i, j int) float64 { return float64(x[(c*shape[1]+i)*shape[2]+j]) }
		for i := range shape[1] {
			for j := range shape[2] {
				if i > 0 {
					down, nd = down+math.Abs(at(i, j)-at(i-1, j)), nd+1
				}
				if j > 0 {
					across, na = across+math.Abs(at(i, j)-at(i, j-1)), na+1
				}
			}
		}
	}
	return down/float64(nd) + across/float64(na)
}

// One plain step along the gradient of every weight lowers the loss by what the gradient's square says.
func TestPerceptronGradient(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]activation{"relu": relu, "swish": swish} {
		random := rand.New(rand.NewPCG(4, 4))
		net := newPerceptron(a, random, 3, 5, 4, 2)
		x, want := randomMatrix(random, 6, 3), randomMatrix(random, 6, 2)
		loss := func() float64 {
			sum := 0.0
			for i, v := range net.eval(x).Data {
				d := float64(v - want.Data[i])
				sum += d * d / 2
			}
			return sum
		}
		for i, l := range net.layers {
			// The first moment after one step at rate 0 is a tenth of the gradient.
			l.moments = [2]adam{}
			net.step(x, func(y Matrix) Matrix {
				g := y.clone()
				for j := range g.Data {
					g.Data[j] -= want.Data[j]
				}
				return g
			}, adamStep{number: 1})
			for k, data := range [][]float32{l.weights.Data, l.bias.Data} {
				g := make([]float32, len(data))
				for j, v := range l.moments[k].first {
					g[j] = 10 * v
				}
				const h = 1e-3
				for j, v := range data {
					data[j] = v + h
					up := loss()
					data[j] = v - h
					down := loss()
					data[j] = v
					if d := (up - down) / (2 * h); math.Abs(d-float64(g[j])) > 1e-2*(1+math.Abs(d)) {
						t.Fatalf("%s: layer %d: derivative %d is %v, want %v", name, i, j, g[j], d)
					}
				}
			}
		}
	}
}

// Training finds a function that a linear one cannot.
func TestTrainExclusiveOr(t *testing.T) {
	t.Parallel()
	x := Matrix{Rows: 4, Cols: 2, Data: []float32{0, 0, 0, 1, 1, 0, 1, 1}}
	targets := Matrix{Rows: 4, Cols: 2, Data: []float32{1, 0, 0, 1, 0, 1, 1, 0}}
	random := rand.New(rand.NewPCG(5, 5))
	net := newPerceptron(relu, random, 2, 16, 2)
	steps := 0
	run := training{records: 4, epochs: 400, batch: 9, rate: 0.05, random: random, progress: func(done, _ int) { steps = done }}
	err := net.train(t.Context(), run, func(batch []int) (Matrix, func(Matrix) Matrix) {
		want := targets.Pick(batch)
		return x.Pick(batch), func(y Matrix) Matrix { return crossEntropy(y, want) }
	})
	if err != nil {
		t.Fatal(err)
	}
	if steps != 400 {
		t.Errorf("%d steps, want one for each of 400 epochs", steps)
	}
	if got := argmax(net.eval(x)); share(got, []int{0, 1, 1, 0}) != 1 {
		t.Errorf("classes %v", got)
	}
}
