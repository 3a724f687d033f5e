package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"reflect"
	"slices"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/creator/advise"
	"github.com/encrypted-compute/encompute/model"
	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// comparison is a published sheet and what was measured now, field by field.
type comparison struct {
	Cut    string            `json:"cut"`
	Equal  bool              `json:"equal"`
	Fields []fieldComparison `json:"fields"`
}

type fieldComparison struct {
	Field     string `json:"field"`
	Equal     bool   `json:"equal"`
	Published any    `json:"published"`
	Measured  any    `json:"measured"`
}

// again measures the sheets of a manifest again.
func (c *modelLeakage) again(ctx context.Context, a *app, g *model.Graph, d advise.Data) error {
	sheets, err := c.sheets(ctx, a)
	if err != nil {
		return err
	}
	doc := struct {
		Equal  bool         `json:"equal"`
		Sheets []comparison `json:"sheets"`
	}{Equal: true}
	m := a.meter()
	defer m.close()
	for _, layer := range slices.Sorted(maps.Keys(sheets)) {
		s, pictures := sheets[layer].Sheet, sheets[layer].Pictures
		cut, err := pickLayer(g, layer)
		if err != nil {
			return err
		}
		w := advise.Wish{Kind: s.Projection, Coefficients: s.Values, Mechanism: leakage.Mechanism{Clip: s.Clip, Noise: s.Noise, Bits: s.Bits}}
		r, err := measure(ctx, m, g, cut, d, s.Seed, s.Effort, w)
		if err != nil {
			return leakageFault(err)
		}
		one, err := compareSheets(layer, s, r.Sheet)
		if err != nil {
			return err
		}
		if pictures != nil && r.Pictures != nil {
			equal := samePictures(pictures, r.Pictures)
			one.Equal = one.Equal && equal
			one.Fields = append(one.Fields, fieldComparison{"pictures", equal, len(pictures.Pairs), len(r.Pictures.Pairs)})
		}
		doc.Equal = doc.Equal && one.Equal
		doc.Sheets = append(doc.Sheets, one)
	}
	m.idle()
	err = a.document(doc, func(w io.Writer) {
		for _, s := range doc.Sheets {
			s.write(w)
		}
	})
	if err == nil && !doc.Equal {
		err = fault{Code: "sheet-differs", Field: "--manifest", Detail: "what was measured differs from what is published", Remedy: "compare the data set: its digest is on the sheet"}
	}
	return err
}

// sheets reads what is published, by cut: a manifest or release file, or a published model.
func (c *modelLeakage) sheets(ctx context.Context, a *app) (map[string]creator.Release, error) {
	list := map[string]creator.Release{}
	manifest, releases, err := c.published(ctx, a)
	if err != nil {
		return nil, err
	}
	maps.Copy(list, releases)
	for _, cut := range manifest.Cuts {
		list[cut.Layer] = creator.Release{Sheet: cut.Sheet, Pictures: cut.Pictures}
	}
	maps.DeleteFunc(list, func(_ string, r creator.Release) bool { return r.Sheet == nil })
	if len(list) == 0 {
		return nil, fault{Code: "sheet", Field: "--manifest", Detail: "it has no leakage sheet", Remedy: `measure one with "encompute model advise", and publish it`}
	}
	for layer, r := range list {
		s := r.Sheet
		mechanism := protocol.Mechanism{Clip: s.Clip, Noise: s.Noise, Bits: s.Bits}
		if err := s.Validate(mechanism, s.Values); err != nil {
			return nil, fault{Code: "sheet", Field: "--manifest, cut " + layer, Detail: err.Error()}
		}
		if r.Pictures != nil {
			if err := r.Pictures.Validate(); err != nil {
				return nil, fault{Code: "sheet", Field: "--manifest, cut " + layer, Detail: err.Error()}
			}
		}
		if s.Effort != "quick" && s.Effort != "default" {
			return nil, fault{Code: "sheet", Field: "--manifest, cut " + layer, Detail: fmt.Sprintf("effort %q is not known here", s.Effort)}
		}
	}
	return list, nil
}

