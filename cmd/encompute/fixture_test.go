package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model/onnx"
)

// sampleFiles is a program for scripts: it writes inputs of every format, all of the same
// pictures as xray-1.png and on, and a model of two inputs.
func sampleFiles() {
	if err := writeSamples(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func writeSamples(pictures []string) error {
	if len(pictures) == 0 {
		return fmt.Errorf("usage: sample-files PICTURE...")
	}
	card, err := readCard(filepath.Join(filepath.Dir(pictures[0]), "..", "model.json"))
	if err != nil {
		return err
	}
	var batch []float64
	for _, path := range pictures {
		x, err := readInput(input.Schema(card.Input), path, nil)
		if err != nil {
			return err
		}
		for i, v := range x {
			x[i] = float64(float32(v))
		}
		batch = append(batch, x...)
	}
	one := batch[:len(batch)/len(pictures)]
	document := func(shape []int, x []float64) []byte {
		b, _ := json.Marshal(map[string]any{"shape": shape, "data": x}) // numbers always encode
		return b
	}
	files := map[string][]byte{
		"one.npy":   npyFile("<f4", card.Input.Shape, one),
		"batch.npy": npyFile("<f8", append([]int{len(pictures)}, card.Input.Shape...), batch),
		"wide.npy":  npyFile("<f8", card.Input.Shape, scaled(one, 3)),
		"one.json":  document(card.Input.Shape, one),
		"one.pb":    tensorFile(append([]int{1}, card.Input.Shape...), one),
		"one.bin":   bytesOf("<f4", one),
		"two.json":  []byte("[[1, 2], [3, 4]]"),
		"two.pb":    tensorFile([]int{2, 2}, []float64{10, 20, 30, 40}),
		"nan.bin":   bytesOf("<f4", append([]float64{math.NaN()}, one[1:]...)),
		"sum.onnx":  sumModel(),
		"loop.onnx": loopModel(),
		"best.onnx": bestModel(),
	}
	for name, b := range files {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func scaled(x []float64, by float64) []float64 {
	y := slices.Clone(x)
	for i := range y {
		y[i] *= by
	}
	return y
}

func bytesOf(descr string, x []float64) (b []byte) {
	for _, v := range x {
		if descr == "<f4" {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
		} else {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	return b
}

// npyFile is a file of NumPy's format 1.0.
func npyFile(descr string, shape []int, x []float64) []byte {
	dims := ""
	for _, d := range shape {
		dims += fmt.Sprintf("%d, ", d)
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n", descr, dims)
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	b.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(header))))
	b.WriteString(header)
	b.Write(bytesOf(descr, x))
	return b.Bytes()
}

func tensorFile(shape []int, x []float64) []byte {
	p := &onnx.TensorProto{DataType: onnx.Double, DoubleData: x}
	for _, d := range shape {
		p.Dims = append(p.Dims, int64(d))
	}
	return onnx.Marshal(p)
}

// sumModel adds two inputs of two values.
func sumModel() []byte {
	return modelFile(&onnx.GraphProto{
		Input: []*onnx.ValueInfoProto{valueInfo("a", 2), valueInfo("b", 2)}, Output: []*onnx.ValueInfoProto{valueInfo("y", 2)},
		Node: []*onnx.NodeProto{{OpType: "Add", Input: []string{"a", "b"}, Output: []string{"y"}}},
	})
}

// constantModel gives the same values whatever its n inputs are.
func constantModel(n int, values []float32) []byte {
	zeros := &onnx.TensorProto{
		Name: "w", DataType: onnx.Float, Dims: []int64{int64(n), int64(len(values))},
		FloatData: make([]float32, n*len(values)),
	}
	bias := &onnx.TensorProto{
		Name: "b", DataType: onnx.Float, Dims: []int64{int64(len(values))}, FloatData: values,
	}
	return modelFile(&onnx.GraphProto{
		Input: []*onnx.ValueInfoProto{valueInfo("x", n)}, Output: []*onnx.ValueInfoProto{valueInfo("y", len(values))},
		Initializer: []*onnx.TensorProto{zeros, bias},
		Node:        []*onnx.NodeProto{{OpType: "Gemm", Input: []string{"x", "w", "b"}, Output: []string{"y"}}},
	})
}

func modelFile(g *onnx.GraphProto) []byte {
	g.Name = "fixture"
	return onnx.Marshal(&onnx.ModelProto{IrVersion: 8, OpsetImport: []*onnx.OperatorSetIdProto{{Version: 13}}, Graph: g})
}

// valueInfo is a value of n elements and a batch of one.
func valueInfo(name string, n int) *onnx.ValueInfoProto {
	shape := &onnx.TensorShapeProto{}
	for _, d := range []int64{1, int64(n)} {
		shape.Dim = append(shape.Dim, &onnx.Dimension{DimValue: d})
	}
	return &onnx.ValueInfoProto{Name: name, Type: &onnx.TypeProto{TensorType: &onnx.TensorTypeProto{ElemType: onnx.Float, Shape: shape}}}
}
