package simulator_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// fetch asks the collateral server for a path that it must have.
func fetch(t testing.TB, s *simulator.Simulator, path string) (http.Header, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	s.CollateralHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d, %s", path, w.Code, w.Body)
	}
	return w.Header(), w.Body.Bytes()
}

// What is served is what the bundle holds: the documents as signed, chains URL-encoded.
func TestCollateralPaths(t *testing.T) {
	t.Parallel()
	s := newVariant(t, simulator.Config{})
	const tcb, qe, crl = "TCB-Info-Issuer-Chain", "SGX-Enclave-Identity-Issuer-Chain", "SGX-PCK-CRL-Issuer-Chain"
	for tee, bundled := range map[string]func() ([]byte, error){"tdx": s.Collateral, "sgx": s.SGXCollateral} {
		raw, err := bundled()
		if err != nil {
			t.Fatal(err)
		}
		var b dcap.Bundle
		if err := json.Unmarshal(raw, &b); err != nil {
			t.Fatal(err)
		}
		base := "/" + tee + "/certification/v4"
		for _, tt := range []struct{ path, header, chain, body string }{
			{base + "/tcb?fmspc=0053494d0000", tcb, b.TCBInfoIssuerChain, `{"tcbInfo":` + b.TCBInfo + `,"signature":"` + b.TCBInfoSignature + `"}`},
			{base + "/tcb?fmspc=0053494D0000&update=standard", tcb, b.TCBInfoIssuerChain, `{"tcbInfo":` + b.TCBInfo + `,"signature":"` + b.TCBInfoSignature + `"}`},
			{base + "/qe/identity", qe, b.QEIdentityIssuerChain, `{"enclaveIdentity":` + b.QEIdentity + `,"signature":"` + b.QEIdentitySignature + `"}`},
			{"/sgx/certification/v4/pckcrl?ca=platform&encoding=der", crl, b.PCKCRLIssuerChain, string(unhex(t, b.PCKCRL))},
			{"/sgx/certification/v4/rootcacrl", "", "", b.RootCRL},
			{"/IntelSGXRootCA.der", "", "", string(unhex(t, b.RootCRL))},
		} {
			header, body := fetch(t, s, tt.path)
			if string(body) != tt.body {
				t.Errorf("%s: body differs from the bundle", tt.path)
			}
			chain, err := url.PathUnescape(header.Get(tt.header))
			if tt.header != "" && (err != nil || chain != tt.chain) {
				t.Errorf("%s: issuer chain differs from the bundle (%v)", tt.path, err)
			}
		}
	}
}

func TestPCKCRLs(t *testing.T) {
	t.Parallel()
	s := newVariant(t, simulator.Config{})
	for ca, name := range map[string]string{"platform": "Intel SGX PCK Platform CA", "processor": "Intel SGX PCK Processor CA"} {
		_, der := fetch(t, s, "/sgx/certification/v4/pckcrl?encoding=der&ca="+ca)
		list, err := x509.ParseRevocationList(der)
		if err != nil {
			t.Fatal(err)
		}
		if list.Issuer.CommonName != name {
			t.Errorf("%s: issued by %q", ca, list.Issuer.CommonName)
		}
		_, text := fetch(t, s, "/sgx/certification/v4/pckcrl?ca="+ca)
		if block, _ := pem.Decode(text); block == nil || block.Type != "X509 CRL" || !bytes.Equal(block.Bytes, der) {
			t.Errorf("%s: PEM is not that of the DER", ca)
		}
	}
}

