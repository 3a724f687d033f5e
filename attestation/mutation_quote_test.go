package attestation_test

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"testing"
)

// layout are offsets into a quote of one version.
type layout struct {
	body  int // begin of the report
	auth  int // signature
	key   int // attestation key
	cert  int // certification type and size; 0 in version 3
	qe    int // QE report
	qeSig int
	qeArg int // authentication data: size, 32 bytes
	chain int // type, size, PEM
}

func layoutOf(body, size int, certified bool) layout {
	l := layout{body: body, auth: body + size + 4}
	l.key = l.auth + 64
	l.qe = l.key + 64
	if certified {
		l.cert = l.qe
		l.qe += 6
	}
	l.qeSig = l.qe + 384
	l.qeArg = l.qeSig + 64
	l.chain = l.qeArg + 2 + 32
	return l
}

var (
	version3 = layoutOf(48, 384, false)
	version4 = layoutOf(48, 584, true)
	version5 = layoutOf(48+6, 648, true)
)

// field is one of a quote, and what fails when a bit of it is flipped after signing.
type field struct {
	name   string
	at     int
	failed []string
}

func headerFields() []field {
	return []field{
		{"version", 0, []string{"quote.parse"}},
		{"attestation key type", 2, []string{"quote.parse"}},
		{"TEE type", 4, []string{"quote.parse"}},
		{"QE vendor", 12, []string{"qe.vendor", "quote.signature"}},
		{"user data", 28, []string{"quote.signature"}},
	}
}

func tdFields(at int) []field {
	return []field{
		{"reserved", 8, []string{"quote.tee", "quote.signature"}},
		{"TEE TCB SVN of the module", at, []string{"quote.signature"}},
		{"TEE TCB SVN module version", at + 1, []string{"quote.signature", "tcb.status", "tcb.advisories"}},
		{"MRSEAM", at + 16, []string{"quote.signature"}},
		{"MRSIGNERSEAM", at + 64, []string{"quote.signature", "td.module"}},
		{"SEAM attributes", at + 112, []string{"quote.signature", "td.module"}},
		{"TD attributes TUD", at + 120, []string{"quote.signature", "td.debug"}},
		{"TD attributes SEC", at + 121, []string{"quote.signature", "td.attributes"}},
		{"TD attributes OTHER", at + 124, []string{"quote.signature", "td.attributes"}},
		{"XFAM", at + 128, []string{"quote.signature", "td.xfam"}},
		{"MRTD", at + 136, []string{"quote.signature", "measurements.known"}},
		{"MRCONFIGID version", at + 184, []string{"quote.signature", "config-id.match"}},
		{"MRCONFIGID hash", at + 190, []string{"quote.signature", "config-id.match"}},
		{"MRCONFIGID end", at + 231, []string{"quote.signature", "config-id.match"}},
		{"MROWNER", at + 232, []string{"quote.signature"}},
		{"MROWNERCONFIG", at + 280, []string{"quote.signature"}},
		{"RTMR0", at + 328, []string{"quote.signature", "measurements.known", "eventlog.replay"}},
		{"RTMR1", at + 376, []string{"quote.signature", "measurements.known", "eventlog.replay"}},
		{"RTMR2", at + 424, []string{"quote.signature", "measurements.known", "eventlog.replay"}},
		{"RTMR3", at + 472, []string{"quote.signature", "eventlog.replay"}},
		{"report data", at + 520, []string{"quote.signature", "report-data.binding"}},
		{"report data end", at + 583, []string{"quote.signature", "report-data.binding"}},
	}
}

// td15Fields are those that version 5 adds: where it says what follows, and at its end.
func td15Fields() []field {
	return []field{
		{"body type", 48, []string{"quote.parse"}},
		{"body size", 50, []string{"quote.parse"}},
		{"current TEE TCB SVN", version5.body + 584, []string{"quote.signature"}},
		{"MRSERVICETD", version5.body + 600, []string{"quote.signature", "td.service"}},
		{"MRSERVICETD end", version5.body + 647, []string{"quote.signature", "td.service"}},
	}
}

func enclaveFields(at int) []field {
	return []field{
		{"QE SVN", 8, []string{"quote.signature"}},
		{"PCE SVN", 10, []string{"quote.signature"}},
		{"CPU SVN", at, []string{"quote.signature"}},
		{"MISCSELECT", at + 16, []string{"quote.signature"}},
		{"reserved of the report", at + 20, []string{"quote.signature"}},
		{"attributes INIT", at + 48, []string{"quote.signature", "sgx.init"}},
		{"XFRM", at + 56, []string{"quote.signature"}},
		{"MRENCLAVE", at + 64, []string{"quote.signature", "measurements.known"}},
		{"MRSIGNER", at + 128, []string{"quote.signature"}}, // accepted by its MRENCLAVE
		{"config id", at + 192, []string{"quote.signature"}},
		{"product id", at + 256, []string{"quote.signature"}},
		{"SVN", at + 258, []string{"quote.signature"}},
		{"report data", at + 320, []string{"quote.signature", "report-data.binding"}},
		{"report data end", at + 383, []string{"quote.signature", "report-data.binding"}},
	}
}

