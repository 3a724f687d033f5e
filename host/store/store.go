// Package store says what a host must remember and how it may change: models, blobs that
// are expected or there, jobs with their leases, events, releases and the outbox of chain
// actions. Store is the seam; package relational implements it for the databases that packages
// sqlite (embedded) and postgres (shared by several hosts) open, and package storetest is the
// suite that every implementation must pass.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// What callers branch on.
var (
	// ErrNotFound says that there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrStale says that somebody speaks for a lease that they do not hold (any more).
	ErrStale = errors.New("lease is not held: another epoch, worker or state")
	// ErrConflict says that a job is in a state that does not allow this, or that
	// something else was stored in its place before.
	ErrConflict = errors.New("conflict with what is stored")
)

// Options are the limits that an implementation keeps.
type Options struct {
	Now         func() time.Time // clock of events, leases and the outbox
	MaxAttempts int              // how often a job is leased before it fails
	// Ageing is how long a queued job may be passed over for a younger one whose
	// evaluation keys the worker already holds.
	Ageing time.Duration
	// ActionLease is for how long an action of the outbox belongs to the host that took it.
	ActionLease time.Duration
	// Reading is how long the parts of a blob that was given up can still be read.
	Reading time.Duration
}

// Kind says what a blob is.
type Kind string

// The kinds of blobs.
const (
	KindPrefix Kind = "prefix" // sealed to workers, expected by a model
	KindInput  Kind = "input"  // expected by a job
	KindKeys   Kind = "keys"   // expected by a job
	// KindRecords is what a sheet is measured on, sealed to workers; expected by a creator's order until it is measured.
	KindRecords Kind = "records"
	KindOutput  Kind = "output" // put by the worker that holds a job's lease
)

// Blob is a blob that is expected or there.
type Blob struct {
	Digest protocol.Digest
	Bytes  int64
	Kind   Kind
}

// MaxUploads is how many uploads of one blob are kept. What a job expects is public, so
// strangers may send rubbish under its digest; it is in nobody's way but its sender's.
const MaxUploads = 4

// Upload is an upload of a blob that is not whole yet.
type Upload struct {
	Blob
	ID   string // chosen by whoever uploads, and known to nobody else
	Held int64  // bytes that are there
	Hash []byte // state of the digest after them
}

// Part is a piece of a blob in the bucket.
type Part struct {
	Place string // key in the bucket; never used twice
	Bytes int64
}

// Change is a change of a job that some host made. The zero Change stands for any.
type Change struct {
	JobID   protocol.Digest   `json:"jobId"`
	State   protocol.JobState `json:"state"`
	Creator protocol.Address  `json:"creator"`
}

// Model is a published model.
type Model struct {
	ID           protocol.Digest
	ManifestHash protocol.Digest
	Creator      protocol.Address
	Manifest     []byte // canonical bytes
	Ready        bool   // all blobs that it expects are there; set on reading
}

// Sheet is what a worker measured of a cut of a model.
type Sheet struct {
	Model   protocol.Digest
	Records protocol.Digest // blob of the sealed records that it was measured on
	protocol.SignedSheet
}

// Job is a job with what only the host knows about it.
type Job struct {
	protocol.JobView
	Epoch      uint64 // of the last lease
	Holder     string // session that holds the lease
	LeaseUntil time.Time
	// Acknowledgement is the user's signature that the result came; nil until there is one.
	Acknowledgement []byte
}

// Claim asks for a lease on a queued job.
type Claim struct {
	Holder     string // the worker's session
	Worker     protocol.Address
	WorkloadID protocol.Digest
	LeaseUntil time.Time
	ChainTime  time.Time // jobs whose receipt would come too late are not given out
}

// Lease names a lease: everything a worker says about a job is fenced by it.
type Lease struct {
	JobID  protocol.Digest
	Epoch  uint64
	Worker protocol.Address
}

// Worker is a worker that was accepted, with the evidence for it.
type Worker struct {
	Signer     protocol.Address
	Operator   protocol.Address
	WorkloadID protocol.Digest
	TCBStatus  string
	Simulated  bool
	Evidence   protocol.Evidence
	Verified   time.Time
	ValidUntil time.Time
}

