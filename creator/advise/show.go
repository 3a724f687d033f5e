package advise

import (
	"fmt"
	"math"

	"github.com/encrypted-compute/encompute/privacy/leakage"
	"github.com/encrypted-compute/encompute/protocol"
)

// Show sets the records to be shown: pictures as the model takes them. Errors wrap ErrData.
func (d *Data) Show(pictures [][]float64) error {
	if len(pictures) > protocol.MaxPictures {
		return fmt.Errorf("%w: %d pictures to show, at most %d are allowed", ErrData, len(pictures), protocol.MaxPictures)
	}
	d.Shown = leakage.NewMatrix(len(pictures), d.Train.X.Cols)
	for i, x := range pictures {
		if len(x) != d.Shown.Cols {
			return fmt.Errorf("%w: picture %d to show has %d values, records have %d", ErrData, i+1, len(x), d.Shown.Cols)
		}
		for j, v := range x {
			unit := (v - d.Range.Low) / (d.Range.High - d.Range.Low)
			if !(unit >= 0 && unit <= 1) {
				return fmt.Errorf("%w: picture %d to show: %v is outside of the input's range, %v to %v", ErrData, i+1, v, d.Range.Low, d.Range.High)
			}
			d.Shown.Row(i)[j] = float32(unit)
		}
	}
	return nil
}

// show makes pictures of records and what was rebuilt of them; none of records that have not one color or three. Large ones are
// made smaller by whole factors.
func show(shape []int, records, rebuilt leakage.Matrix) *protocol.Pictures {
	if records.Rows == 0 || len(shape) != 3 || shape[0] != 1 && shape[0] != 3 {
		return nil
	}
	factor := 1
	for max(shape[1], shape[2])/factor > protocol.MaxPictureSide {
		factor++
	}
	p := &protocol.Pictures{Width: shape[2] / factor, Height: shape[1] / factor, Colors: shape[0]}
	if p.Width == 0 || p.Height == 0 {
		return nil
	}
	for i := range records.Rows {
		p.Pairs = append(p.Pairs, protocol.Picture{
			Record: pixels(records.Row(i), shape, factor, p), Rebuilt: pixels(rebuilt.Row(i), shape, factor, p),
		})
	}
	return p
}

// pixels are the means of blocks of factor x factor values, 0 to 1, of a record in planes.
func pixels(x []float32, shape []int, factor int, p *protocol.Pictures) []byte {
	out := make([]byte, 0, p.Width*p.Height*p.Colors)
	for row := range p.Height {
		for col := range p.Width {
			for c := range p.Colors {
				var sum float64
				for i := range factor * factor {
					at := (c*shape[1]+row*factor+i/factor)*shape[2] + col*factor + i%factor
					sum += float64(x[at])
				}
				mean := sum / float64(factor*factor)
				out = append(out, byte(math.Round(255*max(0, min(1, mean)))))
			}
		}
	}
	return out
}
