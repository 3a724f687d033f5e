package collateral

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

// documents is how many requests one bundle takes.
const documents = 4

// cached is a cache before a simulator's collateral, with a test's own time.
type cached struct {
	*Cache
	t     *testing.T
	sim   *simulator.Simulator
	quote []byte
	pcs   *pcs
}

func newCached(t *testing.T, dir string) *cached {
	t.Helper()
	sim, q, p := simulated(t, simulator.Config{})
	c := &cached{t: t, sim: sim, quote: q, pcs: p}
	c.restart(dir)
	return c
}

// restart stands for another process over the same folder.
func (c *cached) restart(dir string) {
	c.t.Helper()
	var err error
	if c.Cache, err = NewCache(c.pcs.fetcher(c.t, Config{}), dir); err != nil {
		c.t.Fatal(err)
	}
}

// get asks once; it returns the bundle and how many requests that made.
func (c *cached) get() (bundle []byte, requests int) {
	c.t.Helper()
	bundle, err := c.Collateral(c.t.Context(), c.quote)
	if err != nil {
		c.t.Fatal(err)
	}
	return bundle, len(c.pcs.requests())
}

func (c *cached) wantFetched(what string, fetched bool) []byte {
	c.t.Helper()
	bundle, n := c.get()
	want := 0
	if fetched {
		want = documents
	}
	if n != want {
		c.t.Errorf("%s: %d requests, want %d", what, n, want)
	}
	return bundle
}

// down makes the server refuse everything.
func (c *cached) down(down bool) {
	c.pcs.fail = nil
	if down {
		c.pcs.fail = status(404) // not tried again
	}
}

func TestCacheKeeps(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"memory", "folder"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			dir := ""
			if where == "folder" {
				dir = filepath.Join(t.TempDir(), "made")
			}
			synctest.Test(t, func(t *testing.T) {
				c := newCached(t, dir)
				first := c.wantFetched("first", true)
				clear(first) // a caller's own copy
				second := c.wantFetched("second", false)
				time.Sleep(keep - time.Second)
				c.restartIf(dir)
				c.wantFetched("before an hour", false)
				time.Sleep(2 * time.Second)
				c.pcs.renew(t, c.sim)
				c.restartIf(dir)
				if third := c.wantFetched("after an hour", true); bytes.Equal(second, third) {
					t.Error("the new collateral is not served")
				}
			})
		})
	}
}

func (c *cached) restartIf(dir string) {
	if dir != "" {
		c.restart(dir)
	}
}

// Old collateral serves while there is no newer, until it expires; and a server that is down is
// not asked every time.
func TestCacheSurvivesServer(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"memory", "folder"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			dir := ""
			if where == "folder" {
				dir = t.TempDir()
			}
			synctest.Test(t, func(t *testing.T) {
				c := newCached(t, dir)
				first := c.wantFetched("first", true)
				parsed, err := dcap.ParseCollateral(first)
				if err != nil {
					t.Fatal(err)
				}
				c.down(true)
				time.Sleep(2 * keep)
				c.restartIf(dir)
				for i, want := range []int{1, 0} {
					if b, n := c.get(); n != want || !bytes.Equal(b, first) {
						t.Errorf("request %d: %d requests, want %d, and the same bundle", i, n, want)
					}
				}
				time.Sleep(holdOff)
				if _, n := c.get(); n != 1 {
					t.Error("the server is not tried again")
				}
				c.down(false)
				time.Sleep(holdOff)
				c.wantFetched("server is back", true)
				c.down(true)
				time.Sleep(time.Until(parsed.Expires()) - time.Second)
				if b, _ := c.get(); !bytes.Equal(b, first) {
					t.Error("not the bundle that is still valid")
				}
				time.Sleep(time.Second)
				_, err = c.Collateral(t.Context(), c.quote)
				wantError(t, err, ErrUnavailable, "404")
			})
		})
	}
}

