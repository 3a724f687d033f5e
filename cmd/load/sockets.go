package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/protocol"
)

// socketsReport is about many WebSockets that are open and idle.
type socketsReport struct {
	Creators  int     `json:"creators"`  // signed in
	Followers int     `json:"followers"` // users who follow their jobs
	Lost      int     `json:"lost"`      // closed although nobody asked for it
	Told      int     `json:"told"`      // followers who got the event at the end
	Opened    float64 `json:"openedPerSecond"`
	ToldIn    float64 `json:"toldInSeconds"` // from the upload until the last follower saw the output

	ResidentBefore int64 `json:"residentBytesBefore"` // of the host's process
	Resident       int64 `json:"residentBytes"`       // with all of them open
	Peak           int64 `json:"peakBytes"`
	EachBytes      int64 `json:"bytesPerSocket"`
}

// mostResident is the target for the host's resident memory.
const mostResident = 1 << 30

// sockets are the open ones.
type sockets struct {
	*stage
	group   sync.WaitGroup
	closing atomic.Bool
	lost    atomic.Int64
	told    atomic.Int64

	mu  sync.Mutex
	all []*websocket.Conn
}

// runSockets opens WebSockets, holds them, has an event reach every follower, and requires that none was lost.
func runSockets(ctx context.Context, s *stage, r *report) error {
	k := &sockets{stage: s}
	defer k.close()
	out := &socketsReport{Creators: s.Sockets / 5}
	out.Followers = s.Sockets - out.Creators
	r.Sockets = out
	jobs, err := k.announce(ctx, min(8, out.Followers))
	if err != nil {
		return err
	}
	pid := s.net.Host.PID()
	out.ResidentBefore = memory(pid, "VmRSS:")
	start := time.Now()
	if err := k.open(ctx, out, jobs); err != nil {
		return err
	}
	out.Opened = float64(s.Sockets) / time.Since(start).Seconds()
	s.say("%d sockets are open; holding them for %s", s.Sockets, s.Hold)
	select {
	case <-time.After(s.Hold):
	case <-ctx.Done():
		return ctx.Err()
	}
	out.Resident, out.Peak = memory(pid, "VmRSS:"), memory(pid, "VmHWM:")
	out.EachBytes = (out.Resident - out.ResidentBefore) / int64(s.Sockets)
	r.most("sockets: resident memory", float64(out.Resident), mostResident, "bytes")
	s.saveProfile(ctx, "sockets.heap", "heap")
	err = k.tell(ctx, out, jobs)
	out.Lost, out.Told = int(k.lost.Load()), int(k.told.Load())
	s.say("%d bytes resident, %d a socket; %d lost, %d of %d told in %.1f s", out.Resident, out.EachBytes, out.Lost, out.Told, out.Followers, out.ToldIn)
	if out.Lost > 0 {
		err = errors.Join(err, fmt.Errorf("%d sockets were closed by the host or broke", out.Lost))
	}
	return err
}

// announce posts jobs and tells the host about them, whose inputs are uploaded at the end.
func (k *sockets) announce(ctx context.Context, n int) ([]*client.Job, error) {
	jobs := make([]*client.Job, n)
	return jobs, k.share(ctx, n, func(ctx context.Context, u *user, i int) (err error) {
		if jobs[i], err = k.prepare(ctx, u); err != nil {
			return err
		}
		if err := u.client.Advance(ctx, jobs[i]); err != nil {
			return err
		}
		return k.call(ctx, http.MethodPost, "/v1/jobs", u.token, jobs[i].Spec, nil)
	})
}

// open opens all sockets, a few at the same time.
func (k *sockets) open(ctx context.Context, out *socketsReport, jobs []*client.Job) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(64)
	for range out.Creators {
		group.Go(func() error { return k.signInCreator(ctx) })
	}
	for i := range out.Followers {
		n := i % len(jobs)
		group.Go(func() error { return k.followJob(ctx, k.users[n%len(k.users)], jobs[n].ID) })
	}
	return group.Wait()
}

