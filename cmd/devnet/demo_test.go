package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/dstack/deploy"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// TestDemo holds the whole demo to what the README says of it: the deepest cut, through
// real processes, and every lie refused by a named check.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the whole demo")
	}
	var stdout, stderr bytes.Buffer
	// Noise turns the label of this sample about once in 30,000 runs, of the others that are normal more often.
	sample := filepath.Join("..", "..", "examples", demoModel, "samples", "synthetic-xray-normal-3.png")
	if code := run(t.Context(), []string{"demo", "--json", "--input", sample}, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit status %d: %s\n%s", code, stderr.String(), stdout.String())
	}
	var r report
	if err := protocol.UnmarshalJSON(&stdout, 1<<20, &r); err != nil {
		t.Fatal(err)
	}
	if !r.OK || r.Cut != "gap" || !r.Simulated || r.Error != "" {
		t.Errorf("ok %v, cut %s, simulated %v, error %q", r.OK, r.Cut, r.Simulated, r.Error)
	}
	if r.Diagnosis.Label != "normal" || r.PlaintextDiagnosis.Label != "normal" || math.Abs(r.Diagnosis.Probability-r.ReleasedDiagnosis.Probability) > 1e-3 {
		t.Errorf("diagnosis %+v, in the clear %+v, on what was released %+v", r.Diagnosis, r.PlaintextDiagnosis, r.ReleasedDiagnosis)
	}
	if s := r.Sheet; s == nil || s.BitCap == nil || s.Recognised() > 0.3 || !(r.NoiseDeviations > 0 && r.NoiseDeviations <= maxDeviations) {
		t.Errorf("%.1f deviations of noise, sheet %+v", r.NoiseDeviations, s)
	}
	if r.PrecisionBits < minPrecisionBits || r.ReleasedBits < minReleasedBits || r.ReleasedBits >= r.PrecisionBits {
		t.Errorf("%.1f bits decrypted, %.1f released", r.PrecisionBits, r.ReleasedBits)
	}
	refused := map[string]string{
		"a byte of the quote": "quote.signature", "a field of the receipt": "receipt.signature",
		"a byte of the output ciphertext": "output.digest", "a byte of the sealed result": "delivery.resultHash",
	}
	for _, a := range r.Tamper {
		if want, ok := refused[a.What]; !ok || a.RefusedBy != want {
			t.Errorf("%s: refused by %q, want %q", a.What, a.RefusedBy, want)
		}
		delete(refused, a.What)
	}
	if len(refused) > 0 {
		t.Errorf("not tried: %v", refused)
	}
	want := map[string]int64{"user": -350_000, "worker's operator": 99_000, "creator": 247_500, "market": 3_500}
	for _, b := range r.Balances {
		if got := int64(b.After) - int64(b.Before); got != want[b.Party] {
			t.Errorf("%s: balance changed by %d, want %d", b.Party, got, want[b.Party])
		}
	}
	if len(r.Balances) != len(want) || len(r.Steps) < 15 {
		t.Errorf("%d balances, %d steps", len(r.Balances), len(r.Steps))
	}
}

