package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/encrypted-compute/encompute/attestation/compose"
	"github.com/encrypted-compute/encompute/dstack/deploy"
	"github.com/encrypted-compute/encompute/protocol"
)

type workerDeploy struct {
	Image    string           `required:"" placeholder:"NAME@sha256:DIGEST" help:"Image of the worker, by the digest of the release."`
	Operator protocol.Address `required:"" placeholder:"ACCOUNT" help:"Account that is paid."`
	Name     string           `default:"encompute-worker" help:"Name of the CVM (default ${default})."`
	Instance string           `required:"" placeholder:"TYPE" help:"Instance type, such as tdx.medium; the policy pins it."`
	OS       string           `name:"os" required:"" placeholder:"VERSION" help:"OS image, as phala os-images names it; the policy pins it. No development image."`
	KMS      string           `name:"kms" default:"phala" enum:"phala,base,ethereum" help:"Who decides which versions of the app get its keys: phala, or a contract of yours on base or ethereum (default ${default})."`
	Out      string           `placeholder:"DIR" help:"Folder to write docker-compose.yaml, app-compose.json and worker.env to."`
	Plan     bool             `help:"Print the steps. This program starts nothing in a cloud, so it is always so."`
}

// Help implements kong.HelpProvider.
func (workerDeploy) Help() string {
	return `Prints what to do, command by command, to run a worker in a CVM of Phala Cloud, and writes the files that the commands
name. Host, chain and registry are those of the network file. app-compose.json is for a dstack host of your own; a
cloud completes the text itself, and "worker check-app" tells whether it still says the same.

  encompute worker deploy --plan --image ghcr.io/encrypted-compute/enclave@sha256:... --operator 0x... --instance tdx.medium --os dstack-0.5.8 --out worker`
}

// Run makes the plan.
func (c *workerDeploy) Run(_ context.Context, a *app) error {
	n, err := a.network()
	if err != nil {
		return err
	}
	plan, err := deploy.NewPlan(deploy.Target{
		Image: c.Image, Name: c.Name, Host: n.Host, Operator: c.Operator, ChainID: n.Contracts.ChainID, Registry: n.Contracts.WorkerRegistry,
		Instance: c.Instance, OS: c.OS, KMS: c.KMS,
	})
	if err != nil {
		return misuse("", err.Error(), `see "encompute worker deploy --help"`)
	}
	if c.Out != "" {
		if err := writeFiles(c.Out, plan.Files); err != nil {
			return fault{Code: "file", Field: "--out", Detail: err.Error(), Remedy: "name a folder that can be written"}
		}
	}
	return a.document(plan, func(w io.Writer) { writePlan(w, c.Out, plan) })
}

func writeFiles(dir string, files map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func writePlan(w io.Writer, dir string, p deploy.Plan) {
	if dir == "" {
		fmt.Fprintln(w, "No file was written: name a folder with --out. The files:")
	} else {
		fmt.Fprintf(w, "Written to %s, where the commands are to be run:\n", dir)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		fmt.Fprintf(w, "  %s\n", name)
	}
	fmt.Fprintf(w, "Compose hash of app-compose.json as it is here: %s\n", p.ComposeHash)
	for i, s := range p.Steps {
		fmt.Fprintf(w, "\n%d. %s\n   %s\n", i+1, s.Title, s.Why)
		for _, command := range s.Commands {
			fmt.Fprintf(w, "     %s\n", command)
		}
	}
}

type workerCheckApp struct {
	File string `arg:"" placeholder:"FILE" help:"An app-compose.json, as a CVM measured it, or evidence that shows one."`
}

// Help implements kong.HelpProvider.
func (workerCheckApp) Help() string {
	return `Reads an app-compose.json that somebody else completed and tells whether it is this release's: the very container, with the very
options, and nothing that lets others in. Only then is its SHA-256 to be pinned as a compose hash. The exit status is 0 if
so, 1 if not. Whether a CVM measured it is for "attest verify" to tell.

  encompute worker check-app app-compose.json
  encompute worker check-app report.json`
}

// Run judges the file.
func (c *workerCheckApp) Run(_ context.Context, a *app) error {
	raw, err := readLimited(c.File, "FILE", protocol.MaxEvidenceBytes)
	if err != nil {
		return err
	}
	if in, err := parseInput(raw); err == nil && len(in.subject.AppCompose) > 0 {
		raw = in.subject.AppCompose
	}
	report, err := compose.Lint(raw)
	if err != nil {
		return fault{Code: "app-refused", Field: c.File, Detail: err.Error()}
	}
	image, refusal := deploy.Image(raw)
	doc := struct {
		OK          bool              `json:"ok"`
		ComposeHash string            `json:"composeHash"`
		Image       string            `json:"image,omitempty"`
		Findings    []compose.Finding `json:"findings"`
	}{refusal == nil && report.Count(compose.Error) == 0, fmt.Sprintf("%x", report.Hash), image, report.Findings}
	if err := a.document(doc, func(w io.Writer) {
		fmt.Fprintf(w, "compose hash  %s\n", doc.ComposeHash)
		if image != "" {
			fmt.Fprintf(w, "image         %s\n", image)
		}
		for _, f := range doc.Findings {
			fmt.Fprintln(w, f)
		}
	}); err != nil {
		return err
	}
	switch {
	case refusal != nil:
		return fault{Code: "app-refused", Field: c.File, Detail: refusal.Error(), Remedy: "do not pin its hash"}
	case !doc.OK:
		return fault{Code: "app-refused", Field: c.File, Detail: "it lets others in, see the findings", Remedy: "do not pin its hash"}
	}
	return nil
}
