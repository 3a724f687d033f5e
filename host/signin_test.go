package host

import (
	"net/http"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// signInText is a sign-in as this host wants it, with a nonce of its own.
func (b *bench) signInText(account protocol.Address) protocol.SignIn {
	b.Helper()
	var c protocol.SignInChallenge
	b.ok("POST", "/v1/session/nonce", nil, &c)
	return protocol.SignIn{
		Domain: "localhost:8440", Address: account, Statement: "Hello.", URI: "http://localhost:8440/login", ChainID: c.ChainID,
		Nonce: c.Nonce, IssuedAt: b.clock.Now(), Expires: b.clock.Now().Add(time.Minute),
	}
}

func (b *bench) signedBy(k protocol.SigningKey, s protocol.SignIn) protocol.SignInRequest {
	text := s.String()
	return protocol.SignInRequest{Message: text, Signature: k.SignDigest(protocol.PersonalDigest(text))}
}

// as makes a request with a token and returns its code, or decodes the answer into out.
func (b *bench) as(token, method, path string, out any) code {
	b.Helper()
	resp, raw := b.request(method, path, token, http.NoBody)
	return b.answer(resp, raw, out)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	q := b.signedBy(b.creator, b.signInText(b.creator.Address()))
	var s protocol.Session
	b.ok("POST", "/v1/session", q, &s)
	if s.Account != b.creator.Address() || !s.Expires.Equal(b.clock.Now().Add(sessionLasts)) {
		t.Errorf("session %+v", s)
	}
	b.refused(b.call("POST", "/v1/session", q, nil), codeNonce) // once
	var again protocol.Session
	b.refused(b.as(s.Token, "GET", "/v1/session", &again), "")
	if again.Token != "" || len(again.Roles) != 2 || again.Roles[1] != protocol.RoleCreator {
		t.Errorf("session %+v, want a creator's and no token", again)
	}
	b.refused(b.as(s.Token+"x", "GET", "/v1/session", nil), codeSignIn)
	b.refused(b.as("", "GET", "/v1/session", nil), codeSignIn)

	b.clock.advance(sessionLasts / 2)
	var renewed protocol.Session
	b.refused(b.as(s.Token, "POST", "/v1/session/renewal", &renewed), "")
	b.refused(b.as(s.Token, "GET", "/v1/session", nil), codeSignIn)
	b.refused(b.as(renewed.Token, "GET", "/v1/session", nil), "")
	b.restart()
	b.refused(b.as(renewed.Token, "GET", "/v1/session", nil), "")
	b.clock.advance(sessionLasts + time.Second)
	b.refused(b.as(renewed.Token, "GET", "/v1/session", nil), codeSignIn)
}

// However often it is renewed, a session ends a day after the wallet signed.
func TestRenewalsEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var s protocol.Session
	b.ok("POST", "/v1/session", b.signedBy(b.user, b.signInText(b.user.Address())), &s)
	end := b.clock.Now().Add(renewalEnds)
	for !b.clock.Now().After(end) {
		if s.Expires.After(end) {
			t.Fatalf("lasts until %s, after %s", s.Expires, end)
		}
		b.clock.advance(sessionLasts / 2)
		if b.as(s.Token, "POST", "/v1/session/renewal", &s) == codeSignIn {
			break
		}
	}
	if b.clock.Now().Before(end) {
		t.Errorf("ended %s before its day was over", end.Sub(b.clock.Now()))
	}
	b.refused(b.as(s.Token, "GET", "/v1/session", nil), codeSignIn)
}

func TestLogOut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two, three, other := b.session(b.user), b.session(b.user), b.session(b.user), b.session(b.creator)
	b.refused(b.as(one, "DELETE", "/v1/session", nil), "")
	b.refused(b.as(one, "GET", "/v1/session", nil), codeSignIn)
	b.refused(b.as(two, "DELETE", "/v1/session?everywhere=perhaps", nil), codeBadRequest)
	b.refused(b.as(two, "GET", "/v1/session", nil), "")
	b.refused(b.as(two, "DELETE", "/v1/session?everywhere=true", nil), "")
	for token, want := range map[string]code{two: codeSignIn, three: codeSignIn, other: ""} {
		b.refused(b.as(token, "GET", "/v1/session", nil), want)
	}
}

