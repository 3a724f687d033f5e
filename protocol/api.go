package protocol

import "time"

// The host's HTTP interface is described by GET /v1/openapi.json, which is made of the types of this package. All bodies
// are JSON but those of blobs; errors are Problems. GET /v1/worker and /v1/creator become WebSockets of Messages, GET
// /v1/jobs/{id}/events one of Events.

// Network tells which chain and contracts a host serves. A client compares it with its
// own configuration and never takes it on trust.
type Network struct {
	Name           string  `json:"name"`
	ChainID        uint64  `json:"chainId"`
	Market         Address `json:"market"`
	WorkerRegistry Address `json:"workerRegistry"`
	ModelRegistry  Address `json:"modelRegistry"`
	Token          Address `json:"token"`
	WorkerFee      Amount  `json:"workerFee"` // least fee for which this host queues a job
	FeeBps         uint16  `json:"feeBps"`
	Software       string  `json:"software"`
}

// WorkerView is a worker as the host sees it.
type WorkerView struct {
	Signer     Address   `json:"signer"`
	Operator   Address   `json:"operator"`
	WorkloadID Digest    `json:"workloadId"`
	Simulated  bool      `json:"simulated"`
	TCBStatus  string    `json:"tcbStatus"`
	Connected  time.Time `json:"connected"`
	ValidUntil time.Time `json:"validUntil"` // of its registration on chain
	Busy       bool      `json:"busy"`
	Kind       string    `json:"kind,omitempty"` // of arithmetic, as the worker names it: "avx512ifma", "portable"

	Calibration *Calibration `json:"calibration,omitempty"` // signed by Signer
}

// Upload tells how far an upload has come. It is whole, and the blob is there, when all its
// bytes are held. Whatever a broken request brought is held; the next one begins there, at the
// end or with at least 64 KiB.
type Upload struct {
	Held  int64 `json:"held"`
	Bytes int64 `json:"bytes"` // of the whole blob; 0 if nothing has come yet
}

// An interim answer of this status tells in this header how many bytes of a blob the host has taken, while the upload
// goes on (status code 104 of draft-ietf-httpbis-resumable-upload).
const (
	StatusUploadResumption = 104
	UploadOffset           = "Upload-Offset"
)

// EvidenceQuery asks for fresh evidence over the asker's nonce.
type EvidenceQuery struct {
	Nonce Nonce `json:"nonce"`
}

// PublishRequest publishes a model that is registered on chain. Manifest is in its
// canonical form; its hash must be the registered one, so no signature is needed.
type PublishRequest struct {
	ModelID  Digest `json:"modelId"`
	Manifest []byte `json:"manifest"`
}

// ModelView is a published model.
type ModelView struct {
	ModelID      Digest `json:"modelId"`
	ManifestHash Digest `json:"manifestHash"`
	Manifest     []byte `json:"manifest"`
	Ready        bool   `json:"ready"`  // all sealed prefixes are there
	Online       bool   `json:"online"` // the creator's stream is open
}

// JobState is where a job stands at the host.
type JobState string

// The states of a job, in order; Failed and Refunded end it early.
const (
	JobPosted    JobState = "posted"    // paid on chain; keys or input not all uploaded
	JobQueued    JobState = "queued"    // waits for a worker
	JobRunning   JobState = "running"   // leased to a worker
	JobComputed  JobState = "computed"  // output and receipt are there
	JobReleased  JobState = "released"  // the creator has, or will get, the intermediate
	JobDelivered JobState = "delivered" // the result is there
	JobFailed    JobState = "failed"    // see Failure; money comes back after the deadline
	JobRefunded  JobState = "refunded"
)

// JobView is a job as the host sees it. Fields are set as the states are reached.
type JobView struct {
	JobID     Digest     `json:"jobId"`
	Spec      JobSpec    `json:"spec"`
	State     JobState   `json:"state"`
	Missing   []Digest   `json:"missing,omitempty"` // blobs still to upload
	Worker    Address    `json:"worker,omitzero"`
	Attempts  int        `json:"attempts"`
	Progress  *Progress  `json:"progress,omitempty"`
	Computed  *Computed  `json:"computed,omitempty"`
	Delivered *Delivered `json:"delivered,omitempty"`
	Failure   *Failed    `json:"failure,omitempty"`
}

// Event is one numbered thing that happened to a job: the job after it.
type Event struct {
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
	Job  JobView   `json:"job"`
}

// Problem is an error answer (RFC 9457): what is wrong and what to do about it.
type Problem struct {
	Type   string `json:"type"` // "urn:encompute:problem:<code>"
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	Remedy string `json:"remedy"`
}

// Error implements error.
func (p Problem) Error() string {
	s := p.Detail
	if s == "" {
		s = p.Title
	}
	if p.Remedy != "" {
		s += ": " + p.Remedy
	}
	return s
}
