package draft

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/protocol"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := examples.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// given takes files of an example into a draft.
func given(t testing.TB, example string, names ...string) *Draft {
	t.Helper()
	d := new(Draft)
	for _, name := range names {
		if err := d.Take("somewhere/"+name, file(t, example+"/"+name)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func view(t testing.TB, d *Draft) View {
	t.Helper()
	v, err := d.View()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func check(v View, name string) attestation.Check {
	i := slices.IndexFunc(v.Checks, func(c attestation.Check) bool { return c.Name == name })
	if i < 0 {
		return attestation.Check{}
	}
	return v.Checks[i]
}

func TestExampleIsReady(t *testing.T) {
	t.Parallel()
	d := given(t, "tab-wdbc", "model.onnx", "model.json", "release.json", "wdbc.csv")
	v := view(t, d)
	for _, c := range v.Checks {
		if c.Status != attestation.Passed {
			t.Errorf("%s %s: %s", c.Name, c.Status, c.Why)
		}
	}
	if len(v.Checks) != 3 || v.Samples != maxSamples || v.File != "model.onnx" || !v.Given || v.Card.Name != "tab-wdbc" {
		t.Errorf("view %+v", v)
	}
	i := slices.IndexFunc(v.Cuts, func(c Cut) bool { return c.Layer == "poly1" })
	if i < 0 || !v.Cuts[i].Encryptable || v.Cuts[i].Release == nil || v.Cuts[i].Release.Values != 1 || v.Cuts[i].Release.Tells == nil {
		t.Fatalf("cuts %+v", v.Cuts)
	}
	if name := v.Layers[v.Cuts[i].After-1].Name; !strings.Contains(name, "poly1") {
		t.Errorf("the cut poly1 is after layer %s", name)
	}
	last := v.Cuts[len(v.Cuts)-1]
	if last.Encryptable || last.Reason == nil || last.Reason.Why == "" || last.Reason.Remedy == "" {
		t.Errorf("the last cut is %+v", last)
	}
	cfg, err := d.Config([]creator.Offer{{Layer: "poly1", Price: 5}})
	if err != nil || len(cfg.Releases) != 1 || len(cfg.Samples) != maxSamples || len(cfg.Vector.Input) != 30 {
		t.Errorf("configuration %+v, %v", cfg, err)
	}
	if cfg, err = d.Config([]creator.Offer{{Layer: "fc2", Price: 5}}); err != nil || len(cfg.Releases) != 0 {
		t.Errorf("a release of a cut that is not offered: %v", err)
	}
	plan, err := d.Plan(t.Context(), v.Cuts[i].Layer)
	if err != nil || plan.Info().OutputShape[0] != 1 {
		t.Errorf("plan %+v, %v: the projection is to be its last matrix", plan.Info(), err)
	}
}

// What is missing is said, and nothing is taken for given.
func TestMissing(t *testing.T) {
	t.Parallel()
	if v := view(t, new(Draft)); v.File != "" || len(v.Checks) != 0 {
		t.Errorf("an empty draft: %+v", v)
	}
	d := given(t, "tab-wdbc", "model.onnx")
	v := view(t, d)
	if v.Given || v.Card.Input.Kind != protocol.InputTable || len(v.Card.Labels) != 2 || !slices.Equal(v.Card.Input.Shape, []int{30}) {
		t.Errorf("guessed card %+v", v.Card)
	}
	for _, name := range []string{"card", "sample"} {
		if c := check(v, name); c.Status != attestation.Failed || c.Why == "" {
			t.Errorf("check %s: %+v", name, c)
		}
	}
	if c := check(v, "release"); c.Status != attestation.Skipped || c.Why == "" {
		t.Errorf("release: %+v", c)
	}
	if err := d.Take("model.json", file(t, "tab-wdbc/model.json")); err != nil {
		t.Fatal(err)
	}
	if c := check(view(t, d), "sample"); c.Status != attestation.Failed || !strings.Contains(c.Why, "wdbc.csv is missing") {
		t.Errorf("sample without its file: %+v", c)
	}
	if _, err := d.Config(nil); !errors.Is(err, creator.ErrVector) {
		t.Errorf("configuration without a sample: %v", err)
	}
	if err := d.Take("wdbc.csv", file(t, "tab-wdbc/wdbc.csv")); err != nil {
		t.Fatal(err)
	}
	card := view(t, d).Card
	card.Input.Scale = 1.5
	b, err := json.Marshal(card)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetCard(b); err != nil {
		t.Fatal(err)
	}
	if c := check(view(t, d), "sample"); c.Status != attestation.Failed || !strings.Contains(c.Why, "correct scale, mean, std") {
		t.Errorf("a card that scales otherwise: %+v", c)
	}
}

// What is measured here joins what was given, and files come back as they were.
func TestTakeMeasured(t *testing.T) {
	t.Parallel()
	d := given(t, "tab-wdbc", "model.onnx", "model.json", "release.json", "wdbc.csv")
	if err := d.TakeMeasured([]byte(`{"fc2": {"noise": 0}}`)); err != nil {
		t.Fatal(err)
	}
	if len(d.releases) != 2 || d.releases["poly1"].Sheet == nil {
		t.Errorf("releases %v", d.releases)
	}
	for _, bad := range []string{`{"fc9": {"noise": 1}}`, `{"fc2": {"price": 1}}`, "{"} {
		if err := d.TakeMeasured([]byte(bad)); !errors.Is(err, ErrFile) || len(d.releases) != 2 {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if err := new(Draft).TakeMeasured([]byte("{}")); !errors.Is(err, ErrFile) {
		t.Errorf("without a model: %v", err)
	}
	for _, name := range []string{"model.onnx", "wdbc.csv"} {
		if b, err := d.File(name); err != nil || !bytes.Equal(b, file(t, "tab-wdbc/"+name)) {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	for _, name := range []string{"", "model.json", "../wdbc.csv"} {
		if _, err := d.File(name); !errors.Is(err, ErrFile) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := new(Draft).File(""); !errors.Is(err, ErrFile) {
		t.Errorf("a file of an empty draft: %v", err)
	}
}

func TestTakeRefuses(t *testing.T) {
	t.Parallel()
	picture := given(t, "mnist-lola", "model.onnx")
	if c := view(t, picture).Card; c.Input.Kind != protocol.InputImage || len(c.Labels) != 10 {
		t.Errorf("guessed card %+v", c)
	}
	for name, test := range map[string]struct {
		d    *Draft
		name string
		b    []byte
	}{
		"inputs before the model": {new(Draft), "wdbc.csv", nil},
		"no model":                {new(Draft), "model.onnx", []byte("onnx")},
		"no JSON":                 {given(t, "tab-wdbc", "model.onnx"), "model.json", []byte("{")},
		"another JSON":            {given(t, "tab-wdbc", "model.onnx"), "package.json", []byte(`{"name": {"version": 1}}`)},
		"unknown field":           {given(t, "tab-wdbc", "model.onnx"), "model.json", []byte(`{"input": {}, "inputRange": {}, "price": 1}`)},
		"release of no cut":       {given(t, "tab-wdbc", "model.onnx"), "release.json", []byte(`{"fc9": {"noise": 1}}`)},
	} {
		before := view(t, test.d)
		if err := test.d.Take(test.name, test.b); err == nil {
			t.Errorf("%s was taken", name)
		}
		if after := view(t, test.d); len(after.Data) != len(before.Data) || after.Given != before.Given {
			t.Errorf("%s left something: %+v", name, after)
		}
	}
	many := given(t, "tab-wdbc", "model.onnx")
	for i := range maxData + 1 {
		err := many.Take(strings.Repeat("x", i+1)+".csv", nil)
		if (err != nil) != (i == maxData) {
			t.Errorf("file %d: %v", i, err)
		}
	}
}
