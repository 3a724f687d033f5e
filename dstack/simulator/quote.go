package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Constants of Intel's quoting enclave for TDs, as in its DCAP quote generation library.
const (
	quoteVersion   = 4
	quoteVersion15 = 5
	bodyTD15       = 3
	ecdsaP256      = 2
	teeTDX         = 0x81
	certQEReport   = 6
	certPCKChain   = 5
	qeProductID    = 2
	qeISVSVN       = 4
	headerSize     = 48
	body15Size     = 648
	qeReportSize   = 384
	septVEDisable  = 0x10 // byte 3 of the TD attributes: bit 28
	qeVendorID     = "939a7233f79c4ca9940a0db3957f0607"
	qeMrSigner     = "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5"
	moduleTCBIndex = 1
)

// simTEETCBSVN is the TCB of the simulated TDX module: version 1, SVN 6.
var simTEETCBSVN = [16]byte{6, moduleTCBIndex, 3}

// sign builds the quote over the CVM's registers and 64 bytes of report data.
func (s *Simulator) sign(reportData []byte) ([]byte, error) {
	signed := s.header()
	if s.config.TD15 {
		signed = binary.LittleEndian.AppendUint16(signed, bodyTD15)
		signed = binary.LittleEndian.AppendUint32(signed, body15Size)
	}
	signed = append(signed, s.body(reportData)...)
	signature, err := sign64(s.pki.attestation, signed)
	if err != nil {
		return nil, err
	}
	point, err := s.pki.attestation.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	key := point[1:] // X || Y
	certification, err := s.certification(key)
	if err != nil {
		return nil, err
	}
	auth := append(signature, key...)
	auth = binary.LittleEndian.AppendUint16(auth, certQEReport)
	auth = appendSized(auth, certification)
	return appendSized(signed, auth), nil
}

func (s *Simulator) header() []byte {
	version := uint16(quoteVersion)
	if s.config.TD15 {
		version = quoteVersion15
	}
	h := binary.LittleEndian.AppendUint16(nil, version)
	h = binary.LittleEndian.AppendUint16(h, ecdsaP256)
	h = binary.LittleEndian.AppendUint32(h, teeTDX)
	h = append(h, 0, 0, 0, 0) // reserved
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
func (s *Simulator) body(reportData []byte) []byte {
	b := make([]byte, 0, body15Size)
	b = append(b, simTEETCBSVN[:]...)
	seam := sha256.Sum256([]byte("simulated TDX module"))
	b = append(append(b, seam[:]...), make([]byte, 48-len(seam)+48+8)...) // MRSIGNERSEAM 0
	b = append(b, 0, 0, 0, septVEDisable, 0, 0, 0, 0)
	b = append(b, 0xe7, 0x02, 0x06, 0, 0, 0, 0, 0)
	b = append(b, s.mrtd[:]...)
	b = append(append(append(b, 1), s.composeHash[:]...), make([]byte, 15)...) // mr_config_id V1
	b = append(b, make([]byte, 96)...)
	for _, r := range s.rtmr {
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

// certification is the QE report over the attestation key, signed by the PCK, and its chain.
func (s *Simulator) certification(key []byte) ([]byte, error) {
	authData := make([]byte, 32)
	for i := range authData {
		authData[i] = byte(i)
	}
	binding := sha256.Sum256(append(append([]byte{}, key...), authData...))
	report := make([]byte, qeReportSize)
	copy(report, simCPUSVN)
	report[48] = 0x11 // initialised, provisioning key
	copy(report[128:], mustHex(qeMrSigner))
	binary.LittleEndian.PutUint16(report[256:], qeProductID)
	binary.LittleEndian.PutUint16(report[258:], qeISVSVN)
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
	return appendSized(out, []byte(s.pki.pck.pem()+s.pki.platform.pem()+s.pki.root.pem())), nil
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
