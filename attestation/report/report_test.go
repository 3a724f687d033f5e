package report_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/attestation/report"
	"github.com/encrypted-compute/encompute/protocol"
)

const (
	log     = `[{"imr":3,"event_type":134217729,"digest":"","event":"app-id","event_payload":"00"}]`
	config  = `{"cpu_count":2}`
	compose = `{"manifest_version":2,"name":"app","runner":"docker-compose"}`
)

var (
	td      = append([]byte{4, 0, 2, 0, 0x81, 0, 0, 0}, make([]byte, 100)...)
	another = append([]byte{4, 0, 2, 0, 0x81, 0, 0, 1}, make([]byte, 100)...)
	enclave = append([]byte{1, 0, 0, 0, 2, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0}, make([]byte, 56)...)
	data    = strings.Repeat("07", 64)
)

// blob is a versioned attestation: quote, no events, report data, config.
func blob(q []byte) []byte {
	b := append([]byte{0, 0, byte(len(q) << 2 & 0xff), byte(len(q) >> 6)}, q...)
	b[2] |= 1
	b = append(b, 0, 0)
	b = append(b, bytes.Repeat([]byte{7}, 64)...)
	return append(append(b, byte(len(config)<<2)), config...)
}

func certificate(t testing.TB, withEvidence bool) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(10, 0, 0)}
	if withEvidence {
		value, err := asn1.Marshal(blob(td))
		if err != nil {
			t.Fatal(err)
		}
		template.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 62397, 1, 8}, Value: value}}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func pemOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// document is JSON of pairs of names and values.
