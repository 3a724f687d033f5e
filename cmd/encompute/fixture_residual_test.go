package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/model/onnx"
	"github.com/encrypted-compute/encompute/protocol"
)

// residualFiles is a program for scripts: it writes a classifier of table rows with a residual block, its card and a table.
func residualFiles() {
	if err := writeResidual(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const residualColumns = 8

func writeResidual() error {
	onnx := residualModel()
	g, err := model.Parse(onnx)
	if err != nil {
		return err
	}
	columns := strings.Split("abcdefgh", "")[:residualColumns]
	table := strings.Join(columns, ",") + ",high\n"
	var first []float32
	for r := range 160 {
		for c := range columns {
			v := math.Round(1000*math.Sin(float64((1+r)*(3+c*c)))) / 1000
			table += fmt.Sprintf("%.3f,", v)
			if r == 0 {
				first = append(first, float32(v))
			}
		}
		table += fmt.Sprintln(r % 2)
	}
	out, err := g.Eval(first)
	if err != nil {
		return err
	}
	card := creator.Card{
		Name: "residual", Description: "Rows of numbers, with a residual block.", Task: "classification", Labels: []string{"low", "high"},
		Input:      protocol.InputSchema{Kind: input.Table, Shape: []int{residualColumns}, Columns: columns, Scale: 1, Clip: 1},
		InputRange: protocol.Range{Low: -1, High: 1}, Sample: &creator.SampleVector{Input: "residual.csv", Output: float64s(out)},
	}
	b, err := json.Marshal(card)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"residual.onnx": onnx, "residual.json": b, "residual.csv": []byte(table)} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// residualModel is a stem of 16 values, a block that adds to them what two layers of 12 and 16 make of them, and a head.
func residualModel() []byte {
	g := &onnx.GraphProto{
		Input: []*onnx.ValueInfoProto{valueInfo("x", residualColumns)}, Output: []*onnx.ValueInfoProto{valueInfo("y", 2)},
	}
	node := func(name, op, out string, inputs ...string) {
		g.Node = append(g.Node, &onnx.NodeProto{OpType: op, Name: name, Input: inputs, Output: []string{out}})
	}
	dense := func(name, out, in string, rows, columns int) {
		w := make([]float32, rows*columns)
		for i := range w {
			w[i] = float32(math.Sin(float64(7*i+len(g.Node))) / math.Sqrt(float64(rows)))
		}
		g.Initializer = append(g.Initializer, &onnx.TensorProto{
			Name: out + ".w", DataType: onnx.Float, Dims: []int64{int64(rows), int64(columns)}, FloatData: w,
		})
		node(name, "Gemm", out, in, out+".w")
	}
	dense("/stem/fc/Gemm", "s", "x", residualColumns, 16)
	node("/stem/square/Mul", "Mul", "ss", "s", "s")
	dense("/block/fc1/Gemm", "b", "ss", 16, 12)
	node("/block/square/Mul", "Mul", "bb", "b", "b")
	dense("/block/fc2/Gemm", "c", "bb", 12, 16)
	node("/block/Add", "Add", "d", "c", "ss")
	node("/relu/Relu", "Relu", "r", "d")
	dense("/head/Gemm", "y", "r", 16, 2)
	return modelFile(g)
}
