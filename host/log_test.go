package host

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// lockedBuffer is a log that many write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Whatever happens, the log holds no token, no signature, no key and nothing that is sealed, in any of the forms
// in which it might be written.
func TestLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	log := &lockedBuffer{}
	b := newBench(t, func(c *Config) {
		c.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	b.publish()
	q := b.signedBy(b.user, b.signInText(b.user.Address()))
	var s, renewed protocol.Session
	b.ok("POST", "/v1/session", q, &s)
	b.refused(b.as(s.Token, "POST", "/v1/session/renewal", &renewed), "")
	b.refused(b.as(s.Token, "GET", "/v1/session", nil), codeSignIn)

	w := b.newWorker().connect()
	id, _ := b.queue()
	c := w.answerJob(w.assigned())
	b.await(id, protocol.JobComputed)
	r := b.release(id, c, []byte("sealed to the creator"))
	wrong := r
	wrong.Signature = bytes.Repeat([]byte{7}, 65)
	b.refused(b.call("POST", "/v1/jobs/"+id.String()+"/release", wrong, nil), codeSignature)
	b.ok("POST", "/v1/jobs/"+id.String()+"/release", r, nil)
	agent := b.signIn(b.creator, 0)
	d := agent.delivery(agent.released(), []byte("sealed to the user"))
	agent.send(protocol.TypeDelivered, d)
	b.await(id, protocol.JobDelivered)
	ack := b.acknowledgement(id)
	b.acknowledge(id)
	b.export(renewed.Token)
	b.refused(b.as(renewed.Token, "DELETE", "/v1/me", nil), "")

	text := strings.ToLower(log.String())
	for _, want := range []string{"account signed in", "job released", "job delivered", "result acknowledged", "account erased"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not say %q: the test looks at the wrong one", want)
		}
	}
	for name, secret := range map[string][]byte{
		"session's token": []byte(s.Token), "renewed token": []byte(renewed.Token), "worker's token": []byte(w.welcome.Token),
		"sign-in's signature": q.Signature, "release": r.Sealed, "release's signature": r.Signature, "refused signature": wrong.Signature,
		"result": d.Sealed, "acknowledgement": ack.Signature, "host's key": b.cfg.Key.Bytes(), "input": blob("input", inputBytes), "keys": blob("keys", keysBytes),
	} {
		for _, form := range []string{string(secret), hex.EncodeToString(secret), base64.StdEncoding.EncodeToString(secret)} {
			if strings.Contains(text, strings.ToLower(form)) {
				t.Errorf("the log holds the %s", name)
			}
		}
	}
}
