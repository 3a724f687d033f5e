package attestation_test

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

func pemOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// FuzzVerify changes evidence at will: whatever it is, Verify answers and does not accept what is
// not the good evidence.
func FuzzVerify(f *testing.F) {
	s := newScene(f, simulator.Hooks{})
	policy := mustPolicy(f, s.policy)
	f.Add([]byte{}, []byte{}, []byte{}, 0, byte(0))
	f.Add([]byte{4, 0, 2, 0}, []byte("[]"), []byte("{}"), 600, byte(1))
	f.Add([]byte(nil), []byte(nil), []byte(nil), 1100, byte(0x80))
	f.Fuzz(func(t *testing.T, q, log, collateral []byte, at int, bits byte) {
		ev := s.evidence
		ev.Quote = append([]byte(nil), ev.Quote...)
		if at >= 0 && at < len(ev.Quote) {
			ev.Quote[at] ^= bits
		}
		changed := at >= 0 && at < version4.chain+6 && bits != 0 // PEM may be wrapped in more than one way
		for _, part := range []struct {
			field *[]byte
			value []byte
		}{{&ev.Quote, q}, {&ev.EventLog, log}, {&ev.Collateral, collateral}} {
			if len(part.value) != 0 {
				*part.field, changed = part.value, true
			}
		}
		v := attestation.Verify(ev, s.want, policy, testNow)
		if v.OK() && changed && string(ev.Quote) != string(s.evidence.Quote) {
			t.Error("changed evidence is accepted")
		}
		if !v.OK() && v.Err() == nil {
			t.Error("a refusal without an error")
		}
	})
}

// FuzzPolicy reads policies at will: whatever is accepted is normalized, and accepted again.
func FuzzPolicy(f *testing.F) {
	f.Add([]byte("// comment\n{}"))
	f.Add([]byte(`{"tcb":{"statuses":["UpToDate"],"minDate":"2025-01-01T00:00:00Z"},"sgx":{"signers":[{"mrsigner":"","productId":1}]}}`))
	good, err := json.Marshal(acceptingPolicy(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := attestation.ParsePolicy(raw)
		if err != nil {
			if !errors.Is(err, attestation.ErrPolicy) {
				t.Errorf("error %v does not wrap ErrPolicy", err)
			}
			return
		}
		text, err := json.Marshal(p.Literal())
		if err != nil {
			t.Fatal(err)
		}
		again, err := attestation.ParsePolicy(text)
		if err != nil {
			t.Fatalf("normalized policy %s: %v", text, err)
		}
		if d := cmp.Diff(p.Literal(), again.Literal(), cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	})
}

func FuzzQuote(f *testing.F) {
	f.Add(newScene(f, simulator.Hooks{}).evidence.Quote)
	f.Add(newSceneOf(f, simulator.Config{TD15: true}).evidence.Quote)
	f.Add(newEnclaveScene(f, simulator.Hooks{}).evidence.Quote)
	f.Add([]byte{3, 0, 2, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		q, err := quote.Parse(raw)
		if err != nil {
			if !errors.Is(err, quote.ErrMalformed) {
				t.Errorf("error %v does not wrap ErrMalformed", err)
			}
			return
		}
		if (q.TD == nil) == (q.Enclave == nil) || len(q.QEReportRaw) != quote.EnclaveSize {
			t.Error("a quote of no kind or of both")
		}
	})
}

func FuzzEventLog(f *testing.F) {
	f.Add(newScene(f, simulator.Hooks{}).evidence.EventLog)
	f.Add([]byte(`[{"imr":3,"event_type":134217729,"digest":"","event":"system-ready","event_payload":"","version":2}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		events, err := eventlog.Parse(raw)
		if err != nil {
			if !errors.Is(err, eventlog.ErrMalformed) {
				t.Errorf("error %v does not wrap ErrMalformed", err)
			}
			return
		}
		if _, err := eventlog.Replay(events); err != nil && !errors.Is(err, eventlog.ErrDigest) {
			t.Errorf("replay error %v", err)
		}
		if _, err := eventlog.ReadBoot(events); err != nil && !errors.Is(err, eventlog.ErrBoot) {
			t.Errorf("boot error %v", err)
		}
	})
}

func FuzzCollateral(f *testing.F) {
	f.Add(newScene(f, simulator.Hooks{}).evidence.Collateral)
	f.Add([]byte(`{"tcb_info":"{}"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, err := dcap.ParseCollateral(raw); err == nil {
			if c.Expires().After(c.TCBInfo.NextUpdate) {
				t.Error("collateral outlives its TCB info")
			}
		} else if !errors.Is(err, dcap.ErrMalformed) {
			t.Errorf("error %v does not wrap ErrMalformed", err)
		}
	})
}

func FuzzTCBInfo(f *testing.F) {
	f.Add([]byte(`{"id":"TDX","version":3,"tcbLevels":[{"tcb":{"isvsvn":1},"tcbStatus":"UpToDate"}]}`))
	f.Add([]byte(`{"id":"TD_QE","version":2}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if info, err := dcap.ParseTCBInfo(raw); err != nil && !errors.Is(err, dcap.ErrMalformed) {
			t.Errorf("error %v does not wrap ErrMalformed", err)
		} else if err == nil {
			q := quote.Quote{TEE: quote.TDX, TD: &quote.TDReport{TD15: true}}
			if _, err := info.Assess(q, dcap.PCK{}, dcap.Assessment{Status: dcap.UpToDate}); err != nil && !errors.Is(err, dcap.ErrNoLevel) {
				t.Errorf("assessment error %v", err)
			}
		}
		if _, err := dcap.ParseQEIdentity(raw); err != nil && !errors.Is(err, dcap.ErrMalformed) {
			t.Errorf("error %v does not wrap ErrMalformed", err)
		}
	})
}

func FuzzPCK(f *testing.F) {
	f.Add(newScene(f, simulator.Hooks{}).evidence.Quote[version4.chain+6:])
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if p, err := dcap.ParsePCK(raw); err == nil {
			if len(p.Chain) != 3 || len(p.PPID) != 16 {
				t.Error("a PCK without chain or PPID")
			}
		} else if !errors.Is(err, dcap.ErrMalformed) {
			t.Errorf("error %v does not wrap ErrMalformed", err)
		}
	})
}
