package client

import (
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/encrypted-compute/encompute/internal/fetch"
	"github.com/encrypted-compute/encompute/protocol"
)

// FuzzResult reads hostile results: what passes has its label among the manifest's.
func FuzzResult(f *testing.F) {
	m := protocol.Manifest{Labels: []string{"no", "yes"}}
	for _, r := range []protocol.Result{
		{},
		{Values: []float64{1}},
		{Values: []float64{1, 2}, Labels: m.Labels, Probabilities: []float64{0.3, 0.7}, Label: "yes"},
		{Values: []float64{1}, Labels: m.Labels, Label: "yes"},
	} {
		b, err := protocol.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r protocol.Result
		if protocol.Unmarshal(b, &r) != nil || checkResult(r, m) != nil {
			return
		}
		if r.Label != "" && r.Label != "no" && r.Label != "yes" {
			t.Errorf("label %q", r.Label)
		}
	})
}

// FuzzProblem reads hostile error answers: what is shown fits a terminal.
func FuzzProblem(f *testing.F) {
	f.Add(409, `{"code":"job_state","detail":"no\u001b[2J"}`)
	f.Add(502, `<html>`)
	f.Add(500, strings.Repeat("\xff", 3000))
	f.Fuzz(func(t *testing.T, code int, body string) {
		err := problem(fetch.Response{Status: code, Body: io.NopCloser(strings.NewReader(body))}, "GET", "v1/network")
		if i := strings.IndexFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("unprintable byte at %d of %q", i, err)
		}
		if len(err.Error()) > 10_000 {
			t.Errorf("%d bytes", len(err.Error()))
		}
	})
}

// FuzzJobFile reads names of files that anybody may have put into the folder.
func FuzzJobFile(f *testing.F) {
	f.Add(strings.TrimPrefix(revisionFile(jobsFolder, protocol.Digest{1}, 7), "jobs/"))
	f.Add("0x.1")
	f.Add(".new-123")
	f.Fuzz(func(t *testing.T, name string) {
		id, revision, ok := parseRevision(name)
		if again, r, ok2 := parseRevision(strings.TrimPrefix(revisionFile(jobsFolder, id, revision), "jobs/")); ok && (!ok2 || again != id || r != revision) {
			t.Errorf("%q reads as %s, %d", name, id, revision)
		}
	})
}
