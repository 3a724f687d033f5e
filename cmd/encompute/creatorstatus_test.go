package main

import (
	"math/big"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// TestCountJobs: every state counts once, and only answers whose release the host knows are timed.
func TestCountJobs(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	answered := func(after time.Duration) protocol.CreatorJob {
		return protocol.CreatorJob{
			Job: protocol.JobView{State: protocol.JobDelivered},
			History: []protocol.JobMoment{
				{State: protocol.JobPosted, Time: start.Add(-time.Hour)}, {State: protocol.JobReleased, Time: start}, {State: protocol.JobDelivered, Time: start.Add(after)},
			},
		}
	}
	forgotten := answered(time.Hour)
	forgotten.History = nil
	jobs := []protocol.CreatorJob{answered(3 * time.Second), answered(time.Second), answered(2 * time.Second), forgotten, answered(-time.Second)}
	for _, s := range []protocol.JobState{
		protocol.JobPosted, protocol.JobQueued, protocol.JobRunning, protocol.JobComputed, protocol.JobReleased, protocol.JobReleased, protocol.JobFailed,
		protocol.JobRefunded,
	} {
		jobs = append(jobs, protocol.CreatorJob{Job: protocol.JobView{State: s}})
	}
	want := creatorJobs{Counted: 13, Underway: 4, Waiting: 2, Answered: 5, Failed: 2, Timed: 3, P50Seconds: 2, P99Seconds: 2}
	if got := countJobs(jobs); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := countJobs(nil); got != (creatorJobs{}) {
		t.Errorf("of no jobs: got %+v", got)
	}
}

// TestShare compares with the contract's gross * bps / 10_000 in unlimited numbers.
func TestShare(t *testing.T) {
	t.Parallel()
	for _, fee := range []protocol.Amount{0, 1, 9999, 10_000, 250_001, 1<<64 - 1} {
		for _, bps := range []uint16{0, 1, 99, 100, 1000, 10_000} {
			want := new(big.Int).Mul(new(big.Int).SetUint64(uint64(fee)), big.NewInt(int64(bps)))
			want.Div(want, big.NewInt(10_000))
			if got := share(fee, bps); uint64(got) != want.Uint64() {
				t.Errorf("share(%d, %d) is %d, want %v", fee, bps, got, want)
			}
		}
	}
}