// Collateral that is about to expire is fetched anew although it is young; one that has expired is
// no collateral.
func TestCacheNearExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCached(t, t.TempDir())
		bundle, _ := c.get()
		parsed, err := dcap.ParseCollateral(bundle)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(parsed.Expires()) - margin + time.Second)
		c.wantFetched("a day before expiry", true) // the server has nothing newer
		time.Sleep(holdOff - time.Second)
		c.wantFetched("just tried", false)
		time.Sleep(2 * time.Second)
		c.wantFetched("a minute later", true)
		c.pcs.renew(t, c.sim)
		time.Sleep(holdOff)
		c.wantFetched("renewed", true)
		time.Sleep(keep - time.Second)
		c.wantFetched("an hour later", false)
	})
	synctest.Test(t, func(t *testing.T) {
		c := newCached(t, t.TempDir())
		time.Sleep(31 * 24 * time.Hour)
		_, err := c.Collateral(t.Context(), c.quote)
		wantError(t, err, ErrBad, "expired on 2026-01-31T00:00:00Z")
	})
}

// Damaged files are as good as none.
func TestCacheDamaged(t *testing.T) {
	t.Parallel()
	_, _, other := simulated(t, simulator.Config{Hooks: simulator.Hooks{TCBInfo: func(d map[string]any) { d["fmspc"] = "00606a000000" }}})
	foreign, err := other.fetcher(t, Config{}).Fetch(t.Context(), Key{TEE: quote.TDX, FMSPC: [6]byte{0, 0x60, 0x6a}, CA: PlatformCA})
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(path string, good []byte) error{
		"empty":   func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
		"cut":     func(path string, good []byte) error { return os.WriteFile(path, good[:len(good)/2], 0o600) },
		"foreign": func(path string, _ []byte) error { return os.WriteFile(path, foreign, 0o600) },
		"large": func(path string, good []byte) error {
			return os.WriteFile(path, append(good, bytes.Repeat([]byte(" "), dcap.MaxCollateralBytes)...), 0o600)
		},
		"of the future": func(path string, _ []byte) error {
			return os.Chtimes(path, time.Now().Add(time.Hour), time.Now().Add(time.Hour))
		},
		"a folder": func(path string, _ []byte) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
		"gone":     func(path string, _ []byte) error { return os.Remove(path) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				c := newCached(t, dir)
				good := c.wantFetched("first", true)
				key, err := parseKey(c.quote)
				if err != nil {
					t.Fatal(err)
				}
				if err := damage(c.path(key), bytes.Clone(good)); err != nil {
					t.Fatal(err)
				}
				if name != "of the future" { // of this time, the damage alone
					_ = os.Chtimes(c.path(key), time.Now(), time.Now())
				}
				c.restart(dir)
				if again := c.wantFetched("damaged", true); !bytes.Equal(again, good) {
					t.Error("damaged collateral is served")
				}
				c.restart(dir)
				c.wantFetched("mended", name == "a folder")
			})
		})
	}
}

// Sources and versions do not share files.
func TestCachePath(t *testing.T) {
	t.Parallel()
	_, q, p := simulated(t, simulator.Config{})
	key, err := parseKey(q)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	other := Key{TEE: quote.SGX, FMSPC: key.FMSPC, CA: key.CA}
	processor := Key{TEE: key.TEE, FMSPC: key.FMSPC, CA: ProcessorCA}
	for _, k := range []Key{key, other, processor} {
		for _, cfg := range []Config{
			{}, {URL: "https://other.example"}, {Update: "early"}, {EvaluationNumber: 3}, {RootCRLURL: "https://other.example/crl"},
		} {
			c, err := NewCache(p.fetcher(t, cfg), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(c.path(k))
			if seen[name] {
				t.Errorf("%s stands for two", name)
			}
			seen[name] = true
		}
	}
}

// Callers at once share one fetch; one who leaves does not take the others with it.
func TestCacheCoalesces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCached(t, "")
		c.pcs.before = func() { time.Sleep(time.Second) }
		impatient, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2500*time.Millisecond, cancel)
		var group sync.WaitGroup
		for i := range 20 {
			group.Go(func() {
				ctx := t.Context()
				if i%4 == 0 {
					ctx = impatient
				}
				_, err := c.Collateral(ctx, c.quote)
				switch {
				case i%4 == 0:
					if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnavailable) {
						t.Errorf("impatient caller: %v", err)
					}
				case err != nil:
					t.Error(err)
				}
			})
		}
		group.Wait()
		if n := len(c.pcs.requests()); n != documents {
			t.Errorf("%d requests for 20 callers, want %d", n, documents)
		}
	})
}

