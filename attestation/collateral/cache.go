//go:build !js

package collateral

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/internal/atomicfile"
)

// How long a cache keeps what it got.
const (
	keep       = time.Hour      // a bundle serves this long before it is fetched anew
	margin     = 24 * time.Hour // or until this long before its first part expires
	holdOff    = time.Minute    // between two attempts to fetch a bundle of which there is a good one
	maxEntries = 32             // in memory, and in the folder: strangers' quotes may name anything
	maxFlights = 4              // fetches at once
)

// Cache keeps collateral in memory and, across processes, in a folder. A bundle that is old or
// nears its expiry is fetched anew; if that fails it serves until it expires. Callers who ask for
// the same platform at once share one fetch. It is safe for concurrent use.
type Cache struct {
	fetcher *Fetcher
	dir     string // empty: memory only
	slots   chan struct{}

	mu      sync.Mutex
	entries map[Key]entry
	flights map[Key]*flight
}

// entry is a bundle that was parsed.
type entry struct {
	bundle  []byte
	fetched time.Time
	again   time.Time // when to try for a newer one
	expires time.Time // when its first part does
}

// newEntry decides how long a bundle serves.
func newEntry(key Key, bundle []byte, fetched time.Time) (entry, error) {
	c, err := key.check(bundle)
	if err != nil {
		return entry{}, err
	}
	e := entry{bundle: bundle, fetched: fetched, expires: c.Expires()}
	if e.again = fetched.Add(keep); e.expires.Add(-margin).Before(e.again) {
		e.again = e.expires.Add(-margin)
	}
	return e, nil
}

func (e entry) fresh(now time.Time) bool { return now.Before(e.again) && e.valid(now) }

func (e entry) valid(now time.Time) bool { return e.bundle != nil && now.Before(e.expires) }

// NewCache keeps what f fetches in the folder dir, which it makes; in memory only if dir is empty.
func NewCache(f *Fetcher, dir string) (*Cache, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("collateral cache: %w", err)
		}
	}
	return &Cache{
		fetcher: f, dir: dir, slots: make(chan struct{}, maxFlights), entries: map[Key]entry{}, flights: map[Key]*flight{},
	}, nil
}

// Collateral implements Source.
func (c *Cache) Collateral(ctx context.Context, quote []byte) ([]byte, error) {
	key, err := parseKey(quote)
	if err != nil {
		return nil, err
	}
	return c.Fetch(ctx, key)
}

// Fetch is Fetcher.Fetch, or what it gave before.
func (c *Cache) Fetch(ctx context.Context, key Key) ([]byte, error) {
	c.mu.Lock()
	e := c.entries[key]
	c.mu.Unlock()
	if !e.fresh(time.Now()) {
		var err error
		if e, err = c.shared(ctx, key); err != nil {
			return nil, err
		}
	}
	return bytes.Clone(e.bundle), nil
}

// flight is a refresh under way. It ends when the last who waits for it goes.
type flight struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	entry   entry // set before done is closed, as is err
	err     error
}

// shared joins the refresh of a key, or starts it.
func (c *Cache) shared(ctx context.Context, key Key) (entry, error) {
	c.mu.Lock()
	f := c.flights[key]
	if f == nil {
		run, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{cancel: cancel, done: make(chan struct{})}
		c.flights[key] = f
		go c.fly(run, key, f)
	}
	f.waiting++
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.entry, f.err
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
		c.land(key, f) // who comes now starts another
	}
	return entry{}, fmt.Errorf("%w: %w", ErrUnavailable, context.Cause(ctx))
}

func (c *Cache) fly(ctx context.Context, key Key, f *flight) {
	defer f.cancel()
	defer close(f.done)
	select {
	case c.slots <- struct{}{}:
		f.entry, f.err = c.refresh(ctx, key)
		<-c.slots
	case <-ctx.Done():
		f.err = fmt.Errorf("%w: %w", ErrUnavailable, context.Cause(ctx))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.land(key, f)
}

// land removes a flight unless another has taken its place; the caller holds mu.
func (c *Cache) land(key Key, f *flight) {
	if c.flights[key] == f {
		delete(c.flights, key)
	}
}

// refresh fetches a bundle unless another process has, and goes on with the old one if it must.
func (c *Cache) refresh(ctx context.Context, key Key) (entry, error) {
	c.mu.Lock()
	old := c.entries[key]
	c.mu.Unlock()
	if e := c.read(key); e.fetched.After(old.fetched) {
		old = e
	}
	now := time.Now()
	if old.fresh(now) {
		c.remember(key, old)
		return old, nil
	}
	e, err := c.fetch(ctx, key)
	switch {
	case err == nil:
		e.again = later(e.again, now.Add(holdOff))
		c.write(key, e)
	case old.valid(now) && ctx.Err() == nil:
		e = old
		e.again = now.Add(holdOff)
	default:
		return entry{}, err
	}
	c.remember(key, e)
	return e, nil
}

func (c *Cache) fetch(ctx context.Context, key Key) (entry, error) {
	bundle, err := c.fetcher.Fetch(ctx, key)
	if err != nil {
		return entry{}, err
	}
	now := time.Now()
	e, err := newEntry(key, bundle, now)
	if err == nil && !e.valid(now) {
		err = fmt.Errorf("%w: it expired on %s", ErrBad, e.expires.UTC().Format(time.RFC3339))
	}
	return e, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// remember puts an entry into memory, in place of the oldest if there are too many.
func (c *Cache) remember(key Key, e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; !ok && len(c.entries) >= maxEntries {
		var oldest Key
		first := true
		for k, e := range c.entries {
			if first || e.fetched.Before(c.entries[oldest].fetched) {
				oldest, first = k, false
			}
		}
		delete(c.entries, oldest)
	}
	c.entries[key] = e
}

const suffix = ".collateral.json"

// path is the file of a key. Sources and versions that differ do not share files.
func (c *Cache) path(key Key) string {
	cfg := c.fetcher.cfg
	source := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%d", c.fetcher.base, c.fetcher.rootCRL, cfg.Update, cfg.EvaluationNumber))
	return filepath.Join(c.dir, fmt.Sprintf("%s-%x%s", key, source[:6], suffix))
}

// read returns what the folder has of a key. A file that is damaged, or of the future, is as good
// as none: it will be fetched and written again. The file's time is that of the fetch.
func (c *Cache) read(key Key) entry {
	if c.dir == "" {
		return entry{}
	}
	path := c.path(key)
	info, err := os.Stat(path)
	if err != nil || info.ModTime().After(time.Now()) {
		return entry{}
	}
	b, err := readFile(path)
	if err != nil {
		return entry{}
	}
	e, err := newEntry(key, b, info.ModTime())
	if err != nil {
		return entry{}
	}
	return e
}

// write puts an entry into the folder. It does not matter if that fails, on a full disk for
// instance: memory has it, and another process will fetch it for itself.
func (c *Cache) write(key Key, e entry) {
	if c.dir == "" {
		return
	}
	path := c.path(key)
	if err := atomicfile.Write(path, e.bundle); err != nil {
		return
	}
	_ = os.Chtimes(path, e.fetched, e.fetched)
	c.prune()
}

// prune removes the oldest files beyond maxEntries.
func (c *Cache) prune() {
	list, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	for _, d := range list {
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() && strings.HasSuffix(d.Name(), suffix) {
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, f := range files[min(len(files), maxEntries):] {
		if err := os.Remove(filepath.Join(c.dir, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return // tried again at the next write
		}
	}
}
