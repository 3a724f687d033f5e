// Package fetch makes HTTP requests: by net/http, and in a browser by the browser, so that its WebAssembly links neither
// net/http nor TLS. It follows no redirects.
package fetch

import (
	"errors"
	"io"
)

// The methods and statuses that callers name.
const (
	MethodGet    = "GET"
	MethodHead   = "HEAD"
	MethodPost   = "POST"
	MethodPut    = "PUT"
	MethodPatch  = "PATCH"
	MethodDelete = "DELETE"

	StatusOK                  = 200
	StatusUnauthorized        = 401
	StatusForbidden           = 403
	StatusNotFound            = 404
	StatusTooManyRequests     = 429
	StatusInternalServerError = 500
	StatusBadGateway          = 502
	StatusServiceUnavailable  = 503
	StatusGatewayTimeout      = 504
)

// ErrRedirect says that a server sends its callers elsewhere.
var ErrRedirect = errors.New("the server redirects: configure the address that it redirects to")

// Request is what a server is asked.
type Request struct {
	Method string
	URL    string
	Header map[string]string
	Body   io.Reader // may be nil
	Size   int64     // of the body in bytes

	// Informed is told of answers of status 1xx, which come while the body is sent; it may be nil. Browsers keep them
	// to themselves.
	Informed func(status int, header func(name string) string)
}

// Response is a server's answer. Whoever gets one closes its body.
type Response struct {
	Status int
	Reason string // the status in words; may be empty
	Body   io.ReadCloser
}
