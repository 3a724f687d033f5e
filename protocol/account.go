package protocol

import "time"

// JobEntry is a job in the list of its user.
type JobEntry struct {
	Seq    uint64    `json:"seq"`
	Added  time.Time `json:"added"`
	Erased time.Time `json:"erased,omitzero"` // when its user had the host forget what is sealed
	Job    JobView   `json:"job"`
}

// JobList is a page of jobs, the latest first, without what is sealed in them.
type JobList struct {
	Jobs []JobEntry `json:"jobs"`
	Next uint64     `json:"next,omitempty"` // for ?before of the next page; 0: this is the last one
}

// CreatorJob is a job in the list of its model's creator.
type CreatorJob struct {
	Seq     uint64      `json:"seq"`
	Added   time.Time   `json:"added"`
	History []JobMoment `json:"history"` // each state that it was in, in order; none once its user had the host forget it
	Job     JobView     `json:"job"`
}

// JobMoment is when a job got into a state.
type JobMoment struct {
	State JobState  `json:"state"`
	Time  time.Time `json:"time"`
}

// CreatorJobList is a page of jobs, the latest first, without what is sealed in them.
type CreatorJobList struct {
	Jobs []CreatorJob `json:"jobs"`
	Next uint64       `json:"next,omitempty"` // for ?before of the next page; 0: this is the last one
}

// Exported is a line of an account's export: of the account, of each job and model, and "end" if it is complete.
type Exported struct {
	Kind            string         `json:"kind"`
	Account         *Address       `json:"account,omitempty"`
	Job             *JobEntry      `json:"job,omitempty"`
	Release         *SignedRelease `json:"release,omitempty"`
	Acknowledgement []byte         `json:"acknowledgement,omitempty"`
	Events          []Event        `json:"events,omitempty"`
	Model           *ModelView     `json:"model,omitempty"`
}

// Erasure says what came of the wish to be forgotten.
type Erasure struct {
	Erased int      `json:"erased"` // jobs
	Kept   []Digest `json:"kept"`   // jobs that are not over yet; at most 1000
}
