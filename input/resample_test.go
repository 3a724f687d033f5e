package input

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/encrypted-compute/encompute/protocol"
)

// TestBilinear compares with what Pillow 9.4 makes of the same picture: Image.resize(size, BILINEAR) of mode F.
func TestBilinear(t *testing.T) {
	t.Parallel()
	picture := grayPNG(t, 13, 11, func(x, y int) uint8 { return uint8((37*x + 91*y*y + x*y) % 256) })
	for _, tt := range []struct {
		width, height int
		want          []float64 // the first values
	}{
		{4, 4, []float64{118.579, 132.668, 116.959, 150.504, 119.12, 128.826, 132.299, 136.511}},
		{5, 3, []float64{112.251, 145.346, 108.713, 141.494, 141.12, 131.956, 112.69, 147.825, 119.77, 143.833}},
		{20, 17, []float64{0, 17.575, 41.625, 65.675, 89.725, 113.775, 137.825, 161.875, 185.925, 209.975, 150.825, 8.475}},
	} {
		s := Schema{
			Kind: Image, Shape: []int{1, tt.height, tt.width}, Scale: 1,
			Resize: &protocol.Resize{Fit: protocol.FitStretch, Filter: protocol.FilterBilinear},
		}
		got, err := s.ReadImage(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range tt.want {
			if math.Abs(got[i]-want) > 2e-3 {
				t.Fatalf("%dx%d: value %d is %v, Pillow's is %v", tt.width, tt.height, i, got[i], want)
			}
		}
	}
}

func TestResize(t *testing.T) {
	t.Parallel()
	colored := image.NewRGBA(image.Rect(0, 0, 2, 1))
	colored.Set(0, 0, color.RGBA{10, 20, 30, 255})
	colored.Set(1, 0, color.RGBA{40, 50, 60, 255})
	wide := grayPNG(t, 4, 2, func(x, y int) uint8 { return uint8(10 * (x + 1)) })
	resize := func(r protocol.Resize, shape ...int) Schema {
		return Schema{Kind: Image, Shape: shape, Scale: 1, Resize: &r}
	}
	for _, tt := range []struct {
		name    string
		schema  Schema
		picture []byte
		want    []float64
	}{
		{"stretch", resize(protocol.Resize{Fit: "stretch"}, 1, 2, 2), wide, []float64{15, 35, 15, 35}},
		{"crop", resize(protocol.Resize{Fit: "crop"}, 1, 2, 2), wide, []float64{20, 30, 20, 30}},
		{"nearest", resize(protocol.Resize{Fit: "stretch", Filter: "nearest"}, 1, 1, 2), wide, []float64{20, 40}},
		{"enlarged", resize(protocol.Resize{Fit: "stretch", Filter: "nearest"}, 1, 2, 8), wide, []float64{10, 10, 20, 20, 30, 30, 40, 40, 10, 10, 20, 20, 30, 30, 40, 40}},
		{"pad", Schema{Kind: Image, Shape: []int{1, 4, 4}, Scale: 1, Mean: []float64{5}, Resize: &protocol.Resize{Fit: "pad"}}, wide, []float64{-5, -5, -5, -5, 5, 15, 25, 35, 5, 15, 25, 35, -5, -5, -5, -5}},
		{"short side", resize(protocol.Resize{ShortSide: 2}, 1, 1, 1), grayPNG(t, 4, 4, func(x, y int) uint8 { return uint8(x + 4*y) }), []float64{7.5}},
		{"height, width, channels", Schema{Kind: Image, Shape: []int{1, 2, 3}, Scale: 1, Layout: "hwc"}, encode(t, colored), []float64{10, 20, 30, 40, 50, 60}},
		{"blue first", Schema{Kind: Image, Shape: []int{3, 1, 2}, Scale: 1, Mean: []float64{0, 1, 2}, Order: "bgr"}, encode(t, colored), []float64{30, 60, 19, 49, 8, 38}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.schema.ReadImage(bytes.NewReader(tt.picture))
			if err != nil {
				t.Fatal(err)
			}
			near(t, got, tt.want)
		})
	}
}

// TestResampleKeepsConstants: whatever is done to its size, a gray picture stays as gray as it is.
func TestResampleKeepsConstants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s := Schema{Kind: Image, Shape: []int{1, rapid.IntRange(1, 9).Draw(r, "tall"), rapid.IntRange(1, 9).Draw(r, "wide")}, Scale: 1}
		s.Resize = &protocol.Resize{
			Fit:    rapid.SampledFrom([]string{"", "crop", "stretch"}).Draw(r, "fit"),
			Filter: rapid.SampledFrom([]string{"", "average", "bilinear", "nearest"}).Draw(r, "filter"),
		}
		m := image.NewGray(image.Rect(0, 0, rapid.IntRange(9, 40).Draw(r, "width"), rapid.IntRange(9, 40).Draw(r, "height")))
		for i := range m.Pix {
			m.Pix[i] = 77
		}
		got, err := s.prepare(m.Rect.Dx(), m.Rect.Dy(), func() (image.Image, error) { return m, nil })
		if err != nil {
			r.Fatal(err)
		}
		for _, v := range got {
			if math.Abs(v-77) > 1e-6 {
				r.Fatalf("got %v", got)
			}
		}
	})
}
