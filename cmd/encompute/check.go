package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/model"
)

type modelCheck struct {
	Model string `arg:"" placeholder:"M.onnx" help:"Model file."`
	Card  string `placeholder:"FILE" help:"Card that says how input is scaled (default: the model's name with .json)."`
}

// Help implements kong.HelpProvider.
func (modelCheck) Help() string {
	return `Tells what an ONNX file holds: who wrote it, inputs, outputs, operators, parameters; every node that cannot be
evaluated, and why; what has to be declared in the card since the file does not say it. The exit status is 1 if the
model cannot be evaluated. "encompute model inspect" then shows which of its layers can be encrypted.

  encompute model check model.onnx
  encompute model check model.onnx --json`
}

// checkReport is what model check prints.
type checkReport struct {
	File string `json:"file"`
	Card string `json:"card,omitempty"` // that declares the preprocessing
	model.Report
}

// Run checks the file.
func (c *modelCheck) Run(a *app) error {
	b, err := readLimited(c.Model, c.Model, model.DefaultLimits().FileBytes)
	if err != nil {
		return err
	}
	r, err := model.Check(b)
	if err != nil {
		return fault{Code: "model", Field: c.Model, Detail: err.Error(), Remedy: model.Remedy(err)}
	}
	doc := checkReport{File: c.Model, Report: r}
	if err := doc.compare(firstOf(c.Card, cardBeside(c.Model)), c.Card != ""); err != nil {
		return err
	}
	if err := a.document(doc, doc.write); err != nil {
		return err
	}
	if !r.Supported {
		p := r.Problems[0]
		return fault{Code: "model", Field: c.Model, Detail: fmt.Sprintf("%s: the first is %s", count(len(r.Problems), "problem"), p.Why), Remedy: p.Remedy}
	}
	return nil
}

// compare reads the card, which must be there if it was asked for, and warns if it is of
// another input.
func (doc *checkReport) compare(path string, wanted bool) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !wanted {
		return nil
	}
	card, err := readCard(path)
	if err != nil {
		return err
	}
	doc.Card = path
	want := 1
	for _, d := range card.Input.Shape {
		want *= d
	}
	have := 1
	if len(doc.Inputs) == 1 {
		for _, d := range doc.Inputs[0].Shape {
			have *= d
		}
	}
	if len(doc.Inputs) == 1 && have != want {
		doc.Warnings = append(doc.Warnings, fmt.Sprintf("the card %s is of shape %v, the input of %v", path, card.Input.Shape, doc.Inputs[0].Shape))
	}
	return nil
}

func (doc checkReport) write(w io.Writer) {
	verdict := "can be evaluated"
	if !doc.Supported {
		verdict = "cannot be evaluated"
	}
	fmt.Fprintf(w, "%s %s\n\n", doc.File, verdict)
	opset := fmt.Sprint(doc.Opset)
	for domain, v := range doc.Domains {
		opset += fmt.Sprintf(", %s %d", domain, v)
	}
	rows := [][]string{
		{"graph", doc.Name},
		{"written by", firstOf(doc.Producer, "nobody that says so")},
		{"opset", opset},
		{"nodes", fmt.Sprintf("%d, %d when constants are evaluated", doc.Nodes, doc.Used)},
		{"operators", operatorCounts(doc.Operators)},
		{"parameters", fmt.Sprint(doc.Parameters)},
	}
	for _, p := range doc.Inputs {
		rows = append(rows, []string{"input", portText(p)})
	}
	for _, p := range doc.Outputs {
		rows = append(rows, []string{"output", portText(p)})
	}
	if len(doc.Classes) > 0 {
		rows = append(rows, []string{"classes", strings.Join(doc.Classes, ", ")})
	}
	table(w, rows)
	for _, p := range doc.Problems {
		fmt.Fprintf(w, "\nNot supported: %s\n  %s\n", strings.TrimPrefix(strings.TrimSpace(fmt.Sprintf("%s at %q: %s", p.Op, p.Node, p.Why)), `at "": `), p.Remedy)
	}
	if doc.Card != "" {
		fmt.Fprintf(w, "\nDeclared in the card %s: the preprocessing.\n", doc.Card)
	} else {
		doc.writeNeeds(w)
	}
	for i, text := range doc.Warnings {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "Warning: %s\n", text)
	}
}

// writeNeeds lists what a card must say.
func (doc checkReport) writeNeeds(w io.Writer) {
	for _, n := range doc.Needs {
		fmt.Fprintf(w, "\nTo declare in a card for input %q, by its shape %s:\n", n.Input, map[string]string{
			"image": "a picture", "table": "a row of a table", "tensor": "neither picture nor table",
		}[n.Kind])
		for _, d := range n.Declare {
			fmt.Fprintf(w, "  %s\n", d)
		}
		if len(n.Scaling) > 0 {
			fmt.Fprintf(w, "  the graph itself scales at: %s\n", strings.Join(n.Scaling, ", "))
		}
	}
}

func portText(p model.Port) string {
	text := fmt.Sprintf("%s, %s [%s]", p.Name, p.Type, strings.Join(p.Declared, " "))
	if p.Shape != nil {
		text += fmt.Sprintf(", read as %v", p.Shape)
	}
	return text
}

// operatorCounts lists operators by name.
func operatorCounts(counts map[string]int) string {
	var list []string
	for _, op := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, fmt.Sprintf("%d %s", counts[op], op))
	}
	return strings.Join(list, ", ")
}
