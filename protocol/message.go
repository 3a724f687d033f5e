package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// MessageVersion is the version of the WebSocket messages.
const MessageVersion = 1

// MaxMessageBytes bounds one WebSocket message; larger things travel as blobs. It holds
// a sealed intermediate in base64.
const MaxMessageBytes = 96 << 20

// MessageType names what a message carries.
type MessageType string

// The messages of the worker stream (/v1/worker) and the creator stream (/v1/creator).
const (
	TypeHello           MessageType = "hello"           // worker to host: Hello
	TypeEvidenceRequest MessageType = "evidenceRequest" // host to worker: EvidenceRequest
	TypeEvidence        MessageType = "evidence"        // worker to host: EvidenceReply
	TypeWelcome         MessageType = "welcome"         // host to worker or creator: Welcome
	TypeRefused         MessageType = "refused"         // host, before it closes: Refused
	TypeAssign          MessageType = "assign"          // host to worker: Assign
	TypeHeartbeat       MessageType = "heartbeat"       // worker to host: Heartbeat
	TypeProgress        MessageType = "progress"        // worker to host: Progress
	TypeComputed        MessageType = "computed"        // worker to host: Computed
	TypeFailed          MessageType = "failed"          // worker or creator to host: Failed
	TypeCancel          MessageType = "cancel"          // host to worker: Cancel
	TypeSheetRequest    MessageType = "sheetRequest"    // host to worker: SheetRequest
	TypeSheet           MessageType = "sheet"           // worker to host: SheetReply
	TypeChallenge       MessageType = "challenge"       // host to creator: Challenge
	TypeLogin           MessageType = "login"           // creator to host: Login
	TypeReleased        MessageType = "released"        // host to creator: Released
	TypeDelivered       MessageType = "delivered"       // creator to host: Delivered
	TypeAck             MessageType = "ack"             // creator to host: Ack
)

// Message is the frame of every WebSocket message, sent as one text message.
type Message struct {
	Version int             `json:"v"`
	Type    MessageType     `json:"type"`
	Body    json.RawMessage `json:"body"`
}

// EncodeMessage frames body.
func EncodeMessage(t MessageType, body any) ([]byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", t, err)
	}
	return json.Marshal(Message{MessageVersion, t, b})
}

// DecodeMessage reads a frame; DecodeBody then reads its body.
func DecodeMessage(b []byte) (m Message, err error) {
	if err := UnmarshalJSON(bytes.NewReader(b), MaxMessageBytes, &m); err != nil {
		return m, err
	}
	if m.Version != MessageVersion {
		return m, fmt.Errorf("%w: message version %d, this program speaks %d: update the older side", ErrMalformed, m.Version, MessageVersion)
	}
	return m, nil
}

// DecodeBody reads the body of a message of type T.
func DecodeBody[T any](m Message) (v T, err error) {
	if err := UnmarshalJSON(bytes.NewReader(m.Body), MaxMessageBytes, &v); err != nil {
		return v, fmt.Errorf("%s message: %w", m.Type, err)
	}
	return v, nil
}

// Hello opens a worker's stream.
type Hello struct {
	Software string  `json:"software"`
	Binding  Binding `json:"binding"` // with a zero nonce
	Cores    int     `json:"cores"`
	MemoryMB int     `json:"memoryMB"`
	Kind     string  `json:"kind,omitempty"` // of arithmetic that it runs, see CheckKind

	Calibration *Calibration `json:"calibration,omitempty"`
	Held        *Held        `json:"held,omitempty"`
}

// Held is a lease that a worker had on an earlier stream and asks back, since it still works on the job or has its answer.
// A worker that names none has given up whatever it held.
type Held struct {
	JobID Digest `json:"jobId"`
	Epoch uint64 `json:"epoch"`
}

// maxKindBytes bounds the name of a kind of arithmetic.
const maxKindBytes = 16

// CheckKind refuses a name of arithmetic that is none, such as "avx512ifma" or "portable": lower-case letters and digits. A
// worker that tells none has an empty one.
func (h Hello) CheckKind() error {
	for _, r := range h.Kind {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') || len(h.Kind) > maxKindBytes {
			return fmt.Errorf("%w: kind is %.20q, want at most %d lower-case letters and digits", ErrMalformed, h.Kind, maxKindBytes)
		}
	}
	return nil
}

// EvidenceRequest asks a worker for a quote over nonce: the host's own, or a user's or
// creator's passed on.
type EvidenceRequest struct {
	RequestID uint64 `json:"requestId"`
	Nonce     Nonce  `json:"nonce"`
}

// EvidenceReply answers an EvidenceRequest.
type EvidenceReply struct {
	RequestID uint64   `json:"requestId"`
	Evidence  Evidence `json:"evidence"`
	Error     string   `json:"error,omitempty"` // why there is none
}

// Welcome says that a stream is open. A worker gets a token for blobs.
type Welcome struct {
	WorkloadID       Digest `json:"workloadId,omitzero"`
	Token            string `json:"token,omitempty"`
	HeartbeatSeconds int    `json:"heartbeatSeconds"`
}

// Refused says why the host closes a stream: a code, what is wrong, and the remedy.
type Refused struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy"`
}

