package bench

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
)

func names(list []Case) (s []string) {
	for _, c := range list {
		s = append(s, c.Name)
	}
	return s
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ ask, want []string }{
		{nil, []string{"lola", "keyless", "conv4", "trunk"}},
		{[]string{"pool2", "lola"}, []string{"pool2", "lola"}},
	} {
		list, err := Named(c.ask...)
		if err != nil || !slices.Equal(names(list), c.want) {
			t.Errorf("%v: %v, %v", c.ask, names(list), err)
		}
	}
	if _, err := Named("lola", "vgg"); err == nil || !strings.Contains(err.Error(), `"vgg"`) {
		t.Errorf("%v, want the unknown name", err)
	}
}

func TestCasesAreWhatTheySay(t *testing.T) {
	t.Parallel()
	list, err := Named("lola", "keyless", "conv4", "trunk", "pool2")
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string][2][]int{
		"lola":    {{1, 28, 28}, {10}},
		"keyless": {{1, 28, 28}, {5, 13, 13}},
		"conv4":   {{16, 32, 32}, {16, 32, 32}},
		"trunk":   {{1, 28, 28}, {8}},
		"pool2":   {{1, 28, 28}, {16, 7, 7}},
	}
	for _, c := range list {
		if err := c.Prefix.Validate(); err != nil {
			t.Fatal(c.Name, err)
		}
		all, err := c.Prefix.Shapes()
		if err != nil {
			t.Fatal(c.Name, err)
		}
		if got := [2][]int{c.Prefix.Input, all[len(all)-1]}; !slices.Equal(got[0], shapes[c.Name][0]) || !slices.Equal(got[1], shapes[c.Name][1]) {
			t.Errorf("%s: shapes %v", c.Name, got)
		}
		// Activations of order one, and the same weights every time.
		p := c.Prefix
		for n := range p.Layers {
			y, err := fhe.Prefix{Input: p.Input, Layers: p.Layers[:n+1]}.Eval(c.Input)
			if err != nil {
				t.Fatal(c.Name, err)
			}
			if most := max(slices.Max(y), -slices.Min(y)); most < 0.05 || most > 100 || math.IsNaN(most) {
				t.Errorf("%s: values up to %v after layer %d", c.Name, most, n)
			}
		}
		again, err := Named(c.Name)
		if err != nil || !slices.Equal(again[0].Input, c.Input) {
			t.Errorf("%s: other inputs the second time, %v", c.Name, err)
		}
	}
}

func TestTrunkTakesARealModel(t *testing.T) {
	t.Parallel()
	p := newNetwork(8, 1, 8, 8).conv(4, 3, 1, 1, 0.1).quadratic().pool(8).prefix
	layers := len(p.Layers)
	image := make([]float64, 64)
	image[3] = 1.5
	c, err := Trunk(p, [][]float64{image, make([]float64, 64)})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Prefix.Validate(); err != nil {
		t.Fatal(err)
	}
	y, err := c.Prefix.Eval(c.Input)
	if err != nil || len(y) != 8 {
		t.Errorf("%d values, %v", len(y), err)
	}
	if len(p.Layers) != layers || c.Name != "trunk" || c.Options.High != 1.5 || len(c.Options.Samples) != 2 {
		t.Errorf("%d layers, %q, %+v", len(p.Layers), c.Name, c.Options)
	}
	for name, images := range map[string][][]float64{"none": nil, "short": {{1}}} {
		if _, err := Trunk(p, images); err == nil {
			t.Errorf("%s: images were taken", name)
		}
	}
	if _, err := Trunk(fhe.Prefix{}, [][]float64{image}); err == nil {
		t.Error("an empty prefix was taken")
	}
}
