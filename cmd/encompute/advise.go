package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/encrypted-compute/encompute/creator/advise"
	"github.com/encrypted-compute/encompute/fhe"
)

type modelAdvise struct {
	Model string `arg:"" placeholder:"M.onnx" help:"Model file."`
	dataFlags

	Cut          []string  `placeholder:"LAYER" help:"Cut to search, by layer or index, or by all that crosses it, as in a+b; repeatable (default: all that can be encrypted and have at most 1024 values)."`
	K            []int     `name:"k" placeholder:"N" help:"Coefficients to try; repeatable (default 1, 2, 4, 8)."`
	Noise        []float64 `placeholder:"R" help:"Noises to try, in standard deviations; repeatable (default 0.1, 0.3)."`
	Clip         float64   `placeholder:"C" help:"Bounds of each coefficient, in its standard deviations (default 4)."`
	Bits         []int     `placeholder:"B" help:"Bits to quantise each coefficient to, 0 for not; repeatable (default 8)."`
	MaxLoss      float64   `default:"1" placeholder:"POINTS" help:"Accuracy that may be lost, in points of 100 (default 1)."`
	MinAgreement float64   `default:"90" placeholder:"PERCENT" help:"Share of answers that must stay as the whole model gives them; noise flips the others at random (default 90)."`
	Effort       string    `enum:"quick,default" default:"default" help:"Effort of the attacks on the front: quick or default."`

	Out   string `placeholder:"FILE" help:"Write the recommended release with sheet and chart, for \"creator publish --release\"."`
	Chart string `placeholder:"FILE.svg" help:"Write the chart of the front."`
}

// Help implements kong.HelpProvider.
func (modelAdvise) Help() string {
	return `Searches cuts and mechanisms (how many coefficients, how much noise, bounds, quantisation) for what to release: all with
quick attacks first, then those that no other surpasses in both accuracy and recognition with default ones. Recommended is, of
those that lose at most --max-loss points of accuracy, leave --min-agreement percent of the answers as they are and whose plan is predicted to take at most 60 s, the one by which the
creator recognises a record least often, whether it compares with records it holds or rebuilds them; then the one that tells the
fewest bits. Several minutes on two cores; Ctrl-C ends it.
` + dataHelp + `

  encompute model advise model.onnx --data pneumoniamnist.npz --out release.json --chart front.svg
  encompute creator publish --model model.onnx --cut gap=0.25 --release release.json`
}

// maxPlanSeconds is how long a worker may take.
const maxPlanSeconds = 60

// Run searches.
func (c *modelAdvise) Run(ctx context.Context, a *app) error {
	if !(c.MaxLoss >= 0) {
		return misuse("--max-loss", fmt.Sprintf("%v is no number of points", c.MaxLoss), "give 0 or more")
	}
	if !(c.MinAgreement >= 0 && c.MinAgreement <= 100) {
		return misuse("--min-agreement", fmt.Sprintf("%v is no percentage", c.MinAgreement), "give 0 to 100")
	}
	g, d, name, err := c.read(c.Model)
	if err != nil {
		return err
	}
	s := advise.Search{
		Graph: g, Data: d, Date: today(), Seed: c.Seed, Coefficients: c.K, Noises: c.Noise, Clip: c.Clip, Bits: c.Bits,
		MaxLoss: c.MaxLoss, MinAgreement: c.MinAgreement / 100, MaxSeconds: maxPlanSeconds, Quick: c.Effort == "quick",
	}
	c.defaults(&s)
	for _, name := range c.Cut {
		cut, err := pickLayer(g, name)
		if err != nil {
			return err
		}
		s.Cuts = append(s.Cuts, cut)
	}
	samples := planSamples(d)
	s.Plan = func(ctx context.Context, prefix fhe.Prefix) (fhe.Plan, error) {
		return fhe.Compile(ctx, prefix, fhe.Options{Low: d.Range.Low, High: d.Range.High, Samples: samples})
	}
	m := a.meter()
	defer m.close()
	s.Progress = func(task string, done, total int) { m.progress(task, int64(done), int64(total), "") }
	advice, err := s.Run(ctx)
	m.idle()
	if err != nil {
		return leakageFault(err)
	}
	if err := c.write(advice, name); err != nil {
		return err
	}
	if err := a.document(advice, func(w io.Writer) { writeAdvice(w, name, advice) }); err != nil {
		return err
	}
	if advice.Recommended == nil {
		return fault{Code: "no-release", Field: "--max-loss", Detail: "no release fits the rules", Remedy: "allow more loss or less agreement, or try other cuts, coefficients and noises"}
	}
	return nil
}

// defaults fills in what to look through.
func (c *modelAdvise) defaults(s *advise.Search) {
	if len(s.Coefficients) == 0 {
		s.Coefficients = []int{1, 2, 4, 8}
	}
	if len(s.Noises) == 0 {
		s.Noises = []float64{0.1, 0.3}
	}
	if len(s.Bits) == 0 {
		s.Bits = []int{8}
	}
	if s.Clip == 0 {
		s.Clip = advise.DefaultClip
	}
}

// planSamples are some training records as the model takes them.
func planSamples(d advise.Data) (list [][]float64) {
	for i := range min(maxSamples, d.Train.X.Rows) {
		row := d.Train.X.Row(i)
		x := make([]float64, len(row))
		for j, v := range row {
			x[j] = d.Range.Low + float64(v)*(d.Range.High-d.Range.Low)
		}
		list = append(list, x)
	}
	return list
}

// write writes release and chart.
func (c *modelAdvise) write(advice advise.Advice, name string) error {
	chart := advice.Chart(name)
	if c.Chart != "" {
		if err := os.WriteFile(c.Chart, []byte(chart), 0o600); err != nil {
			return fault{Code: "file", Field: "--chart", Detail: err.Error(), Remedy: "name a file that can be written"}
		}
	}
	if c.Out == "" || advice.Recommended == nil {
		return nil
	}
	return writeReleases(c.Out, advice.Recommended.Release(chart))
}

func writeAdvice(w io.Writer, name string, advice advise.Advice) {
	fmt.Fprintf(w, "%s: what can be released, most private first; figures of attacks are lower bounds\n\n", name)
	rows := [][]string{{"CUT", "VALUES", "NOISE", "ACCURACY", "SAME", "PICKED", "REBUILT", "BITS", "SECONDS", ""}}
	for _, c := range advice.Front {
		seconds, verdict := "", firstOf(c.Refused, "fits")
		if c.Seconds > 0 {
			seconds = fmt.Sprintf("%.2g", c.Seconds)
		}
		if r := advice.Recommended; r != nil && c.Sheet == r.Sheet {
			verdict = "RECOMMENDED"
		}
		s := c.Sheet
		rows = append(rows, []string{
			c.Cut, fmt.Sprint(s.Values), fmt.Sprint(s.Noise), percent(*s.Accuracy), percent(s.Agreement), percent(s.Match1), percent(s.ReID1), s.CapText(), seconds, verdict,
		})
	}
	table(w, rows)
	if r := advice.Recommended; r != nil {
		fmt.Fprintf(w, "\nRecommended: %s after %s.\n", count(r.Sheet.Values, "value"), r.Cut)
		for _, line := range sheetLines(r.Sheet) {
			fmt.Fprintln(w, line)
		}
		if r.Sheet.Rating == "red" || r.Sheet.Match1 > 0.1 {
			fmt.Fprintln(w, "It is the best of those that were tried, and still tells much: a creator who holds candidate records often picks the right one.")
		}
	}
}
