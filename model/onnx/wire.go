package onnx

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Errors of files.
var (
	// ErrMalformed marks what is not in the format.
	ErrMalformed = errors.New("not in the onnx format")
	// ErrTooLarge marks what is beyond the Limits.
	ErrTooLarge = errors.New("onnx file is too large")
)

// Limits bound what decoding may cost, since a few bytes of a file become a hundred once they are decoded.
type Limits struct {
	Fields int // in all messages; a packed list is one
	Values int // of all lists of numbers
	Depth  int // nesting of messages
}

// Message is one of this package's.
type Message interface{ fields() []field }

// field is a field of a message.
type field struct {
	num  protowire.Number
	at   any  // where its value is kept: a pointer to it, or submessages
	keep bool // it is written even if it is zero
}

// submessages is where messages are kept that are fields of another.
type submessages interface {
	next() Message // the one that the next in a file is decoded into
	all() iter.Seq[Message]
}

// message is a pointer to T that is a Message.
type message[T any] interface {
	*T
	Message
}

type single[T any, P message[T]] struct{ at *P }

func one[T any, P message[T]](at *P) submessages { return single[T, P]{at} }

// next gives the same one again: the format merges a message that stands in a file twice.
func (s single[T, P]) next() Message {
	if *s.at == nil {
		*s.at = new(T)
	}
	return *s.at
}

func (s single[T, P]) all() iter.Seq[Message] {
	return func(yield func(Message) bool) {
		if *s.at != nil {
			yield(*s.at)
		}
	}
}

type list[T any, P message[T]] struct{ at *[]P }

func many[T any, P message[T]](at *[]P) submessages { return list[T, P]{at} }

func (l list[T, P]) next() Message {
	m := P(new(T))
	*l.at = append(*l.at, m)
	return m
}

func (l list[T, P]) all() iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for _, m := range *l.at {
			if !yield(m) {
				return
			}
		}
	}
}

// wireType returns how a value stands in a file, and whether it is a list of numbers, which may stand there packed, too.
func wireType(at any) (t protowire.Type, packs bool) {
	switch at.(type) {
	case *int32, *int64, *DataType, *AttributeType:
		return protowire.VarintType, false
	case *float32:
		return protowire.Fixed32Type, false
	case *[]int32, *[]int64, *[]uint64:
		return protowire.VarintType, true
	case *[]float32:
		return protowire.Fixed32Type, true
	case *[]float64:
		return protowire.Fixed64Type, true
	}
	return protowire.BytesType, false
}

// Unmarshal decodes a message from b, of which it keeps nothing. The error wraps ErrMalformed or ErrTooLarge.
func Unmarshal(b []byte, m Message, l Limits) error {
	d := decoder{limits: l, left: l}
	return d.message(b, m)
}

// decoder holds what is left of the limits.
type decoder struct{ limits, left Limits }

func malformed(n int) error { return fmt.Errorf("%w: %w", ErrMalformed, protowire.ParseError(n)) }

func (d *decoder) message(b []byte, m Message) error {
	if d.left.Depth == 0 {
		return fmt.Errorf("%w: messages nested deeper than %d", ErrTooLarge, d.limits.Depth)
	}
	if len(b) == 0 {
		return nil
	}
	d.left.Depth--
	defer func() { d.left.Depth++ }()
	fields := m.fields()
	for len(b) > 0 {
		if d.left.Fields--; d.left.Fields < 0 {
			return fmt.Errorf("%w: more than %d fields", ErrTooLarge, d.limits.Fields)
		}
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return malformed(n)
		}
		b = b[n:]
		if n = protowire.ConsumeFieldValue(num, typ, b); n < 0 {
			return malformed(n)
		}
		if i := slices.IndexFunc(fields, func(f field) bool { return f.num == num }); i >= 0 {
			if err := d.field(fields[i], typ, b[:n]); err != nil {
				return err
			}
		}
		b = b[n:]
	}
	return nil
}

// field decodes a value that is whole.
func (d *decoder) field(f field, typ protowire.Type, value []byte) error {
	want, packs := wireType(f.at)
	if typ == protowire.BytesType && (packs || want == protowire.BytesType) {
		value, _ = protowire.ConsumeBytes(value)
	} else if typ != want {
		return fmt.Errorf("%w: field %d is of wire type %d, not %d", ErrMalformed, f.num, typ, want)
	}
	switch at := f.at.(type) {
	case *string:
		*at = string(value)
	case *[]string:
		*at = append(*at, string(value))
	case *[]byte:
		*at = append([]byte{}, value...)
	case *[][]byte:
		*at = append(*at, append([]byte{}, value...))
	case submessages:
		return d.message(value, at.next())
	default:
		return d.numbers(at, want, value, packs)
	}
	return nil
}