// Assign leases a job to a worker for LeaseSeconds, fenced by Epoch.
type Assign struct {
	JobID        Digest  `json:"jobId"`
	Epoch        uint64  `json:"epoch"`
	LeaseSeconds int     `json:"leaseSeconds"`
	Domain       Domain  `json:"domain"`
	Spec         JobSpec `json:"spec"`
	Cut          Cut     `json:"cut"`
}

// Heartbeat extends a lease.
type Heartbeat struct {
	JobID Digest `json:"jobId"`
	Epoch uint64 `json:"epoch"`
}

// Progress says which step of the plan has ended.
type Progress struct {
	JobID     Digest `json:"jobId"`
	Epoch     uint64 `json:"epoch"`
	Step      int    `json:"step"`  // 1 to Steps; 0 while keys and prefix are loaded
	Steps     int    `json:"steps"` // how many there are
	Name      string `json:"name"`  // of the step, e.g. "conv3"
	ElapsedMs uint32 `json:"elapsedMs"`

	PredictedSeconds float64 `json:"predictedSeconds,omitempty"` // as in Computed
}

// Computed hands in a receipt; the output is a blob put before. The times besides are the
// worker's word and not signed; see CheckTimes.
type Computed struct {
	Epoch     uint64  `json:"epoch"`
	Receipt   Receipt `json:"receipt"`
	Signature []byte  `json:"signature"` // by the receipt key over Domain.ReceiptDigest

	PredictedSeconds float64 `json:"predictedSeconds,omitempty"` // of all steps, by the worker's calibration
	Seconds          float64 `json:"seconds,omitempty"`          // what they took; the receipt has it rounded up
}

// Failed says that a job ended without a result. Retry is set if another attempt may help.
type Failed struct {
	JobID  Digest `json:"jobId"`
	Epoch  uint64 `json:"epoch"`
	Code   string `json:"code"` // see the Fail constants
	Detail string `json:"detail"`
	Retry  bool   `json:"retry"`
}

// The codes of Failed.
const (
	FailDeadline = "deadline" // the prefix took longer than the job allows
	FailInput    = "input"    // the user's keys or ciphertext do not fit the plan
	FailPrefix   = "prefix"   // the creator's sealed prefix does not open or fit
	FailRelease  = "release"  // the released intermediate does not open or fit
	FailInternal = "internal" // anything else
)

// Cancel ends a worker's work on a job whose lease it lost.
type Cancel struct {
	JobID Digest `json:"jobId"`
	Epoch uint64 `json:"epoch"`
}

// SheetRequest asks an idle worker to measure the leakage sheet of a cut. A job that comes ends the measurement.
type SheetRequest struct {
	RequestID    uint64 `json:"requestId"`
	Cut          Cut    `json:"cut"`
	InputRange   Range  `json:"inputRange"`
	Records      Digest `json:"records"` // blob of sealed Records
	RecordsBytes uint64 `json:"recordsBytes"`
}

// SheetReply answers a SheetRequest.
type SheetReply struct {
	RequestID uint64         `json:"requestId"`
	Sheet     *AttestedSheet `json:"sheet,omitempty"`
	Signature []byte         `json:"signature,omitempty"` // by the receipt key over the sheet's digest
	Error     string         `json:"error,omitempty"`     // why there is no sheet
	Retry     bool           `json:"retry,omitempty"`     // another attempt may help
}

// Challenge opens a creator's stream: sign LoginDigest(Host, ChainID, Nonce).
type Challenge struct {
	Host    string `json:"host"`
	ChainID uint64 `json:"chainId"`
	Nonce   Nonce  `json:"nonce"`
}

// Login answers a Challenge. After leaves out releases up to a sequence number; 0 asks for
// all that the host has as unanswered.
type Login struct {
	Creator   Address `json:"creator"`
	Signature []byte  `json:"signature"`
	After     uint64  `json:"after"`
}

// Released brings a creator the sealed intermediate of a paid job. It is sent again
// after every login until it is acknowledged.
type Released struct {
	Seq     uint64        `json:"seq"`
	Spec    JobSpec       `json:"spec"`
	Receipt Receipt       `json:"receipt"`
	Release SignedRelease `json:"release"`
}

// SignedRelease is a user's sealed intermediate with the user's signature.
type SignedRelease struct {
	Release   Release `json:"release"`
	Signature []byte  `json:"signature"` // by the user over Domain.ReleaseDigest
	Sealed    []byte  `json:"sealed"`    // Intermediate, sealed to the creator
}

// SignedAcknowledgement is a user's word that the result of a job came and opened.
type SignedAcknowledgement struct {
	Signature []byte `json:"signature"` // by the user over Domain.AcknowledgementDigest of job and result
}

// Delivered is a creator's sealed result with the creator's signature.
type Delivered struct {
	Delivery  Delivery `json:"delivery"`
	Signature []byte   `json:"signature"` // by the creator over Domain.DeliveryDigest
	Sealed    []byte   `json:"sealed"`    // Result, sealed to the user
}

// Ack says that everything up to Seq has been answered.
type Ack struct {
	Seq uint64 `json:"seq"`
}
