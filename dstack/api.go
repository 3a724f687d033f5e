package dstack

import (
	"encoding/hex"
	"fmt"
)

// Hex is a byte string that the agent's JSON shows as lower-case hexadecimal.
type Hex []byte

// MarshalText implements encoding.TextMarshaler.
func (h Hex) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil {
		return fmt.Errorf("hex field: %w", err)
	}
	*h = b
	return nil
}

// String returns the lower-case hexadecimal form.
func (h Hex) String() string { return hex.EncodeToString(h) }

// QuoteRequest is the request of GetQuote.
type QuoteRequest struct {
	ReportData Hex `json:"report_data"`
}

// Quote is the answer of GetQuote.
type Quote struct {
	Quote      Hex    `json:"quote"`
	EventLog   string `json:"event_log"` // JSON array of events, kept as given
	ReportData Hex    `json:"report_data"`
	VMConfig   string `json:"vm_config"` // JSON object, kept as given
}

// KeyRequest is the request of GetKey.
type KeyRequest struct {
	Path      string `json:"path"`
	Purpose   string `json:"purpose"`
	Algorithm string `json:"algorithm"` // "" or "secp256k1" or "k256", or "ed25519"
}

// Key is the answer of GetKey.
type Key struct {
	Key            Hex   `json:"key"`             // 32 secret bytes
	SignatureChain []Hex `json:"signature_chain"` // by the app key, then by the KMS root key
}

// String keeps the secret out of logs.
func (k Key) String() string { return "dstack key (secret)" }

// GoString keeps the secret out of logs.
func (k Key) GoString() string { return k.String() }

// Info is the answer of Info.
type Info struct {
	AppID           Hex    `json:"app_id"`
	InstanceID      Hex    `json:"instance_id"`
	AppCert         string `json:"app_cert"` // PEM
	TCBInfo         string `json:"tcb_info"` // JSON of TCBInfo; empty where the app hides it
	AppName         string `json:"app_name"`
	DeviceID        Hex    `json:"device_id"`
	MrAggregated    Hex    `json:"mr_aggregated"`
	OSImageHash     Hex    `json:"os_image_hash"`
	KeyProviderInfo string `json:"key_provider_info"` // JSON {"name","id"}
	ComposeHash     Hex    `json:"compose_hash"`
	VMConfig        string `json:"vm_config"`
	CloudVendor     string `json:"cloud_vendor,omitempty"`
	CloudProduct    string `json:"cloud_product,omitempty"`
}

// TCBInfo is the document inside Info.TCBInfo.
type TCBInfo struct {
	MRTD         Hex    `json:"mrtd"`
	RTMR0        Hex    `json:"rtmr0"`
	RTMR1        Hex    `json:"rtmr1"`
	RTMR2        Hex    `json:"rtmr2"`
	RTMR3        Hex    `json:"rtmr3"`
	MrAggregated Hex    `json:"mr_aggregated"`
	OSImageHash  Hex    `json:"os_image_hash"`
	ComposeHash  Hex    `json:"compose_hash"`
	DeviceID     Hex    `json:"device_id"`
	EventLog     any    `json:"event_log"`   // array of events
	AppCompose   string `json:"app_compose"` // the raw text whose SHA-256 is the compose hash
}

// Version is the answer of Version.
type Version struct {
	Version string `json:"version"`
	Rev     string `json:"rev"`
}
