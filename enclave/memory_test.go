package enclave

import (
	"math"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
)

func TestParseMeminfo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"MemTotal:       24685412 kB\nMemFree: 1 kB\n": 24685412 << 10,
		"":                               unlimited,
		"MemTotal: -5 kB":                unlimited,
		"MemTotal: 9223372036854775 kB":  unlimited,
		"MemTotal: 99999999999999999 kB": unlimited,
	} {
		if got := parseMeminfo(strings.NewReader(text)); got != want {
			t.Errorf("%q: got %d bytes, want %d", text, got, want)
		}
	}
}

// The control group's limit counts, in either version, where it is below the machine's memory.
func TestMemoryOf(t *testing.T) {
	t.Parallel()
	const machine = 8 << 30
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"nothing known":  {nil, defaultMemory},
		"no group":       {map[string]string{"proc/meminfo": "MemTotal: 8388608 kB"}, machine},
		"version 2":      {map[string]string{"proc/meminfo": "MemTotal: 8388608 kB", "sys/fs/cgroup/memory.max": "1073741824\n"}, 1 << 30},
		"unlimited":      {map[string]string{"proc/meminfo": "MemTotal: 8388608 kB", "sys/fs/cgroup/memory.max": "max\n"}, machine},
		"version 1":      {map[string]string{"proc/meminfo": "MemTotal: 8388608 kB", "sys/fs/cgroup/memory/memory.limit_in_bytes": "2147483648\n"}, 2 << 30},
		"1, unlimited":   {map[string]string{"proc/meminfo": "MemTotal: 8388608 kB", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}, machine},
		"more than all":  {map[string]string{"proc/meminfo": "MemTotal: 8388608 kB", "sys/fs/cgroup/memory.max": "99999999999"}, machine},
		"garbage":        {map[string]string{"proc/meminfo": "MemTotal: 8388608 kB", "sys/fs/cgroup/memory.max": "-5"}, machine},
		"1, no proc":     {map[string]string{"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}, defaultMemory},
		"group, no proc": {map[string]string{"sys/fs/cgroup/memory.max": "1073741824"}, 1 << 30},
	} {
		root := fstest.MapFS{}
		for path, content := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(content)}
		}
		if got := memoryOf(root, unlimited); got != c.want {
			t.Errorf("%s: %d bytes, want %d", name, got, c.want)
		}
		if got := memoryOf(root, 1<<29); got != 1<<29 {
			t.Errorf("%s: %d bytes under GOMEMLIMIT", name, got)
		}
	}
}

// GOMEMLIMIT counts, too. It is the process's, so nothing runs beside this test.
func TestMachineMemoryKeepsToGo(t *testing.T) {
	old := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(old)
	all := MachineMemory()
	debug.SetMemoryLimit(all / 2)
	if got := MachineMemory(); got != all/2 {
		t.Errorf("%d bytes under a limit of %d", got, all/2)
	}
}
