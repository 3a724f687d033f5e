// Package network reads and writes the network file: what a program must know of a
// network beforehand, because nobody on it can be asked. It pins the chain, the contracts
// and the policy for workers; the host's URL is a convenience and trusted with nothing.
package network

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/collateral"
	"github.com/encrypted-compute/encompute/contracts"
	"github.com/encrypted-compute/encompute/protocol"
)

// maxBytes bounds a network file.
const maxBytes = 1 << 20

// maxFallbacks bounds how many endpoints are tried before an answer is given up.
const maxFallbacks = 8

// File is a network file.
type File struct {
	Name      string                    `json:"name"`
	Host      string                    `json:"host"`                   // URL of the host's API
	RPC       string                    `json:"rpc"`                    // URL of the chain's JSON-RPC, HTTP or WebSocket
	Fallbacks []string                  `json:"rpcFallbacks,omitempty"` // other endpoints of the chain, for when rpc cannot be reached
	Contracts contracts.Addresses       `json:"contracts"`
	Policy    attestation.PolicyLiteral `json:"policy"` // what a worker's evidence must show
	// Collateral is the URL of Intel's service, or of a mirror, where users themselves get the
	// documents by which they judge workers; if it is empty they take what the host sends.
	Collateral string `json:"collateral,omitempty"`
}

// FieldError says which field of a network file is wrong and what to do about it.
type FieldError struct {
	Path   string // of the file
	Field  string // as in the JSON; empty if it is the file itself
	Detail string
	Remedy string
	Err    error // cause, if there is one
}

// Name says where the error is: the file and, if it is one, the field.
func (e *FieldError) Name() string {
	s := "network file " + e.Path
	if e.Field != "" {
		s += ", field " + e.Field
	}
	return s
}

// Error implements error.
func (e *FieldError) Error() string { return e.Name() + ": " + e.Detail + ": " + e.Remedy }

// Unwrap returns the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// Load reads the network file at path strictly: of bounded size, without unknown fields,
// every field valid. Its error is a *FieldError.
func Load(path string) (*File, error) {
	r, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &FieldError{path, "", "there is none", "get it from whoever runs the network and name it with --network or $ENCOMPUTE_NETWORK", err}
	}
	if err != nil {
		return nil, &FieldError{path, "", err.Error(), "name a file that can be read", err}
	}
	defer r.Close()
	f := new(File)
	if err := protocol.UnmarshalJSON(r, maxBytes, f); err != nil {
		return nil, &FieldError{path, "", err.Error(), "restore the file as you got it", err}
	}
	if err := f.validate(path); err != nil {
		return nil, err
	}
	return f, nil
}

// Save writes f to path, whole or not at all, after the checks that Load makes.
func (f *File) Save(path string) error {
	if err := f.validate(path); err != nil {
		return err
	}
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("write network file: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".network-*")
	if err != nil {
		return fmt.Errorf("write network file: %w", err)
	}
	defer os.Remove(tmp.Name()) // gone already after the rename
	_, err = tmp.Write(append(bytes.TrimSpace(b), '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write network file: %w", err)
	}
	return nil
}

// Expected is what a client demands of a host.
func (f *File) Expected() protocol.Network {
	return protocol.Network{
		Name: f.Name, ChainID: f.Contracts.ChainID, Market: f.Contracts.Market, WorkerRegistry: f.Contracts.WorkerRegistry,
		ModelRegistry: f.Contracts.ModelRegistry, Token: f.Contracts.Token,
	}
}

// Endpoints returns the URLs of the chain's JSON-RPC in the order in which they are used.
func (f *File) Endpoints() []string { return append([]string{f.RPC}, f.Fallbacks...) }

// Dial connects to the chain and checks that the pinned contracts are there.
func (f *File) Dial(ctx context.Context) (*contracts.Client, error) {
	return contracts.DialAny(ctx, f.Endpoints(), f.Contracts)
}

func (f *File) validate(path string) error {
	bad := func(field, detail, remedy string) error { return &FieldError{path, field, detail, remedy, nil} }
	if f.Name == "" || len(f.Name) > 128 {
		return bad("name", "it is empty or longer than 128 bytes", "give the network a name")
	}
	if why := checkURL(f.Host, "http", "https"); why != "" {
		return bad("host", why, "use one such as https://host.example")
	}
	if why := checkURL(f.RPC, "http", "https", "ws", "wss"); why != "" {
		return bad("rpc", why, "use one such as https://rpc.example")
	}
	if len(f.Fallbacks) > maxFallbacks {
		return bad("rpcFallbacks", fmt.Sprintf("there are %d", len(f.Fallbacks)), fmt.Sprintf("name at most %d", maxFallbacks))
	}
	for _, u := range f.Fallbacks {
		if why := checkURL(u, "http", "https", "ws", "wss"); why != "" {
			return bad("rpcFallbacks", why, "use such as https://rpc.example")
		}
	}
	if f.Collateral != "" {
		if _, err := collateral.New(collateral.Config{URL: f.Collateral}); err != nil {
			return &FieldError{path, "collateral", err.Error(), "use one such as " + collateral.IntelURL, err}
		}
	}
	if f.Contracts.ChainID == 0 {
		return bad("contracts.chainId", "it is not set", "state the chain's id")
	}
	for _, c := range []struct {
		name    string
		address protocol.Address
	}{
		{"token", f.Contracts.Token},
		{"workerRegistry", f.Contracts.WorkerRegistry},
		{"modelRegistry", f.Contracts.ModelRegistry},
		{"market", f.Contracts.Market},
		{"attesterVerifier", f.Contracts.AttesterVerifier},
	} {
		if c.address.IsZero() {
			return bad("contracts."+c.name, "it is not set", "state the contract's address")
		}
	}
	if _, err := attestation.NewPolicy(f.Policy); err != nil {
		return &FieldError{path, "policy", err.Error(), "get the policy from whoever runs the network", err}
	}
	return nil
}

// checkURL says what is wrong with a URL, or nothing.
func checkURL(raw string, schemes ...string) string {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "it is not a URL"
	case !slices.Contains(schemes, u.Scheme):
		return fmt.Sprintf("%q is not a URL with scheme %s", raw, strings.Join(schemes, " or "))
	case u.Host == "":
		return fmt.Sprintf("%q names no host", raw)
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Sprintf("%q has a query or fragment", raw)
	}
	return ""
}
