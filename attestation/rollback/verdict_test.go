package rollback

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// cvm is one simulated CVM with documents of several evaluation numbers.
type cvm struct {
	*testing.T
	policy attestation.Policy
	quote  []byte
	log    []byte
	config []byte
	signed map[uint32][]byte // collateral
}

func newCVM(t *testing.T, numbers ...uint32) *cvm {
	t.Helper()
	c := &cvm{T: t, signed: map[uint32][]byte{}}
	for _, n := range numbers {
		set := func(d map[string]any) { d["tcbEvaluationDataNumber"] = n }
		sim, err := simulator.New(simulator.Config{
			AppCompose: []byte(`{"manifest_version":2,"name":"test","runner":"docker-compose"}`), Seed: []byte(strings.Repeat("seed", 8)),
			Hooks: simulator.Hooks{TCBInfo: set, QEIdentity: set},
		})
		if err != nil {
			t.Fatal(err)
		}
		if c.signed[n], err = sim.Collateral(); err != nil {
			t.Fatal(err)
		}
		q, err := sim.Quote(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		c.quote, c.log, c.config = q.Quote, []byte(q.EventLog), []byte(q.VMConfig)
		if c.policy, err = attestation.NewPolicy(attestation.PolicyLiteral{InsecureSimulatorRootPEM: sim.RootPEM()}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// judge examines the quote with the collateral of a number.
func (c *cvm) judge(s *Store, n uint32) attestation.Verdict {
	c.Helper()
	v, err := s.Verdict(c.policy, func(p attestation.Policy) attestation.Verdict {
		return attestation.Examine(attestation.Subject{
			TEE: "tdx", Quote: c.quote, EventLog: c.log, VMConfig: c.config, Collateral: c.signed[n],
		}, p, time.Now())
	})
	if err != nil {
		c.Fatal(err)
	}
	return v
}

// Who has seen newer documents does not accept older ones, although they are valid.
func TestVerdict(t *testing.T) {
	t.Parallel()
	c := newCVM(t, 19, 20)
	path := filepath.Join(t.TempDir(), "seen.json")
	for name, s := range map[string]*Store{"memory": NewMemory(), "file": open(t, path)} {
		for i, step := range []struct {
			number   uint32
			accepted bool
		}{{19, true}, {20, true}, {19, false}, {20, true}} {
			v := c.judge(s, step.number)
			if v.Accepted != step.accepted {
				t.Errorf("%s, step %d: accepted %t, want %t: %v", name, i, v.Accepted, step.accepted, v.Err())
			}
			if check, _ := v.Check("collateral.evaluation"); !step.accepted && check.Status != attestation.Failed {
				t.Errorf("%s, step %d: check collateral.evaluation %s", name, i, check.Status)
			}
		}
		floors, err := s.Floors()
		if err != nil || !slices.Equal(slices.Collect(maps.Values(floors)), []uint32{20, 20}) {
			t.Errorf("%s: floors %v, %v", name, floors, err)
		}
		for name := range floors {
			if !strings.HasPrefix(name, simulated) {
				t.Errorf("a simulator raised the number of %s", name)
			}
		}
	}
	if v := c.judge(open(t, path), 19); v.Accepted {
		t.Error("the next process accepts what this one refused")
	}
}

// A number that nobody signed raises nothing.
func TestVerdictOfForgery(t *testing.T) {
	t.Parallel()
	c := newCVM(t, 19)
	c.signed[30] = []byte(strings.ReplaceAll(string(c.signed[19]), `\"tcbEvaluationDataNumber\":19`, `\"tcbEvaluationDataNumber\":30`))
	if parsed, err := dcap.ParseCollateral(c.signed[30]); err != nil || parsed.TCBInfo.EvaluationNumber != 30 || parsed.QEIdentity.EvaluationNumber != 30 {
		t.Fatalf("the forgery does not say 30: %v", err)
	}
	s := NewMemory()
	if v := c.judge(s, 30); v.Accepted {
		t.Error("forged collateral is accepted")
	}
	want(t, s, nil)
	if v := c.judge(s, 19); !v.Accepted {
		t.Errorf("honest collateral is refused after a forgery: %v", v.Err())
	}
}

// There is no verdict where the record cannot be read or written.
func TestVerdictWithoutRecord(t *testing.T) {
	t.Parallel()
	c := newCVM(t, 19)
	path := filepath.Join(t.TempDir(), "seen.json")
	s := open(t, path)
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	subject := attestation.Subject{TEE: "tdx", Quote: c.quote, EventLog: c.log, VMConfig: c.config, Collateral: c.signed[19]}
	judge := func(p attestation.Policy) attestation.Verdict { return attestation.Examine(subject, p, time.Now()) }
	if v, err := s.Verdict(c.policy, judge); !errors.Is(err, ErrDamaged) || v.Accepted || v.Checks != nil {
		t.Errorf("damaged record: %+v, %v", v, err)
	}
	if v, err := s.Verify(protocol.Evidence{}, protocol.Binding{}, c.policy, time.Now()); !errors.Is(err, ErrDamaged) || v.OK() {
		t.Errorf("damaged record: %+v, %v", v, err)
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path+".lock", 0o700)); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Verdict(c.policy, judge); err == nil || v.Accepted || v.Checks != nil {
		t.Errorf("record cannot be written: %+v, %v", v, err)
	}
}
