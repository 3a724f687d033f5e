package protocol

import (
	"errors"
	"strings"
	"testing"
)

func TestMessageRoundTrip(t *testing.T) {
	t.Parallel()
	want := Progress{JobID: Digest{1}, Epoch: 2, Step: 3, Steps: 4, Name: "conv", ElapsedMs: 5}
	b, err := EncodeMessage(TypeProgress, want)
	if err != nil {
		t.Fatal(err)
	}
	m, err := DecodeMessage(b)
	if err != nil || m.Type != TypeProgress {
		t.Fatalf("%+v, %v", m, err)
	}
	got, err := DecodeBody[Progress](m)
	if err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestDecodeMessageRefuses(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"not JSON":      `{`,
		"other version": `{"v":2,"type":"hello","body":{}}`,
		"no version":    `{"type":"hello","body":{}}`,
		"unknown field": `{"v":1,"type":"hello","body":{},"x":1}`,
		"two documents": `{"v":1,"type":"hello","body":{}}{}`,
		"empty":         ``,
	} {
		if _, err := DecodeMessage([]byte(s)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m, err := DecodeMessage([]byte(`{"v":1,"type":"ack","body":{"seq":1,"more":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeBody[Ack](m); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "ack") {
		t.Errorf("unknown field in a body: %v", err)
	}
}

func TestUnmarshalJSONBoundsTheDocument(t *testing.T) {
	t.Parallel()
	var s string
	if err := UnmarshalJSON(strings.NewReader(`"`+strings.Repeat("a", 100)+`"`), 50, &s); !errors.Is(err, ErrMalformed) {
		t.Errorf("over the limit: %v", err)
	}
}

func FuzzDecodeMessage(f *testing.F) {
	f.Add([]byte(`{"v":1,"type":"ack","body":{"seq":1}}`))
	f.Add([]byte(`{"v":1,"type":"hello","body":{"binding":{"nonce":"0x00"}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := DecodeMessage(b)
		if err != nil {
			return
		}
		switch m.Type {
		case TypeHello:
			_, _ = DecodeBody[Hello](m)
		case TypeAssign:
			_, _ = DecodeBody[Assign](m)
		default:
			_, _ = DecodeBody[Released](m)
		}
	})
}
