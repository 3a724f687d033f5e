package attestation_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
)

// mutation changes one thing, before signing (hooks) or after (change), and names every check
// that must then fail: those and no others.
type mutation struct {
	name    string
	hooks   simulator.Hooks
	td15    bool // of a version 5 quote
	enclave bool // of an SGX quote
	change  func(*testing.T, *scene)
	failed  []string
}

func (m mutation) run(t *testing.T) attestation.Verdict {
	t.Helper()
	var s scene
	if m.enclave {
		s = newEnclaveScene(t, m.hooks)
	} else {
		s = newSceneOf(t, simulator.Config{Hooks: m.hooks, TD15: m.td15})
	}
	if m.change != nil {
		m.change(t, &s)
	}
	v := s.verify(t)
	refused(t, v, m.failed...)
	return v
}

func mutations() []mutation {
	return slices.Concat(
		quoteBytes(), brokenQuotes(), enclaveBytes(), signedQuotes(), signedEnclaves(), eventLogs(),
		collaterals(), signedCollaterals(), bindings(), keyChains(), policies(),
	)
}

func TestMutations(t *testing.T) {
	t.Parallel()
	for _, m := range mutations() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			m.run(t)
		})
	}
}

// Every check that Verify knows has a mutation that makes it fail.
func TestEveryCheckCanFail(t *testing.T) {
	t.Parallel()
	covered := make(map[string]bool)
	for _, m := range mutations() {
		for _, name := range m.failed {
			covered[name] = true
		}
	}
	for _, c := range newScene(t, simulator.Hooks{}).verify(t).Checks {
		if !covered[c.Name] {
			t.Errorf("no mutation makes check %s fail", c.Name)
		}
		delete(covered, c.Name)
	}
	if len(covered) != 0 {
		t.Errorf("mutations name unknown checks %v", slices.Collect(maps.Keys(covered)))
	}
}

// signedQuotes changes quotes before they are signed: only the meaning is wrong.
func signedQuotes() []mutation {
	body := func(name string, at int, value byte, failed ...string) mutation {
		return mutation{
			name: "signed body/" + name, failed: failed,
			hooks: simulator.Hooks{Body: func(b []byte) { b[at] = value }},
		}
	}
	qe := func(name string, at int, value byte, failed ...string) mutation {
		return mutation{
			name: "signed QE report/" + name, failed: failed,
			hooks: simulator.Hooks{QEReport: func(b []byte) { b[at] = value }},
		}
	}
	body15 := func(name string, at int, value byte, failed ...string) mutation {
		m := body(name, at, value, failed...)
		m.td15 = true
		return m
	}
	return []mutation{
		body("debug", 120, 0x01, "td.debug"),
		body("reserved TUD bit", 120, 0x80, "td.debug"),
		body("SEPT_VE_DISABLE off", 123, 0x00, "td.attributes"),
		body("migratable", 123, 0x30, "td.attributes"),
		body("key locker", 123, 0x90, "td.attributes"),
		body("performance monitoring", 127, 0x80, "td.attributes"),
		body("MRSIGNERSEAM", 64, 1, "td.module"),
		body("SEAM attributes", 112, 1, "td.module"),
		body("module too old", 0, 1, "tcb.level"),
		body("module out of date", 0, 3, "tcb.status"),
		body("module of unknown version", 1, 9, "td.module", "tcb.level"),
		body("late microcode out of date", 2, 2, "tcb.status", "tcb.advisories"),
		body("XFAM without SSE", 128, 0x05, "td.xfam"),
		body("MRTD", 136, 9, "measurements.known"),
		body("MRCONFIGID of another app", 185, 9, "config-id.match"),
		body("MRCONFIGID of unknown version", 184, 9, "config-id.match"),
		{
			name: "signed body/MRCONFIGID unset", failed: []string{"config-id.match"},
			hooks: simulator.Hooks{Body: func(b []byte) { clear(b[184:232]) }},
		},
		body("report data", 530, 9, "report-data.binding"),
		body15("service TD", 600, 1, "td.service"),
		body15("TD 1.5 debug", 120, 1, "td.debug"),
		body15("current module too old", 584, 1, "tcb.level"),
		qe("debug enclave", 48, 0x13, "qe.identity"),
		qe("MRSIGNER", 128, 0, "qe.identity"),
		qe("product id", 256, 1, "qe.identity"),
		qe("SVN", 258, 3, "tcb.level"),
		qe("report data", 320, 0, "qe.key-binding"),
		qe("report data end", 383, 1, "qe.key-binding"),
		{
			name: "signed header/vendor", failed: []string{"qe.vendor"},
			hooks: simulator.Hooks{Header: func(h []byte) { clear(h[12:28]) }},
		},
	}
}

