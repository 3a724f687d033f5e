package relational

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

func scanDigest(scan func(...any) error) (d protocol.Digest, err error) {
	return d, scan(text(&d))
}

// textColumn reads and writes a value in its text form.
type textColumn struct {
	v interface {
		String() string
		UnmarshalText([]byte) error
	}
}

func text(v interface {
	String() string
	UnmarshalText([]byte) error
},
) textColumn {
	return textColumn{v}
}

// Scan implements sql.Scanner. Empty text leaves the zero value.
func (c textColumn) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return fmt.Errorf("column holds %T, want text", src)
	}
	if s == "" {
		return nil
	}
	return c.v.UnmarshalText([]byte(s))
}

// jsonColumn reads and writes a value as a JSON document; nil as null.
type jsonColumn[T any] struct{ v **T }

func document[T any](v **T) jsonColumn[T] { return jsonColumn[T]{v} }

// Value implements driver.Valuer.
func (c jsonColumn[T]) Value() (driver.Value, error) {
	if *c.v == nil {
		return nil, nil
	}
	b, err := json.Marshal(*c.v)
	return string(b), err
}

// Scan implements sql.Scanner.
func (c jsonColumn[T]) Scan(src any) error {
	switch s := src.(type) {
	case nil:
		*c.v = nil
		return nil
	case string:
		*c.v = new(T)
		return json.Unmarshal([]byte(s), *c.v)
	default:
		return fmt.Errorf("column holds %T, want text", src)
	}
}

func toJSON[T any](v T) jsonColumn[T] {
	p := &v
	return jsonColumn[T]{&p}
}

// timeColumn reads and writes Unix milliseconds; the zero time is 0.
type timeColumn struct{ v *time.Time }

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Scan implements sql.Scanner.
func (c timeColumn) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("column holds %T, want an integer", src)
	}
	*c.v = time.Time{}
	if n != 0 {
		*c.v = time.UnixMilli(n).UTC()
	}
	return nil
}
