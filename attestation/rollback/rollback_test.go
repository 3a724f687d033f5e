package rollback

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/encrypted-compute/encompute/attestation/dcap"
)

const (
	tdx = "tcb-info/tdx/b0c06f000000"
	sgx = "tcb-info/sgx/b0c06f000000"
	qe  = "qe-identity/TD_QE"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func raise(t *testing.T, s *Store, numbers dcap.Evaluations) {
	t.Helper()
	if err := s.Raise(numbers); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, s *Store, numbers dcap.Evaluations) {
	t.Helper()
	if got, err := s.Floors(); err != nil || !maps.Equal(got, numbers) {
		t.Errorf("floors %v, %v; want %v", got, err, numbers)
	}
}

func TestRaise(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "made", "seen.json")
	for name, s := range map[string]*Store{"memory": NewMemory(), "zero": {}, "file": open(t, path)} {
		t.Run(name, func(t *testing.T) {
			want(t, s, nil)
			raise(t, s, nil)
			raise(t, s, dcap.Evaluations{tdx: 17, qe: 16})
			raise(t, s, dcap.Evaluations{tdx: 18, sgx: 5})
			raise(t, s, dcap.Evaluations{tdx: 16, qe: 16, sgx: 0})
			raised := dcap.Evaluations{tdx: 18, qe: 16, sgx: 5}
			want(t, s, raised)
			floors, err := s.Floors()
			if err != nil {
				t.Fatal(err)
			}
			floors[tdx] = 0 // a caller's own copy
			want(t, s, raised)
			if s.record != nil {
				want(t, open(t, path), raised)
			}
		})
	}
}

// A number of nothing counts: it says that the document was seen.
func TestRaiseToZero(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seen.json")
	raise(t, open(t, path), dcap.Evaluations{tdx: 0})
	want(t, open(t, path), dcap.Evaluations{tdx: 0})
}

func TestRaiseRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seen.json")
	for _, name := range []string{
		"", "tcb-info", tdx + "0", strings.ToUpper(tdx), "x" + tdx, tdx + "\n", "qe-identity/QVE", "simulated/" + tdx, "simulated/0123456789abcdeg/" + qe,
	} {
		for _, s := range []*Store{NewMemory(), open(t, path)} {
			if err := s.Raise(dcap.Evaluations{tdx: 1, name: 1}); !errors.Is(err, ErrName) {
				t.Errorf("%q: %v", name, err)
			}
			want(t, s, nil)
		}
	}
}

// Processes that share a file see each other's numbers.
func TestShared(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seen.json")
	a, b := open(t, path), open(t, path)
	raise(t, a, dcap.Evaluations{tdx: 17})
	want(t, b, dcap.Evaluations{tdx: 17})
	raise(t, b, dcap.Evaluations{qe: 3})
	raise(t, a, dcap.Evaluations{tdx: 16, sgx: 1})
	want(t, a, dcap.Evaluations{tdx: 17, qe: 3, sgx: 1})
	want(t, b, dcap.Evaluations{tdx: 17, qe: 3, sgx: 1})
}

// A file that was removed is written again with all that this process knows.
func TestRemoved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seen.json")
	s := open(t, path)
	raise(t, s, dcap.Evaluations{tdx: 17})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	want(t, s, dcap.Evaluations{tdx: 17})
	raise(t, s, dcap.Evaluations{tdx: 18, qe: 1})
	want(t, open(t, path), dcap.Evaluations{tdx: 18, qe: 1})
}

// No number is lost when many write at once.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seen.json")
	all := dcap.Evaluations{tdx: 24}
	var group sync.WaitGroup
	for i := range 8 { // each with its own lock, as processes have
		s := open(t, path)
		for j := range 4 {
			name := fmt.Sprintf("tcb-info/sgx/%012x", 8*j+i)
			all[name] = 1
			group.Go(func() {
				if err := s.Raise(dcap.Evaluations{tdx: uint32(3 * (i + 1)), name: 1}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	want(t, open(t, path), all)
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 2 { // and the lock
		t.Errorf("the folder holds %v, %v", files, err)
	}
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	many := dcap.Evaluations{}
	for i := range MaxEntries + 1 {
		many[fmt.Sprintf("tcb-info/sgx/%012x", i)] = 1
	}
	tooMany, err := json.Marshal(document{1, many})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ content, want string }{
		"empty":         {"", "EOF"},
		"cut":           {`{"version":1,"evaluations":{"` + tdx + `":1`, "EOF"},
		"text":          {"seen", "invalid character"},
		"list":          {"[]", "array"},
		"version":       {`{"version":2,"evaluations":{}}`, "version 2, want 1"},
		"no version":    {`{"evaluations":{}}`, "version 0, want 1"},
		"no numbers":    {`{"version":1}`, "evaluations are missing"},
		"null":          {`{"version":1,"evaluations":null}`, "evaluations are missing"},
		"unknown field": {`{"version":1,"evaluations":{},"more":1}`, "unknown field"},
		"behind":        {`{"version":1,"evaluations":{}}{}`, "bytes after"},
		"name":          {`{"version":1,"evaluations":{"x":1}}`, "no name of a document"},
		"negative":      {`{"version":1,"evaluations":{"` + tdx + `":-1}}`, "number -1"},
		"fraction":      {`{"version":1,"evaluations":{"` + tdx + `":1.5}}`, "number 1.5"},
		"large number":  {`{"version":1,"evaluations":{"` + tdx + `":4294967296}}`, "number 4294967296"},
		"many":          {string(tooMany), "1025 documents"},
		"large":         {`{"version":1,"evaluations":{}}` + strings.Repeat(" ", maxBytes), "larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "seen.json")
			s := open(t, path)
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, openErr := Open(path)
			_, floorsErr := s.Floors()
			for what, err := range map[string]error{"open": openErr, "floors": floorsErr, "raise": s.Raise(dcap.Evaluations{tdx: 1})} {
				if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "restore it from a copy") {
					t.Errorf("%s: got %v, want %q and a remedy", what, err, c.want)
				}
			}
			if b, err := os.ReadFile(path); err != nil || string(b) != c.content {
				t.Errorf("the file was changed to %q, %v", b, err)
			}
		})
	}
}

// What the system refuses is told, not taken for an empty record.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Open(dir); err == nil { // a folder
		t.Error("a folder is taken for a record")
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(file, "seen.json")); err == nil {
		t.Error("a record in a file is taken for an empty one")
	}
	path := filepath.Join(dir, "seen.json")
	s := open(t, path)
	if err := os.Mkdir(path+".lock", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Raise(dcap.Evaluations{tdx: 1}); err == nil {
		t.Error("numbers were raised without the lock")
	}
	want(t, s, nil)
}

