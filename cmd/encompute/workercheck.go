package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/encrypted-compute/encompute/attestation"
	"github.com/encrypted-compute/encompute/attestation/compose"
	"github.com/encrypted-compute/encompute/client"
	"github.com/encrypted-compute/encompute/dstack/deploy"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/protocol"
)

type workerCheck struct {
	attestWorker
	Image string `placeholder:"NAME@sha256:DIGEST" help:"Image that must run; its app-compose must be the one that worker deploy writes."`
}

// Help implements kong.HelpProvider.
func (workerCheck) Help() string {
	return `Asks a worker, or all of a host, for evidence over a fresh nonce and shows what an operator wants to know: whether users will
accept it, what its app-compose lets in, how long its registration lasts, whether clocks agree, how fast it measured
itself to be, and which published prefixes it computes in time. A worker says nothing of its disk, of which it has
none, and its memory only to its host: what a prefix needs is shown. The exit status is 0 if nothing failed, 1 if
something did, 2 if it could not be checked.

  encompute worker check https://host.example
  encompute worker check 0x52908400098527886E0F7030069857D2E4169EE7 --image ghcr.io/encrypted-compute/enclave@sha256:...`
}

// The outcomes of a row.
const (
	rowPassed = "passed"
	rowFailed = "failed"
	rowNoted  = "noted"
)

// checkRow is one line of a worker's check.
type checkRow struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Detail string `json:"detail"`
}

// workerReport is what worker check prints of one worker.
type workerReport struct {
	Signer protocol.Address `json:"signer"`
	OK     bool             `json:"ok"`
	Checks []checkRow       `json:"checks"`
}

func (r *workerReport) add(name, status, format string, args ...any) {
	r.Checks = append(r.Checks, checkRow{name, status, fmt.Sprintf(format, args...)})
	r.OK = r.OK && status != rowFailed
}

// Run checks one worker or all.
func (c *workerCheck) Run(ctx context.Context, a *app) error {
	var signer protocol.Address
	url := isURL(c.Target)
	if !url {
		if err := signer.UnmarshalText([]byte(c.Target)); err != nil {
			return misuse("SIGNER|URL", err.Error(), "name a worker by its account, or a host by its URL")
		}
	}
	s, views, err := c.workers(ctx, a, url)
	if err != nil {
		return unchecked(err)
	}
	defer s.close()
	if !url {
		view, err := findWorker(views, signer, "SIGNER|URL")
		if err != nil {
			return unchecked(err)
		}
		views = []protocol.WorkerView{view}
	}
	models, err := s.client.Models(ctx)
	if err != nil {
		return unchecked(err)
	}
	doc := struct {
		Schema  string         `json:"schema"` // "encompute/worker-check/v1"
		OK      bool           `json:"ok"`     // of all
		Workers []workerReport `json:"workers"`
	}{Schema: "encompute/worker-check/v1", OK: true}
	for _, view := range views {
		r, err := c.check(ctx, s, view, models.Models)
		if err != nil {
			return unchecked(err)
		}
		doc.Workers, doc.OK = append(doc.Workers, r), doc.OK && r.OK
	}
	if err := a.document(doc, func(w io.Writer) {
		for _, r := range doc.Workers {
			fmt.Fprintf(w, "worker %s\n", r.Signer)
			var rows [][]string
			for _, row := range r.Checks {
				rows = append(rows, []string{"  " + row.Status, row.Name, row.Detail})
			}
			table(w, rows)
		}
	}); err != nil {
		return err
	}
	if !doc.OK {
		return fault{Code: "worker-check", Detail: "at least one check failed"}
	}
	return nil
}

func (c *workerCheck) check(ctx context.Context, s *session, view protocol.WorkerView, models []client.Model) (workerReport, error) {
	r := workerReport{Signer: view.Signer, OK: true}
	doc, refusal, err := s.attest(ctx, view)
	if err != nil {
		return r, err
	}
	r.evidence(doc.Verdict, refusal)
	if c.Image != "" {
		if err := r.release(doc.Identity.ComposeHash, c.Image); err != nil {
			return r, err
		}
	}
	if left := time.Until(view.ValidUntil); left > 0 {
		r.add("registration", rowPassed, "on chain, for another %s as the host says", left.Round(time.Minute))
	} else {
		r.add("registration", rowFailed, "ended at %s: the host renews it when it verifies the worker again", view.ValidUntil.UTC().Format(time.DateTime))
	}
	if err := r.clocks(ctx, s); err != nil {
		return r, err
	}
	r.speed(view, models)
	return r, nil
}

