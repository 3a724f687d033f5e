package attestation

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteText shows the verdict to people.
func (v Verdict) WriteText(w io.Writer) error {
	var b strings.Builder
	title := "NOT VERIFIED"
	if v.OK() {
		title = "verified"
	}
	if v.Simulated {
		title += " (SIMULATED: no hardware stands behind this)"
	}
	fmt.Fprintf(&b, "%s\n", title)
	for _, c := range v.Checks {
		fmt.Fprintf(&b, "  %-7s %-24s %s\n", c.Status, c.Name, c.summary())
		if c.Status == Failed && c.Remedy != "" {
			fmt.Fprintf(&b, "  %-7s %-24s -> %s\n", "", "", c.Remedy)
		}
	}
	for _, f := range v.Lint {
		fmt.Fprintf(&b, "  %-7s %-24s %s\n", "lint", f.Rule, printable(f.String()))
	}
	if v.TCBStatus != "" {
		line := "TCB       " + string(v.TCBStatus)
		if !v.TCBDate.IsZero() {
			line += " of " + v.TCBDate.UTC().Format(time.DateOnly)
		}
		fmt.Fprintln(&b, strings.TrimSpace(line+" "+strings.Join(v.Advisories, " ")))
	}
	v.Identity.write(&b)
	if !v.WorkloadID.IsZero() {
		fmt.Fprintf(&b, "workload  %s\n", v.WorkloadID)
	}
	if !v.ExpiresAt.IsZero() {
		fmt.Fprintf(&b, "expires   %s\n", v.ExpiresAt.UTC().Format(time.RFC3339))
	}
	for i, s := range v.NotProven {
		label := "unproven"
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(&b, "%-9s %s\n", label, s)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (id Identity) write(w io.Writer) {
	for _, line := range []struct{ label, value string }{
		{"app", id.AppID},
		{"compose", id.ComposeHash},
		{"instance", id.InstanceID},
		{"keys from", short(id.KeyProvider)},
		{"enclave", id.MREnclave},
		{"signer", id.MRSigner},
		{"device", id.DeviceID},
		{"family", id.FMSPC},
	} {
		if line.value != "" {
			fmt.Fprintf(w, "%-9s %s\n", line.label, line.value)
		}
	}
}

func (c Check) summary() string {
	if c.Why != "" {
		return c.Why
	}
	return short(c.Got)
}

// short cuts long values for a line of text.
func short(s string) string {
	if len(s) <= 72 {
		return s
	}
	return s[:69] + "..."
}
