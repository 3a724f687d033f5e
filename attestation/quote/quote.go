// Package quote takes Intel DCAP quotes apart: TDX versions 4 and 5, SGX version 3.
//
// It reads bytes and believes nothing: signatures and meaning are the business of packages dcap
// and attestation. Layouts follow Intel's "TDX DCAP Quoting Library API" and the structures of
// its quote generation library (sgx_quote_3.h, sgx_quote_4.h, sgx_quote_5.h).
package quote

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Bounds and sizes in bytes.
const (
	MaxBytes      = 64 << 10
	HeaderSize    = 48
	TDReportSize  = 584
	TD15Size      = 648
	EnclaveSize   = 384
	SignatureSize = 64 // ECDSA P-256, r || s
	KeySize       = 64 // P-256 point, X || Y
)

// The header that Open Enclave, and with it EGo, puts before an SGX quote: version, type, size.
const (
	wrapperSize    = 16
	wrapperVersion = 1
	wrapperRemote  = 2
)

const (
	ecdsaP256      = 2
	certPCKChain   = 5
	certQEReport   = 6
	bodyTD10       = 2
	bodyTD15       = 3
	maxAuthData    = 1024
	maxCertificate = 32 << 10
)

// ErrMalformed is wrapped by every error of this package.
var ErrMalformed = errors.New("malformed quote")

// TEE is the kind of trusted execution environment.
type TEE uint32

// The kinds of TEE that a quote names.
const (
	SGX TEE = 0
	TDX TEE = 0x81
)

// String is the name that evidence and verdicts use: "tdx" or "sgx".
func (t TEE) String() string {
	switch t {
	case SGX:
		return "sgx"
	case TDX:
		return "tdx"
	}
	return fmt.Sprintf("%#x", uint32(t))
}

// Quote is a parsed quote.
type Quote struct {
	Version  uint16
	TEE      TEE
	Reserved [4]byte // zero in version 4; QE and PCE SVN in version 3
	QEVendor [16]byte
	Wrapped  bool // came in a report of Open Enclave

	TD      *TDReport      // of TDX quotes
	Enclave *EnclaveReport // of SGX quotes

	Signed         []byte // header and body: what the attestation key signed
	Signature      [SignatureSize]byte
	AttestationKey [KeySize]byte

	QEReport    EnclaveReport // over the attestation key, by the quoting enclave
	QEReportRaw []byte
	QESignature [SignatureSize]byte // over QEReportRaw, by the processor's PCK
	QEAuthData  []byte
	PCKChain    []byte // PEM: PCK, its CA, root

	Trailing []byte // whatever follows; honest quotes have only zeros here
}

// ReportData are the 64 bytes that the attested software put into the quote.
func (q Quote) ReportData() [64]byte {
	switch {
	case q.TD != nil:
		return q.TD.ReportData
	case q.Enclave != nil:
		return q.Enclave.ReportData
	}
	return [64]byte{}
}

// TDReport is what the TDX module says about a trust domain.
type TDReport struct {
	TEETCBSVN      [16]byte
	MrSeam         [48]byte
	MrSignerSeam   [48]byte
	SeamAttributes [8]byte
	Attributes     [8]byte
	XFAM           [8]byte
	MRTD           [48]byte
	MrConfigID     [48]byte
	MrOwner        [48]byte
	MrOwnerConfig  [48]byte
	RTMR           [4][48]byte
	ReportData     [64]byte

	TD15        bool // whether the two fields below are there
	TEETCBSVN2  [16]byte
	MrServiceTD [48]byte
}

// EnclaveReport is what the processor says about an SGX enclave.
type EnclaveReport struct {
	CPUSVN     [16]byte
	MiscSelect [4]byte
	Attributes [16]byte
	MrEnclave  [32]byte
	MrSigner   [32]byte
	ProductID  uint16
	SVN        uint16
	ReportData [64]byte
}