// editLog decodes the log, changes it, and puts it back.
func editLog(edit func([]eventlog.Event) []eventlog.Event) func(*testing.T, *scene) {
	return func(t *testing.T, s *scene) {
		events, err := eventlog.Parse(s.evidence.EventLog)
		if err != nil {
			t.Fatal(err)
		}
		if s.evidence.EventLog, err = json.Marshal(edit(events)); err != nil {
			t.Fatal(err)
		}
	}
}

// event finds an event of the runtime.
func event(events []eventlog.Event, name string) *eventlog.Event {
	i := slices.IndexFunc(events, func(e eventlog.Event) bool { return e.Name == name })
	return &events[i]
}

func runtimeEvent(name string, payload []byte) eventlog.Event {
	return eventlog.Event{IMR: eventlog.RuntimeIMR, Type: eventlog.RuntimeType, Name: name, Payload: payload}
}

func eventLogs() (list []mutation) {
	after := func(name string, edit func([]eventlog.Event) []eventlog.Event, failed ...string) {
		list = append(list, mutation{name: "event log/" + name, change: editLog(edit), failed: failed})
	}
	before := func(name string, edit func([]eventlog.Event) []eventlog.Event, failed ...string) {
		list = append(list, mutation{name: "measured log/" + name, hooks: simulator.Hooks{EventLog: edit}, failed: failed})
	}
	forged := bytes.Repeat([]byte{9}, 32)
	after("compose hash forged beside its honest digest", func(e []eventlog.Event) []eventlog.Event {
		event(e, "compose-hash").Payload = forged
		return e
	}, "eventlog.replay", "compose.hash", "compose.text", "config-id.match")
	after("compose hash forged without digest", func(e []eventlog.Event) []eventlog.Event {
		event(e, "compose-hash").Payload, event(e, "compose-hash").Digest = forged, nil
		return e
	}, "eventlog.replay", "compose.hash", "compose.text", "config-id.match")
	after("digest", func(e []eventlog.Event) []eventlog.Event {
		event(e, "app-id").Digest[3] ^= 1
		return e
	}, "eventlog.replay")
	after("firmware digest", func(e []eventlog.Event) []eventlog.Event {
		e[0].Digest[3] ^= 1
		return e
	}, "eventlog.replay")
	after("firmware event without digest", func(e []eventlog.Event) []eventlog.Event {
		e[0].Digest = nil
		return e
	}, "eventlog.replay")
	after("event moved to another register", func(e []eventlog.Event) []eventlog.Event {
		e[0].IMR = 1
		return e
	}, "eventlog.replay")
	after("runtime event in register 0", func(e []eventlog.Event) []eventlog.Event {
		event(e, "app-id").IMR = 0
		return e
	}, "eventlog.parse")
	after("foreign type in register 3", func(e []eventlog.Event) []eventlog.Event {
		event(e, "app-id").Type = 4
		return e
	}, "eventlog.parse")
	after("event dropped", func(e []eventlog.Event) []eventlog.Event { return e[:len(e)-1] }, "eventlog.replay", "eventlog.boot")
	after("event added", func(e []eventlog.Event) []eventlog.Event {
		return append(e, runtimeEvent("app event", nil))
	}, "eventlog.replay")
	after("empty", func([]eventlog.Event) []eventlog.Event { return nil }, "eventlog.parse")
	after("key provider renamed", func(e []eventlog.Event) []eventlog.Event {
		event(e, "key-provider").Payload = []byte(`{"name":"none","id":""}`)
		return e
	}, "eventlog.replay", "key-provider.known")

	insert := func(name string, payload []byte, before string) func([]eventlog.Event) []eventlog.Event {
		return func(e []eventlog.Event) []eventlog.Event {
			at := slices.IndexFunc(e, func(e eventlog.Event) bool { return e.Name == before })
			return slices.Insert(e, at, runtimeEvent(name, payload))
		}
	}
	before("second compose hash", insert("compose-hash", forged, "instance-id"), "eventlog.boot")
	before("second app id", insert("app-id", forged[:20], "compose-hash"), "eventlog.boot")
	before("unknown event", insert("surprise", nil, "key-provider"), "eventlog.boot")
	before("early system-ready", insert("system-ready", nil, "compose-hash"), "eventlog.boot")
	before("order", func(e []eventlog.Event) []eventlog.Event {
		a, b := event(e, "app-id"), event(e, "instance-id")
		*a, *b = *b, *a
		return e
	}, "eventlog.boot")
	before("no system-ready", func(e []eventlog.Event) []eventlog.Event { return e[:len(e)-1] }, "eventlog.boot")
	before("short compose hash", func(e []eventlog.Event) []eventlog.Event {
		event(e, "compose-hash").Payload = forged[:31]
		return e
	}, "eventlog.boot")
	before("other app-compose", func(e []eventlog.Event) []eventlog.Event {
		event(e, "compose-hash").Payload = forged
		return e
	}, "compose.hash", "compose.text", "config-id.match")
	before("local key provider", func(e []eventlog.Event) []eventlog.Event {
		event(e, "key-provider").Payload = []byte(`{"name":"local-sgx","id":"00"}`)
		return e
	}, "key-provider.known")
	before("key provider not JSON", func(e []eventlog.Event) []eventlog.Event {
		event(e, "key-provider").Payload = []byte(`kms`)
		return e
	}, "eventlog.boot")
	before("other kernel", func(e []eventlog.Event) []eventlog.Event {
		e[4].Digest[0] ^= 1
		return e
	}, "measurements.known")
	return append(list,
		mutation{name: "app-compose/not shown to be judged", change: func(_ *testing.T, s *scene) {
			s.evidence.AppCompose, s.policy.Dstack.ForbidLint = nil, true
		}, failed: []string{"compose.lint"}},
		mutation{name: "event log/not JSON", change: func(_ *testing.T, s *scene) { s.evidence.EventLog = []byte("[") }, failed: []string{"eventlog.parse"}},
		mutation{name: "app-compose/changed", change: func(_ *testing.T, s *scene) { s.evidence.AppCompose = []byte("{}") }, failed: []string{"compose.text"}},
		mutation{name: "app-compose/too large", change: func(_ *testing.T, s *scene) { s.evidence.AppCompose = make([]byte, 1<<20) }, failed: []string{"evidence.size"}},
	)
}

