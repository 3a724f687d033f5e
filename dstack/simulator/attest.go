package simulator

import (
	"encoding/binary"
	"encoding/hex"
	"math"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
)

// attestation is what Attest and RA-TLS certificates carry (dstack-attest/src/attestation.rs).
type attestation struct {
	quote      []byte
	log        []eventlog.Event
	runtime    []eventlog.Event
	reportData []byte // 64 bytes
	config     string // of the VM
}

// attest makes the attestation over 64 bytes of report data; certificates carry a part of the log.
func (s *Simulator) attest(reportData []byte, certificate bool) (attestation, error) {
	events, rtmr := s.measured()
	quote, err := s.sign(rtmr, reportData)
	if err != nil {
		return attestation{}, err
	}
	config, err := s.vmConfig()
	if err != nil {
		return attestation{}, err
	}
	a := attestation{quote: quote, log: events, reportData: reportData, config: config}
	for _, e := range events {
		if e.IMR == eventlog.RuntimeIMR {
			a.runtime = append(a.runtime, e)
		}
	}
	if certificate {
		a.log = certificateLog(events, s.config.Agent)
	}
	return a, nil
}

// encode picks the wire format as the agent does: the SCALE codec, which knows no event versions,
// as long as all events are of version 1, else MessagePack.
func (a attestation) encode() []byte {
	for _, e := range a.runtime {
		if e.Version == 2 {
			return a.msgpack()
		}
	}
	return a.scale()
}

// scale is version 0: SCALE of enum V0 { quote: enum DstackTdx { quote, log }, runtime events,
// report data, config }.
func (a attestation) scale() []byte {
	b := []byte{0, 0}
	b = scaleBytes(b, a.quote)
	b = scaleCompact(b, len(a.log))
	for _, e := range a.log {
		b = binary.LittleEndian.AppendUint32(b, e.IMR)
		b = binary.LittleEndian.AppendUint32(b, e.Type)
		b = scaleBytes(b, e.Digest)
		b = scaleBytes(b, []byte(e.Name))
		b = scaleBytes(b, e.Payload)
	}
	b = scaleCompact(b, len(a.runtime))
	for _, e := range a.runtime {
		b = scaleBytes(b, []byte(e.Name))
		b = scaleBytes(b, e.Payload)
	}
	b = append(b, a.reportData...)
	return scaleBytes(b, []byte(a.config))
}

func scaleBytes(b, v []byte) []byte { return append(scaleCompact(b, len(v)), v...) }

// scaleCompact appends a length, whose two low bits tell its size.
func scaleCompact(b []byte, n int) []byte {
	switch {
	case n < 1<<6:
		return append(b, byte(n<<2))
	case n < 1<<14:
		return binary.LittleEndian.AppendUint16(b, uint16(n<<2|1))
	}
	return binary.LittleEndian.AppendUint32(b, uint32(n)<<2|2)
}

// msgpack is version 1: {version, platform: {kind, data}, stack: {kind, data}} (v1.rs). Plain byte
// vectors are arrays of numbers there, but those of events are byte strings.
func (a attestation) msgpack() []byte {
	b := packMap(nil, 3)
	b = packUint(packString(b, "version"), 1)
	b = packTagged(packString(b, "platform"), "tdx", 2)
	b = packNumbers(packString(b, "quote"), a.quote)
	b = packArray(packString(b, "event_log"), len(a.log))
	for _, e := range a.log {
		b = packEvent(b, e)
	}
	b = packTagged(packString(b, "stack"), "dstack", 3)
	b = packNumbers(packString(b, "report_data"), a.reportData)
	b = packArray(packString(b, "runtime_events"), len(a.runtime))
	for _, e := range a.runtime {
		n := 2
		if e.Version == 2 {
			n++
		}
		b = packMap(b, n)
		b = packString(packString(b, "event"), e.Name)
		b = packBin(packString(b, "payload"), e.Payload)
		if e.Version == 2 {
			b = packUint(packString(b, "version"), 2)
		}
	}
	return packString(packString(b, "config"), a.config)
}

func packEvent(b []byte, e eventlog.Event) []byte {
	n := 5
	if e.Version == 2 {
		n += 2
	}
	b = packMap(b, n)
	b = packUint(packString(b, "imr"), e.IMR)
	b = packUint(packString(b, "event_type"), e.Type)
	b = packBin(packString(b, "digest"), e.Digest)
	b = packString(packString(b, "event"), e.Name)
	b = packBin(packString(b, "event_payload"), e.Payload)
	if e.Version == 2 {
		b = packUint(packString(b, "version"), 2)
		b = packString(packString(b, "preimage"), hex.EncodeToString(e.Preimage))
	}
	return b
}

// packTagged begins {kind, data: {...}} with so many fields of data to follow.
func packTagged(b []byte, kind string, fields int) []byte {
	b = packString(packString(packMap(b, 2), "kind"), kind)
	return packMap(packString(b, "data"), fields)
}

func packMap(b []byte, n int) []byte { return append(b, 0x80|byte(n)) } // fewer than 16 fields

func packArray(b []byte, n int) []byte {
	switch {
	case n < 16:
		return append(b, 0x90|byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 0xdc), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, 0xdd), uint32(n))
}

func packUint(b []byte, n uint32) []byte {
	switch {
	case n < 128:
		return append(b, byte(n))
	case n <= math.MaxUint8:
		return append(b, 0xcc, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, 0xcd), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, 0xce), n)
}

func packNumbers(b, v []byte) []byte {
	b = packArray(b, len(v))
	for _, x := range v {
		b = packUint(b, uint32(x))
	}
	return b
}

func packBin(b, v []byte) []byte {
	switch n := len(v); {
	case n <= math.MaxUint8:
		b = append(b, 0xc4, byte(n))
	case n <= math.MaxUint16:
		b = binary.BigEndian.AppendUint16(append(b, 0xc5), uint16(n))
	default:
		b = binary.BigEndian.AppendUint32(append(b, 0xc6), uint32(n))
	}
	return append(b, v...)
}

func packString(b []byte, v string) []byte {
	switch n := len(v); {
	case n < 32:
		b = append(b, 0xa0|byte(n))
	case n <= math.MaxUint8:
		b = append(b, 0xd9, byte(n))
	case n <= math.MaxUint16:
		b = binary.BigEndian.AppendUint16(append(b, 0xda), uint16(n))
	default:
		b = binary.BigEndian.AppendUint32(append(b, 0xdb), uint32(n))
	}
	return append(b, v...)
}
