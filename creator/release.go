package creator

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// ErrRelease marks a Release that does not fit its cut.
var ErrRelease = errors.New("release of the cut")

// Release says what users' clients make of the intermediate of a cut before they hand it over, and what the creator
// makes of that so that the unchanged suffix runs on it. Its JSON form is what creators write.
type Release struct {
	// ClientTo is a later cut: the layers up to it, which must be Relu and MaxPool, are computed by the user's client
	// after decryption, and the suffix begins there.
	ClientTo string `json:"clientTo,omitempty"`
	// Projection leaves few coefficients of the intermediate.
	Projection *Projection `json:"projection,omitempty"`
	// Noise, Clip and Bits are those of protocol.Mechanism; so are Mean and Std, which are measured on the samples if
	// they are not given.
	Noise float64   `json:"noise,omitempty"`
	Clip  float64   `json:"clip,omitempty"`
	Bits  int       `json:"bits,omitempty"`
	Mean  []float64 `json:"mean,omitempty"`
	Std   []float64 `json:"std,omitempty"`
	// Sheet, Chart and Pictures are what was measured of all this, for the manifest; see "encompute model advise".
	Sheet    *protocol.Sheet    `json:"sheet,omitempty"`
	Chart    string             `json:"chart,omitempty"`
	Pictures *protocol.Pictures `json:"pictures,omitempty"`
}

// Prefix returns the prefix of a cut as workers evaluate it: with the projection as its last matrix, unless clients
// project. Errors wrap ErrRelease, or are those of Lower.
func (r Release) Prefix(g *model.Graph, cut model.Cut) (fhe.Prefix, error) {
	lowered, err := Lower(g, cut)
	if err != nil {
		return fhe.Prefix{}, err
	}
	to, err := r.apply(g, cut, lowered, nil)
	return to.prefix, err
}

// Projection is c = Matrix (z - Mean) of an intermediate z, and z~ = Mean + Rebuild c.
type Projection struct {
	Matrix  [][]float64 `json:"matrix"`  // a row for each coefficient
	Mean    []float64   `json:"mean"`    // of z
	Rebuild [][]float64 `json:"rebuild"` // a row for each value of z
	// InClient has the user's client project after decryption, as it must behind layers of its own. Else the projection
	// is the last matrix of the encrypted prefix, and nothing but coefficients can be decrypted.
	InClient bool `json:"inClient,omitempty"`
}

// intake says what a creator makes of what is handed over. It is kept, and is nobody else's business.
type intake struct {
	Layer   string    `json:"layer"` // cut at which the suffix begins
	Mean    []float64 `json:"mean"`  // none: there was no projection
	Rebuild []float64 `json:"rebuild"`
}

// rebuild is the intermediate that the suffix runs on.
func (r intake) rebuild(values []float64) []float64 {
	if len(r.Mean) == 0 {
		return values
	}
	z := slices.Clone(r.Mean)
	for i := range z {
		for j, v := range values {
			z[i] += r.Rebuild[i*len(values)+j] * v
		}
	}
	return z
}

// released is a prefix with what happens to its output.
type released struct {
	prefix    fhe.Prefix
	shape     []int // of what is decrypted
	mechanism protocol.Mechanism
	intake    intake
}

// apply completes the prefix of a cut, the mechanism of its manifest, and what the creator does.
func (r Release) apply(g *model.Graph, cut model.Cut, prefix fhe.Prefix, samples [][]float64) (released, error) {
	to := released{prefix: prefix, shape: cut.Shape, intake: intake{Layer: cut.Layer}}
	m := &to.mechanism
	m.Noise, m.Clip, m.Bits, m.Mean, m.Std = r.Noise, r.Clip, r.Bits, r.Mean, r.Std
	at := cut.Shape
	if r.ClientTo != "" {
		end, err := g.CutByName(r.ClientTo)
		if err != nil {
			return to, err
		}
		if m.Layers, err = clientLayers(g, cut, end); err != nil {
			return to, err
		}
		at, to.intake.Layer = end.Shape, end.Layer
	}
	if r.Projection != nil {
		if err := r.Projection.apply(&to, size(at)); err != nil {
			return to, err
		}
	}
	if r.Clip > 0 && len(r.Std) == 0 {
		if err := to.measure(samples); err != nil {
			return to, err
		}
	}
	if err := m.Validate(to.shape); err != nil {
		return to, fmt.Errorf("%w: %w", ErrRelease, err)
	}
	return to, r.checkSheet(to)
}

// checkSheet refuses a sheet of another release, before a plan is made.
func (r Release) checkSheet(to released) error {
	if r.Sheet != nil {
		if err := r.Sheet.Validate(to.mechanism, size(to.mechanism.Shape(to.shape))); err != nil {
			return fmt.Errorf("%w: %w", ErrRelease, err)
		}
	}
	if r.Pictures != nil {
		if err := r.Pictures.Validate(); err != nil {
			return fmt.Errorf("%w: %w", ErrRelease, err)
		}
		if r.Sheet == nil {
			return fmt.Errorf("%w: pictures without the sheet of what they show", ErrRelease)
		}
	}
	if r.Chart != "" {
		if err := protocol.CheckChart(r.Chart); err != nil {
			return fmt.Errorf("%w: %w", ErrRelease, err)
		}
	}
	return nil
}

