// Package rollback remembers the highest evaluation numbers of Intel's documents that a verifier
// has seen, so that it never goes back to older ones.
//
// Signed collateral stays valid for a month. Whoever may choose which of two valid documents a
// verifier sees could pick the one from before a TCB recovery, by which a broken platform is still
// up to date; the higher number (tcbEvaluationDataNumber) tells that there is a later one. Numbers
// are remembered for each document: they do not rise together.
//
// The numbers only rise. Intel publishes a recovery's documents early for those who ask for it
// (update=early); who has seen them once needs documents as new from then on.
package rollback

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/protocol"
)

// MaxEntries bounds how many documents are remembered. Intel has some dozens.
const MaxEntries = 1024

const maxBytes = 256 << 10 // of a record

var (
	// ErrDamaged means that the record is not one that a Store wrote. It is not replaced by an empty
	// one: that would let old collateral pass.
	ErrDamaged = errors.New("the record of seen collateral is damaged")
	// ErrFull means that more documents were seen than there can be.
	ErrFull = errors.New("the record of seen collateral is full")
	// ErrName means that an evaluation number is not of a document that dcap.Evaluations names.
	ErrName = errors.New("no name of a document")
)

// Record keeps the bytes of a Store beyond the process.
type Record interface {
	fmt.Stringer // where it is, for people

	// Read returns what is kept; nil if nothing is.
	Read() ([]byte, error)
	// Update replaces what is kept by what change makes of it, alone among those who share the record.
	Update(change func(kept []byte) ([]byte, error)) error
}

// Store holds the highest numbers seen, in a record or in memory. It is safe for concurrent use, and
// a record may be shared by processes.
type Store struct {
	record Record // nil: memory only

	mu   sync.Mutex
	seen dcap.Evaluations // that this process knows of
}

// NewMemory returns a store that ends with the process.
func NewMemory() *Store { return &Store{} }

// Open returns the store in the file at path. It reads the file, which need not exist yet; an error
// wraps ErrDamaged or is the system's.
func Open(path string) (*Store, error) { return OpenRecord(file(path)) }

// OpenRecord returns the store in a record. It reads the record; an error wraps ErrDamaged or is the record's.
func OpenRecord(r Record) (*Store, error) {
	s := &Store{record: r}
	_, err := s.Floors()
	return s, err
}

// Floors returns the highest numbers seen by any process that shares the record.
func (s *Store) Floors() (dcap.Evaluations, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(); err != nil {
		return nil, err
	}
	return s.seen.Merge(nil), nil
}

// Raise remembers numbers that are higher than those before. Pass only what was read from
// documents whose signatures were verified, as Verdict.Evaluations is: anybody can write a number.
func (s *Store) Raise(numbers dcap.Evaluations) error {
	for name := range numbers {
		if !names.MatchString(name) {
			return fmt.Errorf("%w: %.80q", ErrName, name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.covers(numbers) { // in this process, so on disk, too
		return nil
	}
	if s.record == nil {
		next, err := s.raised(numbers)
		if err == nil {
			s.seen = next
		}
		return err
	}
	var next dcap.Evaluations
	err := s.record.Update(func(kept []byte) ([]byte, error) {
		err := s.merge(kept)
		if err != nil {
			return nil, err
		}
		if next, err = s.raised(numbers); err != nil {
			return nil, err
		}
		b, err := json.MarshalIndent(document{1, next}, "", "  ")
		return append(b, '\n'), err
	})
	if err != nil {
		return fmt.Errorf("record seen collateral: %w", err)
	}
	s.seen = next
	return nil
}

func (s *Store) covers(numbers dcap.Evaluations) bool {
	for name, n := range numbers {
		if seen, ok := s.seen[name]; !ok || seen < n {
			return false
		}
	}
	return true
}

// raised merges numbers into what was seen. If that is too much, simulators are forgotten: every
// start of one may be another, and nothing that matters stands on them.
func (s *Store) raised(numbers dcap.Evaluations) (dcap.Evaluations, error) {
	next := s.seen.Merge(numbers)
	if len(next) > MaxEntries {
		maps.DeleteFunc(next, func(name string, _ uint32) bool {
			_, now := numbers[name]
			return !now && strings.HasPrefix(name, simulated)
		})
	}
	if len(next) > MaxEntries {
		return nil, fmt.Errorf("%w: %d documents, at most %d: keep a copy of the record and begin a new one", ErrFull, len(next), MaxEntries)
	}
	return next, nil
}

// document is the record as JSON.
type document struct {
	Version     int              `json:"version"`
	Evaluations dcap.Evaluations `json:"evaluations"`
}

const simulated = "simulated/"

// names is what a key of dcap.Evaluations looks like.
var names = regexp.MustCompile(`^(` + simulated + `[0-9a-f]{16}/)?(tcb-info/(tdx|sgx)/[0-9a-f]{12}|qe-identity/(TD_QE|QE))$`)

// load merges what the record holds; the caller holds mu.
func (s *Store) load() error {
	if s.record == nil {
		return nil
	}
	kept, err := s.record.Read()
	if err != nil {
		return fmt.Errorf("record of seen collateral: %w", err)
	}
	return s.merge(kept)
}

// merge adds what was kept to what was seen; the caller holds mu.
func (s *Store) merge(kept []byte) error {
	if kept == nil {
		return nil
	}
	var held document
	err := protocol.UnmarshalJSON(bytes.NewReader(kept), maxBytes, &held)
	if err == nil {
		err = held.check()
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w: restore it from a copy, or remove it, after which collateral older than what was seen passes once more",
			ErrDamaged, s.record, err)
	}
	s.seen = s.seen.Merge(held.Evaluations)
	return nil
}

func (d document) check() error {
	switch {
	case d.Version != 1:
		return fmt.Errorf("version %d, want 1", d.Version)
	case d.Evaluations == nil:
		return errors.New("evaluations are missing")
	case len(d.Evaluations) > MaxEntries:
		return fmt.Errorf("%d documents, at most %d", len(d.Evaluations), MaxEntries)
	}
	for name := range d.Evaluations {
		if !names.MatchString(name) {
			return fmt.Errorf("%w: %.80q", ErrName, name)
		}
	}
	return nil
}
