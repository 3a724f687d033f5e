package input

import (
	"image"
	"math"

	"github.com/encrypted-compute/encompute/protocol"
)

// placement says which part of a picture comes to which part of the model's input.
type placement struct {
	filter       string
	startX       float64 // left edge of the part, in pixels of the picture
	startY       float64
	stepX, stepY float64 // pixels of the picture for each value of the input
	left, top    int     // the part's place in the input
	width        int     // and its size there
	height       int
	picture      image.Point // size
}

// placement brings a picture of a size to the model's, as Resize says.
func (s Schema) placement(width, height int) placement {
	_, tall, wide := protocol.InputSchema(s).Picture()
	r := protocol.Resize{}
	if s.Resize != nil {
		r = *s.Resize
	}
	p := placement{filter: r.Filter, width: wide, height: tall, picture: image.Pt(width, height)}
	if p.filter == "" {
		p.filter = protocol.FilterAverage
	}
	perX, perY := float64(width)/float64(wide), float64(height)/float64(tall)
	switch r.Fit {
	case protocol.FitStretch:
		p.stepX, p.stepY = perX, perY
		return p
	case protocol.FitPad:
		step := max(perX, perY)
		p.width = max(int(math.Round(float64(width)/step)), 1)
		p.height = max(int(math.Round(float64(height)/step)), 1)
		p.left, p.top = (wide-p.width)/2, (tall-p.height)/2
		p.stepX, p.stepY = float64(width)/float64(p.width), float64(height)/float64(p.height)
		return p
	}
	step := min(perX, perY)
	if r.ShortSide > 0 {
		step = float64(min(width, height)) / float64(r.ShortSide)
	}
	p.stepX, p.stepY = step, step
	p.startX = (float64(width) - step*float64(wide)) / 2
	p.startY = (float64(height) - step*float64(tall)) / 2
	return p
}

// resample computes each value of the part of the input, row by row; the pixel given to set is valid during the call.
func (p placement) resample(picture image.Image, channels int, set func(y, x int, pixel []float64)) {
	cols := p.taps(p.startX, p.stepX, p.width, p.picture.X)
	rows := p.taps(p.startY, p.stepY, p.height, p.picture.Y)
	source := make([]float64, channels*p.picture.X)
	narrow := make([]float64, channels*p.width) // a row of the picture, resampled
	sum := make([]float64, channels*p.width)
	last := -1
	for y, row := range rows {
		clear(sum)
		for i, weight := range row.weights {
			if at := row.first + i; at != last {
				readRow(picture, at, channels, source)
				resampleRow(source, cols, channels, narrow)
				last = at
			}
			for x, v := range narrow {
				sum[x] += weight * v
			}
		}
		for x := range p.width {
			set(y, x, sum[channels*x:channels*(x+1)])
		}
	}
}

func resampleRow(source []float64, cols []taps, channels int, out []float64) {
	for x, col := range cols {
		for ch := range channels {
			sum := 0.0
			for i, weight := range col.weights {
				sum += weight * source[channels*(col.first+i)+ch]
			}
			out[channels*x+ch] = sum
		}
	}
}

// taps are the weights, which add up to 1, of pixels in a row or column from the first on.
type taps struct {
	first   int
	weights []float64
}

// taps are those of n values that lie step pixels apart in a row of size pixels.
func (p placement) taps(start, step float64, n, size int) []taps {
	list := make([]taps, n)
	for i := range list {
		from := start + step*float64(i)
		var weight func(pixel float64) float64
		reach := step / 2
		center := from + reach
		switch p.filter {
		case protocol.FilterNearest:
			list[i] = taps{min(max(int(center), 0), size-1), []float64{1}}
			continue
		case protocol.FilterBilinear: // as Pillow's Image.resize: a triangle of at least a pixel
			reach = max(step, 1)
			weight = func(pixel float64) float64 { return max(1-math.Abs(pixel+0.5-center)/reach, 0) }
		default:
			weight = func(pixel float64) float64 { return max(min(pixel+1, from+step)-max(pixel, from), 0) }
		}
		first, end := max(int(math.Floor(center-reach)), 0), min(int(math.Ceil(center+reach)), size)
		list[i] = newTaps(first, end, weight)
	}
	return list
}

func newTaps(first, end int, weight func(pixel float64) float64) taps {
	const tiny = 1e-9 // of a pixel: an edge that rounding moved
	t, sum := taps{first: first}, 0.0
	for at := first; at < end; at++ {
		w := weight(float64(at))
		if w <= tiny && len(t.weights) == 0 {
			t.first = at + 1
			continue
		}
		if w <= tiny {
			w = 0
		}
		t.weights = append(t.weights, w)
		sum += w
	}
	for i := range t.weights {
		t.weights[i] /= sum
	}
	return t
}
