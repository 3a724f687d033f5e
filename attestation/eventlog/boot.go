package eventlog

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrBoot means that the runtime events before system-ready are not those of a dstack boot.
var ErrBoot = errors.New("not the boot of a dstack app")

// Boot is what dstack's runtime measured before the app started.
type Boot struct {
	AppID       []byte // 20 bytes
	ComposeHash []byte // 32 bytes: SHA-256 of the raw app-compose.json
	InstanceID  []byte // 20 bytes, or empty where the app has none
	OSImageHash []byte // 32 bytes, from the KMS; nil where the image does not measure it
	RootfsHash  []byte // 32 bytes; nil but for images before 0.5
	KeyProvider KeyProvider
}

// KeyProvider is where the CVM got its keys from.
type KeyProvider struct {
	Name string `json:"name"` // "kms", "local-sgx", "none", "tpm"
	ID   string `json:"id"`   // of a KMS: its CA's public key in PKIX form; lower-case hexadecimal, may be empty
}

// maxText bounds the payload of key-provider and storage-fs in bytes.
const maxText = 1024

// bootEvents are the events before system-ready, in order (Dstack-TEE/dstack,
// dstack-util/src/system_setup.rs).
var bootEvents = []struct {
	name     string
	sizes    []int // allowed sizes of the payload; nil: any
	required bool
	repeat   bool
}{
	{name: "system-preparing", sizes: []int{0}, required: true},
	{name: "rootfs-hash", sizes: []int{32}}, // images before 0.5
	{name: "app-id", sizes: []int{20}, required: true},
	{name: "compose-hash", sizes: []int{32}, required: true},
	{name: "init-script-hash", sizes: []int{32}, repeat: true},
	{name: "gpu-policy-hash", sizes: []int{32}},
	{name: "gpu-attestation"},
	{name: "instance-id", sizes: []int{0, 20}, required: true},
	{name: "boot-mr-done", sizes: []int{0}, required: true},
	{name: "os-image-hash", sizes: []int{32}},
	{name: "key-provider", required: true},
	{name: "storage-fs"},
	{name: "system-ready", sizes: []int{0}, required: true},
}

// ReadBoot interprets the runtime events up to the first system-ready. It ignores all later
// ones, which any process in the CVM may have written. Every known event must stand in its
// place, once; an event that it does not know is an error. Errors wrap ErrBoot.
func ReadBoot(events []Event) (Boot, error) {
	var b Boot
	next := 0 // index into bootEvents from which the coming event may be
	for _, e := range events {
		if e.IMR != RuntimeIMR {
			continue
		}
		at, err := place(e, next)
		if err != nil {
			return Boot{}, fmt.Errorf("%w: %w", ErrBoot, err)
		}
		if err := b.set(e); err != nil {
			return Boot{}, fmt.Errorf("%w: %w", ErrBoot, err)
		}
		if at == len(bootEvents)-1 {
			return b, nil
		}
		next = at + 1
		if bootEvents[at].repeat {
			next = at
		}
	}
	return Boot{}, fmt.Errorf("%w: no system-ready event", ErrBoot)
}

// place finds the event's position at or after next, jumping over optional events only.
func place(e Event, next int) (int, error) {
	for i := next; i < len(bootEvents); i++ {
		want := bootEvents[i]
		if want.name == e.Name {
			for _, size := range want.sizes {
				if len(e.Payload) == size {
					return i, nil
				}
			}
			if want.sizes != nil {
				return 0, fmt.Errorf("event %q has a payload of %d bytes, want %v", e.Name, len(e.Payload), want.sizes)
			}
			return i, nil
		}
		if want.required {
			return 0, fmt.Errorf("event %q stands where %q must", e.Name, want.name)
		}
	}
	return 0, fmt.Errorf("event %q is unexpected", e.Name)
}

func (b *Boot) set(e Event) error {
	switch e.Name {
	case "app-id":
		b.AppID = e.Payload
	case "compose-hash":
		b.ComposeHash = e.Payload
	case "instance-id":
		b.InstanceID = e.Payload
	case "os-image-hash":
		b.OSImageHash = e.Payload
	case "rootfs-hash":
		b.RootfsHash = e.Payload
	case "storage-fs":
		if len(e.Payload) == 0 || len(e.Payload) > maxText || !utf8.Valid(e.Payload) {
			return errors.New("the payload of storage-fs is not the name of a file system")
		}
	case "key-provider":
		return b.KeyProvider.parse(e.Payload)
	}
	return nil
}

// parse reads the one way to write a key provider that dstack has. Any other text, even of the
// same meaning, is none of dstack's: so there is nothing that two readers could see differently.
func (k *KeyProvider) parse(payload []byte) error {
	if len(payload) > maxText {
		return fmt.Errorf("the payload of key-provider has %d bytes, at most %d", len(payload), maxText)
	}
	var got KeyProvider
	err := json.Unmarshal(payload, &got)
	written := fmt.Appendf(nil, `{"name":"%s","id":"%s"}`, got.Name, got.ID)
	if err != nil || !bytes.Equal(payload, written) {
		return errors.New(`the payload of key-provider is not {"name":"...","id":"..."}`)
	}
	if got.Name == "" || strings.Trim(got.Name, providerAlphabet) != "" {
		return fmt.Errorf("key provider %.64q: want lower-case letters, digits and '-'", got.Name)
	}
	if _, err := hex.DecodeString(got.ID); err != nil || strings.ToLower(got.ID) != got.ID {
		return errors.New("the id of the key provider is not lower-case hexadecimal")
	}
	*k = got
	return nil
}

const providerAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789-"
