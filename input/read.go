package input

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/encrypted-compute/encompute/protocol"
)

// Read reads a file of any kind that a person may give for the model: a picture (PNG, JPEG or
// DICOM), rows of a table (CSV, or an object or an array of objects in JSON), or an array (NPY
// or JSON) of the values as the model takes them, already prepared, of one input or a batch. At
// most limit inputs are returned, from one on, which must be there. The error wraps ErrInput if
// the file is at fault, and says which part of it and what to do.
func (s Schema) Read(r io.Reader, from, limit int) ([][]float64, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	b := bufio.NewReader(r)
	front, err := b.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read input: %w", err)
	}
	switch front := bytes.TrimLeftFunc(front, unicode.IsSpace); {
	case bytes.HasPrefix(front, []byte(npyMagic)):
		return s.readTensor(b, ReadNPY, from, limit)
	case s.Kind == Table && IsRecords(front):
		return s.ReadRecords(b, from, limit)
	case bytes.HasPrefix(front, []byte("[")) || bytes.HasPrefix(front, []byte("{")):
		return s.readTensor(b, ReadJSON, from, limit)
	case s.Kind == Table:
		return s.ReadRows(b, from, limit)
	}
	if from != 0 {
		return nil, fmt.Errorf("%w: row %d: a picture has no rows", ErrInput, from)
	}
	x, err := s.ReadImage(b)
	return [][]float64{x}, err
}

// readTensor reads prepared inputs, and holds them against what the schema can produce.
func (s Schema) readTensor(r io.Reader, read func(io.Reader) (Tensor, error), from, limit int) ([][]float64, error) {
	t, err := read(r)
	if err != nil {
		return nil, err
	}
	list, err := t.Samples(s.Shape)
	if err != nil {
		return nil, err
	}
	if from < 0 || from >= len(list) {
		return nil, noRow(len(list), from)
	}
	list = list[from:min(len(list), from+max(limit, 0))]
	lo, hi, ok := s.Range()
	if !ok {
		return list, nil
	}
	slack := 1e-6 * max(hi-lo, 1) // of what was stored as float32
	for i, x := range list {
		for j, v := range x {
			if v < lo-slack || v > hi+slack {
				return nil, fmt.Errorf("%w: input %d: value %d is %v, the model takes %v to %v: an array must be prepared already, give raw values as a picture or table",
					ErrInput, from+i, j, v, lo, hi)
			}
		}
	}
	return list, nil
}

// IsRecords reports whether a JSON file that begins so holds objects of cells, and not an array of numbers.
func IsRecords(front []byte) bool {
	d := json.NewDecoder(bytes.NewReader(front))
	first, err := d.Token()
	if first == json.Delim('[') {
		first, err = d.Token()
	}
	if err != nil || first != json.Delim('{') {
		return false
	}
	if _, err = d.Token(); err != nil { // the name of the first member
		return true
	}
	value, err := d.Token()
	return err != nil || value != json.Delim('[')
}

// ReadRecords reads rows of a table as JSON, an object or an array of objects such as
// {"age": 61, "sex": "female"}: at most limit from one on, which must be there. Other members
// than the schema's are left out. Errors of the file wrap ErrInput.
func (s Schema) ReadRecords(r io.Reader, from, limit int) (rows [][]float64, err error) {
	if err := s.wantTable(from); err != nil {
		return nil, err
	}
	d := json.NewDecoder(&limitReader{r, maxTableBytes})
	d.UseNumber()
	first, err := d.Token()
	array := first == json.Delim('[')
	if err == nil && !array && first != json.Delim('{') {
		err = fmt.Errorf("%w: it holds %.40v, want an object or an array of objects", ErrInput, first)
	}
	n := 0
	for ; err == nil && (array && d.More() || !array && n == 0); n++ {
		var row []float64
		if row, err = s.record(d, array); err != nil {
			err = fmt.Errorf("row %d, %w", n, err)
		} else if n >= from && len(rows) < limit {
			rows = append(rows, row)
		} else if n >= from {
			return rows, nil
		}
	}
	if err == nil && array {
		_, err = d.Token()
	}
	if err == nil {
		if _, err = d.Token(); err == nil {
			err = fmt.Errorf("%w: it goes on after its end", ErrInput)
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	switch {
	case errors.Is(err, ErrInput):
		return nil, fmt.Errorf("read JSON file: %w", err)
	case err != nil:
		return nil, fmt.Errorf("%w: not readable as JSON: %w", ErrInput, err)
	case len(rows) == 0:
		return nil, noRow(n, from)
	}
	return rows, nil
}

// record reads one object; its first bracket is still to be read if it stands in an array.
func (s Schema) record(d *json.Decoder, inArray bool) ([]float64, error) {
	if inArray {
		if token, err := d.Token(); err != nil {
			return nil, err
		} else if token != json.Delim('{') {
			return nil, fmt.Errorf("%w: it holds %.40v, want an object", ErrInput, token)
		}
	}
	var names, cells []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch value := value.(type) {
		case string:
			cells = append(cells, value)
		case json.Number:
			cells = append(cells, value.String())
		case bool:
			cells = append(cells, strconv.FormatBool(value))
		case nil:
			cells = append(cells, "")
		default:
			return nil, fmt.Errorf("column %q: %w: it holds an array or object, want a number or text", name, ErrInput)
		}
		names = append(names, name.(string)) // the decoder takes nothing else
		if len(names) > maxRecord {
			return nil, fmt.Errorf("%w: more than %d columns", ErrInput, maxRecord)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	at, err := s.locate(names)
	if err != nil {
		return nil, err
	}
	return s.convert(func(field int) string { return cells[at[field]] })
}

const maxRecord = 1 << 16 // members of an object

// ReadFile reads the one input of a file as Read does. A path may end in "#" and the number of
// a row or of an input in a batch, 0 being the first: "patients.csv#12".
func (s Schema) ReadFile(path string) ([]float64, error) {
	row := 0
	if i := strings.LastIndex(path, "#"); i >= 0 && s.Kind == Table {
		if n, err := strconv.Atoi(path[i+1:]); err == nil {
			path, row = path[:i], n
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open input: %w", err)
	}
	defer f.Close()
	list, err := s.Read(f, row, 1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list[0], nil
}

// Wanted says what files the model takes, for people.
func (s Schema) Wanted() string {
	p := protocol.InputSchema(s)
	switch {
	case s.Validate() != nil:
		return "what the model's card describes"
	case s.Kind == Table:
		return fmt.Sprintf("a CSV file with a line of names and the %d columns of the model's card, or a JSON object of them", len(p.Table()))
	}
	_, height, width := p.Picture()
	return fmt.Sprintf("a PNG, JPEG or DICOM picture of at least %dx%d pixels", width, height)
}
