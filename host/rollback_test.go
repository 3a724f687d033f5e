package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// A worker cannot bring collateral from before what the host has seen, also after a restart, and
// without its record the host judges nobody.
func TestWorkerRollsBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	sim := simulated(t, b, goodCompose)
	path := filepath.Join(b.cfg.DataDir, "seen.json")
	start := func() {
		seen, err := rollback.Open(path)
		b.must(err)
		b.cfg.Verifier = NewPolicyVerifier(policyFor(t, sim), seen)
		b.restart()
	}
	start()
	collateral := func(number uint32) []byte {
		old, err := simulator.New(simulator.Config{
			AppCompose: []byte(goodCompose), Seed: []byte(strings.Repeat("seed", 8)), AppID: []byte("an app id of 20 byte"), Now: b.clock.Now,
			Hooks: simulator.Hooks{TCBInfo: func(d map[string]any) { d["tcbEvaluationDataNumber"] = number }},
		})
		b.must(err)
		bundle, err := old.Collateral()
		b.must(err)
		return bundle
	}
	attest := func(number uint32) *fakeWorker {
		w := b.newWorker()
		w.quoting(sim, goodCompose)
		honest, bundle := w.quote, collateral(number)
		w.quote = func(binding protocol.Binding) protocol.Evidence {
			e := honest(binding)
			e.Collateral = bundle
			return e
		}
		w.hello()
		w.attest()
		return w
	}
	const passed = codeWorkload // verified, but nobody allowed the workload on chain
	attest(19).refusedWith(passed)
	attest(20).refusedWith(passed)
	refused := func() {
		t.Helper()
		if r := attest(19).refusedWith(codeEvidenceRefused); !strings.Contains(r.Detail, "check collateral.evaluation failed") {
			t.Errorf("refused because of %q", r.Detail)
		}
	}
	refused()
	start()
	refused()
	b.must(os.WriteFile(path, []byte("{"), 0o600))
	attest(20).refusedWith(codeInternal)
}
