package simulator

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/attestation/versioned"
	"github.com/encrypted-compute/encompute/dstack"
)

// recorded reads a JSON object that a real agent or Intel's service gave.
func recorded(t *testing.T, name string, into any) {
	t.Helper()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real answers")
	}
	raw, err := os.ReadFile(filepath.Join(root, "corpus/quotes", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// The SCALE encoder writes a real attestation byte for byte.
func TestScaleAsRecorded(t *testing.T) {
	t.Parallel()
	var answer struct {
		Attestation dstack.Hex `json:"attestation"`
	}
	recorded(t, "dstack/dstack_verifier_fixtures_tdx-lite-attestation.json", &answer)
	real, err := versioned.Parse(answer.Attestation)
	if err != nil {
		t.Fatal(err)
	}
	a := attestation{quote: real.Quote, log: real.Events, reportData: real.ReportData[:], config: real.Config}
	for _, e := range real.Events {
		if e.IMR == eventlog.RuntimeIMR {
			a.runtime = append(a.runtime, e)
		}
	}
	if got := a.encode(); !bytes.Equal(got, answer.Attestation) {
		t.Errorf("%d bytes, want the %d recorded", len(got), len(answer.Attestation))
	}
	// The certificate's part of the recorded log is all of it.
	if log := certificateLog(real.Events, Agent060); len(log) != len(real.Events) {
		t.Errorf("%d of %d recorded events belong into a certificate", len(log), len(real.Events))
	}
}

// An answer of GetQuote has the fields of a real one, and so have the events of its log.
func TestGetQuoteAsRecorded(t *testing.T) {
	t.Parallel()
	var real map[string]string
	recorded(t, "dstack/dstack_verifier_fixtures_tdx-lite-getquote.json", &real)
	s, err := New(Config{AppCompose: []byte(`{"name":"worker"}`), StrippedLog: true})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.getQuote(t.Context(), dstack.QuoteRequest{ReportData: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var ours map[string]string
	if err := json.Unmarshal(raw, &ours); err != nil {
		t.Fatal(err)
	}
	for name := range real {
		if _, ok := ours[name]; !ok {
			t.Errorf("field %q is missing", name)
		}
	}
	if got, want := shapes(t, ours["event_log"]), shapes(t, real["event_log"]); !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("events have the fields %v, want %v", got, want)
	}
}

// shapes maps "firmware", "ACPI" and the name of every runtime event to the fields that are not empty.
func shapes(t *testing.T, log string) map[string][]string {
	t.Helper()
	var events []map[string]any
	if err := json.Unmarshal([]byte(log), &events); err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]string)
	for _, e := range events {
		kind := "firmware"
		if name := e["event"].(string); name != "" {
			kind = name
		}
		var fields []string
		for name, value := range e {
			if value == "" {
				name += " (empty)"
			}
			fields = append(fields, name)
		}
		slices.Sort(fields)
		out[kind] = fields
	}
	return out
}

// Intel's documents have the fields of ours and the other way round, but for what says which
// component a number is of.
func TestCollateralAsRecorded(t *testing.T) {
	t.Parallel()
	s, err := New(Config{AppCompose: []byte(`{"name":"worker"}`)})
	if err != nil {
		t.Fatal(err)
	}
	for file, tee := range map[string]quote.TEE{"tdx_quote_collateral.json": quote.TDX, "sgx_quote_collateral.json": quote.SGX} {
		var real dcap.Bundle
		recorded(t, "dcap-qvl/"+file, &real)
		ours, err := s.bundle(tee, EvaluationNumber)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []struct{ name, ours, real string }{
			{"tcb info", ours.TCBInfo, real.TCBInfo}, {"qe identity", ours.QEIdentity, real.QEIdentity},
		} {
			got, want := fields(t, d.ours), fields(t, d.real)
			for name := range want {
				optional := strings.HasSuffix(name, "category string") || strings.HasSuffix(name, "type string") || strings.Contains(name, "advisoryIDs")
				if !got[name] && !optional {
					t.Errorf("%s %s: field %s is missing", file, d.name, name)
				}
			}
			for name := range got {
				if !want[name] {
					t.Errorf("%s %s: field %s is not Intel's", file, d.name, name)
				}
			}
		}
	}
}

// fields is the set of the paths of a JSON document's values with their types.
func fields(t *testing.T, document string) map[string]bool {
	t.Helper()
	var root any
	if err := json.Unmarshal([]byte(document), &root); err != nil {
		t.Fatal(err)
	}
	set := make(map[string]bool)
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, x := range v {
				walk(path+"."+name, x)
			}
		case []any:
			for _, x := range v {
				walk(path+"[]", x)
			}
		default:
			set[fmt.Sprintf("%s %T", path, v)] = true
		}
	}
	walk("", root)
	return set
}

// The certificates of a quote carry the extensions that Intel's do, no more and no less.
func TestCertificatesAsRecorded(t *testing.T) {
	t.Parallel()
	var answer struct {
		Quote dstack.Hex `json:"quote"`
	}
	recorded(t, "dstack/dstack_verifier_fixtures_tdx-lite-getquote.json", &answer)
	s, err := New(Config{AppCompose: []byte(`{"name":"worker"}`)})
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Quote(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ours, real := chainOf(t, q.Quote), chainOf(t, answer.Quote)
	for i := range real {
		if got, want := extensions(ours[i]), extensions(real[i]); !slices.Equal(got, want) {
			t.Errorf("certificate %d has the extensions %q, want %q", i, got, want)
		}
		if i < len(real)-1 && ours[i].Subject.CommonName != real[i].Subject.CommonName {
			t.Errorf("certificate %d is of %q, want %q", i, ours[i].Subject.CommonName, real[i].Subject.CommonName)
		}
	}
}

func chainOf(t *testing.T, raw []byte) []*x509.Certificate {
	t.Helper()
	q, err := quote.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	pck, err := dcap.ParsePCK(q.PCKChain)
	if err != nil {
		t.Fatal(err)
	}
	return pck.Chain
}

func extensions(c *x509.Certificate) (ids []string) {
	for _, e := range c.Extensions {
		ids = append(ids, e.Id.String())
	}
	slices.Sort(ids)
	return ids
}

// With the app key of dstack's own simulator, GetKey and Sign give the keys that it gives.
func TestKeysAsRecorded(t *testing.T) {
	t.Parallel()
	var keys struct {
		App dstack.Hex `json:"k256_key"`
	}
	recorded(t, "dstack/sdk_simulator_appkeys.json", &keys)
	s, err := New(Config{AppCompose: []byte(`{"name":"worker"}`)})
	if err != nil {
		t.Fatal(err)
	}
	s.appKey = secp256k1.PrivKeyFromBytes(keys.App)
	key, err := s.Key(dstack.KeyRequest{Path: "/test/path"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "b9fbb7171185c421c58610a2acba8ceae93623ae47815618cbad1e98fc042cb7"; hex.EncodeToString(key.Key) != want {
		t.Errorf("GetKey gives %x, want %s", []byte(key.Key), want)
	}
	signed, err := s.signData(signRequest{Algorithm: algorithmSecp256k1})
	if err != nil {
		t.Fatal(err)
	}
	if want := "036105f01d1fd781568f7c208b087b1c4f522601410ed7e9c7870d573de7c46d54"; signed.PublicKey.String() != want {
		t.Errorf("Sign's key is %s, want %s", signed.PublicKey, want)
	}
}