func (c *modelLeakage) published(ctx context.Context, a *app) (m protocol.Manifest, list map[string]creator.Release, err error) {
	if _, err := os.Stat(c.Manifest); err != nil { // no file: a model of the network
		s, err := a.reader(ctx)
		if err != nil {
			return m, nil, err
		}
		defer s.close()
		found, err := s.findModel(ctx, c.Manifest)
		if err != nil {
			return m, nil, err
		}
		return found.Manifest(), nil, nil
	}
	b, err := readLimited(c.Manifest, "--manifest", maxReleases)
	if err != nil {
		return m, nil, err
	}
	if protocol.UnmarshalJSON(bytes.NewReader(b), maxReleases, &m) == nil {
		return m, nil, nil
	}
	if m, err = protocol.ParseManifest(b); err == nil {
		return m, nil, nil
	}
	if err := protocol.UnmarshalJSON(bytes.NewReader(b), maxReleases, &list); err != nil {
		return m, nil, fault{Code: "sheet", Field: "--manifest", Detail: "it is neither a manifest nor a release file: " + err.Error()}
	}
	return protocol.Manifest{}, list, nil
}

// unmeasured are fields that say who and when, which another measurement need not repeat.
var unmeasured = []string{"measuredBy", "date"}

// compareSheets compares field by field. Numbers may differ by a millionth: the last digits depend on the machine.
func compareSheets(layer string, published, measured *protocol.Sheet) (c comparison, err error) {
	var fields [2]map[string]any
	for i, s := range []*protocol.Sheet{published, measured} {
		b, err := json.Marshal(s)
		if err != nil {
			return c, err
		}
		if err := json.Unmarshal(b, &fields[i]); err != nil {
			return c, err
		}
	}
	c = comparison{Cut: layer, Equal: true}
	names := slices.Sorted(maps.Keys(fields[0]))
	for name := range fields[1] {
		if _, ok := fields[0][name]; !ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if slices.Contains(unmeasured, name) {
			continue
		}
		p, m := fields[0][name], fields[1][name]
		equal := alike(p, m)
		c.Equal = c.Equal && equal
		c.Fields = append(c.Fields, fieldComparison{name, equal, p, m})
	}
	return c, nil
}

// samePictures compares pictures. A shade of 255 may differ by two: it is rounded, and last digits depend on the machine.
func samePictures(published, measured *protocol.Pictures) bool {
	if len(measured.Pairs) != len(published.Pairs) || measured.Width != published.Width || measured.Height != published.Height || measured.Colors != published.Colors {
		return false
	}
	near := func(a, b []byte) bool {
		return slices.EqualFunc(a, b, func(x, y byte) bool { return max(x, y)-min(x, y) <= 2 })
	}
	return slices.EqualFunc(published.Pairs, measured.Pairs, func(p, m protocol.Picture) bool {
		return near(p.Record, m.Record) && near(p.Rebuilt, m.Rebuilt)
	})
}

// alike compares values of a JSON document.
func alike(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && math.Abs(a-b) <= 1e-6*max(1e-3, math.Abs(a), math.Abs(b))
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !alike(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !alike(v, w) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

func (c comparison) write(w io.Writer) {
	rows := [][]string{{"CUT " + c.Cut, "", "PUBLISHED", "MEASURED"}}
	show := func(v any) string {
		switch v.(type) {
		case []any, map[string]any:
			return "(a list)"
		case nil:
			return "none"
		}
		return fmt.Sprint(v)
	}
	for _, f := range c.Fields {
		verdict := "equal"
		if !f.Equal {
			verdict = "DIFFERENT"
		}
		rows = append(rows, []string{f.Field, verdict, show(f.Published), show(f.Measured)})
	}
	table(w, rows)
}