// bindings changes what the evidence claims, or what the verifier demands, to be bound.
func bindings() (list []mutation) {
	for name, tt := range map[string]struct {
		change func(*protocol.Binding)
		check  string
	}{
		"chain":       {func(b *protocol.Binding) { b.ChainID++ }, "binding.chain"},
		"registry":    {func(b *protocol.Binding) { b.Registry[7] ^= 1 }, "binding.registry"},
		"operator":    {func(b *protocol.Binding) { b.Operator[7] ^= 1 }, "binding.operator"},
		"receipt key": {func(b *protocol.Binding) { b.ReceiptKey = otherKey() }, "binding.receipt-key"},
		"sealing key": {func(b *protocol.Binding) { b.SealingKey = bytes.Repeat([]byte{7}, len(b.SealingKey)) }, "binding.sealing-key"},
		"nonce":       {func(b *protocol.Binding) { b.Nonce[7] ^= 1 }, "binding.nonce"},
	} {
		list = append(list,
			mutation{
				name: "wanted binding/" + name, failed: []string{tt.check},
				change: func(_ *testing.T, s *scene) { tt.change(&s.want) },
			},
			mutation{
				name: "claimed binding/" + name, failed: []string{tt.check, "report-data.binding"},
				change: func(_ *testing.T, s *scene) { tt.change(&s.evidence.Binding) },
			},
			// A relay that lies to a verifier who has no expectation is caught by the quote.
			mutation{
				name: "both bindings/" + name, failed: []string{"report-data.binding"},
				change: func(_ *testing.T, s *scene) {
					tt.change(&s.evidence.Binding)
					s.want = s.evidence.Binding
				},
			})
	}
	claim := func(name string, change func(*protocol.Binding), failed ...string) {
		list = append(list, mutation{
			name: "binding/" + name, failed: failed,
			change: func(_ *testing.T, s *scene) {
				change(&s.evidence.Binding)
				s.want = s.evidence.Binding
			},
		})
	}
	claim("no nonce", func(b *protocol.Binding) { b.Nonce = protocol.Nonce{} }, "binding.nonce", "report-data.binding")
	claim("no operator", func(b *protocol.Binding) { b.Operator = protocol.Address{} }, "binding.operator", "report-data.binding")
	claim("receipt key no point", func(b *protocol.Binding) { b.ReceiptKey = make([]byte, 33) }, "binding.receipt-key", "report-data.binding")
	claim("sealing key short", func(b *protocol.Binding) { b.SealingKey = b.SealingKey[1:] }, "binding.sealing-key", "report-data.binding")
	return list
}

