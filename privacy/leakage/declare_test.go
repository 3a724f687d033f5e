package leakage

import (
	"math"
	"testing"

	"github.com/encrypted-compute/encompute/privacy"
)

// What is measured is what the user's client does with the declared mechanism: the same projection, bounds and grid.
func TestDeclared(t *testing.T) {
	t.Parallel()
	c := calibrate(t, newGaussianWorld(400, 6, 5).subject, quick())
	m := Mechanism{Clip: 0.8, Bits: 6}
	for name, p := range map[string]Projection{"task": must(c.Task(t.Context(), 2, 0))(t), "all": must(c.All(0))(t)} {
		r := Release{Projection: p, Mechanism: m}
		client := must(privacy.NewMechanism(r.Declared(false), []int{5}))(t)
		want := m.release(p.encode(c.zTest), nil)
		differ := 0
		for i := range 50 {
			z := make([]float64, 5)
			for j, v := range c.zTest.Row(i) {
				z[j] = float64(v)
			}
			got := must(client.Apply(z, privacy.NoiseKey{}, privacy.Subject{}))(t)
			for j, v := range want.Row(i) {
				w := float64(v) * p.Std[j]
				if p.keepsAll() {
					w += p.Mean[j]
				}
				if math.Abs(got[j]-w) > 1e-4*p.Std[j]+1e-5*math.Abs(w) {
					differ++
				}
			}
		}
		if differ > 2 { // values between two steps of the grid may fall to either in single precision
			t.Errorf("%s: %d values differ", name, differ)
		}
		coefficients := len(p.Std)
		if _, err := privacy.NewMechanism(r.Declared(true), []int{coefficients}); err != nil {
			t.Errorf("%s, projected by the prefix: %v", name, err)
		}
	}
	if (must(c.Task(t.Context(), 5, 0))(t)).keepsAll() {
		t.Error("a rotation of all values counts as all values")
	}
}
