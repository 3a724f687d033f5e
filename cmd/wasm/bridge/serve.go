//go:build js

package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall/js"
)

// Request is one call of the page: parameters as JSON, files as bytes.
type Request struct {
	Params []byte
	Files  [][]byte
}

// Read decodes the parameters.
func (r Request) Read(v any) error {
	if err := json.Unmarshal(r.Params, v); err != nil {
		return fmt.Errorf("parameters: %w", err)
	}
	return nil
}

// Method answers one kind of call with what is sent as JSON.
type Method func(context.Context, Request) (any, error)

// Problem is an error as the page shows it.
type Problem struct {
	Message string `json:"message"`
	Code    string `json:"code"`
	Check   string `json:"check,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

// Serve answers calls of the page until the worker ends. A call is encompute(method, parameters, files): a promise of JSON;
// explain makes of an error what it is rejected with.
func Serve(methods map[string]Method, explain func(error) Problem) {
	js.Global().Set("encompute", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return promise(func() (any, error) { return answer(methods, args) }, explain)
	}))
	js.Global().Get("encomputeReady").Invoke()
	select {}
}

func answer(methods map[string]Method, args []js.Value) (any, error) {
	if len(args) != 3 || args[0].Type() != js.TypeString || args[1].Type() != js.TypeString {
		return nil, errors.New("call with a method, parameters and files")
	}
	q := Request{Params: []byte(args[1].String())}
	for i := range args[2].Length() {
		b, err := ToBytes(args[2].Index(i))
		if err != nil {
			return nil, err
		}
		q.Files = append(q.Files, b)
	}
	f, ok := methods[args[0].String()]
	if !ok {
		return nil, fmt.Errorf("there is no method %q", args[0].String())
	}
	v, err := f(context.Background(), q)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(v)
	return string(b), err
}
