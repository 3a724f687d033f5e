package contracts

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/common"

	"github.com/encrypted-compute/encompute/contracts/bindings"
	"github.com/encrypted-compute/encompute/protocol"
)

//go:embed artifacts/standard-input.json
var standardInput string

// deploymentVersion is that of the deployment file.
const deploymentVersion = 1

// maxDeploymentBytes bounds a deployment file.
const maxDeploymentBytes = 64 << 10

// Deployment is what a deployment file says: where contracts are, and which.
type Deployment struct {
	Version   int              `json:"version"`
	ChainID   uint64           `json:"chainId"`
	Block     uint64           `json:"block"` // the latest before the contracts were there: events begin after it
	Owner     protocol.Address `json:"owner"`
	Addresses Addresses        `json:"addresses"`
	Delay     uint64           `json:"delay"`    // seconds until an owner's addition counts
	Compiler  string           `json:"compiler"` // of Solidity, in full
	// Bytecode has the digests of the code of each contract by its name in Addresses.
	Bytecode map[string]Bytecode `json:"bytecode"`
}

// Bytecode has Keccak-256 digests of a contract's code.
type Bytecode struct {
	Creation protocol.Digest `json:"creation,omitzero"` // without constructor arguments; zero of a token that was there
	Runtime  protocol.Digest `json:"runtime"`           // on chain, with the immutables
}

// StandardInput is what was compiled: the standard JSON input of solc, as explorers want it.
func StandardInput() []byte { return []byte(standardInput) }

// Record describes contracts that were deployed with cfg after a block.
func Record(ctx context.Context, backend Backend, owner protocol.Address, block uint64, a Addresses, cfg Config) (Deployment, error) {
	d := Deployment{
		Version: deploymentVersion, ChainID: a.ChainID, Block: block, Owner: owner, Addresses: a, Delay: cfg.Delay, Compiler: bindings.Compiler,
		Bytecode: map[string]Bytecode{},
	}
	creation := map[string]string{
		"token": bindings.TestTokenMetaData.Bin, "workerRegistry": bindings.WorkerRegistryMetaData.Bin, "modelRegistry": bindings.ModelRegistryMetaData.Bin,
		"market": bindings.MarketMetaData.Bin, "attesterVerifier": bindings.AttesterVerifierMetaData.Bin,
	}
	runtime, err := runtimeDigests(ctx, backend, a)
	if err != nil {
		return d, err
	}
	for name, digest := range runtime {
		b := Bytecode{Runtime: digest}
		if name != "token" || cfg.Token.IsZero() {
			b.Creation = protocol.Keccak256(common.FromHex(creation[name]))
		}
		d.Bytecode[name] = b
	}
	return d, nil
}

// runtimeDigests reads the code on chain.
func runtimeDigests(ctx context.Context, backend Backend, a Addresses) (map[string]protocol.Digest, error) {
	digests := map[string]protocol.Digest{}
	for name, address := range a.byName() {
		code, err := backend.CodeAt(ctx, common.Address(address), nil)
		if err != nil {
			return nil, fmt.Errorf("read code of %s: %w", name, err)
		}
		digests[name] = protocol.Keccak256(code)
	}
	return digests, nil
}

// Check compares the code on chain with what is recorded.
func (d Deployment) Check(ctx context.Context, c *Client) error {
	runtime, err := runtimeDigests(ctx, c.backend, d.Addresses)
	if err != nil {
		return err
	}
	for name, digest := range runtime {
		if got := d.Bytecode[name].Runtime; got != digest {
			return fmt.Errorf("code of %s at %s has digest %s, recorded is %s: it is another contract", name, d.Addresses.byName()[name], digest, got)
		}
	}
	return nil
}

// LoadDeployment reads a deployment file strictly.
func LoadDeployment(path string) (d Deployment, err error) {
	f, err := os.Open(path)
	if err != nil {
		return d, fmt.Errorf("deployment file: %w", err)
	}
	defer f.Close()
	if err := protocol.UnmarshalJSON(f, maxDeploymentBytes, &d); err != nil {
		return d, fmt.Errorf("deployment file %s: %w", path, err)
	}
	if d.Version != deploymentVersion {
		return d, fmt.Errorf("deployment file %s: version is %d, this program reads %d", path, d.Version, deploymentVersion)
	}
	if d.ChainID == 0 || d.ChainID != d.Addresses.ChainID {
		return d, fmt.Errorf("deployment file %s: chainId is %d, that of addresses %d", path, d.ChainID, d.Addresses.ChainID)
	}
	return d, nil
}

// DeploymentPath is where the deployment file of a chain is in a folder.
func DeploymentPath(dir string, chainID uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%d.json", chainID))
}

// Save writes a new deployment file into a folder; it never replaces one.
func (d Deployment) Save(dir string) (path string, err error) {
	path = DeploymentPath(dir, d.ChainID)
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return path, fmt.Errorf("write deployment file: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return path, fmt.Errorf("write deployment file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return path, fmt.Errorf("write deployment file: %w", err)
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return path, fmt.Errorf("write deployment file: %w", err)
	}
	return path, nil
}
