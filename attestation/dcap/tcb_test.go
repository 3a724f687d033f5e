package dcap

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/quote"
)

// document makes TCB information with two platform levels (the worse first, to be sorted) and a
// module of version 1 with two levels.
func document(t *testing.T) TCBInfo {
	t.Helper()
	components := func(first, third int) (list []any) {
		for i := range 16 {
			svn := 0
			if i == 0 {
				svn = first
			}
			if i == 2 {
				svn = third
			}
			list = append(list, map[string]any{"svn": svn})
		}
		return list
	}
	level := func(sgx, pce, tdx int, status Status) any {
		return map[string]any{
			"tcb": map[string]any{
				"sgxtcbcomponents": components(sgx, 0), "pcesvn": pce, "tdxtcbcomponents": components(tdx, 2),
			},
			"tcbDate": "2025-01-01T00:00:00Z", "tcbStatus": status,
		}
	}
	isv := func(svn int, status Status) any {
		return map[string]any{"tcb": map[string]any{"isvsvn": svn}, "tcbDate": "2025-01-01T00:00:00Z", "tcbStatus": status}
	}
	module := func(id string, levels ...any) any {
		return map[string]any{
			"id": id, "mrsigner": strings.Repeat("00", 48), "attributes": strings.Repeat("00", 8),
			"attributesMask": strings.Repeat("ff", 8), "tcbLevels": levels,
		}
	}
	raw, err := json.Marshal(map[string]any{
		"id": "TDX", "version": 3, "issueDate": "2025-01-01T00:00:00Z", "nextUpdate": "2025-02-01T00:00:00Z",
		"fmspc": "B0C06F000000", "pceId": "0000", "tcbType": 0, "tcbEvaluationDataNumber": 17,
		"tdxModule":           module(""),
		"tdxModuleIdentities": []any{module("tdx_01", isv(2, OutOfDate), isv(4, UpToDate))},
		"tcbLevels":           []any{level(1, 5, 1, OutOfDate), level(2, 11, 5, UpToDate)},
	})
	if err != nil {
		t.Fatal(err)
	}
	info, err := ParseTCBInfo(raw)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestAssess(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		cpu, pce, module, version, microcode uint8
		want                                 Status // empty: no level
	}{
		"all reached, module of 1.0":                {2, 11, 5, 0, 2, UpToDate},
		"higher everywhere":                         {9, 99, 9, 0, 9, UpToDate},
		"CPU component low":                         {1, 11, 5, 0, 2, OutOfDate},
		"PCE SVN low":                               {2, 10, 5, 0, 2, OutOfDate},
		"module of 1.0 low":                         {2, 11, 4, 0, 2, OutOfDate},
		"CPU component below all":                   {0, 11, 5, 0, 2, ""},
		"microcode below all":                       {2, 11, 5, 0, 1, ""},
		"module 1.5 judged by its own levels":       {2, 11, 4, 1, 2, UpToDate}, // component 0 wants 5
		"module 1.5 out of date":                    {2, 11, 3, 1, 2, OutOfDate},
		"module 1.5 below all":                      {2, 11, 1, 1, 2, ""},
		"module of a version that Intel left out":   {2, 11, 9, 7, 2, ""},
		"module 1.5 and the rest is still compared": {2, 11, 4, 1, 1, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := PCK{PCESVN: uint16(tt.pce)}
			p.CPUSVN[0] = tt.cpu
			td := &quote.TDReport{}
			td.TEETCBSVN[0], td.TEETCBSVN[1], td.TEETCBSVN[2] = tt.module, tt.version, tt.microcode
			a, err := document(t).Assess(quote.Quote{TEE: quote.TDX, TD: td}, p, Assessment{Status: UpToDate})
			if tt.want == "" {
				if !errors.Is(err, ErrNoLevel) {
					t.Errorf("assessment %+v, error %v, want ErrNoLevel", a, err)
				}
				return
			}
			if err != nil || a.Status != tt.want {
				t.Errorf("assessment %+v, error %v, want %s", a, err, tt.want)
			}
		})
	}
}

func TestMatchIgnoresCase(t *testing.T) {
	t.Parallel()
	p := PCK{FMSPC: [6]byte{0xb0, 0xc0, 0x6f}}
	q := quote.Quote{TEE: quote.TDX}
	if err := document(t).Match(q, p); err != nil {
		t.Error(err)
	}
	q.TEE = quote.SGX
	if err := document(t).Match(q, p); !errors.Is(err, ErrMismatch) {
		t.Errorf("TDX collateral for an SGX quote: %v", err)
	}
}

func TestIntelRoot(t *testing.T) {
	t.Parallel()
	root, err := IntelRoot()
	if err != nil {
		t.Fatal(err)
	}
	if root.Subject.CommonName != "Intel SGX Root CA" || !root.IsCA || root.CheckSignatureFrom(root) != nil {
		t.Errorf("root %s", root.Subject)
	}
}
