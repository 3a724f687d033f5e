package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/dstack"
)

// Constants of Intel's quoting enclaves, as in its DCAP quote generation library.
const (
	bodyTD10       = 2
	bodyTD15       = 3
	ecdsaP256      = 2
	certQEReport   = 6
	certPCKChain   = 5
	headerSize     = quote.HeaderSize
	septVEDisable  = 0x10 // byte 3 of the TD attributes: bit 28
	qeVendorID     = "939a7233f79c4ca9940a0db3957f0607"
	moduleTCBIndex = 1
)

// quotingEnclave is one of Intel's two, as its identity describes it.
type quotingEnclave struct {
	id        string // of the identity document
	mrSigner  string
	productID uint16
	svn       uint16
}

var (
	tdQE  = quotingEnclave{"TD_QE", "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5", 2, 4}
	sgxQE = quotingEnclave{"QE", "8c4f5775d796503e96137f77c68a829a0056ac8ded70140b081b094490c57bff", 1, 8}
)

// The TCB of the simulated TDX module, version 1: SVN 6 is up to date, SVN 3 is not.
var simTEETCBSVN = [16]byte{6, moduleTCBIndex, 3}

const staleModuleSVN = 3

// sign builds the quote over the CVM's registers and 64 bytes of report data.
func (s *Simulator) sign(rtmr [4]eventlog.Register, reportData []byte) ([]byte, error) {
	version := uint16(4)
	if s.config.TD15 || s.config.Version5 {
		version = 5
	}
	signed := s.header(version, quote.TDX)
	body := s.body(rtmr, reportData)
	if version == 5 {
		kind := uint16(bodyTD10)
		if s.config.TD15 {
			kind = bodyTD15
		}
		signed = binary.LittleEndian.AppendUint16(signed, kind)
		signed = binary.LittleEndian.AppendUint32(signed, uint32(len(body)))
	}
	return s.seal(append(signed, body...), tdQE, version)
}

// EnclaveQuote returns an SGX quote of version 3 over report data of at most 64 bytes, padded with
// zeros at the right, by an enclave that the image names. SGXCollateral fits it.
func (s *Simulator) EnclaveQuote(reportData []byte) ([]byte, error) {
	padded, err := pad64(reportData)
	if err != nil {
		return nil, err
	}
	report := make([]byte, quote.EnclaveSize)
	copy(report, s.platform.CPUSVN[:])
	report[48] = 0x05 // initialised, 64 bit
	report[56] = 0x07 // XFRM: x87, SSE, AVX
	enclave, signer := s.Enclave()
	copy(report[64:], enclave[:])
	copy(report[128:], signer[:])
	binary.LittleEndian.PutUint16(report[256:], 1)
	binary.LittleEndian.PutUint16(report[258:], 1)
	copy(report[320:], padded)
	if s.config.Hooks.Enclave != nil {
		s.config.Hooks.Enclave(report)
	}
	return s.seal(append(s.header(3, quote.SGX), report...), sgxQE, 3)
}

// Enclave is MRENCLAVE and MRSIGNER of the simulated enclave, whose product id and SVN are 1.
func (s *Simulator) Enclave() (mrEnclave, mrSigner [32]byte) {
	return sha256.Sum256([]byte("simulated enclave of " + s.config.Image)), sha256.Sum256([]byte("simulated signer of enclaves"))
}

// RemoteReport returns EnclaveQuote as EGo hands it out: behind the 16-byte header of Open
// Enclave, which holds version 1, type 2 (remote) and the quote's size.
func (s *Simulator) RemoteReport(reportData []byte) ([]byte, error) {
	q, err := s.EnclaveQuote(reportData)
	if err != nil {
		return nil, err
	}
	header := binary.LittleEndian.AppendUint32(nil, 1)
	header = binary.LittleEndian.AppendUint32(header, 2)
	header = binary.LittleEndian.AppendUint64(header, uint64(len(q)))
	return append(header, q...), nil
}

// seal appends the signature of what precedes it, and what vouches for the key that made it.
func (s *Simulator) seal(signed []byte, qe quotingEnclave, version uint16) ([]byte, error) {
	signature, err := sign64(s.pki.attestation, signed)
	if err != nil {
		return nil, err
	}
	point, err := s.pki.attestation.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	key := point[1:] // X || Y
	certification, err := s.certification(key, qe)
	if err != nil {
		return nil, err
	}
	auth := append(signature, key...)
	if version == 3 {
		return appendSized(signed, append(auth, certification...)), nil
	}
	auth = binary.LittleEndian.AppendUint16(auth, certQEReport)
	return appendSized(signed, appendSized(auth, certification)), nil
}