// A fetch ends when the last who waits for it leaves, and the next caller starts anew.
func TestCacheAbandoned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCached(t, "")
		c.pcs.before = func() { time.Sleep(time.Second) }
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		if _, err := c.Collateral(ctx, c.quote); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want that time ran out", err)
		}
		if _, err := c.Collateral(t.Context(), c.quote); err != nil {
			t.Error(err)
		}
		if n := len(c.pcs.requests()); n != 2+documents {
			t.Errorf("%d requests, want %d", n, 2+documents)
		}
	})
}

// Quotes that strangers made up neither fill memory nor the folder, nor make many requests at once.
func TestCacheBounds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := newCached(t, dir)
		bundle := c.pcs.bundle
		var mu sync.Mutex
		open, most := 0, 0
		c.pcs.fail = func(w http.ResponseWriter, r *http.Request) bool {
			mu.Lock()
			open++
			most = max(most, open)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			open--
			mu.Unlock()
			b := bundle
			if family := r.URL.Query().Get("fmspc"); family != "" {
				b.TCBInfo = strings.Replace(b.TCBInfo, "0053494d0000", family, 1)
			}
			(&pcs{style: mirrorStyle, bundle: b}).ServeHTTP(w, r)
			return true
		}
		var group sync.WaitGroup
		for i := range 2 * maxEntries {
			group.Go(func() {
				key := Key{TEE: quote.TDX, FMSPC: [6]byte{byte(i)}, CA: PlatformCA}
				if _, err := c.Fetch(t.Context(), key); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(c.entries) != maxEntries || len(c.flights) != 0 {
			t.Errorf("%d entries and %d flights, want %d and none", len(c.entries), len(c.flights), maxEntries)
		}
		if most != maxFlights {
			t.Errorf("%d requests at once, want %d", most, maxFlights)
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) > maxEntries+maxFlights { // that many may be written while one counts
			t.Errorf("%d files, want %d", len(files), maxEntries)
		}
	})
}

// A folder that cannot be written costs the next process a fetch, nothing else.
func TestCacheWithoutFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "gone")
	synctest.Test(t, func(t *testing.T) {
		c := newCached(t, dir)
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		c.wantFetched("first", true)
		c.wantFetched("second", false)
		c.restart("")
		c.wantFetched("another process", true)
	})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, p := simulated(t, simulator.Config{})
	if _, err := NewCache(p.fetcher(t, Config{}), file); err == nil {
		t.Error("a file is taken for a folder")
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	_, q, p := simulated(t, simulator.Config{})
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	source, err := Open(srv.URL, dir)
	if err != nil {
		t.Fatal(err)
	}
	b, err := source.Collateral(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "tdx-0053494d0000-platform-*"+suffix))
	if err != nil || len(files) != 1 {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	// What is kept is a bundle file.
	if source, err = Open(files[0], ""); err != nil {
		t.Fatal(err)
	}
	if got, err := source.Collateral(t.Context(), nil); err != nil || !bytes.Equal(got, b) {
		t.Errorf("the bundle gives something else: %v", err)
	}
	bad := filepath.Join(dir, "bad.json")
	if err := os.WriteFile(bad, []byte(`{"tcb_info":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{"http://", "http://pccs.example", filepath.Join(dir, "none.json"), bad} {
		if _, err := Open(place, ""); err == nil {
			t.Errorf("Open(%q) gave no error", place)
		}
	}
}

func ExampleKey() {
	fmt.Println(Key{TEE: quote.TDX, FMSPC: [6]byte{0xb0, 0xc0, 0x6f}, CA: PlatformCA})
	// Output: tdx-b0c06f000000-platform
}
