package enclave

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"runtime/debug"
	"strconv"
)

// defaultMemory is assumed where the system does not tell how much there is.
const defaultMemory = 2 << 30

// memoryLimits are where a container finds the limit of its own group: version 2, version 1
// (Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst).
var memoryLimits = []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"}

// unlimited stands for a figure that is not known; so does anything above noMachine.
const (
	unlimited = math.MaxInt64
	noMachine = 1 << 50
)

// MachineMemory returns the bytes that the process may use: the least of the machine's memory, its
// control group's limit and GOMEMLIMIT. Go itself keeps to the group's processors.
func MachineMemory() int64 {
	return memoryOf(os.DirFS("/"), debug.SetMemoryLimit(-1)) // -1 only asks
}

func memoryOf(root fs.FS, goLimit int64) int64 {
	memory := goLimit
	if f, err := root.Open("proc/meminfo"); err == nil {
		memory = min(memory, parseMeminfo(f))
		f.Close()
	}
	for _, name := range memoryLimits {
		if b, err := fs.ReadFile(root, name); err == nil {
			memory = min(memory, parseLimit(b))
		}
	}
	if memory > noMachine {
		return defaultMemory
	}
	return memory
}

// parseLimit reads a control group's limit; "max", or anything that is no limit, means none.
func parseLimit(b []byte) int64 {
	limit, err := strconv.ParseInt(string(bytes.TrimSpace(b)), 10, 64)
	if err != nil || limit <= 0 {
		return unlimited
	}
	return limit
}

func parseMeminfo(r io.Reader) int64 {
	var kB int64
	if _, err := fmt.Fscanf(bufio.NewReader(r), "MemTotal: %d kB", &kB); err != nil || kB <= 0 || kB > noMachine>>10 {
		return unlimited
	}
	return kB << 10
}
