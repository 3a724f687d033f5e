//go:build ort && cgo

package inference

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// onnxRuntime evaluates suffixes with ONNX Runtime's shared library.
type onnxRuntime struct{}

// loading guards the library, which a process loads once and keeps.
var loading sync.Mutex

func newORT(library string) (Runtime, error) {
	loading.Lock()
	defer loading.Unlock()
	if library == "" {
		return nil, fmt.Errorf("%w: name ONNX Runtime's shared library, such as libonnxruntime.so.1", ErrRuntime)
	}
	if ort.IsInitialized() {
		return onnxRuntime{}, nil
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return nil, fmt.Errorf("%w: load ONNX Runtime from %s: %w", ErrRuntime, library, err)
	}
	return onnxRuntime{}, nil
}

// Load implements Runtime.
func (onnxRuntime) Load(ctx context.Context, s Suffix) (Runner, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	file := s.Graph.Marshal()
	if s.Graph.Batched() {
		if free, err := freeBatch(file); err == nil {
			if r, err := newSession(free, s, true); err == nil && r.keepsApart(ctx) {
				return r, nil
			} else if err == nil {
				_ = r.Close()
			}
		}
	}
	return newSession(file, s, false)
}

// freeBatch lets the first dimension of a model's inputs and outputs be any number.
func freeBatch(file []byte) ([]byte, error) {
	var m onnx.ModelProto
	if err := onnx.Unmarshal(file, &m, onnx.Limits{Fields: len(file), Values: len(file), Depth: 32}); err != nil {
		return nil, err
	}
	for _, list := range [][]*onnx.ValueInfoProto{m.Graph.Input, m.Graph.Output} {
		for _, v := range list {
			if dims := v.Tensor().Dims(); len(dims) > 0 {
				*dims[0] = onnx.Dimension{DimParam: "batch"}
			}
		}
	}
	return onnx.Marshal(&m), nil
}

// session is a suffix that ONNX Runtime has loaded.
type session struct {
	suffix   Suffix
	together bool // it takes several samples at once
	run      *ort.DynamicAdvancedSession
}

func newSession(file []byte, s Suffix, together bool) (*session, error) {
	in, out := s.Graph.Inputs[0].Name, s.Graph.Outputs[0].Name
	run, err := ort.NewDynamicAdvancedSessionWithONNXData(file, []string{in}, []string{out}, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: ONNX Runtime: %w", ErrRuntime, err)
	}
	return &session{s, together, run}, nil
}

// keepsApart reports whether two samples together give what each gives alone: a graph may have its batch of
// one written down in a constant.
func (r *session) keepsApart(ctx context.Context) bool {
	x := make([]float32, size(r.suffix.Graph.Inputs[0].Shape))
	y := make([]float32, len(x))
	for i := range y {
		y[i] = float32(math.Sin(float64(i + 1)))
	}
	both, err := r.Run(ctx, [][]float32{x, y})
	if err != nil {
		return false
	}
	for i, one := range [][]float32{x, y} {
		alone, err := r.Run(ctx, [][]float32{one})
		if err != nil || len(alone[0]) != len(both[i]) {
			return false
		}
		for j, v := range alone[0] {
			if !(math.Abs(float64(v-both[i][j])) <= 1e-5*max(1, math.Abs(float64(v)))) {
				return false
			}
		}
	}
	return true
}

// Run implements Runner.
func (r *session) Run(_ context.Context, batch [][]float32) (outputs [][]float32, err error) {
	together := 1
	if r.together {
		together = len(batch)
	}
	for at := 0; at < len(batch); at += together {
		part, err := r.evaluate(batch[at : at+together])
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, part...)
	}
	return outputs, nil
}

func (r *session) evaluate(batch [][]float32) (outputs [][]float32, err error) {
	x, err := stack(r.suffix.Graph.Inputs[0].Shape, batch)
	if err != nil {
		return nil, err
	}
	shape := make([]int64, len(x.Shape))
	for i, d := range x.Shape {
		shape[i] = int64(d)
	}
	in, err := ort.NewTensor(shape, x.Floats)
	if err != nil {
		return nil, fmt.Errorf("%w: ONNX Runtime: %w", ErrRuntime, err)
	}
	defer func() { err = errors.Join(err, in.Destroy()) }()
	out := []ort.Value{nil}
	if err := r.run.Run([]ort.Value{in}, out); err != nil {
		return nil, fmt.Errorf("%w: ONNX Runtime: %w", ErrValues, err)
	}
	defer func() { err = errors.Join(err, out[0].Destroy()) }()
	var values []float32
	switch t := out[0].(type) {
	case *ort.Tensor[float32]:
		values = append(values, t.GetData()...) // the tensor's own memory goes
	case *ort.Tensor[int64]:
		for _, v := range t.GetData() {
			values = append(values, float32(v))
		}
	default:
		return nil, fmt.Errorf("%w: ONNX Runtime gives a %T", ErrRuntime, t)
	}
	if len(values)%len(batch) != 0 {
		return nil, fmt.Errorf("%w: ONNX Runtime gives %d values for %d samples", ErrRuntime, len(values), len(batch))
	}
	each := len(values) / len(batch)
	for i := range batch {
		outputs = append(outputs, values[i*each:(i+1)*each])
	}
	return outputs, nil
}

// Close implements Runner.
func (r *session) Close() error { return r.run.Destroy() }
