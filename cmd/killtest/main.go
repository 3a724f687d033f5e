// Command killtest kills the parties of a network with SIGKILL while users run jobs, and checks that every job ends
// delivered or refunded, that the money adds up, and that nothing is left behind.
//
//	killtest [--kills N] [--store sqlite|postgres|both] [--seed N] [--keep]
//
// All parties are processes of their own: host, worker, creator, two users' command lines, and PostgreSQL's server if that is
// the store; with SQLite the host's end is the database's. What is killed when follows from the seed and is printed as it
// happens. One JSON document is printed last.
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
	"syscall"
	"time"
)

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitMisuse = 2
)

// The stores that a host can have.
const (
	storeSQLite   = "sqlite"
	storePostgres = "postgres"
)

// report is the document.
type report struct {
	OK     bool     `json:"ok"`
	Seed   uint64   `json:"seed"`
	Stores []result `json:"stores"`
}

// result is what came of one store.
type result struct {
	Store     string        `json:"store"`
	Kills     map[party]int `json:"kills"`
	Jobs      int           `json:"jobs"`
	Delivered int           `json:"delivered"`
	Refunded  int           `json:"refunded"`
	Unpaid    int           `json:"unpaid"` // given up before anything was paid
	Seconds   float64       `json:"seconds"`
	Error     string        `json:"error,omitempty"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("killtest", flag.ContinueOnError)
	flags.SetOutput(stderr)
	kills := flags.Int("kills", 200, "how many kills for each store")
	which := flags.String("store", "both", "sqlite, postgres or both")
	seed := flags.Uint64("seed", uint64(time.Now().UnixNano()), "of the schedule")
	keep := flags.Bool("keep", false, "keep the folder of a run that failed")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitOK
	} else if err != nil {
		return exitMisuse
	}
	stores := []string{storeSQLite, storePostgres}
	if *which != "both" {
		stores = []string{*which}
	}
	if flags.NArg() > 0 || *kills < 1 || !slices.Contains([]string{storeSQLite, storePostgres, "both"}, *which) {
		fmt.Fprintln(stderr, "killtest: give --kills of at least 1 and --store sqlite, postgres or both, and nothing else")
		return exitMisuse
	}
	r := report{OK: true, Seed: *seed, Stores: []result{}}
	for _, s := range stores {
		fmt.Fprintf(stderr, "store %s; to run it again: --store %s --kills %d --seed %d\n", s, s, *kills, *seed)
		one := try(ctx, s, plan(*seed, *kills, s), *keep, stderr)
		r.OK = r.OK && one.Error == ""
		r.Stores = append(r.Stores, one)
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		fmt.Fprintln(stderr, "killtest:", err)
		return exitFailed
	}
	fmt.Fprintf(stdout, "%s\n", b)
	if !r.OK {
		return exitFailed
	}
	return exitOK
}

// try runs the test on one store in a folder of its own.
func try(ctx context.Context, store string, schedule []strike, keep bool, log io.Writer) result {
	r := result{Store: store, Kills: map[party]int{}}
	start := time.Now()
	// Its path is short enough for a unix socket.
	dir, err := os.MkdirTemp("", "killtest-")
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err == nil {
		t := &trial{log: log}
		err = errors.Join(t.run(ctx, dir, store, schedule, &r), t.close())
	}
	if err != nil {
		r.Error = err.Error()
		fmt.Fprintf(log, "store %s: %v\n", store, err)
	}
	if err != nil && keep {
		fmt.Fprintf(log, "store %s: everything is in %s\n", store, dir)
	} else if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintf(log, "store %s: %v\n", store, err)
	}
	r.Seconds = time.Since(start).Round(100 * time.Millisecond).Seconds()
	return r
}
