package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// fewKills are how many there are here for each store, of every party by this seed; "make kill" makes more.
const (
	fewKills = 5
	fewSeed  = 30
)

// TestSQLite kills a few times, and then holds that the audit, which found nothing, finds what is there.
func TestSQLite(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole network")
	}
	t.Parallel()
	dir, err := os.MkdirTemp("", "killtest-") // t.TempDir is too long for a unix socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	n := &trial{log: t.Output()}
	t.Cleanup(func() {
		if err := n.close(); err != nil {
			t.Error(err)
		}
	})
	r := result{Kills: map[party]int{}}
	if err := n.run(t.Context(), dir, storeSQLite, plan(fewSeed, fewKills, storeSQLite), &r); err != nil {
		t.Fatal(err)
	}
	check(t, r)

	delivered, failed, err := n.sort(t.Context(), &r)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.countMoney(t.Context(), delivered[1:]); err == nil {
		t.Error("a job that cost something is not missed")
	}
	left := filepath.Join(dir, "host", "blobs", "left")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := n.searchStore(t.Context(), delivered, failed); err == nil || !strings.Contains(err.Error(), "left") {
		t.Errorf("a blob that nobody needs: %v", err)
	}
	if err := n.searchStore(t.Context(), nil, delivered[:1]); err == nil {
		t.Error("a job that is in another state is not missed")
	}
	wrong := *delivered[0].Job
	wrong.Result = &protocol.Result{Label: "both"}
	if err := n.oracle.check(&wrong); err == nil {
		t.Error("a wrong answer is right")
	}
}

// TestPostgres kills a few times, the database among others, by the command line.
func TestPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole network")
	}
	t.Parallel()
	if _, err := exec.LookPath("initdb"); err != nil {
		if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(found) == 0 {
			t.Skip("PostgreSQL is not installed: apt-get install postgresql-15")
		}
	}
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"--store", storePostgres, "--kills", fmt.Sprint(fewKills), "--seed", fmt.Sprint(fewSeed)}, &stdout, t.Output()); code != exitOK {
		t.Fatalf("exit status %d: %s", code, stdout.String())
	}
	var r report
	if err := protocol.UnmarshalJSON(&stdout, 1<<20, &r); err != nil {
		t.Fatal(err)
	}
	if !r.OK || r.Seed != fewSeed || len(r.Stores) != 1 || r.Stores[0].Kills[partyDatabase] == 0 {
		t.Fatalf("report %+v", r)
	}
	check(t, r.Stores[0])
}

func check(t *testing.T, r result) {
	t.Helper()
	kills := 0
	for _, n := range r.Kills {
		kills += n
	}
	if kills != fewKills || r.Jobs < users || r.Delivered < users || r.Delivered+r.Refunded+r.Unpaid != r.Jobs {
		t.Errorf("result %+v", r)
	}
}

// TestPlan holds that a seed tells the whole schedule, in which everybody has a turn.
func TestPlan(t *testing.T) {
	t.Parallel()
	for store, parties := range map[string][]party{
		storeSQLite:   {partyHost, partyWorker, partyCreator, partyUser},
		storePostgres: {partyHost, partyWorker, partyCreator, partyUser, partyDatabase},
	} {
		a := plan(7, 200, store)
		if !slices.Equal(a, plan(7, 200, store)) || slices.Equal(a, plan(8, 200, store)) {
			t.Errorf("%s: the schedule does not follow from the seed", store)
		}
		seen := map[party]int{}
		for _, s := range a {
			seen[s.party]++
		}
		for _, p := range parties {
			if seen[p] < 20 {
				t.Errorf("%s: the %s has %d of 200 turns", store, p, seen[p])
			}
		}
		if len(seen) != len(parties) {
			t.Errorf("%s: turns %v", store, seen)
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--kills", "0"}, {"--store", "mysql"}, {"sqlite"}, {"--sede", "1"}} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, &stdout, &stderr); code != exitMisuse || stderr.Len() == 0 || stdout.Len() > 0 {
			t.Errorf("%v: exit status %d: %s%s", args, code, stdout.String(), stderr.String())
		}
	}
}
