package blobs

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startS3 builds and starts an S3 server with one bucket, and returns the bucket's URL. It
// skips the test if the server cannot be built.
func startS3(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("building an S3 server takes minutes the first time: run without -short")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "versitygw")
	build := exec.CommandContext(t.Context(), "go", "build", "-C", filepath.Join("testdata", "versitygw"), "-o", program, "github.com/versity/versitygw/cmd/versitygw")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("the S3 server of the test cannot be built, because its modules cannot be had or do not build here: %v\n%s", err, out)
	}
	root := filepath.Join(dir, "root")
	if err := os.MkdirAll(filepath.Join(root, "host-blobs"), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	const access, secret = "tester", "only for this test"
	var log strings.Builder
	server := exec.Command(program, "--port", address, "--access", access, "--secret", secret, "--quiet",
		"posix", "--sidecar", mkdir(t, dir, "meta"), root)
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // killed
		if t.Failed() {
			t.Log(log.String())
		}
	})
	for range 600 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			break
		}
		time.Sleep(100 * time.Millisecond) // until it listens; nothing tells
	}
	t.Setenv("AWS_ACCESS_KEY_ID", access)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	return fmt.Sprintf("s3://host-blobs?region=us-east-1&endpoint=http://%s&use_path_style=true", address)
}

func mkdir(t *testing.T, elem ...string) string {
	t.Helper()
	dir := filepath.Join(elem...)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestS3 does what TestResume does, over S3.
func TestS3(t *testing.T) {
	url := startS3(t)
	testResume(t, func(t *testing.T) *Store {
		s, err := Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	})
	if _, err := Open(t.Context(), strings.Replace(url, "host-blobs", "no-such-bucket", 1)); err == nil || !strings.Contains(err.Error(), "no such bucket") {
		t.Errorf("a bucket that is not there: %v", err)
	}
}
