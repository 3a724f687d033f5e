package client

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// forUser lets the last session's token pass, and everybody ask whether a blob is there.
func (h *fakeHost) forUser(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		ok := h.token != "" && r.Header.Get("Authorization") == "Bearer "+h.token
		h.mu.Unlock()
		if !ok && r.Method != http.MethodHead {
			refuseWith(w, 401, codeSignIn)
			return
		}
		next(w, r)
	}
}

func (h *fakeHost) postNonce(w http.ResponseWriter, _ *http.Request) {
	c := protocol.SignInChallenge{Nonce: rand.Text(), ChainID: h.domain.ChainID}
	if h.lies.challenge != nil {
		h.lies.challenge(&c)
	}
	answer(w, c)
}

func (h *fakeHost) postSession(w http.ResponseWriter, r *http.Request) {
	var q protocol.SignInRequest
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		panic(err)
	}
	s, err := protocol.ParseSignIn(q.Message)
	if err != nil || s.Domain != r.Host || s.URI != h.server.URL || protocol.VerifyDigest(protocol.PersonalDigest(q.Message), q.Signature, s.Address) != nil {
		refuseWith(w, 403, "signature")
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sessions++
	h.token = rand.Text()
	answer(w, func() protocol.Session {
		v := protocol.Session{Token: h.token, Account: s.Address, Roles: []protocol.Role{protocol.RoleUser}}
		if h.lies.session != nil {
			h.lies.session(&v)
		}
		return v
	}())
}

// A client signs in when it is asked who it is, once, and again when its session is over.
func TestSignIn(t *testing.T) {
	t.Parallel()
	e := newScene(t)
	c := e.client(t)
	o, err := c.Run(t.Context(), e.request())
	if err != nil {
		t.Fatal(err)
	}
	if e.host.sessions != 1 {
		t.Errorf("%d sessions for one job", e.host.sessions)
	}
	e.host.set(func() { e.host.token = "" })
	var view protocol.JobView
	if err := c.host.get(t.Context(), maxJobViewBytes, &view, "v1", "jobs", o.JobID.String()); err != nil || view.JobID != o.JobID {
		t.Errorf("after the session's end: %v", err)
	}
	if e.host.sessions != 2 {
		t.Errorf("%d sessions", e.host.sessions)
	}
}

// Nothing is signed that would be worth something elsewhere, and no other account's session is taken.
func TestSignInRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lies  lies
		check string
	}{
		"another chain": {lies{challenge: func(c *protocol.SignInChallenge) { c.ChainID++ }}, "session.chainId"},
		"a nonce with lines": {lies{challenge: func(c *protocol.SignInChallenge) {
			c.Nonce = "abcdefgh\nIssued At: 2030-01-01T00:00:00Z"
		}}, "session.nonce"},
		"a long nonce":    {lies{challenge: func(c *protocol.SignInChallenge) { c.Nonce = strings.Repeat("a", protocol.MaxSignInBytes-200) }}, "session.nonce"},
		"no token":        {lies{session: func(s *protocol.Session) { s.Token = "" }}, "session"},
		"another account": {lies{session: func(s *protocol.Session) { s.Account[0]++ }}, "session"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newScene(t)
			e.host.set(func() { e.host.lies = c.lies })
			err := e.client(t).host.get(t.Context(), maxSmallBytes, new(protocol.JobView), "v1", "jobs", protocol.Digest{1}.String())
			refused, ok := errors.AsType[*Error](err)
			if !ok || refused.Check != c.check {
				t.Errorf("error %v, want check %q", err, c.check)
			}
		})
	}
}
