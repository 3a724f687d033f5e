//go:build js

// Package bridge is what the programs of a Web Worker share: promises, calls of the page, and questions to it. web/src/worker
// holds the other side.
package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall/js"
)

// promise runs do and settles a JavaScript promise with what it returns.
func promise(do func() (any, error), explain func(error) Problem) js.Value {
	var executor js.Func
	executor = js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve, reject := args[0], args[1]
		go func() {
			defer executor.Release()
			v, err := guarded(do)
			if err != nil {
				b, _ := json.Marshal(explain(err)) // strings alone
				reject.Invoke(string(b))
				return
			}
			resolve.Invoke(v)
		}()
		return nil
	})
	return js.Global().Get("Promise").New(executor)
}

// guarded turns a panic into an error: a broken answer must not end the tab's client.
func guarded(do func() (any, error)) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the client broke down: %v", p)
		}
	}()
	return do()
}

// Await waits for a JavaScript promise.
func Await(ctx context.Context, p js.Value) (js.Value, error) {
	type settled struct {
		value js.Value
		err   error
	}
	done := make(chan settled, 1)
	var fulfilled, rejected js.Func
	release := func() {
		fulfilled.Release()
		rejected.Release()
	}
	fulfilled = js.FuncOf(func(_ js.Value, args []js.Value) any {
		defer release()
		v := js.Undefined()
		if len(args) > 0 {
			v = args[0]
		}
		done <- settled{value: v}
		return nil
	})
	rejected = js.FuncOf(func(_ js.Value, args []js.Value) any {
		defer release()
		text := "rejected"
		if len(args) > 0 {
			text = js.Global().Get("String").Invoke(args[0]).String()
		}
		done <- settled{err: errors.New(text)}
		return nil
	})
	p.Call("then", fulfilled, rejected)
	select {
	case s := <-done:
		return s.value, s.err
	case <-ctx.Done():
		return js.Undefined(), context.Cause(ctx)
	}
}

// Emit tells the page of something that happened.
func Emit(kind string, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		b = []byte("null") // not reached: only plain data is told
	}
	js.Global().Get("encomputeEmit").Invoke(kind, string(b))
}

// Ask asks the page, which may ask its user, and reads its answer.
func Ask(ctx context.Context, kind string, v, answer any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("ask the page to %s: %w", kind, err)
	}
	got, err := Await(ctx, js.Global().Get("encomputeAsk").Invoke(kind, string(b)))
	if err != nil {
		return err
	}
	if got.Type() != js.TypeString {
		return fmt.Errorf("the page does not answer to %s", kind)
	}
	if err := json.Unmarshal([]byte(got.String()), answer); err != nil {
		return fmt.Errorf("the page's answer to %s: %w", kind, err)
	}
	return nil
}

// ToBytes copies a Uint8Array.
func ToBytes(v js.Value) ([]byte, error) {
	if v.Type() != js.TypeObject || !v.InstanceOf(js.Global().Get("Uint8Array")) {
		return nil, errors.New("the page sent no bytes")
	}
	b := make([]byte, v.Length())
	js.CopyBytesToGo(b, v)
	return b, nil
}

// FromBytes makes a Uint8Array.
func FromBytes(b []byte) js.Value {
	v := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(v, b)
	return v
}
