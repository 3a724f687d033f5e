package protocol

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// Limits of what a worker measures.
const (
	MaxRecordsBytes       = 64 << 20                 // of Records.Values
	MaxSealedRecordsBytes = MaxRecordsBytes + 64<<10 // of the envelope
	MaxGallery            = 1000                     // records under attack
	MaxTrainRecords       = 20_000
)

// Records are what a leakage sheet is measured on, sealed by a creator to workers (SealRecords, with the prefix hash as
// id). No one else sees them, but the figures that come of them.
type Records struct {
	Salt  [32]byte `json:"salt"`  // random, so that Digest tells nothing about records that could be guessed
	Proof Digest   `json:"proof"` // RecordsProof of the prefix
	Train uint32   `json:"train"` // how many the attacker owns; those after them are under attack
	// Values are all records one after the other, each in the prefix's order, as float32 in little-endian order, from 0 to 1:
	// 0 stands for the low end of the model's input range, 1 for the high one.
	Values []byte `json:"values"`
}

// RecordsProof is what only knows who sealed the prefix: figures of records that a stranger chose would tell the weights.
func (p PrefixPayload) RecordsProof() Digest { return NewDigest("records-proof", p.Salt[:]) }

// NewRecords packs the attacker's records and those under attack. Errors wrap ErrMalformed.
func NewRecords(salt [32]byte, proof Digest, train, test [][]float32) (r Records, err error) {
	r = Records{Salt: salt, Proof: proof, Train: uint32(len(train))}
	size := 0
	for _, list := range [][][]float32{train, test} {
		for _, x := range list {
			if size == 0 {
				size = len(x)
			}
			if len(x) != size || len(r.Values)+4*size > MaxRecordsBytes {
				return Records{}, fmt.Errorf("%w: records: one of %d values after those of %d, %d bytes are allowed in all", ErrMalformed, len(x), size, MaxRecordsBytes)
			}
			for _, v := range x {
				r.Values = binary.LittleEndian.AppendUint32(r.Values, math.Float32bits(v))
			}
		}
	}
	_, _, err = r.Split(size)
	return r, err
}

// Split checks the records of so many values each, and returns those that the attacker owns and those under attack.
// Errors wrap ErrMalformed.
func (r Records) Split(size int) (train, test [][]float32, err error) {
	if size < 1 || size > len(r.Values)/4 || len(r.Values) > MaxRecordsBytes || len(r.Values)%(4*size) != 0 {
		return nil, nil, fmt.Errorf("%w: records: %d bytes are no records of %d values", ErrMalformed, len(r.Values), size)
	}
	n := len(r.Values) / (4 * size)
	if r.Train < 2 || r.Train > MaxTrainRecords || n-int(r.Train) < 2 || n-int(r.Train) > MaxGallery {
		return nil, nil, fmt.Errorf("%w: records: %d of %d are for the attacker: want 2 to %d for it, and 2 to %d under attack",
			ErrMalformed, r.Train, n, MaxTrainRecords, MaxGallery)
	}
	flat := make([]float32, n*size)
	for i := range flat {
		v := math.Float32frombits(binary.LittleEndian.Uint32(r.Values[4*i:]))
		if !(v >= 0 && v <= 1) { // nor if it is not a number
			return nil, nil, fmt.Errorf("%w: records: value %d of record %d is not from 0 to 1", ErrMalformed, i%size, i/size) // the value is secret
		}
		flat[i] = v
	}
	rows := make([][]float32, n)
	for i := range rows {
		rows[i] = flat[i*size : (i+1)*size : (i+1)*size]
	}
	return rows[:r.Train], rows[r.Train:], nil
}

// Digest identifies the records; their salt keeps it from telling what they are.
func (r Records) Digest() (Digest, error) {
	b, err := Marshal(r)
	if err != nil {
		return Digest{}, err
	}
	return NewDigest("records", b), nil
}

// SealRecordsFor returns the records sealed to a worker's sealing key, for the prefix of that hash.
func SealRecordsFor(workerKey []byte, prefix Digest, r Records) (sealed []byte, err error) {
	b, err := Marshal(r)
	if err != nil {
		return nil, err
	}
	return Seal(workerKey, SealRecords, prefix, b)
}

