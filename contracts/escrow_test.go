package contracts_test

import (
	"bytes"
	"context"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"

	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/contracts/bindings"
)

// noPermit is a chain whose token knows no permits.
type noPermit struct{ contracts.Backend }

func (n noPermit) CallContract(ctx context.Context, msg ethereum.CallMsg, block *big.Int) ([]byte, error) {
	if bytes.Equal(msg.Data, bindings.NewTestToken().PackDOMAINSEPARATOR()) {
		return nil, errors.New("execution reverted")
	}
	return n.Backend.CallContract(ctx, msg, block)
}

func TestPostJobApprovesWithoutPermit(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	client := must(contracts.New(ctx, noPermit{e.chain.Client()}, e.addresses))(t)

	refused := e.spec(t, 1)
	refused.FeeBps++
	_, err := client.PostJob(ctx, e.user, refused) // approves, then is refused
	wantRevert(t, err, "WrongFeeBps")
	e.wantTokens(t, e.user.Address(), money)

	before := must(e.chain.Client().NonceAt(ctx, [20]byte(e.user.Address()), nil))(t)
	must(client.PostJob(ctx, e.user, e.spec(t, 2)))(t) // finds the allowance
	must(client.PostJob(ctx, e.user, e.spec(t, 3)))(t) // approves again
	if after := must(e.chain.Client().NonceAt(ctx, [20]byte(e.user.Address()), nil))(t); after != before+3 {
		t.Errorf("%d transactions for two posts, want 3", after-before)
	}
	e.wantTokens(t, e.user.Address(), money-2*(workerFee+creatorFee))
}

func TestWritesOfOneAccountDoNotCollide(t *testing.T) {
	t.Parallel()
	e, ctx := newEnv(t), t.Context()
	results := make(chan error)
	const jobs = 3
	for salt := range byte(jobs) {
		spec := e.spec(t, salt)
		go func() {
			_, err := e.PostJob(ctx, e.user, spec)
			results <- err
		}()
	}
	for range jobs {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	e.wantTokens(t, e.user.Address(), money-jobs*(workerFee+creatorFee))
}

func TestWriteEndsWithContext(t *testing.T) {
	t.Parallel()
	e := newEnv(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.PostJob(ctx, e.user, e.spec(t, 1)); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
}
