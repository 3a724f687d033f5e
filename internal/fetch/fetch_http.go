//go:build !js

package fetch

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
)

// Platform is what makes the requests here.
type Platform = http.Client

// Client makes requests. It is safe for concurrent use.
type Client struct{ http http.Client }

// New returns a client that works by p, or by a plain one if p is nil.
func New(p *Platform) Client {
	c := Client{}
	if p != nil {
		c.http = *p
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return ErrRedirect }
	return c
}

// Transport returns what carries the requests; nil is http.DefaultTransport.
func (c Client) Transport() http.RoundTripper { return c.http.Transport }

// Do makes a request, which ends with ctx.
func (c Client) Do(ctx context.Context, r Request) (Response, error) {
	if r.Informed != nil {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			Got1xxResponse: func(status int, header textproto.MIMEHeader) error {
				r.Informed(status, header.Get)
				return nil
			},
		})
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, r.Body)
	if err != nil {
		return Response{}, err
	}
	if r.Body != nil {
		req.ContentLength = r.Size
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return Response{}, err
	}
	return Response{res.StatusCode, http.StatusText(res.StatusCode), res.Body}, nil
}