// OpenRecords opens sealed records and returns their digest, too.
func OpenRecords(key SealingKey, prefix Digest, sealed []byte) (r Records, digest Digest, err error) {
	b, err := key.Open(SealRecords, prefix, sealed)
	if err != nil {
		return r, digest, err
	}
	return r, NewDigest("records", b), Unmarshal(b, &r)
}

// AttestedSheetVersion is that of the measurement behind an AttestedSheet.
const AttestedSheetVersion = 1

// AttestedSheet is what a worker measured of a release inside its TEE, from the prefix that it opened, the mechanism and the
// creator's records: the attacker's closed forms, and bounds. What needs the suffix, such as accuracy, is not in it and
// remains the creator's word, and so does that the records are like the users'. An attack by a trained network may find
// more; a Sheet has one.
type AttestedSheet struct {
	Version    uint32 `json:"version"`    // AttestedSheetVersion
	PrefixHash Digest `json:"prefixHash"` // of the cut
	Mechanism  Digest `json:"mechanism"`  // of the cut: Mechanism.Digest
	Shape      []int  `json:"shape"`      // of the cut's intermediate
	InputRange Range  `json:"inputRange"` // of the model: what 0 and 1 stand for in records
	Records    Digest `json:"records"`    // of Records
	Seed       Digest `json:"seed"`       // of the noise; follows from the three digests
	Time       uint64 `json:"time"`       // Unix seconds, by a clock that the worker's operator sets

	Values  int    `json:"values"` // numbers in a release
	Train   int    `json:"train"`  // records of the attacker
	Gallery int    `json:"gallery"`
	Linear  Attack `json:"linear"` // the best linear estimate, for known noise
	// Of the attacker's mean record, without any release.
	FloorSSIM *float64 `json:"floorSsim,omitempty"`
	FloorPSNR float64  `json:"floorPsnr"`
	FloorMSE  float64  `json:"floorMse"`
	// Match1 and Match10 are for an attacker who already holds every record of the gallery; see Sheet.
	Match1  float64 `json:"match1"`
	Match10 float64 `json:"match10"`

	BitCap *float64 `json:"bitCap"` // per release, on average over records like these; null: unbounded
	AnyCap *float64 `json:"anyCap"` // for records of any kind; null: unbounded
	Fano   *float64 `json:"fano"`   // bound on picking one of the gallery that follows from BitCap; null: none
}

// Digest is what the worker signs, and the nonce of the evidence beside it.
func (s AttestedSheet) Digest() (Digest, error) {
	b, err := Marshal(s)
	if err != nil {
		return Digest{}, err
	}
	return NewDigest("attested-sheet", b), nil
}

// Red reports whether the figures alone forbid to call the release safe: nothing bounds what it tells, or a record is
// recognised in more than 10 of 100 cases. Otherwise better attacks decide; see Sheet.Rate.
func (s AttestedSheet) Red() bool { return s.BitCap == nil || s.Linear.ReID1 > 0.1 }

// Of checks that the sheet is of a cut of a model with inputs of range r. Errors wrap ErrMalformed.
func (s AttestedSheet) Of(c Cut, r Range) error {
	m := c.Mechanism()
	mechanism, err := m.Digest()
	if err != nil {
		return err
	}
	values, err := shapeSize(m.Shape(c.Shape))
	switch {
	case err != nil:
		return err
	case s.PrefixHash != c.PrefixHash:
		return fmt.Errorf("%w: attested sheet: prefixHash is %s, the cut's is %s", ErrMalformed, s.PrefixHash, c.PrefixHash)
	case s.Mechanism != mechanism:
		return fmt.Errorf("%w: attested sheet: mechanism is %s, the cut's is %s", ErrMalformed, s.Mechanism, mechanism)
	case !slices.Equal(s.Shape, c.Shape):
		return fmt.Errorf("%w: attested sheet: shape is %v, the cut's is %v", ErrMalformed, s.Shape, c.Shape)
	case s.InputRange != r:
		return fmt.Errorf("%w: attested sheet: inputRange is %v, the model's is %v", ErrMalformed, s.InputRange, r)
	case s.Values != values:
		return fmt.Errorf("%w: attested sheet: values is %d, the cut releases %d", ErrMalformed, s.Values, values)
	case m.Noise == 0 && (s.BitCap != nil || s.AnyCap != nil || s.Fano != nil):
		return fmt.Errorf("%w: attested sheet: a cap without noise", ErrMalformed)
	}
	return nil
}

