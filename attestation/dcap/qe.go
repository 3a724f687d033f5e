package dcap

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation/quote"
)

// QEVendor is the vendor id of Intel's quoting enclaves.
var QEVendor = [16]byte{0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07}

// QEIdentity is Intel's signed description of its quoting enclave (version 2).
type QEIdentity struct {
	ID      string `json:"id"` // "QE" or "TD_QE"
	Version int    `json:"version"`
	validity
	EvaluationNumber uint32     `json:"tcbEvaluationDataNumber"`
	MiscSelect       hexBytes   `json:"miscselect"`
	MiscSelectMask   hexBytes   `json:"miscselectMask"`
	Attributes       hexBytes   `json:"attributes"`
	AttributesMask   hexBytes   `json:"attributesMask"`
	MrSigner         hexBytes   `json:"mrsigner"`
	ProductID        uint16     `json:"isvprodid"`
	Levels           []isvLevel `json:"tcbLevels"`
}

// ParseQEIdentity reads the document and sorts its levels, best first.
func ParseQEIdentity(raw []byte) (e QEIdentity, err error) {
	if len(raw) > maxDocument {
		return e, fmt.Errorf("%w: QE identity of %d bytes, at most %d", ErrMalformed, len(raw), maxDocument)
	}
	if err := signedJSON(raw, &e); err != nil {
		return e, fmt.Errorf("%w: QE identity: %w", ErrMalformed, err)
	}
	if err := e.validate(); err != nil {
		return e, fmt.Errorf("%w: QE identity: %w", ErrMalformed, err)
	}
	sortISV(e.Levels)
	return e, nil
}

func (e QEIdentity) validate() error {
	switch {
	case e.ID != "QE" && e.ID != "TD_QE" || e.Version != 2:
		return fmt.Errorf("id %q, version %d; want QE or TD_QE, 2", e.ID, e.Version)
	case len(e.MiscSelect) != 4 || len(e.MiscSelectMask) != 4:
		return errors.New("miscselect has the wrong size")
	case len(e.Attributes) != 16 || len(e.AttributesMask) != 16:
		return errors.New("attributes have the wrong size")
	case len(e.MrSigner) != 32:
		return errors.New("mrsigner has the wrong size")
	case len(e.Levels) == 0:
		return errors.New("no levels")
	}
	return validateISV(e.Levels)
}

// Verify checks that the quote's QE report is of the enclave that the document describes.
func (e QEIdentity) Verify(q quote.Quote) error {
	want := "QE"
	if q.TEE == quote.TDX {
		want = "TD_QE"
	}
	r := q.QEReport
	switch {
	case e.ID != want:
		return fmt.Errorf("%w: QE identity is of %s, want %s", ErrMismatch, e.ID, want)
	case !bytes.Equal(r.MrSigner[:], e.MrSigner):
		return fmt.Errorf("quoting enclave MRSIGNER %x, want %x", r.MrSigner, []byte(e.MrSigner))
	case r.ProductID != e.ProductID:
		return fmt.Errorf("quoting enclave product id %d, want %d", r.ProductID, e.ProductID)
	case !maskedEqual(r.MiscSelect[:], e.MiscSelect, e.MiscSelectMask):
		return fmt.Errorf("quoting enclave MISCSELECT %x, want %x under mask %x", r.MiscSelect, []byte(e.MiscSelect), []byte(e.MiscSelectMask))
	case !maskedEqual(r.Attributes[:], e.Attributes, e.AttributesMask):
		return fmt.Errorf("quoting enclave attributes %x, want %x under mask %x", r.Attributes, []byte(e.Attributes), []byte(e.AttributesMask))
	}
	return nil
}

// Assess finds the first level that the quoting enclave's SVN reaches.
func (e QEIdentity) Assess(q quote.Quote) (Assessment, error) {
	for _, l := range e.Levels {
		if q.QEReport.SVN >= l.TCB.SVN {
			return l.assessment(), nil
		}
	}
	return Assessment{}, fmt.Errorf("%w: quoting enclave of SVN %d", ErrNoLevel, q.QEReport.SVN)
}
