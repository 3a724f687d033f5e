package host

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// who says who may go a route. It stands in the table of routes and is checked by admit alone.
type who int

const (
	nobody   who = iota // so that no route is open because its line says nothing
	anyone              // public by design, or what comes proves itself: by its digest, or by a signature in it
	onStream            // proves itself on the stream: a worker by evidence, a creator by a signature
	signedIn            // any account
	reader              // of the blob in the path: see mayRead
	party               // to the job in the path: its user, its creator, its worker and that one's operator, the host's operators
)

// caller is who makes a request, as far as a token tells. The zero value is a stranger.
type caller struct {
	login    store.Login      // of an account
	account  protocol.Address // zero: none signed in
	operator bool             // of this host
	worker   *worker          // whose stream's token it is
	job      *store.Job       // in the path, where the route is for its parties
}

type callerKey struct{}

// callerOf returns who makes a request that was admitted.
func callerOf(r *http.Request) caller {
	c, _ := r.Context().Value(callerKey{}).(caller)
	return c
}

// of notes who makes a request.
func (c caller) of(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, c))
}

// admit finds out who makes a request and refuses it if its route is not for them.
func (h *Host) admit(r *http.Request, w who) (*http.Request, error) {
	c, err := h.identify(r)
	if err != nil {
		return nil, err
	}
	r = c.of(r)
	if err := h.limits.account(c); err != nil {
		return nil, err
	}
	switch w {
	case anyone, onStream:
		return r, nil
	case signedIn:
		if c.account.IsZero() {
			return nil, signInFirst(r)
		}
		return r, nil
	case reader:
		return r, h.mayRead(r, c)
	case party:
		j, err := h.mayLookAt(r, c)
		if err != nil {
			return nil, err
		}
		c.job = &j
		return c.of(r), nil
	}
	return nil, problem(codeForbidden, "%s %s is for nobody", r.Method, clean(r.URL.Path))
}

// identify looks up the token of a request: a worker's, or that of a session. One that is not known makes a stranger.
func (h *Host) identify(r *http.Request) (c caller, err error) {
	token := bearerToken(r)
	if token == "" {
		return c, nil
	}
	for _, w := range h.workers.list() {
		if subtle.ConstantTimeCompare([]byte(w.token), []byte(token)) == 1 {
			return caller{worker: w}, nil
		}
	}
	l, err := h.store.Login(r.Context(), tokenDigest(token))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return c, nil
	case err != nil:
		return c, err
	}
	return caller{login: l, account: l.Account, operator: slices.Contains(h.cfg.Operators, l.Account)}, nil
}

// tokenProtocol is a WebSocket subprotocol that stands before a token: browsers cannot send the header.
const tokenProtocol = "encompute.token."

// bearerToken returns the token that a request carries, or "".
func bearerToken(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for p := range strings.SplitSeq(line, ",") {
			if token, ok := strings.CutPrefix(strings.TrimSpace(p), tokenProtocol); ok {
				return token
			}
		}
	}
	return ""
}

// signInFirst is the refusal of a request without a token, or with one that is over.
func signInFirst(r *http.Request) error {
	if bearerToken(r) != "" {
		return problem(codeSignIn, "the token is not known, or over")
	}
	return problem(codeSignIn, "%s %s is not for strangers", r.Method, clean(r.URL.Path))
}

// mayLookAt returns the job in the path and refuses whoever is no party to it.
func (h *Host) mayLookAt(r *http.Request, c caller) (j store.Job, err error) {
	if c == (caller{}) {
		return j, signInFirst(r)
	}
	if j, err = h.pathJob(r); err != nil {
		return j, err
	}
	ok, err := h.isParty(r.Context(), c, j)
	if err == nil && !ok {
		err = problem(codeForbidden, "job %s is another's", j.JobID)
	}
	return j, err
}

// isParty reports whether a job concerns a caller.
func (h *Host) isParty(ctx context.Context, c caller, j store.Job) (bool, error) {
	switch {
	case c.worker != nil:
		return c.worker.isAdmitted() && c.worker.signer == j.Worker, nil
	case c.account.IsZero():
		return false, nil
	case c.operator || c.account == j.Spec.User || c.account == j.Spec.Creator:
		return true, nil
	case j.Worker.IsZero():
		return false, nil
	}
	w, err := h.store.Worker(ctx, j.Worker)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && w.Operator == c.account, err
}

// mayRead refuses whoever is no reader of the blob in the path. An output is for the user of its job and the host's
// operators; the rest, which is large, for workers. Everybody may ask whether a blob is there, with HEAD.
func (h *Host) mayRead(r *http.Request, c caller) error {
	if r.Method == http.MethodHead || c.worker != nil {
		return nil
	}
	digest, err := pathDigest(r, "digest")
	if err != nil {
		return err
	}
	b, err := h.store.Blob(r.Context(), digest)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil // it is said below that it is not there
	case err != nil:
		return err
	case b.Kind != store.KindOutput:
		return problem(codeTokenRequired, "blob %s is for workers", digest)
	case c.account.IsZero():
		return signInFirst(r)
	case c.operator:
		return nil
	}
	mine, err := h.store.OutputOf(r.Context(), digest, c.account)
	if err == nil && !mine {
		err = problem(codeForbidden, "blob %s is the output of another's job", digest)
	}
	return err
}

// forStrangers is what everybody may see of a job, since the chain shows it too.
func forStrangers(v protocol.JobView) protocol.JobView {
	return protocol.JobView{JobID: v.JobID, Spec: v.Spec, State: v.State, Missing: v.Missing, Worker: v.Worker, Attempts: v.Attempts}
}
