package contracts_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// The vectors are also read by test/Vectors.t.sol, which computes them in Solidity.
const vectorDir = "../protocol/testdata/vectors/receipt"

var update = flag.Bool("update", false, "write the receipt vectors")

// vector is one file of vectorDir.
type vector struct {
	Name    string           `json:"name"`
	Domain  protocol.Domain  `json:"domain"`
	Spec    protocol.JobSpec `json:"spec"`
	Receipt protocol.Receipt `json:"receipt"`
	JobID   protocol.Digest  `json:"jobId"`
	Digest  protocol.Digest  `json:"digest"` // what the worker signs

	ResultHash      protocol.Digest `json:"resultHash"`
	Delivery        protocol.Digest `json:"deliveryDigest"`        // what the creator signs
	Acknowledgement protocol.Digest `json:"acknowledgementDigest"` // what the user signs who has opened the result
	Transfer        protocol.Digest `json:"transferDigest"`        // what a host signs that holds the result
}

// vectors makes the cases: ordinary values, the least, the greatest, other domains.
func vectors() []vector {
	fill := func(b byte) (d protocol.Digest) {
		for i := range d {
			d[i] = b + byte(i)
		}
		return d
	}
	account := func(b byte) (a protocol.Address) {
		d := fill(b)
		return protocol.Address(d[:20])
	}
	ordinary := protocol.JobSpec{
		User: account(1), Creator: account(2), ModelID: fill(3), ManifestHash: fill(4), PrefixHash: fill(5), Cut: 6, WorkloadID: fill(7),
		ComputeMs: protocol.MaxComputeMs, PrefixBy: 1_800_000_000, DeliverBy: 1_800_003_600, InputHash: fill(8), KeysHash: fill(9),
		WorkerFee: 200_000, CreatorFee: 100_000, FeeBps: 250, Salt: fill(10),
	}
	keyless := ordinary
	keyless.KeysHash = protocol.Digest{}
	greatest := ordinary
	greatest.Cut, greatest.ComputeMs, greatest.FeeBps = math.MaxUint32, math.MaxUint32, math.MaxUint16
	greatest.PrefixBy, greatest.DeliverBy = 1<<40-1, 1<<40-1
	greatest.WorkerFee, greatest.CreatorFee = math.MaxUint64, math.MaxUint64

	dev := protocol.Domain{ChainID: 1337, Market: account(0x50)}
	cases := []vector{
		{Name: "ordinary", Domain: dev, Spec: ordinary, Receipt: protocol.Receipt{OutputHash: fill(0x60), ElapsedMs: 1234}},
		{Name: "keyless", Domain: dev, Spec: keyless, Receipt: protocol.Receipt{OutputHash: fill(0x60), ElapsedMs: 1234}},
		{Name: "zero", Domain: dev, Spec: protocol.JobSpec{}},
		{Name: "greatest", Domain: dev, Spec: greatest, Receipt: protocol.Receipt{OutputHash: fill(0xe0), ElapsedMs: math.MaxUint32}},
		{Name: "base", Domain: protocol.Domain{ChainID: 8453, Market: account(0x50)}, Spec: ordinary, Receipt: protocol.Receipt{OutputHash: fill(0x60)}},
		{Name: "other-market", Domain: protocol.Domain{ChainID: 1337, Market: account(0x51)}, Spec: ordinary, Receipt: protocol.Receipt{OutputHash: fill(0x60)}},
	}
	for i := range cases {
		v := &cases[i]
		v.JobID = v.Domain.JobID(v.Spec)
		v.Receipt.JobID, v.Receipt.PrefixHash, v.Receipt.KeysHash, v.Receipt.InputHash = v.JobID, v.Spec.PrefixHash, v.Spec.KeysHash, v.Spec.InputHash
		v.Digest = v.Domain.ReceiptDigest(v.Receipt)
		v.ResultHash = v.Spec.InputHash
		v.Delivery = v.Domain.DeliveryDigest(protocol.Delivery{JobID: v.JobID, OutputHash: v.Receipt.OutputHash, ResultHash: v.ResultHash})
		v.Acknowledgement = v.Domain.AcknowledgementDigest(protocol.Acknowledgement{JobID: v.JobID, ResultHash: v.ResultHash})
		v.Transfer = v.Domain.TransferDigest(protocol.Transfer{JobID: v.JobID, ResultHash: v.ResultHash})
	}
	return cases
}

func TestReceiptVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors() {
		want := append(must(json.MarshalIndent(v, "", "  "))(t), '\n')
		file := filepath.Join(vectorDir, v.Name+".json")
		if *update {
			check(t, os.MkdirAll(vectorDir, 0o755))
			check(t, os.WriteFile(file, want, 0o644))
		}
		if got := must(os.ReadFile(file))(t); !bytes.Equal(got, want) {
			t.Errorf("%s differs from what protocol computes; if that is meant, run this test with -update", file)
		}
	}
}
