package input

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/protocol"
)

const maxTableBytes = 64 << 20

// ReadCSV reads one row of a CSV file whose first line names the columns. Rows
// count from 0 after that line; columns may stand in any order, and others are
// left out. A name may be followed by its unit in brackets, which must be the
// schema's: "area [mm2]".
func (s Schema) ReadCSV(r io.Reader, row int) ([]float64, error) {
	rows, err := s.ReadRows(r, row, 1)
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// ReadRows reads at most limit rows from one on, as ReadCSV reads it. That one must be there.
func (s Schema) ReadRows(r io.Reader, from, limit int) (rows [][]float64, err error) {
	if err := s.wantTable(from); err != nil {
		return nil, err
	}
	records := csv.NewReader(&limitReader{r, maxTableBytes})
	records.TrimLeadingSpace = true
	records.ReuseRecord = true
	header, err := records.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: table has no first line with the names of the columns: %w", ErrInput, err)
	}
	at, err := s.locate(header)
	if err != nil {
		return nil, err
	}
	for i := 0; len(rows) < limit; i++ {
		record, err := records.Read()
		if errors.Is(err, io.EOF) && len(rows) > 0 {
			return rows, nil
		}
		if errors.Is(err, io.EOF) {
			return nil, noRow(i, from)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: table is not readable as CSV: %w", ErrInput, err)
		}
		if i < from {
			continue
		}
		row, err := s.convert(func(field int) string { return record[at[field]] })
		if err != nil {
			return nil, fmt.Errorf("row %d, %w", i, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// wantTable checks that the schema is one of a table, and the number of a row.
func (s Schema) wantTable(from int) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if s.Kind != Table {
		return fmt.Errorf("%w: the model takes an %s, not a table", ErrInput, s.Kind)
	}
	if from < 0 {
		return fmt.Errorf("%w: row %d: rows count from 0", ErrInput, from)
	}
	return nil
}

func noRow(rows, from int) error {
	return fmt.Errorf("%w: table has %d rows, there is no row %d (rows count from 0)", ErrInput, rows, from)
}

// locate finds the schema's fields among the names of a file.
func (s Schema) locate(names []string) ([]int, error) {
	found, units := make(map[string]int), make([]string, len(names))
	fields := protocol.InputSchema(s).Table()
	known := make(map[string]bool, len(fields))
	for _, f := range fields {
		known[protocol.ColumnKey(f.Name)] = true
	}
	for i, name := range names {
		key := protocol.ColumnKey(strings.TrimPrefix(name, "\ufeff"))
		if !known[key] {
			key, units[i] = cutUnit(key)
		}
		if _, twice := found[key]; twice {
			return nil, fmt.Errorf("%w: table has two columns %q", ErrInput, name)
		}
		found[key] = i
	}
	at := make([]int, len(fields))
	var missing []string
	for i, f := range fields {
		var ok bool
		if at[i], ok = found[protocol.ColumnKey(f.Name)]; !ok {
			missing = append(missing, strconv.Quote(f.Name))
			continue
		}
		if unit := units[at[i]]; unit != "" && unit != protocol.ColumnKey(f.Unit) {
			return nil, fmt.Errorf("%w: column %q is in %q, the model takes it in %q: convert it", ErrInput, f.Name, unit, f.Unit)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%w: table lacks %d of %d columns: name them in its first line: %s",
			ErrInput, len(missing), len(at), strings.Join(missing, ", "))
	}
	return at, nil
}

// cutUnit splits "area [mm2]" into name and unit.
func cutUnit(key string) (name, unit string) {
	if i := strings.LastIndexByte(key, '['); i > 0 && strings.HasSuffix(key, "]") {
		return protocol.ColumnKey(key[:i]), protocol.ColumnKey(key[i+1 : len(key)-1])
	}
	return key, ""
}

// convert makes the model's input of the raw text of each field.
func (s Schema) convert(cell func(field int) string) ([]float64, error) {
	out := make([]float64, 0, s.Size())
	for i, f := range protocol.InputSchema(s).Table() {
		text := strings.TrimSpace(cell(i))
		if len(f.Values) > 0 {
			at := slices.IndexFunc(f.Values, func(v string) bool { return protocol.ColumnKey(v) == protocol.ColumnKey(text) })
			if at < 0 {
				return nil, fmt.Errorf("column %q: %w: %.40q is none of %.200q", f.Name, ErrInput, text, f.Values)
			}
			hot := make([]float64, len(f.Values))
			hot[at] = 1
			out = append(out, hot...)
			continue
		}
		v, err := s.number(f, text)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		out = append(out, v)
	}
	return out, nil
}

// number reads and normalizes a number.
func (s Schema) number(f protocol.Field, text string) (float64, error) {
	raw, err := strconv.ParseFloat(text, 64)
	if err != nil || !finite(raw) {
		return 0, fmt.Errorf("%w: %.40q is not a number", ErrInput, text)
	}
	if r := f.Valid; r != nil && (raw < r.Low || raw > r.High) {
		return 0, fmt.Errorf("%w: %v is not within %v and %v: check it and its unit (%s)", ErrInput, raw, r.Low, r.High, cmp.Or(f.Unit, "none"))
	}
	v := s.clip(s.affine(raw, f.Mean, f.Std))
	if !finite(v) {
		return 0, fmt.Errorf("%w: %.40q is out of range", ErrInput, text)
	}
	return v, nil
}
