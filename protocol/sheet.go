package protocol

import (
	"fmt"
	"math"
	"slices"
)

// SheetVersion is that of the measurement behind a Sheet: other versions have other attacks or other figures.
const SheetVersion = 1

// ByCreator is who measured a Sheet, and whose word it is. What a worker measured is an AttestedSheet, which no manifest
// can claim: it comes with the worker's signature and evidence.
const ByCreator = "creator"

// How the coefficients of a release were found.
const (
	ProjectionAll       = "all"       // every value of the intermediate is sent
	ProjectionTask      = "task"      // those that the answer depends on most
	ProjectionPrincipal = "principal" // those that hold most of the variance
)

// Limits of a Sheet.
const (
	maxAttacks  = 64
	maxFeatures = 4096
)

// Quality compares reconstructions with the records they are of; values of an image are taken to be in [0, 1].
type Quality struct {
	SSIM *float64 `json:"ssim,omitempty"` // mean structural similarity, 1 the same; images of at least 7x7 only
	PSNR float64  `json:"psnr"`           // mean, in decibels
	MSE  float64  `json:"mse"`            // mean square error of a value
	// Of the records best rebuilt: what 5 in 100 exceed (of MSE, stay below).
	WorstSSIM *float64 `json:"worstSsim,omitempty"`
	WorstMSE  float64  `json:"worstMse"`
}

// Local describes a release near one record by its derivative J and, with noise N, by Fisher information I = J^T N^-1 J
// and the covariance S of records, as if both were Gaussian. Averages over a few records.
type Local struct {
	Rank float64 `json:"rank"` // singular values of J above a hundredth of the largest
	DFIL float64 `json:"dfil"` // tr I / d; ranks releases, bounds nothing here; 0 without noise
	DOF  float64 `json:"dof"`  // tr I (I + S^-1)^-1: values of the record that are known; the rank without noise
	Blur float64 `json:"blur"` // tr (I + S^-1)^-1 / tr S: 0 all is known, 1 nothing beyond the mean
}

// Attack is an attack that was run and what it achieved.
type Attack struct {
	Name    string `json:"name"`
	Effort  string `json:"effort"`
	Records int    `json:"records"` // under attack
	Quality
	// Share of records that are the nearest, or among the ten nearest, to their reconstruction in the gallery.
	ReID1  float64 `json:"reid1"`
	ReID10 float64 `json:"reid10"`
}

// Sheet is a leakage sheet: what a release costs, and what it tells. Reconstructions are compared with unseen test
// records. A headline figure is that of the strongest attack by that figure; those of recognition are of attacks on
// the whole gallery. All are lower bounds but the caps. It stands in the manifest of a cut, so that the creator vouches
// for it; Validate holds it against what the manifest says is done.
type Sheet struct {
	Version    uint32 `json:"version"`    // SheetVersion
	MeasuredBy string `json:"measuredBy"` // ByCreator

	Values     int     `json:"values"`         // numbers in a release
	Projection string  `json:"projection"`     // how they were found
	Clip       float64 `json:"clip,omitempty"` // as of Mechanism; so are Noise and Bits
	Noise      float64 `json:"noise"`
	Bits       int     `json:"quantizeBits,omitempty"`

	Classes      int      `json:"classes"`
	TestRecords  int      `json:"testRecords"`
	BaseAccuracy *float64 `json:"baseAccuracy"` // of the whole model; null: no labels
	Accuracy     *float64 `json:"accuracy"`     // with the release, averaged over draws of the noise
	AccuracyLow  *float64 `json:"accuracyLow"`  // 95 in 100 confidence, for this number of test records (Wilson)
	AccuracyHigh *float64 `json:"accuracyHigh"`
	Agreement    float64  `json:"agreement"` // with the whole model's predictions

	Quality            // of attacks, figure by figure
	FloorSSIM *float64 `json:"floorSsim,omitempty"` // of the attacker's mean record, without any release
	FloorPSNR float64  `json:"floorPsnr"`
	FloorMSE  float64  `json:"floorMse"`
	ReID1     float64  `json:"reid1"`  // strongest: the record is the nearest to its reconstruction in the gallery
	ReID10    float64  `json:"reid10"` // it is among the ten nearest
	// Match1 and Match10 are for an attacker who already holds every record of the gallery and asks which one was
	// sent: it runs the prefix on all and compares coefficients. Without noise this always works.
	Match1  float64 `json:"match1"`
	Match10 float64 `json:"match10"`
	Gallery int     `json:"gallery"`

	BitCap     *float64 `json:"bitCap"`     // per release, on average over records; null: unbounded
	BitCapText string   `json:"bitCapText"` // the same in words: CapText
	AnyCap     *float64 `json:"anyCap"`     // the same for records of any kind; null: not clipped or no noise
	Fano       *float64 `json:"fano"`       // bound on picking one of the gallery that follows from BitCap; null: none

	Local
	Features []float64 `json:"features,omitempty"` // of a table, by column: error of the attack with the least MSE, over the standard deviation
	Attacks  []Attack  `json:"attacks"`
	Rating   string    `json:"rating"` // Rate

	Effort  string `json:"effort"` // of the attacks: "default", or "quick", which finds less
	Seed    uint64 `json:"seed"`
	Dataset Digest `json:"dataset"` // of training and test records
	Date    string `json:"date"`
}

