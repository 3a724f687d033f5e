package main

import (
	"fmt"
	"io"
	"math"
	"os"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/fhe"
	"github.com/encrypted-compute/encompute/privacy"
	"github.com/encrypted-compute/encompute/protocol"
)

// releaseTerms say what is handed over at a cut, what it tells of the input, and what answers tell of the weights.
type releaseTerms struct {
	Steps     []string `json:"steps,omitempty"` // after flooding
	Values    int      `json:"values"`
	Tells     *float64 `json:"tells,omitempty"`     // bits of the input at most; none: nothing bounds it
	TellsHard *float64 `json:"tellsHard,omitempty"` // whatever deviations the creator declares

	Extraction privacy.Extraction `json:"extraction"`
	// MaxJobsPerUserDay is the creator's limit, if there is one, and ExtractionDays how many days the answers take under it.
	MaxJobsPerUserDay uint32  `json:"maxJobsPerUserDay,omitempty"`
	ExtractionDays    float64 `json:"extractionDays,omitempty"`
}

func newReleaseTerms(plan fhe.Plan, lit protocol.Mechanism) (*releaseTerms, error) {
	m, err := privacy.NewMechanism(lit, plan.Info().OutputShape)
	if err != nil {
		return nil, err
	}
	t := &releaseTerms{Steps: m.Steps(), Values: m.Values(), Tells: m.Cap(), TellsHard: m.HardCap()}
	t.Extraction, err = privacy.Extract(plan.Skeleton(), m.Values())
	return t, err
}

// limit adds what a creator's limit means for the extraction.
func (t *releaseTerms) limit(jobsPerUserDay uint32) {
	if t.MaxJobsPerUserDay = jobsPerUserDay; jobsPerUserDay > 0 {
		t.ExtractionDays = math.Ceil(t.Extraction.Answers / float64(jobsPerUserDay))
	}
}

func (t releaseTerms) write(w io.Writer, layer string) {
	fmt.Fprintf(w, "\nAt cut %s the creator sees %s", layer, count(t.Values, "value"))
	if t.Tells == nil {
		fmt.Fprint(w, ", and nothing bounds what they tell of the input.\n")
	} else {
		fmt.Fprintf(w, " that tell up to %.1f bits of the input (up to %.1f if the declared deviations are wrong).\n", *t.Tells, *t.TellsHard)
	}
	for _, s := range t.Steps {
		fmt.Fprintf(w, "  %s\n", s)
	}
	e := t.Extraction
	fmt.Fprintf(w, "A user who chooses the inputs can rebuild its %d weights from about %.3g answers, by counting equations (degree %d).\n", e.Weights, e.Answers, e.Degree)
	switch {
	case t.MaxJobsPerUserDay == 0:
	case t.ExtractionDays <= 1:
		fmt.Fprintf(w, "The host takes %d jobs of one account in 24 hours: enough for that in a day.\n", t.MaxJobsPerUserDay)
	default:
		fmt.Fprintf(w, "The host takes %d jobs of one account in 24 hours: too few for that in less than %.3g days, unless by several accounts, and all are paid.\n",
			t.MaxJobsPerUserDay, t.ExtractionDays)
	}
}

// maxReleases bounds the file of releases: matrices in decimal.
const maxReleases = 64 << 20

// readReleases reads what a creator declares of the release at each cut.
func readReleases(path string) (list map[string]creator.Release, err error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault{Code: "release", Field: "--release", Detail: err.Error(), Remedy: "name a JSON file"}
	}
	defer f.Close()
	if err := protocol.UnmarshalJSON(f, maxReleases, &list); err != nil {
		return nil, fault{
			Code: "release", Field: "--release", Detail: err.Error(),
			Remedy: `write {"LAYER": {"noise": 0.3, "clip": 4, "bits": 12, "projection": {"matrix": [[]], "mean": [], "rebuild": [[]]}}}`,
		}
	}
	return list, nil
}
