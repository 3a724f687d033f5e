package creator

import (
	"context"
	"errors"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy"
)

// PlanCut lowers the layers before a cut and plans them. The error is a *model.NotEncryptable if no plan fits, too.
func PlanCut(ctx context.Context, g *model.Graph, cut model.Cut, o fhe.Options) (fhe.Prefix, fhe.Plan, error) {
	prefix, err := Lower(g, cut)
	if err != nil {
		return prefix, fhe.Plan{}, err
	}
	plan, err := fhe.Compile(ctx, prefix, o)
	if errors.Is(err, fhe.ErrUnplannable) {
		err = &model.NotEncryptable{Layer: cut.Layer, Op: "plan", Why: err.Error(), Remedy: "cut earlier"}
	}
	return prefix, plan, err
}

// Check holds a card against its model by running that on the card's sample, as Publish does before anything else. The error
// wraps ErrVector, or protocol.ErrMalformed if the card contradicts itself.
func (c Card) Check(g *model.Graph, v Vector) error { return c.check(g, v) }

// Mechanism is what users' clients make of the intermediate of a cut; samples are needed if the release does not say how much
// its values deviate. Errors wrap ErrRelease, or are those of Lower.
func (r Release) Mechanism(g *model.Graph, cut model.Cut, samples [][]float64) (privacy.Mechanism, error) {
	lowered, err := Lower(g, cut)
	if err != nil {
		return privacy.Mechanism{}, err
	}
	to, err := r.apply(g, cut, lowered, samples)
	if err != nil {
		return privacy.Mechanism{}, err
	}
	return privacy.NewMechanism(to.mechanism, to.shape)
}
