package protocol

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

func testRecords(t *testing.T) Records {
	t.Helper()
	r, err := NewRecords([32]byte{1}, Digest{2}, [][]float32{{0, 0.5}, {1, 0.25}, {0.5, 0}}, [][]float32{{0.125, 1}, {1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRecords(t *testing.T) {
	t.Parallel()
	key, err := NewSealingKey()
	if err != nil {
		t.Fatal(err)
	}
	r := testRecords(t)
	sealed, err := SealRecordsFor(key.Public(), Digest{5}, r)
	if err != nil {
		t.Fatal(err)
	}
	back, digest, err := OpenRecords(key, Digest{5}, sealed)
	if err != nil || digest.IsZero() || !bytes.Equal(back.Values, r.Values) || back.Salt != r.Salt {
		t.Fatalf("opened %+v: %v", back, err)
	}
	train, test, err := back.Split(2)
	if err != nil || len(train) != 3 || len(test) != 2 || train[1][1] != 0.25 || test[0][0] != 0.125 {
		t.Errorf("split into %v and %v: %v", train, test, err)
	}
	if _, _, err := OpenRecords(key, Digest{6}, sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("for another prefix: %v", err)
	}
	other, err := Seal(key.Public(), SealPrefix, Digest{5}, []byte{0xa0})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenRecords(key, Digest{5}, other); !errors.Is(err, ErrSealed) {
		t.Errorf("for another purpose: %v", err)
	}
	if other, err = Seal(key.Public(), SealRecords, Digest{5}, []byte{0xa1, 0x61, 'x', 1}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenRecords(key, Digest{5}, other); !errors.Is(err, ErrMalformed) {
		t.Errorf("foreign content: %v", err)
	}
	r.Salt[0]++
	if sealed, err = SealRecordsFor(key.Public(), Digest{5}, r); err != nil {
		t.Fatal(err)
	}
	if _, salted, err := OpenRecords(key, Digest{5}, sealed); err != nil || salted == digest {
		t.Errorf("the salt does not change the digest: %v", err)
	}
}

func TestRecordsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Records)
		size   int
	}{
		"overflow":           {func(*Records) {}, 1 << 62},
		"no size":            {func(*Records) {}, 0},
		"other size":         {func(*Records) {}, 3},
		"odd bytes":          {func(r *Records) { r.Values = r.Values[:len(r.Values)-1] }, 2},
		"nothing":            {func(r *Records) { r.Values = nil }, 2},
		"no attacker":        {func(r *Records) { r.Train = 1 }, 2},
		"nothing to attack":  {func(r *Records) { r.Train = 4 }, 2},
		"more than there is": {func(r *Records) { r.Train = math.MaxUint32 }, 2},
		"too large":          {func(r *Records) { r.Values = make([]byte, MaxRecordsBytes+8) }, 2},
		"too many for the attacker": {func(r *Records) {
			r.Values, r.Train = make([]byte, 8*(MaxTrainRecords+3)), MaxTrainRecords+1
		}, 2},
		"too large a gallery": {func(r *Records) { r.Values = make([]byte, 8*(MaxGallery+4)) }, 2},
		"beyond one":          {func(r *Records) { copy(r.Values, []byte{0, 0, 0x80, 0x40}) }, 2},
		"below zero":          {func(r *Records) { copy(r.Values, []byte{0, 0, 0x80, 0xbf}) }, 2},
		"no number":           {func(r *Records) { copy(r.Values, []byte{0, 0, 0xc0, 0x7f}) }, 2},
	} {
		r := testRecords(t)
		c.change(&r)
		if _, _, err := r.Split(c.size); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, test := range map[string][][]float32{"none": nil, "other sizes": {{0, 0}, {0}}, "out of range": {{0, 0}, {0, 2}}} {
		if _, err := NewRecords([32]byte{}, Digest{}, [][]float32{{0, 0}, {1, 1}}, test); !errors.Is(err, ErrMalformed) {
			t.Errorf("pack %s: %v", name, err)
		}
	}
}

func testAttestedSheet(t *testing.T) (AttestedSheet, Cut, Range) {
	t.Helper()
	c, r := testManifest().Cuts[0], Range{0, 1}
	c.Release = &Mechanism{Clip: 4, Noise: 1, Std: make([]float64, 64)}
	for i := range c.Release.Std {
		c.Release.Std[i] = 1
	}
	mechanism, err := c.Mechanism().Digest()
	if err != nil {
		t.Fatal(err)
	}
	ssim, bits, fano := 0.5, 6., 0.75
	return AttestedSheet{
		Version: AttestedSheetVersion, PrefixHash: c.PrefixHash, Mechanism: mechanism, Shape: c.Shape, InputRange: r, Records: Digest{7}, Seed: Digest{8}, Time: 9,
		Values: 64, Train: 100, Gallery: 50, FloorSSIM: &ssim, FloorPSNR: 12, FloorMSE: 0.06,
		Linear: Attack{Name: "ridge", Effort: "closed form, 100 records", Records: 50, Quality: Quality{PSNR: 20, MSE: 0.01}, ReID1: 0.02, ReID10: 0.2},
		Match1: 0.1, Match10: 0.4, BitCap: &bits, AnyCap: &bits, Fano: &fano,
	}, c, r
}

// Whatever is changed in a signed sheet, its signature no more fits.
func TestAttestedSheetSigned(t *testing.T) {
	t.Parallel()
	key, err := NewSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	sheet, cut, r := testAttestedSheet(t)
	signature, err := NewSheetSignature(key, sheet)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(SignedSheet{Sheet: sheet, Signature: signature}.VerifySignature(key.Address()), sheet.Of(cut, r)); err != nil {
		t.Fatal(err)
	}
	less := 1.
	for name, change := range map[string]func(*AttestedSheet){
		"prefix": func(s *AttestedSheet) { s.PrefixHash[0]++ }, "mechanism": func(s *AttestedSheet) { s.Mechanism[0]++ },
		"shape": func(s *AttestedSheet) { s.Shape = []int{8, 8} },
		"range": func(s *AttestedSheet) { s.InputRange.High = 2 }, "records": func(s *AttestedSheet) { s.Records[0]++ },
		"seed": func(s *AttestedSheet) { s.Seed[0]++ }, "time": func(s *AttestedSheet) { s.Time++ },
		"values": func(s *AttestedSheet) { s.Values-- }, "train": func(s *AttestedSheet) { s.Train++ },
		"gallery": func(s *AttestedSheet) { s.Gallery++; s.Linear.Records++ }, "attack": func(s *AttestedSheet) { s.Linear.Name = "none" },
		"effort": func(s *AttestedSheet) { s.Linear.Effort += "!" }, "MSE": func(s *AttestedSheet) { s.Linear.MSE *= 2 },
		"SSIM": func(s *AttestedSheet) { s.Linear.SSIM = &less }, "re-ID": func(s *AttestedSheet) { s.Linear.ReID1 = 0 },
		"re-ID 10": func(s *AttestedSheet) { s.Linear.ReID10 = 0 }, "floor": func(s *AttestedSheet) { s.FloorSSIM = nil },
		"floor MSE": func(s *AttestedSheet) { s.FloorMSE = 0 }, "match": func(s *AttestedSheet) { s.Match1 = 0 },
		"match 10": func(s *AttestedSheet) { s.Match10 = 0 }, "bits": func(s *AttestedSheet) { s.BitCap = &less },
		"bits for any": func(s *AttestedSheet) { s.AnyCap = &less }, "Fano": func(s *AttestedSheet) { s.Fano = nil },
	} {
		changed := sheet
		change(&changed)
		if err := (SignedSheet{Sheet: changed, Signature: signature}).VerifySignature(key.Address()); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (SignedSheet{Sheet: sheet, Signature: signature}).VerifySignature(Address{1}); !errors.Is(err, ErrSignature) {
		t.Errorf("another signer: %v", err)
	}
}

func TestAttestedSheetValidate(t *testing.T) {
	t.Parallel()
	nan, two := math.NaN(), 2.
	for name, change := range map[string]func(*AttestedSheet){
		"version": func(s *AttestedSheet) { s.Version++ }, "train": func(s *AttestedSheet) { s.Train = 1 },
		"gallery": func(s *AttestedSheet) { s.Gallery = MaxGallery + 1 }, "records": func(s *AttestedSheet) { s.Linear.Records = 3 },
		"share": func(s *AttestedSheet) { s.Match1 = 1.5 }, "no share": func(s *AttestedSheet) { s.Linear.ReID1 = nan },
		"Fano": func(s *AttestedSheet) { s.Fano = &two }, "figure": func(s *AttestedSheet) { s.FloorMSE = math.Inf(1) },
		"no figure": func(s *AttestedSheet) { s.Linear.SSIM = &nan }, "terminal": func(s *AttestedSheet) { s.Linear.Effort = "\x1b[2J" },
		"long": func(s *AttestedSheet) { s.Linear.Name = strings.Repeat("x", 300) },
	} {
		s, _, _ := testAttestedSheet(t)
		change(&s)
		if err := s.Validate(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := NewSheetSignature(SigningKey{}, s); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s is signed: %v", name, err)
		}
	}
	for name, change := range map[string]func(*AttestedSheet, *Cut, *Range){
		"prefixHash": func(_ *AttestedSheet, c *Cut, _ *Range) { c.PrefixHash[0]++ },
		"mechanism":  func(_ *AttestedSheet, c *Cut, _ *Range) { c.Release.Noise = 2 },
		"shape":      func(_ *AttestedSheet, c *Cut, _ *Range) { c.Shape = []int{8, 8} },
		"inputRange": func(_ *AttestedSheet, _ *Cut, r *Range) { r.Low = -1 },
		"values":     func(s *AttestedSheet, _ *Cut, _ *Range) { s.Values++ },
		"a cap": func(s *AttestedSheet, c *Cut, _ *Range) {
			c.Release.Noise = 0
			s.Mechanism, _ = c.Release.Digest()
		},
	} {
		s, c, r := testAttestedSheet(t)
		change(&s, &c, &r)
		if err := s.Of(c, r); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSheetOrder(t *testing.T) {
	t.Parallel()
	d, o := Domain{ChainID: 1, Market: Address{1}}, SheetOrder{Cut: 2, Records: Digest{3}, RecordsBytes: 4}
	base := d.SheetOrderDigest(Digest{5}, o)
	o.Signature = []byte{1}
	if d.SheetOrderDigest(Digest{5}, o) != base {
		t.Error("the digest depends on the signature")
	}
	seen := map[Digest]bool{base: true}
	for name, other := range map[string]Digest{
		"model": d.SheetOrderDigest(Digest{6}, o), "cut": d.SheetOrderDigest(Digest{5}, SheetOrder{Cut: 3, Records: o.Records, RecordsBytes: 4}),
		"records": d.SheetOrderDigest(Digest{5}, SheetOrder{Cut: 2, Records: Digest{4}, RecordsBytes: 4}),
		"bytes":   d.SheetOrderDigest(Digest{5}, SheetOrder{Cut: 2, Records: o.Records, RecordsBytes: 5}),
		"chain":   Domain{ChainID: 2, Market: d.Market}.SheetOrderDigest(Digest{5}, o),
	} {
		if seen[other] {
			t.Errorf("%s does not change the digest", name)
		}
		seen[other] = true
	}
}

func FuzzAttestedSheet(f *testing.F) {
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s AttestedSheet
		if Unmarshal(b, &s) != nil || s.Validate() != nil {
			return
		}
		if _, err := s.Digest(); err != nil {
			t.Fatal(err)
		}
		_ = s.Of(testManifest().Cuts[0], s.InputRange)
	})
}

func FuzzRecords(f *testing.F) {
	f.Add(uint32(2), make([]byte, 32), 2)
	f.Fuzz(func(t *testing.T, train uint32, values []byte, size int) {
		a, b, err := Records{Train: train, Values: values}.Split(size)
		if err == nil && 4*size*(len(a)+len(b)) != len(values) {
			t.Fatalf("%d and %d records of %d values from %d bytes", len(a), len(b), size, len(values))
		}
	})
}
