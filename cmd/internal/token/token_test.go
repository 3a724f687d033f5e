package token

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Amount{
		"0": 0, "0.25": 250_000, "1": 1_000_000, "1.5": 1_500_000, "0.000001": 1, "0012.300000": 12_300_000,
		"18446744073709.551615": math.MaxUint64,
	} {
		got, err := Parse(in)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", ".", "1.", ".5", "-1", "+1", "1e3", "0x10", "1,5", " 1", "1 ", "0.0000001", "1.2.3", "1_000",
		"18446744073709.551616", "99999999999999999999", "١",
	} {
		if got, err := Parse(in); err == nil {
			t.Errorf("Parse(%q) = %d, want an error", in, got)
		}
	}
}

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Amount(rapid.Uint64().Draw(t, "amount"))
		got, err := Parse(want.String())
		if err != nil || got != want {
			t.Fatalf("Parse(%q) = %d, %v; want %d", want.String(), got, err, want)
		}
	})
}

func TestString(t *testing.T) {
	t.Parallel()
	for in, want := range map[Amount]string{0: "0", 1: "0.000001", 250_000: "0.25", 12_000_000: "12", 1_000_001: "1.000001"} {
		if got := in.String(); got != want {
			t.Errorf("%d reads %q, want %q", uint64(in), got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0.25", "1", "18446744073709.551615", ".", "-0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			return
		}
		if again, err := Parse(a.String()); err != nil || again != a {
			t.Fatalf("%q reads as %d, which writes as %q", s, uint64(a), a.String())
		}
	})
}
