package contracts

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/encrypted-compute/encompute/contracts/bindings"
	"github.com/encrypted-compute/encompute/protocol"
)

// Event is something that happened on the chain.
type Event struct {
	Block     uint64
	BlockHash protocol.Digest
	Tx        protocol.Digest
	Index     uint // position among the block's logs
	Data      EventData
}

// EventData is one of the pointers to the event types below.
type EventData interface{ event() }

// JobPosted: a job's fees are in escrow.
type JobPosted struct {
	JobID protocol.Digest
	Spec  protocol.JobSpec
}

// PrefixComputed: a receipt was accepted and the operator credited.
type PrefixComputed struct {
	JobID      protocol.Digest
	Operator   protocol.Address
	Signer     protocol.Address
	OutputHash protocol.Digest
	ElapsedMs  uint32
}

// ResultDelivered: a delivery was accepted; the creator was credited if the user had acknowledged
// it, and waits for that or for the end of the contest window otherwise.
type ResultDelivered struct {
	JobID        protocol.Digest
	OutputHash   protocol.Digest
	ResultHash   protocol.Digest
	Acknowledged bool
}

// ResultContested: the user says that no result came, and put up a bond.
type ResultContested struct {
	JobID protocol.Digest
	Until uint64 // Unix seconds: last second at which a host's Transfer counts
	Bond  protocol.Amount
}

// ResultSettled: a delivery that had not been acknowledged at once was, or stood uncontested, or
// was shown to have been handed over; the creator was credited.
type ResultSettled struct {
	JobID protocol.Digest
}

// Skipped: one of a batch could not be done.
type Skipped struct {
	JobID  protocol.Digest
	Reason []byte // the error that the contract gave, encoded
}

// JobRefunded: the user was credited with what was not earned in time.
type JobRefunded struct {
	JobID  protocol.Digest
	State  State // StateRefunded or StateUndelivered
	Amount protocol.Amount
}

// Credited: an account may withdraw more.
type Credited struct {
	Account protocol.Address
	JobID   protocol.Digest
	Amount  protocol.Amount
}

// Withdrawn: an account took its credit out.
type Withdrawn struct {
	Account protocol.Address
	To      protocol.Address
	Amount  protocol.Amount
}

// ModelRegistered: a model is new.
type ModelRegistered struct {
	ModelID      protocol.Digest
	Creator      protocol.Address
	ManifestHash protocol.Digest
	SealingKey   []byte // the creator's HPKE public key
	URI          string
}

// ModelPriced: a cut has a new price.
type ModelPriced struct {
	ModelID protocol.Digest
	Cut     uint32
	Price   protocol.Amount // 0: no longer offered
}

// ModelActiveSet: new jobs for a model were allowed or stopped.
type ModelActiveSet struct {
	ModelID protocol.Digest
	Active  bool
}

// WorkerRegistered: a worker is new or renewed.
type WorkerRegistered struct {
	Operator   protocol.Address
	Signer     protocol.Address
	WorkloadID protocol.Digest
	ValidUntil uint64 // Unix seconds

	SealingKeyHash protocol.Digest // Keccak-256 of the worker's HPKE public key
}

// WorkerRevoked: a signer was revoked for good.
type WorkerRevoked struct {
	Signer protocol.Address
	By     protocol.Address
}

// WorkloadSet: a workload was allowed or disallowed.
type WorkloadSet struct {
	WorkloadID  protocol.Digest
	AllowedFrom uint64 // Unix seconds: first second at which it may answer jobs; 0: it may not
	Source      string
}

func (*JobPosted) event()        {}
func (*PrefixComputed) event()   {}
func (*ResultDelivered) event()  {}
func (*ResultContested) event()  {}
func (*ResultSettled) event()    {}
func (*Skipped) event()          {}
func (*JobRefunded) event()      {}
func (*Credited) event()         {}
func (*Withdrawn) event()        {}
func (*ModelRegistered) event()  {}
func (*ModelPriced) event()      {}
func (*ModelActiveSet) event()   {}
func (*WorkerRegistered) event() {}
func (*WorkerRevoked) event()    {}
func (*WorkloadSet) event()      {}

