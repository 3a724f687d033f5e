package host

import (
	"context"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/rollback"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// fixedCollateral is a source that knows one bundle.
type fixedCollateral string

func (f fixedCollateral) Collateral(context.Context, []byte) ([]byte, error) { return []byte(f), nil }

const goodCompose = `{"name":"worker","docker_compose_file":"services: {}"}`

// simulated makes a simulated CVM that runs an app-compose, with everybody else's fixed.
func simulated(t *testing.T, b *bench, compose string) *simulator.Simulator {
	t.Helper()
	s, err := simulator.New(simulator.Config{
		AppCompose: []byte(compose), Seed: []byte(strings.Repeat("seed", 8)), AppID: []byte("an app id of 20 byte"), Now: b.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// policyFor accepts what a simulator runs.
func policyFor(t *testing.T, s *simulator.Simulator) attestation.Policy {
	t.Helper()
	mrtd, rtmr0, rtmr1, rtmr2 := s.Measurements()
	hash := s.ComposeHash()
	p, err := attestation.NewPolicy(attestation.PolicyLiteral{
		TDX: attestation.TDXPolicy{Measurements: []attestation.Measurement{{
			MRTD: mrtd.String(), RTMR0: rtmr0.String(), RTMR1: rtmr1.String(), RTMR2: rtmr2.String(),
		}}},
		Dstack: attestation.DstackPolicy{
			ComposeHashes: []string{protocol.Digest(hash).String()},
			KeyProviders:  []attestation.KeyProvider{{Name: "kms", ID: s.KeyProviderID()}},
		},
		InsecureSimulatorRootPEM: s.RootPEM(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// quoting makes a worker show quotes of a simulated CVM.
func (w *fakeWorker) quoting(s *simulator.Simulator, compose string) {
	w.quote = func(binding protocol.Binding) protocol.Evidence {
		d := binding.ReportData()
		q, err := s.Quote(w.Context(), d[:])
		w.must(err)
		return protocol.Evidence{
			TEE: "tdx", Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig), AppCompose: []byte(compose), Binding: binding,
		}
	}
}

// Workers are judged by the real verifier on quotes in the real format.
func TestAttestedWorker(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	good := simulated(t, b, goodCompose)
	b.cfg.Verifier = NewPolicyVerifier(policyFor(t, good), rollback.NewMemory())
	bundle, err := good.Collateral()
	b.must(err)
	b.cfg.Collateral = fixedCollateral(bundle)
	b.restart()

	w := b.newWorker()
	w.quoting(good, goodCompose)
	w.hello()
	w.attest()
	r := w.refusedWith(codeWorkload) // verified, but nobody allowed it on chain
	i := strings.Index(r.Detail, "0x")
	id, err := protocol.ParseDigest(r.Detail[i : i+66])
	b.must(err)
	b.chain.with(func() { b.chain.allowed[id] = true })
	w.connect()
	if w.welcome.WorkloadID != id {
		t.Errorf("workload %s, want %s", w.welcome.WorkloadID, id)
	}
	if v := b.host.workers.list()[0].view(); !v.Simulated || v.TCBStatus != "UpToDate" {
		t.Errorf("worker %+v", v)
	}

	const otherCompose = `{"name":"worker","docker_compose_file":"services: {spy: {}}"}`
	for _, c := range []struct {
		name  string
		quote func(*fakeWorker)
		want  string
	}{
		{"another compose", func(w *fakeWorker) { w.quoting(simulated(t, b, otherCompose), otherCompose) }, "compose"},
		{"another compose, shown as the good one", func(w *fakeWorker) { w.quoting(simulated(t, b, otherCompose), goodCompose) }, "compose"},
		{"one bit of the quote", func(w *fakeWorker) {
			w.quoting(good, goodCompose)
			honest := w.quote
			w.quote = func(binding protocol.Binding) protocol.Evidence {
				e := honest(binding)
				e.Quote[200] ^= 1
				return e
			}
		}, "quote"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := b.newWorker()
			c.quote(w)
			w.hello()
			w.attest()
			if r := w.refusedWith(codeEvidenceRefused); !strings.Contains(r.Detail, "check "+c.want) {
				t.Errorf("refused because of %q, want a check of %q", r.Detail, c.want)
			}
		})
	}
}
