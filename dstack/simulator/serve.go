package simulator

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/encrypted-compute/encompute/dstack"
)

const maxRequest = 64 << 10

// ListenAndServe serves the guest agent's API on a unix socket until ctx ends, then removes the
// socket and returns nil. A socket that a killed process left behind is replaced.
func (s *Simulator) ListenAndServe(ctx context.Context, socketPath string) error {
	if st, err := os.Stat(socketPath); err == nil {
		if st.Mode().Type() != os.ModeSocket {
			return fmt.Errorf("simulator socket %s: a file is in the way; choose another path", socketPath)
		}
		if err := os.Remove(socketPath); err != nil {
			return fmt.Errorf("simulator socket: %w", err)
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", socketPath)
	if err != nil {
		return fmt.Errorf("simulator socket: %w (a path longer than 100 bytes does not fit a unix socket)", err)
	}
	if err := os.Chmod(socketPath, 0o600); err != nil {
		l.Close()
		return fmt.Errorf("simulator socket: %w", err)
	}
	return s.Serve(ctx, l)
}

// Serve serves the guest agent's API on l until ctx ends. It closes l.
func (s *Simulator) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("simulator: %w", err)
	}
	return nil
}

// Handler is the guest agent's API: POST with a JSON body or GET with a query, errors as
// {"error":"..."} with a status other than 200.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/Info", method(func(context.Context, struct{}) (dstack.Info, error) { return s.Info() }, nil))
	mux.Handle("/Version", method(func(context.Context, struct{}) (dstack.Version, error) { return s.Version(), nil }, nil))
	mux.Handle("/GetQuote", method(func(ctx context.Context, r dstack.QuoteRequest) (dstack.Quote, error) {
		return s.Quote(ctx, r.ReportData)
	}, func(q url.Values) (dstack.QuoteRequest, error) {
		data, err := hex.DecodeString(q.Get("report_data"))
		return dstack.QuoteRequest{ReportData: data}, err
	}))
	mux.Handle("/GetKey", method(func(_ context.Context, r dstack.KeyRequest) (dstack.Key, error) {
		return s.Key(r)
	}, func(q url.Values) (dstack.KeyRequest, error) {
		return dstack.KeyRequest{Path: q.Get("path"), Purpose: q.Get("purpose"), Algorithm: q.Get("algorithm")}, nil
	}))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "no such method: "+r.URL.Path)
	})
	return mux
}

// method turns a function into one call of the agent's API.
func method[In, Out any](call func(context.Context, In) (Out, error), query func(url.Values) (In, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		var err error
		switch {
		case r.Method == http.MethodPost && r.ContentLength != 0:
			err = json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in)
		case r.Method == http.MethodPost:
		case r.Method == http.MethodGet && query != nil:
			in, err = query(r.URL.Query())
		case r.Method == http.MethodGet:
		default:
			fail(w, http.StatusMethodNotAllowed, "use POST or GET")
			return
		}
		if err != nil {
			fail(w, http.StatusBadRequest, "decode request: "+err.Error())
			return
		}
		out, err := call(r.Context(), in)
		if err != nil {
			fail(w, http.StatusBadRequest, err.Error())
			return
		}
		answer(w, http.StatusOK, out)
	})
}

func fail(w http.ResponseWriter, status int, message string) {
	answer(w, status, struct {
		Error string `json:"error"`
	}{message})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // the only failure is a caller that went away
}
