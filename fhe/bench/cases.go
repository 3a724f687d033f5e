package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/encrypted-compute/encompute/fhe"
)

// Case is one network with everything that is measured on it.
type Case struct {
	Name    string
	Prefix  fhe.Prefix
	Input   []float64   // what is evaluated
	Options fhe.Options // with which our plan is compiled
	Lattigo *Baseline   // nil: not compared
	Orion   *Baseline   // nil: not compared
	Muxed   *Baseline   // Orion's, with strided outputs multiplexed, where Orion is without; nil: not compared
	Twice   bool        // measure ours on two goroutines as well
}

// Cases are the networks that a benchmark runs: lola, keyless, conv4 and trunk, with synthetic weights that are the
// same in every run.
func Cases() []Case { return []Case{lola(), keyless(), conv4(), trunk()} }

// Named returns the named cases, in that order: those of Cases and pool2, the trunk cut after its second pool. No
// names: Cases.
func Named(names ...string) ([]Case, error) {
	if len(names) == 0 {
		return Cases(), nil
	}
	known := append(Cases(), pool2())
	var list []Case
	for _, n := range names {
		i := slices.IndexFunc(known, func(c Case) bool { return c.Name == n })
		if i < 0 {
			return nil, fmt.Errorf("no case %q: want lola, keyless, conv4, trunk or pool2", n)
		}
		list = append(list, known[i])
	}
	return list, nil
}

// lola is the network of LoLa (Brutzkus, Elisha and Gilad-Bachrach, arXiv 1812.10659) for one image of MNIST.
func lola() Case {
	n := newNetwork(7, 1, 28, 28)
	n.conv(5, 5, 2, 1, 0).square().flatten().dense(100, 0).square().dense(10, 0)
	return Case{
		Name: "lola", Prefix: n.prefix, Input: n.image(0), Options: fhe.Options{Raw: true, Bits: 9},
		// Two special primes, about the root of the limbs, as lattigo advises: a third faster than with one.
		Lattigo: &Baseline{LogN: 14, LogQ: chain(50, 40, 5), LogP: []int{50, 50}, LogScale: 40},
		// Orion's configs/lola.yaml: 217 bits, within the 218 of the Homomorphic Encryption Standard of 2018.
		Orion: &Baseline{LogN: 13, LogQ: chain(29, 26, 5), LogP: []int{29, 29}, LogScale: 26, ConjugateInvariant: true, Packed: true},
		Muxed: &Baseline{LogN: 13, LogQ: chain(29, 26, 5), LogP: []int{29, 29}, LogScale: 26, ConjugateInvariant: true, Packed: true, Multiplexed: true},
	}
}

// keyless is what a plan without keys can do: one convolution and a square.
func keyless() Case {
	n := newNetwork(7, 1, 28, 28)
	n.conv(5, 5, 2, 1, 0).square()
	return Case{
		Name: "keyless", Prefix: n.prefix, Input: n.image(0), Options: fhe.Options{Keyless: true, Raw: true, Bits: 21},
		// The chains of lola, cut to this depth, in the least ring that holds them.
		Lattigo: &Baseline{LogN: 13, LogQ: chain(50, 40, 2), LogP: []int{50}, LogScale: 40},
		Orion:   &Baseline{LogN: 13, LogQ: chain(29, 26, 2), LogP: []int{29, 29}, LogScale: 26, ConjugateInvariant: true, Packed: true},
		Muxed:   &Baseline{LogN: 13, LogQ: chain(29, 26, 2), LogP: []int{29, 29}, LogScale: 26, ConjugateInvariant: true, Packed: true, Multiplexed: true},
	}
}

// conv4 is four convolutions of 16 channels: a tensor that fills the slots of one ciphertext, at every step.
func conv4() Case {
	n := newNetwork(3, 16, 32, 32)
	for range 4 {
		n.conv(16, 3, 1, 1, 0).square()
	}
	// Samples like the input, which is uniform noise: four squares in a row let constants grow out of all proportion.
	images := [][]float64{n.image(-1), n.image(-1), n.image(-1), n.image(-1)}
	return Case{
		Name: "conv4", Prefix: n.prefix, Input: images[0], Options: fhe.Options{Low: -1, High: 1, Raw: true, Bits: 14.5, Samples: images}, Twice: true,
		// 16384 values need ring degree 2^15. Three special primes are a fifth faster than two.
		Lattigo: &Baseline{LogN: 15, LogQ: chain(50, 40, 8), LogP: []int{50, 50, 50}, LogScale: 40},
		// Orion's configs/lenet.yaml, its chain for this ring, one level deeper and with a third special prime, which
		// saves a sixth; its 26-bit limbs would lose too much over eight levels, and wider ones cost no more.
		Orion: &Baseline{LogN: 14, LogQ: chain(42, 34, 8), LogP: []int{37, 37, 37}, LogScale: 34, ConjugateInvariant: true, Packed: true, Multiplexed: true},
	}
}

// trunkLayers is the trunk of a classifier of X-rays: two pooled blocks, two wide ones, the average of each channel.
func trunkLayers() *network {
	n := newNetwork(1, 1, 28, 28)
	n.conv(8, 3, 1, 1, 0.1).quadratic().pool(2)
	n.conv(16, 3, 1, 1, 0.1).quadratic().pool(2)
	n.conv(32, 3, 1, 1, 0.1).quadratic()
	return n.conv(64, 3, 1, 1, 0.1).quadratic().pool(7)
}

func trunk() Case {
	n := trunkLayers()
	return project(n, [][]float64{n.image(0)})
}

