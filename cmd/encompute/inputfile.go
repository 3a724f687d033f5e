package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
)

// maxRawBytes bounds a file of raw values or of a TensorProto.
const maxRawBytes = 256 << 20

// inputReader reads files as one input of a model file.
type inputReader struct {
	value model.Value
	card  *creator.Card // nil if there is none
	flag  string        // that names the files
	path  string        // where the card is or would be; empty if the model has several inputs
}

// newInputReader reads the card of a model, which need not exist if none is named.
func newInputReader(modelPath, card string, v model.Value) (inputReader, error) {
	r := inputReader{value: v, flag: "--input", path: firstOf(card, cardBeside(modelPath))}
	if _, err := os.Stat(r.path); card == "" && errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	c, err := readCard(r.path)
	if err != nil {
		return r, err
	}
	r.card = &c
	return r, nil
}

// read returns the inputs in a file. A picture or table is prepared as the card says, and at most
// rows of a table are read from one on (nil: the first); anything else holds values as the model
// takes them.
func (r inputReader) read(path string, row *int, rows int) ([][]float64, error) {
	parse := tensorParser(path, r.value.Sample())
	if parse == nil || r.isTable(path) {
		return r.prepare(path, row, rows)
	}
	if row != nil {
		return nil, misuse("--row", "only tables have rows", "leave it away")
	}
	var samples [][]float64
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
		var t input.Tensor
		if t, err = parse(f); err == nil {
			samples, err = t.Samples(r.value.Sample())
		}
	}
	if err != nil {
		return nil, fault{
			Code: "input", Field: r.flag + " " + path, Detail: err.Error(),
			Remedy: fmt.Sprintf("give values of shape %v, or a batch of them", r.value.Sample()),
		}
	}
	return samples, nil
}

// isTable reports whether a file is a table in JSON.
func (r inputReader) isTable(path string) bool {
	if r.card == nil || r.card.Input.Kind != input.Table || !strings.EqualFold(filepath.Ext(path), ".json") {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false // whoever reads it tells
	}
	defer f.Close()
	front := make([]byte, 512)
	n, _ := io.ReadFull(f, front)
	return input.IsRecords(front[:n])
}

// prepare reads a picture or rows of a table.
func (r inputReader) prepare(path string, row *int, rows int) ([][]float64, error) {
	if r.card == nil {
		f := fault{
			Code: "card", Field: "--card", Detail: "there is no card at " + r.path + ", and model files do not say how their input is scaled",
			Remedy: "write one as examples/*/model.json are, or give values as a .npy, .json, .pb or .bin file",
		}
		if r.path == "" {
			f.Detail, f.Remedy = "cards describe models of one input", "give values as .npy, .json, .pb or .bin files"
		}
		return nil, f
	}
	s, want := input.Schema(r.card.Input), 1
	for _, d := range r.value.Sample() {
		want *= d
	}
	if s.Size() != want {
		return nil, fault{
			Code: "card", Field: "--card", Detail: fmt.Sprintf("card and model differ: shapes %v and %v", s.Shape, r.value.Sample()),
			Remedy: "correct the shape in " + r.path,
		}
	}
	return readPrepared(s, r.flag, path, row, rows)
}

// tensorParser returns what reads a file of numbers with that extension, or nil.
func tensorParser(path string, sample []int) func(io.Reader) (input.Tensor, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".npy":
		return input.ReadNPY
	case ".json":
		return input.ReadJSON
	case ".pb":
		return parseProto
	case ".bin":
		return func(r io.Reader) (input.Tensor, error) { return parseRaw(r, sample) }
	}
	return nil
}

// parseProto reads an ONNX TensorProto.
func parseProto(r io.Reader) (input.Tensor, error) {
	b, err := readAtMost(r, maxRawBytes)
	if err != nil {
		return input.Tensor{}, err
	}
	t, err := model.ParseTensor(b)
	if err != nil {
		return input.Tensor{}, err
	}
	values := make([]float64, 0, len(t.Floats)+len(t.Ints))
	for _, v := range t.Floats {
		values = append(values, float64(v))
	}
	for _, v := range t.Ints {
		values = append(values, float64(v))
	}
	return input.NewTensor(t.Shape, values)
}

// parseRaw reads float32 little-endian values; several samples become a batch.
func parseRaw(r io.Reader, sample []int) (input.Tensor, error) {
	b, err := readAtMost(r, maxRawBytes)
	if err != nil {
		return input.Tensor{}, err
	}
	size := 4
	for _, d := range sample {
		size *= d
	}
	if len(b) == 0 || len(b)%size != 0 {
		return input.Tensor{}, fmt.Errorf("%d bytes are no multiple of a sample's %d, float32 little-endian", len(b), size)
	}
	values := make([]float64, len(b)/4)
	for i := range values {
		values[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return input.NewTensor(append([]int{len(b) / size}, sample...), values)
}

// readAtMost reads all of r, which may have at most limit bytes.
func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("it has more than %d bytes: give a smaller batch", limit)
	}
	return b, err
}

// readInput reads a picture or a row of a table as a model's input.
func readInput(s input.Schema, path string, row *int) ([]float64, error) {
	samples, err := readPrepared(s, "--input", path, row, 1)
	if err != nil {
		return nil, err
	}
	return samples[0], nil
}

// readPrepared reads a picture, at most rows of a table, or prepared values, that a flag names.
func readPrepared(s input.Schema, flag, path string, row *int, rows int) ([][]float64, error) {
	bad := func(err error) error {
		return fault{Code: "input", Field: flag + " " + path, Detail: err.Error(), Remedy: "give " + s.Wanted()}
	}
	if s.Kind != input.Table && row != nil {
		return nil, misuse("--row", "the model takes a picture, which has no rows", "leave it away")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, bad(err)
	}
	defer f.Close()
	from := 0
	if row != nil {
		from = *row
	}
	samples, err := s.Read(f, from, rows)
	if err != nil {
		return nil, bad(err)
	}
	return samples, nil
}
