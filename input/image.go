package input

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // pictures come as JPEG
	_ "image/png"  // or PNG
	"io"
)

const (
	maxImageBytes = 64 << 20
	maxPixels     = 32 << 20 // 256 MB at 16 bits a channel
)

// ReadImage reads a PNG or JPEG picture as the model's input, channel by channel,
// row by row. A picture of another size is cut to the model's aspect around its
// middle and averaged down; a smaller one is refused. Colors become luma for a
// model of one channel.
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
		return nil, fmt.Errorf("%w: picture has more than %d bytes", ErrInput, maxImageBytes)
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: not a readable PNG or JPEG picture: %w", ErrInput, err)
	}
	height, width := s.Shape[1], s.Shape[2]
	if head.Width < width || head.Height < height {
		return nil, fmt.Errorf("%w: picture is %dx%d pixels, the model takes shape %v: give one of at least %dx%d pixels",
			ErrInput, head.Width, head.Height, s.Shape, width, height)
	}
	if head.Width > maxPixels/head.Height {
		return nil, fmt.Errorf("%w: picture is %dx%d pixels: scale it down to at most %d pixels", ErrInput, head.Width, head.Height, maxPixels)
	}
	picture, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: not a readable PNG or JPEG picture: %w", ErrInput, err)
	}
	return s.sample(picture), nil
}

// sample averages the boxes of the picture that lie under each value of the input.
func (s Schema) sample(picture image.Image) []float64 {
	channels, height, width := s.Shape[0], s.Shape[1], s.Shape[2]
	size := picture.Bounds().Size()
	// One step in the input is this many pixels in the picture, in both directions.
	step := min(float64(size.X)/float64(width), float64(size.Y)/float64(height))
	left := (float64(size.X) - step*float64(width)) / 2
	top := (float64(size.Y) - step*float64(height)) / 2
	out := make([]float64, s.Size())
	for y := range height {
		rows := cover(top+step*float64(y), step, size.Y)
		for x := range width {
			cols := cover(left+step*float64(x), step, size.X)
			for ch, v := range average(picture, rows, cols, channels) {
				out[(ch*height+y)*width+x] = s.normalize(v, ch)
			}
		}
	}
	return out
}

// share is a row or column of pixels and the part of it that a box covers.
type share struct {
	at   int
	part float64
}

// cover lists the pixels under the interval of the given length from start.
func cover(start, length float64, size int) []share {
	const tiny = 1e-9
	var out []share
	for at := int(start); at < size && float64(at) < start+length-tiny; at++ {
		part := min(float64(at+1), start+length) - max(float64(at), start)
		if part > tiny {
			out = append(out, share{at, part})
		}
	}
	return out
}

// average returns the mean of the covered pixels for every channel, 0 to 255.
func average(picture image.Image, rows, cols []share, channels int) []float64 {
	sum, weight := make([]float64, channels), 0.0
	origin := picture.Bounds().Min
	for _, row := range rows {
		for _, col := range cols {
			part := row.part * col.part
			weight += part
			c := picture.At(origin.X+col.at, origin.Y+row.at)
			if channels == 1 {
				sum[0] += part * float64(color.Gray16Model.Convert(c).(color.Gray16).Y)
				continue
			}
			r, g, b, _ := c.RGBA()
			for ch, v := range [3]uint32{r, g, b} {
				sum[ch] += part * float64(v)
			}
		}
	}
	for ch := range sum {
		sum[ch] /= weight * 257 // 16 bits to 8
	}
	return sum
}
