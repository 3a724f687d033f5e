package host

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// The times of sign-ins and sessions.
const (
	nonceLasts   = 10 * time.Minute
	sessionLasts = time.Hour
	renewalEnds  = 24 * time.Hour // after the signature no token is renewed
	clockSkew    = time.Minute    // by which a wallet's clock may be ahead
)

// maxWalletSignature bounds the signatures of smart wallets in bytes.
const maxWalletSignature = 4 << 10

func tokenDigest(token string) protocol.Digest {
	return protocol.NewDigest("session-token", []byte(token))
}

// postNonce issues a nonce to be signed.
func (h *Host) postNonce(w http.ResponseWriter, r *http.Request) error {
	c := protocol.SignInChallenge{Nonce: rand.Text(), ChainID: h.domain.ChainID, Expires: h.cfg.Now().Add(nonceLasts).UTC().Truncate(time.Second)}
	err := h.store.AddNonce(r.Context(), c.Nonce, c.Expires)
	if errors.Is(err, store.ErrConflict) {
		return problem(codeBusy, "%d sign-ins have begun and not ended", store.MaxNonces)
	}
	if err != nil {
		return err
	}
	return writeJSON(w, c)
}

// postSession signs an account in: it checks what was signed, by whom, and uses the nonce up.
func (h *Host) postSession(w http.ResponseWriter, r *http.Request) error {
	q, err := readJSON[protocol.SignInRequest](w, r, maxSmallBody)
	if err != nil {
		return err
	}
	s, err := protocol.ParseSignIn(q.Message)
	if err != nil {
		return err
	}
	now := h.cfg.Now()
	if err := h.checkSignIn(s, now); err != nil {
		return err
	}
	if err := h.checkSigner(r.Context(), s.Address, protocol.PersonalDigest(q.Message), q.Signature); err != nil {
		return err
	}
	token, l := newLogin(s.Address, now, now)
	err = h.store.AddLogin(r.Context(), s.Nonce, l)
	if errors.Is(err, store.ErrNotFound) {
		return problem(codeNonce, "nonce %s", s.Nonce)
	}
	if err != nil {
		return err
	}
	h.log.InfoContext(r.Context(), "account signed in", "account", s.Address)
	return h.writeSession(w, r, token, l)
}

// checkSignIn refuses what was signed for another host, chain or time.
func (h *Host) checkSignIn(s protocol.SignIn, now time.Time) error {
	u, err := url.Parse(s.URI)
	switch {
	case !h.isMine(s.Scheme, s.Domain):
		return problem(codeDomain, "domain is %q, this host is %s", s.Domain, h.cfg.Origins)
	case err != nil || u.Host != s.Domain || u.User != nil || !h.isMine(u.Scheme, u.Host) || u.Scheme == "":
		return problem(codeDomain, "URI %q is not on domain %q", s.URI, s.Domain)
	case s.ChainID != h.domain.ChainID:
		return problem(codeDomain, "chain id is %d, this host works on %d", s.ChainID, h.domain.ChainID)
	case s.IssuedAt.After(now.Add(clockSkew)) || s.IssuedAt.Before(now.Add(-nonceLasts-clockSkew)):
		return problem(codeSignInTime, "issued at %s, it is %s", s.IssuedAt.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	case !s.Expires.IsZero() && !s.Expires.After(now):
		return problem(codeSignInTime, "expired at %s", s.Expires.UTC().Format(time.RFC3339))
	case s.NotBefore.After(now.Add(clockSkew)):
		return problem(codeSignInTime, "not before %s", s.NotBefore.UTC().Format(time.RFC3339))
	}
	return nil
}

// isMine reports whether an origin is this host's; an empty scheme stands for any. Names of this
// very machine stand for each other, whatever the port: nobody else can be asked by them.
func (h *Host) isMine(scheme, domain string) bool {
	for _, o := range h.cfg.Origins {
		u, err := url.Parse(o)
		if err == nil && (scheme == "" || scheme == u.Scheme) && (domain == u.Host || isLoopback(domain) && isLoopback(u.Host)) {
			return true
		}
	}
	return false
}

// isLoopback reports whether a host, with or without a port, is a name of this machine.
func isLoopback(host string) bool {
	u := url.URL{Host: host}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// checkSigner verifies a signature of an account's key, or else asks the account's contract (ERC-1271).
func (h *Host) checkSigner(ctx context.Context, account protocol.Address, digest protocol.Digest, sig []byte) error {
	err := protocol.VerifyDigest(digest, sig, account)
	if err == nil {
		return nil
	}
	if len(sig) > maxWalletSignature {
		return problem(codeTooLarge, "signature has %d bytes, at most %d are allowed", len(sig), maxWalletSignature)
	}
	done, busy := h.lookup(ctx)
	if busy != nil {
		return busy
	}
	defer done()
	accepted, down := h.cfg.Chain.WalletAccepts(ctx, account, digest, sig)
	switch {
	case down != nil:
		return h.chainDown(down)
	case !accepted:
		return problem(codeSignature, "sign-in: %s", err)
	}
	return nil
}

// newLogin makes a session and the token for it, which only its bearer knows.
func newLogin(account protocol.Address, signed, now time.Time) (token string, l store.Login) {
	token = rand.Text() + rand.Text()
	until := now.Add(sessionLasts)
	if last := signed.Add(renewalEnds); last.Before(until) {
		until = last
	}
	return token, store.Login{Token: tokenDigest(token), Account: account, Signed: signed, Until: until}
}

// postRenewal gives out a new token in the place of the one that the request carries.
func (h *Host) postRenewal(w http.ResponseWriter, r *http.Request) error {
	c := callerOf(r)
	token, l := newLogin(c.account, c.login.Signed, h.cfg.Now())
	err := h.store.RenewLogin(r.Context(), c.login.Token, l)
	if errors.Is(err, store.ErrNotFound) {
		return problem(codeSignIn, "the session has ended")
	}
	if err != nil {
		return err
	}
	return h.writeSession(w, r, token, l)
}

// deleteSession ends the session of the request, or with ?everywhere=true all of its account.
func (h *Host) deleteSession(w http.ResponseWriter, r *http.Request) error {
	c := callerOf(r)
	end := func() error { return h.store.DropLogin(r.Context(), c.login.Token) }
	switch r.URL.Query().Get("everywhere") {
	case "", "false":
	case "true":
		end = func() error { return h.store.DropLogins(r.Context(), c.account) }
	default:
		return problem(codeBadRequest, "everywhere of the query must be true or false")
	}
	if err := end(); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// getSession tells who the request is from.
func (h *Host) getSession(w http.ResponseWriter, r *http.Request) error {
	return h.writeSession(w, r, "", callerOf(r).login)
}

func (h *Host) writeSession(w http.ResponseWriter, r *http.Request, token string, l store.Login) error {
	roles, err := h.roles(r.Context(), l.Account)
	if err != nil {
		return err
	}
	return writeJSON(w, protocol.Session{Token: token, Account: l.Account, Roles: roles, Expires: l.Until})
}
