package input

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A strict reader of what a radiograph needs of DICOM: the file format of PS3.10 chapter 7, data
// sets of PS3.5 chapter 7 in the uncompressed transfer syntaxes, deflated, and baseline JPEG.

const (
	dicomPreamble   = 128
	undefinedLength = 0xffffffff
	maxNesting      = 32
)

// The tags that are read, group and element.
const (
	tagTransferSyntax = 0x0002_0010
	tagSamples        = 0x0028_0002
	tagPhotometric    = 0x0028_0004
	tagFrames         = 0x0028_0008
	tagRows           = 0x0028_0010
	tagColumns        = 0x0028_0011
	tagAllocated      = 0x0028_0100
	tagStored         = 0x0028_0101
	tagHighBit        = 0x0028_0102
	tagSigned         = 0x0028_0103
	tagWindowCenter   = 0x0028_1050
	tagWindowWidth    = 0x0028_1051
	tagIntercept      = 0x0028_1052
	tagSlope          = 0x0028_1053
	tagWindowFunction = 0x0028_1056
	tagModalityTable  = 0x0028_3000
	tagWindowTable    = 0x0028_3010
	tagPixels         = 0x7fe0_0010
	tagItem           = 0xfffe_e000
	tagItemEnd        = 0xfffe_e00d
	tagSequenceEnd    = 0xfffe_e0dd
)

// The transfer syntaxes that are read: PS3.6 annex A.
const (
	syntaxImplicit = "1.2.840.10008.1.2"
	syntaxExplicit = "1.2.840.10008.1.2.1"
	syntaxDeflated = "1.2.840.10008.1.2.1.99"
	syntaxBig      = "1.2.840.10008.1.2.2"
	syntaxJPEG     = "1.2.840.10008.1.2.4.50"
)

func isDICOM(b []byte) bool {
	return len(b) >= dicomPreamble+4 && string(b[dicomPreamble:dicomPreamble+4]) == "DICM"
}

// element is one data element.
type element struct {
	tag   uint32
	vr    string // empty if it is implicit
	value []byte // of a sequence or encapsulated pixels of undefined length: what is up to their end
	open  bool   // the length was undefined
}

// elements reads data elements from the front of b.
type elementReader struct {
	b        []byte
	order    binary.ByteOrder
	implicit bool
}

var errDICOMEnd = fmt.Errorf("%w: it ends early", ErrInput)

func (r *elementReader) take(n uint32) ([]byte, error) {
	if uint64(n) > uint64(len(r.b)) {
		return nil, errDICOMEnd
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b, nil
}

// head reads a tag, its value representation and its length.
func (r *elementReader) head() (e element, length uint32, err error) {
	b, err := r.take(8)
	if err != nil {
		return e, 0, err
	}
	e.tag = uint32(r.order.Uint16(b))<<16 | uint32(r.order.Uint16(b[2:]))
	if r.implicit || e.tag>>16 == 0xfffe { // PS3.5 7.5: items have none
		return e, r.order.Uint32(b[4:]), nil
	}
	e.vr = string(b[4:6])
	if strings.ContainsFunc(e.vr, func(c rune) bool { return c < 'A' || c > 'Z' }) {
		return e, 0, fmt.Errorf("%w: element (%04x,%04x) has no value representation", ErrInput, e.tag>>16, e.tag&0xffff)
	}
	if !slices.Contains([]string{"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}, e.vr) {
		return e, uint32(r.order.Uint16(b[6:])), nil
	}
	if b, err = r.take(4); err != nil {
		return e, 0, err
	}
	return e, r.order.Uint32(b), nil
}

// next reads one element, with all that is nested in it.
func (r *elementReader) next() (element, error) { return r.nested(0) }

func (r *elementReader) nested(depth int) (element, error) {
	e, length, err := r.head()
	if err != nil {
		return e, err
	}
	if length != undefinedLength {
		e.value, err = r.take(length)
		return e, err
	}
	e.open = true
	all := r.b
	inside := *r
	if e.vr == "UN" { // PS3.5 6.2.2, note 2: as in implicit little endian
		inside.implicit, inside.order = true, binary.LittleEndian
	}
	if err := inside.skip(depth, tagSequenceEnd); err != nil {
		return e, err
	}
	r.b = inside.b
	e.value = all[:len(all)-len(r.b)]
	return e, nil
}

// skip goes behind the delimiter that ends a sequence or an item of undefined length.
func (r *elementReader) skip(depth int, end uint32) error {
	if depth > maxNesting {
		return fmt.Errorf("%w: sequences are nested deeper than %d", ErrInput, maxNesting)
	}
	for {
		before := *r
		e, length, err := r.head()
		switch {
		case err != nil:
			return err
		case e.tag == end:
			_, err = r.take(length)
			return err
		case e.tag == tagItem && end == tagSequenceEnd && length == undefinedLength:
			err = r.skip(depth+1, tagItemEnd)
		case e.tag == tagItem && end == tagSequenceEnd:
			_, err = r.take(length)
		case e.tag>>16 == 0xfffe || end == tagSequenceEnd:
			return fmt.Errorf("%w: element (%04x,%04x) in a sequence", ErrInput, e.tag>>16, e.tag&0xffff)
		default:
			*r = before
			_, err = r.nested(depth + 1)
		}
		if err != nil {
			return err
		}
	}
}

// parseDICOM reads the elements of a file that isDICOM.
func parseDICOM(b []byte) (d dicom, err error) {
	r := elementReader{b: b[dicomPreamble+4:], order: binary.LittleEndian}
	for len(r.b) >= 2 && binary.LittleEndian.Uint16(r.b) == 2 { // the file meta information
		e, err := r.next()
		if err != nil {
			return d, err
		}
		if e.tag == tagTransferSyntax {
			d.syntax = text(e.value)
		}
	}
	switch d.syntax {
	case syntaxExplicit, syntaxJPEG:
	case syntaxImplicit:
		r.implicit = true
	case syntaxBig:
		r.order = binary.BigEndian
	case syntaxDeflated:
		inflated, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(r.b)), maxImageBytes+1))
		if err != nil || len(inflated) > maxImageBytes {
			return d, fmt.Errorf("%w: its data set does not inflate to at most %d bytes", ErrInput, maxImageBytes)
		}
		r.b = inflated
	default:
		return d, fmt.Errorf("%w: transfer syntax %.64q is not read: save it uncompressed (explicit VR little endian), as \"gdcmconv --raw\" does", ErrInput, d.syntax)
	}
	d.order = r.order
	last := uint32(0)
	for len(r.b) > 0 {
		e, err := r.next()
		if err != nil {
			return d, err
		}
		if e.tag <= last { // PS3.5 7.1
			return d, fmt.Errorf("%w: element (%04x,%04x) is out of order", ErrInput, e.tag>>16, e.tag&0xffff)
		}
		last = e.tag
		if err := d.set(e); err != nil {
			return d, fmt.Errorf("element (%04x,%04x): %w", e.tag>>16, e.tag&0xffff, err)
		}
	}
	return d, d.check()
}

// text is a value that was padded to an even length.
func text(b []byte) string { return strings.Trim(string(b), " \x00") }