// CapText is the cap in words.
func (s Sheet) CapText() string {
	if s.BitCap == nil {
		return "unbounded"
	}
	return fmt.Sprintf("%.1f bits", *s.BitCap)
}

// Rate is red without a cap, or if a reconstruction is recognised in more than 10 of 100 cases. It is green if that happens no
// more than ten times as often as by chance, a release carries at most 8 bits, and someone who already holds the records
// picks the right one in at most 10 of 100 cases. It is amber between.
func (s Sheet) Rate() string {
	switch {
	case s.BitCap == nil || s.ReID1 > 0.1:
		return "red"
	case s.ReID1 <= 10/float64(s.Gallery) && *s.BitCap <= 8 && s.Match1 <= 0.1:
		return "green"
	}
	return "amber"
}

// Recognised is how often the creator knows which record was sent, by the better of two ways: from a reconstruction, or
// by comparing with records it holds.
func (s Sheet) Recognised() float64 { return max(s.ReID1, s.Match1) }

// Validate checks that the sheet is of a release of the given number of values by mechanism m, that nothing claims a cap
// without noise, and the bounds of everything. Errors wrap ErrMalformed.
func (s Sheet) Validate(m Mechanism, values int) error {
	switch {
	case s.Version != SheetVersion:
		return fmt.Errorf("%w: sheet: version %d, this program reads %d", ErrMalformed, s.Version, SheetVersion)
	case s.MeasuredBy != ByCreator:
		return fmt.Errorf("%w: sheet: measured by %q, want %q", ErrMalformed, s.MeasuredBy, ByCreator)
	case s.Values != values || s.Clip != m.Clip || s.Noise != m.Noise || s.Bits != m.Bits:
		return fmt.Errorf("%w: sheet: it is of %d values with clip %v, noise %v and %d bits, the cut releases %d with %v, %v and %d: measure again",
			ErrMalformed, s.Values, s.Clip, s.Noise, s.Bits, values, m.Clip, m.Noise, m.Bits)
	case !slices.Contains([]string{ProjectionAll, ProjectionTask, ProjectionPrincipal}, s.Projection):
		return fmt.Errorf("%w: sheet: projection is %q", ErrMalformed, s.Projection)
	case s.Noise == 0 && (s.BitCap != nil || s.AnyCap != nil || s.Fano != nil):
		return fmt.Errorf("%w: sheet: a cap without noise", ErrMalformed)
	case s.BitCapText != s.CapText() || s.Rating != s.Rate():
		return fmt.Errorf("%w: sheet: cap %q and rating %q do not follow from its figures", ErrMalformed, s.BitCapText, s.Rating)
	case s.Gallery < 2 || s.Gallery > 1e6 || s.TestRecords < s.Gallery || s.TestRecords > 1e8 || s.Classes < 2 || s.Classes > maxLabels:
		return fmt.Errorf("%w: sheet: %d classes, a gallery of %d of %d records", ErrMalformed, s.Classes, s.Gallery, s.TestRecords)
	case len(s.Attacks) > maxAttacks || len(s.Features) > maxFeatures:
		return fmt.Errorf("%w: sheet: %d attacks on %d columns, at most %d and %d are allowed", ErrMalformed, len(s.Attacks), len(s.Features), maxAttacks, maxFeatures)
	}
	for _, text := range []string{s.Effort, s.Date} {
		if err := checkText(text); err != nil || len(text) > 64 {
			return fmt.Errorf("%w: sheet: effort %.70q or date %.70q", ErrMalformed, s.Effort, s.Date)
		}
	}
	return s.checkNumbers()
}

func (s Sheet) checkNumbers() error {
	shares := []float64{s.ReID1, s.ReID10, s.Match1, s.Match10, s.Agreement, s.Blur}
	numbers := []float64{s.FloorPSNR, s.FloorMSE, s.Rank, s.DFIL, s.DOF}
	for _, p := range []*float64{s.BaseAccuracy, s.Accuracy, s.AccuracyLow, s.AccuracyHigh, s.Fano} {
		shares = appendIf(shares, p)
	}
	for _, p := range []*float64{s.FloorSSIM, s.BitCap, s.AnyCap} {
		numbers = appendIf(numbers, p)
	}
	qualities := []Quality{s.Quality}
	for _, a := range s.Attacks {
		if err := checkText(a.Name + a.Effort); err != nil {
			return fmt.Errorf("sheet: %w", err)
		}
		if a.Records < 1 || a.Records > s.Gallery {
			return fmt.Errorf("%w: sheet: an attack on %d records of %d", ErrMalformed, a.Records, s.Gallery)
		}
		shares, qualities = append(shares, a.ReID1, a.ReID10), append(qualities, a.Quality)
	}
	for _, q := range qualities {
		numbers = appendIf(appendIf(append(numbers, q.PSNR, q.MSE, q.WorstMSE), q.SSIM), q.WorstSSIM)
	}
	if slices.ContainsFunc(shares, func(v float64) bool { return !(v >= 0 && v <= 1+1e-9) }) {
		return fmt.Errorf("%w: sheet: a share is not between 0 and 1", ErrMalformed)
	}
	if slices.ContainsFunc(append(numbers, s.Features...), func(v float64) bool { return !(math.Abs(v) <= 1e12) }) {
		return fmt.Errorf("%w: sheet: a figure is out of bounds", ErrMalformed)
	}
	return nil
}

func appendIf(list []float64, p *float64) []float64 {
	if p == nil {
		return list
	}
	return append(list, *p)
}
