package client

import (
	"context"
	"errors"

	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// The client keeps an account of every input: what was released of it, to which model at which cut. The account's name
// is a pseudonym of the input under the noise key, so that the names of files tell nothing either.

// noiseKey returns the key that privacy noise is derived from; it is made when first used and kept in the store.
func (c *Client) noiseKey(ctx context.Context) (privacy.NoiseKey, error) {
	name := protocol.NewDigest("record-noise-key", nil)
	for {
		key, revision, err := loadRecord[privacy.NoiseKey](ctx, c.Store, name)
		if err != nil || revision > 0 {
			return key, err
		}
		if key, err = privacy.NewNoiseKey(); err != nil {
			return key, err
		}
		if err = saveRecord(ctx, c.Store, name, 0, key); !errors.Is(err, ErrConflict) {
			return key, err
		}
	}
}

// Price is what a release costs of an input's budget.
type Price struct {
	Steps []string `json:"steps"` // what is done to the intermediate after flooding
	// Tells is the most that the release tells in bits, nil if nothing bounds it; TellsHard is that without trust in the
	// deviations that the creator declares.
	Tells     *float64 `json:"tells,omitempty"`
	TellsHard *float64 `json:"tellsHard,omitempty"`
	Values    int      `json:"values"` // that are handed over
	// Again is set if the same was released before: then the same values are handed over and tell nothing more.
	Again   bool    `json:"again"`
	Spent   float64 `json:"spent"`   // bits, by earlier releases of the input
	Bounded bool    `json:"bounded"` // false: one of them told without bound
	Budget  float64 `json:"budget"`
	Refused error   `json:"-"` // wraps privacy.ErrBudget: the budget does not allow it
}

// ReleasePrice tells, before anything is paid, what is done to the intermediate of a cut and what the release costs of
// the input's budget.
func (c *Client) ReleasePrice(ctx context.Context, m Model, cut uint32, input []float64) (Price, error) {
	chosen, ok := m.manifest.Cut(cut)
	if !ok {
		return Price{}, refuse(CodeCutNotOffered, "cut.index", "model %s is not offered at cut %d", m.manifest.Name, cut)
	}
	r, err := c.subject(ctx, m.id, chosen, privacy.InputDigest(input))
	if err != nil {
		return Price{}, err
	}
	account, _, err := loadRecord[privacy.Account](ctx, c.Store, r.account())
	if err != nil {
		return Price{}, err
	}
	p := Price{
		Steps: r.mechanism.Steps(), Tells: r.mechanism.Cap(), TellsHard: r.mechanism.HardCap(), Values: r.mechanism.Values(),
		Budget: c.Budget.Limit(), Refused: c.Budget.Check(account, r.subject, r.mechanism.Cap()),
	}
	_, p.Again = account.Find(r.subject)
	p.Spent, p.Bounded = account.Spent()
	return p, nil
}

// releasing is what a release is of, and by what.
type releasing struct {
	mechanism privacy.Mechanism
	key       privacy.NoiseKey
	subject   privacy.Subject
}

func (c *Client) subject(ctx context.Context, model protocol.Digest, cut protocol.Cut, input protocol.Digest) (r releasing, err error) {
	if r.mechanism, err = privacy.NewMechanism(cut.Mechanism(), cut.Shape); err != nil {
		return r, &Error{CodeModelRefused, "cut.release", err}
	}
	if r.key, err = c.noiseKey(ctx); err != nil {
		return r, err
	}
	r.subject, err = privacy.SubjectOf(input, model, cut.Index, r.mechanism)
	return r, err
}

func (r releasing) account() protocol.Digest { return r.key.Alias(r.subject.Input) }

// affords refuses, before anything is paid, a release that the input's budget does not allow.
func (c *Client) affords(ctx context.Context, r releasing, budget privacy.Budget) error {
	account, _, err := loadRecord[privacy.Account](ctx, c.Store, r.account())
	if err != nil {
		return err
	}
	return r.within(budget, account)
}

func (r releasing) within(budget privacy.Budget, account privacy.Account) error {
	if err := budget.Check(account, r.subject, r.mechanism.Cap()); err != nil {
		return &Error{CodeBudget, "release.budget", err}
	}
	return nil
}

// charge has the user agree to a release and enters it into its input's account, before it leaves this machine. If the
// account has one of the same subject, that one is released again, with the values that it had.
func (c *Client) charge(ctx context.Context, r releasing, released privacy.Released, budget privacy.Budget) (privacy.Released, error) {
	for agreed := false; ; {
		account, revision, err := loadRecord[privacy.Account](ctx, c.Store, r.account())
		if err != nil {
			return privacy.Released{}, err
		}
		earlier, again := account.Find(r.subject)
		if again {
			released, err = released.Again(earlier.Values)
		} else {
			err = r.within(budget, account)
		}
		if err != nil {
			return privacy.Released{}, err
		}
		if c.Confirm != nil && !agreed {
			if err := c.Confirm(ctx, released); err != nil {
				return privacy.Released{}, fail(CodeDeclined, err)
			}
			agreed = true
		}
		if again {
			return released, nil
		}
		now, err := c.Chain.Now(ctx)
		if err != nil {
			return privacy.Released{}, fail(CodeChain, err)
		}
		account.Entries = append(account.Entries, privacy.Entry{
			Subject: r.subject, Tells: r.mechanism.Cap(), Time: now, Values: released.Values(),
		})
		// In a conflict, another job has released something of the input: look at the account again.
		if err = saveRecord(ctx, c.Store, r.account(), revision, account); !errors.Is(err, ErrConflict) {
			return released, err
		}
	}
}
