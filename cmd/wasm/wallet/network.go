//go:build js

package wallet

import (
	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/cmd/wasm/bridge"
	"github.com/encrypted-compute/encompute/cmd/wasm/chain"
	"github.com/encrypted-compute/encompute/protocol"
)

// Network is what of a network file a program of the browser needs.
type Network struct {
	Name      string                    `json:"name"`
	RPC       string                    `json:"rpc"`
	Contracts chain.Contracts           `json:"contracts"`
	Policy    attestation.PolicyLiteral `json:"policy"`
}

// ReadOpening reads how a page opens a network: the host's address, the network, and the policy that it states.
func ReadOpening(q bridge.Request) (host string, n Network, policy attestation.Policy, err error) {
	var p struct {
		Host    string  `json:"host"`
		Network Network `json:"network"`
	}
	if err := q.Read(&p); err != nil {
		return "", n, policy, err
	}
	policy, err = attestation.NewPolicy(p.Network.Policy)
	return p.Host, p.Network, policy, err
}

// Expected is what a host must say of itself to be of the network.
func (n Network) Expected() protocol.Network {
	a := n.Contracts
	return protocol.Network{
		Name: n.Name, ChainID: a.ChainID, Market: a.Market, WorkerRegistry: a.WorkerRegistry, ModelRegistry: a.ModelRegistry, Token: a.Token,
	}
}

// SignerOf is who signs for a client: the wallet, or somebody who has nothing if there is none.
func SignerOf(w chain.Wallet) (client.Signer, error) {
	if w != nil {
		return w, nil
	}
	nobody, err := protocol.NewSigningKey()
	return client.KeySigner{Key: nobody}, err
}
