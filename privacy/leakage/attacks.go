package leakage

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// scene is what an attack works with: coefficients are encoded, in units of their standard deviations.
type scene struct {
	subject    *Subject
	options    Options
	projection Projection
	mechanism  Mechanism
	train      Matrix // coefficients of the attacker's records, nothing done to them
	released   Matrix // of the records under attack, then of those that are shown
	shown      int    // how many those are
	x          Matrix // the attacker's records
}

// linear is the linear estimate of the records with the least mean square error, for known noise: ridge regression whose
// penalty is the variance of the noise. Its result has no bounds.
type linear struct {
	mean    []float64 // of the coefficients
	xMean   []float64
	weights Matrix // d x k
}

func fitLinear(s *scene) (*linear, error) {
	c := s.mechanism.clipped(s.train)
	mean, cov := moments(c)
	xMean := means(s.x)
	cd, xd := c.dense(), s.x.dense()
	center(cd, mean)
	center(xd, xMean)
	var cross, w mat.Dense
	cross.Mul(cd.T(), xd)
	cross.Scale(1/float64(c.Rows-1), &cross)
	k := len(mean)
	penalty := s.mechanism.variance() + 1e-5*trace(cov)/float64(k) + 1e-12
	var chol mat.Cholesky
	if !chol.Factorize(addDiagonal(cov, penalty)) {
		return nil, fmt.Errorf("%w: covariance of %d coefficients is not positive", ErrMechanism, k)
	}
	if err := chol.SolveTo(&w, &cross); err != nil {
		return nil, fmt.Errorf("linear attack: %w", err)
	}
	return &linear{mean: mean, xMean: xMean, weights: single(w.T())}, nil
}

func (l *linear) eval(y Matrix) Matrix {
	y = y.clone()
	for i := range y.Rows {
		for j, m := range l.mean {
			y.Row(i)[j] -= float32(m)
		}
	}
	x := multiplyT(y, l.weights)
	for i := range x.Rows {
		for j, m := range l.xMean {
			x.Row(i)[j] += float32(m)
		}
	}
	return x
}

// bounded brings reconstructions into [0, 1], where every record is.
func bounded(x Matrix) Matrix {
	for i, v := range x.Data {
		x.Data[i] = max(0, min(1, v))
	}
	return x
}

// ridge runs the linear estimate.
func (s *scene) ridge(context.Context) (Matrix, string, error) {
	l, err := fitLinear(s)
	if err != nil {
		return Matrix{}, "", err
	}
	return bounded(l.eval(s.released)), fmt.Sprintf("closed form, %d records", s.x.Rows), nil
}

// decoder trains a network with two hidden layers from releases of the attacker's own records, with fresh noise at every
// step, to the records.
func (s *scene) decoder(ctx context.Context) (Matrix, string, error) {
	o := s.options
	random := stream(o.Seed, streamDecoder)
	net := newPerceptron(swish, random, s.train.Cols, o.Hidden, o.Hidden, s.x.Cols)
	output := net.layers[len(net.layers)-1].bias.Data
	for i, m := range means(s.x) {
		p := max(1e-3, min(1-1e-3, m))
		output[i] = float32(math.Log(p / (1 - p)))
	}
	t := training{records: s.x.Rows, epochs: o.Epochs, batch: 200, rate: 2e-3, random: random, progress: o.progress("train a decoder")}
	err := net.train(ctx, t, func(batch []int) (Matrix, func(Matrix) Matrix) {
		want := s.x.Pick(batch)
		return s.mechanism.release(s.train.Pick(batch), random), func(result Matrix) Matrix { return squareLoss(result, want) }
	})
	if err != nil {
		return Matrix{}, "", err
	}
	out := net.eval(s.released)
	for i, v := range out.Data {
		out.Data[i] = sigmoid(v)
	}
	return out, fmt.Sprintf("network of 2 x %d, %d epochs of %d records", o.Hidden, o.Epochs, s.x.Rows), nil
}

// squareLoss is the gradient, by result, of the mean square error of sigmoid(result).
func squareLoss(result, want Matrix) Matrix {
	g := NewMatrix(result.Rows, result.Cols)
	scale := 2 / float32(len(g.Data))
	for i, v := range result.Data {
		p := sigmoid(v)
		g.Data[i] = scale * (p - want.Data[i]) * p * (1 - p)
	}
	return g
}

// search looks, from the linear estimate on, for records whose coefficients are those released (Adam on the records'
// logits, the total variation of an image as the prior), with weight on the prior.
func (s *scene) search(ctx context.Context, weight float64) (Matrix, error) {
	l, err := fitLinear(s)
	if err != nil {
		return Matrix{}, err
	}
	n := min(s.options.Searches, s.released.Rows-s.shown)
	want := s.released.Slice(0, n)
	w := bounded(l.eval(want))
	for i, v := range w.Data {
		v = max(0.02, min(0.98, v))
		w.Data[i] = float32(math.Log(float64(v / (1 - v))))
	}
	x := NewMatrix(w.Rows, w.Cols)
	squash := func() {
		for i, v := range w.Data {
			x.Data[i] = sigmoid(v)
		}
	}
	var moments adam
	report := s.options.progress("search by gradients")
	for step := range s.options.SearchSteps {
		squash()
		g, err := s.gradient(ctx, x, want)
		if err != nil {
			return Matrix{}, fmt.Errorf("search by gradients: %w", err)
		}
		if s.subject.image() {
			addVariation(x, g, s.subject.Shape, float32(weight))
		}
		for i, v := range x.Data {
			g.Data[i] *= v * (1 - v)
		}
		rate := 0.15 * (1 + math.Cos(math.Pi*float64(step)/float64(s.options.SearchSteps))) / 2
		moments.step(w.Data, g.Data, adamStep{number: step + 1, rate: rate}, 0)
		report(step+1, s.options.SearchSteps)
	}
	squash()
	return x, nil
}

// gradient is that of the mean square difference of coefficients, by the records.
func (s *scene) gradient(ctx context.Context, x, want Matrix) (Matrix, error) {
	z, err := s.subject.Prefix(ctx, x)
	if err != nil {
		return Matrix{}, err
	}
	c := s.projection.encode(z)
	for i, v := range want.Data {
		c.Data[i] = 2 * (c.Data[i] - v) / float32(c.Cols)
	}
	return s.subject.Pullback(ctx, x, s.projection.pull(c))
}

// addVariation adds to g the gradient of weight times the mean absolute difference of neighbours, down and across.
func addVariation(x, g Matrix, shape []int, weight float32) {
	channels, height, width := shape[0], shape[1], shape[2]
	down := weight / float32(channels*(height-1)*width)
	across := weight / float32(channels*height*(width-1))
	for r := range x.Rows {
		v, d := x.Row(r), g.Row(r)
		pair := func(i, j int, by float32) {
			switch {
			case v[i] > v[j]:
				d[i] += by
				d[j] -= by
			case v[i] < v[j]:
				d[i] -= by
				d[j] += by
			}
		}
		for i := range v {
			if i/width%height < height-1 {
				pair(i, i+width, down)
			}
			if i%width < width-1 {
				pair(i, i+1, across)
			}
		}
	}
}

// priors are the weights of the prior that a search tries: more with more noise. A table has no prior.
func (s *scene) priors() []float64 {
	switch {
	case !s.subject.image():
		return []float64{0}
	case s.mechanism.Noise == 0:
		return []float64{0.003, 0.03}
	}
	return []float64{0.09 * s.mechanism.Noise, 0.9 * s.mechanism.Noise}
}
