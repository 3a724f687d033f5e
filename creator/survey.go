package creator

import (
	"context"
	"errors"

	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/model"
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