func TestCollateralRefusals(t *testing.T) {
	t.Parallel()
	s := newVariant(t, simulator.Config{})
	for path, want := range map[string]int{
		"/tdx/certification/v4/tcb":                                                            400,
		"/tdx/certification/v4/tcb?fmspc=00":                                                   400,
		"/tdx/certification/v4/tcb?fmspc=000000000000":                                         404,
		"/sgx/certification/v4/tcb?fmspc=0053494d0000&update=late":                             400,
		"/sgx/certification/v4/tcb?fmspc=0053494d0000&update=early&tcbEvaluationDataNumber=20": 400,
		"/tdx/certification/v4/qe/identity?tcbEvaluationDataNumber=x":                          400,
		"/tdx/certification/v4/qe/identity?tcbEvaluationDataNumber=19":                         410,
		"/tdx/certification/v4/qe/identity?tcbEvaluationDataNumber=22":                         404,
		"/sgx/certification/v4/pckcrl":                                                         400,
		"/sgx/certification/v4/pckcrl?ca=root":                                                 400,
		"/sgx/certification/v4/pckcrl?ca=platform&encoding=xml":                                400,
		"/tdx/certification/v4/pckcrl?ca=platform":                                             404,
		"/tdx/certification/v3/tcb?fmspc=0053494d0000":                                         404,
	} {
		w := httptest.NewRecorder()
		s.CollateralHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}

func TestEvaluationNumbers(t *testing.T) {
	t.Parallel()
	s := newVariant(t, simulator.Config{})
	for query, want := range map[string]uint32{
		"": simulator.EvaluationNumber, "&update=standard": simulator.EvaluationNumber, "&update=early": simulator.EvaluationNumber + 1,
		"&tcbEvaluationDataNumber=20": 20, "&tcbEvaluationDataNumber=21": 21,
	} {
		for _, path := range []string{"/tdx/certification/v4/tcb?fmspc=0053494d0000", "/sgx/certification/v4/qe/identity?"} {
			_, body := fetch(t, s, path+query)
			var document map[string]json.RawMessage
			if err := json.Unmarshal(body, &document); err != nil {
				t.Fatal(err)
			}
			var inner struct {
				Number uint32 `json:"tcbEvaluationDataNumber"`
			}
			for _, field := range []string{"tcbInfo", "enclaveIdentity"} {
				if text, ok := document[field]; ok {
					if err := json.Unmarshal(text, &inner); err != nil {
						t.Fatal(err)
					}
				}
			}
			if inner.Number != want {
				t.Errorf("%s%s: number %d, want %d", path, query, inner.Number, want)
			}
		}
	}
}

// The verifier's own client finds collateral that verifies, for every kind of quote and CA.
func TestCollateralOverHTTP(t *testing.T) {
	t.Parallel()
	for _, config := range []simulator.Config{{}, {ProcessorCA: true}, {Hooks: simulator.Hooks{Platform: func(p *simulator.Platform) { p.FMSPC = [6]byte{0xB0, 0xC0, 0x6F} }}}} {
		s := newVariant(t, config)
		server := httptest.NewServer(s.CollateralHandler())
		defer server.Close()
		fetcher, err := collateral.New(collateral.Config{URL: server.URL, HTTP: server.Client()})
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{tdx, sgx, remote} {
			policy, err := attestation.NewPolicy(accepting(s, kind))
			if err != nil {
				t.Fatal(err)
			}
			evidence := subject(t, s, kind)
			if evidence.Collateral, err = fetcher.Collateral(t.Context(), evidence.Quote); err != nil {
				t.Fatal(err)
			}
			if v := attestation.Examine(evidence, policy, variantNow); !v.OK() {
				t.Errorf("kind %q, Processor CA %v: %v", kind, config.ProcessorCA, v.Err())
			}
		}
	}
}

// Intel writes a space as %20: a plus sign stands for itself.
func TestIssuerChainEscapes(t *testing.T) {
	t.Parallel()
	header, _ := fetch(t, newVariant(t, simulator.Config{}), "/tdx/certification/v4/qe/identity")
	value := header.Get("SGX-Enclave-Identity-Issuer-Chain")
	if !strings.HasPrefix(value, "-----BEGIN%20CERTIFICATE-----%0A") || strings.ContainsAny(value, "+ \n") {
		t.Errorf("issuer chain begins with %.60q", value)
	}
}
