package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// codeSignIn is the code with which a host asks who is there.
const codeSignIn = "sign_in"

// session is the user's session with a host. It begins when the host first asks for it, and again when it is over.
type session struct {
	signer  Signer
	chainID uint64

	mu    sync.Mutex // held while signing in
	token string
}

func (s *session) current() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

func wantsSignIn(err error) bool {
	p, ok := errors.AsType[protocol.Problem](err)
	return ok && p.Code == codeSignIn
}

// signIn returns another token than the one that the host refused (EIP-4361).
func (h host) signIn(ctx context.Context, refused string) (string, error) {
	s := h.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != refused {
		return s.token, nil
	}
	var c protocol.SignInChallenge
	if err := h.plainPost(ctx, struct{}{}, &c, "v1", "session", "nonce"); err != nil {
		return "", err
	}
	message, err := h.signInMessage(c)
	if err != nil {
		return "", err
	}
	sig, err := signText(ctx, s.signer, message)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	var signedIn protocol.Session
	if err := h.plainPost(ctx, protocol.SignInRequest{Message: message, Signature: sig}, &signedIn, "v1", "session"); err != nil {
		return "", err
	}
	if signedIn.Token == "" || signedIn.Account != s.signer.Address() {
		return "", refuse(CodeHostAnswer, "session", "the host signed in %s, asked for %s", signedIn.Account, s.signer.Address())
	}
	s.token = signedIn.Token
	return s.token, nil
}

// signInMessage is what is signed: it names the host and chain that the user configured, so that it is worth nothing
// elsewhere, whatever the host says.
func (h host) signInMessage(c protocol.SignInChallenge) (string, error) {
	if c.ChainID != h.session.chainID {
		return "", refuse(CodeWrongNetwork, "session.chainId", "host signs in on chain %d, configured is %d", c.ChainID, h.session.chainID)
	}
	now := time.Now().UTC().Truncate(time.Second)
	origin := *h.base
	origin.RawQuery = ""
	message := protocol.SignIn{
		Domain: h.base.Host, Address: h.session.signer.Address(), Statement: "Show me my jobs and their results.", URI: origin.String(),
		ChainID: c.ChainID, Nonce: c.Nonce, IssuedAt: now, Expires: now.Add(5 * time.Minute),
	}.String()
	if read, err := protocol.ParseSignIn(message); err != nil || read.Nonce != c.Nonce {
		return "", refuse(CodeHostAnswer, "session.nonce", "the host's nonce does not fit a sign-in")
	}
	return message, nil
}

// plainPost is post without a token.
func (h host) plainPost(ctx context.Context, in, out any, path ...string) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	res, err := h.query("").send(ctx, "", fetch.MethodPost, bytes.NewReader(b), int64(len(b)), path...)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return fail(CodeHostAnswer, protocol.UnmarshalJSON(res.Body, maxSmallBytes, out))
}
