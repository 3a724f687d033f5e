package advise

import (
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/encrypted-compute/encompute/creator"
	"github.com/encrypted-compute/encompute/protocol"
)

// Compared is a field of a sheet as it was published, and as it was measured again.
type Compared struct {
	Field     string `json:"field"`
	Equal     bool   `json:"equal"`
	Published any    `json:"published"`
	Measured  any    `json:"measured"`
}

// unmeasured are fields that say who and when, which another measurement need not repeat.
var unmeasured = []string{"measuredBy", "date"}

// Compare compares the sheet of a release field by field with one that was measured again, and pictures if both have some.
// Machines, and browsers, differ in the last digits of what they compute, and training makes more of them: so numbers may differ
// by their ten-thousandth or by a hundred-thousandth, shares of records by one record, and a shade of 255 by two.
func Compare(published, measured creator.Release) (list []Compared, equal bool, err error) {
	var fields [2]map[string]any
	for i, s := range []*protocol.Sheet{published.Sheet, measured.Sheet} {
		b, err := json.Marshal(s)
		if err != nil {
			return nil, false, err
		}
		if err := json.Unmarshal(b, &fields[i]); err != nil {
			return nil, false, err
		}
	}
	names := slices.Collect(maps.Keys(fields[0]))
	names = slices.AppendSeq(names, maps.Keys(fields[1]))
	slices.Sort(names)
	near := nearness{measured.Sheet.Gallery, measured.Sheet.TestRecords}
	equal = true
	for _, name := range slices.Compact(names) {
		if slices.Contains(unmeasured, name) {
			continue
		}
		c := Compared{name, true, fields[0][name], fields[1][name]}
		c.Equal = near.alike(name, c.Published, c.Measured)
		list, equal = append(list, c), equal && c.Equal
	}
	if p, m := published.Pictures, measured.Pictures; p != nil && m != nil {
		c := Compared{"pictures", samePictures(p, m), len(p.Pairs), len(m.Pairs)}
		list, equal = append(list, c), equal && c.Equal
	}
	return list, equal, nil
}

// nearness says which figures count as the same, by how many records they are shares of.
type nearness struct{ gallery, test int }

// of is how far two figures of a field may be apart.
func (n nearness) of(field string, a, b float64) float64 {
	const record = 1.01 // and what rounding adds
	switch field {
	case "reid1", "reid10", "match1", "match10":
		return record / float64(n.gallery)
	case "psnr": // of what is rebuilt almost exactly, errors are those of rounding
		if min(a, b) > 40 {
			return 3
		}
	case "accuracy", "accuracyLow", "accuracyHigh", "baseAccuracy", "agreement":
		return record / float64(n.test)
	}
	return max(1e-5, 1e-4*math.Abs(a), 1e-4*math.Abs(b))
}

// alike compares values of a JSON document by the name of their field.
func (n nearness) alike(name string, a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && math.Abs(a-b) <= n.of(name, a, b)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !n.alike(name, a[i], b[i]) {
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
			if w, ok := b[k]; !ok || !n.alike(k, v, w) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// samePictures compares pictures.
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
