package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
)

type attestPolicyCommands struct {
	Init    attestPolicyInit    `cmd:"" help:"Write a policy that accepts what made a quote, and nothing else."`
	Release attestPolicyRelease `cmd:"" help:"Write a policy that accepts the workers of a release."`
}

type attestPolicyInit struct {
	evidenceFlags
}

// Help implements kong.HelpProvider.
func (attestPolicyInit) Help() string {
	return `Reads a quote that you trust, for instance of a worker that you started yourself, and prints a policy with
its measurements, compose hash, app id, key provider and device. Read it, and delete what may change: without
"devices" any machine will do, without "appIds" any app with this compose hash. Lines that begin with // are comments;
with --json there are none.

What the quote says must be signed up to the root. Whether the platform is up to date is said in a comment, and not
put into the policy.

  encompute attest policy init report.json > policy.json
  encompute attest verify other.json --policy policy.json`
}

// signedChecks are those without which a quote says nothing.
var signedChecks = []string{
	"evidence.size", "quote.parse", "quote.trailing", "quote.tee", "pck.parse", "pck.chain", "qe.vendor", "qe.signature",
	"qe.key-binding", "quote.signature", "eventlog.parse", "eventlog.replay", "eventlog.boot", "compose.text", "config-id.match",
}

// Run prints the policy.
func (c *attestPolicyInit) Run(ctx context.Context, a *app) error {
	in, err := c.read(ctx, a)
	if err != nil {
		return unchecked(err)
	}
	open, err := c.policy("", attestation.PolicyLiteral{})
	if err != nil {
		return unchecked(err)
	}
	v := attestation.Examine(in.subject, open, c.at())
	for _, check := range v.Checks {
		if check.Status == attestation.Failed && slices.Contains(signedChecks, check.Name) {
			return &attestation.CheckError{Check: check, Simulated: v.Simulated}
		}
	}
	l := accepting(v)
	l.InsecureSimulatorRootPEM = open.Literal().InsecureSimulatorRootPEM
	if _, err := attestation.NewPolicy(l); err != nil {
		return err
	}
	return a.document(l, func(w io.Writer) { writePolicy(w, l, v) })
}

// accepting is the policy that accepts the quote, as far as software and machine go.
func accepting(v attestation.Verdict) (l attestation.PolicyLiteral) {
	id := v.Identity
	l.Devices = []string{id.DeviceID}
	if v.TEE == "sgx" {
		l.SGX.MREnclaves = []string{id.MREnclave}
		return l
	}
	m := id.Measurements
	l.TDX.Measurements = []attestation.Measurement{{MRTD: m.MRTD, RTMR0: m.RTMR0, RTMR1: m.RTMR1, RTMR2: m.RTMR2}}
	if id.AppID == "" {
		return l
	}
	name, key, _ := strings.Cut(id.KeyProvider, ":")
	l.Dstack = attestation.DstackPolicy{
		Required: true, ComposeHashes: []string{id.ComposeHash}, AppIDs: []string{id.AppID},
		KeyProviders:       []attestation.KeyProvider{{Name: name, ID: key}},
		AllowUnsetConfigID: strings.Trim(m.MRConfigID, "0") == "",
	}
	return l
}

// writePolicy writes the policy with comments.
func writePolicy(w io.Writer, l attestation.PolicyLiteral, v attestation.Verdict) {
	fmt.Fprintf(w, "// Accepts the software and the machine of one quote, read at %s.\n", v.VerifiedAt.Format(time.RFC3339))
	if v.Simulated {
		fmt.Fprintln(w, "// INSECURE: it is of a simulator. No hardware stands behind what this policy accepts.")
	}
	if v.OK() {
		fmt.Fprintf(w, "// The quote was accepted; status of the platform: %s.\n", v.TCBStatus)
	}
	for _, check := range v.Checks {
		if check.Status == attestation.Failed {
			fmt.Fprintf(w, "// NOT accepted by this policy as it is: check %s failed: %s.\n", check.Name, check.Why)
		}
	}
	for _, line := range []string{
		"Every list that is not empty is enforced. See docs/verifying-a-worker.md for all fields, and:",
		"  devices               delete to accept any machine",
		"  tdx.measurements      firmware, kernel and shape of the machine; add one for each release",
		"  sgx.mrenclaves        the enclave's measurement; or use signers {mrsigner, productId, minSvn}",
		"  dstack.composeHashes  the app, by the SHA-256 of its app-compose.json",
		"  dstack.kmsKey         add the KMS's root key to demand that it issued a worker's receipt key",
		"  tcb.statuses          add Intel's names to accept more than UpToDate; name advisories in tcb.advisories",
	} {
		fmt.Fprintln(w, "// "+line)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	_ = e.Encode(l) // structs of strings and numbers always encode
	_, _ = w.Write(b.Bytes())
}
