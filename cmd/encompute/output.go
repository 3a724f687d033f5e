package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"
)

// output is where a command speaks: one document on standard output, everything else
// on standard error.
type output struct {
	stdout, stderr io.Writer
	json           bool // the document is JSON, not text
	terminal       bool // standard error is one, so that bars can be drawn
	printed        bool // the document is out
}

func newOutput(stdout, stderr io.Writer) *output {
	f, ok := stderr.(*os.File)
	return &output{stdout: stdout, stderr: stderr, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// document prints the answer of a command: v as JSON, or what text writes.
func (o *output) document(v any, text func(w io.Writer)) error {
	o.printed = true
	if !o.json {
		text(o.stdout)
		return nil
	}
	e := json.NewEncoder(o.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write the JSON document: %w", err)
	}
	return nil
}

// note says something to a person.
func (o *output) note(format string, args ...any) { fmt.Fprintf(o.stderr, format+"\n", args...) }

// table writes rows of cells in columns.
func table(w io.Writer, rows [][]string) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush()
}

// seconds writes a duration for people.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}

// count writes a number of things for people.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