// evidence sums up a verdict, whose every check attest worker shows.
func (r *workerReport) evidence(v attestation.Verdict, refusal error) {
	simulated := ""
	if v.Simulated {
		simulated = ", SIMULATED: no hardware stands behind it"
	}
	if refusal != nil {
		f := explain(refusal)
		r.add("evidence", rowFailed, "%s: %s%s", f.Field, f.Detail, simulated)
	} else {
		r.add("evidence", rowPassed, "%d checks over a fresh nonce, workload %s%s", len(v.Checks), v.WorkloadID.Short(), simulated)
	}
	if m, ok := v.Check("measurements.known"); ok && m.Status == attestation.Passed {
		r.add("measurement", rowPassed, "a release that the policy names")
	} else {
		r.add("measurement", rowFailed, "no release that the policy names")
	}
	r.add("tcb", rowNoted, "%s of %s, %d advisories", v.TCBStatus, v.TCBDate.Format(time.DateOnly), len(v.Advisories))
	if text, ok := v.Check("compose.text"); !ok || text.Status != attestation.Passed {
		r.add("app-compose", rowNoted, "not shown, so what it lets in is not known")
		return
	}
	status, errors := rowPassed, 0
	for _, f := range v.Lint {
		if f.Severity == compose.Error {
			errors++
		}
	}
	if errors > 0 {
		status = rowFailed
	}
	r.add("app-compose", status, "%d errors in %d findings", errors, len(v.Lint))
	for _, f := range v.Lint {
		if f.Severity == compose.Error {
			r.add("app-compose", rowFailed, "%s", f)
		}
	}
}

// release compares the compose hash with that of an image.
func (r *workerReport) release(composeHash, image string) error {
	raw, err := deploy.AppCompose(image)
	if err != nil {
		return misuse("--image", err.Error(), "name it by the digest of the release")
	}
	if want := fmt.Sprintf("%x", sha256.Sum256(raw)); composeHash == want {
		r.add("release", rowPassed, "runs %s", image)
	} else {
		r.add("release", rowFailed, "compose hash is %s, of that image it is %s: a cloud may have completed the text, see worker check-app", composeHash, want)
	}
	return nil
}

// The clocks that a job's deadlines and collateral's dates are read by may differ by so much.
const maxSkew = 5 * time.Minute

// clocks compares this machine's clock with the host's. A worker measures time, but reads no clock.
func (r *workerReport) clocks(ctx context.Context, s *session) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.client.Config.Host, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fault{Code: string(client.CodeNoWorker), Field: "SIGNER|URL", Detail: err.Error(), Remedy: "try again later"}
	}
	resp.Body.Close()
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		r.add("clock", rowNoted, "the host tells no time")
		return nil
	}
	skew := time.Since(at).Round(time.Second)
	status := rowPassed
	if skew.Abs() > maxSkew {
		status = rowFailed
	}
	r.add("clock", status, "the host's differs by %s from here", skew)
	return nil
}

// speed reads what the worker measured of itself, and predicts by it.
func (r *workerReport) speed(view protocol.WorkerView, models []client.Model) {
	if view.Kind != "" {
		r.add("arithmetic", rowNoted, "%s", view.Kind)
	}
	if view.Calibration == nil {
		r.add("calibration", rowNoted, "the host shows none")
		return
	}
	if err := view.Calibration.Verify(view.Signer); err != nil {
		r.add("calibration", rowFailed, "%v", err)
		return
	}
	machine, err := fhe.ParseMachine(view.Calibration.Machine)
	if err != nil {
		r.add("calibration", rowFailed, "%v", err)
		return
	}
	r.add("calibration", rowPassed, "signed; %d cores, butterfly %.2f ns where the reference machine takes %.2f", machine.Cores, machine.Butterfly, fhe.ReferenceMachine().Butterfly)
	for _, m := range models {
		for _, cut := range m.Manifest().Cuts {
			if cut.WorkloadID != view.WorkloadID {
				continue
			}
			plan, err := fhe.ParsePlan(cut.Plan)
			if err != nil {
				r.add("prefix", rowNoted, "%s at %s: %v", m.Manifest().Name, cut.Layer, err)
				continue
			}
			predicted, status := plan.Predict(machine), rowPassed
			if predicted*1000 > protocol.MaxComputeMs {
				status = rowNoted
			}
			// A worker gives half of its memory to a job.
			r.add("prefix", status, "%s at %s: %.2f s predicted of %d, a worker of %s of memory",
				m.Manifest().Name, cut.Layer, predicted, protocol.MaxComputeMs/1000, size(2*plan.Memory(machine.Cores).Total()))
		}
	}
}
