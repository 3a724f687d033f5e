package input

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ReadJSON reads a nested array of numbers, such as [[1, 2], [3, 4]], or an object of such an
// array and its shape, {"data": [1, 2, 3, 4], "shape": [2, 2]}. Errors of the file wrap ErrInput.
func ReadJSON(r io.Reader) (Tensor, error) {
	d := json.NewDecoder(&limitReader{r, maxTensorBytes})
	t, err := readDocument(d)
	if err == nil {
		if _, err = d.Token(); err == nil {
			err = fmt.Errorf("%w: it goes on after its end", ErrInput)
		} else if errors.Is(err, io.EOF) {
			return t, nil
		}
	}
	if errors.Is(err, ErrInput) {
		return Tensor{}, fmt.Errorf("read JSON file: %w", err)
	}
	return Tensor{}, fmt.Errorf("%w: not readable as JSON: %w", ErrInput, err)
}

func readDocument(d *json.Decoder) (Tensor, error) {
	token, err := d.Token()
	if err != nil {
		return Tensor{}, err
	}
	switch token {
	case json.Delim('['):
		return readArray(d)
	case json.Delim('{'):
		return readObject(d)
	}
	return Tensor{}, fmt.Errorf("%w: it holds %v, want an array of numbers", ErrInput, token)
}

// readObject reads the members data and shape, in any order.
func readObject(d *json.Decoder) (Tensor, error) {
	members := map[string]Tensor{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return Tensor{}, err
		}
		key, _ := token.(string) // the decoder takes nothing else
		if _, twice := members[key]; twice || key != "data" && key != "shape" {
			return Tensor{}, fmt.Errorf("%w: member %.40q: want one data and at most one shape", ErrInput, key)
		}
		if token, err = d.Token(); err != nil {
			return Tensor{}, err
		}
		if token != json.Delim('[') {
			return Tensor{}, fmt.Errorf("%w: member %s is no array", ErrInput, key)
		}
		if members[key], err = readArray(d); err != nil {
			return Tensor{}, fmt.Errorf("member %s: %w", key, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return Tensor{}, err
	}
	data, ok := members["data"]
	if !ok {
		return Tensor{}, fmt.Errorf("%w: member data is missing", ErrInput)
	}
	if shape, ok := members["shape"]; ok {
		return data.reshape(shape)
	}
	return data, nil
}

// reshape gives the values the shape that a file names.
func (t Tensor) reshape(shape Tensor) (Tensor, error) {
	t.Shape = nil
	for _, v := range shape.Values {
		if v != float64(int32(v)) {
			return Tensor{}, fmt.Errorf("%w: dimension %v in member shape", ErrInput, v)
		}
		t.Shape = append(t.Shape, int(v))
	}
	n, err := elements(t.Shape)
	if err != nil {
		return Tensor{}, err
	}
	if len(shape.Shape) != 1 || n != len(t.Values) {
		return Tensor{}, fmt.Errorf("%w: member shape is %v, but there are %d values", ErrInput, shape.Values, len(t.Values))
	}
	return t, nil
}

// nested is a nested array as it is read.
type nested struct {
	d      *json.Decoder
	rank   int   // 0 until the first number
	shape  []int // 0: not known yet
	values []float64
}

// readArray reads an array whose first bracket was read.
func readArray(d *json.Decoder) (Tensor, error) {
	a := nested{d: d}
	err := a.read(1)
	return Tensor{a.shape, a.values}, err
}

// read reads the rest of an array that stands in depth-1 others.
func (a *nested) read(depth int) error {
	ragged := fmt.Errorf("%w: arrays of different lengths or depths side by side", ErrInput)
	if depth > maxRank {
		return fmt.Errorf("%w: arrays nested deeper than %d", ErrInput, maxRank)
	}
	if len(a.shape) < depth {
		a.shape = append(a.shape, 0)
	}
	n := 0
	for ; a.d.More(); n++ {
		token, err := a.d.Token()
		if err != nil {
			return err
		}
		switch v := token.(type) {
		case json.Delim:
			if v != '[' {
				return fmt.Errorf("%w: there is an object in the array", ErrInput)
			}
			if depth == a.rank {
				return ragged
			}
			if err := a.read(depth + 1); err != nil {
				return err
			}
		case float64:
			if a.rank == 0 {
				a.rank = depth
			}
			if a.rank != depth {
				return ragged
			}
			if len(a.values) == maxTensorValues {
				return errTooMany
			}
			a.values = append(a.values, v)
		default:
			return fmt.Errorf("%w: there is %.40v in the array, want numbers", ErrInput, v)
		}
	}
	if _, err := a.d.Token(); err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%w: there is an empty array", ErrInput)
	}
	if have := a.shape[depth-1]; have != 0 && have != n {
		return ragged
	}
	a.shape[depth-1] = n
	return nil
}
