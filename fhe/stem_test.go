package fhe

import (
	"bytes"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkImageNetStem compiles and evaluates the first layer of an image classifier at full size and reports what it
// takes beside the limits of a job, 60 s and 4 GiB. Run it alone: peak memory is the process's.
func BenchmarkImageNetStem(b *testing.B) {
	n := newNet(b, 1, 3, 224, 224).conv("conv1", 64, 7, 2, 3).poly("poly1")
	x := inputFor(n.p, 3)
	metrics := map[string]float64{} // reported last: the loop forgets earlier ones
	began := time.Now()
	plan, err := Compile(b.Context(), n.p, Options{Raw: true, Bits: 12, Samples: [][]float64{x}})
	if err != nil {
		b.Fatal(err)
	}
	metrics["compile-s"], metrics["compile-peak-MB"] = time.Since(began).Seconds(), peakMB(b)

	began = time.Now()
	ev, err := NewEvaluator(b.Context(), plan, n.p, 0)
	if err != nil {
		b.Fatal(err)
	}
	metrics["encode-s"] = time.Since(began).Seconds()
	sk, err := plan.NewSecretKey()
	if err != nil {
		b.Fatal(err)
	}
	var blob bytes.Buffer
	if err := plan.EvaluationKeys(b.Context(), sk, &blob, nil); err != nil {
		b.Fatal(err)
	}
	keys, err := ev.LoadKeys(bytes.NewReader(blob.Bytes()))
	if err != nil {
		b.Fatal(err)
	}
	began = time.Now()
	input, err := plan.Encrypt(sk, x)
	if err != nil {
		b.Fatal(err)
	}
	metrics["encrypt-s"] = time.Since(began).Seconds()
	var output []byte
	for b.Loop() {
		if output, err = ev.Evaluate(b.Context(), keys, input, nil); err != nil {
			b.Fatal(err)
		}
	}
	peak := peakMB(b)
	if seconds := b.Elapsed().Seconds() / float64(b.N); seconds > 60 || peak > 4096 {
		b.Errorf("%.1f s and %.0f MB, at most 60 s and 4096 MB are allowed", seconds, peak)
	}
	s := &session{prefix: n.p, plan: plan, sk: sk, x: x, output: output}
	info := plan.Info()
	b.Logf("%s, ring degree 2^%d, %d input ciphertexts", info.Kind, info.LogN, info.InputCiphertexts)
	metrics["bits"], metrics["peak-MB"] = s.precision(b), peak
	metrics["keys-MB"], metrics["input-MB"], metrics["output-MB"] = float64(blob.Len())/1e6, float64(len(input))/1e6, float64(len(output))/1e6
	metrics["plan-memory-MB"] = float64(plan.Memory(workers(0)).Total()) / 1e6
	for unit, v := range metrics {
		b.ReportMetric(v, unit)
	}
	if metrics["bits"] < 12 {
		b.Errorf("%.1f bits, want 12", metrics["bits"])
	}
}

// precision is log2 of the largest output over the largest error.
func (s *session) precision(t testing.TB) float64 {
	t.Helper()
	d, err := s.plan.Decrypt(s.sk, s.output)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.DecodeRawUnsafe()
	if err != nil {
		t.Fatal(err)
	}
	worst, largest := 0.0, 0.0
	for i, want := range s.prefix.eval(s.x) {
		worst, largest = max(worst, math.Abs(want-got[i])), max(largest, math.Abs(want))
	}
	return math.Log2(largest / worst)
}

// peakMB is the largest resident size the process had so far.
func peakMB(t testing.TB) float64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("the process's peak memory is known on Linux only")
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kB, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return kB / 1024
}