// numbers decodes numbers of one wire type that stand one after the other.
func (d *decoder) numbers(at any, typ protowire.Type, b []byte, listed bool) error {
	for len(b) > 0 {
		if listed {
			if d.left.Values--; d.left.Values < 0 {
				return fmt.Errorf("%w: more than %d numbers", ErrTooLarge, d.limits.Values)
			}
		}
		var bits uint64
		var n int
		switch typ {
		case protowire.VarintType:
			bits, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			bits = uint64(v)
		default:
			bits, n = protowire.ConsumeFixed64(b)
		}
		if n < 0 {
			return malformed(n)
		}
		b = b[n:]
		put(at, bits)
	}
	return nil
}

// put sets a number, or adds one to a list.
func put(at any, bits uint64) {
	switch at := at.(type) {
	case *int32:
		*at = int32(bits)
	case *int64:
		*at = int64(bits)
	case *DataType:
		*at = DataType(bits)
	case *AttributeType:
		*at = AttributeType(bits)
	case *float32:
		*at = math.Float32frombits(uint32(bits))
	case *[]int32:
		*at = append(*at, int32(bits))
	case *[]int64:
		*at = append(*at, int64(bits))
	case *[]uint64:
		*at = append(*at, bits)
	case *[]float32:
		*at = append(*at, math.Float32frombits(uint32(bits)))
	case *[]float64:
		*at = append(*at, math.Float64frombits(bits))
	}
}

// Marshal encodes a message. Equal messages give equal bytes.
func Marshal(m Message) []byte { return appendMessage(nil, m) }

func appendMessage(b []byte, m Message) []byte {
	for _, f := range m.fields() {
		b = f.append(b)
	}
	return b
}

func (f field) append(b []byte) []byte {
	switch at := f.at.(type) {
	case *string:
		if *at != "" {
			b = f.bytes(b, []byte(*at))
		}
	case *[]byte:
		if *at != nil {
			b = f.bytes(b, *at)
		}
	case *[]string:
		for _, v := range *at {
			b = f.bytes(b, []byte(v))
		}
	case *[][]byte:
		for _, v := range *at {
			b = f.bytes(b, v)
		}
	case submessages:
		for m := range at.all() {
			b = protowire.AppendTag(b, f.num, protowire.BytesType)
			start := len(b)
			b = appendMessage(b, m)
			b = slices.Insert(b, start, protowire.AppendVarint(nil, uint64(len(b)-start))...)
		}
	default:
		typ, packs := wireType(at)
		for _, bits := range numbers(at) {
			if bits != 0 || f.keep || packs {
				b = appendNumber(protowire.AppendTag(b, f.num, typ), typ, bits)
			}
		}
	}
	return b
}

func (f field) bytes(b, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, f.num, protowire.BytesType), value)
}

// numbers is the inverse of put.
func numbers(at any) []uint64 {
	switch at := at.(type) {
	case *int32:
		return []uint64{uint64(*at)}
	case *int64:
		return []uint64{uint64(*at)}
	case *DataType:
		return []uint64{uint64(*at)}
	case *AttributeType:
		return []uint64{uint64(*at)}
	case *float32:
		return []uint64{uint64(math.Float32bits(*at))}
	case *[]int32:
		return each(*at, func(v int32) uint64 { return uint64(v) })
	case *[]int64:
		return each(*at, func(v int64) uint64 { return uint64(v) })
	case *[]uint64:
		return *at
	case *[]float32:
		return each(*at, func(v float32) uint64 { return uint64(math.Float32bits(v)) })
	case *[]float64:
		return each(*at, math.Float64bits)
	}
	return nil
}

func each[T any](list []T, bits func(T) uint64) []uint64 {
	out := make([]uint64, len(list))
	for i, v := range list {
		out[i] = bits(v)
	}
	return out
}

func appendNumber(b []byte, typ protowire.Type, bits uint64) []byte {
	switch typ {
	case protowire.VarintType:
		return protowire.AppendVarint(b, bits)
	case protowire.Fixed32Type:
		return protowire.AppendFixed32(b, uint32(bits))
	}
	return protowire.AppendFixed64(b, bits)
}
