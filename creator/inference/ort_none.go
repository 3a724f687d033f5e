//go:build !js && (!ort || !cgo)

package inference

import "fmt"

func newORT(string) (Runtime, error) {
	return nil, fmt.Errorf("%w: this program was built without ONNX Runtime: build it with CGO_ENABLED=1 and -tags ort", ErrRuntime)
}
