package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/internal/localnet"
	"github.com/encrypted-compute/encompute/cmd/internal/network"
	"github.com/encrypted-compute/encompute/protocol"
)

// uploadReport is about one large upload by the user's client, over loopback. The host hashes what comes and keeps it on disk.
type uploadReport struct {
	Bytes  int64        `json:"bytes"`
	Direct uploadResult `json:"direct"`
	Closed uploadResult `json:"closed"` // by a line that closes its connections: what was on the way arrives
	Reset  uploadResult `json:"reset"`  // by one that resets them: it does not
}

// uploadResult is how an upload went.
type uploadResult struct {
	Breaks  int     `json:"breaks"`
	Seconds float64 `json:"seconds"`
	MBs     float64 `json:"megabytesPerSecond"`
	Extra   int64   `json:"extraBytes"` // on the line, beyond the blob: sent again, and headers
	Percent float64 `json:"extraPercent"`
}

// The targets of uploads.
const (
	leastMBs    = 300
	mostPercent = 2
)

// runUpload uploads a large blob: directly, and twice through a line that breaks. All of it must arrive each time.
func runUpload(ctx context.Context, s *stage, r *report) error {
	s.net.Worker.Stop() // there is nothing to compute: the keys are noise
	out := &uploadReport{Bytes: int64(s.UploadMB) * 1_000_000}
	r.Upload = out
	model, err := s.largeModel(ctx, out.Bytes)
	if err != nil {
		return err
	}
	var broken []error
	for _, c := range []struct {
		name   string
		to     *uploadResult
		breaks int
		reset  bool
	}{{"directly", &out.Direct, 0, false}, {"broken by closing", &out.Closed, s.Breaks, false}, {"broken by resetting", &out.Reset, s.Breaks, true}} {
		*c.to, err = s.upload(ctx, model, out.Bytes, c.breaks, c.reset)
		if err != nil {
			broken = append(broken, fmt.Errorf("%s: %w", c.name, err))
			continue
		}
		s.say("%s: %.0f MB/s, %.2f %% extra", c.name, c.to.MBs, c.to.Percent)
	}
	r.least("upload: speed", out.Direct.MBs, leastMBs, "MB/s")
	r.most("upload: sent again where connections are closed", out.Closed.Percent, mostPercent, "%")
	r.most("upload: sent again where connections are reset", out.Reset.Percent, mostPercent, "%")
	return errors.Join(broken...)
}

// largeModel publishes the model once more, with a cut whose keys are so large. Only the host reads it, for which it is as good
// as any: it does not look into plans.
func (s *stage) largeModel(ctx context.Context, keys int64) (m protocol.JobSpec, err error) {
	manifest := s.manifest
	manifest.Name, manifest.Cuts = "large keys", slices.Clone(s.manifest.Cuts)
	cut := &manifest.Cuts[0]
	cut.KeysBytes, cut.InputBytes, cut.Keyless = uint64(keys), 1<<16, false
	b, err := protocol.Marshal(manifest)
	if err != nil {
		return m, err
	}
	hash := protocol.NewDigest("manifest", b)
	chain := network.CreatorChain{Client: s.net.Chain, Key: s.net.Accounts.Creator}
	if err := chain.Register(ctx, hash, manifest.SealingKey, map[uint32]protocol.Amount{cut.Index: localnet.ModelPrice}); err != nil {
		return m, err
	}
	var view protocol.ModelView
	err = s.call(ctx, http.MethodPost, "/v1/models", "", protocol.PublishRequest{ModelID: chain.ModelID(hash), Manifest: b}, &view)
	if err == nil && !view.Ready {
		err = errors.New("the host does not have the sealed prefix that it had")
	}
	return protocol.JobSpec{ModelID: view.ModelID, ManifestHash: hash}, err
}

// upload has the user's client bring a job's keys to the host, and requires that the job is queued then.
func (s *stage) upload(ctx context.Context, model protocol.JobSpec, bytes int64, breaks int, reset bool) (out uploadResult, err error) {
	l, err := newLine(strings.TrimPrefix(s.net.File.Host, "http://"))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	l.reset = reset
	var broken atomic.Int64
	host := s.net.File.Host
	if breaks > 0 {
		host = l.url()
		gap := bytes / int64(breaks+1)
		last := mathrand.Int64N(gap)
		l.setBroke(func() { // once in each stretch
			if n := broken.Add(1); n < int64(breaks) {
				next := gap*n + mathrand.Int64N(gap)
				l.arm(next - last)
				last = next
			}
		})
		l.arm(last)
	}
	u, transport := s.users[0], &http.Transport{MaxIdleConnsPerHost: 4}
	defer transport.CloseIdleConnections()
	config := u.client.Config
	config.Host, config.HTTP, config.Store = host, &http.Client{Transport: transport}, client.NewMemoryStore()
	config.Observer = func(step client.Step) {
		if step.Name == "upload keys" {
			out.Seconds, out.MBs = step.Seconds, float64(step.Bytes)/1e6/step.Seconds
		}
	}
	c, err := client.New(config)
	if err != nil {
		return out, err
	}
	job, err := s.largeJob(ctx, u, config.Store, model, bytes)
	if err != nil {
		return out, err
	}
	if err := c.Advance(ctx, job); err != nil {
		return out, err
	}
	if out.Breaks = int(broken.Load()); out.Breaks != breaks {
		return out, fmt.Errorf("the line broke %d times, want %d", out.Breaks, breaks)
	}
	if breaks > 0 {
		out.Extra = l.sent() - bytes - int64(1<<16) // the input came the same way
		out.Percent = 100 * float64(out.Extra) / float64(bytes)
	}
	var view protocol.JobView
	if err := s.call(ctx, http.MethodGet, "/v1/jobs/"+job.ID.String(), u.token, nil, &view); err != nil {
		return out, err
	}
	if view.State != protocol.JobQueued || len(view.Missing) > 0 {
		return out, fmt.Errorf("the job is %s and misses %v after the upload, want it queued", view.State, view.Missing)
	}
	return out, nil
}

// largeJob posts a job on chain as if it had been prepared; its keys and input are noise.
func (s *stage) largeJob(ctx context.Context, u *user, store client.Store, model protocol.JobSpec, bytes int64) (*client.Job, error) {
	spec, err := s.spec(ctx, u)
	if err != nil {
		return nil, err
	}
	spec.ModelID, spec.ManifestHash = model.ModelID, model.ManifestHash
	for _, b := range []struct {
		to   *protocol.Digest
		size int64
	}{{&spec.KeysHash, bytes}, {&spec.InputHash, 1 << 16}} {
		*b.to, _, err = store.PutBlob(ctx, func(w io.Writer) error {
			_, err := io.CopyN(w, rand.Reader, b.size)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	job := &client.Job{ID: s.net.Chain.Domain().JobID(spec), State: client.StatePosted, Spec: spec}
	_, _ = rand.Read(job.Uploads[:]) // never fails
	if _, err := s.net.Chain.PostJob(ctx, u.key, spec); err != nil {
		return nil, err
	}
	return job, store.Save(ctx, job)
}
