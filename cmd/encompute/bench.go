package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/examples"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/fhe/bench"
	"github.com/encrypted-compute/encompute/input"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/protocol"
)

type benchCommand struct {
	Only []string `placeholder:"CASE" help:"Cases to measure: lola, keyless, conv4, trunk or pool2; repeatable (default: all but pool2)."`
}

// Help implements kong.HelpProvider.
func (benchCommand) Help() string {
	return `Evaluates a few networks encrypted on one core, ours and in turn with it what it is compared with: the linear
transformations of lattigo, under common parameters and with the parameters and packing of Orion. It takes some
minutes and up to 8 GB; let the machine be idle. The case trunk is the X-ray model of the examples with a projection.

  encompute bench
  encompute bench --only keyless,lola --json`
}

// benchReport is what bench prints.
type benchReport struct {
	Machine machineReport    `json:"machine"`
	Kernels []fhe.KernelTime `json:"kernels"`
	Cases   []bench.Result   `json:"cases"`
}

type machineReport struct {
	CPU         string      `json:"cpu"`
	Cores       int         `json:"cores"`
	OS          string      `json:"os"`
	Arch        string      `json:"arch"`
	Go          string      `json:"go"`
	Kind        string      `json:"kind"`        // of arithmetic
	Calibration fhe.Machine `json:"calibration"` // of one core
}

// Run measures this machine.
func (c *benchCommand) Run(ctx context.Context, a *app) error {
	cases, err := bench.Named(c.Only...)
	if err != nil {
		return misuse("--only", err.Error(), "")
	}
	for i := range cases {
		if cases[i].Name != "trunk" {
			continue
		}
		if cases[i], err = trunkCase(); err != nil {
			return fmt.Errorf("case trunk: %w", err)
		}
	}
	doc := benchReport{Machine: machineReport{
		CPU: processor(), Cores: runtime.GOMAXPROCS(0), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), Kind: fhe.Kind(),
	}}
	if doc.Machine.Calibration, err = fhe.Calibrate(ctx, 1); err != nil {
		return err
	}
	m := a.meter()
	defer m.close()
	m.progress("rotations and transforms, with kernels and without", 0, 0, "")
	if doc.Kernels, err = fhe.MeasureKernels(ctx); err != nil {
		return err
	}
	doc.Cases, err = bench.Run(ctx, cases, func(name, step string) { m.progress(name+": "+step, 0, 0, "") })
	m.idle()
	if err != nil {
		return err
	}
	return a.document(doc, doc.write)
}

// trunkCase is the case trunk on the trained model, planned for the sample pictures.
func trunkCase() (c bench.Case, err error) {
	const folder = "pneumonia-trunk"
	b, err := fs.ReadFile(examples.Files, folder+"/model.onnx")
	if err != nil {
		return c, err
	}
	g, err := model.Parse(b)
	if err != nil {
		return c, err
	}
	cut, err := g.CutByName("gap")
	if err != nil {
		return c, err
	}
	prefix, err := creator.Lower(g, cut)
	if err != nil {
		return c, err
	}
	var card creator.Card
	if b, err = fs.ReadFile(examples.Files, folder+"/model.json"); err != nil {
		return c, err
	}
	if err := protocol.UnmarshalJSON(bytes.NewReader(b), protocol.MaxManifestBytes, &card); err != nil {
		return c, err
	}
	pictures, err := fs.Glob(examples.Files, folder+"/samples/*.png")
	if err != nil {
		return c, err
	}
	var images [][]float64
	for _, path := range pictures {
		if b, err = fs.ReadFile(examples.Files, path); err != nil {
			return c, err
		}
		x, err := input.Schema(card.Input).ReadImage(bytes.NewReader(b))
		if err != nil {
			return c, fmt.Errorf("%s: %w", path, err)
		}
		images = append(images, x)
	}
	return bench.Trunk(prefix, images)
}

// processor is the CPU's name where the system tells it, else its architecture.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func (doc benchReport) write(w io.Writer) {
	m := doc.Machine
	fmt.Fprintf(w, "%s, %s, %s/%s, %s, %s\n\n", m.CPU, count(m.Cores, "core"), m.OS, m.Arch, m.Go, m.Kind)
	kernels := [][]string{{"OPERATION", "RING DEGREE", "PRIMES", "WITH KERNELS", "WITHOUT", "SLOWER BY"}}
	for _, k := range doc.Kernels {
		kernels = append(kernels, []string{
			k.Operation, fmt.Sprintf("2^%d", k.LogN), fmt.Sprint(k.Primes), milliseconds(k.OnMs), milliseconds(k.OffMs), ratio(k.OffMs, k.OnMs),
		})
	}
	table(w, kernels)
	fmt.Fprintln(w)
	times := [][]string{{"CASE", "OURS", "WITHOUT KERNELS", "SLOWER BY", "ON TWO CORES", "PREDICTED", "LATTIGO", "SLOWER BY", "ORION", "SLOWER BY", "MULTIPLEXED", "SLOWER BY"}}
	rest := [][]string{{"CASE", "BITS", "LATTIGO", "ORION", "KEYS", "LATTIGO", "ORION", "UPLOAD"}}
	for _, r := range doc.Cases {
		times = append(times, []string{
			r.Name, milliseconds(r.OursMs), milliseconds(r.BaseMs), ratio(r.BaseMs, r.OursMs), milliseconds(r.OursTwoMs), milliseconds(r.PredictedMs),
			milliseconds(r.LattigoMs), ratio(r.LattigoMs, r.OursMs), milliseconds(r.OrionMs), ratio(r.OrionMs, r.OursMs),
			milliseconds(r.MuxedMs), ratio(r.MuxedMs, r.OursMs),
		})
		rest = append(rest, []string{
			r.Name, bits(r.Bits), bits(r.LattigoBits), bits(r.OrionBits),
			sizeOrNone(r.KeyBytes), sizeOrNone(r.LattigoKeyBytes), sizeOrNone(r.OrionKeyBytes), size(r.UploadBytes),
		})
	}
	table(w, times)
	fmt.Fprintln(w)
	table(w, rest)
	fmt.Fprintln(w, `
Times are of one evaluation on one core, the least of several; predictions are for this machine as calibrated. Without
kernels is the same plan on lattigo's transforms and portable sums, and for single operations stock lattigo; results are
equal, bit for bit. Two of the primes of a rotation are special ones. Lattigo
and Orion are lattigo's linear transformations, tuned, under common parameters and under Orion's with its hybrid embedding;
multiplexed adds Orion's packing of strided outputs where the column before has none (in conv4 and trunk it is always on).
Bits are those of the largest output, before flooding.`)
}

// missing stands where nothing was measured.
const missing = "-"

func milliseconds(ms float64) string {
	if ms == 0 {
		return missing
	}
	return fmt.Sprintf("%.4g ms", ms)
}

func ratio(theirs, ours float64) string {
	if theirs == 0 || ours == 0 {
		return missing
	}
	return fmt.Sprintf("%.3gx", theirs/ours)
}

func sizeOrNone(n int64) string {
	if n == 0 {
		return missing
	}
	return size(n)
}

func bits(n float64) string {
	if n == 0 {
		return missing
	}
	return fmt.Sprintf("%.1f", n)
}
