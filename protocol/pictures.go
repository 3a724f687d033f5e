package protocol

import "fmt"

// Limits of Pictures.
const (
	MaxPictures    = 12
	MaxPictureSide = 64
)

// Pictures show what a Sheet counts: records, and what the attack with the least error rebuilt of them from what is
// released, from the record that is rebuilt best to the one that is rebuilt worst. They are the creator's word, as the
// sheet is.
type Pictures struct {
	Width  int       `json:"width"`
	Height int       `json:"height"`
	Colors int       `json:"colors"` // 1 gray, 3 red, green and blue
	Pairs  []Picture `json:"pairs"`
}

// Picture is a record and its reconstruction: a byte a color, pixel by pixel, row by row.
type Picture struct {
	Record  []byte `json:"record"`
	Rebuilt []byte `json:"rebuilt"`
}

// Validate checks sizes: a stranger made the pictures. Errors wrap ErrMalformed.
func (p Pictures) Validate() error {
	switch {
	case p.Width < 1 || p.Width > MaxPictureSide || p.Height < 1 || p.Height > MaxPictureSide:
		return fmt.Errorf("%w: pictures of %dx%d, sides are 1 to %d", ErrMalformed, p.Width, p.Height, MaxPictureSide)
	case p.Colors != 1 && p.Colors != 3:
		return fmt.Errorf("%w: pictures of %d colors, want 1 or 3", ErrMalformed, p.Colors)
	case len(p.Pairs) == 0 || len(p.Pairs) > MaxPictures:
		return fmt.Errorf("%w: %d pictures, want 1 to %d", ErrMalformed, len(p.Pairs), MaxPictures)
	}
	size := p.Width * p.Height * p.Colors
	for i, pair := range p.Pairs {
		if len(pair.Record) != size || len(pair.Rebuilt) != size {
			return fmt.Errorf("%w: picture %d has %d and %d bytes, want %d of each", ErrMalformed, i+1, len(pair.Record), len(pair.Rebuilt), size)
		}
	}
	return nil
}