// apply adds the projection of n values to the prefix or to the mechanism.
func (p Projection) apply(to *released, n int) error {
	k := len(p.Matrix)
	if k == 0 || k > n || len(p.Mean) != n || len(p.Rebuild) != n {
		return fmt.Errorf("%w: projection has %d rows, a mean of %d and %d rows to rebuild; the intermediate has %d values", ErrRelease, k, len(p.Mean), len(p.Rebuild), n)
	}
	for _, row := range p.Matrix {
		if len(row) != n {
			return fmt.Errorf("%w: a row of the projection has %d numbers, the intermediate has %d", ErrRelease, len(row), n)
		}
	}
	for _, row := range p.Rebuild {
		if len(row) != k {
			return fmt.Errorf("%w: a row to rebuild has %d numbers, there are %d coefficients", ErrRelease, len(row), k)
		}
	}
	matrix := slices.Concat(p.Matrix...)
	to.intake.Mean, to.intake.Rebuild = p.Mean, slices.Concat(p.Rebuild...)
	if p.InClient {
		to.mechanism.Projection = &protocol.Projection{Rows: k, Matrix: matrix, Mean: p.Mean}
		return nil
	}
	if len(to.mechanism.Layers) > 0 {
		return fmt.Errorf("%w: the client's layers come before the projection: project in the client", ErrRelease)
	}
	bias := make([]float64, k)
	for i, row := range p.Matrix {
		for j, w := range row {
			bias[i] -= w * p.Mean[j]
		}
	}
	layers := slices.Clone(to.prefix.Layers)
	if len(to.shape) != 1 {
		layers = append(layers, fhe.NewReshape("projection/in", n))
	}
	layers = append(layers, fhe.NewDense("projection", fhe.Dense{In: n, Out: k, Weights: matrix, Bias: bias}))
	to.prefix = fhe.Prefix{Input: to.prefix.Input, Layers: layers}
	to.shape, to.mechanism.ProjectedFrom = []int{k}, n
	return to.prefix.Validate()
}

// minMeasured is how many samples are needed to measure deviations.
const minMeasured = 8

// measure fills in mean and deviation of what is handed over, on the samples.
func (to *released) measure(samples [][]float64) error {
	if len(samples) < minMeasured {
		return fmt.Errorf("%w: noise and bounds need the deviation of each value: give it, or at least %d samples instead of %d", ErrRelease, minMeasured, len(samples))
	}
	plain, err := privacy.NewMechanism(protocol.Mechanism{Layers: to.mechanism.Layers, Projection: to.mechanism.Projection}, to.shape)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRelease, err)
	}
	mean, squares := make([]float64, plain.Values()), make([]float64, plain.Values())
	for _, x := range samples {
		z, err := to.prefix.Eval(x)
		if err != nil {
			return err
		}
		if z, err = plain.Plain(z); err != nil {
			return err
		}
		for i, v := range z {
			mean[i] += v / float64(len(samples))
			squares[i] += v * v / float64(len(samples))
		}
	}
	std := make([]float64, len(mean))
	for i := range std {
		std[i] = math.Sqrt(max(squares[i]-mean[i]*mean[i], 0))
		if !(std[i] > 1e-9*(math.Abs(mean[i])+1e-3)) {
			return fmt.Errorf("%w: value %d is the same for every sample: leave it out, or give its deviation", ErrRelease, i)
		}
	}
	to.mechanism.Mean, to.mechanism.Std = mean, std
	return nil
}

// clientLayers are the layers between two cuts, which must be such as a client computes.
func clientLayers(g *model.Graph, from, to model.Cut) (list []protocol.ClientLayer, err error) {
	_, rest, err := g.Split(from)
	if err != nil {
		return nil, err
	}
	between, _, err := rest.Split(to)
	if err != nil {
		return nil, fmt.Errorf("%w: cut %s is not behind %s: %w", ErrRelease, to.Layer, from.Layer, err)
	}
	for _, n := range between.Nodes {
		l, err := clientLayer(n)
		if err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, nil
}

func clientLayer(n *model.Node) (l protocol.ClientLayer, err error) {
	switch n.Op {
	case "Relu":
		return protocol.ClientLayer{Kind: protocol.LayerRelu}, nil
	case "MaxPool":
	default:
		return l, fmt.Errorf("%w: a client computes Relu and MaxPool, layer %s is %s", ErrRelease, n.Name, n.Op)
	}
	l.Kind, l.Strides = protocol.LayerMaxPool, [2]int{1, 1}
	for name, field := range map[string][]int{"kernel_shape": l.Kernel[:], "strides": l.Strides[:], "pads": l.Pads[:]} {
		list, err := n.Ints(name)
		if err != nil {
			return l, err
		}
		if len(list) != 0 && len(list) != len(field) {
			return l, fmt.Errorf("%w: layer %s: %s %v is not of two dimensions", ErrRelease, n.Name, name, list)
		}
		for i, v := range list {
			field[i] = int(v)
		}
	}
	ceil, err := n.Int("ceil_mode", 0)
	if err != nil {
		return l, err
	}
	dilations, err := n.Ints("dilations")
	if err != nil {
		return l, err
	}
	auto, err := n.Text("auto_pad", "NOTSET")
	if err != nil {
		return l, err
	}
	if ceil != 0 || slices.ContainsFunc(dilations, func(d int64) bool { return d != 1 }) || auto != "NOTSET" && auto != "VALID" {
		return l, fmt.Errorf("%w: layer %s: export it with explicit pads, without dilations and ceil_mode", ErrRelease, n.Name)
	}
	return l, nil
}
