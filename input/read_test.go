package input

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

// patient has numbers with units and a category.
var patient = Schema{Kind: Table, Shape: []int{5}, Scale: 1, Clip: 4, Fields: []protocol.Field{
	{Name: "age", Unit: "years", Mean: 50, Std: 10, Valid: &protocol.Range{Low: 0, High: 120}},
	{Name: "sex", Values: []string{"female", "male", "other"}},
	{Name: "blood pressure", Unit: "mmHg", Mean: 120, Std: 20},
}}

func TestReadFields(t *testing.T) {
	t.Parallel()
	want := []float64{1, 0, 1, 0, -1}
	for name, file := range map[string]string{
		"CSV":                "age,sex,blood pressure\n60,male,100\n",
		"CSV with units":     "Sex,Blood Pressure [mmHg],Age [years],name\nMALE,100,60,x\n",
		"JSON":               `{"sex": "male", "age": 60, "blood pressure": 100, "note": null}`,
		"JSON of text":       ` {"sex": "male", "age": "60", "blood pressure [mmhg]": "1e2"}`,
		"JSON of many":       `[{"sex": "male", "age": 60, "blood pressure": 100}, {"sex": "female", "age": 1, "blood pressure": 1}]`,
		"array":              "[1, 0, 1, 0, -1]",
		"array in an object": `{"data": [1, 0, 1, 0, -1], "shape": [1, 5]}`,
	} {
		rows, err := patient.Read(strings.NewReader(file), 0, 1)
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: got %v, %v", name, rows, err)
			continue
		}
		near(t, rows[0], want)
	}
	rows, err := patient.Read(strings.NewReader(`[{"sex": "other", "age": 50, "blood pressure": 120}, {"sex": "female", "age": 70, "blood pressure": 1e9}]`), 1, 9)
	if err != nil || len(rows) != 1 {
		t.Fatalf("got %v, %v", rows, err)
	}
	near(t, rows[0], []float64{2, 1, 0, 0, 4})
	if lo, hi, ok := patient.Range(); !ok || lo != -4 || hi != 4 {
		t.Errorf("range %v to %v, %v", lo, hi, ok)
	}
}

func TestReadExplains(t *testing.T) {
	t.Parallel()
	picture := Schema{Kind: Image, Shape: []int{1, 2, 2}, Scale: 1. / 255}
	for _, tt := range []struct {
		name   string
		schema Schema
		file   string
		from   int
		why    []string
	}{
		{"another unit", patient, "age,sex,blood pressure [kPa]\n60,male,13\n", 0, []string{`"kpa"`, `"mmHg"`, "convert"}},
		{"out of its range", patient, "age,sex,blood pressure\n720,male,100\n", 0, []string{`"age"`, "720", "0 and 120", "years"}},
		{"no such category", patient, "age,sex,blood pressure\n60,m,100\n", 0, []string{`"sex"`, `"m"`, "male"}},
		{"no category", patient, `{"age": 60, "sex": null, "blood pressure": 100}`, 0, []string{`"sex"`, "none of"}},
		{"missing member", patient, `{"age": 60, "sex": "male"}`, 0, []string{"blood pressure", "lacks 1 of 3"}},
		{"member twice", patient, `{"age": 60, "Age": 60, "sex": "male", "blood pressure": 100}`, 0, []string{"two columns"}},
		{"nested", patient, `{"age": {"years": 60}, "sex": "male", "blood pressure": 100}`, 0, []string{`"age"`, "number or text"}},
		{"not objects", patient, `[{"age": 60, "sex": "male", "blood pressure": 100}, 3]`, 1, []string{"row 1", "want an object"}},
		{"ends early", patient, `{"age": 60, "sex": "male"`, 0, []string{"JSON"}},
		{"goes on", patient, `{"age": 60, "sex": "male", "blood pressure": 100} {}`, 0, []string{"goes on"}},
		{"no such row", patient, `[{"age": 60, "sex": "male", "blood pressure": 100}]`, 1, []string{"1 rows", "no row 1"}},
		{"not prepared", picture, "[[0, 255], [10, 20]]", 0, []string{"value 1 is 255", "0 to 1", "raw values"}},
		{"array of another shape", picture, "[1, 2, 3]", 0, []string{"shape [3]"}},
		{"no such sample", picture, "[[0, 1], [1, 0]]", 1, []string{"no row 1"}},
		{"row of a picture", picture, "\x89PNG", 1, []string{"no rows"}},
		{"table for a picture", picture, "age\n1\n", 0, []string{"PNG or JPEG"}},
	} {
		_, err := tt.schema.Read(strings.NewReader(tt.file), tt.from, 1)
		for _, why := range tt.why {
			if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: got %v, want that it says %q", tt.name, err, why)
			}
		}
	}
}

func FuzzReadRecords(f *testing.F) {
	f.Add([]byte(`{"sex": "male", "age": 60, "blood pressure": 100, "note": null}`))
	f.Add([]byte(`[{"sex": "male", "age": "60", "blood pressure [mmHg]": 1e2}, {"age": {}}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := patient.ReadRecords(bytes.NewReader(b), 0, 2)
		if err != nil {
			if !errors.Is(err, ErrInput) {
				t.Errorf("got %v, want %v", err, ErrInput)
			}
			return
		}
		for _, row := range rows {
			for _, v := range row {
				if !(v >= -4 && v <= 4) {
					t.Errorf("got %v", row)
				}
			}
		}
	})
}

// FuzzRead reads anything as anything.
func FuzzRead(f *testing.F) {
	f.Add([]byte("age,sex,blood pressure\n60,male,100\n"), true)
	f.Add([]byte(`[{"sex": "male"}]`), true)
	f.Add([]byte("[1, 0, 1, 0, -1]"), true)
	f.Add(hugePNG(1<<15, 1<<15), false)
	f.Add(scan().file(), false)
	f.Add([]byte("\x93NUMPY\x01\x00"), false)
	f.Fuzz(func(t *testing.T, b []byte, table bool) {
		s := patient
		if !table {
			s = Schema{
				Kind: Image, Shape: []int{2, 3, 3}, Layout: "hwc", Order: "bgr", Scale: 1. / 255,
				Resize: &protocol.Resize{Fit: "pad", Filter: "bilinear"},
			}
		}
		rows, err := s.Read(bytes.NewReader(b), 0, 3)
		if err != nil && !errors.Is(err, ErrInput) {
			t.Errorf("got %v, want %v", err, ErrInput)
		}
		for _, row := range rows {
			if err == nil && len(row) != s.Size() {
				t.Errorf("got %d values, want %d", len(row), s.Size())
			}
		}
	})
}
