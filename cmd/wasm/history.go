//go:build js

package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/protocol"
)

// maxHistory is how many verdicts on one worker this browser keeps.
const maxHistory = 50

// past is a verdict that was given in this browser.
type past struct {
	At         time.Time       `json:"at"`
	OK         bool            `json:"ok"`
	Simulated  bool            `json:"simulated"`
	TCBStatus  string          `json:"tcbStatus,omitempty"`
	TCBDate    time.Time       `json:"tcbDate,omitzero"`
	WorkloadID protocol.Digest `json:"workloadId"`
	Failed     []string        `json:"failed,omitempty"` // names of checks
}

func historyName(signer protocol.Address) protocol.Digest {
	return protocol.NewDigest("browser verdicts on a worker", signer[:])
}

func (t *tab) history(ctx context.Context, signer protocol.Address) (list []past, revision uint64, err error) {
	b, revision, err := t.store.Record(ctx, historyName(signer))
	if err == nil && revision > 0 {
		err = json.Unmarshal(b, &list)
	}
	return list, revision, err
}

// remember adds a verdict to what this browser knows of a worker, latest first. It is for people: no check stands on it.
func (t *tab) remember(ctx context.Context, signer protocol.Address, v attestation.Verdict) error {
	p := past{At: v.VerifiedAt, OK: v.OK(), Simulated: v.Simulated, TCBStatus: string(v.TCBStatus), TCBDate: v.TCBDate, WorkloadID: v.WorkloadID}
	for _, c := range v.Checks {
		if c.Status == attestation.Failed {
			p.Failed = append(p.Failed, c.Name)
		}
	}
	for {
		list, revision, err := t.history(ctx, signer)
		if err != nil {
			return err
		}
		list = append([]past{p}, list[:min(len(list), maxHistory-1)]...)
		b, err := json.Marshal(list)
		if err != nil {
			return err
		}
		if err = t.store.SetRecord(ctx, historyName(signer), revision, b); !errors.Is(err, client.ErrConflict) {
			return err
		}
	}
}

// verdicts lists the verdicts on a worker, {"signer"}, that were given in this browser.
func (t *tab) verdicts(ctx context.Context, q bridge.Request) (any, error) {
	var p struct {
		Signer protocol.Address `json:"signer"`
	}
	if err := q.Read(&p); err != nil {
		return nil, err
	}
	list, _, err := t.history(ctx, p.Signer)
	if list == nil {
		list = []past{}
	}
	return list, err
}
