package protocol

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// MaxSignInBytes bounds the text of a sign-in.
const MaxSignInBytes = 4 << 10

// SignIn is what a wallet signs to prove who it is to a host (EIP-4361, "Sign-In with Ethereum").
type SignIn struct {
	Scheme    string // of the origin, usually empty
	Domain    string // host and port that asks for the signature
	Address   Address
	Statement string // for the person who signs; one line
	URI       string // what the signature is for
	ChainID   uint64
	Nonce     string // the host's, used once
	IssuedAt  time.Time
	Expires   time.Time // zero: no end
	NotBefore time.Time // zero: at once
	RequestID string
	Resources []string
}

const signInGreeting = " wants you to sign in with your Ethereum account:"

// String returns the text that is signed.
func (s SignIn) String() string {
	var b strings.Builder
	if s.Scheme != "" {
		b.WriteString(s.Scheme + "://")
	}
	fmt.Fprintf(&b, "%s%s\n%s\n\n", s.Domain, signInGreeting, s.Address)
	if s.Statement != "" {
		b.WriteString(s.Statement + "\n")
	}
	fmt.Fprintf(&b, "\nURI: %s\nVersion: 1\nChain ID: %d\nNonce: %s\nIssued At: %s", s.URI, s.ChainID, s.Nonce, s.IssuedAt.UTC().Format(time.RFC3339))
	for _, t := range []struct {
		label string
		at    time.Time
	}{{"Expiration Time", s.Expires}, {"Not Before", s.NotBefore}} {
		if !t.at.IsZero() {
			fmt.Fprintf(&b, "\n%s: %s", t.label, t.at.UTC().Format(time.RFC3339))
		}
	}
	if s.RequestID != "" {
		b.WriteString("\nRequest ID: " + s.RequestID)
	}
	if len(s.Resources) > 0 {
		b.WriteString("\nResources:\n- " + strings.Join(s.Resources, "\n- "))
	}
	return b.String()
}

// PersonalDigest is what wallets sign of a text by personal_sign (EIP-191, version 0x45).
func PersonalDigest(text string) Digest {
	return Keccak256(fmt.Appendf(nil, "\x19Ethereum Signed Message:\n%d%s", len(text), text))
}

// ParseSignIn reads the text of a sign-in strictly; the error wraps ErrMalformed and names the line.
// Whether domain, chain, nonce and times are right is the reader's to check.
func ParseSignIn(text string) (s SignIn, err error) {
	if len(text) > MaxSignInBytes {
		return s, fmt.Errorf("%w: sign-in has %d bytes, at most %d are allowed", ErrMalformed, len(text), MaxSignInBytes)
	}
	p := signInParser{lines: strings.Split(text, "\n")}
	p.greeting(&s)
	address := p.line()
	p.parse("address", func() (err error) { s.Address, err = ParseAddress(address); return err })
	p.want("address in its checksum form", address == s.Address.String())
	p.want("an empty line after the address", p.line() == "")
	if s.Statement = p.line(); s.Statement != "" {
		p.want("an empty line after the statement", p.line() == "")
	}
	s.URI = p.field("URI")
	p.parse("URI", func() (err error) { _, err = url.Parse(s.URI); return err })
	p.want("version 1", p.field("Version") == "1")
	chain := p.field("Chain ID")
	p.parse("Chain ID", func() (err error) { s.ChainID, err = strconv.ParseUint(chain, 10, 64); return err })
	s.Nonce = p.field("Nonce")
	p.want("a nonce of 8 or more letters and digits", len(s.Nonce) >= 8 && strings.IndexFunc(s.Nonce, notAlphanumeric) < 0)
	p.time("Issued At", &s.IssuedAt, true)
	p.time("Expiration Time", &s.Expires, false)
	p.time("Not Before", &s.NotBefore, false)
	if p.next("Request ID: ") {
		s.RequestID = p.field("Request ID")
	}
	if p.next("Resources:") {
		p.want("Resources alone in its line", p.line() == "Resources:")
		for p.next("- ") {
			s.Resources = append(s.Resources, strings.TrimPrefix(p.line(), "- "))
		}
	}
	p.want("no more", len(p.lines) == 0)
	if p.err != nil {
		return SignIn{}, fmt.Errorf("%w: sign-in: %w", ErrMalformed, p.err)
	}
	return s, nil
}

// signInParser takes lines from the front until one is wrong.
type signInParser struct {
	lines []string
	err   error
}

func (p *signInParser) line() (l string) {
	if len(p.lines) == 0 {
		p.want("another line", false)
		return ""
	}
	l, p.lines = p.lines[0], p.lines[1:]
	p.want("printable ASCII", strings.IndexFunc(l, func(r rune) bool { return r < ' ' || r > '~' }) < 0)
	return l
}

func (p *signInParser) next(prefix string) bool {
	return len(p.lines) > 0 && strings.HasPrefix(p.lines[0], prefix)
}

func (p *signInParser) want(what string, ok bool) {
	if p.err == nil && !ok {
		p.err = fmt.Errorf("expected %s", what)
	}
}

func (p *signInParser) parse(what string, f func() error) {
	if err := f(); p.err == nil && err != nil {
		p.err = fmt.Errorf("%s: %w", what, err)
	}
}

func (p *signInParser) field(label string) string {
	value, ok := strings.CutPrefix(p.line(), label+": ")
	p.want(label, ok)
	return value
}

func (p *signInParser) time(label string, t *time.Time, needed bool) {
	if !needed && !p.next(label+": ") {
		return
	}
	text := p.field(label)
	p.parse(label, func() (err error) { *t, err = time.Parse(time.RFC3339, text); return err })
}

func (p *signInParser) greeting(s *SignIn) {
	origin, ok := strings.CutSuffix(p.line(), signInGreeting)
	p.want("who asks for the sign-in", ok)
	if scheme, domain, found := strings.Cut(origin, "://"); found {
		s.Scheme, s.Domain = scheme, domain
	} else {
		s.Domain = origin
	}
	p.want("a domain", s.Domain != "" && !strings.ContainsAny(s.Domain, "/?#@ "))
}

func notAlphanumeric(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// SignInChallenge is what a host wants to be signed: see SignIn.
type SignInChallenge struct {
	Nonce   string    `json:"nonce"`
	ChainID uint64    `json:"chainId"`
	Expires time.Time `json:"expires"`
}

// SignInRequest is a signed SignIn.
type SignInRequest struct {
	Message   string `json:"message"`
	Signature []byte `json:"signature"` // of PersonalDigest(Message), or whatever a smart wallet takes for one (ERC-1271)
}

// Role is what an account is to a host. Roles say what to show somebody; what they may do follows from the account.
type Role string

// The roles. Everybody is a user.
const (
	RoleUser     Role = "user"
	RoleCreator  Role = "creator"  // has published a model here
	RoleWorker   Role = "worker"   // operates a worker that is connected
	RoleOperator Role = "operator" // of the host
)

// Session is a signed-in account.
type Session struct {
	Token   string    `json:"token,omitempty"` // for Authorization: Bearer; told once
	Account Address   `json:"account"`
	Roles   []Role    `json:"roles"`
	Expires time.Time `json:"expires"`
}
