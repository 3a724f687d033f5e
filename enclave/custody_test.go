package enclave

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// scriptedTEE is a provider whose every answer a test decides.
type scriptedTEE struct {
	instance string
	derive   func(path string) ([]byte, error)
}

func (scriptedTEE) Name() string { return "scripted" }
func (scriptedTEE) Close() error { return nil }

func (s scriptedTEE) Identity(context.Context) (Identity, error) {
	return Identity{s.instance, "version 1"}, nil
}

func (s scriptedTEE) DeriveKey(_ context.Context, path string) (Key, error) {
	secret, err := s.derive(path)
	return Key{Secret: secret, Chain: &protocol.KeyChain{Purpose: path}}, err
}

func (scriptedTEE) Evidence(_ context.Context, reportData [64]byte) (protocol.Evidence, error) {
	return protocol.Evidence{TEE: "tdx", Quote: reportData[:]}, nil
}

// byPath derives a key that a test can tell from others by its path.
func byPath(path string) ([]byte, error) {
	d := protocol.NewDigest("test", []byte(path))
	return d[:], nil
}

func TestCustodyByInstance(t *testing.T) {
	t.Parallel()
	a := mustCustody(t, scriptedTEE{"a", byPath})
	again := mustCustody(t, scriptedTEE{"a", byPath})
	b := mustCustody(t, scriptedTEE{"b", byPath})
	if a.receipt.Address() != again.receipt.Address() {
		t.Error("a restart changed the receipt key")
	}
	if a.receipt.Address() == b.receipt.Address() {
		t.Error("two instances share a receipt key")
	}
	if !bytes.Equal(a.sealing.Public(), b.sealing.Public()) {
		t.Error("two instances of one app have different sealing keys")
	}
	if raw, _ := byPath(receiptPath + "a"); !bytes.Equal(a.receipt.Bytes(), raw) || a.chain == nil || a.chain.Purpose != receiptPath+"a" {
		t.Error("the receipt key is not the TEE's key as it came, with its chain")
	}
}

// updatedTEE is a later version of the same app on the same machine.
type updatedTEE struct{ scriptedTEE }

func (u updatedTEE) Identity(context.Context) (Identity, error) {
	return Identity{u.instance, "version 2"}, nil
}

// A prefix is sealed to one version of the app: the next does not open it, though the KMS would give
// it the key, and though its receipt key stays.
func TestCustodyByVersion(t *testing.T) {
	t.Parallel()
	before, after := mustCustody(t, scriptedTEE{"a", byPath}), mustCustody(t, updatedTEE{scriptedTEE{"a", byPath}})
	if bytes.Equal(before.sealing.Public(), after.sealing.Public()) {
		t.Error("two versions of an app share a sealing key")
	}
	if before.receipt.Address() != after.receipt.Address() {
		t.Error("an update changed the receipt key")
	}
	hash, sealed, err := protocol.SealPrefixPayload(protocol.PrefixPayload{Prefix: []byte("weights")}, before.sealing.Public())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := protocol.OpenPrefixPayload(before.sealing, hash, sealed); err != nil {
		t.Errorf("the version that it was sealed to: %v", err)
	}
	if _, err := protocol.OpenPrefixPayload(after.sealing, hash, sealed); err == nil {
		t.Error("a later version opened the prefix")
	}
}

// What the TEE handed out is wiped once keys were made of it.
func TestCustodyClears(t *testing.T) {
	t.Parallel()
	var handed [][]byte
	mustCustody(t, scriptedTEE{"a", func(path string) ([]byte, error) {
		secret, err := byPath(path)
		handed = append(handed, secret)
		return secret, err
	}})
	if len(handed) != 2 {
		t.Fatalf("%d keys were derived", len(handed))
	}
	for _, secret := range handed {
		if !bytes.Equal(secret, make([]byte, KeyBytes)) {
			t.Errorf("a secret was left behind")
		}
	}
}

func TestCustodyRefuses(t *testing.T) {
	t.Parallel()
	down := errors.New("agent is down")
	for name, c := range map[string]struct {
		tee  scriptedTEE
		want string
	}{
		"no instance": {scriptedTEE{"", byPath}, "instance id is empty"},
		"short key":   {scriptedTEE{"a", func(string) ([]byte, error) { return make([]byte, 31), nil }}, "31 bytes"},
		"no scalar":   {scriptedTEE{"a", func(string) ([]byte, error) { return make([]byte, 32), nil }}, "receipt key"},
		"error":       {scriptedTEE{"a", func(string) ([]byte, error) { return nil, down }}, "agent is down"},
		"error at the sealing key": {scriptedTEE{"a", func(path string) ([]byte, error) {
			if strings.HasPrefix(path, sealingPath) {
				return nil, down
			}
			return byPath(path)
		}}, "sealing key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := deriveCustody(t.Context(), c.tee); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func mustCustody(t *testing.T, tee Provider) custody {
	t.Helper()
	c, err := deriveCustody(t.Context(), tee)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
