package protocol

import (
	"encoding/binary"
)

// Domain is the EIP-712 domain of the market: name "Encrypted_Compute", version "1".
type Domain struct {
	ChainID uint64  `json:"chainId"`
	Market  Address `json:"market"` // verifyingContract
}

// JobSpec is what a job asks and pays; its EIP-712 digest is the job's id. It names a
// workload (an allow-listed measurement), so that any live worker of it may answer.
type JobSpec struct {
	User         Address `json:"user"`
	Creator      Address `json:"creator"`
	ModelID      Digest  `json:"modelId"`
	ManifestHash Digest  `json:"manifestHash"`
	PrefixHash   Digest  `json:"prefixHash"`
	Cut          uint32  `json:"cut"`
	WorkloadID   Digest  `json:"workloadId"`
	ComputeMs    uint32  `json:"computeMs"` // limit for the prefix, at most MaxComputeMs
	PrefixBy     uint64  `json:"prefixBy"`  // Unix seconds, uint40: last second a receipt counts
	DeliverBy    uint64  `json:"deliverBy"` // Unix seconds, uint40: last second a delivery counts
	InputHash    Digest  `json:"inputHash"`
	KeysHash     Digest  `json:"keysHash"` // zero for a keyless plan
	WorkerFee    Amount  `json:"workerFee"`
	CreatorFee   Amount  `json:"creatorFee"`
	FeeBps       uint16  `json:"feeBps"`
	Salt         Digest  `json:"salt"`
}

// MaxComputeMs is the hard limit for the evaluation of a prefix.
const MaxComputeMs = 60_000

// Receipt is a worker's statement: this prefix ran on this input and gave this output
// in this time.
type Receipt struct {
	JobID      Digest `json:"jobId"`
	PrefixHash Digest `json:"prefixHash"`
	KeysHash   Digest `json:"keysHash"`
	InputHash  Digest `json:"inputHash"`
	OutputHash Digest `json:"outputHash"`
	ElapsedMs  uint32 `json:"elapsedMs"`
}

// Delivery is a creator's statement: this sealed result answers this job's output.
type Delivery struct {
	JobID      Digest `json:"jobId"`
	OutputHash Digest `json:"outputHash"`
	ResultHash Digest `json:"resultHash"` // BlobDigest of the sealed result
}

// Acknowledgement is a user's statement: this sealed result came, and I could open it. With it the
// creator is paid at once.
type Acknowledgement struct {
	JobID      Digest `json:"jobId"`
	ResultHash Digest `json:"resultHash"`
}

// Transfer is a host's statement: the sealed result of this digest is here for the job's user to
// fetch. It answers a user who contests a delivery.
type Transfer struct {
	JobID      Digest `json:"jobId"`
	ResultHash Digest `json:"resultHash"`
}

// Release is a user's statement: this sealed intermediate is what I release for this
// job. It never goes on chain; it keeps strangers from feeding a creator.
type Release struct {
	JobID       Digest `json:"jobId"`
	OutputHash  Digest `json:"outputHash"`
	ReleaseHash Digest `json:"releaseHash"` // BlobDigest of the sealed intermediate
}

// The type strings of EIP-712, and what the domain says; the contracts hold the same.
const (
	domainName    = "Encrypted_Compute"
	domainVersion = "1"

	domainType   = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
	jobSpecType  = "JobSpec(address user,address creator,bytes32 modelId,bytes32 manifestHash,bytes32 prefixHash,uint32 cut,bytes32 workloadId,uint32 computeMs,uint40 prefixBy,uint40 deliverBy,bytes32 inputHash,bytes32 keysHash,uint96 workerFee,uint96 creatorFee,uint16 feeBps,bytes32 salt)"
	receiptType  = "Receipt(bytes32 jobId,bytes32 prefixHash,bytes32 keysHash,bytes32 inputHash,bytes32 outputHash,uint32 elapsedMs)"
	deliveryType = "Delivery(bytes32 jobId,bytes32 outputHash,bytes32 resultHash)"
	ackType      = "Acknowledgement(bytes32 jobId,bytes32 resultHash)"
	transferType = "Transfer(bytes32 jobId,bytes32 resultHash)"
	releaseType  = "Release(bytes32 jobId,bytes32 outputHash,bytes32 releaseHash)"
)

// JobID returns the id of the job that spec describes.
func (d Domain) JobID(s JobSpec) Digest {
	return d.digest(jobSpecType, addressWord(s.User), addressWord(s.Creator), s.ModelID, s.ManifestHash, s.PrefixHash,
		uintWord(uint64(s.Cut)), s.WorkloadID, uintWord(uint64(s.ComputeMs)), uintWord(s.PrefixBy), uintWord(s.DeliverBy),
		s.InputHash, s.KeysHash, uintWord(uint64(s.WorkerFee)), uintWord(uint64(s.CreatorFee)), uintWord(uint64(s.FeeBps)), s.Salt)
}

// ReceiptDigest returns what a worker signs.
func (d Domain) ReceiptDigest(r Receipt) Digest {
	return d.digest(receiptType, r.JobID, r.PrefixHash, r.KeysHash, r.InputHash, r.OutputHash, uintWord(uint64(r.ElapsedMs)))
}

// DeliveryDigest returns what a creator signs.
func (d Domain) DeliveryDigest(v Delivery) Digest {
	return d.digest(deliveryType, v.JobID, v.OutputHash, v.ResultHash)
}

// AcknowledgementDigest returns what a user signs who has opened the result.
func (d Domain) AcknowledgementDigest(a Acknowledgement) Digest {
	return d.digest(ackType, a.JobID, a.ResultHash)
}

// TransferDigest returns what a host signs that holds the result.
func (d Domain) TransferDigest(t Transfer) Digest {
	return d.digest(transferType, t.JobID, t.ResultHash)
}

// ReleaseDigest returns what a user signs with a release.
func (d Domain) ReleaseDigest(r Release) Digest {
	return d.digest(releaseType, r.JobID, r.OutputHash, r.ReleaseHash)
}

// separator is EIP-712's domain separator.
func (d Domain) separator() Digest {
	return hashStruct(domainType, Keccak256([]byte(domainName)), Keccak256([]byte(domainVersion)),
		uintWord(d.ChainID), addressWord(d.Market))
}

func (d Domain) digest(typeString string, words ...Digest) Digest {
	sep, body := d.separator(), hashStruct(typeString, words...)
	return Keccak256([]byte{0x19, 0x01}, sep[:], body[:])
}

func hashStruct(typeString string, words ...Digest) Digest {
	t := Keccak256([]byte(typeString))
	parts := [][]byte{t[:]}
	for i := range words {
		parts = append(parts, words[i][:])
	}
	return Keccak256(parts...)
}

func uintWord(v uint64) (w Digest) {
	binary.BigEndian.PutUint64(w[24:], v)
	return w
}

func addressWord(a Address) (w Digest) {
	copy(w[12:], a[:])
	return w
}
