package protocol

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// MaxChartBytes bounds a chart.
const MaxChartBytes = 32 << 10

// ChartStyle is the one style sheet of charts: colors for light and for dark pages.
const ChartStyle = `<style>text{font:13px sans-serif;fill:#222}.muted{fill:#666}.axis{stroke:#888}.grid{stroke:#8884}.rule{stroke:#a15c00;stroke-dasharray:5 4}.point{fill:#2a66c8}.open{fill:#c8402a}.best{fill:#16794a}` +
	`@media(prefers-color-scheme:dark){text{fill:#ddd}.muted{fill:#aaa}.rule{stroke:#e0a050}.point{fill:#7fb0ff}.open{fill:#ff8f78}.best{fill:#5fd39a}}</style>`

// chartLine is what a line of a chart may be but the style: shapes and text, and nothing that loads, links or runs.
var chartLine = sync.OnceValue(func() *regexp.Regexp {
	const (
		attributes = `(?: (?:xmlns|viewBox|role|aria-labelledby|id|class|x|y|x1|y1|x2|y2|cx|cy|r|text-anchor)="[A-Za-z0-9 .:/-]*")*`
		text       = `(?:[^<>&\pC]|&(?:lt|gt|amp|#34|#39);)*`
	)
	return regexp.MustCompile(`^(?:<svg` + attributes + `>|</svg>|<(?:line|circle)` + attributes + `/>|<title` + attributes + `>` + text +
		`</title>|<desc` + attributes + `>` + text + `</desc>|<text` + attributes + `>` + text + `</text>)$`)
})

// CheckChart refuses a chart (SVG) that is not made of plain lines, circles and text, each on a line of its own: it is by a
// stranger, and browsers show it. Errors wrap ErrMalformed.
func CheckChart(svg string) error {
	if len(svg) > MaxChartBytes {
		return fmt.Errorf("%w: chart has %d bytes, at most %d are allowed", ErrMalformed, len(svg), MaxChartBytes)
	}
	lines := strings.Split(strings.TrimSuffix(svg, "\n"), "\n")
	for i, line := range lines {
		first, last := strings.HasPrefix(line, "<svg"), line == "</svg>"
		if line != ChartStyle && !chartLine().MatchString(line) || first != (i == 0) || last != (i == len(lines)-1) {
			return fmt.Errorf("%w: chart: line %d (%.60q) is not one of those that charts are made of", ErrMalformed, i+1, line)
		}
	}
	return nil
}
