package fhe

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var updateVectors = flag.Bool("update", false, "write the plan vectors anew")

const vectorsFolder = "testdata/vectors/plan"

// planVector describes the plan in the file of the same name: what every reader must find in it, or why it refuses it.
type planVector struct {
	Description string `json:"description"`
	Digest      string `json:"digest"` // hex, of the bytes as they are
	Error       string `json:"error,omitempty"`
	Kind        string `json:"kind,omitempty"`
	LogN        int    `json:"logN,omitempty"`
	KeysBytes   int64  `json:"keysBytes,omitempty"`
	InputBytes  int64  `json:"inputBytes,omitempty"`
	OutputBytes int64  `json:"outputBytes,omitempty"`
	Rotations   []int  `json:"rotations,omitempty"` // steps
}

// Error kinds of vectors.
var vectorErrors = map[string]error{"invalid plan": ErrPlan, "insecure parameters": ErrInsecure}

// describePlan is what a vector says of a plan that is accepted.
func describePlan(description string, p Plan) planVector {
	info, digest := p.Info(), p.Digest()
	v := planVector{
		Description: description, Digest: hex.EncodeToString(digest[:]), Kind: info.Kind, LogN: info.LogN,
		KeysBytes: info.KeysBytes, InputBytes: info.InputBytes, OutputBytes: info.OutputBytes,
	}
	for _, r := range p.Rotations() {
		v.Rotations = append(v.Rotations, r.Step)
	}
	return v
}

