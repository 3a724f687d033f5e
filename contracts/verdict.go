package contracts

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"

	"github.com/encrypted-compute/encompute/protocol"
)

// Verdict is what an attester says about a worker after checking its quote.
type Verdict struct {
	Binding    protocol.Digest // protocol.Binding.RegistryBinding of the worker
	WorkloadID protocol.Digest // what the quote measures
	QuoteHash  protocol.Digest // of the quote, for audits
	ValidUntil uint64          // Unix seconds; at most 30 days ahead, later than any registered before
}

// The EIP-712 types of a verdict, as in AttesterVerifier.
const (
	domainType  = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
	verdictType = "Verdict(bytes32 binding,bytes32 workloadId,bytes32 quoteHash,uint64 validUntil)"
)

// SignVerdict signs v for the AttesterVerifier of a and returns the evidence that
// WorkerRegistry.register takes.
func SignVerdict(attester protocol.SigningKey, a Addresses, v Verdict) ([]byte, error) {
	name, version := protocol.Keccak256([]byte("Encrypted_Compute Attester")), protocol.Keccak256([]byte("1"))
	chain, until := new(big.Int).SetUint64(a.ChainID), new(big.Int).SetUint64(v.ValidUntil)
	separator := hashStruct(domainType, name[:], version[:], word(chain.Bytes()), word(a.AttesterVerifier[:]))
	digest := typedDigest(separator, verdictType, v.Binding[:], v.WorkloadID[:], v.QuoteHash[:], word(until.Bytes()))
	arguments, err := evidenceArguments()
	if err != nil {
		return nil, err
	}
	evidence, err := arguments.Pack([32]byte(v.WorkloadID), [32]byte(v.QuoteHash), v.ValidUntil, attester.SignDigest(digest))
	if err != nil {
		return nil, fmt.Errorf("encode verdict: %w", err)
	}
	return evidence, nil
}

func evidenceArguments() (abi.Arguments, error) {
	var arguments abi.Arguments
	for _, name := range []string{"bytes32", "bytes32", "uint64", "bytes"} {
		t, err := abi.NewType(name, "", nil)
		if err != nil {
			return nil, fmt.Errorf("encode verdict: %w", err)
		}
		arguments = append(arguments, abi.Argument{Type: t})
	}
	return arguments, nil
}
