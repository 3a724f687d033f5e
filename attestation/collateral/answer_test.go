package collateral

import (
	"bytes"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

var (
	certificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: bytes.Repeat([]byte{0xfb, 0xef, 0xbe}, 40)})) // "++++" in base64
	request     = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: []byte("x")}))
)

func TestIssuerChain(t *testing.T) {
	t.Parallel()
	chain := certificate + certificate
	for name, encoded := range map[string]string{
		"percent": percent(chain), "query": url.QueryEscape(chain), "plain plus": plainPlus(chain),
	} {
		for _, header := range tcbChainHeaders {
			h := http.Header{}
			h.Set(strings.ToLower(header), encoded)
			if got, err := issuerChain(h, tcbChainHeaders); err != nil || got != chain {
				t.Errorf("%s in %s: got %q, %v", name, header, got, err)
			}
		}
	}
}

func TestIssuerChainRefuses(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"missing":       "",
		"escape":        "%zz",
		"text":          "hello",
		"space":         "%20",
		"another block": percent(certificate + request),
		"text before":   percent("hello\n" + certificate),
		"text between":  percent(certificate + "hello\n" + certificate),
		"text behind":   percent(certificate + "hello"),
		"cut":           percent(certificate)[:100],
		"five":          percent(strings.Repeat(certificate, 5)),
		"long":          strings.Repeat(percent(certificate), 1000),
		"not encoded":   strings.ReplaceAll(certificate, "\n", ""),
	} {
		h := http.Header{}
		h.Set("TCB-Info-Issuer-Chain", value)
		got, err := issuerChain(h, tcbChainHeaders)
		if err == nil {
			t.Errorf("%s: got %q", name, got)
			continue
		}
		wantError(t, err, ErrBad, "TCB-Info-Issuer-Chain")
	}
}

// Whatever a header holds, what comes out is a few certificates in PEM, and stable.
func FuzzIssuerChain(f *testing.F) {
	for _, chain := range []string{"", certificate, certificate + certificate, certificate + request, "-----BEGIN CERTIFICATE-----\n"} {
		f.Add(percent(chain))
		f.Add(url.QueryEscape(chain))
		f.Add(plainPlus(chain))
	}
	f.Fuzz(func(t *testing.T, value string) {
		chain, err := decodeChain(value)
		if err != nil {
			return
		}
		rest := []byte(chain)
		n := 0
		for ; len(bytes.TrimSpace(rest)) > 0; n++ {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
				t.Fatalf("%q holds something that is no certificate", chain)
			}
		}
		if n == 0 || n > maxCertificates {
			t.Fatalf("%q holds %d certificates", chain, n)
		}
		for _, encode := range []func(string) string{percent, url.QueryEscape} {
			if again, err := decodeChain(encode(chain)); len(encode(chain)) <= maxIssuerChain && (err != nil || again != chain) {
				t.Fatalf("%q came back as %q, %v", chain, again, err)
			}
		}
	})
}

func FuzzCRL(f *testing.F) {
	for _, s := range []string{"", "0", "30", "3000", "\x30\x00", " 3000\n", "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := parseCRL(body)
		if err != nil {
			return
		}
		again, err := parseCRL([]byte(list))
		if list != "" && unhex(list)[0] == 0x30 && (err != nil || again != list) {
			t.Fatalf("%q came back as %q, %v", list, again, err)
		}
	})
}
