package attestation_test

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// wrapper is the header of Open Enclave before an SGX quote.
const wrapper = 16

// newEnclaveScene makes good evidence of a worker in an EGo enclave, which is accepted by its
// MRENCLAVE.
func newEnclaveScene(t testing.TB, hooks simulator.Hooks) scene {
	t.Helper()
	s := newScene(t, hooks)
	data := s.want.ReportData()
	report, err := s.sim.RemoteReport(data[:])
	if err != nil {
		t.Fatal(err)
	}
	collateral, err := s.sim.SGXCollateral()
	if err != nil {
		t.Fatal(err)
	}
	honest, err := simulator.New(simulator.Config{AppCompose: testCompose, Seed: testSeed})
	if err != nil {
		t.Fatal(err)
	}
	good, err := honest.EnclaveQuote(nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := quote.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	s.evidence = protocol.Evidence{TEE: "sgx", Quote: report, Collateral: collateral, Binding: s.evidence.Binding}
	s.policy = attestation.PolicyLiteral{
		TCB:                      attestation.TCBPolicy{MinEvaluationNumber: 20},
		SGX:                      attestation.SGXPolicy{MREnclaves: []string{hex.EncodeToString(q.Enclave.MrEnclave[:])}},
		InsecureSimulatorRootPEM: s.sim.RootPEM(),
	}
	return s
}

// enclaveBytes flips one bit of every field of an SGX quote, and of its wrapper, after signing.
func enclaveBytes() []mutation {
	return append(
		flips("enclave", wrapper, mutation{enclave: true}, headerFields(), enclaveFields(version3.body), authFields(version3)),
		flips("remote report", 0, mutation{enclave: true}, []field{
			{"version", 0, []string{"quote.parse"}},
			{"type", 4, []string{"quote.parse"}},
			{"size", 8, []string{"quote.parse"}},
		})...,
	)
}

// signedEnclaves changes SGX quotes before they are signed, and what the policy says of them.
func signedEnclaves() []mutation {
	signed := func(name string, edit func([]byte), failed ...string) mutation {
		return mutation{name: "signed enclave/" + name, enclave: true, failed: failed, hooks: simulator.Hooks{Enclave: edit}}
	}
	policy := func(name string, edit func(*attestation.PolicyLiteral), failed ...string) mutation {
		return mutation{
			name: "enclave policy/" + name, enclave: true, failed: failed,
			change: func(_ *testing.T, s *scene) { edit(&s.policy) },
		}
	}
	return []mutation{
		signed("debug", func(b []byte) { b[48] |= 2 }, "sgx.debug"),
		signed("not initialized", func(b []byte) { b[48] &^= 1 }, "sgx.init"),
		signed("MRENCLAVE", func(b []byte) { b[64] ^= 1 }, "measurements.known"),
		signed("report data", func(b []byte) { b[330] ^= 1 }, "report-data.binding"),
		policy("names nothing", func(l *attestation.PolicyLiteral) { l.SGX.MREnclaves = nil }, "measurements.known"),
		policy("names a CVM only", func(l *attestation.PolicyLiteral) {
			l.SGX.MREnclaves = nil
			l.TDX.Measurements = []attestation.Measurement{anyMeasurement()}
		}, "quote.tee"),
		policy("names a CVM, too", func(l *attestation.PolicyLiteral) {
			l.TDX.Measurements = []attestation.Measurement{anyMeasurement()}
			l.SGX.MREnclaves[0] = strings.Repeat("ab", 32)
		}, "measurements.known"),
		policy("requires dstack", func(l *attestation.PolicyLiteral) { l.Dstack.Required = true }, "quote.tee"),
		policy("pins a KMS", func(l *attestation.PolicyLiteral) {
			l.Dstack.KMSKey = hex.EncodeToString(otherKey())
		}, "kms.chain"),
		{
			name: "enclave/collateral of TDX", enclave: true, failed: []string{"tcb-info.platform", "qe.identity"},
			change: func(t *testing.T, s *scene) {
				var err error
				if s.evidence.Collateral, err = s.sim.Collateral(); err != nil {
					t.Fatal(err)
				}
			},
		},
		{ // a TD of a policy that knows enclaves only
			name: "policy/names an enclave only", failed: []string{"quote.tee", "compose.hash", "key-provider.known"},
			change: func(_ *testing.T, s *scene) {
				s.policy.TDX, s.policy.Dstack = attestation.TDXPolicy{}, attestation.DstackPolicy{}
				s.policy.SGX.MREnclaves = []string{strings.Repeat("ab", 32)}
			},
		},
	}
}

func anyMeasurement() attestation.Measurement {
	v := strings.Repeat("ab", 48)
	return attestation.Measurement{MRTD: v, RTMR0: v, RTMR1: v, RTMR2: v}
}

func TestEnclaveWorkerPasses(t *testing.T) {
	t.Parallel()
	s := newEnclaveScene(t, simulator.Hooks{})
	v := s.verify(t)
	w, err := v.Worker()
	if err != nil {
		t.Fatal(err)
	}
	if !v.Simulated || v.TEE != "sgx" || v.TCBStatus != dcap.UpToDate || v.Identity.ProductID == nil || *v.Identity.ProductID != 1 {
		t.Errorf("verdict %+v", v)
	}
	if got := w.Workload(); got.TEE != "sgx" || got.MREnclave != s.policy.SGX.MREnclaves[0] || got.MRSigner == "" || got.MRTD != "" {
		t.Errorf("workload %+v", got)
	}
	// The quote itself, without EGo's header, is as good.
	s.evidence.Quote = s.evidence.Quote[wrapper:]
	if err := s.verify(t).Err(); err != nil {
		t.Error(err)
	}
}

// A signer is accepted with its product, from a version on.
func TestEnclaveSigner(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		edit func(*attestation.Signer)
		want attestation.Result
	}{
		"as it is":      {func(*attestation.Signer) {}, attestation.Passed},
		"older minimum": {func(s *attestation.Signer) { s.MinSVN = 6 }, attestation.Passed},
		"newer minimum": {func(s *attestation.Signer) { s.MinSVN = 8 }, attestation.Failed},
		"other product": {func(s *attestation.Signer) { s.ProductID = 1 }, attestation.Failed},
		"other signer":  {func(s *attestation.Signer) { s.MRSigner = strings.Repeat("ab", 32) }, attestation.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newEnclaveScene(t, simulator.Hooks{Enclave: func(b []byte) {
				b[64] ^= 1 // another build of the same signer
				binary.LittleEndian.PutUint16(b[256:], 3)
				binary.LittleEndian.PutUint16(b[258:], 7)
			}})
			q, err := quote.Parse(s.evidence.Quote)
			if err != nil {
				t.Fatal(err)
			}
			signer := attestation.Signer{MRSigner: hex.EncodeToString(q.Enclave.MrSigner[:]), ProductID: 3, MinSVN: 7}
			tt.edit(&signer)
			s.policy.SGX.Signers = []attestation.Signer{signer}
			v := s.verify(t)
			expect(t, v, tt.want, "measurements.known")
			if v.OK() != (tt.want == attestation.Passed) {
				t.Errorf("accepted %t: %v", v.OK(), v.Err())
			}
		})
	}
}

