package protocol

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/signer/core/apitypes"
)

// TestShown has go-ethereum hash what wallets are shown: it must be what this package signs.
func TestShown(t *testing.T) {
	t.Parallel()
	d := Domain{ChainID: 1337, Market: Address{1, 2, 3}}
	for name, shown := range map[string]TypedData{
		"release":         d.ShowRelease(Release{Digest{1}, Digest{2}, Digest{3}}),
		"acknowledgement": d.ShowAcknowledgement(Acknowledgement{Digest{4}, Digest{5}}),
	} {
		b, err := json.Marshal(shown)
		if err != nil {
			t.Fatal(err)
		}
		var read apitypes.TypedData
		if err := json.Unmarshal(b, &read); err != nil {
			t.Fatalf("%s: %v: %s", name, err, b)
		}
		got, _, err := apitypes.TypedDataAndHash(read)
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, b)
		}
		if Digest(got) != shown.Digest() {
			t.Errorf("%s: go-ethereum hashes what is shown to %x, this package signs %s", name, got, shown.Digest())
		}
	}
}
