package draft

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

var update = flag.Bool("update", false, "write testdata/plans.txt anew")

// TestPlansAreTheSameEverywhere holds plans, but for the figures of their trial under a random key, to a file. It is run on
// this machine and, by "make wasm", as WebAssembly: a browser must plan what the command line plans.
func TestPlansAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, c := range []struct{ example, layer string }{{"tab-wdbc", "fc1"}, {"tab-wdbc", "poly1"}, {"tab-wdbc", "fc2"}, {"mnist-lola", "fc1"}} {
		d := given(t, c.example, "model.onnx", "model.json")
		plan, err := d.Plan(t.Context(), c.layer)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%s %s %s", c.example, c.layer, shape(t, plan))
		lines = append(lines, line)
		if testing.Short() {
			continue
		}
		if inspected := commandLine(t, c.example, c.layer); shape(t, inspected) != shape(t, plan) {
			t.Errorf("%s: \"model inspect\" plans otherwise", line)
		}
	}
	got, path := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", "plans.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("plans\n%swant, from %s,\n%s", got, path, want)
	}
}

// commandLine plans as "encompute model inspect" does of a model with a card beside it.
func commandLine(t *testing.T, example, layer string) fhe.Plan {
	t.Helper()
	g, err := model.Parse(file(t, example+"/model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	cut, err := g.CutByName(layer)
	if err != nil {
		t.Fatal(err)
	}
	var card creator.Card
	if err := protocol.UnmarshalJSON(strings.NewReader(string(file(t, example+"/model.json"))), protocol.MaxManifestBytes, &card); err != nil {
		t.Fatal(err)
	}
	_, plan, err := creator.PlanCut(t.Context(), g, cut, fhe.Options{Low: card.InputRange.Low, High: card.InputRange.High})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// shape is a digest of a plan without what was measured under a random key.
func shape(t *testing.T, p fhe.Plan) protocol.Digest {
	t.Helper()
	lit, err := p.Literal()
	if err != nil {
		t.Fatal(err)
	}
	lit.NoiseStd, lit.PrecisionBits = 0, 0
	b, err := protocol.Marshal(lit)
	if err != nil {
		t.Fatal(err)
	}
	return protocol.NewDigest("plan-shape", b)
}
