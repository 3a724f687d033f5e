package host

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// The roles of the table, in its columns.
var roleNames = []string{"stranger", "another", "user", "creator", "worker's operator", "worker", "host's operator"}

// mayGo says for each route who is let through: a letter for each of roleNames, "y" if admitted, "s" if asked to sign in, "f" if
// it is for others, "t" if it is for workers.
var mayGo = map[string]string{
	"GET /healthz":         "yyyyyyy",
	"GET /metrics":         "yyyyyyy",
	"GET /v1/openapi.json": "yyyyyyy",

	"POST /v1/session/nonce":   "yyyyyyy",
	"POST /v1/session":         "yyyyyyy",
	"GET /v1/session":          "syyyysy",
	"POST /v1/session/renewal": "syyyysy",
	"DELETE /v1/session":       "syyyysy",
	"GET /v1/me/jobs":          "syyyysy",
	"GET /v1/creator/jobs":     "syyyysy",
	"GET /v1/me/export":        "syyyysy",
	"DELETE /v1/me":            "syyyysy",

	"GET /v1/network":                    "yyyyyyy",
	"GET /v1/workers":                    "yyyyyyy",
	"POST /v1/workers/{signer}/evidence": "yyyyyyy",
	"GET /v1/models":                     "yyyyyyy",
	"GET /v1/models/{id}":                "yyyyyyy",
	"POST /v1/models":                    "yyyyyyy",
	"GET /v1/models/{id}/sheets":         "yyyyyyy",
	"POST /v1/models/{id}/sheets":        "yyyyyyy",

	"PUT /v1/blobs/{digest}":                "yyyyyyy",
	"GET /v1/blobs/{digest}":                "sfyffyy", // an output
	"GET /v1/blobs/{input}":                 "tttttyt",
	"HEAD /v1/blobs/{digest}":               "yyyyyyy",
	"GET /v1/blobs/{digest}/uploads/{id}":   "yyyyyyy",
	"PATCH /v1/blobs/{digest}/uploads/{id}": "yyyyyyy",

	"POST /v1/jobs":                      "yyyyyyy",
	"GET /v1/jobs/{id}":                  "sfyyyyy",
	"GET /v1/jobs/{id}/events":           "sfyyyyy",
	"POST /v1/jobs/{id}/release":         "yyyyyyy",
	"POST /v1/jobs/{id}/acknowledgement": "yyyyyyy",

	"GET /v1/creator/releases":    "syyyysy",
	"POST /v1/creator/deliveries": "syyyysy",
	"POST /v1/creator/failures":   "syyyysy",
	"POST /v1/creator/acks":       "syyyysy",

	"GET /v1/worker":  "yyyyyyy",
	"GET /v1/creator": "yyyyyyy",
	"GET /":           "yyyyyyy",
	"/":               "yyyyyyy",
}

// Every route is tried by every role. What a route answers to those whom it admits is for other tests.
func TestWhoMayGoWhere(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Operators = []protocol.Address{{0x99}} })
	operator, host := newKey(t), newKey(t)
	b.host.cfg.Operators = []protocol.Address{host.Address()}
	b.publish()
	w := b.newWorker()
	w.binding.Operator = operator.Address()
	w.connect()
	id, spec := b.queue()
	c := w.answerJob(w.assigned())
	b.await(id, protocol.JobComputed)
	for pattern := range b.host.routes() {
		if _, ok := mayGo[pattern]; !ok {
			t.Errorf("%s is not in the table", pattern)
		}
	}
	fill := strings.NewReplacer("{signer}", w.key.Address().String(), "{digest}/uploads/{id}", protocol.Digest{9}.String()+"/uploads/"+protocol.Digest{9}.String(),
		"{digest}", c.Receipt.OutputHash.String(), "{input}", spec.InputHash.String(), "models/{id}", "models/"+b.modelID.String(), "{id}", id.String())
	for _, pattern := range slices.Sorted(maps.Keys(mayGo)) {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			method, path = "POST", "/nowhere"
		}
		for i, role := range roleNames {
			// A new token for each, since some routes end sessions.
			token := map[string]func() string{
				"stranger": func() string { return "" }, "another": func() string { return b.session(newKey(t)) },
				"user": func() string { return b.session(b.user) }, "creator": func() string { return b.session(b.creator) },
				"worker's operator": func() string { return b.session(operator) }, "worker": func() string { return w.welcome.Token },
				"host's operator": func() string { return b.session(host) },
			}[role]()
			r, err := http.NewRequestWithContext(t.Context(), method, b.server.URL+fill.Replace(path), http.NoBody)
			b.must(err)
			r.Header.Set("Authorization", "Bearer "+token)
			resp, err := b.server.Client().Do(r)
			b.must(err)
			resp.Body.Close()
			got := "y"
			if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
				got = map[code]string{codeSignIn: "s", codeForbidden: "f", codeTokenRequired: "t", codeUnexpectedBlob: "y"}[b.as(token, method, fill.Replace(path), nil)]
			}
			if want := mayGo[pattern][i : i+1]; got != want {
				t.Errorf("%s by %s: %q, want %q (status %d)", pattern, role, got, want, resp.StatusCode)
			}
		}
	}
}

// A route that says nothing about who may go it is for nobody.
func TestRouteForNobody(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	err := b.host.gate(route{serve: b.host.getHealth})(nil, mustRequest(t, "GET", b.token))
	if p, _ := asProblem(err); p.Code != string(codeForbidden) {
		t.Errorf("error %v", err)
	}
}

func mustRequest(t *testing.T, method, token string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// Whoever knows a job's spec, which the chain tells everybody, is not shown its output or result for posting it again.
func TestPostedAgainByStrangers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	s := b.spec()
	b.post(s)
	b.ok("POST", "/v1/jobs", s, nil)
	b.put(blob("input", inputBytes), "", "")
	b.put(blob("keys", keysBytes), "", "")
	w := b.newWorker().connect()
	w.answerJob(w.assigned())
	id := b.chain.addresses.Domain().JobID(s)
	b.await(id, protocol.JobComputed)
	for token, sees := range map[string]bool{b.token: true, b.session(b.creator): true, b.session(newKey(t)): false} {
		b.token = token
		var v protocol.JobView
		b.ok("POST", "/v1/jobs", s, &v)
		if v.State != protocol.JobComputed || (v.Computed != nil) != sees {
			t.Errorf("shown %+v, want all of it: %t", v, sees)
		}
	}
}

// Browsers bring the token of a stream as a subprotocol.
func TestTokenAsSubprotocol(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id, _ := b.queue()
	for header, want := range map[string]int{
		"encompute, " + tokenProtocol + b.token:   http.StatusSwitchingProtocols,
		"encompute, " + tokenProtocol + "unknown": http.StatusUnauthorized,
		"encompute": http.StatusUnauthorized,
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", b.server.URL+"/v1/jobs/"+id.String()+"/events", nil)
		b.must(err)
		for k, v := range map[string]string{
			"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
			"Sec-WebSocket-Protocol": header,
		} {
			r.Header.Set(k, v)
		}
		resp, err := b.server.Client().Do(r)
		b.must(err)
		resp.Body.Close()
		if resp.StatusCode != want || want == http.StatusSwitchingProtocols && resp.Header.Get("Sec-WebSocket-Protocol") != "encompute" {
			t.Errorf("%s: status %d, protocol %q", header, resp.StatusCode, resp.Header.Get("Sec-WebSocket-Protocol"))
		}
	}
}
