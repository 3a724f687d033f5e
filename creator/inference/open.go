//go:build !js

package inference

import (
	"fmt"
	"strings"
)

// Open returns the runtime that a person names: "builtin", "ort" for ONNX Runtime with its shared
// library at a path, the address of an HTTP server, or "exec:" and a command.
func Open(name, library string) (Runtime, error) {
	command, isExec := strings.CutPrefix(name, "exec:")
	switch {
	case name == "builtin":
		return Builtin{}, nil
	case name == "ort":
		return newORT(library)
	case strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://"):
		return NewHTTP(name)
	case isExec:
		return NewExec(strings.Fields(command))
	}
	return nil, fmt.Errorf("%w: %q is none: want builtin, ort, an http:// address, or exec:COMMAND", ErrRuntime, name)
}