// For an enclave the components of the TDX module do not count, but CPU and PCE do.
func TestEnclaveTCB(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		hooks simulator.Hooks
		check string
		want  dcap.Status
	}{
		"PCE": {simulator.Hooks{Platform: func(p *simulator.Platform) { p.PCESVN = 0 }}, "tcb.level", dcap.NoLevel},
		"CPU": {simulator.Hooks{Platform: func(p *simulator.Platform) { p.CPUSVN[0] = 0 }}, "tcb.status", dcap.OutOfDate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newEnclaveScene(t, tt.hooks).verify(t)
			expect(t, v, attestation.Failed, tt.check)
			if v.TCBStatus != tt.want {
				t.Errorf("status %s, want %s", v.TCBStatus, tt.want)
			}
		})
	}
}

func TestEnclaveDebugIsAllowedByName(t *testing.T) {
	t.Parallel()
	s := newEnclaveScene(t, simulator.Hooks{Enclave: func(b []byte) { b[48] |= 2 }})
	s.policy.SGX.AllowDebug = true
	v := s.verify(t)
	if err := v.Err(); err != nil {
		t.Error(err)
	}
	expect(t, v, attestation.Skipped, "sgx.debug")
}

// Examined without a policy, an enclave is accepted if it is genuine, and the gaps are named.
func TestExamineEnclave(t *testing.T) {
	t.Parallel()
	s := newEnclaveScene(t, simulator.Hooks{})
	policy := mustPolicy(t, attestation.PolicyLiteral{InsecureSimulatorRootPEM: s.sim.RootPEM()})
	subject := attestation.Subject{Quote: s.evidence.Quote, Collateral: s.evidence.Collateral}
	v := attestation.Examine(subject, policy, testNow)
	if err := v.Err(); err != nil {
		t.Error(err)
	}
	expect(t, v, attestation.Skipped, "measurements.known", "td.debug", "eventlog.parse", "config-id.match", "kms.chain")
	// A policy that requires dstack knows no enclaves.
	l := policy.Literal()
	l.Dstack.Required = true
	v = attestation.Examine(subject, mustPolicy(t, l), testNow)
	refused(t, v, "quote.tee")
	if v := attestation.Examine(subject, policy, testNow.Add(40*24*time.Hour)); v.OK() {
		t.Error("expired collateral is accepted")
	}
}
