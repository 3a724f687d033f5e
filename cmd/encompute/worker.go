package main

import (
	"context"
	"io"
	"time"
)

type workerCommands struct {
	List     workerList     `cmd:"" help:"List the workers that are connected to the host."`
	Check    workerCheck    `cmd:"" help:"Check a worker as its operator: evidence, app, clocks, speed."`
	Deploy   workerDeploy   `cmd:"" help:"Plan a worker in a CVM: the files and the commands."`
	CheckApp workerCheckApp `cmd:"" help:"Tell whether a measured app-compose.json is this release's."`
}

type workerList struct{}

// Help implements kong.HelpProvider.
func (workerList) Help() string {
	return `This is what the host says, and nothing of it is verified. A job verifies its worker before anything is paid;
"encompute attest worker SIGNER" shows how.

  encompute worker list
  encompute worker list --json`
}

// Run lists the workers.
func (workerList) Run(ctx context.Context, a *app) error {
	s, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	views, err := s.client.Workers(ctx)
	if err != nil {
		return err
	}
	doc := struct {
		Workers any `json:"workers"`
	}{views}
	return a.document(doc, func(w io.Writer) {
		rows := [][]string{{"SIGNER", "WORKLOAD", "TCB", "VALID UNTIL", "STATE"}}
		for _, v := range views {
			state, tcb := "idle", v.TCBStatus
			if v.Busy {
				state = "busy"
			}
			if v.Simulated {
				tcb += " (simulated)"
			}
			rows = append(rows, []string{v.Signer.String(), v.WorkloadID.Short(), tcb, v.ValidUntil.UTC().Format(time.DateTime), state})
		}
		table(w, rows)
	})
}
