package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"time"
)

const maxRequest = 1 << 20

// ListenAndServe serves the guest agent's API on a unix socket until ctx ends, then removes the
// socket and returns nil. A socket that a killed process left behind is replaced.
func (s *Simulator) ListenAndServe(ctx context.Context, socketPath string) error {
	return listenAndServe(ctx, socketPath, s.Handler())
}

// ListenAndServeTappd does the same for the API of tappd, the agent before 0.5, on its own socket.
func (s *Simulator) ListenAndServeTappd(ctx context.Context, socketPath string) error {
	return listenAndServe(ctx, socketPath, s.TappdHandler())
}

func listenAndServe(ctx context.Context, socketPath string, h http.Handler) error {
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
	return serve(ctx, l, h)
}

// Serve serves the guest agent's API on l until ctx ends. It closes l. Whoever reaches l gets the
// app's keys: a TCP listener must be on a loopback address.
func (s *Simulator) Serve(ctx context.Context, l net.Listener) error {
	return serve(ctx, l, s.Handler())
}

func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	if a, ok := l.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
		l.Close()
		return fmt.Errorf("simulator: %s is open to the network; listen on a unix socket or a loopback address", a)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("simulator: %w", err)
	}
	return nil
}

// method turns a function into one call of the agent's API: POST with a JSON body or GET with a
// query, errors as {"error":"..."} with a status other than 200.
func method[In, Out any](call func(context.Context, In) (Out, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		var err error
		switch r.Method {
		case http.MethodPost:
			err = decodeBody(http.MaxBytesReader(w, r.Body, maxRequest), &in)
		case http.MethodGet:
			err = decodeQuery(r.URL.Query(), &in)
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

// decodeBody reads one JSON object; nothing stands for an empty one.
func decodeBody(r io.Reader, in any) error {
	body, err := io.ReadAll(r)
	if err != nil || len(body) == 0 {
		return err
	}
	return json.Unmarshal(body, in) // which, unlike a Decoder, refuses data after the value
}

// decodeQuery sets the fields of the struct that in points to, by their JSON names. Lists repeat
// their name; true is "true", "1" or nothing.
func decodeQuery(q url.Values, in any) error {
	object := make(map[string]any)
	t := reflect.TypeOf(in).Elem()
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("json")
		values, ok := q[name]
		if !ok || len(values) == 0 {
			continue
		}
		switch kind := t.Field(i).Type; {
		case kind == reflect.TypeFor[[]string]():
			object[name] = values
		case len(values) != 1:
			return fmt.Errorf("field %s stands twice", name)
		case kind.Kind() == reflect.Bool:
			object[name] = values[0] == "true" || values[0] == "1" || values[0] == ""
		case kind == reflect.TypeFor[*uint64]():
			n, err := strconv.ParseUint(values[0], 10, 64)
			if err != nil {
				return fmt.Errorf("field %s: %w", name, err)
			}
			object[name] = n
		default:
			object[name] = values[0]
		}
	}
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, in)
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
