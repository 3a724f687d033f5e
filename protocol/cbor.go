package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// canonical holds the one CBOR dialect of the project: the core deterministic
// encoding of RFC 8949 section 4.2.1, read back strictly.
var canonical = sync.OnceValue(func() (m struct {
	cbor.EncMode
	cbor.DecMode
},
) {
	var err error
	if m.EncMode, err = cbor.CoreDetEncOptions().EncMode(); err != nil {
		panic(err) // constant options
	}
	m.DecMode, err = cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxArrayElements:  1 << 24,
		MaxMapPairs:       1 << 16,
		MaxNestedLevels:   16,
	}.DecMode()
	if err != nil {
		panic(err) // constant options
	}
	return m
})

// Marshal returns the canonical bytes of v: deterministic CBOR.
func Marshal(v any) ([]byte, error) {
	b, err := canonical().Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return b, nil
}

// Unmarshal reads canonical bytes into v. It refuses duplicate keys, unknown fields,
// indefinite lengths, tags, trailing bytes and any encoding but the canonical one.
func Unmarshal(b []byte, v any) error {
	if err := canonical().Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: decode %T: %w", ErrMalformed, v, err)
	}
	again, err := Marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(b, again) {
		return fmt.Errorf("%w: decode %T: not in canonical form", ErrMalformed, v)
	}
	return nil
}

// UnmarshalJSON reads one JSON document of at most limit bytes from r into v and
// refuses unknown fields and anything after the document.
func UnmarshalJSON(r io.Reader, limit int64, v any) error {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if int64(len(b)) > limit {
		return fmt.Errorf("%w: document is larger than %d bytes", ErrMalformed, limit)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: bytes after the document", ErrMalformed)
	}
	return nil
}
