//go:build ego && cgo

package enclave

import (
	"testing"

	egoenclave "github.com/edgelesssys/ego/enclave"
)

// TestEGoOutsideOfAnEnclave holds that no key comes from EGo where there is no SGX report.
// EGo itself hands out an all-zero key there, without an error.
func TestEGoOutsideOfAnEnclave(t *testing.T) {
	t.Parallel()
	if p, err := openEGo(t.Context()); err == nil {
		identity, _ := p.Identity(t.Context())
		t.Skipf("runs inside of enclave %s", identity.InstanceID)
	}
	seal, _, err := egoenclave.GetUniqueSealKey()
	if err == nil && !allZero(seal) {
		t.Errorf("outside of an enclave EGo gives a key that is not all zeros: NewEGo must know it, too")
	}
}