// Validate checks the bounds of everything. Errors wrap ErrMalformed.
func (s AttestedSheet) Validate() error {
	a := s.Linear
	switch {
	case s.Version != AttestedSheetVersion:
		return fmt.Errorf("%w: attested sheet: version %d, this program reads %d", ErrMalformed, s.Version, AttestedSheetVersion)
	case s.Train < 2 || s.Train > MaxTrainRecords || s.Gallery < 2 || s.Gallery > MaxGallery || a.Records != s.Gallery:
		return fmt.Errorf("%w: attested sheet: %d records of the attacker, %d under attack of a gallery of %d", ErrMalformed, s.Train, a.Records, s.Gallery)
	case len(s.Shape) > 8 || len(a.Name)+len(a.Effort) > 256:
		return fmt.Errorf("%w: attested sheet: shape or texts are too long", ErrMalformed)
	}
	if err := checkText(a.Name + a.Effort); err != nil {
		return fmt.Errorf("attested sheet: %w", err)
	}
	shares := []float64{a.ReID1, a.ReID10, s.Match1, s.Match10}
	if s.Fano != nil {
		shares = append(shares, *s.Fano)
	}
	for _, v := range shares {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("%w: attested sheet: a share is %v", ErrMalformed, v)
		}
	}
	numbers := []float64{a.PSNR, a.MSE, a.WorstMSE, s.FloorPSNR, s.FloorMSE}
	for _, p := range []*float64{a.SSIM, a.WorstSSIM, s.FloorSSIM, s.BitCap, s.AnyCap} {
		if p != nil {
			numbers = append(numbers, *p)
		}
	}
	for _, v := range numbers {
		if !(math.Abs(v) <= 1e12) {
			return fmt.Errorf("%w: attested sheet: a figure is %v", ErrMalformed, v)
		}
	}
	return nil
}

// SignedSheet is an attested sheet with what shows that a worker made it. A quote alone would not: a worker quotes any
// nonce that it is asked for. Its receipt key signs no sheet that it did not measure, and the quote binds that key.
type SignedSheet struct {
	Cut       uint32        `json:"cut"`
	Sheet     AttestedSheet `json:"sheet"`
	Signature []byte        `json:"signature"` // by the receipt key over the sheet's digest
	Evidence  Evidence      `json:"evidence"`  // with the sheet's digest as nonce
}

// NewSheetSignature validates and signs a sheet with a receipt key.
func NewSheetSignature(key SigningKey, s AttestedSheet) ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	d, err := s.Digest()
	if err != nil {
		return nil, err
	}
	return key.SignDigest(d), nil
}

// VerifySignature checks bounds, and that the receipt key of account signer signed the sheet.
func (s SignedSheet) VerifySignature(signer Address) error {
	if err := s.Sheet.Validate(); err != nil {
		return err
	}
	d, err := s.Sheet.Digest()
	if err != nil {
		return err
	}
	if err := VerifyDigest(d, s.Signature, signer); err != nil {
		return fmt.Errorf("attested sheet: %w", err)
	}
	return nil
}

// SheetOrder asks a host to have a sheet measured.
type SheetOrder struct {
	Cut          uint32 `json:"cut"`
	Records      Digest `json:"records"`      // BlobDigest of the sealed records
	RecordsBytes uint64 `json:"recordsBytes"` // at most MaxSealedRecordsBytes
	Signature    []byte `json:"signature"`    // by the model's creator over Domain.SheetOrderDigest
}

const sheetOrderType = "SheetOrder(bytes32 modelId,uint32 cut,bytes32 records,uint64 recordsBytes)" // never on chain

// SheetOrderDigest returns what a creator signs who wants a sheet of a model's cut.
func (d Domain) SheetOrderDigest(model Digest, o SheetOrder) Digest {
	return d.digest(sheetOrderType, model, uintWord(uint64(o.Cut)), o.Records, uintWord(o.RecordsBytes))
}
