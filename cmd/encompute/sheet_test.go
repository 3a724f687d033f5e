package main

import (
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// A sheet is told in plain words, with its numbers, and never without saying what they are worth.
func TestSheetLines(t *testing.T) {
	t.Parallel()
	f := func(v float64) *float64 { return &v }
	s := protocol.Sheet{
		MeasuredBy: protocol.ByCreator, Values: 1, Noise: 0.1, TestRecords: 624, Accuracy: f(0.898), BaseAccuracy: f(0.883), AccuracyLow: f(0.87), AccuracyHigh: f(0.92),
		Quality: protocol.Quality{SSIM: f(0.661)}, FloorSSIM: f(0.585), ReID1: 0.005, ReID10: 0.033, Match1: 0.03, Match10: 0.3, Gallery: 600, BitCap: f(3.3),
		Effort: "default", Seed: 1, Date: "2026-11-26", Rating: "green",
	}
	open := s
	open.Noise, open.BitCap, open.SSIM, open.MSE, open.FloorMSE, open.Accuracy = 0, nil, nil, 0.001, 0.02, nil
	for name, c := range map[string]struct {
		sheet *protocol.Sheet
		want  []string
	}{
		"noisy": {&s, []string{
			"Accuracy 89.8 % with this release, 88.3 % without, on 624 records (95 in 100: 87 % to 92 %).",
			"A creator who holds 600 candidate records picks the right one in 3 % of cases, and has it among ten in 30 %; guessing gives 0.2 %.",
			"Recognised by reconstructions alone: 0.5 %, among ten 3.3 %; they resemble the record by 0.66 (SSIM), the mean of all records does by 0.58",
			"No attack gets more than 3.3 bits out of a release", "lower bound", "by the creator, whose word it is, on 2026-11-26, with default effort",
		}},
		"open": {&open, []string{"what a release tells is unbounded", "their error is 0.001 (mean square)", "no labels", "lower bound"}},
		"none": {nil, []string{"No leakage sheet"}},
	} {
		text := strings.Join(sheetLines(c.sheet), "\n")
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, text)
			}
		}
	}
	if strings.Contains(strings.Join(sheetLines(&open), "\n"), "No attack gets more") {
		t.Error("a limit is named where there is none")
	}
}
