// Command load puts a host under load and reports what came of it as one JSON document, the last thing on standard output.
//
// Host, workers and creator are processes of their own, as in a network of devnet; the chain, the simulated CVMs and all
// who ask the host are in this one. Promises that the host broke, such as a job that was lost, make the exit status 1.
// Times and rates are reported beside their targets and decide nothing.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const usage = `usage: load [flags]

  --only LIST    of sockets, requests, jobs, upload (default all of them)
  --sockets N    WebSockets that are held open (default 10000)
  --hold TIME    how long they are held (default 45s: the host pings every 20 s)
  --rate N       requests a second (default 2000)
  --seconds N    how long they come (default 30)
  --jobs N       jobs that are queued (default 1000)
  --workers N    that drain the queue (default 8)
  --between N    jobs of a worker between two of its deaths, on average (default 20)
  --upload MB    megabytes of one upload (default 300)
  --breaks N     times that its connection breaks (default 20)
  --profiles DIR write the host's CPU profile of the requests, and its heap with all sockets open, to DIR

The exit status is 0 if every promise was kept, 1 if not, 2 if the command line is wrong.
`

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitMisuse = 2
)

// options are how much load there is.
type options struct {
	Only     []string
	Sockets  int
	Hold     time.Duration
	Rate     int
	Seconds  int
	Jobs     int
	Workers  int
	Between  int
	UploadMB int
	Breaks   int
	Profiles string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func parse(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage) }
	only := flags.String("only", "sockets,requests,jobs,upload", "")
	flags.DurationVar(&o.Hold, "hold", 45*time.Second, "")
	flags.StringVar(&o.Profiles, "profiles", "", "")
	numbers := map[string]struct {
		to    *int
		value int
	}{
		"sockets": {&o.Sockets, 10_000}, "rate": {&o.Rate, 2000}, "seconds": {&o.Seconds, 30}, "jobs": {&o.Jobs, 1000},
		"workers": {&o.Workers, 8}, "between": {&o.Between, 20}, "upload": {&o.UploadMB, 300}, "breaks": {&o.Breaks, 20},
	}
	for name, n := range numbers {
		flags.IntVar(n.to, name, n.value, "")
	}
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	for name, n := range numbers {
		if *n.to < 1 || *n.to > 1_000_000 {
			return o, fmt.Errorf("--%s is %d: want 1 to 1000000", name, *n.to)
		}
	}
	o.Only = strings.Split(*only, ",")
	for _, name := range o.Only {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == name }) {
			return o, fmt.Errorf("--only: there is no part %q", name)
		}
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("what is %q?", flags.Arg(0))
	}
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "load: %v\n%s", err, usage)
		return exitMisuse
	}
	r := load(ctx, o, stderr)
	e := json.NewEncoder(stdout)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		fmt.Fprintln(stderr, "load:", err)
		return exitFailed
	}
	if !r.OK {
		return exitFailed
	}
	return exitOK
}

// part is one of the loads.
type part struct {
	name string
	run  func(context.Context, *stage, *report) error
}

// parts run in this order: resident memory is measured on a host that is fresh.
var parts = []part{{"sockets", runSockets}, {"requests", runRequests}, {"jobs", runJobs}, {"upload", runUpload}}

// load runs the parts that are asked for on one network. A part that fails does not keep the others from running.
func load(ctx context.Context, o options, log io.Writer) (r *report) {
	r = newReport()
	dir, err := os.MkdirTemp("", "encompute-load-")
	if err == nil {
		defer os.RemoveAll(dir)
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err == nil {
		err = allowFiles(o.Sockets + 500)
	}
	if err != nil {
		return r.broken("setup", err)
	}
	s, err := newStage(ctx, dir, o, log)
	defer func() {
		if err := s.net.Close(); err != nil && ctx.Err() == nil {
			r.broken("stop", err)
		}
	}()
	if err != nil {
		return r.broken("setup", err)
	}
	for _, p := range parts {
		if !slices.Contains(o.Only, p.name) {
			continue
		}
		s.say("%s", p.name)
		if err := p.run(ctx, s, r); err != nil {
			r.broken(p.name, err)
		}
	}
	return r
}