// What was signed for another host, chain or time, or by another key, signs nobody in and leaves the nonce open.
func TestSignInRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Origins = []string{"https://host.example", "http://localhost"} })
	for name, c := range map[string]struct {
		change func(*protocol.SignIn)
		want   code
	}{
		"another domain":       {func(s *protocol.SignIn) { s.Domain = "evil.example" }, codeDomain},
		"another port":         {func(s *protocol.SignIn) { s.Domain, s.URI = "host.example:99", "https://host.example:99" }, codeDomain},
		"another URI":          {func(s *protocol.SignIn) { s.URI = "http://evil.example/login" }, codeDomain},
		"the URI's user":       {func(s *protocol.SignIn) { s.URI = "http://me@localhost:8440/" }, codeDomain},
		"another scheme":       {func(s *protocol.SignIn) { s.Domain, s.URI = "host.example", "http://host.example" }, codeDomain},
		"scheme of the origin": {func(s *protocol.SignIn) { s.Scheme = "https" }, codeDomain},
		"no scheme":            {func(s *protocol.SignIn) { s.URI = "//localhost:8440" }, codeDomain},
		"another chain":        {func(s *protocol.SignIn) { s.ChainID++ }, codeDomain},
		"expired":              {func(s *protocol.SignIn) { s.Expires = b.clock.Now() }, codeSignInTime},
		"not yet":              {func(s *protocol.SignIn) { s.NotBefore = b.clock.Now().Add(2 * clockSkew) }, codeSignInTime},
		"of tomorrow":          {func(s *protocol.SignIn) { s.IssuedAt = b.clock.Now().Add(2 * clockSkew) }, codeSignInTime},
		"of yesterday":         {func(s *protocol.SignIn) { s.IssuedAt = b.clock.Now().Add(-day) }, codeSignInTime},
		"made-up nonce":        {func(s *protocol.SignIn) { s.Nonce = "abcdefgh12" }, codeNonce},
		"another's account":    {func(s *protocol.SignIn) { s.Address = b.creator.Address() }, codeSignature},
		"as it should be":      {func(*protocol.SignIn) {}, ""},
		"by another origin":    {func(s *protocol.SignIn) { s.Domain, s.URI = "host.example", "https://host.example/" }, ""},
		"by a loopback name":   {func(s *protocol.SignIn) { s.Domain, s.URI = "127.0.0.1:9", "http://127.0.0.1:9/" }, ""},
	} {
		s := b.signInText(b.user.Address())
		right := b.signedBy(b.user, s)
		c.change(&s)
		if got := b.call("POST", "/v1/session", b.signedBy(b.user, s), nil); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if c.want != "" {
			b.refused(b.call("POST", "/v1/session", right, nil), "")
		}
	}
	q := b.signedBy(b.user, b.signInText(b.user.Address()))
	q.Message += "\n"
	b.refused(b.call("POST", "/v1/session", q, nil), codeBadRequest)
	q = b.signedBy(b.user, b.signInText(b.user.Address()))
	b.clock.advance(nonceLasts + time.Second)
	s := b.signInText(b.user.Address())
	old, err := protocol.ParseSignIn(q.Message)
	b.must(err)
	s.Nonce = old.Nonce
	b.refused(b.call("POST", "/v1/session", b.signedBy(b.user, s), nil), codeNonce)
}

// Smart wallets are asked on chain.
func TestSmartWallet(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	wallet := protocol.Address{0x5a}
	b.chain.with(func() { b.chain.wallets = map[protocol.Address]protocol.Address{wallet: b.user.Address()} })
	var s protocol.Session
	b.ok("POST", "/v1/session", b.signedBy(b.user, b.signInText(wallet)), &s)
	if s.Account != wallet {
		t.Errorf("signed in %s", s.Account)
	}
	q := b.signedBy(b.creator, b.signInText(wallet))
	b.refused(b.call("POST", "/v1/session", q, nil), codeSignature)
	q.Signature = make([]byte, maxWalletSignature+1)
	b.refused(b.call("POST", "/v1/session", q, nil), codeTooLarge)
	q = b.signedBy(b.user, b.signInText(wallet))
	b.chain.with(func() { b.chain.unread = store.ErrNotFound })
	b.refused(b.call("POST", "/v1/session", q, nil), codeChainDown)
	b.chain.with(func() { b.chain.unread = nil })
	b.ok("POST", "/v1/session", q, nil)
}
