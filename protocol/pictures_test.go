package protocol_test

import (
	"errors"
	"testing"

	"github.com/encrypted-compute/encompute/protocol"
)

func TestPicturesValidate(t *testing.T) {
	t.Parallel()
	pair := protocol.Picture{Record: make([]byte, 6), Rebuilt: make([]byte, 6)}
	good := func() protocol.Pictures {
		return protocol.Pictures{Width: 3, Height: 2, Colors: 1, Pairs: []protocol.Picture{pair, pair}}
	}
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*protocol.Pictures){
		"no width":       func(p *protocol.Pictures) { p.Width = 0 },
		"too wide":       func(p *protocol.Pictures) { p.Width = protocol.MaxPictureSide + 1 },
		"negative":       func(p *protocol.Pictures) { p.Height = -2 },
		"two colors":     func(p *protocol.Pictures) { p.Width, p.Colors = 1, 2 },
		"none":           func(p *protocol.Pictures) { p.Pairs = nil },
		"too many":       func(p *protocol.Pictures) { p.Pairs = make([]protocol.Picture, protocol.MaxPictures+1) },
		"short record":   func(p *protocol.Pictures) { p.Pairs[1].Record = make([]byte, 5) },
		"long rebuilt":   func(p *protocol.Pictures) { p.Pairs[1].Rebuilt = make([]byte, 7) },
		"bytes of color": func(p *protocol.Pictures) { p.Colors = 3 },
	} {
		p := good()
		change(&p)
		if err := p.Validate(); !errors.Is(err, protocol.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", name, err)
		}
	}
}
