package dcap

import (
	"fmt"
	"maps"
	"strings"
)

// Evaluations are the highest evaluation numbers (tcbEvaluationDataNumber) known of Intel's
// documents. A key names a document: "tcb-info/tdx/<fmspc>" or "tcb-info/sgx/<fmspc>" with the
// family in 12 lower-case hexadecimal digits, "qe-identity/TD_QE" or "qe-identity/QE". Keys of
// documents below a simulator's root begin with "simulated/" and name that root, so that no
// simulator raises the numbers of real hardware.
type Evaluations map[string]uint32

// Merge returns a new map with the higher of both numbers for every document.
func (e Evaluations) Merge(other Evaluations) Evaluations {
	out := maps.Clone(e)
	if out == nil {
		out = make(Evaluations)
	}
	for key, n := range other {
		out[key] = max(out[key], n)
	}
	return out
}

// Evaluations are the numbers of the two documents. They are claims until both signatures are
// verified.
func (c Collateral) Evaluations() Evaluations {
	return Evaluations{
		fmt.Sprintf("tcb-info/%s/%x", strings.ToLower(c.TCBInfo.ID), []byte(c.TCBInfo.FMSPC)): c.TCBInfo.EvaluationNumber,
		"qe-identity/" + c.QEIdentity.ID: c.QEIdentity.EvaluationNumber,
	}
}