// Session is an open stream of a worker or a creator.
type Session struct {
	ID      string               // of a worker's, also the Holder of its leases
	Peer    string               // address of the host that it is open at, for other hosts
	Account protocol.Address     // the worker's signer, or the creator
	Worker  *protocol.WorkerView // nil for a creator
}

// ActionKind names what the outbox does on chain.
type ActionKind string

// The actions of the outbox.
const (
	SubmitReceipt ActionKind = "receipt"
	Deliver       ActionKind = "delivery"
	Refund        ActionKind = "refund" // of a failed job, to its user
)

// Action is a pending action on chain, leased by a host.
type Action struct {
	ID       int64
	Epoch    uint64 // of the lease
	Kind     ActionKind
	Attempts int       // failed ones
	Ordered  time.Time // when it was put into the outbox
	Sent     time.Time // when it was last mined; zero if not yet
	Job      Job
}

// Outcome is what became of an attempt at an action.
type Outcome struct {
	Done  bool      // never to be looked at again
	Sent  time.Time // when it was mined
	Next  time.Time // when to look again unless Done
	Error string    // of a failed attempt
}

// Lapsed is a job that lost its lease or its chance.
type Lapsed struct {
	JobID  protocol.Digest
	Epoch  uint64
	Holder string // session that held the lease; empty if none did
	Late   bool   // a deadline of the job passed; else the lease ran out
}

// MaxNonces is how many nonces of sign-ins may be open at a time.
const MaxNonces = 100_000

// Login is a session of an account: who may speak for it, and until when.
type Login struct {
	Token   protocol.Digest // digest of the bearer token, which is not kept
	Account protocol.Address
	Signed  time.Time // when the wallet signed; renewals keep it
	Until   time.Time
}

// JobEntry is a job in the list of its account.
type JobEntry struct {
	Seq    uint64
	JobID  protocol.Digest
	Added  time.Time
	Erased time.Time // zero: it is not
}

