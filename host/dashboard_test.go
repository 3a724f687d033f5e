package host

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

var (
	metricName  = regexp.MustCompile(`\b((?:encompute|go|process)_[a-z_]+)(?:\{([^}]*)\})?`)
	labelName   = regexp.MustCompile(`([a-z_]+)\s*=~?`)
	groupLabels = regexp.MustCompile(`by \(([^)]*)\)`)
)

// metricLabels returns the names of all metrics, as they are asked for, and their labels.
func (b *bench) metricLabels() map[string]map[string]bool {
	b.Helper()
	families, err := b.host.metrics.registry.Gather()
	b.must(err)
	have := map[string]map[string]bool{}
	for _, f := range families {
		labels := map[string]bool{"instance": true, "le": true}
		for _, m := range f.Metric {
			for _, l := range m.Label {
				labels[l.GetName()] = true
			}
		}
		have[f.GetName()] = labels
		if f.GetType().String() == "HISTOGRAM" {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				have[f.GetName()+suffix] = labels
			}
		}
	}
	return have
}

// The dashboard that is shipped asks for metrics and labels that a host has, and shows all of the host's own.
func TestDashboard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	id := b.delivered()
	b.request("GET", "/v1/jobs/"+id.String(), "", nil) // refused
	have := b.metricLabels()
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	raw, err := os.ReadFile("../deploy/grafana.json")
	b.must(err)
	b.must(json.Unmarshal(raw, &dashboard))
	shown := map[string]bool{}
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			found := metricName.FindAllStringSubmatch(target.Expr, -1)
			if len(found) == 0 {
				t.Errorf("%s: no metric in %s", p.Title, target.Expr)
			}
			for _, m := range found {
				labels, ok := have[m[1]]
				if !ok {
					t.Errorf("%s: there is no metric %s", p.Title, m[1])
				}
				var asked []string
				for _, l := range labelName.FindAllStringSubmatch(m[2], -1) {
					asked = append(asked, l[1])
				}
				if by := groupLabels.FindStringSubmatch(target.Expr); by != nil {
					asked = append(asked, strings.Split(strings.ReplaceAll(by[1], " ", ""), ",")...)
				}
				for _, l := range asked {
					if ok && !labels[l] {
						t.Errorf("%s: metric %s has no label %s", p.Title, m[1], l)
					}
				}
				for _, suffix := range []string{"_bucket", "_sum", "_count", ""} {
					shown[strings.TrimSuffix(m[1], suffix)] = true
				}
			}
		}
	}
	for name := range have {
		base := name
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			base = strings.TrimSuffix(base, suffix)
		}
		if strings.HasPrefix(name, "encompute_") && !shown[base] {
			t.Errorf("%s is not shown", base)
		}
	}
	b.state(id, protocol.JobDelivered)
}
