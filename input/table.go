package input

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/protocol"
)

const maxTableBytes = 64 << 20

// ReadCSV reads one row of a CSV file whose first line names the columns. Rows
// count from 0 after that line; columns may stand in any order, and others are
// left out.
func (s Schema) ReadCSV(r io.Reader, row int) ([]float64, error) {
	rows, err := s.ReadRows(r, row, 1)
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// ReadRows reads at most limit rows from one on, as ReadCSV reads it. That one must be there.
func (s Schema) ReadRows(r io.Reader, from, limit int) (rows [][]float64, err error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Kind != Table {
		return nil, fmt.Errorf("%w: the model takes an %s, not a table", ErrInput, s.Kind)
	}
	if from < 0 {
		return nil, fmt.Errorf("%w: row %d: rows count from 0", ErrInput, from)
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
			return nil, fmt.Errorf("%w: table has %d rows, there is no row %d (rows count from 0)", ErrInput, i, from)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: table is not readable as CSV: %w", ErrInput, err)
		}
		if i < from {
			continue
		}
		row, err := s.convert(record, at, i)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// locate finds the schema's columns in the header.
func (s Schema) locate(header []string) ([]int, error) {
	found := make(map[string]int)
	for i, name := range header {
		key := protocol.ColumnKey(strings.TrimPrefix(name, "\ufeff"))
		if _, twice := found[key]; twice {
			return nil, fmt.Errorf("%w: table has two columns %q", ErrInput, name)
		}
		found[key] = i
	}
	at := make([]int, len(s.Columns))
	var missing []string
	for i, name := range s.Columns {
		var ok bool
		if at[i], ok = found[protocol.ColumnKey(name)]; !ok {
			missing = append(missing, strconv.Quote(name))
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%w: table lacks %d of %d columns: name them in its first line: %s",
			ErrInput, len(missing), len(at), strings.Join(missing, ", "))
	}
	return at, nil
}

func (s Schema) convert(record []string, at []int, row int) ([]float64, error) {
	out := make([]float64, len(at))
	for i, from := range at {
		text := strings.TrimSpace(record[from])
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !finite(v) {
			return nil, fmt.Errorf("%w: row %d, column %q: %q is not a number", ErrInput, row, s.Columns[i], text)
		}
		if out[i] = s.normalize(v, i); !finite(out[i]) {
			return nil, fmt.Errorf("%w: row %d, column %q: %q is out of range", ErrInput, row, s.Columns[i], text)
		}
	}
	return out, nil
}

// ReadFile reads a picture or the first row of a table. A table's path may end in
// "#" and the number of another row: "patients.csv#12".
func (s Schema) ReadFile(path string) ([]float64, error) {
	row := 0
	if s.Kind == Table {
		if base, number, ok := cutLast(path, "#"); ok {
			if n, err := strconv.Atoi(number); err == nil {
				path, row = base, n
			}
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open input: %w", err)
	}
	defer f.Close()
	read := s.ReadImage
	if s.Kind == Table {
		read = func(r io.Reader) ([]float64, error) { return s.ReadCSV(r, row) }
	}
	values, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

// cutLast splits s at the last sep.
func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
