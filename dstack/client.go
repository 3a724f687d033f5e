// Package dstack talks to the guest agent of a dstack confidential VM.
//
// The agent serves HTTP/1.1 on a unix socket inside the CVM. It hands out TDX quotes over report
// data of the caller's choice, keys derived by the dstack KMS, and facts about the running app.
// Nothing it says is proof by itself: package attestation judges the quote.
package dstack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// EndpointEnv names the environment variable that overrides the agent's socket: a unix socket
// path or an http:// URL. The name is dstack's own.
const EndpointEnv = "DSTACK_SIMULATOR_ENDPOINT"

// ReportDataSize is the size in bytes of the report data field of a TDX quote.
const ReportDataSize = 64

const (
	keySize       = 32
	signatureSize = 65 // r, s, recovery id
)

const (
	maxResponse = 4 << 20 // an event log is some 10 KiB, an app-compose at most a few hundred
	callTimeout = 60 * time.Second
)

// ErrNoAgent means that no guest agent was found: the process does not run in a CVM, or the agent's
// socket is not mounted.
var ErrNoAgent = errors.New("no dstack guest agent")

// AgentError is an error answer of the agent itself.
type AgentError struct {
	Method  string
	Status  int
	Message string
}

func (e *AgentError) Error() string {
	text := fmt.Sprintf("guest agent %s: status %d: %s", e.Method, e.Status, e.Message)
	if e.Status == http.StatusNotFound {
		text += "; this version of the agent does not know the call: use another dstack image"
	}
	return text
}

// Client is a connection to one guest agent. It is safe for concurrent use.
type Client struct {
	http *http.Client
	base string
}

// NewClient returns a client of the agent at endpoint: a unix socket path or the http:// URL of a
// loopback address, since what crosses it are keys. An empty endpoint means the one in
// DSTACK_SIMULATOR_ENDPOINT or else the first of dstack's usual sockets that exists; if there is
// none the error wraps ErrNoAgent. NewClient does not connect.
func NewClient(endpoint string) (*Client, error) {
	if endpoint == "" {
		endpoint = os.Getenv(EndpointEnv)
	}
	if endpoint == "" {
		found, err := findSocket()
		if err != nil {
			return nil, err
		}
		endpoint = found
	}
	// A transport of its own: no proxy from the environment stands between worker and agent.
	transport := &http.Transport{MaxIdleConns: 2, IdleConnTimeout: 30 * time.Second}
	base := "http://dstack"
	if strings.Contains(endpoint, "://") {
		if err := checkURL(endpoint); err != nil {
			return nil, err
		}
		base = strings.TrimRight(endpoint, "/")
	} else {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", endpoint)
		}
	}
	return &Client{base: base, http: &http.Client{
		Transport:     transport,
		Timeout:       callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// checkURL refuses whatever would send keys over a network.
func checkURL(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil {
		return fmt.Errorf("guest agent endpoint: %w", err)
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "http" || !local || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("guest agent endpoint %q: want a unix socket path or a URL such as http://127.0.0.1:8090", u.Redacted())
	}
	return nil
}

// Close releases idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func findSocket() (string, error) {
	sockets := []string{
		"/var/run/dstack.sock", "/run/dstack.sock",
		"/var/run/dstack/dstack.sock", "/run/dstack/dstack.sock",
	}
	for _, path := range sockets {
		if st, err := os.Stat(path); err == nil && st.Mode().Type() == os.ModeSocket {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: none of %s is a socket; mount /var/run/dstack.sock or set %s",
		ErrNoAgent, strings.Join(sockets, ", "), EndpointEnv)
}

// Info returns what the agent says about the running app.
func (c *Client) Info(ctx context.Context) (Info, error) {
	return call[Info](ctx, c, "Info", struct{}{})
}

// Version returns the agent's version. Agents before 0.5.7 do not know the call.
func (c *Client) Version(ctx context.Context) (Version, error) {
	return call[Version](ctx, c, "Version", struct{}{})
}

// GetQuote returns a quote over report data of at most 64 bytes (padded with zeros at the right).
// It refuses an answer that speaks of other report data.
func (c *Client) GetQuote(ctx context.Context, reportData []byte) (Quote, error) {
	if len(reportData) > ReportDataSize {
		return Quote{}, fmt.Errorf("report data: %d bytes, at most %d", len(reportData), ReportDataSize)
	}
	q, err := call[Quote](ctx, c, "GetQuote", QuoteRequest{ReportData: reportData})
	if err != nil {
		return Quote{}, err
	}
	padded := make([]byte, ReportDataSize)
	copy(padded, reportData)
	switch {
	case len(q.Quote) == 0 || q.EventLog == "":
		return Quote{}, errors.New("guest agent GetQuote: quote or event log is empty")
	case len(q.ReportData) != 0 && !bytes.Equal(q.ReportData, padded):
		return Quote{}, errors.New("guest agent GetQuote: the quote is over other report data")
	}
	return q, nil
}

// GetKey returns the key of a path with the two signatures that prove its origin. The key
// depends on app and path only, not on purpose or algorithm. Algorithm "" means secp256k1.
func (c *Client) GetKey(ctx context.Context, path, purpose, algorithm string) (Key, error) {
	k, err := call[Key](ctx, c, "GetKey", KeyRequest{Path: path, Purpose: purpose, Algorithm: algorithm})
	if err != nil {
		return Key{}, err
	}
	if len(k.Key) != keySize || len(k.SignatureChain) != 2 {
		return Key{}, fmt.Errorf("guest agent GetKey: key of %d bytes with %d signatures, want 32 and 2", len(k.Key), len(k.SignatureChain))
	}
	for i, s := range k.SignatureChain {
		if len(s) != signatureSize {
			return Key{}, fmt.Errorf("guest agent GetKey: signature %d of %d bytes, want %d", i, len(s), signatureSize)
		}
	}
	return k, nil
}

// call posts one request and decodes one bounded answer. Fields we do not know are allowed,
// because agents of later versions add some; anything after the JSON value is not.
func call[T any](ctx context.Context, c *Client, method string, request any) (T, error) {
	var answer T
	body, err := json.Marshal(request)
	if err != nil {
		return answer, fmt.Errorf("guest agent %s: %w", method, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/"+method, bytes.NewReader(body))
	if err != nil {
		return answer, fmt.Errorf("guest agent %s: %w", method, err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED):
		return answer, fmt.Errorf("guest agent %s: %w: %w; is the agent running and its socket mounted?", method, ErrNoAgent, err)
	case err != nil:
		return answer, fmt.Errorf("guest agent %s: %w", method, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse+1))
	if err != nil {
		return answer, fmt.Errorf("guest agent %s: read answer: %w", method, err)
	}
	if len(raw) > maxResponse {
		return answer, fmt.Errorf("guest agent %s: answer larger than %d bytes", method, maxResponse)
	}
	if resp.StatusCode != http.StatusOK {
		return answer, &AgentError{Method: method, Status: resp.StatusCode, Message: errorText(raw)}
	}
	// Unmarshal, unlike Decoder, refuses trailing data.
	if err := json.Unmarshal(raw, &answer); err != nil {
		return answer, fmt.Errorf("guest agent %s: decode answer: %w", method, err)
	}
	return answer, nil
}

// errorText returns the message of an error answer, bounded, whatever its shape.
func errorText(raw []byte) string {
	var e struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(raw, &e) != nil || e.Error == "" {
		e.Error = string(raw)
	}
	return fmt.Sprintf("%.300q", e.Error)
}
