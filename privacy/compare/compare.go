// Package compare says how near reconstructions of records come to the records: picture by picture, and among others.
package compare

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/encrypted-compute/encompute/protocol"
)

// float is a value of a record.
type float interface{ float32 | float64 }

// ssimWindow is the side of the windows of SSIM.
const ssimWindow = 7

// Image reports whether records of a shape are images on which SSIM is defined.
func Image(shape []int) bool {
	return len(shape) == 3 && min(shape[1], shape[2]) >= ssimWindow
}

// SSIM is the structural similarity of two images of values in [0, 1], averaged over channels and over all positions of
// a uniform 7x7 window that lie within the image (Wang, Bovik, Sheikh and Simoncelli, IEEE TIP 2004, with the uniform
// window of their reference [6], K1 = 0.01, K2 = 0.03 and moments divided by 49).
func SSIM[A, B float](a []A, b []B, shape []int) float64 {
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

// Distance is the mean square difference.
func Distance[A, B float](a []A, b []B) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return sum / float64(len(a))
}

// PSNR is the peak signal-to-noise ratio in decibels for a mean square error of values in [0, 1], at most 100.
func PSNR(mse float64) float64 { return -10 * math.Log10(mse+1e-10) }

// Quality compares reconstructions with records of a shape, one by one; reconstructions may be all the same.
func Quality[A, B float](ctx context.Context, got [][]A, want [][]B, shape []int) (q protocol.Quality, err error) {
	errs, similar := make([]float64, len(want)), make([]float64, len(want))
	err = Parallel(ctx, len(want), func(i int) error {
		errs[i] = Distance(got[i], want[i])
		if Image(shape) {
			similar[i] = SSIM(got[i], want[i], shape)
		}
		return nil
	})
	for _, e := range errs {
		q.PSNR += PSNR(e) / float64(len(errs))
		q.MSE += e / float64(len(errs))
	}
	q.WorstMSE = quantile(errs, 0.05)
	if Image(shape) {
		mean, worst := 0.0, quantile(similar, 0.95)
		for _, v := range similar {
			mean += v / float64(len(similar))
		}
		q.SSIM, q.WorstSSIM = &mean, &worst
	}
	return q, err
}

// quantile interpolates.
func quantile(list []float64, p float64) float64 {
	list = slices.Sorted(slices.Values(list))
	at := p * float64(len(list)-1)
	i := int(at)
	if i == len(list)-1 {
		return list[i]
	}
	return list[i] + (at-float64(i))*(list[i+1]-list[i])
}

// Ranks gives for each i how many rows of the gallery are nearer to got[i] than row i of the gallery, in Euclidean
// distance. Ties are counted for the attacker.
func Ranks[A, B float](ctx context.Context, got [][]A, gallery [][]B) ([]int, error) {
	out := make([]int, len(got))
	err := Parallel(ctx, len(got), func(i int) error {
		own := Distance(got[i], gallery[i])
		for _, other := range gallery {
			if Distance(got[i], other) < own {
				out[i]++
			}
		}
		return nil
	})
	return out, err
}

// Within is the share of ranks below n.
func Within(ranks []int, n int) float64 {
	count := 0
	for _, r := range ranks {
		if r < n {
			count++
		}
	}
	return float64(count) / float64(len(ranks))
}

// Parallel runs f for 0 to n-1 on all cores, and stops early when the context ends or f fails. It panics if f does, on
// the caller's goroutine, where that can be recovered.
func Parallel(ctx context.Context, n int, f func(i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	var panicked atomic.Value
	for i := range n {
		g.Go(func() error {
			defer func() {
				if p := recover(); p != nil {
					panicked.CompareAndSwap(nil, fmt.Sprint(p))
				}
			}()
			if err := ctx.Err(); err != nil {
				return err
			}
			return f(i)
		})
	}
	err := g.Wait()
	if p := panicked.Load(); p != nil {
		panic(p)
	}
	return err
}
