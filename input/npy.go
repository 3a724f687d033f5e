package input

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	npyMagic       = "\x93NUMPY"
	maxHeaderBytes = 10000 // NumPy's own bound, ast.literal_eval being slow
)

// ReadNPY reads an array that numpy.save wrote: NumPy's format 1.0, 2.0 or 3.0
// (numpy.lib.format), floating point, integer or bool elements of either byte order, in C or
// Fortran order. Errors of the file wrap ErrInput.
func ReadNPY(r io.Reader) (Tensor, error) {
	b := bufio.NewReader(&limitReader{r, maxTensorBytes})
	text, err := npyHeader(b)
	if err != nil {
		return Tensor{}, npyError(err)
	}
	h, err := parseHeader(text)
	if err != nil {
		return Tensor{}, npyError(err)
	}
	t, err := h.values(b)
	if err != nil {
		return Tensor{}, npyError(err)
	}
	return t, nil
}

func npyError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: .npy file ends early", ErrInput)
	}
	return fmt.Errorf("read .npy file: %w", err)
}

// npyHeader returns the text of the header.
func npyHeader(r io.Reader) (string, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return "", err
	}
	if string(head[:6]) != npyMagic {
		return "", fmt.Errorf("%w: it does not begin as one", ErrInput)
	}
	size := 0
	switch major, minor := head[6], head[7]; {
	case major == 1 && minor == 0:
		var n [2]byte
		if _, err := io.ReadFull(r, n[:]); err != nil {
			return "", err
		}
		size = int(binary.LittleEndian.Uint16(n[:]))
	case (major == 2 || major == 3) && minor == 0:
		var n [4]byte
		if _, err := io.ReadFull(r, n[:]); err != nil {
			return "", err
		}
		size = int(min(binary.LittleEndian.Uint32(n[:]), maxHeaderBytes+1))
	default:
		return "", fmt.Errorf("%w: format %d.%d, want 1.0, 2.0 or 3.0", ErrInput, major, minor)
	}
	if size > maxHeaderBytes {
		return "", fmt.Errorf("%w: header of more than %d bytes", ErrInput, maxHeaderBytes)
	}
	text := make([]byte, size)
	_, err := io.ReadFull(r, text)
	return string(text), err
}

// header is what the header of a .npy file says.
type header struct {
	kind    byte // f, i, u or b
	size    int  // bytes of an element
	order   binary.ByteOrder
	fortran bool
	shape   []int
}

// parseHeader reads a header, a Python dictionary of exactly three keys such as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
func parseHeader(text string) (h header, err error) {
	p := literal{text}
	seen := map[string]bool{}
	if err := p.expect("{"); err != nil {
		return h, err
	}
	for !p.accept("}") {
		key, err := p.quoted()
		if err != nil {
			return h, err
		}
		if seen[key] {
			return h, fmt.Errorf("%w: header has two keys %q", ErrInput, key)
		}
		seen[key] = true
		if err := p.expect(":"); err != nil {
			return h, err
		}
		switch key {
		case "descr":
			err = h.element(&p)
		case "fortran_order":
			h.fortran, err = p.boolean()
		case "shape":
			h.shape, err = p.tuple()
		default:
			err = fmt.Errorf("%w: header has unknown key %q", ErrInput, key)
		}
		if err != nil {
			return h, err
		}
		if !p.accept(",") {
			if err := p.expect("}"); err != nil {
				return h, err
			}
			break
		}
	}
	if len(seen) != 3 {
		return h, fmt.Errorf("%w: header lacks one of descr, fortran_order and shape", ErrInput)
	}
	if p.skip(); p.rest != "" {
		return h, fmt.Errorf("%w: header goes on after its end", ErrInput)
	}
	return h, nil
}

