package protocol

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The example of EIP-4361, and one without optional lines.
const (
	fullSignIn = `https://example.com:3388 wants you to sign in with your Ethereum account:
0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2

I accept the ExampleOrg Terms of Service: https://example.com/tos

URI: https://example.com/login
Version: 1
Chain ID: 1
Nonce: 32891756
Issued At: 2021-09-30T16:25:24Z
Expiration Time: 2021-09-30T17:25:24Z
Not Before: 2021-09-30T16:25:00Z
Request ID: some-id
Resources:
- ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/
- https://example.com/my-web2-claim.json`
	shortSignIn = `example.com wants you to sign in with your Ethereum account:
0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2


URI: https://example.com/login
Version: 1
Chain ID: 1
Nonce: 32891756
Issued At: 2021-09-30T16:25:24.000Z`
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	s, err := ParseSignIn(fullSignIn)
	if err != nil {
		t.Fatal(err)
	}
	address, _ := ParseAddress("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2")
	issued := time.Date(2021, 9, 30, 16, 25, 24, 0, time.UTC)
	want := SignIn{
		Scheme: "https", Domain: "example.com:3388", Address: address, Statement: "I accept the ExampleOrg Terms of Service: https://example.com/tos",
		URI: "https://example.com/login", ChainID: 1, Nonce: "32891756", IssuedAt: issued, Expires: issued.Add(time.Hour),
		NotBefore: issued.Add(-24 * time.Second), RequestID: "some-id",
		Resources: []string{"ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/", "https://example.com/my-web2-claim.json"},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(fullSignIn, s.String()); d != "" {
		t.Error(d)
	}
	if s, err = ParseSignIn(shortSignIn); err != nil || s.Domain != "example.com" || !s.IssuedAt.Equal(issued) || s.Statement != "" {
		t.Errorf("short: %+v, %v", s, err)
	}
}

// What differs in any line from what EIP-4361 allows is refused.
func TestSignInMalformed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"no greeting":      {" wants you", " wants us"},
		"domain":           {"https://example.com:3388 wants", "https://user@example.com wants"},
		"no domain":        {"https://example.com:3388 wants", "https:// wants"},
		"lower case":       {"0xC02aaA39", "0xc02aaA39"},
		"short address":    {"3C756Cc2\n", "3C756C\n"},
		"statement runs":   {"/tos\n", "/tos\nand more\n"},
		"control":          {"I accept", "I\taccept"},
		"not ASCII":        {"I accept", "I \u202eaccept"},
		"version":          {"Version: 1", "Version: 2"},
		"chain":            {"Chain ID: 1", "Chain ID: one"},
		"negative chain":   {"Chain ID: 1", "Chain ID: -1"},
		"short nonce":      {"Nonce: 32891756", "Nonce: 3289175"},
		"nonce":            {"Nonce: 32891756", "Nonce: 3289175-"},
		"no nonce":         {"Nonce: 32891756\n", ""},
		"issued":           {"Issued At: 2021-09-30T16:25:24Z", "Issued At: yesterday"},
		"order":            {"Expiration Time: 2021-09-30T17:25:24Z\nNot Before: 2021-09-30T16:25:00Z", "Not Before: 2021-09-30T16:25:00Z\nExpiration Time: 2021-09-30T17:25:24Z"},
		"expires":          {"Expiration Time: 2021-09-30T17:25:24Z", "Expiration Time: never"},
		"resources":        {"Resources:", "Resources: two"},
		"trailing":         {"claim.json", "claim.json\nmore"},
		"carriage returns": {"\n", "\r\n"},
		"large":            {"some-id", strings.Repeat("x", MaxSignInBytes)},
	} {
		changed := strings.Replace(fullSignIn, change[0], change[1], 1)
		if changed == fullSignIn {
			t.Errorf("%s: changes nothing", name)
		}
		if _, err := ParseSignIn(changed); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The digest is the one that wallets sign: a vector of go-ethereum's accounts.TextHash.
func TestPersonalDigest(t *testing.T) {
	t.Parallel()
	if got := PersonalDigest("Hello Joe").String(); got != "0xa080337ae51c4e064c189e113edd0ba391df9206e2f49db658bb32cf2911730b" {
		t.Error(got)
	}
}

func FuzzParseSignIn(f *testing.F) {
	f.Add(fullSignIn)
	f.Add(shortSignIn)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSignIn(text)
		if err != nil {
			return
		}
		again, err := ParseSignIn(s.String())
		if err != nil {
			t.Fatalf("%q is read, %q is not: %v", text, s, err)
		}
		if again.String() != s.String() {
			t.Fatalf("%q became %q", s, again)
		}
	})
}
