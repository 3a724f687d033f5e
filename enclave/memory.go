package enclave

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

// defaultMemory is assumed where the system does not tell how much there is.
const defaultMemory = 2 << 30

// MachineMemory returns the memory of the machine in bytes.
func MachineMemory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return defaultMemory
	}
	defer f.Close()
	return parseMeminfo(f)
}

func parseMeminfo(r io.Reader) int64 {
	var kB int64
	if _, err := fmt.Fscanf(bufio.NewReader(r), "MemTotal: %d kB", &kB); err != nil || kB <= 0 || kB > 1<<50 {
		return defaultMemory
	}
	return kB << 10
}
