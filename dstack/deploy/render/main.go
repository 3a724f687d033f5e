// Command render writes app-compose.json for a worker image to standard output and its compose
// hash to standard error.
package main

import (
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/encrypted-compute/encompute/dstack/deploy"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: render name@sha256:<digest> > app-compose.json")
		os.Exit(2)
	}
	raw, err := deploy.AppCompose(os.Args[1])
	if err == nil {
		_, err = os.Stdout.Write(raw)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "compose hash %x\n", sha256.Sum256(raw))
}
