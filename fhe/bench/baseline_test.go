package bench

import (
	"context"
	"errors"
	"math"
	"testing"
)

// leastBits is the precision below which a baseline does not compute the network.
const leastBits = 6

// small is a ring far too small to be secure, so that the tests are quick.
func small(levels int, orion bool) Baseline {
	return Baseline{
		LogN: 10, LogQ: chain(50, 40, levels), LogP: []int{50, 50}, LogScale: 40,
		ConjugateInvariant: orion, Packed: orion, Multiplexed: orion,
	}
}

func TestBaselinesComputeThePrefix(t *testing.T) {
	t.Parallel()
	levels := map[string]int{"strided": 5, "pooled": 5, "open": 2, "grouped": 3}
	for name, p := range smallNets() {
		for _, orion := range []bool{false, true} {
			x := (&network{prefix: p, random: newNetwork(9).random}).image(-1)
			want, err := p.Eval(x)
			if err != nil {
				t.Fatal(err)
			}
			c, err := small(levels[name], orion).build(context.Background(), p, x)
			if err != nil {
				t.Fatalf("%s, orion %v: %v", name, orion, err)
			}
			if err := c.evaluate(); err != nil {
				t.Fatalf("%s, orion %v: %v", name, orion, err)
			}
			bits, err := c.bits(want)
			if err != nil || bits < 2*leastBits || c.keyBytes == 0 {
				t.Errorf("%s, orion %v: %.1f bits, %d bytes of keys, %v", name, orion, bits, c.keyBytes, err)
			}
		}
	}
}

// Orion's own chain has the fewest bits of all.
func TestOrionComputesLola(t *testing.T) {
	t.Parallel()
	c := lola()
	want, err := c.Prefix.Eval(c.Input)
	if err != nil {
		t.Fatal(err)
	}
	k, err := c.Orion.build(context.Background(), c.Prefix, c.Input)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.evaluate(); err != nil {
		t.Fatal(err)
	}
	if bits, err := k.bits(want); err != nil || bits < leastBits {
		t.Errorf("%.1f bits, %v", bits, err)
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	p := smallNets()["strided"]
	x := make([]float64, size(p.Input))
	if _, err := small(4, true).build(context.Background(), p, x); err == nil {
		t.Error("a chain one level short was taken")
	}
	tight := small(5, false)
	tight.LogN = 7
	if _, err := tight.build(context.Background(), p, x); err == nil {
		t.Error("a ring with 64 slots was taken for 80 values")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := small(5, true).build(ctx, p, x); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want a cancellation", err)
	}
}

func TestBaselinesAreSecure(t *testing.T) {
	t.Parallel()
	// The Homomorphic Encryption Standard (2018), table 1: 128 bits, classical, ternary secret.
	budget := map[int]float64{12: 109, 13: 218, 14: 438, 15: 881}
	for _, c := range Cases() {
		for name, b := range map[string]*Baseline{"lattigo": c.Lattigo, "orion": c.Orion} {
			params, err := b.parameters()
			if err != nil {
				t.Fatal(c.Name, name, err)
			}
			if have := params.LogQP(); have > budget[b.LogN] {
				t.Errorf("%s, %s: %.1f bits at ring degree 2^%d, at most %v", c.Name, name, have, b.LogN, budget[b.LogN])
			}
			if have := params.LogQP(); have <= budget[b.LogN-1] {
				t.Errorf("%s, %s: %.1f bits fit a ring of half the degree", c.Name, name, have)
			}
		}
	}
}

func TestPrecision(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		got  []float64
		bits float64
	}{
		{[]float64{8, 1.25}, 5},
		{[]float64{7, 1}, 3},
		{[]float64{8, 1}, math.Inf(1)},
		{[]float64{8}, 0},
	} {
		if bits := precision([]float64{8, 1}, c.got); bits != c.bits {
			t.Errorf("%v: %v bits, want %v", c.got, bits, c.bits)
		}
	}
}
