package leakage

import (
	"context"
	"math"
	"slices"
)

// ssimWindow is the side of the windows of SSIM.
const ssimWindow = 7

// ssim is the structural similarity of two images of values in [0, 1], averaged over channels and over all positions of
// a uniform 7x7 window that lie within the image (Wang, Bovik, Sheikh and Simoncelli, IEEE TIP 2004, with the uniform
// window of their reference [6], K1 = 0.01, K2 = 0.03 and moments divided by 49).
func ssim(a, b []float32, shape []int) float64 {
	const c1, c2, n = 0.01 * 0.01, 0.03 * 0.03, ssimWindow * ssimWindow
	channels, height, width := shape[0], shape[1], shape[2]
	sum, windows := 0.0, 0
	for c := range channels {
		x, y := a[c*height*width:], b[c*height*width:]
		for top := range height - ssimWindow + 1 {
			for left := range width - ssimWindow + 1 {
				var sx, sy, sxx, syy, sxy float64
				for i := range ssimWindow {
					at := (top+i)*width + left
					for j := range ssimWindow {
						u, v := float64(x[at+j]), float64(y[at+j])
						sx, sy, sxx, syy, sxy = sx+u, sy+v, sxx+u*u, syy+v*v, sxy+u*v
					}
				}
				mx, my := sx/n, sy/n
				vx, vy, cov := sxx/n-mx*mx, syy/n-my*my, sxy/n-mx*my
				sum += (2*mx*my + c1) * (2*cov + c2) / ((mx*mx + my*my + c1) * (vx + vy + c2))
				windows++
			}
		}
	}
	return sum / float64(windows)
}

// distance is the mean square difference.
func distance(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return sum / float64(len(a))
}

// psnr is the peak signal-to-noise ratio in decibels of values in [0, 1], at most 100.
func psnr(mse float64) float64 { return -10 * math.Log10(mse+1e-10) }

// quality compares row by row; rows of a may be all the same.
func quality(ctx context.Context, got, want Matrix, s *Subject) (Quality, error) {
	errs, similar := make([]float64, want.Rows), make([]float64, want.Rows)
	err := parallel(ctx, want.Rows, func(i int) error {
		errs[i] = distance(got.Row(i), want.Row(i))
		if s.image() {
			similar[i] = ssim(got.Row(i), want.Row(i), s.Shape)
		}
		return nil
	})
	var q Quality
	for _, e := range errs {
		q.PSNR += psnr(e) / float64(len(errs))
		q.MSE += e / float64(len(errs))
	}
	q.WorstMSE = quantile(errs, 0.05)
	if s.image() {
		mean, worst := 0.0, quantile(similar, 0.95)
		for _, v := range similar {
			mean += v / float64(len(similar))
		}
		q.SSIM, q.WorstSSIM = &mean, &worst
	}
	return q, err
}

// quantile sorts the list and interpolates.
func quantile(list []float64, p float64) float64 {
	list = slices.Sorted(slices.Values(list))
	at := p * float64(len(list)-1)
	i := int(at)
	if i == len(list)-1 {
		return list[i]
	}
	return list[i] + (at-float64(i))*(list[i+1]-list[i])
}

// ranks gives for each row i of got how many rows of the gallery are nearer to it than row i of the gallery, in
// Euclidean distance. Ties are counted for the attacker.
func ranks(ctx context.Context, got, gallery Matrix) ([]int, error) {
	out := make([]int, got.Rows)
	err := parallel(ctx, got.Rows, func(i int) error {
		own := distance(got.Row(i), gallery.Row(i))
		for j := range gallery.Rows {
			if distance(got.Row(i), gallery.Row(j)) < own {
				out[i]++
			}
		}
		return nil
	})
	return out, err
}

// within is the share of ranks below n.
func within(ranks []int, n int) float64 {
	count := 0
	for _, r := range ranks {
		if r < n {
			count++
		}
	}
	return float64(count) / float64(len(ranks))
}

// featureErrors is, for each column, the root mean square error over the standard deviation in want: 0 rebuilt, 1 no
// better than the mean. Columns that do not vary give 1.
func featureErrors(got, want Matrix) []float64 {
	mean := means(want)
	out := make([]float64, want.Cols)
	for j := range out {
		var e, v float64
		for i := range want.Rows {
			w := float64(want.Row(i)[j])
			e += (float64(got.Row(i)[j]) - w) * (float64(got.Row(i)[j]) - w)
			v += (w - mean[j]) * (w - mean[j])
		}
		out[j] = 1
		if v > 0 {
			out[j] = math.Sqrt(e / v)
		}
	}
	return out
}
