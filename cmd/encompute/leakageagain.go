package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
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
	Fields []advise.Compared `json:"fields"`
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
		published := sheets[layer]
		s := published.Sheet
		cut, err := pickLayer(g, layer)
		if err != nil {
			return err
		}
		o, err := advise.Order{Effort: s.Effort, Seed: s.Seed}.Options()
		if err != nil {
			return leakageFault(err)
		}
		w := advise.Wish{Kind: s.Projection, Coefficients: s.Values, Mechanism: leakage.Mechanism{Clip: s.Clip, Noise: s.Noise, Bits: s.Bits}}
		r, err := measure(ctx, m, g, cut, d, o, w)
		if err != nil {
			return leakageFault(err)
		}
		one := comparison{Cut: layer}
		if one.Fields, one.Equal, err = advise.Compare(published, r); err != nil {
			return err
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
		if _, err := (advise.Order{Effort: s.Effort}).Options(); err != nil || s.Effort == "" {
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
