package enclave

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// FuzzAssign: whatever a host assigns, the worker refuses it with a failure or finds that
// it is exactly a job of its chain, workload and limits.
func FuzzAssign(f *testing.F) {
	w, err := New(f.Context(), Config{Host: "http://host.example", Operator: testOperator, ChainID: testDomain.ChainID, Registry: testRegistry, Machine: testMachine}, scriptedTEE{"a", byPath})
	if err != nil {
		f.Fatal(err)
	}
	o := orderFor(w.keys.sealing, keyless())
	for _, spoil := range []func(*protocol.Assign){
		func(*protocol.Assign) {},
		func(a *protocol.Assign) { a.Cut.Plan = a.Cut.Plan[:len(a.Cut.Plan)/2] },
		func(a *protocol.Assign) { a.Cut.Shape = []int{-1} },
		func(a *protocol.Assign) { a.Spec.ComputeMs = 0 },
		func(a *protocol.Assign) { *a = protocol.Assign{} },
	} {
		a := o.assign
		spoil(&a)
		b, err := json.Marshal(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := protocol.DecodeBody[protocol.Assign](protocol.Message{Body: body})
		if err != nil {
			return
		}
		// A fuzzer cannot find the digest of a job, so it gets it for nothing.
		a.JobID = a.Domain.JobID(a.Spec)
		plan, err := (&job{worker: w, workload: testWorkload, assign: a}).check()
		if err != nil {
			if !errors.As(err, new(*failure)) {
				t.Fatalf("%v is no failure", err)
			}
			return
		}
		if a.Domain.ChainID != testDomain.ChainID || a.Spec.WorkloadID != testWorkload || a.Spec.ComputeMs > protocol.MaxComputeMs ||
			a.Cut.PrefixHash != a.Spec.PrefixHash || a.Cut.SealedPrefixBytes > protocol.MaxBlobBytes || uint64(plan.info.KeysBytes) != a.Cut.KeysBytes {
			t.Fatalf("accepted %s", bytes.TrimSpace(body))
		}
	})
}