// keyChains changes how the receipt key is said to have come from the KMS. The scene's key did not,
// so it is replaced by one that did, and quoted anew.
func keyChains() (list []mutation) {
	add := func(name string, edit func(*scene), failed ...string) {
		list = append(list, mutation{
			name: "key chain/" + name, failed: failed,
			change: func(t *testing.T, s *scene) {
				s.issueReceiptKey(t)
				edit(s)
			},
		})
	}
	chain := func(s *scene) [][]byte { return s.evidence.ReceiptKeyChain.Signatures }
	add("missing", func(s *scene) { s.evidence.ReceiptKeyChain = nil }, "kms.chain")
	add("purpose", func(s *scene) { s.evidence.ReceiptKeyChain.Purpose = "other" }, "kms.chain")
	add("purpose with a colon", func(s *scene) { s.evidence.ReceiptKeyChain.Purpose = "a:b" }, "kms.chain")
	add("purpose too long", func(s *scene) { s.evidence.ReceiptKeyChain.Purpose = strings.Repeat("a", 65) }, "evidence.size")
	add("signature of the app", func(s *scene) { chain(s)[0][9] ^= 1 }, "kms.chain")
	add("signature of the KMS", func(s *scene) { chain(s)[1][9] ^= 1 }, "kms.chain")
	add("recovery id", func(s *scene) { chain(s)[1][64] ^= 1 }, "kms.chain")
	add("short signature", func(s *scene) { chain(s)[1] = chain(s)[1][:64] }, "kms.chain")
	add("one signature", func(s *scene) { s.evidence.ReceiptKeyChain.Signatures = chain(s)[:1] }, "kms.chain")
	add("another KMS", func(s *scene) { s.policy.Dstack.KMSKey = hex.EncodeToString(otherKey()) }, "kms.chain")
	return list
}

func otherKey() []byte {
	k, err := protocol.ParseSigningKey(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		panic(err)
	}
	return k.PublicKey()
}

// policies makes the policy stricter than the evidence.
func policies() (list []mutation) {
	add := func(name string, change func(*attestation.PolicyLiteral), failed ...string) {
		list = append(list, mutation{
			name: "policy/" + name, failed: failed,
			change: func(_ *testing.T, s *scene) { change(&s.policy) },
		})
	}
	other32, other48 := strings.Repeat("ab", 32), strings.Repeat("ab", 48)
	add("other compose hash", func(l *attestation.PolicyLiteral) { l.Dstack.ComposeHashes[0] = other32 }, "compose.hash")
	for i, field := range []func(*attestation.Measurement) *string{
		func(m *attestation.Measurement) *string { return &m.MRTD },
		func(m *attestation.Measurement) *string { return &m.RTMR0 },
		func(m *attestation.Measurement) *string { return &m.RTMR1 },
		func(m *attestation.Measurement) *string { return &m.RTMR2 },
	} {
		add(fmt.Sprintf("other measurement %d", i), func(l *attestation.PolicyLiteral) { *field(&l.TDX.Measurements[0]) = other48 }, "measurements.known")
	}
	add("other KMS", func(l *attestation.PolicyLiteral) { l.Dstack.KeyProviders[0].ID = "ab" }, "key-provider.known")
	add("other app", func(l *attestation.PolicyLiteral) { l.Dstack.AppIDs = []string{strings.Repeat("ab", 20)} }, "app-id.known")
	add("other device", func(l *attestation.PolicyLiteral) { l.Devices = []string{other32} }, "device.known")
	add("other platform", func(l *attestation.PolicyLiteral) { l.Devices = []string{other32[:32]} }, "device.known")
	add("other TDX module", func(l *attestation.PolicyLiteral) { l.TDX.MRSeams = []string{other48} }, "td.module")
	add("higher evaluation number", func(l *attestation.PolicyLiteral) { l.TCB.MinEvaluationNumber = 21 }, "collateral.evaluation")
	add("later TCB date", func(l *attestation.PolicyLiteral) { l.TCB.MinDate = testNow }, "tcb.date")
	add("another status", func(l *attestation.PolicyLiteral) { l.TCB.Statuses = []dcap.Status{dcap.SWHardeningNeeded} }, "tcb.status")
	return list
}
