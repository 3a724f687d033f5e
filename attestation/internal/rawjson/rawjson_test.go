package rawjson_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/internal/rawjson"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	got, err := rawjson.Members([]byte("{\n \"a\" : 12 ,\n\n\"b\":\n{\"x\":[1,\n2]}, \"c\":\"\\u00e9\",\"é\":null\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name, value string
		line        int
	}{{"a", "12", 2}, {"b", "{\"x\":[1,\n2]}", 4}, {"c", `"\u00e9"`, 6}, {"é", "null", 6}}
	if len(got) != len(want) {
		t.Fatalf("%d members, want %d", len(got), len(want))
	}
	for i, w := range want {
		if g := got[i]; g.Name != w.name || string(g.Value) != w.value || g.Line != w.line {
			t.Errorf("member %d: %q %q line %d, want %v", i, g.Name, g.Value, g.Line, w)
		}
	}
}

func TestMembersRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":               "",
		"null":                  "null",
		"array":                 "[]",
		"trailing data":         `{"a":1} {}`,
		"cut off":               `{"a":1`,
		"equal keys":            `{"a":1,"b":2,"a":1}`,
		"equal after escapes":   `{"a":1,"\u0061":2}`,
		"equal but for case":    `{"size":1,"Size":2}`,
		"equal for Go":          `{"size":1,"\u017fize":2}`,
		"known in other case":   `{"Digest":1}`,
		"not UTF-8":             "{\"a\xff\":1}",
		"half a surrogate pair": `{"\ud800":1}`,
		"deep":                  `{"a":` + nested(20000) + `}`,
	} {
		if m, err := rawjson.Members([]byte(text), "digest"); !errors.Is(err, rawjson.ErrAmbiguous) {
			t.Errorf("%s: %v, %v, want ErrAmbiguous", name, m, err)
		}
	}
}

func nested(depth int) string {
	b := make([]byte, 2*depth)
	for i := range depth {
		b[i], b[depth+i] = '[', ']'
	}
	return string(b)
}

func TestText(t *testing.T) {
	t.Parallel()
	if s, err := rawjson.Text(json.RawMessage(`"a\n\ud83d\ude00"`)); err != nil || s != "a\n😀" {
		t.Errorf("Text = %q, %v", s, err)
	}
	for _, bad := range []string{`null`, `1`, `"\ud800"`, `"\ud800\ud800"`, `"\ufffd"`, `{}`, ``} {
		if s, err := rawjson.Text(json.RawMessage(bad)); !errors.Is(err, rawjson.ErrAmbiguous) {
			t.Errorf("Text(%s) = %q, %v, want ErrAmbiguous", bad, s, err)
		}
	}
}

func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":{"a":[]},"c":"x"}`))
	f.Add([]byte(`{"a":1,"A":2}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := rawjson.Members(raw)
		if err != nil {
			if !errors.Is(err, rawjson.ErrAmbiguous) {
				t.Errorf("error %v does not wrap ErrAmbiguous", err)
			}
			return
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil || len(object) != len(list) {
			t.Fatalf("another reader sees %d members and %v, not %d", len(object), err, len(list))
		}
		for _, m := range list {
			if string(object[m.Name]) != string(m.Value) {
				t.Errorf("another reader sees %s as %q, not %q", m.Name, object[m.Name], m.Value)
			}
		}
	})
}