// Simulators make room; Intel's documents never do.
func TestFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seen.json")
	for _, s := range []*Store{NewMemory(), open(t, path)} {
		real := dcap.Evaluations{}
		for i := range MaxEntries - 2 {
			real[fmt.Sprintf("tcb-info/sgx/%012x", i)] = 1
		}
		raise(t, s, real)
		sim := func(i int) string { return fmt.Sprintf("simulated/%016x/%s", i, qe) }
		for i := range 5 {
			raise(t, s, dcap.Evaluations{sim(i): 1})
		}
		all := maps.Clone(real)
		all[sim(4)] = 1 // 2 and 3 made room for it
		want(t, s, all)
		raise(t, s, dcap.Evaluations{tdx: 1, qe: 1})
		all[tdx], all[qe] = 1, 1
		delete(all, sim(4))
		want(t, s, all)
		if err := s.Raise(dcap.Evaluations{sgx: 1}); !errors.Is(err, ErrFull) {
			t.Errorf("one too many: %v", err)
		}
		raise(t, s, dcap.Evaluations{tdx: 2})
		all[tdx] = 2
		want(t, s, all)
	}
}

// Whatever is raised, in whatever order, floors are the highest numbers, and a file and memory agree.
func TestRaiseIsMaximum(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprint(n))
		memory := NewMemory()
		highest := dcap.Evaluations{}
		gen := rapid.MapOfN(rapid.SampledFrom([]string{tdx, sgx, qe, "qe-identity/QE"}), rapid.Uint32(), 0, 4)
		for _, numbers := range rapid.SliceOfN(gen, 0, 4).Draw(rt, "numbers") {
			disk, err := Open(path)
			if err != nil {
				rt.Fatal(err)
			}
			if err := errors.Join(disk.Raise(numbers), memory.Raise(numbers)); err != nil {
				rt.Fatal(err)
			}
			highest = highest.Merge(numbers)
			for _, s := range []*Store{disk, memory} {
				if got, err := s.Floors(); err != nil || !maps.Equal(got, highest) {
					rt.Fatalf("floors %v, %v; want %v", got, err, highest)
				}
			}
		}
	})
}

// shared is a Record in memory that loses the race of its first update, as records with revisions can.
type shared struct {
	kept  []byte
	fails error
}

func (*shared) String() string { return "shared" }

func (r *shared) Read() ([]byte, error) { return r.kept, r.fails }

func (r *shared) Update(change func([]byte) ([]byte, error)) error {
	var b []byte
	for range 2 { // the first result is thrown away
		var err error
		if b, err = change(r.kept); err != nil {
			return err
		}
	}
	r.kept = b
	return r.fails
}

// Stores on one record see each other's numbers, and one that cannot keep a number does not believe that it did.
func TestRecord(t *testing.T) {
	t.Parallel()
	r := new(shared)
	one, err := OpenRecord(r)
	if err != nil {
		t.Fatal(err)
	}
	other, err := OpenRecord(r)
	if err != nil {
		t.Fatal(err)
	}
	raise(t, one, dcap.Evaluations{tdx: 17})
	raise(t, other, dcap.Evaluations{qe: 3})
	want(t, one, dcap.Evaluations{tdx: 17, qe: 3})
	r.fails = errors.New("the disk is full")
	if err := one.Raise(dcap.Evaluations{tdx: 18}); !errors.Is(err, r.fails) {
		t.Errorf("a number that was not kept: %v", err)
	}
	r.fails, r.kept = nil, []byte("{}")
	if _, err := OpenRecord(r); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "shared") {
		t.Errorf("a damaged record: %v", err)
	}
}
