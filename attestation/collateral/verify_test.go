package collateral

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// A quote verifies with what was fetched for it: of both TEEs, both CAs, and all versions of Intel's
// documents.
func TestFetchedVerifies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sim         simulator.Config
		enclave     bool
		cfg         Config
		evaluations uint32 // above the simulator's number
	}{
		"tdx":           {},
		"tdx 1.5":       {sim: simulator.Config{TD15: true}},
		"tdx processor": {sim: simulator.Config{ProcessorCA: true}},
		"sgx":           {enclave: true},
		"sgx processor": {sim: simulator.Config{ProcessorCA: true}, enclave: true},
		"early":         {cfg: Config{Update: "early"}, evaluations: 1},
		"standard":      {cfg: Config{Update: "standard"}},
		"number":        {cfg: Config{EvaluationNumber: simulator.EvaluationNumber + 1}, evaluations: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.sim.AppCompose = []byte(`{"manifest_version":2,"name":"test","runner":"docker-compose"}`)
			sim, err := simulator.New(c.sim)
			if err != nil {
				t.Fatal(err)
			}
			srv := httptest.NewServer(sim.CollateralHandler())
			t.Cleanup(srv.Close)
			for _, root := range []string{"", srv.URL + "/IntelSGXRootCA.der"} {
				c.cfg.URL, c.cfg.RootCRLURL = srv.URL, root
				v := verdict(t, sim, c.enclave, c.cfg)
				if !v.Accepted || !v.Simulated || v.TCBStatus != dcap.UpToDate {
					t.Errorf("accepted %t, simulated %t, status %s: %v", v.Accepted, v.Simulated, v.TCBStatus, v.Err())
				}
				if len(v.Evaluations) != 2 {
					t.Errorf("evaluations %v, want those of two documents", v.Evaluations)
				}
				for name, n := range v.Evaluations {
					if want := simulator.EvaluationNumber + c.evaluations; n != want {
						t.Errorf("evaluation %d of %s, want %d", n, name, want)
					}
				}
			}
		})
	}
}

// verdict fetches for a new quote and examines it.
func verdict(t *testing.T, sim *simulator.Simulator, enclave bool, cfg Config) attestation.Verdict {
	t.Helper()
	var subject attestation.Subject
	if enclave {
		q, err := sim.EnclaveQuote([]byte("report data"))
		if err != nil {
			t.Fatal(err)
		}
		subject = attestation.Subject{TEE: "sgx", Quote: q}
	} else {
		q, err := sim.Quote(t.Context(), []byte("report data"))
		if err != nil {
			t.Fatal(err)
		}
		subject = attestation.Subject{TEE: "tdx", Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig)}
	}
	f, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if subject.Collateral, err = f.Collateral(t.Context(), subject.Quote); err != nil {
		t.Fatal(err)
	}
	policy, err := attestation.NewPolicy(attestation.PolicyLiteral{InsecureSimulatorRootPEM: sim.RootPEM()})
	if err != nil {
		t.Fatal(err)
	}
	return attestation.Examine(subject, policy, time.Now())
}

// A number that the service has no longer, or not yet, cannot be fetched.
func TestFetchNumberNotServed(t *testing.T) {
	t.Parallel()
	sim, quote, _ := simulated(t, simulator.Config{})
	srv := httptest.NewServer(sim.CollateralHandler())
	t.Cleanup(srv.Close)
	for want, n := range map[string]uint32{"no longer served": simulator.EvaluationNumber - 1, "does not know": simulator.EvaluationNumber + 2} {
		f, err := New(Config{URL: srv.URL, EvaluationNumber: n})
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Collateral(t.Context(), quote)
		wantError(t, err, ErrUnavailable, want)
	}
}
