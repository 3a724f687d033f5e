package model

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/encrypted-compute/encompute/model/onnx"
)

// conformanceData is where Debian's package libonnx-testdata puts ONNX's own
// backend tests; conformanceTests is how many version 1.12 of it has.
const (
	conformanceData  = "/usr/share/libonnx-testdata/data"
	conformanceTests = 1072
)

// TestConformance runs ONNX's backend tests. Those that testdata/conformance.txt
// names must fail, for the reason that it gives; all others must pass.
func TestConformance(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(conformanceData); err != nil {
		t.Skip("ONNX's backend tests are not installed (Debian: libonnx-testdata)")
	}
	files, err := filepath.Glob(filepath.Join(conformanceData, "*", "*", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	skips := readSkips(t)
	known := len(files) == conformanceTests
	var mu sync.Mutex
	var passed, failed, skipped int
	t.Run("each", func(t *testing.T) {
		for _, file := range files {
			dir := filepath.Dir(file)
			name, _ := filepath.Rel(conformanceData, dir)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				err := conform(t, dir)
				reason, skip := skips[name]
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && !skip:
					passed++
				case err != nil && (skip && strings.Contains(err.Error(), reason) || !known && isUnsupported(err)):
					skipped++
				case err == nil:
					failed++
					t.Errorf("passes, but testdata/conformance.txt expects: %s", reason)
				default:
					failed++
					t.Error(err)
				}
			})
		}
	})
	t.Logf("ONNX backend tests: %d passed, %d failed, %d skipped", passed, failed, skipped)
	if known && (passed != conformanceTests-len(skips) || skipped != len(skips)) {
		t.Errorf("%d passed and %d skipped, want %d and %d", passed, skipped, conformanceTests-len(skips), len(skips))
	}
	for name := range maps.Keys(skips) {
		if _, err := os.Stat(filepath.Join(conformanceData, name)); known && err != nil {
			t.Errorf("testdata/conformance.txt names %s: %v", name, err)
		}
	}
}

func isUnsupported(err error) bool {
	var unsupported *UnsupportedOpError
	return errors.As(err, &unsupported) || errors.Is(err, ErrOpset) || errors.Is(err, errNotTested)
}

// readSkips reads reasons, each followed by the tests, indented, that fail for it.
func readSkips(t *testing.T) map[string]string {
	f, err := os.Open(filepath.Join("testdata", "conformance.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	skips, reason := map[string]string{}, ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		switch {
		case line == "" || line[0] == '#':
		case line[0] != '\t':
			reason = line
		default:
			for _, name := range strings.Fields(line) {
				if skips[name] != "" {
					t.Errorf("testdata/conformance.txt names %s twice", name)
				}
				skips[name] = reason
			}
		}
	}
	return skips
}

// errNotTested marks what no model of this package can have.
var errNotTested = errors.New("outside what models may be")

// conform runs the test in dir.
func conform(t *testing.T, dir string) error {
	m := new(onnx.ModelProto)
	read(t, filepath.Join(dir, "model.onnx"), m)
	inputs, err := readData(t, m.Graph, "input", dir)
	if err != nil {
		return err
	}
	outputs, err := readData(t, m.Graph, "output", dir)
	if err != nil {
		return err
	}
	for _, n := range m.Graph.Node {
		for _, a := range n.Attribute {
			half := a.GetI() == int64(onnx.Float16) || a.GetI() == int64(onnx.BFloat16)
			if n.OpType == "Cast" && half {
				return fmt.Errorf("%w: float32 is not rounded to half precision", errNotTested)
			}
		}
	}
	// The leading dimension of these inputs is no batch.
	g, err := DefaultLimits().build(m, 0)
	if err != nil && len(inputs) > 1 {
		// Models have all inputs but the first as constants, and some operators need that.
		bindInputs(m.Graph, inputs)
		g, err = DefaultLimits().build(m, 0)
	}
	if err != nil {
		return err
	}
	got, err := g.Run(inputs)
	if err != nil {
		return err
	}
	for name, want := range outputs {
		if err := sameTensor(got[name], want); err != nil {
			return fmt.Errorf("output %s: %w", name, err)
		}
	}
	return nil
}

func sameTensor(got, want *Tensor) error {
	if fmt.Sprint(got.Shape) != fmt.Sprint(want.Shape) || got.Type != want.Type {
		return fmt.Errorf("%v %v, want %v %v", got.Type, got.Shape, want.Type, want.Shape)
	}
	if !slices.Equal(got.Ints, want.Ints) {
		return fmt.Errorf("%v, want %v", got.Ints, want.Ints)
	}
	for i, w := range want.Floats {
		v := got.Floats[i]
		near := math.Abs(float64(v-w)) <= 1e-4*max(1, math.Abs(float64(w)))
		if same := v == w || v != v && w != w; !near && !same {
			return fmt.Errorf("value %d is %g, want %g", i, v, w)
		}
	}
	return nil
}

// bindInputs turns all inputs but the first into constants.
func bindInputs(pb *onnx.GraphProto, inputs map[string]*Tensor) {
	var first string
	for _, v := range pb.Input {
		switch {
		case inputs[v.Name] == nil:
		case first == "":
			first = v.Name
		default:
			pb.Initializer = append(pb.Initializer, encodeTensor(v.Name, inputs[v.Name]))
		}
	}
}

// readData reads the inputs or outputs of a test by name.
func readData(t *testing.T, pb *onnx.GraphProto, kind, dir string) (map[string]*Tensor, error) {
	values := pb.Input
	if kind == "output" {
		values = pb.Output
	}
	constants := make(map[string]bool)
	for _, c := range pb.Initializer {
		constants[c.Name] = true
	}
	data := make(map[string]*Tensor)
	n := 0
	for _, v := range values {
		if constants[v.Name] {
			continue
		}
		path := filepath.Join(dir, "test_data_set_0", fmt.Sprintf("%s_%d.pb", kind, n))
		n++
		if _, err := os.Stat(path); err != nil || v.Type == nil || v.Type.TensorType == nil {
			return nil, fmt.Errorf("%w: %s %q is not a tensor", errNotTested, kind, v.Name)
		}
		p := new(onnx.TensorProto)
		read(t, path, p)
		x, err := decodeTensor(p, math.MaxInt32)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNotTested, err)
		}
		if x.len() == 0 {
			return nil, fmt.Errorf("%w: %s %q is empty", errNotTested, kind, v.Name)
		}
		data[v.Name] = x
	}
	return data, nil
}

func read(t *testing.T, path string, m onnx.Message) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := DefaultLimits().unmarshal(b, m); err != nil {
		t.Fatal(err)
	}
}
