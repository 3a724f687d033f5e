package host

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// python runs the example in Python as an account against the bench's host.
func (b *bench) python(key protocol.SigningKey, args ...string) (stdout, stderr string, err error) {
	b.Helper()
	interpreter, err := exec.LookPath("python3")
	if err != nil {
		b.Skip("the example in Python is not tried: there is no python3")
	}
	file := filepath.Join(b.TempDir(), "key.hex")
	b.must(os.WriteFile(file, []byte(hex.EncodeToString(key.Bytes())), 0o600))
	c := exec.CommandContext(b.Context(), interpreter, append([]string{"../examples/sdk/encompute.py", b.server.URL, file}, args...)...)
	c.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err = c.Run()
	return out.String(), errs.String(), err
}

// A program that shares no code with this one signs in and does what the interface's description says.
func TestPythonSDK(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(c *Config) { c.Now = time.Now })
	b.chain.with(func() { b.chain.time = uint64(time.Now().Unix()) })
	b.must(b.host.readChainTime(t.Context()))
	b.clock.advance(time.Since(b.clock.Now())) // back to today, when the example runs
	b.publish()
	id := b.released()
	for _, c := range []struct {
		who  protocol.SigningKey
		args []string
		want string // in the answer
	}{
		{b.user, []string{"jobs"}, id.String()},
		{b.user, []string{"export"}, `"kind":"end"`},
		{b.creator, []string{"releases", "5"}, id.String()},
	} {
		out, errs, err := b.python(c.who, c.args...)
		if err != nil || !strings.Contains(out, c.want) {
			t.Errorf("%s: %v: %s%s", c.args, err, out, errs)
		}
		for line := range strings.Lines(out) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: %q is not JSON", c.args, line)
			}
		}
	}
	if out, errs, err := b.python(newKey(t), "jobs"); err != nil || out != "" {
		t.Errorf("somebody else: %v: %s%s", err, out, errs)
	}
	b.host.cfg.Origins = []string{"https://host.example"}
	if _, errs, err := b.python(b.user, "jobs"); err == nil || !strings.Contains(errs, string(codeDomain)) {
		t.Errorf("a sign-in for another host: %v: %s", err, errs)
	}
}
