package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestDo makes requests of every kind. What a browser does of the same is held by the tests of the pages.
func TestDo(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/echo":
			if r.Method != MethodPatch || r.ContentLength != 5 || r.Header.Get("Authorization") != "Bearer t" {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, _ = io.Copy(w, r.Body)
		case "/informed":
			w.Header().Set("Upload-Offset", "7")
			w.WriteHeader(104)
			w.WriteHeader(http.StatusNotFound)
		case "/elsewhere":
			http.Redirect(w, r, "/echo", http.StatusTemporaryRedirect)
		case "/never":
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close)
	c := New(server.Client())

	res, err := c.Do(t.Context(), Request{
		Method: MethodPatch, URL: server.URL + "/echo", Header: map[string]string{"Authorization": "Bearer t"},
		Body: struct{ io.Reader }{strings.NewReader("bytes")}, Size: 5,
	})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(res.Body); err != nil || string(b) != "bytes" || res.Status != StatusOK || res.Reason != "OK" {
		t.Errorf("%d %s: %q, %v", res.Status, res.Reason, b, err)
	}
	_ = res.Body.Close()

	var told string
	res, err = c.Do(t.Context(), Request{Method: MethodGet, URL: server.URL + "/informed", Informed: func(status int, header func(string) string) {
		if status == 104 {
			told = header("Upload-Offset")
		}
	}})
	if err != nil || res.Status != StatusNotFound || told != "7" {
		t.Errorf("%d, told %q, %v", res.Status, told, err)
	} else {
		_ = res.Body.Close()
	}

	if _, err := c.Do(t.Context(), Request{Method: MethodGet, URL: server.URL + "/elsewhere"}); !errors.Is(err, ErrRedirect) {
		t.Errorf("a redirect gives %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ended, Request{Method: MethodGet, URL: server.URL + "/never"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that was given up gives %v", err)
	}
	if _, err := c.Do(t.Context(), Request{Method: "no method", URL: server.URL}); err == nil {
		t.Error("a malformed request is made")
	}
}
