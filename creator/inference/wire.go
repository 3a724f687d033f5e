//go:build !js

package inference

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// The creator's own process gets a batch as a .npy file of NumPy's format 1.0, float32 in C order,
// whose first dimension counts the samples, and answers with one JSON object.

// answer is what a process says of a batch: an output for each sample, or why there is none.
type answer struct {
	Outputs [][]float32 `json:"outputs"`
	Error   string      `json:"error"`
}

// maxAnswerBytes bounds an answer.
const maxAnswerBytes = 64 << 20

// parseAnswer reads an answer. Its sizes are for the Queue to check.
func parseAnswer(b []byte) ([][]float32, error) {
	var a answer
	if err := json.Unmarshal(b, &a); err != nil {
		return nil, fmt.Errorf("%w: answer is no JSON object of outputs: %w", ErrRuntime, err)
	}
	if a.Error != "" {
		return nil, fmt.Errorf("%w: %.500s", ErrValues, a.Error)
	}
	return a.Outputs, nil
}

// encodeNPY writes a batch of samples of a shape without its batch dimension.
func encodeNPY(sample []int, batch [][]float32) []byte {
	dims := fmt.Sprint(len(batch), ",")
	for _, d := range sample {
		dims += fmt.Sprint(" ", d, ",")
	}
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", dims)
	const front = 10 // magic, version, length
	header += strings.Repeat(" ", 63-(front+len(header))%64) + "\n"
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	b = append(b, header...)
	for _, x := range batch {
		for _, v := range x {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}
