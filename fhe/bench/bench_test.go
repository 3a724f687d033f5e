package bench

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/fhe"
)

func TestRunFillsTheTable(t *testing.T) { // not parallel: Run sets the collector's target for the process
	n := newNetwork(1, 6).dense(4, 0.1).quadratic().dense(4, 0.1).square().dense(3, 0.1)
	lattigo, orion := small(5, false), small(5, true)
	c := Case{
		Name: "small", Prefix: n.prefix, Input: n.image(0), Options: fhe.Options{Raw: true},
		Lattigo: &lattigo, Orion: &orion, Twice: true,
	}
	alone := Case{Name: "alone", Prefix: n.prefix, Input: c.Input, Options: c.Options}
	var steps []string
	list, err := Run(context.Background(), []Case{c, alone}, func(name, step string) { steps = append(steps, name+": "+step) })
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	var table []map[string]any
	if err := json.Unmarshal(b, &table); err != nil {
		t.Fatal(err)
	}
	ours := []string{"oursMs", "baseMs", "predictedMs", "keyBytes", "uploadBytes", "bits"}
	theirs := []string{"oursTwoMs", "lattigoMs", "orionMs", "lattigoKeyBytes", "orionKeyBytes", "lattigoBits", "orionBits"}
	for i, want := range [][]string{slices.Concat(ours, theirs), ours} {
		if len(table[i]) != len(want)+1 || table[i]["name"] != []string{"small", "alone"}[i] {
			t.Errorf("row %s", b)
		}
		for _, key := range want {
			if v, _ := table[i][key].(float64); !(v > 0) {
				t.Errorf("row %d: %s is %v", i, key, table[i][key])
			}
		}
	}
	for _, r := range list {
		if r.Bits < leastBits || r.LattigoBits != 0 && min(r.LattigoBits, r.OrionBits) < leastBits {
			t.Errorf("%+v", r)
		}
	}
	for _, s := range []string{"small: compile the plan", "small: build the baseline orion", "small: evaluate on two goroutines", "alone: evaluate in turn without kernels"} {
		if !slices.Contains(steps, s) {
			t.Errorf("no step %q in %q", s, steps)
		}
	}
}

func TestRunNamesTheCaseThatFails(t *testing.T) { // not parallel: Run sets the collector's target for the process
	n := newNetwork(1, 6).dense(4, 0.1)
	short := small(3, false)
	for name, c := range map[string]Case{
		"input":    {Prefix: n.prefix, Input: []float64{1}},
		"baseline": {Prefix: n.prefix, Input: n.image(0), Options: fhe.Options{Raw: true}, Lattigo: &short},
		"options":  {Prefix: n.prefix, Input: n.image(0), Options: fhe.Options{Low: 1}},
	} {
		c.Name = name
		if _, err := Run(context.Background(), []Case{c}, nil); err == nil || !strings.Contains(err.Error(), `case "`+name+`"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := Case{Name: "late", Prefix: n.prefix, Input: n.image(0), Options: fhe.Options{Raw: true}}
	if _, err := Run(ctx, []Case{c}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want a cancellation", err)
	}
}

func TestAlternateTakesTurns(t *testing.T) {
	t.Parallel()
	var order []int
	least, err := alternate(context.Background(),
		func() error { order = append(order, 0); return nil },
		func() error { order = append(order, 1); time.Sleep(time.Millisecond); return nil })
	if err != nil || len(least) != 2 || least[1] < 1 {
		t.Errorf("%v, %v", least, err)
	}
	if len(order) < 2*minRounds || len(order) > 2*maxRounds {
		t.Errorf("%d runs", len(order))
	}
	for i, n := range order {
		if n != i%2 {
			t.Fatalf("order %v", order)
		}
	}
	broken := errors.New("broken")
	if _, err := alternate(context.Background(), func() error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v, want the run's error", err)
	}
}

// BenchmarkCases reports milliseconds of ours and of the baselines, and how many times ours is faster.
func BenchmarkCases(b *testing.B) {
	list, err := Named("lola", "keyless", "conv4", "trunk", "pool2")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range list {
		b.Run(c.Name, func(b *testing.B) {
			var r Result
			for b.Loop() {
				list, err := Run(b.Context(), []Case{c}, nil)
				if err != nil {
					b.Fatal(err)
				}
				r = list[0]
			}
			b.ReportMetric(r.OursMs, "ours-ms")
			b.ReportMetric(r.Bits, "bits")
			if c.Twice {
				b.ReportMetric(r.OursTwoMs, "ours2-ms")
			}
			for _, base := range []struct {
				name     string
				baseline *Baseline
				ms, bits float64
			}{{"lattigo", c.Lattigo, r.LattigoMs, r.LattigoBits}, {"orion", c.Orion, r.OrionMs, r.OrionBits}} {
				if base.baseline == nil {
					continue
				}
				if base.bits < leastBits {
					b.Errorf("%s computes something else: %.1f bits", base.name, base.bits)
				}
				b.ReportMetric(base.ms, base.name+"-ms")
				b.ReportMetric(base.bits, base.name+"-bits")
				b.ReportMetric(base.ms/r.OursMs, base.name+"/ours")
			}
		})
	}
}
