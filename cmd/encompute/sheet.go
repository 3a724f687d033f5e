package main

import (
	"fmt"
	"strings"

	"github.com/encrypted-compute/encompute/protocol"
)

// sheetLines say in plain words what a leakage sheet holds; none if there is no sheet.
func sheetLines(s *protocol.Sheet) []string {
	if s == nil {
		return []string{"No leakage sheet: nobody says how often the creator recognises a record, or rebuilds it."}
	}
	lines := []string{accuracyLine(s)}
	lines = append(lines, fmt.Sprintf("A creator who holds %d candidate records picks the right one in %s of cases, and has it among ten in %s; guessing gives %s.",
		s.Gallery, percent(s.Match1), percent(s.Match10), percent(1/float64(s.Gallery))))
	rebuilt := fmt.Sprintf("Recognised by reconstructions alone: %s, among ten %s", percent(s.ReID1), percent(s.ReID10))
	switch {
	case s.SSIM != nil && s.FloorSSIM != nil:
		rebuilt += fmt.Sprintf("; they resemble the record by %.2f (SSIM), the mean of all records does by %.2f", *s.SSIM, *s.FloorSSIM)
	default:
		rebuilt += fmt.Sprintf("; their error is %.3g (mean square), that of the mean of all records %.3g", s.MSE, s.FloorMSE)
	}
	limit := "No noise: what a release tells is unbounded."
	if s.BitCap != nil {
		limit = fmt.Sprintf("No attack gets more than %s out of a release, on average over records like these.", s.CapText())
	}
	return append(lines, rebuilt+".", limit, fmt.Sprintf(
		"Attacks that were run are a lower bound: better ones may exist. Measured by the creator, whose word it is, on %s, with %s effort, seed %d, data %s. Rating: %s.",
		s.Date, s.Effort, s.Seed, s.Dataset.Short(), s.Rating))
}

func accuracyLine(s *protocol.Sheet) string {
	if s.Accuracy == nil || s.BaseAccuracy == nil {
		return fmt.Sprintf("With this release %s of answers are those of the whole model (no labels: accuracy is not known).", percent(s.Agreement))
	}
	line := fmt.Sprintf("Accuracy %s with this release, %s without, on %d records", percent(*s.Accuracy), percent(*s.BaseAccuracy), s.TestRecords)
	if s.AccuracyLow != nil && s.AccuracyHigh != nil {
		line += fmt.Sprintf(" (95 in 100: %s to %s)", percent(*s.AccuracyLow), percent(*s.AccuracyHigh))
	}
	return line + "."
}

// percent writes a share for people.
func percent(share float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", 100*share), ".0") + " %"
}

// attackRows is the table of the attacks that were run.
func attackRows(s *protocol.Sheet) [][]string {
	rows := [][]string{{"ATTACK", "RECORDS", "SSIM", "PSNR", "PICKED", "IN TEN", "EFFORT"}}
	for _, a := range s.Attacks {
		similar := "-"
		if a.SSIM != nil {
			similar = fmt.Sprintf("%.3f", *a.SSIM)
		}
		rows = append(rows, []string{a.Name, fmt.Sprint(a.Records), similar, fmt.Sprintf("%.1f dB", a.PSNR), percent(a.ReID1), percent(a.ReID10), a.Effort})
	}
	return append(rows, []string{"match", fmt.Sprint(s.Gallery), "-", "-", percent(s.Match1), percent(s.Match10), "compares with records that it holds"})
}