func (s *Simulator) header(version uint16, tee quote.TEE) []byte {
	h := binary.LittleEndian.AppendUint16(nil, version)
	h = binary.LittleEndian.AppendUint16(h, ecdsaP256)
	h = binary.LittleEndian.AppendUint32(h, uint32(tee))
	if tee == quote.SGX {
		h = binary.LittleEndian.AppendUint16(h, sgxQE.svn)
		h = binary.LittleEndian.AppendUint16(h, s.platform.PCESVN)
	} else {
		h = append(h, 0, 0, 0, 0) // reserved
	}
	h = append(h, mustHex(qeVendorID)...)
	h = append(h, make([]byte, headerSize-len(h))...)
	if s.config.Hooks.Header != nil {
		s.config.Hooks.Header(h)
	}
	return h
}

// body is the TD report: TEE_TCB_SVN, MRSEAM, MRSIGNERSEAM, SEAMATTRIBUTES, TDATTRIBUTES, XFAM,
// MRTD, MRCONFIGID, MROWNER, MROWNERCONFIG, RTMR0-3, REPORTDATA; for TD 1.5 also the current
// TEE_TCB_SVN and MRSERVICETD.
func (s *Simulator) body(rtmr [4]eventlog.Register, reportData []byte) []byte {
	b := make([]byte, 0, quote.TD15Size)
	launch := simTEETCBSVN
	if relaunchAdvised(s.config.TCBStatus) { // the module was updated after the TD started
		launch[0] = staleModuleSVN
	}
	b = append(b, launch[:]...)
	seam := sha256.Sum256([]byte("simulated TDX module"))
	b = append(append(b, seam[:]...), make([]byte, 48-len(seam)+48+8)...) // MRSIGNERSEAM 0
	b = append(b, 0, 0, 0, septVEDisable, 0, 0, 0, 0)
	b = append(b, 0xe7, 0x02, 0x06, 0, 0, 0, 0, 0)
	b = append(b, s.mrtd[:]...)
	b = append(b, s.configID[:]...)
	b = append(b, make([]byte, 96)...)
	for _, r := range rtmr {
		b = append(b, r[:]...)
	}
	b = append(b, reportData...)
	if s.config.TD15 {
		b = append(append(b, simTEETCBSVN[:]...), make([]byte, 48)...)
	}
	if s.config.Hooks.Body != nil {
		s.config.Hooks.Body(b)
	}
	return b
}

func relaunchAdvised(status dcap.Status) bool {
	return status == dcap.TDRelaunchAdvised || status == dcap.TDRelaunchAdvisedConfigurationNeeded
}

// certification is the QE report over the attestation key, signed by the PCK, and its chain.
func (s *Simulator) certification(key []byte, qe quotingEnclave) ([]byte, error) {
	authData := make([]byte, 32)
	for i := range authData {
		authData[i] = byte(i)
	}
	binding := sha256.Sum256(append(append([]byte{}, key...), authData...))
	report := make([]byte, quote.EnclaveSize)
	copy(report, s.platform.CPUSVN[:])
	report[48] = 0x11 // initialised, provisioning key
	copy(report[128:], mustHex(qe.mrSigner))
	binary.LittleEndian.PutUint16(report[256:], qe.productID)
	binary.LittleEndian.PutUint16(report[258:], qe.svn)
	copy(report[320:], binding[:])
	if s.config.Hooks.QEReport != nil {
		s.config.Hooks.QEReport(report)
	}
	signature, err := sign64(s.pki.pck.key, report)
	if err != nil {
		return nil, fmt.Errorf("quoting enclave report: %w", err)
	}
	out := append(report, signature...)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(authData)))
	out = append(out, authData...)
	out = binary.LittleEndian.AppendUint16(out, certPCKChain)
	return appendSized(out, []byte(s.pki.pck.pem()+s.pki.pckCA.pem()+s.pki.root.pem())), nil
}

// pad64 is the report data that the agent makes of at most 64 bytes.
func pad64(data []byte) ([]byte, error) {
	if len(data) > dstack.ReportDataSize {
		return nil, fmt.Errorf("report data is too long: %d bytes, at most %d", len(data), dstack.ReportDataSize)
	}
	padded := make([]byte, dstack.ReportDataSize)
	copy(padded, data)
	return padded, nil
}

func appendSized(b, field []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(field))), field...)
}

// mustHex decodes hexadecimal that this package wrote itself.
func mustHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}
