package enclave

import (
	"context"
	"fmt"

	"github.com/encrypted-compute/encompute/protocol"
)

// Provider is the trusted execution environment that a worker runs in. Package teetest
// holds what every provider must keep to. Implementations are safe for concurrent use.
type Provider interface {
	// Name is how a configuration names the provider, e.g. "dstack".
	Name() string
	// Identity says which instance of the app this is.
	Identity(ctx context.Context) (Identity, error)
	// DeriveKey returns the key that follows from the attested app and path, and that code
	// outside of the app cannot get.
	DeriveKey(ctx context.Context, path string) (Key, error)
	// Evidence returns a quote over reportData with all that a verifier needs besides;
	// its Binding is left empty.
	Evidence(ctx context.Context, reportData [64]byte) (protocol.Evidence, error)
	// Close releases connections.
	Close() error
}

// Identity tells the instances of one app apart.
type Identity struct {
	// InstanceID stays the same when the instance restarts and differs from every other
	// instance's. It is not empty and not secret.
	InstanceID string
	// Code names the version of the app, where the keys of DeriveKey are those of all its versions:
	// in a dstack CVM the compose hash. Empty where keys follow from the measurement already.
	Code string
}

// Key is a key that a TEE derived.
type Key struct {
	Secret []byte             // KeyBytes, the caller's to clear
	Chain  *protocol.KeyChain // proves who issued the secp256k1 key of Secret; nil where nothing does
}

// KeyBytes is the size of a Key's secret.
const KeyBytes = 32

// OpenProvider opens the provider called name: "dstack" (Intel TDX, the guest agent of a
// dstack CVM) or "ego" (Intel SGX, only in binaries built with cgo and the tag ego).
func OpenProvider(ctx context.Context, name string) (Provider, error) {
	switch name {
	case "dstack":
		return NewDstack("")
	case "ego":
		return openEGo(ctx)
	}
	return nil, fmt.Errorf("no TEE is called %q: choose dstack or ego", name)
}
