package enclave

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/dstack"
	"github.com/encrypted-compute/encompute/protocol"
)

// keyPurpose is the purpose that GetKey's signatures name; the keys do not depend on it.
const keyPurpose = "encompute"

// Dstack is the provider of a dstack CVM on Intel TDX.
type Dstack struct{ agent *dstack.Client }

// NewDstack returns the provider that talks to the guest agent at endpoint; an empty one
// means the usual socket (see dstack.NewClient).
func NewDstack(endpoint string) (*Dstack, error) {
	agent, err := dstack.NewClient(endpoint)
	if err != nil {
		return nil, err
	}
	return &Dstack{agent}, nil
}

// Name implements Provider.
func (*Dstack) Name() string { return "dstack" }

// Close implements Provider.
func (d *Dstack) Close() error {
	d.agent.Close()
	return nil
}

// Identity implements Provider. It refuses a CVM without an instance id, since all such
// CVMs of an app would share one receipt key.
func (d *Dstack) Identity(ctx context.Context) (Identity, error) {
	info, err := d.agent.Info(ctx)
	if err != nil {
		return Identity{}, err
	}
	if len(info.InstanceID) == 0 {
		return Identity{}, errors.New("the CVM has no instance id: remove no_instance_id from app-compose.json")
	}
	if len(info.ComposeHash) == 0 {
		return Identity{}, errors.New("the guest agent tells no compose hash")
	}
	return Identity{InstanceID: info.InstanceID.String(), Code: info.ComposeHash.String()}, nil
}

// DeriveKey implements Provider: a key of the dstack KMS, the same in every attested
// instance of the app.
func (d *Dstack) DeriveKey(ctx context.Context, path string) (Key, error) {
	key, err := d.agent.GetKey(ctx, path, keyPurpose, "")
	if err != nil {
		return Key{}, err
	}
	chain := &protocol.KeyChain{Purpose: keyPurpose}
	for _, signature := range key.SignatureChain {
		chain.Signatures = append(chain.Signatures, signature)
	}
	return Key{key.Key, chain}, nil
}

// Evidence implements Provider. The app-compose text is left out where the agent hides it.
func (d *Dstack) Evidence(ctx context.Context, reportData [64]byte) (protocol.Evidence, error) {
	quote, err := d.agent.GetQuote(ctx, reportData[:])
	if err != nil {
		return protocol.Evidence{}, err
	}
	info, err := d.agent.Info(ctx)
	if err != nil {
		return protocol.Evidence{}, err
	}
	var tcb dstack.TCBInfo
	if info.TCBInfo != "" {
		if err := json.Unmarshal([]byte(info.TCBInfo), &tcb); err != nil {
			return protocol.Evidence{}, fmt.Errorf("guest agent Info: tcb_info: %w", err)
		}
	}
	return protocol.Evidence{
		TEE:        "tdx",
		Quote:      quote.Quote,
		EventLog:   []byte(quote.EventLog),
		VMConfig:   []byte(quote.VMConfig),
		AppCompose: []byte(tcb.AppCompose),
	}, nil
}
