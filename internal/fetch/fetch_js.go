package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall/js"
)

// Platform is what makes the requests here: there is one browser.
type Platform struct{}

// Client makes requests. It is safe for concurrent use.
type Client struct{}

// New returns a client.
func New(*Platform) Client { return Client{} }

// maxBody bounds the body of a request, which a browser takes in one piece.
const maxBody = 1 << 30

// Do makes a request, which ends with ctx.
func (Client) Do(ctx context.Context, r Request) (Response, error) {
	body, err := whole(r)
	if err != nil {
		return Response{}, fmt.Errorf("%s %s: body: %w", r.Method, r.URL, err)
	}
	abort := js.Global().Get("AbortController").New()
	stop := context.AfterFunc(ctx, func() { abort.Call("abort") })
	header := js.Global().Get("Object").New()
	for name, value := range r.Header {
		header.Set(name, value)
	}
	res, err := await(js.Global().Call("fetch", r.URL, map[string]any{
		"method": r.Method, "headers": header, "body": body, "signal": abort.Get("signal"),
		"redirect": "error", "credentials": "omit", "cache": "no-store",
	}))
	if err != nil {
		stop()
		if ctx.Err() != nil {
			return Response{}, ctx.Err()
		}
		return Response{}, fmt.Errorf("%s %s: %w", r.Method, r.URL, err)
	}
	b := &stream{ctx: ctx, release: func() { stop(); abort.Call("abort") }}
	if s := res.Get("body"); s.Truthy() {
		b.reader = s.Call("getReader")
	}
	return Response{res.Get("status").Int(), res.Get("statusText").String(), b}, nil
}

// whole reads a body to its end; undefined if there is none.
func whole(r Request) (js.Value, error) {
	if r.Body == nil {
		return js.Undefined(), nil
	}
	if r.Size < 0 || r.Size > maxBody {
		return js.Undefined(), fmt.Errorf("%d bytes are more than the %d that a browser is given at once", r.Size, maxBody)
	}
	b := make([]byte, r.Size)
	if _, err := io.ReadFull(r.Body, b); err != nil {
		return js.Undefined(), err
	}
	v := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(v, b)
	return v, nil
}

// stream is the body of an answer as it arrives.
type stream struct {
	ctx     context.Context
	reader  js.Value // undefined: there is no body
	rest    js.Value // what of the last piece was not read
	release func()   // what belongs to the request
	err     error
}

// Read implements io.Reader.
func (s *stream) Read(p []byte) (int, error) {
	for s.err == nil && (s.rest.IsUndefined() || s.rest.Length() == 0) {
		s.rest, s.err = s.next()
	}
	if s.err != nil {
		return 0, s.err
	}
	n := js.CopyBytesToGo(p, s.rest)
	s.rest = s.rest.Call("subarray", n)
	return n, nil
}

func (s *stream) next() (js.Value, error) {
	if s.reader.IsUndefined() {
		return js.Undefined(), io.EOF
	}
	piece, err := await(s.reader.Call("read"))
	switch {
	case err != nil && s.ctx.Err() != nil:
		return js.Undefined(), s.ctx.Err()
	case err != nil:
		return js.Undefined(), err
	case piece.Get("done").Bool():
		return js.Undefined(), io.EOF
	}
	return piece.Get("value"), nil
}

// Close implements io.Closer.
func (s *stream) Close() error {
	s.err = errors.New("the answer's body is closed")
	s.release()
	return nil
}

// await waits for a JavaScript promise, which the request's signal ends.
func await(p js.Value) (js.Value, error) {
	type settled struct {
		value js.Value
		err   error
	}
	done := make(chan settled, 1)
	fulfilled := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- settled{value: args[0]}
		return nil
	})
	rejected := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- settled{err: errors.New(js.Global().Get("String").Invoke(args[0]).String())}
		return nil
	})
	defer fulfilled.Release()
	defer rejected.Release()
	p.Call("then", fulfilled, rejected)
	s := <-done
	return s.value, s.err
}
