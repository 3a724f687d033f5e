package enclave

import (
	"fmt"
	"syscall"
)

// prSetDumpable is PR_SET_DUMPABLE (prctl(2)), which package syscall lacks.
const prSetDumpable = 4

// Harden makes the kernel keep the process's memory to the process: no core file, and no debugger
// or /proc/self/mem of another process of its user. Root of the machine is not kept out; of a CVM's
// root the measured system takes care.
func Harden() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("forbid core dumps: %w", err)
	}
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, 0, 0); errno != 0 {
		return fmt.Errorf("forbid tracing: %w", errno)
	}
	return nil
}
