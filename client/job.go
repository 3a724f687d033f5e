package client

import (
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// State says how far a job has come on the user's side.
type State string

// The states of a job, in order.
const (
	StateCreated   State = "created"   // keys and ciphertext are made, nothing is paid
	StatePosted    State = "posted"    // paid into escrow
	StateUploaded  State = "uploaded"  // the host has keys and ciphertext
	StateComputed  State = "computed"  // the receipt is verified
	StateReleased  State = "released"  // the one release is made and sealed
	StateDelivered State = "delivered" // the result is verified and opened
	// StateRefused ends a job whose output cannot be what the plan computes. The secret key is
	// gone, so that the same output is never judged again under other noise.
	StateRefused State = "refused"
)

// Job is what a client keeps of a job, from before it is paid until its result is read. It
// holds secrets: keep it encrypted at rest.
type Job struct {
	ID       protocol.Digest  `json:"id"`
	Revision uint64           `json:"revision"` // counts saves; see Store.Save
	State    State            `json:"state"`
	Host     string           `json:"host"`
	Created  uint64           `json:"created"` // by the chain's clock, Unix seconds
	Spec     protocol.JobSpec `json:"spec"`
	Manifest []byte           `json:"manifest"` // canonical bytes
	// Worker is the receipt key's account of the worker that the user verified.
	Worker    protocol.Address `json:"worker"`
	Simulated bool             `json:"simulated"` // the worker's evidence was a simulator's
	// Prediction is for that worker, as it was when it was verified.
	Prediction *Prediction `json:"prediction,omitempty"`

	// Input identifies the input's values, for its account; see privacy.InputDigest.
	Input protocol.Digest `json:"input"`
	// Flood is what the release is flooded for: the count of its secret key, as it was when the key was given out.
	Flood privacy.Params `json:"flood"`
	// Budget is what the user allowed of the input to be told, when the job was prepared.
	Budget privacy.Budget `json:"budget"`

	SecretKey []byte `json:"secretKey,omitempty"` // of the plan; gone once released
	ResultKey []byte `json:"resultKey,omitempty"` // private key that the result is sealed to

	// Uploads is what makes the job's uploads the user's own, so that nobody else can add to them.
	Uploads protocol.Digest `json:"uploads,omitzero"`

	Seq uint64 `json:"seq"` // last event of the host that was acted upon

	Computed  *protocol.Computed  `json:"computed,omitempty"`  // verified
	Release   *Release            `json:"release,omitempty"`   // made at most once
	Delivered *protocol.Delivered `json:"delivered,omitempty"` // verified; Sealed left out
	Result    *protocol.Result    `json:"result,omitempty"`
	// Acknowledged says that the host has the user's word that the result came.
	Acknowledged bool `json:"acknowledged,omitempty"`
}

// Release is the one release of a job. It is saved before it leaves the machine, so that
// the same intermediate is never released with other noise.
type Release struct {
	Sealed    []byte          `json:"sealed"` // Intermediate, sealed to the creator
	Hash      protocol.Digest `json:"hash"`   // BlobDigest of Sealed
	Signature []byte          `json:"signature,omitempty"`
	Values    []float64       `json:"values"` // what the creator gets to see
	Report    privacy.Report  `json:"report"` // how it was made safe
}

// manifest returns the parsed manifest and the job's cut.
func (j *Job) manifest() (m protocol.Manifest, cut protocol.Cut, err error) {
	m, err = protocol.ParseManifest(j.Manifest)
	if err != nil {
		return m, cut, fail(CodeStore, err)
	}
	cut, ok := m.Cut(j.Spec.Cut)
	if !ok {
		return m, cut, refuse(CodeStore, "job.cut", "cut %d is not in the job's manifest", j.Spec.Cut)
	}
	return m, cut, nil
}