// Store keeps a host's state. Every change of a job appends an event in the same
// transaction, and whatever fails a job orders a Refund in it. Methods that change jobs by
// batch return the ids of those that changed. An implementation is safe for concurrent use, by several hosts if it is a shared one.
type Store interface {
	// PutModel stores a model and the blobs that it expects. Storing it again is no error.
	PutModel(ctx context.Context, m Model, wants []Blob) error
	// Model returns a model or ErrNotFound.
	Model(ctx context.Context, id protocol.Digest) (Model, error)
	// Models returns at most limit models with an id above after, in the order of ids.
	Models(ctx context.Context, after protocol.Digest, limit int) ([]Model, error)

	// PutSheet stores a sheet. Another one of the same model, cut and records is no error and not kept.
	PutSheet(ctx context.Context, s Sheet) error
	// Sheets returns at most limit sheets of a model, the newest first.
	Sheets(ctx context.Context, model protocol.Digest, limit int) ([]Sheet, error)

	// Expect makes wants all that an owner, which is no model and no job, expects. Records that it expected before are given
	// up, with their blob, unless somebody else expects them.
	Expect(ctx context.Context, owner protocol.Digest, wants []Blob) error
	// Expected returns what is expected under a digest: the sizes and kinds allowed.
	Expected(ctx context.Context, digest protocol.Digest) ([]Blob, error)
	// Blob returns a blob that is there, or ErrNotFound.
	Blob(ctx context.Context, digest protocol.Digest) (Blob, error)
	// Parts returns the pieces of a blob that is there, in order, or ErrNotFound.
	Parts(ctx context.Context, digest protocol.Digest) ([]Part, error)
	// DropBlob says that a blob is not there any more, because it was lost.
	DropBlob(ctx context.Context, digest protocol.Digest) error
	// Usage returns the bytes of the blobs that an account's models and unfinished jobs
	// expect, and of those named as well, each counted once.
	Usage(ctx context.Context, account protocol.Address, also []Blob) (int64, error)

	// BeginUpload stores a new upload, or returns the one of the same digest and id as it
	// stands. Of more than MaxUploads of a blob, the one that holds least is dropped.
	BeginUpload(ctx context.Context, u Upload) (Upload, error)
	// Upload returns an upload or ErrNotFound.
	Upload(ctx context.Context, digest protocol.Digest, id string) (Upload, error)
	// Reserve counts a place in the bucket as garbage from a time on, unless Append takes it first.
	Reserve(ctx context.Context, place string, until time.Time) error
	// Append adds a part at a reserved place to an upload that still holds u.Held bytes, and
	// stores the state of the digest after it; else ErrConflict.
	Append(ctx context.Context, u Upload, p Part, hash []byte) error
	// Finish says that an upload is whole and right. It queues the jobs that waited for nothing
	// else and returns their ids. The upload is dropped if the blob was there already.
	Finish(ctx context.Context, u Upload) ([]protocol.Digest, error)
	// DropUpload gives an upload up.
	DropUpload(ctx context.Context, u Upload) error

	// Collect gives up at most limit blobs that no model expects and that no job has needed
	// since a time, and returns how many.
	Collect(ctx context.Context, before time.Time, limit int) (int, error)
	// Tidy gives up uploads, and forgets sessions and which keys they hold, if nothing has
	// happened to them since a time.
	Tidy(ctx context.Context, before time.Time) error
	// Garbage returns at most limit places to delete from the bucket.
	Garbage(ctx context.Context, limit int) ([]string, error)
	// Forget says that a place is deleted.
	Forget(ctx context.Context, place string) error

	// AddJob stores a job and the blobs that it expects; it is queued if they are all
	// there. Storing it again returns it as it stands.
	AddJob(ctx context.Context, id protocol.Digest, spec protocol.JobSpec, wants []Blob) (Job, error)
	// JobsOf returns how many jobs on a model came from an account since a time, but those that ended without an output.
	JobsOf(ctx context.Context, account protocol.Address, model protocol.Digest, since time.Time) (int, error)
	// Job returns a job or ErrNotFound.
	Job(ctx context.Context, id protocol.Digest) (Job, error)
	// Claim leases the oldest queued job, preferring one whose keys the session holds. It
	// returns ErrNotFound if there is none.
	Claim(ctx context.Context, c Claim) (Job, error)
	// Extend prolongs a lease, or ErrStale.
	Extend(ctx context.Context, l Lease, until time.Time) error
	// Progress stores how far a leased job is, or ErrStale.
	Progress(ctx context.Context, l Lease, p protocol.Progress) error
	// Complete ends a lease with a receipt and orders its submission, or ErrStale.
	Complete(ctx context.Context, l Lease, c protocol.Computed) error
	// Fail ends a lease without a receipt, or ErrStale. The job is queued again if f.Retry
	// is set and attempts are left.
	Fail(ctx context.Context, l Lease, f protocol.Failed) error
	// Abandon ends all leases of a session that is gone, as Fail with Retry.
	Abandon(ctx context.Context, holder string) ([]protocol.Digest, error)
	// Shorten has the leases of a session whose stream broke run out at a time, but those that do so before.
	Shorten(ctx context.Context, holder string, until time.Time) error
	// Rejoin gives the lease l back to its worker, if it holds it still, in a new session and until a time; else it is ErrStale. All other
	// leases of the worker end as by Abandon, also if it is stale; the ids of their jobs are returned.
	Rejoin(ctx context.Context, holder string, l Lease, until time.Time) ([]protocol.Digest, error)
	// Expire ends leases that ran out and fails jobs whose deadline is before chainTime.
	Expire(ctx context.Context, chainTime time.Time) ([]Lapsed, error)
	// GiveUp fails a job that is not delivered, refunded or failed.
	GiveUp(ctx context.Context, id protocol.Digest, f protocol.Failed) error
	// Refunded says that the chain gave money back. A delivered job stays as it is.
	Refunded(ctx context.Context, id protocol.Digest) error
	// Unrefunded returns at most limit failed jobs with an id above after, to compare them
	// with the chain.
	Unrefunded(ctx context.Context, after protocol.Digest, limit int) ([]protocol.Digest, error)

	// Release stores a computed job's release. The same one again is no error; another is
	// ErrConflict. Its sequence number is above those of the creator's earlier ones and not
	// below the time in Unix milliseconds, so that numbers do not come again, and are not
	// taken for answered, even if the whole store is lost.
	Release(ctx context.Context, r protocol.SignedRelease) (Job, error)
	// Releases returns at most limit unanswered releases for a creator above seq.
	Releases(ctx context.Context, creator protocol.Address, seq uint64, limit int) ([]protocol.Released, error)
	// Ack says that a creator has answered everything up to seq.
	Ack(ctx context.Context, creator protocol.Address, seq uint64) error
	// Deliver stores a released job's result and orders its submission. The same one again
	// is no error; another, or a job in another state, is ErrConflict.
	Deliver(ctx context.Context, d protocol.Delivered) error
	// Acknowledge stores the user's signature that the result of a delivered job came, and makes
	// its delivery due in the outbox. The first one stays; a job that is not delivered is
	// ErrConflict. It is no event.
	Acknowledge(ctx context.Context, id protocol.Digest, signature []byte) error
	// Unanswered stores why a creator could not answer a released job, which it still may.
	Unanswered(ctx context.Context, f protocol.Failed) error

	// Events returns at most limit events of a job above seq, in order.
	Events(ctx context.Context, id protocol.Digest, seq uint64, limit int) ([]protocol.Event, error)

	// Outbox leases at most limit pending actions that are due. They are not due for others
	// until Settle says so or the lease runs out.
	Outbox(ctx context.Context, limit int) ([]Action, error)
	// Hold prolongs the lease of an action, or ErrStale.
	Hold(ctx context.Context, a Action) error
	// Settle records an attempt at an action and ends its lease, or ErrStale.
	Settle(ctx context.Context, a Action, o Outcome) error

	// PutWorker records a worker that was accepted.
	PutWorker(ctx context.Context, w Worker) error
	// Worker returns the last record of a worker, or ErrNotFound.
	Worker(ctx context.Context, signer protocol.Address) (Worker, error)

	// AddNonce stores a nonce that may be signed once until a time, or ErrConflict if MaxNonces are open.
	AddNonce(ctx context.Context, nonce string, until time.Time) error
	// AddLogin uses a nonce up and stores a login, or ErrNotFound if the nonce is not open.
	AddLogin(ctx context.Context, nonce string, l Login) error
	// Login returns the login of a token that is not over, or ErrNotFound.
	Login(ctx context.Context, token protocol.Digest) (Login, error)
	// RenewLogin puts a login in the place of one that is not over, or ErrNotFound.
	RenewLogin(ctx context.Context, old protocol.Digest, l Login) error
	// DropLogin ends a login, DropLogins all of an account.
	DropLogin(ctx context.Context, token protocol.Digest) error
	DropLogins(ctx context.Context, account protocol.Address) error

	// JobsBy returns at most limit jobs that an account pays for with a number below before, the latest first.
	JobsBy(ctx context.Context, account protocol.Address, before uint64, limit int) ([]JobEntry, error)
	// JobsFor returns at most limit jobs on models of a creator with a number below before, the latest first.
	JobsFor(ctx context.Context, creator protocol.Address, before uint64, limit int) ([]JobEntry, error)
	// ModelsBy returns at most limit models of a creator with an id above after, in the order of ids.
	ModelsBy(ctx context.Context, creator protocol.Address, after protocol.Digest, limit int) ([]Model, error)
	// ReleaseOf returns the release of a job, or ErrNotFound.
	ReleaseOf(ctx context.Context, id protocol.Digest) (protocol.SignedRelease, error)
	// OutputOf reports whether a blob is the output of a job that an account pays for.
	OutputOf(ctx context.Context, output protocol.Digest, account protocol.Address) (bool, error)
	// Erase takes everything out of a job that is over but what is public on chain or settles it: its blobs, unless
	// others need them, its sealed release and result, its events. A job that is not over is ErrConflict.
	Erase(ctx context.Context, id protocol.Digest) error

	// PutSession records a stream that is open at a host, or what a worker says of itself now.
	PutSession(ctx context.Context, s Session) error
	// EndSession says that a stream is closed.
	EndSession(ctx context.Context, id string) error
	// KeepSessions says that the host at an address lives, and its streams with it.
	KeepSessions(ctx context.Context, peer string) error
	// EndSessions says that the host at an address has no streams.
	EndSessions(ctx context.Context, peer string) error
	// Sessions returns the streams at all hosts but the one at an address, as far as they
	// have been alive since a time.
	Sessions(ctx context.Context, peer string, since time.Time) ([]Session, error)

	// Follow calls f for every change that any host makes to a job, soon after it was made,
	// until ctx ends, and with the zero Change if some may have been missed. A store that one
	// host has for itself calls it never.
	Follow(ctx context.Context, f func(Change)) error

	Close() error
}