func (k *sockets) dial(ctx context.Context, path, token string) (*websocket.Conn, error) {
	dialer := websocket.Dialer{ReadBufferSize: 1024, WriteBufferSize: 512, HandshakeTimeout: time.Minute}
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	ws, _, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(k.net.File.Host, "http")+path, header)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, ws)
	return ws, nil
}

// signInCreator opens the stream of a creator who has no models.
func (k *sockets) signInCreator(ctx context.Context) error {
	key, err := protocol.NewSigningKey()
	if err != nil {
		return err
	}
	ws, err := k.dial(ctx, "/v1/creator", "")
	if err != nil {
		return err
	}
	c, err := receive[protocol.Challenge](ws, protocol.TypeChallenge)
	if err != nil {
		return err
	}
	login, err := protocol.EncodeMessage(protocol.TypeLogin, protocol.Login{
		Creator: key.Address(), Signature: key.SignDigest(protocol.LoginDigest(c.Host, c.ChainID, c.Nonce)),
	})
	if err != nil {
		return err
	}
	if err := ws.WriteMessage(websocket.TextMessage, login); err != nil {
		return err
	}
	if _, err := receive[protocol.Welcome](ws, protocol.TypeWelcome); err != nil {
		return err
	}
	k.keep(ws, func([]byte) bool { return false })
	return nil
}

func receive[T any](ws *websocket.Conn, t protocol.MessageType) (v T, err error) {
	_, b, err := ws.ReadMessage()
	if err != nil {
		return v, err
	}
	m, err := protocol.DecodeMessage(b)
	if err != nil {
		return v, err
	}
	if m.Type != t {
		return v, fmt.Errorf("message %s %.300s, want %s", m.Type, m.Body, t)
	}
	return protocol.DecodeBody[T](m)
}

// followJob opens the stream of a job's events.
func (k *sockets) followJob(ctx context.Context, u *user, id protocol.Digest) error {
	ws, err := k.dial(ctx, "/v1/jobs/"+id.String()+"/events", u.token)
	if err != nil {
		return err
	}
	computed := []byte(`"state":"` + protocol.JobComputed + `"`)
	k.keep(ws, func(b []byte) bool { return bytes.Contains(b, computed) })
	return nil
}

// keep reads a socket until it is closed; it is told by the first message for which told says so.
func (k *sockets) keep(ws *websocket.Conn, told func([]byte) bool) {
	k.group.Go(func() {
		once := false
		for {
			_, b, err := ws.ReadMessage()
			if err != nil {
				if !k.closing.Load() {
					k.lost.Add(1)
				}
				return
			}
			if !once && told(b) {
				once = true
				k.told.Add(1)
			}
		}
	})
}

// tell has the worker compute the jobs and waits until all followers saw that, and then brings the jobs to their ends.
func (k *sockets) tell(ctx context.Context, out *socketsReport, jobs []*client.Job) error {
	start := time.Now()
	if err := k.share(ctx, len(jobs), func(ctx context.Context, u *user, i int) error { return u.client.Advance(ctx, jobs[i]) }); err != nil {
		return err
	}
	over := time.After(2 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for int(k.told.Load()) < out.Followers {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		case <-over:
			return fmt.Errorf("%d of %d followers were told of their jobs within two minutes", k.told.Load(), out.Followers)
		}
	}
	out.ToldIn = time.Since(start).Seconds()
	return k.share(ctx, len(jobs), func(ctx context.Context, u *user, i int) error {
		_, err := u.client.Resume(ctx, jobs[i].ID)
		return err
	})
}

func (k *sockets) close() {
	k.closing.Store(true)
	k.mu.Lock()
	for _, ws := range k.all {
		ws.Close()
	}
	k.mu.Unlock()
	k.group.Wait()
}

// memory returns a figure of a process's memory in bytes; 0 where the system does not tell (Linux does).
func memory(pid int, field string) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), field)
	words := strings.Fields(rest)
	if len(words) == 0 {
		return 0
	}
	kilobytes, _ := strconv.ParseInt(words[0], 10, 64)
	return kilobytes << 10
}
