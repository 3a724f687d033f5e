package host

import (
	_ "embed"
	"net/http"
)

// openAPI is the description of the interface. A test makes it of the table of routes and the types of
// package protocol, and holds the handlers to it.
//
//go:embed openapi.json
var openAPI []byte

// getOpenAPI answers GET /v1/openapi.json.
func (h *Host) getOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPI) // the other side is gone if this fails
	return nil
}
