//go:build !js

package inference

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// HTTP has a server of the creator's evaluate suffixes. Each batch is a POST of a .npy file to
// its address, with the names of model and cut in the query; the answer is a JSON object,
// {"outputs": [[...], ...]}, with an output for each sample. A status of 400 or 422 refuses the values.
type HTTP struct {
	address *url.URL
	client  *http.Client
}

// NewHTTP returns the runtime at an address.
func NewHTTP(address string) (*HTTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%w: %q is no address such as http://127.0.0.1:9000/run", ErrRuntime, address)
	}
	return &HTTP{u, &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}}, nil
}

// Load implements Runtime. It connects once to see whether the server is there.
func (h *HTTP) Load(ctx context.Context, s Suffix) (Runner, error) {
	port := h.address.Port()
	if port == "" {
		port = h.address.Scheme // a name of a port, too
	}
	c, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(h.address.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	_ = c.Close()
	address := *h.address
	query := address.Query()
	query.Set("model", s.Model)
	query.Set("cut", s.Cut)
	address.RawQuery = query.Encode()
	return &remote{h.client, address.String(), s}, s.check()
}

type remote struct {
	client  *http.Client
	address string
	suffix  Suffix
}

// Run implements Runner.
func (r *remote) Run(ctx context.Context, batch [][]float32) ([][]float32, error) {
	body := bytes.NewReader(encodeNPY(r.suffix.Graph.Inputs[0].Sample(), batch))
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address, body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	q.Header.Set("Content-Type", "application/octet-stream")
	a, err := r.client.Do(q)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(io.LimitReader(a.Body, maxAnswerBytes+1))
	if err == nil && len(b) > maxAnswerBytes {
		err = errors.New("answer is too large")
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrRuntime, err)
	case a.StatusCode == http.StatusBadRequest || a.StatusCode == http.StatusUnprocessableEntity:
		return nil, fmt.Errorf("%w: %.500s", ErrValues, b)
	case a.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: %s: %.500s", ErrRuntime, a.Status, b)
	}
	return parseAnswer(b)
}

// Close implements Runner.
func (r *remote) Close() error {
	r.client.CloseIdleConnections()
	return nil
}
