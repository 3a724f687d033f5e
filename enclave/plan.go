package enclave

import (
	"math"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// jobPlan is a checked plan with what follows from it.
type jobPlan struct {
	fhe.Plan
	info   fhe.Info
	digest protocol.Digest

	predictedSeconds float64 // of an evaluation on this machine

	// Bytes of memory that an evaluator and a set of keys take, estimated from above.
	evaluatorBytes, keysBytes int64
}

func parsePlan(b []byte) (p jobPlan, err error) {
	if p.Plan, err = fhe.ParsePlan(b); err != nil {
		return jobPlan{}, err
	}
	lit, err := p.Literal()
	if err != nil {
		return jobPlan{}, err
	}
	p.info, p.digest = p.Info(), p.Digest()
	// A product of a stage is a plaintext polynomial at no more than all primes, of 8 bytes
	// a coefficient. Keys come with half of each as a seed and packed, and are expanded.
	// In floating point, because nothing yet bounds the products that a plan declares.
	primes := float64(len(lit.Q) + len(lit.P))
	polynomials := 0.0
	if p.info.Keyless {
		polynomials = 2 * float64(lit.Outputs) * float64(lit.Packing.Ciphertexts+1)
	}
	for _, s := range lit.Stages {
		polynomials += float64(max(0, s.Products)) + 1
	}
	p.evaluatorBytes = wholeBytes(polynomials * primes * math.Ldexp(8, lit.LogN))
	p.keysBytes = wholeBytes(float64(p.info.KeysBytes) * 2 * 64 * primes / p.info.LogQP)
	return p, nil
}

// wholeBytes turns a number of bytes into an integer between 0 and 2^60.
func wholeBytes(n float64) int64 { return int64(max(0, min(n, 1<<60))) }