// element reads the type of the elements: byte order, kind and size as in "<f4".
func (h *header) element(p *literal) error {
	if p.skip(); strings.HasPrefix(p.rest, "[") {
		return fmt.Errorf("%w: elements are records: save a plain array", ErrInput)
	}
	descr, err := p.quoted()
	if err != nil {
		return err
	}
	unknown := fmt.Errorf("%w: elements of type %q: save float, integer or bool elements, such as float32", ErrInput, descr)
	if len(descr) != 3 {
		return unknown
	}
	h.kind, h.size = descr[1], int(descr[2]-'0')
	if !slices.Contains([]string{"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}, descr[1:]) {
		return unknown
	}
	switch order := descr[0]; {
	case order == '<' || order == '|' && h.size == 1:
		h.order = binary.LittleEndian
	case order == '>':
		h.order = binary.BigEndian
	default:
		return unknown
	}
	return nil
}

// values reads the elements that follow the header, and nothing after them. Memory grows with
// what the file holds, not with what its header says.
func (h header) values(r io.Reader) (Tensor, error) {
	n, err := elements(h.shape)
	if err != nil {
		return Tensor{}, err
	}
	const block = 4096 // elements
	t := Tensor{Shape: h.shape}
	buffer := make([]byte, block*h.size)
	for left := n; left > 0; {
		part := buffer[:min(left, block)*h.size]
		if _, err := io.ReadFull(r, part); err != nil {
			return Tensor{}, err
		}
		for b := range slices.Chunk(part, h.size) {
			v := h.value(b)
			if !finite(v) {
				return Tensor{}, fmt.Errorf("%w: value %d is %v", ErrInput, len(t.Values), v)
			}
			t.Values = append(t.Values, v)
		}
		left -= len(part) / h.size
	}
	if n, err := io.ReadFull(r, buffer[:1]); n > 0 {
		return Tensor{}, fmt.Errorf("%w: file goes on after the %d values of shape %v", ErrInput, len(t.Values), h.shape)
	} else if !errors.Is(err, io.EOF) {
		return Tensor{}, err
	}
	if h.fortran {
		t.Values = fromFortran(t.Values, h.shape)
	}
	return t, nil
}

// value decodes one element.
func (h header) value(b []byte) float64 {
	var bits uint64
	switch h.size {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(h.order.Uint16(b))
	case 4:
		bits = uint64(h.order.Uint32(b))
	default:
		bits = h.order.Uint64(b)
	}
	unused := 64 - 8*h.size
	switch {
	case h.kind == 'i':
		return float64(int64(bits<<unused) >> unused)
	case h.kind == 'u':
		return float64(bits)
	case h.kind == 'b':
		return float64(min(bits, 1))
	case h.size == 2:
		return half(uint16(bits))
	case h.size == 4:
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

// half decodes an IEEE 754 binary16.
func half(h uint16) float64 {
	sign, exponent, fraction := 1-2*float64(h>>15), int(h>>10&31), float64(h&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		return sign * math.Inf(1) // or not a number: neither is finite
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

// fromFortran puts values whose first index runs fastest into row-major order.
func fromFortran(values []float64, shape []int) []float64 {
	out := make([]float64, 0, len(values))
	strides, stride := make([]int, len(shape)), 1
	for i, d := range shape {
		strides[i] = stride
		stride *= d
	}
	var walk func(axis, at int)
	walk = func(axis, at int) {
		if axis == len(shape) {
			out = append(out, values[at])
			return
		}
		for i := range shape[axis] {
			walk(axis+1, at+i*strides[axis])
		}
	}
	walk(0, 0)
	return out
}

// literal reads the few Python literals of a header from the front of its text.
type literal struct{ rest string }

func (p *literal) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *literal) accept(token string) (ok bool) {
	p.skip()
	p.rest, ok = strings.CutPrefix(p.rest, token)
	return ok
}

func (p *literal) expect(token string) error {
	if !p.accept(token) {
		return fmt.Errorf("%w: header is not as NumPy writes it: want %q at %.20q", ErrInput, token, p.rest)
	}
	return nil
}

// quoted reads a string without escapes.
func (p *literal) quoted() (string, error) {
	p.skip()
	for _, quote := range []string{"'", `"`} {
		if !strings.HasPrefix(p.rest, quote) {
			continue
		}
		if s, rest, ok := strings.Cut(p.rest[1:], quote); ok && !strings.Contains(s, `\`) {
			p.rest = rest
			return s, nil
		}
	}
	return "", fmt.Errorf("%w: header is not as NumPy writes it: want a string at %.20q", ErrInput, p.rest)
}

func (p *literal) boolean() (bool, error) {
	if p.accept("True") {
		return true, nil
	}
	return false, p.expect("False")
}

// tuple reads a tuple of integers: (), (3,) or (3, 4).
func (p *literal) tuple() ([]int, error) {
	list := []int{}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	for !p.accept(")") {
		p.skip()
		end := strings.IndexFunc(p.rest, func(r rune) bool { return r < '0' || r > '9' })
		d, err := strconv.ParseUint(p.rest[:max(end, 0)], 10, 31)
		if err != nil || len(list) == maxRank {
			return nil, fmt.Errorf("%w: header has no shape of at most %d dimensions at %.20q", ErrInput, maxRank, p.rest)
		}
		list = append(list, int(d))
		p.rest = p.rest[end:]
		if p.accept(",") {
			continue
		}
		if len(list) == 1 { // (3) is a number
			return nil, p.expect(",")
		}
		return list, p.expect(")")
	}
	return list, nil
}