func document(t testing.TB, fields map[string]any) string {
	t.Helper()
	b, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestParse(t *testing.T) {
	t.Parallel()
	hexTD := hex.EncodeToString(td)
	der, plain := certificate(t, true), certificate(t, false)
	tcbInfo := document(t, map[string]any{"mrtd": "00", "event_log": json.RawMessage(log), "app_compose": compose})
	evidence, err := json.Marshal(protocol.Evidence{TEE: "tdx", Quote: td, EventLog: []byte(log), AppCompose: []byte(compose)})
	if err != nil {
		t.Fatal(err)
	}
	agent := report.Report{Kind: report.KindAgent, Quote: td}
	full := report.Report{Kind: report.KindAgent, Quote: td, EventLog: []byte(log), VMConfig: []byte(config)}
	att := report.Report{Kind: report.KindAttestation, Quote: td, VMConfig: []byte(config)}
	cert := report.Report{Kind: report.KindCertificate, Quote: td, VMConfig: []byte(config), Certificate: der}
	for name, tt := range map[string]struct {
		text string
		want report.Report
	}{
		"quote":                  {string(td), report.Report{Kind: report.KindQuote, Quote: td}},
		"hex":                    {hexTD, report.Report{Kind: report.KindQuote, Encoding: "hex", Quote: td}},
		"hex with 0x and spaces": {" 0x" + hexTD[:10] + "\n\t " + strings.ToUpper(hexTD[10:]) + "\r\n", report.Report{Kind: report.KindQuote, Encoding: "hex", Quote: td}},
		"base64":                 {base64.StdEncoding.EncodeToString(td), report.Report{Kind: report.KindQuote, Encoding: "base64", Quote: td}},
		"base64 for addresses":   {base64.RawURLEncoding.EncodeToString(append(td, 0xff, 0xfe)), report.Report{Kind: report.KindQuote, Encoding: "base64", Quote: append(td, 0xff, 0xfe)}},
		"Open Enclave":           {string(enclave), report.Report{Kind: report.KindEnclave, Quote: enclave}},
		"Open Enclave in hex":    {hex.EncodeToString(enclave), report.Report{Kind: report.KindEnclave, Encoding: "hex", Quote: enclave}},
		"attestation":            {string(blob(td)), att},
		"certificate":            {string(der), cert},
		"PEM, chain":             {pemOf(der) + "\n" + pemOf(plain), report.Report{Kind: report.KindCertificate, Encoding: "pem", Quote: td, VMConfig: []byte(config), Certificate: der}},
		"GetTlsKey":              {document(t, map[string]any{"key": "", "certificate_chain": []string{pemOf(der), pemOf(plain)}}), cert},
		"GetQuote":               {document(t, map[string]any{"quote": hexTD, "event_log": log, "vm_config": config, "attestation": ""}), full},
		"log as array":           {document(t, map[string]any{"quote": "0x" + hexTD, "event_log": json.RawMessage(log), "vm_config": json.RawMessage(config)}), full},
		"TdxQuote":               {document(t, map[string]any{"quote": hexTD, "event_log": "", "hash_algorithm": "raw", "prefix": nil}), agent},
		"Attest":                 {document(t, map[string]any{"attestation": hex.EncodeToString(blob(td))}), report.Report{Kind: report.KindAgent, Quote: td, VMConfig: []byte(config)}},
		"quote and attestation":  {document(t, map[string]any{"quote": hexTD, "event_log": log, "attestation": hex.EncodeToString(blob(td))}), full},
		"Info": {
			document(t, map[string]any{"app_id": "00", "tcb_info": tcbInfo, "vm_config": config, "app_cert": pemOf(plain)}),
			report.Report{Kind: report.KindAgent, EventLog: []byte(log), AppCompose: []byte(compose), VMConfig: []byte(config), Certificate: plain},
		},
		"Info with evidence in the certificate": {
			document(t, map[string]any{"tcb_info": "", "quote": nil, "info": document(t, map[string]any{"tcb_info": json.RawMessage(tcbInfo), "app_cert": pemOf(der)}), "attestation": "", "intel_quote": hexTD}),
			report.Report{Kind: report.KindAgent, Quote: td, EventLog: []byte(log), AppCompose: []byte(compose), Certificate: der},
		},
		"cloud, instances": {
			document(t, map[string]any{"app_id": "", "instances": []any{map[string]any{"quote": nil}, map[string]any{"quote": hexTD, "tcb_info": json.RawMessage(tcbInfo)}}}),
			report.Report{Kind: report.KindCloud, Quote: td, EventLog: []byte(log), AppCompose: []byte(compose)},
		},
		"cloud, certificates": {
			document(t, map[string]any{"app_certificates": []any{map[string]any{"quote": hexTD}, map[string]any{"quote": nil}}, "tcb_info": json.RawMessage(tcbInfo), "quote": hexTD}),
			report.Report{Kind: report.KindCloud, Quote: td, EventLog: []byte(log), AppCompose: []byte(compose)},
		},
		"evidence":                     {string(evidence), report.Report{Kind: report.KindEvidence, Quote: td, EventLog: []byte(log), AppCompose: []byte(compose)}},
		"app-compose":                  {compose, report.Report{Kind: report.KindAppCompose, AppCompose: []byte(compose)}},
		"app-compose with white space": {"\n" + compose + "\n", report.Report{Kind: report.KindAppCompose, AppCompose: []byte("\n" + compose + "\n")}},
		"event log":                    {" " + log, report.Report{Kind: report.KindEventLog, EventLog: []byte(log)}},
	} {
		got, err := report.Parse([]byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Kind != tt.want.Kind || got.Encoding != tt.want.Encoding || (got.Evidence != nil) != (got.Kind == report.KindEvidence) {
			t.Errorf("%s: %s in %q, want %s in %q", name, got.Kind, got.Encoding, tt.want.Kind, tt.want.Encoding)
		}
		for part, pair := range map[string][2][]byte{
			"quote": {got.Quote, tt.want.Quote}, "event log": {got.EventLog, tt.want.EventLog}, "vm config": {got.VMConfig, tt.want.VMConfig},
			"app-compose": {got.AppCompose, tt.want.AppCompose}, "collateral": {got.Collateral, tt.want.Collateral}, "certificate": {got.Certificate, tt.want.Certificate},
		} {
			if !bytes.Equal(pair[0], pair[1]) {
				t.Errorf("%s: %s is %.80q, want %.80q", name, part, pair[0], pair[1])
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	hexTD := hex.EncodeToString(td)
	plain := certificate(t, false)
	entry := map[string]any{"quote": hexTD}
	for name, tt := range map[string]struct {
		text string
		want error
		says string
	}{
		"nothing":                 {"", report.ErrUnknown, "white space"},
		"too large":               {strings.Repeat(" ", report.MaxBytes+1), report.ErrMalformed, "at most 10485760"},
		"binary":                  {"\xff\xfe\xfd", report.ErrUnknown, "begins with fffefd"},
		"prose":                   {"This is no quote.", report.ErrUnknown, "neither hexadecimal nor base64"},
		"hex of something":        {"00ff00ff", report.ErrUnknown, "hex that begins with 00ff00ff; tried quote"},
		"hex of a cut quote":      {hexTD[:40], report.ErrUnknown, "hex that begins with 04000200"},
		"object of something":     {`{"a":1}`, report.ErrUnknown, `fields ["a"]`},
		"array of something":      {`[1]`, report.ErrMalformed, "event log"},
		"field twice":             {`{"quote":"` + hexTD + `","quote":""}`, report.ErrMalformed, `"quote" stands twice`},
		"another spelling":        {`{"Quote":"` + hexTD + `"}`, report.ErrUnknown, `["Quote"]`},
		"after the object":        {`{"quote":"` + hexTD + `"}{}`, report.ErrMalformed, "after the object"},
		"quote not hex":           {`{"quote":"zz"}`, report.ErrMalformed, "field quote"},
		"quote not a string":      {`{"quote":1}`, report.ErrMalformed, "not a string"},
		"quote of something":      {`{"quote":"00ff"}`, report.ErrMalformed, "does not begin like"},
		"quote too large":         {hexTD + strings.Repeat("00", quote.MaxBytes), report.ErrMalformed, "quote of"},
		"log that is no JSON":     {`{"quote":"` + hexTD + `","event_log":"x"}`, report.ErrMalformed, "does not hold JSON"},
		"report data too long":    {`{"quote":"` + hexTD + `","report_data":"` + data + `00"}`, report.ErrMalformed, "report data of 65 bytes"},
		"config too large":        {`{"quote":"` + hexTD + `","vm_config":"[` + strings.Repeat(" ", 70000) + `]"}`, report.ErrMalformed, "vm config of"},
		"fields that are empty":   {`{"quote":"","event_log":"","attestation":null}`, report.ErrMalformed, "fields are empty"},
		"two quotes":              {document(t, map[string]any{"quote": hexTD, "attestation": hex.EncodeToString(blob(another))}), report.ErrMalformed, "two different quotes"},
		"broken attestation":      {`{"attestation":"0000"}`, report.ErrMalformed, "field attestation"},
		"two instances":           {document(t, map[string]any{"instances": []any{entry, entry}}), report.ErrMalformed, "2 entries"},
		"no instance":             {`{"instances":[]}`, report.ErrMalformed, "0 entries"},
		"certificate, no quote":   {string(plain), report.ErrMalformed, "no evidence"},
		"PEM with a key":          {"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", report.ErrMalformed, "not a certificate"},
		"PEM cut":                 {pemOf(plain)[:60], report.ErrMalformed, "cut or damaged"},
		"evidence, unknown field": {`{"tee":"tdx","quote":"","binding":{},"more":1}`, report.ErrMalformed, "unknown field"},
		"info within info":        {`{"tcb_info":"{\"tcb_info\":{\"event_log\":1}}","quote":"` + hexTD[:8] + `"}`, report.ErrMalformed, "does not begin like"},
	} {
		_, err := report.Parse([]byte(tt.text))
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %v: %q", name, err, tt.want, tt.says)
		}
	}
}

// corpusForms says of every file of the corpus what it is; "" means that it is not evidence.
var corpusForms = map[string]struct {
	kind                 report.Kind
	encoding             string
	quote, log           bool
	vmConfig, reportData bool
}{
	"dcap-qvl/tdx_quote":                                        {kind: report.KindQuote, quote: true},
	"dcap-qvl/tdx_quote_outdated":                               {kind: report.KindQuote, quote: true},
	"dcap-qvl/sgx_quote":                                        {kind: report.KindQuote, quote: true},
	"dcap-qvl/near_quote_hex.txt":                               {kind: report.KindQuote, encoding: "hex", quote: true},
	"dcap-qvl/tdx-quote.hex":                                    {kind: report.KindQuote, encoding: "hex", quote: true},
	"dcap-qvl/tdx_quote_collateral.json":                        {kind: report.KindCollateral},
	"dcap-qvl/tdx_quote_outdated_collateral.json":               {kind: report.KindCollateral},
	"dcap-qvl/sgx_quote_collateral.json":                        {kind: report.KindCollateral},
	"dcap-qvl/near_quote_collateral.json":                       {kind: report.KindCollateral},
	"dstack/dstack_verifier_fixtures_quote-report.json":         {kind: report.KindAgent, quote: true, log: true, vmConfig: true, reportData: true},
	"dstack/dstack_verifier_fixtures_tdx-lite-getquote.json":    {kind: report.KindAgent, quote: true, log: true, vmConfig: true, reportData: true},
	"dstack/dstack_verifier_fixtures_tdx-lite-attestation.json": {kind: report.KindAgent, quote: true, log: true, vmConfig: true, reportData: true},
	"dstack/examples_rtmr3-based_report.json":                   {kind: report.KindAgent, quote: true, log: true},
	"dstack/examples_rtmr3-based_app-compose.json":              {kind: report.KindAppCompose},
	"dstack/sdk_simulator_app-compose.json":                     {kind: report.KindAppCompose},
	"dstack/sdk_simulator_appkeys.json":                         {},
	"dstack/sdk_simulator_sys-config.json":                      {},
	"go-tdx-guest/quote_v5_sample.dat":                          {kind: report.KindQuote, quote: true},
	"go-tdx-guest/tdx_prod_quote_SPR_E4.dat":                    {kind: report.KindQuote, quote: true},
	"go-tdx-guest/sample_tcbInfo_response":                      {},
	"go-tdx-guest/sample_qeIdentity_response":                   {},
	"intel/IntelSGXRootCA-production.der":                       {},
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real evidence")
	}
	seen := 0
	folder := os.DirFS(filepath.Join(root, "corpus/quotes"))
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		want, known := corpusForms[path]
		if !known {
			t.Errorf("%s: nothing is said about this file", path)
			return nil
		}
		seen++
		raw, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		r, err := report.Parse(raw)
		if want.kind == "" {
			if err == nil {
				t.Errorf("%s: read as %s, want an error", path, r.Kind)
			}
			return nil
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		if r.Kind != want.kind || r.Encoding != want.encoding || (r.Quote != nil) != want.quote || (r.EventLog != nil) != want.log ||
			(r.VMConfig != nil) != want.vmConfig || (r.ReportData != nil) != want.reportData ||
			(r.Collateral != nil) != (want.kind == report.KindCollateral) || (r.AppCompose != nil) != (want.kind == report.KindAppCompose) {
			t.Errorf("%s: %s in %q, quote %d, log %d, config %d, report data %d, collateral %d, compose %d bytes; want %+v", path, r.Kind,
				r.Encoding, len(r.Quote), len(r.EventLog), len(r.VMConfig), len(r.ReportData), len(r.Collateral), len(r.AppCompose), want)
		}
		if r.Quote == nil {
			return nil
		}
		if _, err := quote.Parse(r.Quote); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen != len(corpusForms) {
		t.Errorf("%d files of the corpus are there, want %d", seen, len(corpusForms))
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		string(td), hex.EncodeToString(td), base64.StdEncoding.EncodeToString(enclave), string(blob(td)), log, compose,
		`{"quote":"04000200","event_log":` + log + `,"tcb_info":{"app_compose":"{}"}}`, `{"instances":[{"quote":"00"}]}`,
		string(certificate(f, true)), pemOf(certificate(f, false)), `{"tee":"tdx","quote":"","binding":{}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := report.Parse(raw)
		switch {
		case err != nil && !errors.Is(err, report.ErrUnknown) && !errors.Is(err, report.ErrMalformed):
			t.Fatalf("%v has no class", err)
		case err == nil && r.Kind == "":
			t.Fatal("something was read that has no kind")
		case err == nil && r.Quote == nil && r.EventLog == nil && r.AppCompose == nil && r.Collateral == nil && r.Certificate == nil &&
			r.VMConfig == nil && r.ReportData == nil:
			t.Fatalf("%s holds nothing", r.Kind)
		}
	})
}
