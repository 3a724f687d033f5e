//go:build js

// Command wasm is the user's client for a Web Worker: it verifies workers, makes keys, encrypts, decrypts and opens results
// inside the tab. web/src/worker holds the other side of its calls.
package main

import "syscall/js"

func main() {
	t := newTab()
	js.Global().Set("encompute", js.FuncOf(t.call))
	js.Global().Get("encomputeReady").Invoke()
	select {} // until the worker ends
}