func TestPlanVectors(t *testing.T) {
	t.Parallel()
	if *updateVectors {
		writeVectors(t)
	}
	files, err := filepath.Glob(vectorsFolder + "/*.cbor")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(strings.TrimSuffix(file, ".cbor") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want planVector
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if d := digest("plan", b); hex.EncodeToString(d[:]) != want.Digest {
			t.Errorf("%s: digest %x, want %s", file, d, want.Digest)
		}
		plan, err := ParsePlan(b)
		if want.Error != "" {
			refused++
			if kind := vectorErrors[want.Error]; kind == nil || !errors.Is(err, kind) {
				t.Errorf("%s: %v, want %q", file, err, want.Error)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if got := describePlan(want.Description, plan); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %+v, want %+v", file, got, want)
		}
		if back, err := plan.MarshalBinary(); err != nil || !bytes.Equal(back, b) {
			t.Errorf("%s: written back differently (%v)", file, err)
		}
	}
	if refused < 10 || len(files)-refused < 4 {
		t.Errorf("only %d vectors, %d of them refused", len(files), refused)
	}
}

// vectorPlans are the plans that become vectors.
func vectorPlans(t *testing.T) map[string]PlanLiteral {
	t.Helper()
	plans := map[string]PlanLiteral{}
	for name, c := range map[string]struct {
		p       Prefix
		kind    string
		logN    int
		special int
		merged  bool
	}{
		"windows":  {newNet(t, 1, 1, 12, 12).conv("c1", 3, 3, 1, 1).poly("p1").pool("a1", 2).conv("c2", 4, 3, 1, 1).p, inputWindow, 13, 1, false},
		"products": {newNet(t, 1, 1, 12, 12).conv("c1", 3, 3, 1, 1).poly("p1").pool("a1", 2).conv("c2", 4, 3, 1, 1).poly("p2").p, inputProd, 14, 2, true},
		"slots":    {newNet(t, 1, 2, 8, 8).conv("c1", 4, 3, 2, 1).polynomial("p1", 3).flatten("f").dense("d", 3).p, inputSlots, 14, 2, false},
		"mixed":    {oddNets(t)["mixed"], inputWindow, 13, 1, true},
	} {
		k := looseCompiler(t, c.p)
		k.bound = 64 // that of random samples would follow the weights
		lit, err := k.levelled(c.kind, c.logN, c.special, c.merged)
		if err != nil {
			t.Fatal(name, err)
		}
		lit.NoiseStd = 1 << 20
		plans[name] = lit
	}
	k := looseCompiler(t, smallPrefix(true))
	lit, err := k.keyless(12)
	if err != nil {
		t.Fatal(err)
	}
	lit.NoiseStd = 1 << 70
	plans["keyless"] = lit
	return plans
}

// mutation is a change of a plan that makes it refusable.
type mutation struct {
	name, base, description, err string
	change                       func(l *PlanLiteral)
}

func mutationsOfPlans() []mutation {
	const invalid, insecure = "invalid plan", "insecure parameters"
	return []mutation{
		{"version", "windows", "another version", invalid, func(l *PlanLiteral) { l.Version++ }},
		{"small-ring", "windows", "the moduli of a larger ring degree", insecure, func(l *PlanLiteral) { l.LogN-- }},
		{"large-ring", "windows", "a ring degree that is not in the table", insecure, func(l *PlanLiteral) { l.LogN = 16 }},
		{"composite", "windows", "a modulus that is no prime", invalid, func(l *PlanLiteral) { l.Q[0] = (1<<18 + 1) << (l.LogN + 2) / 2 * 2 }},
		{"twin-primes", "windows", "the same prime twice", invalid, func(l *PlanLiteral) { l.Q[0] = l.Q[1] }},
		{"no-special", "windows", "keys without a special prime", invalid, func(l *PlanLiteral) { l.P = nil }},
		{"keyless-special", "keyless", "a special prime without keys", invalid, func(l *PlanLiteral) { l.P, l.Q = l.Q[:1], l.Q[1:] }},
		{"missing-stage", "windows", "fewer stages than the layers need", invalid, func(l *PlanLiteral) { l.Stages = l.Stages[1:] }},
		{"renamed-stage", "windows", "a stage of another name", invalid, func(l *PlanLiteral) { l.Stages[0].Name = "other" }},
		{"high-stage", "windows", "a stage above its input's level", invalid, func(l *PlanLiteral) { l.Stages[1].Level = l.Stages[0].Level }},
		{"rotation", "windows", "a rotation beyond the slots", invalid, func(l *PlanLiteral) { l.Stages[0].Babies = []int{0, 1 << l.LogN} }},
		{"unsorted", "slots", "rotations out of order", invalid, func(l *PlanLiteral) { l.Stages[0].Outer = []int{1, 0} }},
		{"phases", "windows", "a pool that does not find its phases", invalid, func(l *PlanLiteral) { l.Stages[0].Layout.Digits = nil }},
		{"small-layout", "slots", "a layout without a slot for every value", invalid, func(l *PlanLiteral) { l.Stages[0].Layout.Plane /= 2 }},
		{"unfactored", "mixed", "a quadratic without some squares as a square", invalid, func(l *PlanLiteral) { l.Stages[0].Factored = false }},
		{"kept-cubic", "slots", "a polynomial left unscaled", invalid, func(l *PlanLiteral) { l.Stages[0].KeepSquare = true }},
		{"outputs", "windows", "more outputs than the last stage gives", invalid, func(l *PlanLiteral) { l.Outputs++ }},
		{"loud", "windows", "less noise than any circuit has", invalid, func(l *PlanLiteral) { l.NoiseStd = 0.5 }},
		{"bound", "keyless", "outputs beyond the modulus", invalid, func(l *PlanLiteral) { l.OutputBound = 1e30 }},
		{"range", "keyless", "an empty range of inputs", invalid, func(l *PlanLiteral) { l.Packing.High = l.Packing.Low }},
		{"weights", "windows", "weights in the skeleton", invalid, func(l *PlanLiteral) {
			c := *l.Layers[0].Conv
			c.Bias = []float64{1, 2, 3}
			l.Layers[0].Conv = &c
		}},
		{"shapes", "keyless", "layers that do not fit each other", invalid, func(l *PlanLiteral) { l.Input = []int{l.Input[0] + 1} }},
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	plans := vectorPlans(t)
	if err := os.RemoveAll(vectorsFolder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(vectorsFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, lit := range plans {
		plan, err := NewPlan(lit)
		if err != nil {
			t.Fatal(name, err)
		}
		b, _ := plan.MarshalBinary()
		writeVector(t, name, b, describePlan("accepted: "+plan.Info().Kind, plan))
		if name == "windows" {
			refuse := func(name, why string, b []byte) {
				d := digest("plan", b)
				writeVector(t, name, b, planVector{Description: why, Digest: hex.EncodeToString(d[:]), Error: "invalid plan"})
			}
			refuse("refused-trailing", "a byte behind the plan", append(slices.Clone(b), 0))
			refuse("refused-truncated", "the last byte is missing", b[:len(b)-1])
			refuse("refused-empty", "nothing at all", nil)
			refuse("refused-long-form", "a map of indefinite length, which is not deterministic", slices.Concat([]byte{0xbf}, b[1:], []byte{0xff}))
		}
	}
	for _, m := range mutationsOfPlans() {
		b, err := encodeCBOR(plans[m.base])
		if err != nil {
			t.Fatal(err)
		}
		var lit PlanLiteral // a copy that shares nothing
		if err := decodeCBOR(b, &lit); err != nil {
			t.Fatal(err)
		}
		m.change(&lit)
		if b, err = encodeCBOR(lit); err != nil {
			t.Fatal(err)
		}
		d := digest("plan", b)
		writeVector(t, "refused-"+m.name, b, planVector{Description: m.description, Digest: hex.EncodeToString(d[:]), Error: m.err})
	}
}

func writeVector(t *testing.T, name string, b []byte, v planVector) {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for ext, content := range map[string][]byte{".cbor": b, ".json": append(text, '\n')} {
		if err := os.WriteFile(filepath.Join(vectorsFolder, name+ext), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Each refused vector must be a small step from one that is accepted, so that it is refused for the reason it names.
func TestMutationsAreRefusedForTheirOwnReason(t *testing.T) {
	t.Parallel()
	plans := vectorPlans(t)
	reasons := map[string]string{}
	for _, m := range mutationsOfPlans() {
		b, err := encodeCBOR(plans[m.base])
		if err != nil {
			t.Fatal(err)
		}
		var lit PlanLiteral
		if err := decodeCBOR(b, &lit); err != nil {
			t.Fatal(err)
		}
		if _, err := NewPlan(lit); err != nil {
			t.Fatalf("%s, unchanged: %v", m.base, err)
		}
		m.change(&lit)
		_, err = NewPlan(lit)
		if !errors.Is(err, vectorErrors[m.err]) {
			t.Errorf("%s: %v, want %q", m.name, err, m.err)
			continue
		}
		reason := m.base + ": " + err.Error()
		if other, ok := reasons[reason]; ok {
			t.Errorf("%s and %s are both refused with %s", m.name, other, reason)
		}
		reasons[reason] = m.name
	}
}

// Planning is a function: of the same prefix and options it makes the same bytes; other weights of the same shapes leave
// stages, packing and moduli as they are.
func TestPlanningIsDeterministic(t *testing.T) {
	t.Parallel()
	type built struct{ what, bytes, shape string }
	build := func(p Prefix, kind string) (list []built) {
		k := newCompiler(p, Options{Bits: 10, Raw: true, OutputBound: 1 << 12})
		if err := k.prepare(); err != nil {
			t.Fatal(err)
		}
		k.largest = 1 // what remains of the weights is how large the outputs of samples are
		candidates, _ := k.levelledCandidates(kind)
		for _, c := range candidates[:min(6, len(candidates))] {
			lit, err := c.build()
			if err != nil {
				list = append(list, built{c.what, err.Error(), err.Error()})
				continue
			}
			b, err := encodeCBOR(lit)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, built{c.what, string(b), fmt.Sprintf("%+v %+v %v %v", lit.Stages, lit.Packing, lit.Q, lit.P)})
		}
		return list
	}
	for kind, net := range map[string]func(seed uint64) Prefix{
		inputProd: func(seed uint64) Prefix {
			return newNet(t, seed, 1, 6, 6).conv("c1", 2, 2, 1, 0).poly("p1").conv("c2", 2, 3, 1, 1).poly("p2").p
		},
		inputWindow: func(seed uint64) Prefix { return newNet(t, seed, 12).dense("d1", 20).poly("p1").dense("d2", 6).p },
	} {
		p, other := net(1), net(2)
		for _, l := range other.Layers { // zeros are weights like others
			if l.Conv != nil {
				l.Conv.Weights[0] = 0
			}
		}
		first, again, changed := build(p, kind), build(p, kind), build(other, kind)
		if len(first) == 0 || !slices.Equal(first, again) {
			t.Errorf("%s: %d candidates, or other ones the second time", describe(p), len(first))
		}
		for i := range min(len(first), len(changed)) {
			if first[i].what != changed[i].what || first[i].shape != changed[i].shape {
				t.Errorf("%s: %s: weights changed the plan", describe(p), first[i].what)
			}
		}
	}
}
