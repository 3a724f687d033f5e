package attestation_test

import (
	"testing"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// BenchmarkVerify measures a whole verification with collateral, as clients and hosts do it. In a
// browser's engine:
//
//	GOOS=js GOARCH=wasm go test -run '^$' -bench Verify -exec "$(go env GOROOT)/lib/wasm/go_js_wasm_exec" ./attestation
func BenchmarkVerify(b *testing.B) {
	s := newScene(b, simulator.Hooks{})
	policy := mustPolicy(b, s.policy)
	for b.Loop() {
		if !attestation.Verify(s.evidence, s.want, policy, testNow).OK() {
			b.Fatal("refused")
		}
	}
}

// BenchmarkVerifyReal measures real evidence with Intel's documents, which are larger.
func BenchmarkVerifyReal(b *testing.B) {
	subject := corpusEvidence(b, "dstack/dstack_verifier_fixtures_quote-report.json", "dcap-qvl/tdx_quote_outdated_collateral.json")
	policy := mustPolicy(b, attestation.PolicyLiteral{})
	now, _ := window(b, "2026-03-01T00:00:00Z/2026-03-01T00:00:00Z")
	for b.Loop() {
		if !attestation.Examine(subject, policy, now).OK() {
			b.Fatal("refused")
		}
	}
}
