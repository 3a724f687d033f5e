package enclave_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/encrypted-compute/encompute/enclave"
)

// TestHarden hardens a process of its own, which then cannot be traced and leaves no core.
func TestHarden(t *testing.T) {
	t.Parallel()
	if os.Getenv("ENCLAVE_TEST_HARDEN") != "" {
		if err := enclave.Harden(); err != nil {
			t.Fatal(err)
		}
		var limit syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil || limit.Cur != 0 || limit.Max != 0 {
			t.Errorf("core limit %+v, %v; want none", limit, err)
		}
		const prGetDumpable = 3
		if dumpable, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prGetDumpable, 0, 0); errno != 0 || dumpable != 0 {
			t.Errorf("dumpable is %d, %v; want 0", dumpable, errno)
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestHarden$", "-test.v")
	cmd.Env = append(os.Environ(), "ENCLAVE_TEST_HARDEN=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestHarden") {
		t.Errorf("%v: %s", err, out)
	}
}
