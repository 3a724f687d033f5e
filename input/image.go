package input

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // pictures come as JPEG
	_ "image/png"  // or PNG
	"io"

	"github.com/encrypted-compute/encompute/protocol"
)

const (
	maxImageBytes = 64 << 20
	maxPixels     = 32 << 20 // 256 MB at 16 bits a channel
	maxPixelSide  = 1 << 16
	maxScans      = 256 // of a progressive JPEG, which goes over all its pixels for each
	maxEnlarged   = 16  // times in each direction
)

// ReadImage reads a PNG, JPEG or DICOM picture as the model's input, as the schema says: the
// picture's middle in the model's aspect, averaged down, unless Resize says otherwise. Colors
// become luma for a model of one channel; transparent is black. A radiograph's values become
// black to white by the schema's window, else the file's, else from its least to its largest.
// The picture's size is checked before it is decoded. Errors of the file wrap ErrInput.
func (s Schema) ReadImage(r io.Reader) ([]float64, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Kind != Image {
		return nil, fmt.Errorf("%w: the model takes a %s, not a picture", ErrInput, s.Kind)
	}
	b, err := io.ReadAll(io.LimitReader(r, maxImageBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	if len(b) > maxImageBytes {
		return nil, fmt.Errorf("%w: picture has more than %d bytes: scale it down", ErrInput, maxImageBytes)
	}
	if isDICOM(b) {
		d, err := parseDICOM(b)
		if err != nil {
			return nil, fmt.Errorf("read DICOM file: %w", err)
		}
		return s.prepare(d.cols, d.rows, func() (image.Image, error) { return d.picture(s.Window) })
	}
	head, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, notAPicture(err)
	}
	if format == "jpeg" && bytes.Count(b, []byte{0xff, 0xda}) > maxScans {
		return nil, fmt.Errorf("%w: JPEG picture has more than %d scans: save it anew", ErrInput, maxScans)
	}
	return s.prepare(head.Width, head.Height, func() (image.Image, error) {
		picture, _, err := image.Decode(bytes.NewReader(b))
		if err != nil {
			return nil, notAPicture(err)
		}
		return picture, nil
	})
}

func notAPicture(err error) error {
	return fmt.Errorf("%w: not a readable picture, PNG or JPEG or DICOM: %w", ErrInput, err)
}

// prepare checks a picture's size, decodes it and makes the model's input of it.
func (s Schema) prepare(width, height int, decode func() (image.Image, error)) ([]float64, error) {
	if width < 1 || height < 1 || max(width, height) > maxPixelSide || width > maxPixels/height {
		return nil, fmt.Errorf("%w: picture is %dx%d pixels: scale it down to at most %d pixels, %d a side", ErrInput, width, height, maxPixels, maxPixelSide)
	}
	p := s.placement(width, height)
	_, tall, wide := protocol.InputSchema(s).Picture()
	if s.Resize != nil {
		tall, wide = max(tall, s.Resize.ShortSide), max(wide, s.Resize.ShortSide)
	}
	enlarge := 1.
	if p.filter != protocol.FilterAverage {
		enlarge = maxEnlarged
	}
	if p.stepX*enlarge < 1 || p.stepY*enlarge < 1 {
		return nil, fmt.Errorf("%w: picture is %dx%d pixels, the model takes shape %v: give one of at least %dx%d pixels",
			ErrInput, width, height, s.Shape, wide, tall)
	}
	picture, err := decode()
	if err != nil {
		return nil, err
	}
	if size := picture.Bounds().Size(); size.X != width || size.Y != height {
		return nil, fmt.Errorf("%w: picture is %dx%d pixels, its header says %dx%d", ErrInput, size.X, size.Y, width, height)
	}
	return s.sample(picture, p), nil
}

// sample resamples the picture and normalizes it.
func (s Schema) sample(picture image.Image, p placement) []float64 {
	channels, height, width := protocol.InputSchema(s).Picture()
	out := make([]float64, s.Size())
	at := func(ch, y, x int) int {
		if s.Layout == protocol.LayoutHWC {
			return (y*width+x)*channels + ch
		}
		return (ch*height+y)*width + x
	}
	for ch := range channels { // what is around the picture is black
		black := s.normalize(0, ch)
		for y := range height {
			for x := range width {
				out[at(ch, y, x)] = black
			}
		}
	}
	p.resample(picture, channels, func(y, x int, pixel []float64) {
		for ch := range channels {
			to := ch
			if s.Order == protocol.OrderBGR {
				to = channels - 1 - ch
			}
			out[at(to, p.top+y, p.left+x)] = s.normalize(pixel[ch], to)
		}
	})
	return out
}

// readRow fills row with the pixels of a picture, channel by channel for each, 0 to 255.
func readRow(picture image.Image, y, channels int, row []float64) {
	origin := picture.Bounds().Min
	for x := range len(row) / channels {
		px, py := origin.X+x, origin.Y+y
		if channels == 1 {
			row[x] = luma(picture, px, py) / 257 // 16 bits to 8
			continue
		}
		r, g, b, _ := picture.At(px, py).RGBA()
		row[3*x], row[3*x+1], row[3*x+2] = float64(r)/257, float64(g)/257, float64(b)/257
	}
}

// luma is a pixel's brightness, 0 to 65535.
func luma(picture image.Image, x, y int) float64 {
	switch p := picture.(type) {
	case *image.Gray:
		return 257 * float64(p.GrayAt(x, y).Y)
	case *image.Gray16:
		return float64(p.Gray16At(x, y).Y)
	}
	return float64(color.Gray16Model.Convert(picture.At(x, y)).(color.Gray16).Y)
}

// Pixels makes the model's input of a picture given as raw pixels, 0 to 255, row by row: gray ones, or red, green and blue of
// each together. Errors wrap ErrInput.
func (s Schema) Pixels(width, height int, raw []byte) ([]float64, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Kind != Image || width < 1 || height < 1 || len(raw) != width*height && len(raw) != 3*width*height {
		return nil, fmt.Errorf("%w: %d bytes are no picture of %dx%d pixels for a model that takes an %s", ErrInput, len(raw), width, height, s.Kind)
	}
	return s.prepare(width, height, func() (image.Image, error) {
		if len(raw) == width*height {
			return &image.Gray{Pix: raw, Stride: width, Rect: image.Rect(0, 0, width, height)}, nil
		}
		p := image.NewNRGBA(image.Rect(0, 0, width, height))
		for i := range width * height {
			copy(p.Pix[4*i:], raw[3*i:3*i+3])
			p.Pix[4*i+3] = 255
		}
		return p, nil
	})
}