// Parse takes a quote apart, or an SGX quote within a remote report of Open Enclave. Every length
// is checked before it is used; every error wraps ErrMalformed and names the field.
func Parse(raw []byte) (Quote, error) {
	if len(raw) > MaxBytes {
		return Quote{}, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(raw), MaxBytes)
	}
	inner, err := unwrap(raw)
	if err != nil {
		return Quote{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	r := &reader{rest: inner}
	q, err := parse(r, inner)
	if err == nil {
		err = r.err
	}
	if q.Wrapped = len(inner) != len(raw); q.Wrapped && err == nil && q.TEE != SGX {
		err = errors.New("a report of Open Enclave holds something else than an SGX quote")
	}
	if err != nil {
		return Quote{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return q, nil
}

// unwrap takes the header of Open Enclave off, if it is there: no quote begins with version 1.
// Layout: openenclave/internal/report.h, oe_report_header_t.
func unwrap(raw []byte) ([]byte, error) {
	if len(raw) < wrapperSize || binary.LittleEndian.Uint32(raw) != wrapperVersion {
		return raw, nil
	}
	kind, size := binary.LittleEndian.Uint32(raw[4:]), binary.LittleEndian.Uint64(raw[8:])
	if kind != wrapperRemote {
		return nil, fmt.Errorf("report of Open Enclave has type %d, want %d (remote)", kind, wrapperRemote)
	}
	if size != uint64(len(raw)-wrapperSize) {
		return nil, fmt.Errorf("report of Open Enclave says %d bytes, holds %d", size, len(raw)-wrapperSize)
	}
	return raw[wrapperSize:], nil
}

func parse(r *reader, raw []byte) (q Quote, err error) {
	q.Version = r.uint16("version")
	if kind := r.uint16("attestation key type"); r.err == nil && kind != ecdsaP256 {
		return q, fmt.Errorf("attestation key type %d, want %d (ECDSA P-256)", kind, ecdsaP256)
	}
	q.TEE = TEE(r.uint32("TEE type"))
	r.fill(q.Reserved[:], "reserved")
	r.fill(q.QEVendor[:], "QE vendor id")
	r.take(20, "user data")
	if err := q.parseBody(r); err != nil {
		return q, err
	}
	q.Signed = raw[:len(raw)-len(r.rest)]
	auth := r.sized32("signature data", MaxBytes)
	q.Trailing = r.rest
	if r.err != nil {
		return q, r.err
	}
	return q, q.parseAuth(&reader{rest: auth})
}

func (q *Quote) parseBody(r *reader) error {
	if r.err != nil {
		return r.err
	}
	switch {
	case q.Version == 3 && q.TEE == SGX:
		e := parseEnclave(r.take(EnclaveSize, "enclave report"))
		q.Enclave = &e
	case q.Version == 4 && q.TEE == TDX:
		q.TD = parseTD(r, false)
	case q.Version == 5 && q.TEE == TDX:
		kind, size := r.uint16("body type"), r.uint32("body size")
		switch {
		case kind == bodyTD10 && size == TDReportSize:
			q.TD = parseTD(r, false)
		case kind == bodyTD15 && size == TD15Size:
			q.TD = parseTD(r, true)
		case r.err == nil:
			return fmt.Errorf("body type %d of %d bytes is not a TD report", kind, size)
		}
	default:
		return fmt.Errorf("version %d of TEE type %#x is not supported", q.Version, uint32(q.TEE))
	}
	return r.err
}

func parseTD(r *reader, td15 bool) *TDReport {
	t := &TDReport{TD15: td15}
	for _, f := range []struct {
		dst  []byte
		name string
	}{
		{t.TEETCBSVN[:], "TEE TCB SVN"},
		{t.MrSeam[:], "MRSEAM"},
		{t.MrSignerSeam[:], "MRSIGNERSEAM"},
		{t.SeamAttributes[:], "SEAM attributes"},
		{t.Attributes[:], "TD attributes"},
		{t.XFAM[:], "XFAM"},
		{t.MRTD[:], "MRTD"},
		{t.MrConfigID[:], "MRCONFIGID"},
		{t.MrOwner[:], "MROWNER"},
		{t.MrOwnerConfig[:], "MROWNERCONFIG"},
		{t.RTMR[0][:], "RTMR0"},
		{t.RTMR[1][:], "RTMR1"},
		{t.RTMR[2][:], "RTMR2"},
		{t.RTMR[3][:], "RTMR3"},
		{t.ReportData[:], "report data"},
	} {
		r.fill(f.dst, f.name)
	}
	if td15 {
		r.fill(t.TEETCBSVN2[:], "TEE TCB SVN 2")
		r.fill(t.MrServiceTD[:], "MRSERVICETD")
	}
	return t
}

// parseEnclave reads a report body; b has EnclaveSize bytes, or none after an earlier error.
func parseEnclave(b []byte) (e EnclaveReport) {
	if len(b) != EnclaveSize {
		return e
	}
	copy(e.CPUSVN[:], b[0:])
	copy(e.MiscSelect[:], b[16:])
	copy(e.Attributes[:], b[48:])
	copy(e.MrEnclave[:], b[64:])
	copy(e.MrSigner[:], b[128:])
	e.ProductID = binary.LittleEndian.Uint16(b[256:])
	e.SVN = binary.LittleEndian.Uint16(b[258:])
	copy(e.ReportData[:], b[320:])
	return e
}

func (q *Quote) parseAuth(r *reader) error {
	r.fill(q.Signature[:], "signature")
	r.fill(q.AttestationKey[:], "attestation key")
	inner := r
	if q.Version >= 4 { // the quoting enclave's report is itself certification data
		if kind := r.uint16("certification type"); r.err == nil && kind != certQEReport {
			return fmt.Errorf("certification type %d, want %d (QE report)", kind, certQEReport)
		}
		inner = &reader{rest: r.sized32("certification data", MaxBytes), err: r.err}
		if len(r.rest) != 0 && r.err == nil {
			return errors.New("signature data has bytes after the certification data")
		}
	}
	q.QEReportRaw = inner.take(EnclaveSize, "QE report")
	q.QEReport = parseEnclave(q.QEReportRaw)
	inner.fill(q.QESignature[:], "QE report signature")
	size := int(inner.uint16("QE authentication data size"))
	if size > maxAuthData {
		return fmt.Errorf("QE authentication data of %d bytes, at most %d", size, maxAuthData)
	}
	q.QEAuthData = inner.take(size, "QE authentication data")
	if kind := inner.uint16("PCK certification type"); inner.err == nil && kind != certPCKChain {
		return fmt.Errorf("PCK certification type %d, want %d (certificate chain)", kind, certPCKChain)
	}
	q.PCKChain = inner.sized32("PCK certificate chain", maxCertificate)
	if inner.err == nil && len(inner.rest) != 0 {
		return errors.New("certification data has bytes after the certificate chain")
	}
	return inner.err
}

// reader consumes fields from the front and remembers the first that did not fit.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) take(n int, field string) []byte {
	if r.err == nil && n > len(r.rest) {
		r.err = fmt.Errorf("%s needs %d bytes, %d left", field, n, len(r.rest))
	}
	if r.err != nil {
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) fill(dst []byte, field string) { copy(dst, r.take(len(dst), field)) }

func (r *reader) uint16(field string) uint16 {
	var b [2]byte
	r.fill(b[:], field)
	return binary.LittleEndian.Uint16(b[:])
}

func (r *reader) uint32(field string) uint32 {
	var b [4]byte
	r.fill(b[:], field)
	return binary.LittleEndian.Uint32(b[:])
}

func (r *reader) sized32(field string, limit uint32) []byte {
	n := r.uint32(field + " size")
	if r.err == nil && n > limit {
		r.err = fmt.Errorf("%s of %d bytes, at most %d", field, n, limit)
		return nil
	}
	return r.take(int(n), field)
}