// Events returns what happened in the blocks from and to and between them, in order.
func (c *Client) Events(ctx context.Context, from, to uint64) ([]Event, error) {
	logs, err := c.backend.FilterLogs(ctx, ethereum.FilterQuery{
		FromBlock: new(big.Int).SetUint64(from),
		ToBlock:   new(big.Int).SetUint64(to),
		Addresses: []common.Address{
			common.Address(c.addresses.Market), common.Address(c.addresses.ModelRegistry), common.Address(c.addresses.WorkerRegistry),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("read events of blocks %d to %d: %w", from, to, err)
	}
	if err := checkLogs(logs, from, to); err != nil {
		return nil, fmt.Errorf("read events of blocks %d to %d: %w", from, to, err)
	}
	var events []Event
	for i := range logs {
		// Logs that are none of ours, such as a change of ownership, are passed over. So
		// is what does not fit protocol.Amount: anybody may name absurd prices on chain.
		if data := c.decodeEvent(&logs[i]); data != nil {
			l := logs[i]
			events = append(events, Event{l.BlockNumber, protocol.Digest(l.BlockHash), protocol.Digest(l.TxHash), l.Index, data})
		}
	}
	return events, nil
}

// checkLogs refuses logs of other blocks than those asked for, and of two blocks with one number.
func checkLogs(logs []types.Log, from, to uint64) error {
	hashes := map[uint64]common.Hash{}
	for _, l := range logs {
		if l.BlockNumber < from || l.BlockNumber > to || l.Removed {
			return fmt.Errorf("event of block %d (removed: %t): %w", l.BlockNumber, l.Removed, ErrInconsistent)
		}
		if known, ok := hashes[l.BlockNumber]; ok && known != l.BlockHash {
			return fmt.Errorf("events of block %d are of %s and %s: %w", l.BlockNumber, known, l.BlockHash, ErrInconsistent)
		}
		hashes[l.BlockNumber] = l.BlockHash
	}
	return nil
}

// decodeEvent returns nil if a log is not one of the event types.
func (c *Client) decodeEvent(l *types.Log) EventData {
	var decoders []func(*types.Log) EventData
	switch protocol.Address(l.Address) {
	case c.addresses.Market:
		decoders = c.abis.marketDecoders()
	case c.addresses.ModelRegistry:
		decoders = c.abis.modelDecoders()
	case c.addresses.WorkerRegistry:
		decoders = c.abis.workerDecoders()
	}
	for _, decode := range decoders {
		if data := decode(l); data != nil {
			return data
		}
	}
	return nil
}

// decoder joins a binding's unpacking with a conversion; both refuse what is not theirs.
func decoder[T any](unpack func(*types.Log) (*T, error), convert func(*T) EventData) func(*types.Log) EventData {
	return func(l *types.Log) EventData {
		if len(l.Data) == 0 {
			return nil // the binding would leave fields nil
		}
		return bare(unpack, convert)(l)
	}
}

// bare is a decoder for events that carry no data.
func bare[T any](unpack func(*types.Log) (*T, error), convert func(*T) EventData) func(*types.Log) EventData {
	return func(l *types.Log) EventData {
		e, err := unpack(l)
		if err != nil {
			return nil
		}
		return convert(e)
	}
}

func (a abis) marketDecoders() []func(*types.Log) EventData {
	return []func(*types.Log) EventData{
		decoder(a.market.UnpackJobPostedEvent, func(e *bindings.MarketJobPosted) EventData {
			if spec, ok := specOf(e.Spec); ok {
				return &JobPosted{e.JobId, spec}
			}
			return nil
		}),
		decoder(a.market.UnpackPrefixComputedEvent, func(e *bindings.MarketPrefixComputed) EventData {
			return &PrefixComputed{e.JobId, protocol.Address(e.Operator), protocol.Address(e.Signer), e.OutputHash, e.ElapsedMs}
		}),
		decoder(a.market.UnpackResultDeliveredEvent, func(e *bindings.MarketResultDelivered) EventData {
			return &ResultDelivered{e.JobId, e.OutputHash, e.ResultHash, e.Acknowledged}
		}),
		decoder(a.market.UnpackResultContestedEvent, func(e *bindings.MarketResultContested) EventData {
			if !e.Bond.IsUint64() {
				return nil
			}
			return &ResultContested{e.JobId, e.Until.Uint64(), protocol.Amount(e.Bond.Uint64())}
		}),
		bare(a.market.UnpackResultSettledEvent, func(e *bindings.MarketResultSettled) EventData {
			return &ResultSettled{e.JobId}
		}),
		decoder(a.market.UnpackSkippedEvent, func(e *bindings.MarketSkipped) EventData {
			return &Skipped{e.JobId, e.Reason}
		}),
		decoder(a.market.UnpackJobRefundedEvent, func(e *bindings.MarketJobRefunded) EventData {
			if !e.Amount.IsUint64() {
				return nil
			}
			return &JobRefunded{e.JobId, State(e.State), protocol.Amount(e.Amount.Uint64())}
		}),
		decoder(a.market.UnpackCreditedEvent, func(e *bindings.MarketCredited) EventData {
			if !e.Amount.IsUint64() {
				return nil
			}
			return &Credited{protocol.Address(e.Account), e.JobId, protocol.Amount(e.Amount.Uint64())}
		}),
		decoder(a.market.UnpackWithdrawnEvent, func(e *bindings.MarketWithdrawn) EventData {
			if !e.Amount.IsUint64() {
				return nil
			}
			return &Withdrawn{protocol.Address(e.Account), protocol.Address(e.To), protocol.Amount(e.Amount.Uint64())}
		}),
	}
}

func (a abis) modelDecoders() []func(*types.Log) EventData {
	return []func(*types.Log) EventData{
		decoder(a.models.UnpackModelRegisteredEvent, func(e *bindings.ModelRegistryModelRegistered) EventData {
			return &ModelRegistered{e.ModelId, protocol.Address(e.Creator), e.ManifestHash, e.SealingKey, e.Uri}
		}),
		decoder(a.models.UnpackModelPricedEvent, func(e *bindings.ModelRegistryModelPriced) EventData {
			if !e.Price.IsUint64() {
				return nil
			}
			return &ModelPriced{e.ModelId, e.Cut, protocol.Amount(e.Price.Uint64())}
		}),
		decoder(a.models.UnpackModelActiveSetEvent, func(e *bindings.ModelRegistryModelActiveSet) EventData {
			return &ModelActiveSet{e.ModelId, e.Active}
		}),
	}
}

func (a abis) workerDecoders() []func(*types.Log) EventData {
	return []func(*types.Log) EventData{
		decoder(a.workers.UnpackWorkerRegisteredEvent, func(e *bindings.WorkerRegistryWorkerRegistered) EventData {
			return &WorkerRegistered{protocol.Address(e.Operator), protocol.Address(e.Signer), e.WorkloadId, e.ValidUntil, e.SealingKeyHash}
		}),
		decoder(a.workers.UnpackWorkerRevokedEvent, func(e *bindings.WorkerRegistryWorkerRevoked) EventData {
			return &WorkerRevoked{protocol.Address(e.Signer), protocol.Address(e.By)}
		}),
		decoder(a.workers.UnpackWorkloadSetEvent, func(e *bindings.WorkerRegistryWorkloadSet) EventData {
			return &WorkloadSet{e.WorkloadId, e.AllowedFrom, e.Source}
		}),
	}
}

// specOf converts the binding's type; false if a fee does not fit.
func specOf(s bindings.StatementsJobSpec) (protocol.JobSpec, bool) {
	fit := s.WorkerFee.IsUint64() && s.CreatorFee.IsUint64()
	return protocol.JobSpec{
		User:         protocol.Address(s.User),
		Creator:      protocol.Address(s.Creator),
		ModelID:      s.ModelId,
		ManifestHash: s.ManifestHash,
		PrefixHash:   s.PrefixHash,
		Cut:          s.Cut,
		WorkloadID:   s.WorkloadId,
		ComputeMs:    s.ComputeMs,
		PrefixBy:     s.PrefixBy.Uint64(),
		DeliverBy:    s.DeliverBy.Uint64(),
		InputHash:    s.InputHash,
		KeysHash:     s.KeysHash,
		WorkerFee:    protocol.Amount(s.WorkerFee.Uint64()),
		CreatorFee:   protocol.Amount(s.CreatorFee.Uint64()),
		FeeBps:       s.FeeBps,
		Salt:         s.Salt,
	}, fit
}
