package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

// keyring is the secret key that new jobs under a plan share, and how often it was given out. Every job releases once at
// most, so the count bounds the releases. It is kept before the job is, and before anything of the job leaves this
// machine: a crash can lose a release of the count, never gain one.
type keyring struct {
	SecretKey []byte          `json:"secretKey,omitempty"` // gone once the count is used up
	KeysHash  protocol.Digest `json:"keysHash"`            // blob of the evaluation keys; zero if the plan needs none
	Used      int             `json:"used"`                // jobs that got it
	Limit     int             `json:"limit"`               // jobs that may get it: what their releases are flooded for
}

func ringName(plan fhe.Plan) protocol.Digest {
	d := plan.Digest()
	return protocol.NewDigest("record-keyring", d[:])
}

// keysFor gives a job its secret key and the blob of its evaluation keys: those of the plan's keyring while its count
// lasts, else new ones. With one release per key nothing is shared and nothing kept but by the job.
func (c *Client) keysFor(ctx context.Context, job *Job, plan fhe.Plan) (*fhe.SecretKey, error) {
	if c.Release.ReleasesPerKey <= 1 {
		return c.newKeys(ctx, job, plan)
	}
	for {
		secret, err := c.shareKeys(ctx, job, plan)
		if !errors.Is(err, ErrConflict) { // another job was faster: look at what is left of the count now
			return secret, err
		}
	}
}

// shareKeys takes one of the keyring's count, or begins a new one.
func (c *Client) shareKeys(ctx context.Context, job *Job, plan fhe.Plan) (secret *fhe.SecretKey, err error) {
	name := ringName(plan)
	r, revision, err := loadRecord[keyring](ctx, c.Store, name)
	if err != nil {
		return nil, err
	}
	spent := r.KeysHash
	if c.usable(ctx, r) {
		if secret, err = plan.ParseSecretKey(r.SecretKey); err != nil {
			return nil, fail(CodeStore, err)
		}
		job.SecretKey, job.Spec.KeysHash = r.SecretKey, r.KeysHash
	} else {
		if secret, err = c.newKeys(ctx, job, plan); err != nil {
			return nil, err
		}
		r = keyring{job.SecretKey, job.Spec.KeysHash, 0, c.Release.ReleasesPerKey}
	}
	if r.Used++; r.Used == r.Limit {
		r.SecretKey = nil // the jobs have it, and forget it when they have released
	}
	if err := saveRecord(ctx, c.Store, name, revision, r); err != nil {
		if errors.Is(err, ErrConflict) && r.Used == 1 {
			err = errors.Join(err, c.Store.DeleteBlob(ctx, r.KeysHash))
		}
		return nil, err
	}
	if r.Used == 1 && !spent.IsZero() {
		return secret, c.dropKeys(ctx, job.ID, spent)
	}
	return secret, nil
}

// retire takes a job's key out of its keyring: no further job gets it.
func (c *Client) retire(ctx context.Context, job *Job) error {
	if job.Flood.ReleasesPerKey <= 1 {
		return nil
	}
	_, cut, err := job.manifest()
	if err != nil {
		return err
	}
	plan, err := fhe.ParsePlan(cut.Plan)
	if err != nil {
		return fail(CodeStore, err)
	}
	for {
		r, revision, err := loadRecord[keyring](ctx, c.Store, ringName(plan))
		if err != nil || !bytes.Equal(r.SecretKey, job.SecretKey) {
			return err
		}
		r.Used, r.SecretKey = r.Limit, nil
		if err = saveRecord(ctx, c.Store, ringName(plan), revision, r); !errors.Is(err, ErrConflict) {
			return err
		}
	}
}

// usable reports whether a key may be given out once more: its count lasts, it was made for the count that is asked for,
// and its evaluation keys are still there.
func (c *Client) usable(ctx context.Context, r keyring) bool {
	if r.Used < 1 || r.Used >= r.Limit || r.Limit != c.Release.ReleasesPerKey {
		return false
	}
	if r.KeysHash.IsZero() {
		return true
	}
	f, _, err := c.Store.OpenBlob(ctx, r.KeysHash)
	return err == nil && f.Close() == nil
}

// newKeys makes a secret key, and evaluation keys if the plan needs any.
func (c *Client) newKeys(ctx context.Context, job *Job, plan fhe.Plan) (*fhe.SecretKey, error) {
	secret, err := plan.NewSecretKey()
	if err != nil {
		return nil, fmt.Errorf("make secret key: %w", err)
	}
	if job.SecretKey, err = secret.MarshalBinary(); err != nil {
		return nil, fmt.Errorf("make secret key: %w", err)
	}
	if plan.Info().Keyless {
		return secret, nil
	}
	return secret, c.step("make keys", func(s *Step) (err error) {
		report := func(done, total int) { c.progress("make keys", int64(done), int64(total), "") }
		job.Spec.KeysHash, s.Bytes, err = c.Store.PutBlob(ctx, func(w io.Writer) error {
			return plan.EvaluationKeys(ctx, secret, w, report)
		})
		return err
	})
}

// dropKeys removes evaluation keys that no job but one has still to upload.
func (c *Client) dropKeys(ctx context.Context, except, keys protocol.Digest) error {
	if keys.IsZero() {
		return nil
	}
	jobs, err := c.Store.List(ctx)
	if err != nil {
		return fail(CodeStore, err)
	}
	for _, j := range jobs {
		if j.ID != except && j.Spec.KeysHash == keys && (j.State == StateCreated || j.State == StatePosted || j.State == StateUploaded) {
			return nil
		}
	}
	return fail(CodeStore, c.Store.DeleteBlob(ctx, keys))
}

// shared reports whether a job's evaluation keys are those of a keyring that may be given out again.
func (c *Client) shared(ctx context.Context, job *Job) (bool, error) {
	if job.Spec.KeysHash.IsZero() {
		return false, nil
	}
	_, cut, err := job.manifest()
	if err != nil {
		return false, err
	}
	plan, err := fhe.ParsePlan(cut.Plan)
	if err != nil {
		return false, fail(CodeStore, err)
	}
	r, _, err := loadRecord[keyring](ctx, c.Store, ringName(plan))
	return r.KeysHash == job.Spec.KeysHash && r.Used < r.Limit, err
}

// loadRecord reads a record; the zero value and revision 0 if there is none.
func loadRecord[T any](ctx context.Context, s Store, name protocol.Digest) (v T, revision uint64, err error) {
	b, revision, err := s.Record(ctx, name)
	if err == nil && revision > 0 {
		err = protocol.Unmarshal(b, &v)
	}
	return v, revision, fail(CodeStore, err)
}

// saveRecord writes a record over the given revision; ErrConflict is for the caller.
func saveRecord[T any](ctx context.Context, s Store, name protocol.Digest, revision uint64, v T) error {
	b, err := protocol.Marshal(v)
	if err != nil {
		return err
	}
	err = s.SetRecord(ctx, name, revision, b)
	if errors.Is(err, ErrConflict) {
		return err
	}
	return fail(CodeStore, err)
}
