package privacy

import (
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// ErrBudget says that a release would tell more of an input than its owner allows.
var ErrBudget = errors.New("budget of the input is exceeded")

// Budget is how much all releases of one input may tell together, in bits.
type Budget struct {
	Bits float64 `json:"bits,omitempty"` // 0: DefaultBudgetBits
	// Unbounded allows every release, also one that nothing bounds, whatever was told before.
	Unbounded bool `json:"unbounded,omitempty"`
}

// DefaultBudgetBits is two releases of eight values with noise of 0.3 deviations. To tell one of a billion records from
// all others takes 30 bits (Fano's inequality).
const DefaultBudgetBits = 30

// Limit is the budget in bits.
func (b Budget) Limit() float64 {
	if b.Bits == 0 {
		return DefaultBudgetBits
	}
	return b.Bits
}

// Entry is one release of an input.
type Entry struct {
	Subject Subject  `json:"subject"`
	Tells   *float64 `json:"tells,omitempty"` // bits; nil: nothing bounds it
	Time    uint64   `json:"time"`            // Unix seconds
	// Values are what was handed over: the same again costs nothing.
	Values []float64 `json:"values"`
}

// Account lists the releases of one input.
type Account struct {
	Entries []Entry `json:"entries"`
}

// Find returns the release of a subject, if there was one.
func (a Account) Find(s Subject) (Entry, bool) {
	for _, e := range a.Entries {
		if e.Subject == s {
			return e, true
		}
	}
	return Entry{}, false
}

// Spent is what the releases tell together at most; bounded is false if nothing bounds one of them.
func (a Account) Spent() (bits float64, bounded bool) {
	bounded = true
	for _, e := range a.Entries {
		if e.Tells == nil {
			bounded = false
			continue
		}
		bits += *e.Tells
	}
	return bits, bounded
}

// Check says whether another release, of the given cap, is within the budget. A subject that was released before is.
// Errors wrap ErrBudget.
func (b Budget) Check(a Account, s Subject, tells *float64) error {
	if _, again := a.Find(s); again || b.Unbounded {
		return nil
	}
	if tells == nil {
		return fmt.Errorf("%w: nothing bounds what this release tells", ErrBudget)
	}
	spent, bounded := a.Spent()
	if !bounded {
		return fmt.Errorf("%w: an earlier release of this input told without bound", ErrBudget)
	}
	if spent+*tells > b.Limit() {
		return fmt.Errorf("%w: earlier releases of this input tell up to %.1f bits, this one up to %.1f, the budget is %.1f", ErrBudget, spent, *tells, b.Limit())
	}
	return nil
}

// SubjectOf is the subject of a release of an input.
func SubjectOf(input, model protocol.Digest, cut uint32, m Mechanism) (Subject, error) {
	d, err := m.lit.Digest()
	return Subject{Input: input, Model: model, Cut: cut, Mechanism: d}, err
}