// startForTest brings up a network whose model is cut so early that everything is quick.
func startForTest(t *testing.T) *demo {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a whole network")
	}
	dir, err := os.MkdirTemp("", "encompute-") // t.TempDir is too long for a unix socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	d := newDemo(demoOptions{Cut: "poly1"}, t.Output())
	d.limits.HostPatience = time.Second
	if err := d.prepare(dir); err != nil {
		t.Fatal(err)
	}
	err = d.start(t.Context(), dir)
	t.Cleanup(func() {
		if d.net != nil {
			_ = d.net.Close()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestNetwork is about one network and what may go wrong with it.
func TestNetwork(t *testing.T) {
	d := startForTest(t)
	t.Run("a worker of another image is refused", d.testOtherImage)
	t.Run("a job survives the host", d.testHostRestart)
	t.Run("the host has no secret on its disk", d.testNoSecrets)
}

// testOtherImage runs the same binary in a CVM that measures another container.
func (d *demo) testOtherImage(t *testing.T) {
	compose, err := deploy.AppCompose(strings.Replace(localnet.WorkerImage, "sha256:00", "sha256:01", 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.net.StartCVM("other", simulator.Config{AppCompose: compose}); err != nil {
		t.Fatal(err)
	}
	other, err := d.net.StartEnclave(t.Context(), "other", "other")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Stop()
	err = other.Until(t.Context(), "refused", func() bool {
		b, err := os.ReadFile(other.Log)
		return err == nil && bytes.Contains(b, []byte("compose.hash"))
	})
	if err != nil {
		t.Fatal(err)
	}
	var workers []protocol.WorkerView
	if !d.net.Get(t.Context(), "/v1/workers", &workers) || len(workers) != 1 || workers[0].Signer != d.worker.Signer {
		t.Errorf("the host lists %+v", workers)
	}
}

// testHostRestart stops the host in the middle of a job and starts it again.
func (d *demo) testHostRestart(t *testing.T) {
	ctx := t.Context()
	if err := d.choose(ctx); err != nil {
		t.Fatal(err)
	}
	for d.job.State != client.StateUploaded {
		if err := d.client.Advance(ctx, d.job); err != nil {
			t.Fatal(err)
		}
	}
	d.net.Host.Stop()
	if err := d.client.Advance(ctx, d.job); client.CodeOf(err) != client.CodeHostDown {
		t.Fatalf("host down: %v", err)
	}
	if err := d.net.StartHost(ctx); err != nil {
		t.Fatal(err)
	}
	// Worker and creator come back by themselves.
	if _, err := d.net.UntilAccepted(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := d.net.UntilOnline(ctx); err != nil {
		t.Fatal(err)
	}
	c, err := d.newClient(d.net.File.Host, d.store, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Resume(ctx, d.job.ID); err != nil {
		t.Fatal(err)
	}
	if d.job, err = d.store.Load(ctx, d.job.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.compare(ctx); err != nil {
		t.Error(err)
	}
	if err := d.net.UntilEscrow(ctx, d.job.ID, client.EscrowDelivered); err != nil {
		t.Error(err)
	}
}

// testNoSecrets searches as a curious host would, after a control that the search finds
// what is there.
func (d *demo) testNoSecrets(t *testing.T) {
	if d.job == nil || d.job.Result == nil {
		t.Fatal("there was no job")
	}
	read, err := d.searchHost()
	if err != nil || read == 0 {
		t.Errorf("%d bytes read: %v", read, err)
	}
	list, err := d.canaries()
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(d.truth.inputName)
	if err != nil {
		t.Fatal(err)
	}
	planted := filepath.Join(t.TempDir(), "planted")
	for _, c := range list {
		if err := os.WriteFile(planted, append(b, c.bytes...), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := search([]canary{c}, planted); err == nil {
			t.Errorf("a piece of %s that is there is not found", c.secret)
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitMisuse, "usage"},
		{[]string{"dmeo"}, exitMisuse, `no command "dmeo"`},
		{[]string{"demo", "--inptu", "x"}, exitMisuse, "-inptu"},
		{[]string{"demo", "x.png"}, exitMisuse, "x.png"},
		{[]string{"demo", "--input", "missing.png"}, exitFailed, "missing.png"},
		{[]string{"demo", "--input", "demo_test.go"}, exitFailed, "demo_test.go"},
		{[]string{"demo", "--cut", "gpa"}, exitFailed, "gap"},
		{[]string{"demo", "--cut", "relu1"}, exitFailed, "relu1"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), c.args, &stdout, &stderr); code != c.code || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("devnet %v: exit status %d, want %d and %q in:\n%s", c.args, code, c.code, c.want, stderr.String())
		}
	}
}