func authFields(l layout) []field {
	list := []field{
		{"signature data size", l.auth - 4, []string{"quote.parse"}},
		{"signature", l.auth + 5, []string{"quote.signature"}},
		{"attestation key", l.key + 5, []string{"quote.signature", "qe.key-binding"}},
		{"QE CPU SVN", l.qe, []string{"qe.signature"}},
		{"QE MISCSELECT", l.qe + 16, []string{"qe.signature", "qe.identity"}},
		{"QE attributes", l.qe + 48, []string{"qe.signature", "qe.identity"}},
		{"QE MRENCLAVE", l.qe + 64, []string{"qe.signature"}},
		{"QE MRSIGNER", l.qe + 128, []string{"qe.signature", "qe.identity"}},
		{"QE product id", l.qe + 256, []string{"qe.signature", "qe.identity"}},
		{"QE report data", l.qe + 320, []string{"qe.signature", "qe.key-binding"}},
		{"QE report data end", l.qe + 383, []string{"qe.signature", "qe.key-binding"}},
		{"QE report signature", l.qeSig + 5, []string{"qe.signature"}},
		{"QE authentication data size", l.qeArg, []string{"quote.parse"}},
		{"QE authentication data", l.qeArg + 2, []string{"qe.key-binding"}},
		{"PCK certification type", l.chain, []string{"quote.parse"}},
		{"PCK chain size", l.chain + 2, []string{"quote.parse"}},
		{"PCK chain armour", l.chain + 6, []string{"pck.parse"}},
	}
	if l.cert != 0 {
		list = append(list,
			field{"certification type", l.cert, []string{"quote.parse"}},
			field{"certification size", l.cert + 2, []string{"quote.parse"}},
		)
	}
	return list
}

// flips makes mutations of fields whose offsets are moved by a wrapper.
func flips(kind string, wrapper int, base mutation, lists ...[]field) (list []mutation) {
	for _, fields := range lists {
		for _, f := range fields {
			m := base
			m.name, m.failed = kind+" byte/"+f.name, f.failed
			m.change = func(_ *testing.T, s *scene) { s.evidence.Quote[wrapper+f.at] ^= 1 }
			list = append(list, m)
		}
	}
	return list
}

// quoteBytes flips one bit of every field of TDX quotes after signing.
func quoteBytes() []mutation {
	return append(
		flips("quote", 0, mutation{}, headerFields(), tdFields(version4.body), authFields(version4)),
		flips("version 5", 0, mutation{td15: true}, headerFields(), tdFields(version5.body), td15Fields(), authFields(version5))...,
	)
}

// brokenQuotes changes more than a bit.
func brokenQuotes() []mutation {
	cut := func(name string, change func([]byte) []byte, failed ...string) mutation {
		return mutation{
			name: "quote/" + name, failed: failed,
			change: func(_ *testing.T, s *scene) { s.evidence.Quote = change(s.evidence.Quote) },
		}
	}
	return []mutation{
		cut("empty", func([]byte) []byte { return nil }, "quote.parse"),
		cut("header only", func(q []byte) []byte { return q[:version4.body] }, "quote.parse"),
		cut("short by one", func(q []byte) []byte { return q[:len(q)-1] }, "quote.parse"),
		cut("trailing byte", func(q []byte) []byte { return append(q, 0, 0, 7) }, "quote.trailing"),
		cut("too large", func(q []byte) []byte { return append(q, make([]byte, 64<<10)...) }, "evidence.size"),
		cut("chain without root", withoutRoot, "pck.parse"),
		cut("PCK certificate signature", func(q []byte) []byte {
			return editChain(q, func(c [][]byte) { c[0][len(c[0])-1] ^= 1 })
		}, "pck.chain"),
		cut("PCK certificate key", func(q []byte) []byte {
			return editChain(q, func(c [][]byte) { c[0][bytes.Index(c[0], p256Point)+len(p256Point)-1] ^= 1 })
		}, "pck.parse"),
		cut("CA certificate signature", func(q []byte) []byte {
			return editChain(q, func(c [][]byte) { c[1][len(c[1])-1] ^= 1 })
		}, "pck.chain"),
		cut("root certificate signature", func(q []byte) []byte {
			return editChain(q, func(c [][]byte) { c[2][len(c[2])-1] ^= 1 })
		}, "pck.chain"),
		cut("FMSPC in the PCK certificate", func(q []byte) []byte {
			return editChain(q, func(c [][]byte) { c[0][bytes.Index(c[0], []byte("SIM\x00\x00"))] ^= 1 })
		}, "pck.chain", "tcb-info.platform"),
		{name: "quote/TEE named sgx", change: func(_ *testing.T, s *scene) { s.evidence.TEE = "sgx" }, failed: []string{"quote.tee"}},
		{name: "quote/TEE not named", change: func(_ *testing.T, s *scene) { s.evidence.TEE = "" }, failed: []string{"quote.tee"}},
	}
}

// withoutRoot drops the last certificate of the chain and mends all sizes.
func withoutRoot(q []byte) []byte {
	at := bytes.LastIndex(q, []byte("-----BEGIN"))
	dropped := uint32(len(q) - at)
	q = q[:at]
	for _, size := range []int{version4.auth - 4, version4.cert + 2, version4.chain + 2} {
		binary.LittleEndian.PutUint32(q[size:], binary.LittleEndian.Uint32(q[size:])-dropped)
	}
	return q
}

// p256Point precedes the coordinates of a P-256 key in a certificate.
var p256Point = []byte{0x03, 0x42, 0x00, 0x04}

// editChain changes the certificates of a quote in place, keeping their lengths.
func editChain(q []byte, edit func(der [][]byte)) []byte {
	var certs [][]byte
	for rest := q[version4.chain+6:]; ; {
		block, more := pem.Decode(rest)
		if block == nil {
			break
		}
		certs, rest = append(certs, block.Bytes), more
	}
	edit(certs)
	out := q[:version4.chain+6]
	for _, der := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}
