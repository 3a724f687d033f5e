package protocol

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func TestFieldsValidate(t *testing.T) {
	t.Parallel()
	good := func() InputSchema {
		return InputSchema{Kind: InputTable, Shape: []int{3}, Scale: 1, Fields: []Field{
			{Name: "age", Unit: "years", Valid: &Range{0, 120}}, {Name: "sex", Values: []string{"f", "m"}},
		}}
	}
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*InputSchema){
		"columns, too":        func(s *InputSchema) { s.Columns = []string{"a"} },
		"layout":              func(s *InputSchema) { s.Layout = LayoutCHW },
		"resize":              func(s *InputSchema) { s.Resize = &Resize{} },
		"mean for all":        func(s *InputSchema) { s.Mean = []float64{1} },
		"shape of the fields": func(s *InputSchema) { s.Shape[0] = 2 },
		"no name":             func(s *InputSchema) { s.Fields[0].Name = " " },
		"name twice":          func(s *InputSchema) { s.Fields[0].Name = "SEX" },
		"std":                 func(s *InputSchema) { s.Fields[0].Std = -1 },
		"mean":                func(s *InputSchema) { s.Fields[0].Mean = math.Inf(1) },
		"valid range":         func(s *InputSchema) { s.Fields[0].Valid = &Range{1, 1} },
		"category twice":      func(s *InputSchema) { s.Fields[1].Values[1] = "F" },
		"unit of a category":  func(s *InputSchema) { s.Fields[1].Unit = "mm" },
		"mean of a category":  func(s *InputSchema) { s.Fields[1].Mean = 1 },
	} {
		s := good()
		change(&s)
		if err := s.Validate(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want %v", name, err, ErrMalformed)
		}
	}
}

func TestOutputInterpret(t *testing.T) {
	t.Parallel()
	labels := []string{"normal", "ill"}
	for _, tt := range []struct {
		name          string
		schema        OutputSchema
		labels        []string
		values        []float64
		label         string // of a classification
		probabilities []float64
		quantity      float64
		refused       bool
	}{
		{name: "logits", schema: OutputSchema{Kind: OutputLogits}, labels: labels, values: []float64{0, math.Log(3)}, label: "ill", probabilities: []float64{0.25, 0.75}},
		{name: "one logit", schema: OutputSchema{Kind: OutputLogits}, labels: labels, values: []float64{-math.Log(3)}, label: "normal", probabilities: []float64{0.75, 0.25}},
		{name: "probabilities", schema: OutputSchema{Kind: OutputProbabilities}, labels: labels, values: []float64{0.9, 0.1}, label: "normal", probabilities: []float64{0.9, 0.1}},
		{name: "one probability", schema: OutputSchema{Kind: OutputProbabilities}, labels: labels, values: []float64{0.9}, label: "ill", probabilities: []float64{0.1, 0.9}},
		{name: "label", schema: OutputSchema{Kind: OutputLabel}, labels: labels, values: []float64{1}, label: "ill"},
		{name: "quantity", schema: OutputSchema{Kind: OutputQuantities, Quantities: []Quantity{{Name: "age", Unit: "years", Scale: 10, Offset: 50}}}, values: []float64{-1}, quantity: 40},
		{name: "plain quantity", schema: OutputSchema{Kind: OutputQuantities, Quantities: []Quantity{{Name: "score"}}}, values: []float64{7}, quantity: 7},
		{name: "too many logits", schema: OutputSchema{Kind: OutputLogits}, labels: labels, values: []float64{1, 2, 3}, refused: true},
		{name: "beyond 1", schema: OutputSchema{Kind: OutputProbabilities}, labels: labels, values: []float64{1.2, -0.2}, refused: true},
		{name: "not of 1", schema: OutputSchema{Kind: OutputProbabilities}, labels: labels, values: []float64{0.5, 0.4}, refused: true},
		{name: "no such label", schema: OutputSchema{Kind: OutputLabel}, labels: labels, values: []float64{2}, refused: true},
		{name: "half a label", schema: OutputSchema{Kind: OutputLabel}, labels: labels, values: []float64{0.5}, refused: true},
		{name: "too few quantities", schema: OutputSchema{Kind: OutputQuantities, Quantities: []Quantity{{Name: "a"}, {Name: "b"}}}, values: []float64{1}, refused: true},
	} {
		if err := tt.schema.Validate(tt.labels); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		r, err := tt.schema.Interpret(tt.values, tt.labels)
		if (err != nil) != tt.refused {
			t.Errorf("%s: error %v", tt.name, err)
		}
		if tt.refused {
			continue
		}
		if r.Label != tt.label || !slices.EqualFunc(r.Probabilities, tt.probabilities, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%s: got %+v", tt.name, r)
		}
		if len(r.Quantities) > 0 && (r.Quantities[0].Value != tt.quantity || r.Quantities[0].Unit != tt.schema.Quantities[0].Unit) {
			t.Errorf("%s: got %+v", tt.name, r.Quantities)
		}
	}
}
