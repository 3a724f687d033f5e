package enclave

import (
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// jobPlan is a checked plan with what follows from it.
type jobPlan struct {
	fhe.Plan
	info   fhe.Info
	digest protocol.Digest

	predictedSeconds float64 // of an evaluation on this machine

	memory fhe.Memory
}

func parsePlan(b []byte, threads int) (p jobPlan, err error) {
	if p.Plan, err = fhe.ParsePlan(b); err != nil {
		return jobPlan{}, err
	}
	p.info, p.digest, p.memory = p.Info(), p.Digest(), p.Memory(threads)
	return p, nil
}