// Trunk is the case trunk on a real model: a prefix that ends in the averages of its channels, and images for it, of
// which the first is evaluated and all are samples. A fixed projection to eight values is added.
func Trunk(prefix fhe.Prefix, images [][]float64) (Case, error) {
	shapes, err := prefix.Shapes()
	if err != nil {
		return Case{}, fmt.Errorf("trunk: %w", err)
	}
	if len(images) == 0 || len(images[0]) != size(prefix.Input) {
		return Case{}, fmt.Errorf("trunk: want images of shape %v", prefix.Input)
	}
	n := newNetwork(1, prefix.Input...)
	n.prefix.Layers, n.shape = slices.Clone(prefix.Layers), shapes[len(shapes)-1]
	c := project(n, images)
	c.Options.Samples = images
	return c, nil
}

// project ends a trunk in eight values, so that the average and the projection are one small linear map. Its plan is made
// as for a release: 8 bits must survive the flooding of one release of these values.
//
// Nine levels of about 40 bits, which would keep as many bits as ours, ask for ring degree 2^15: twice the time and
// 11 GB. The baselines get 2^14 instead, and the widest limbs that its budget allows. lattigo gets Orion's packing as
// well, because pools in natural order leave 8192 diagonals a layer.
func project(n *network, images [][]float64) Case {
	low, high := 0.0, 1.0
	for _, x := range images {
		low, high = min(low, slices.Min(x)), max(high, slices.Max(x))
	}
	n.flatten().dense(8, 0)
	return Case{
		Name: "trunk", Prefix: n.prefix, Input: images[0], Options: fhe.Options{Low: low, High: high, InputBytes: 15e6}, Twice: true,
		Lattigo: &Baseline{LogN: 14, LogQ: chain(42, 34, 9), LogP: []int{40, 40}, LogScale: 34, Packed: true, Multiplexed: true},
		Orion:   &Baseline{LogN: 14, LogQ: chain(42, 34, 9), LogP: []int{40, 40}, LogScale: 34, ConjugateInvariant: true, Packed: true, Multiplexed: true},
	}
}

// pool2 is the trunk cut after its second pool.
func pool2() Case {
	n := trunkLayers()
	n.prefix.Layers = n.prefix.Layers[:6]
	return Case{Name: "pool2", Prefix: n.prefix, Input: n.image(0), Options: fhe.Options{Raw: true, Bits: 30.3, Link: 100e6}}
}

// chain is the bits of a modulus: the bottom prime and levels above it.
func chain(bottom, limb, levels int) []int {
	return append([]int{bottom}, slices.Repeat([]int{limb}, levels)...)
}

// network grows a prefix with random weights.
type network struct {
	prefix fhe.Prefix
	shape  []int
	random *rand.Rand
}

func newNetwork(seed uint64, input ...int) *network {
	return &network{fhe.Prefix{Input: input}, input, rand.New(rand.NewPCG(seed, 7))}
}

func (n *network) normal(count int, std float64) []float64 {
	v := make([]float64, count)
	for i := range v {
		v[i] = n.random.NormFloat64() * std
	}
	return v
}

// image is uniform from low to 1.
func (n *network) image(low float64) []float64 {
	v := make([]float64, size(n.prefix.Input))
	for i := range v {
		v[i] = low + (1-low)*n.random.Float64()
	}
	return v
}

func (n *network) add(l fhe.Layer, shape ...int) *network {
	n.prefix.Layers = append(n.prefix.Layers, l)
	n.shape = shape
	return n
}

func (n *network) name(kind string) string { return fmt.Sprintf("%s%d", kind, len(n.prefix.Layers)+1) }

func (n *network) conv(out, kernel, stride, pad int, bias float64) *network {
	in := n.shape[0]
	fan := in * kernel * kernel
	c := fhe.Conv{
		In: in, Out: out, Kernel: [2]int{kernel, kernel}, Stride: [2]int{stride, stride}, Pads: [4]int{pad, pad, pad, pad},
		Weights: n.normal(out*fan, 1/math.Sqrt(float64(fan))), Bias: n.normal(out, bias),
	}
	side := func(v int) int { return (v+2*pad-kernel)/stride + 1 }
	return n.add(fhe.NewConv(n.name("conv"), c), out, side(n.shape[1]), side(n.shape[2]))
}

func (n *network) pool(side int) *network {
	p := fhe.Pool{Kernel: [2]int{side, side}, Stride: [2]int{side, side}}
	return n.add(fhe.NewPool(n.name("pool"), p), n.shape[0], n.shape[1]/side, n.shape[2]/side)
}

func (n *network) dense(out int, bias float64) *network {
	in := n.shape[0]
	d := fhe.Dense{In: in, Out: out, Weights: n.normal(in*out, 1/math.Sqrt(float64(in))), Bias: n.normal(out, bias)}
	return n.add(fhe.NewDense(n.name("dense"), d), out)
}

func (n *network) flatten() *network {
	return n.add(fhe.NewReshape(n.name("flat"), size(n.shape)), size(n.shape))
}

func (n *network) square() *network {
	c := n.shape[0]
	zero := make([]float64, c)
	return n.add(fhe.NewPoly(n.name("square"), fhe.NewQuadratic(slices.Repeat([]float64{1}, c), zero, zero)), n.shape...)
}

// quadratic is an activation with coefficients like those of trained ones.
func (n *network) quadratic() *network {
	c := n.shape[0]
	a, b, d := n.normal(c, 0.1), n.normal(c, 0.2), n.normal(c, 0.1)
	for i := range a {
		a[i] += math.Copysign(0.3, a[i])
	}
	return n.add(fhe.NewPoly(n.name("poly"), fhe.NewQuadratic(a, b, d)), n.shape...)
}
