//go:build js

// Command wasm is the user's client for a Web Worker: it verifies workers, makes keys, encrypts, decrypts and opens results
// inside the tab. web/src/worker holds the other side of its calls.
package main

import "github.com/encrypted-compute/encompute/cmd/wasm/bridge"

func main() { bridge.Serve(newTab().methods(), explain) }
