package release_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/release"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// measured is a release that was measured, on simulated hardware, with a quote of it.
func measured(t *testing.T) (release.File, *simulator.Simulator) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{AppCompose: []byte(`{"name":"worker"}`)})
	if err != nil {
		t.Fatal(err)
	}
	mrtd, rtmr0, rtmr1, rtmr2 := sim.Measurements()
	hash := sim.ComposeHash()
	text := func(b [48]byte) string { return hex.EncodeToString(b[:]) }
	return release.File{
		Schema: release.Schema,
		Workers: []release.Worker{
			{Version: "v1", ComposeHashes: []string{hex.EncodeToString(hash[:])}},
			{Version: "v0", ComposeHashes: []string{strings.Repeat("00", 32)}},
		},
		Platforms:    []release.Platform{{OS: "os", Instance: "small", MRTD: text(mrtd), RTMR0: text(rtmr0), RTMR1: text(rtmr1), RTMR2: text(rtmr2)}},
		KeyProviders: []attestation.KeyProvider{{Name: "kms", ID: sim.KeyProviderID()}},
		KMSKey:       hex.EncodeToString(sim.KMSPublicKey()),
	}, sim
}

// A policy made from a release's file accepts what the file was measured of, and nothing else.
func TestPolicy(t *testing.T) {
	t.Parallel()
	f, sim := measured(t)
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if f, err = release.Parse(raw); err != nil {
		t.Fatal(err)
	}
	q, err := sim.Quote(t.Context(), make([]byte, 64))
	if err != nil {
		t.Fatal(err)
	}
	collateral, err := sim.Collateral()
	if err != nil {
		t.Fatal(err)
	}
	subject := attestation.Subject{Quote: q.Quote, EventLog: []byte(q.EventLog), VMConfig: []byte(q.VMConfig), Collateral: collateral}
	for versions, want := range map[string]string{"": "", "v1": "", "v1 v0": "", "v0": "another app"} {
		l, err := f.Policy(strings.Fields(versions)...)
		if err != nil {
			t.Fatal(err)
		}
		if l.Dstack.KMSKey != f.KMSKey {
			t.Errorf("KMS key %q, want %q", l.Dstack.KMSKey, f.KMSKey)
		}
		l.Dstack.KMSKey = "" // a bare quote has no receipt key that it could have issued
		l.InsecureSimulatorRootPEM = sim.RootPEM()
		policy, err := attestation.NewPolicy(l)
		if err != nil {
			t.Fatal(err)
		}
		v := attestation.Examine(subject, policy, time.Now())
		if v.OK() != (want == "") {
			t.Errorf("versions %q: ok is %v", versions, v.OK())
		}
		for _, c := range v.Checks {
			if c.Status == attestation.Failed && !strings.HasPrefix(c.Name, "compose.") {
				t.Errorf("versions %q: check %s failed: %s", versions, c.Name, c.Why)
			}
		}
	}
	if _, err := f.Policy("v2"); !errors.Is(err, release.ErrUnknown) {
		t.Errorf("unknown version: %v", err)
	}
}

// The committed file is honest: an example, of which no policy comes.
func TestCommitted(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../dstack/measurements.json")
	if err != nil {
		t.Fatal(err)
	}
	f, err := release.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Policy(); f.Example != errors.Is(err, release.ErrExample) {
		t.Errorf("example is %v, policy says %v", f.Example, err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*release.File){
		"schema":        func(f *release.File) { f.Schema = "encompute/measurements/v2" },
		"no version":    func(f *release.File) { f.Workers[0].Version = "" },
		"twice":         func(f *release.File) { f.Workers[1].Version = f.Workers[0].Version },
		"compose hash":  func(f *release.File) { f.Workers[0].ComposeHashes = []string{"ab"} },
		"mrtd":          func(f *release.File) { f.Platforms[0].MRTD = "ab" },
		"rtmr2 missing": func(f *release.File) { f.Platforms[0].RTMR2 = "" },
		"KMS key":       func(f *release.File) { f.KMSKey = "ab" },
		"signer":        func(f *release.File) { f.SGX = []attestation.Signer{{MRSigner: "ab"}} },
	} {
		f, _ := measured(t)
		change(&f)
		raw, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := release.Parse(raw); !errors.Is(err, release.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
	for _, text := range []string{"", "[]", `{"schema":"encompute/measurements/v1","more":1}`, strings.Repeat(" ", release.MaxBytes+1)} {
		if _, err := release.Parse([]byte(text)); !errors.Is(err, release.ErrMalformed) {
			t.Errorf("%.40q: %v, want ErrMalformed", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	raw, err := os.ReadFile("../../dstack/measurements.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := release.Parse(raw)
		if err != nil {
			return
		}
		if l, err := file.Policy(); err == nil {
			if _, err := attestation.NewPolicy(l); err != nil {
				t.Errorf("a parsed file gives no policy: %v", err)
			}
		}
	})
}
