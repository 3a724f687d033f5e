package fhe

import (
	"context"
	"testing"
)

func BenchmarkSession(b *testing.B) {
	for name, f := range map[string]func() (*session, error){"levelled": levelledSession, "keyless": keylessSession} {
		s, err := f()
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/encrypt", func(b *testing.B) {
			for b.Loop() {
				if _, err := s.plan.Encrypt(s.sk, s.x); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/evaluate", func(b *testing.B) {
			for b.Loop() {
				if _, err := s.ev.Evaluate(context.Background(), s.keys, s.input, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/release", func(b *testing.B) {
			for b.Loop() {
				d, err := s.plan.Decrypt(s.sk, s.output)
				if err != nil {
					b.Fatal(err)
				}
				if err := d.Flood(s.plan.NoiseStd() * FloodFactor(1, 30, size(s.plan.c.shape))); err != nil {
					b.Fatal(err)
				}
				if _, err := d.Decode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTrunk evaluates the whole trunk of the X-ray model on two goroutines.
func BenchmarkTrunk(b *testing.B) {
	p := trunkNet(b)
	k := looseCompiler(b, p)
	lit, err := k.levelled(inputProd, 14, 2, false)
	if err != nil {
		b.Fatal(err)
	}
	plan, err := NewPlan(lit)
	if err != nil {
		b.Fatal(err)
	}
	s, err := newSession(p, plan)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(plan.Info().PredictedSeconds, "predicted-s")
	for b.Loop() {
		if _, err := s.ev.Evaluate(context.Background(), s.keys, s.input, nil); err != nil {
			b.Fatal(err)
		}
	}
}
