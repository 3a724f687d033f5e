package creator

import (
	"testing"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
)

// TestLowerEncrypted evaluates on encrypted input what a chain of layers cannot express.
func TestLowerEncrypted(t *testing.T) {
	t.Parallel()
	same := map[string]any{"pads": []int{1, 1, 1, 1}}
	tests := []struct {
		name        string
		approximate string
		build       func(n *network)
	}{
		{"residual block", "", func(n *network) {
			conv := n.node("Conv", same, "x", n.weights(2, 2, 2, 3, 3), n.weights(1, 2))
			n.node("Add", nil, n.node("Mul", nil, conv, conv), "x")
		}},
		{"approximated Silu on a skip", "v1", func(n *network) {
			conv := n.node("Conv", same, "x", n.weights(1, 2, 2, 3, 3), n.weights(1, 2))
			silu := n.node("Mul", nil, conv, n.node("Sigmoid", nil, conv))
			n.node("Add", nil, n.node("Conv", nil, silu, n.weights(1, 2, 2, 1, 1)), "x")
		}},
		{"moved axes and branches", "", func(n *network) {
			moved := n.node("Transpose", map[string]any{"perm": []int{0, 3, 1, 2}}, n.node("Mul", nil, "x", "x"))
			scaled := n.node("Mul", nil, moved, n.weights(1, 8))
			n.node("MatMul", nil, n.node("Concat", map[string]any{"axis": 3}, moved, scaled), n.weights(1, 16, 3))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(1, 1, 2, 8, 8)
			tt.build(n)
			g, err := n.graph()
			if err != nil {
				t.Fatal(err)
			}
			x := uniform(t, g, 1)
			if tt.approximate != "" {
				if g, _, err = g.Approximate([]model.Approximation{{Layer: tt.approximate}}, [][]float64{x, uniform(t, g, 1)}); err != nil {
					t.Fatal(err)
				}
			}
			cuts := g.Cuts()
			cut := cuts[len(cuts)-1]
			lowered := checkLowered(t, g, cut)
			plan, err := fhe.Compile(t.Context(), lowered, fhe.Options{Low: -1, High: 1})
			if err != nil {
				t.Fatal(err)
			}
			encrypted := func(x []float64) ([]float64, error) { return evaluate(t, plan, lowered, x).DecodeRawUnsafe() }
			prefix, _, err := g.Split(cut)
			if err != nil {
				t.Fatal(err)
			}
			if worst, err := difference(encrypted, prefix, x); err != nil || worst > 1e-4 {
				t.Errorf("differs by %g, %v", worst, err)
			}
		})
	}
}
