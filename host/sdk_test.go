package host

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/internal/breaker"
	"github.com/encrypted-compute/encompute/protocol"
)

const sdk = "../examples/sdk/"

// python returns the command that runs the example in Python.
func python(t *testing.T) []string {
	t.Helper()
	interpreter, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the example in Python is not tried: there is no python3")
	}
	return []string{interpreter, "-B", sdk + "encompute.py"}
}

// node compiles the example in TypeScript and returns the command that runs it.
func node(t *testing.T) []string {
	t.Helper()
	const tsc = "../web/node_modules/typescript/bin/tsc"
	interpreter, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(tsc)
	}
	if err != nil {
		t.Skip("the example in TypeScript is not tried: it needs Node and web/node_modules, which `make web/node_modules` gets: ", err)
	}
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), interpreter, tsc, "-p", sdk, "--outDir", dir).CombinedOutput(); err != nil {
		t.Fatalf("compile: %v\n%s", err, out)
	}
	return []string{interpreter, "--experimental-websocket", filepath.Join(dir, "encompute.js")}
}

// sdkBench is a host and the example that asks it.
type sdkBench struct {
	*bench
	url     string
	command []string
}

// run runs the example as an account.
func (b sdkBench) run(key protocol.SigningKey, args ...string) (stdout, stderr string, err error) {
	b.Helper()
	file := filepath.Join(b.TempDir(), "key.hex")
	b.must(os.WriteFile(file, []byte(hex.EncodeToString(key.Bytes())), 0o600))
	args = append(append(b.command[1:len(b.command):len(b.command)], b.url, file), args...)
	c := exec.CommandContext(b.Context(), b.command[0], args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err = c.Run()
	return out.String(), errs.String(), err
}

// answers runs the example and requires that it prints a JSON document in each line, and want in one; nothing if want is empty.
func (b sdkBench) answers(want string, key protocol.SigningKey, args ...string) {
	b.Helper()
	out, errs, err := b.run(key, args...)
	if err != nil || !strings.Contains(out, want) || want == "" && out != "" {
		b.Errorf("%s: %v: %s%s", args, err, out, errs)
	}
	for line := range strings.Lines(out) {
		if !json.Valid([]byte(line)) {
			b.Errorf("%s: %q is not JSON", args, line)
		}
	}
}

// Programs that share no code with this one sign in and do what the interface's description says.
func TestSDK(t *testing.T) {
	t.Parallel()
	for name, language := range map[string]struct {
		command func(*testing.T) []string
		streams bool
	}{"Python": {python, false}, "TypeScript": {node, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newSDKBench(t, language.command(t))
			id := b.released()
			b.answers(id.String(), b.user, "jobs")
			b.answers(`"kind":"end"`, b.user, "export")
			b.answers(id.String(), b.creator, "releases", "5")
			b.answers("", newKey(t), "jobs")
			if language.streams {
				id = b.streams(id)
			}
			seq := b.next().Seq
			b.answers("", b.creator, "ack", fmt.Sprint(seq-1))
			b.answers(id.String(), b.creator, "releases")
			b.answers("", b.creator, "ack", fmt.Sprint(seq))
			b.answers("", b.creator, "releases")
			b.host.cfg.Origins = []string{"https://host.example"}
			if _, errs, err := b.run(b.user, "jobs"); err == nil || !strings.Contains(errs, string(codeDomain)) || !strings.Contains(errs, kinds[codeDomain].remedy) {
				t.Errorf("a sign-in for another host: %v: %s", err, errs)
			}
		})
	}
}

func newSDKBench(t *testing.T, command []string) sdkBench {
	t.Helper()
	b := newBench(t, func(c *Config) { c.Now = time.Now })
	b.chain.with(func() { b.chain.time = uint64(time.Now().Unix()) })
	b.must(b.host.readChainTime(t.Context()))
	b.clock.advance(time.Since(b.clock.Now())) // back to today, when the example runs
	b.publish()
	return sdkBench{b, b.server.URL, command}
}

// next returns the release that the creator has to answer next.
func (b sdkBench) next() protocol.Released {
	b.Helper()
	list, err := b.host.store.Releases(b.Context(), b.creator.Address(), 0, 1)
	b.must(err)
	if len(list) != 1 {
		b.Fatalf("%d releases are to be answered, want 1", len(list))
	}
	return list[0]
}

// streams takes releases over the creator's socket: they come again until they are acknowledged, also when the
// connection breaks. It returns the job whose release is to be answered afterwards.
func (b sdkBench) streams(id protocol.Digest) protocol.Digest {
	b.Helper()
	b.answers(id.String(), b.creator, "watch", "1")
	b.answers(id.String(), b.creator, "watch", "1")
	broken := b
	broken.url = breaker.New(b, b.server.Listener.Addr().String(), true, 100).URL()
	broken.answers(id.String(), b.creator, "watch", "1")
	b.answers(id.String(), b.creator, "take", "1")
	b.answers("", b.creator, "releases")
	id = b.released()
	b.answers(id.String(), b.creator, "watch", "1")
	return id
}
