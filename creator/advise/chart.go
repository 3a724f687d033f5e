package advise

import (
	"fmt"
	"html"
	"math"
	"strings"
	"unicode"

	"github.com/encrypted-compute/encompute/protocol"
)

// The chart's plane, in pixels.
const (
	chartWidth, chartHeight = 640, 420
	left, right             = 64, 616
	top, bottom             = 48, 356
)

// Chart draws accuracy over recognition: the candidates that were searched, the front among them, and the one that is
// published. It is SVG as protocol.CheckChart takes it, the same for the same advice.
func (a Advice) Chart(name string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	plane := newPlane(a)
	line(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="t d">`, chartWidth, chartHeight)
	line(`<title id="t">%s</title>`, html.EscapeString("What releases of "+printable(name)+" cost and tell"))
	line(`<desc id="d">%s</desc>`, html.EscapeString(a.describe()))
	line("%s", protocol.ChartStyle)
	line(`<text x="%d" y="24">Accuracy (up) over how often the creator picks the right record (right)</text>`, left)
	for i := range 5 {
		share, accuracy := float64(i)/4, plane.low+float64(i)/4*(plane.high-plane.low)
		x, y := plane.x(share), plane.y(accuracy)
		line(`<line class="grid" x1="%s" y1="%d" x2="%s" y2="%d"/>`, number(x), top, number(x), bottom)
		line(`<line class="grid" x1="%d" y1="%s" x2="%d" y2="%s"/>`, left, number(y), right, number(y))
		line(`<text class="muted" x="%s" y="%d" text-anchor="middle">%.0f %%</text>`, number(x), bottom+20, 100*share)
		line(`<text class="muted" x="%d" y="%s" text-anchor="end">%.1f %%</text>`, left-8, number(y+4), 100*accuracy)
	}
	line(`<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`, left, bottom, right, bottom)
	line(`<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`, left, top, left, bottom)
	if base := a.base(); base > 0 {
		y := number(plane.y(base))
		line(`<line class="rule" x1="%d" y1="%s" x2="%d" y2="%s"/>`, left, y, right, y)
	}
	for _, c := range a.Searched {
		class, radius := "muted", 2
		if c.Sheet.BitCap == nil {
			class, radius = "open", 5
		}
		plane.point(line, c, class, radius)
	}
	for _, c := range a.Front {
		plane.point(line, c, "point", 5)
	}
	if a.Recommended != nil {
		plane.point(line, *a.Recommended, "best", 8)
	}
	line(`<text class="muted" x="%d" y="%d">Gray: tried. Blue: front. Green: published. Red: no noise. Dashed: the whole model.</text>`, left, bottom+44)
	line("</svg>")
	return b.String()
}

// describe says the same in words.
func (a Advice) describe() string {
	var parts []string
	for _, c := range a.Front {
		s := c.Sheet
		parts = append(parts, fmt.Sprintf("%s after %s with noise %g: accuracy %.1f of 100, right record picked in %.1f of 100 cases, at most %s",
			plural(s.Values, "value"), printable(c.Cut), s.Noise, 100**s.Accuracy, 100*s.Recognised(), s.CapText()))
	}
	if r := a.Recommended; r != nil {
		parts = append(parts, fmt.Sprintf("published: %s after %s with noise %g", plural(r.Sheet.Values, "value"), printable(r.Cut), r.Sheet.Noise))
	}
	return strings.Join(parts, "; ") + ". Recognition by attacks that were run: lower bounds."
}

// base is the accuracy of the model as it is.
func (a Advice) base() float64 {
	if len(a.Searched) == 0 || a.Searched[0].Sheet.BaseAccuracy == nil {
		return 0
	}
	return *a.Searched[0].Sheet.BaseAccuracy
}

// plane maps shares and accuracies to pixels.
type plane struct{ low, high float64 }

func newPlane(a Advice) plane {
	p := plane{a.base(), a.base()}
	for _, c := range append(a.Searched[:len(a.Searched):len(a.Searched)], a.Front...) {
		p.low, p.high = min(p.low, *c.Sheet.Accuracy), max(p.high, *c.Sheet.Accuracy)
	}
	p.low, p.high = math.Floor(p.low*50)/50, math.Ceil(p.high*50)/50
	if p.low == p.high {
		p.low -= 0.02
	}
	return p
}

func (p plane) x(share float64) float64 { return left + share*(right-left) }
func (p plane) y(accuracy float64) float64 {
	return bottom - (accuracy-p.low)/(p.high-p.low)*(bottom-top)
}

func (p plane) point(line func(string, ...any), c Candidate, class string, radius int) {
	line(`<circle class="%s" cx="%s" cy="%s" r="%d"/>`, class, number(p.x(c.Sheet.Recognised())), number(p.y(*c.Sheet.Accuracy)), radius)
}

func number(v float64) string { return fmt.Sprintf("%.1f", v) }

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// printable drops what a chart may not hold of a name: line ends and other characters that do not print.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
