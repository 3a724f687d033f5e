package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestLoad holds a host to all promises under a little load; no time decides anything.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole network")
	}
	const sockets, jobs, breaks = 200, 20, 5
	var stdout bytes.Buffer
	code := run(t.Context(), []string{
		"--sockets=200", "--hold=1s", "--rate=100", "--seconds=3", "--jobs=20", "--workers=3", "--between=3", "--upload=24", "--breaks=5",
	}, &stdout, t.Output())
	var r report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if code != exitOK || !r.OK || len(r.Broken) > 0 {
		t.Fatalf("exit status %d, ok %t: %s", code, r.OK, strings.Join(r.Broken, "\n"))
	}
	if s := r.Sockets; s.Creators+s.Followers != sockets || s.Lost != 0 || s.Told != s.Followers {
		t.Errorf("sockets: %+v", s)
	}
	if q := r.Requests; q.All.Count != 300 || q.Failed != 0 || q.Writes == 0 {
		t.Errorf("requests: %+v", q)
	}
	// One worker in three has seven jobs of twenty, and none lives that long.
	if j := r.Jobs; j.Jobs != jobs || j.Opened != jobs || j.Leases < jobs || j.Killed+j.Cut == 0 {
		t.Errorf("jobs: %+v", j)
	}
	if u := r.Upload; u.Closed.Breaks != breaks || u.Reset.Breaks != breaks || u.Direct.MBs == 0 {
		t.Errorf("upload: %+v", u)
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ arg, want string }{
		{"--sockets=0", "--sockets is 0"},
		{"--jobs=-1", "--jobs is -1"},
		{"--only=jobs,sokcets", `no part "sokcets"`},
		{"--sokcets=1", "-sokcets"},
		{"jobs", `what is "jobs"`},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), []string{c.arg}, &stdout, &stderr); code != exitMisuse || !strings.Contains(stderr.String(), c.want) || stdout.Len() > 0 {
			t.Errorf("load %s: exit status %d, want %d and %q in:\n%s", c.arg, code, exitMisuse, c.want, stderr.String())
		}
	}
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	var times []time.Duration
	for i := range 200 {
		times = append(times, time.Duration(200-i)*time.Millisecond)
	}
	if got, want := summarize(times), (latency{200, 101, 199, 200}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := summarize(nil); got != (latency{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

// TestLine sends through a line that breaks once, and again through the same line.
func TestLine(t *testing.T) {
	t.Parallel()
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		for {
			c, err := echo.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	l, err := newLine(echo.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	broke := make(chan struct{}, 1)
	l.setBroke(func() { broke <- struct{}{} })
	l.arm(150)
	for _, c := range []struct {
		bytes int
		whole bool
	}{{50, true}, {100, false}, {1000, true}} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(l.url(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(make([]byte, c.bytes)); err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadFull(conn, make([]byte, c.bytes))
		if (err == nil) != c.whole {
			t.Errorf("%d bytes through the line: %v", c.bytes, err)
		}
		conn.Close()
		if !c.whole {
			<-broke
			l.arm(-1)
		}
	}
	if got := l.sent(); got != 1150 {
		t.Errorf("%d bytes were counted, want 1150", got)
	}
	if err := l.close(); err != nil {
		t.Error(err)
	}
}
