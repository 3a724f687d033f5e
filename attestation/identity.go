package attestation

import (
	"encoding/hex"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
	"github.com/encrypted-compute/encompute/protocol"
)

// Identity is what the evidence says of machine and software; in a refused verdict it is a mere
// claim. All fields are lower-case hexadecimal but KeyProvider and the numbers.
type Identity struct {
	AppID        string       `json:"appId,omitempty"`
	ComposeHash  string       `json:"composeHash,omitempty"`
	InstanceID   string       `json:"instanceId,omitempty"`
	OSImageHash  string       `json:"osImageHash,omitempty"`
	KeyProvider  string       `json:"keyProvider,omitempty"` // "name:id"
	Measurements Measurements `json:"measurements,omitzero"` // of a TD

	MREnclave string  `json:"mrEnclave,omitempty"` // of an SGX enclave, as the next three
	MRSigner  string  `json:"mrSigner,omitempty"`
	ProductID *uint16 `json:"productId,omitempty"`
	SVN       *uint16 `json:"svn,omitempty"`

	FMSPC      string `json:"fmspc,omitempty"`    // family of processors
	DeviceID   string `json:"deviceId,omitempty"` // SHA-256 of the PPID: this processor
	PIID       string `json:"piid,omitempty"`     // this platform
	ReportData string `json:"reportData,omitempty"`
}

// Measurements are the registers of a TD.
type Measurements struct {
	MRTD       string `json:"mrtd"`
	RTMR0      string `json:"rtmr0"`
	RTMR1      string `json:"rtmr1"`
	RTMR2      string `json:"rtmr2"`
	RTMR3      string `json:"rtmr3"`
	MRConfigID string `json:"mrConfigId"`
	MRSeam     string `json:"mrSeam"` // of the TDX module
}

// describe fills in what the evidence says.
func (s *session) describe() {
	v := &s.verdict
	if s.passed["quote.parse"] {
		s.describeQuote(&v.Identity)
	}
	if s.passed["pck.parse"] {
		v.Identity.FMSPC, v.Identity.DeviceID = hex.EncodeToString(s.pck.FMSPC[:]), s.pck.DeviceID()
		v.Identity.PIID = hex.EncodeToString(s.pck.PIID)
	}
	if s.passed["collateral.parse"] {
		v.ExpiresAt = s.collateral.Expires().UTC()
	}
	if s.passed["tcb-info.signature"] && s.passed["qe-identity.signature"] {
		v.TCBStatus, v.TCBDate, v.Advisories = s.assessment.Status, s.assessment.Date.UTC(), s.assessment.Advisories
		v.Evaluations = s.evaluations()
	}
	if s.passed["eventlog.replay"] && s.passed["eventlog.boot"] {
		id := &v.Identity
		id.AppID, id.InstanceID = hex.EncodeToString(s.boot.AppID), hex.EncodeToString(s.boot.InstanceID)
		id.ComposeHash, id.OSImageHash = hex.EncodeToString(s.boot.ComposeHash), hex.EncodeToString(s.boot.OSImageHash)
		id.KeyProvider = printable(s.boot.KeyProvider.Name + ":" + s.boot.KeyProvider.ID)
		m := id.Measurements
		v.Workload = protocol.Workload{
			TEE: v.TEE, MRTD: m.MRTD, RTMR0: m.RTMR0, RTMR1: m.RTMR1, RTMR2: m.RTMR2,
			ComposeHash: id.ComposeHash, KeyProvider: s.boot.KeyProvider.Name + ":" + s.boot.KeyProvider.ID,
		}
	}
	if v.Workload.TEE != "" {
		v.WorkloadID = v.Workload.ID()
	}
}

func (s *session) describeQuote(id *Identity) {
	s.verdict.TEE = s.quote.TEE.String()
	data := s.quote.ReportData()
	id.ReportData = hex.EncodeToString(data[:])
	if td := s.quote.TD; td != nil {
		id.Measurements = Measurements{
			MRTD:  hex.EncodeToString(td.MRTD[:]),
			RTMR0: hex.EncodeToString(td.RTMR[0][:]), RTMR1: hex.EncodeToString(td.RTMR[1][:]),
			RTMR2: hex.EncodeToString(td.RTMR[2][:]), RTMR3: hex.EncodeToString(td.RTMR[3][:]),
			MRConfigID: hex.EncodeToString(td.MrConfigID[:]), MRSeam: hex.EncodeToString(td.MrSeam[:]),
		}
	}
	if e := s.quote.Enclave; e != nil {
		id.MREnclave, id.MRSigner = hex.EncodeToString(e.MrEnclave[:]), hex.EncodeToString(e.MrSigner[:])
		id.ProductID, id.SVN = &e.ProductID, &e.SVN
		s.verdict.Workload = protocol.Workload{
			TEE: s.verdict.TEE, MREnclave: id.MREnclave, MRSigner: id.MRSigner, ProductID: e.ProductID, SVN: e.SVN,
		}
	}
}

// evaluations are the collateral's, under names that no other root shares.
func (s *session) evaluations() dcap.Evaluations {
	numbers := s.collateral.Evaluations()
	if !s.verdict.Simulated {
		return numbers
	}
	under := make(dcap.Evaluations)
	for key, n := range numbers {
		under[fmt.Sprintf("simulated/%.16s/%s", fingerprint(s.root), key)] = n
	}
	return under
}

// notProven says what nobody may conclude.
func (s *session) notProven() (list []string) {
	add := func(when bool, what string) {
		if when {
			list = append(list, what)
		}
	}
	v := s.verdict
	add(!v.Accepted, "Anything: a check failed.")
	add(v.Simulated, "Anything about hardware: the evidence ends in the root of a simulator.")
	add(!s.worker, "That the evidence is fresh, or of the party you talk to: its report data was compared with nothing.")
	skipped := func(name string) bool { return v.Accepted && !s.passed[name] }
	add(skipped("measurements.known"), "That the measured firmware, system or enclave is a good one: the policy names none.")
	add(s.quote.TEE == quote.TDX && skipped("compose.hash"), "Which application runs, or that it is a good one: the policy names none.")
	return append(list,
		"Where the machine is, and who can touch it.",
		"That nobody attacks the machine physically: whoever puts an interposer on the memory bus of any genuine "+
			"processor of this kind (TEE.fail, WireTap, Battering RAM) can read its memory or forge such evidence.",
		"That side channels (timing, caches, page faults, power) tell nothing of what it computes on.",
		"That it goes on running, answers, or keeps its data from being rolled back.",
		"What the application does with its input: for that, read the code behind the measurements.",
	)
}
