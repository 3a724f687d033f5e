package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// report is what a demo shows, as text or as one JSON document.
type report struct {
	OK                 bool      `json:"ok"`
	Error              string    `json:"error,omitempty"`
	Input              string    `json:"input"`
	Model              string    `json:"model"`
	Cut                string    `json:"cut"`
	Diagnosis          diagnosis `json:"diagnosis"`
	PlaintextDiagnosis diagnosis `json:"plaintextDiagnosis"`
	ReleasedDiagnosis  diagnosis `json:"releasedDiagnosis"` // of the suffix in the clear, on what was released
	PrecisionBits      float64   `json:"precisionBits"`     // before flooding
	ReleasedBits       float64   `json:"releasedBits"`      // after flooding and rounding, before noise

	NoiseDeviations float64         `json:"noiseDeviations,omitempty"` // by which released values differ from exact ones
	Sheet           *protocol.Sheet `json:"sheet,omitempty"`           // what was measured of the release

	Simulated bool        `json:"simulated"` // the TEE is the simulator
	Steps     []step      `json:"steps"`
	Saw       []saw       `json:"whoSawWhat"`
	Tamper    []tampering `json:"tamper"`
	Balances  []balance   `json:"balances"`
	URLs      *urls       `json:"urls,omitempty"` // with --keep
}

type diagnosis struct {
	Label       string  `json:"label"`
	Probability float64 `json:"probability"`
}

type step struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`
	Detail  string  `json:"detail,omitempty"`
}

// saw is what one party saw in this run.
type saw struct {
	Party string `json:"party"`
	Saw   string `json:"saw"`
	Never string `json:"never"`
}

// tampering is one attack and the check that refused it; RefusedBy is empty if none did.
type tampering struct {
	What      string `json:"what"`
	RefusedBy string `json:"refusedBy"`
	Detail    string `json:"detail,omitempty"`
}

// balance is an account's tokens, in the wallet and as credit at the market.
type balance struct {
	Party  string           `json:"party"`
	Before protocol.Amount  `json:"before"`
	After  protocol.Amount  `json:"after"`
	Who    protocol.Address `json:"account"`
}

type urls struct {
	Host    string `json:"host"`
	RPC     string `json:"rpc"`
	Network string `json:"network"` // path of the network file
	// Program is encompute's path, Environment what it needs to be the user, whose wallet
	// holds test tokens.
	Program     string   `json:"program"`
	Environment []string `json:"environment"`
}

func (r *report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// narrator prints a demo while it runs; with a nil writer it is silent.
type narrator struct{ w io.Writer }

func (n narrator) printf(format string, a ...any) {
	if n.w != nil {
		fmt.Fprintf(n.w, format, a...)
	}
}

func (n narrator) title(s string) {
	n.printf("\n%s\n%s\n", s, strings.Repeat("-", len([]rune(s))))
}

func (n narrator) step(s step) {
	size := ""
	if s.Bytes > 0 {
		size = formatBytes(s.Bytes)
	}
	n.printf("  %-42s %9s %10s  %s\n", s.Name, formatSeconds(s.Seconds), size, s.Detail)
}

func (n narrator) table(header []string, rows [][]string) {
	if n.w == nil {
		return
	}
	t := tabwriter.NewWriter(n.w, 0, 4, 3, ' ', 0)
	fmt.Fprintf(t, "  %s\n", strings.Join(header, "\t"))
	for _, r := range rows {
		fmt.Fprintf(t, "  %s\n", strings.Join(r, "\t"))
	}
	_ = t.Flush() // the writer is the terminal
}

// conclude prints what a person wants to know at the end.
func (n narrator) conclude(r *report) {
	n.title("Who saw what")
	rows := [][]string{}
	for _, s := range r.Saw {
		rows = append(rows, []string{s.Party, s.Saw, s.Never})
	}
	n.table([]string{"PARTY", "SAW", "NEVER SAW"}, rows)

	n.title("Diagnosis")
	n.printf("  encrypted    %s, probability %.4f\n", r.Diagnosis.Label, r.Diagnosis.Probability)
	n.printf("  plaintext    %s, probability %.4f\n", r.PlaintextDiagnosis.Label, r.PlaintextDiagnosis.Probability)
	if r.NoiseDeviations > 0 {
		n.printf("  with noise   %s, probability %.4f: the rest of the model in plaintext, on what was released\n", r.ReleasedDiagnosis.Label, r.ReleasedDiagnosis.Probability)
	}
	n.printf("  precision    %.1f bits decrypted, %.1f bits left after flooding\n", r.PrecisionBits, r.ReleasedBits)

	n.title("Tampering")
	rows = nil
	for _, t := range r.Tamper {
		by := "refused by " + t.RefusedBy
		if t.RefusedBy == "" {
			by = "NOT REFUSED"
		}
		rows = append(rows, []string{t.What, by})
	}
	n.table([]string{"CHANGED", "OUTCOME"}, rows)

	n.title("Balances (" + tokenName + ", wallet and credit)")
	rows = nil
	for _, b := range r.Balances {
		rows = append(rows, []string{b.Party, formatTokens(b.Before), formatTokens(b.After), formatChange(b.Before, b.After)})
	}
	n.table([]string{"PARTY", "BEFORE", "AFTER", "CHANGE"}, rows)
}

const tokenName = "test USDC"

func formatTokens(a protocol.Amount) string {
	return fmt.Sprintf("%d.%06d", a/1e6, a%1e6)
}

func formatChange(before, after protocol.Amount) string {
	if after < before {
		return "-" + formatTokens(before-after)
	}
	return "+" + formatTokens(after-before)
}

func formatSeconds(s float64) string {
	if s < 1 {
		return fmt.Sprintf("%.0f ms", s*1e3)
	}
	return fmt.Sprintf("%.2f s", s)
}

func formatBytes(n int64) string {
	switch {
	case n < 1e3:
		return fmt.Sprintf("%d B", n)
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
}

// stopwatch measures steps one after the other.
type stopwatch struct{ last time.Time }

func newStopwatch() *stopwatch { return &stopwatch{time.Now()} }

func (s *stopwatch) lap() float64 {
	now := time.Now()
	d := now.Sub(s.last).Seconds()
	s.last = now
	return d
}

// urls prints how to use a network that stays.
func (n narrator) urls(u *urls) {
	n.title("Running; Ctrl-C ends it and removes everything")
	n.printf("  host     %s\n  chain    %s\n  network  %s\n\nBe the user, whose wallet holds test tokens:\n\n", u.Host, u.RPC, u.Network)
	for _, e := range u.Environment {
		n.printf("  export %s\n", e)
	}
	n.printf("  %s model list\n", u.Program)
}
