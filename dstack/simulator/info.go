package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
	"github.com/encrypted-compute/encompute/dstack"
)

// Info answers Info.
func (s *Simulator) Info() (dstack.Info, error) {
	provider, err := s.keyProvider()
	if err != nil {
		return dstack.Info{}, err
	}
	config, err := s.vmConfig()
	if err != nil {
		return dstack.Info{}, err
	}
	device := sha256.Sum256(s.platform.PPID[:])
	events, rtmr := s.measured()
	aggregated := s.mrAggregated(rtmr)
	tcb, err := json.Marshal(dstack.TCBInfo{
		MRTD: s.mrtd[:], RTMR0: rtmr[0][:], RTMR1: rtmr[1][:], RTMR2: rtmr[2][:], RTMR3: rtmr[3][:],
		MrAggregated: aggregated, OSImageHash: s.imageHash[:], ComposeHash: s.composeHash[:], DeviceID: device[:],
		EventLog: events, AppCompose: string(s.config.AppCompose),
	})
	if err != nil {
		return dstack.Info{}, fmt.Errorf("tcb_info: %w", err)
	}
	return dstack.Info{
		AppID: s.config.AppID, InstanceID: s.instanceID, AppCert: s.appCert, TCBInfo: string(tcb),
		AppName: s.compose.Name, DeviceID: device[:], MrAggregated: aggregated, OSImageHash: s.imageHash[:],
		KeyProviderInfo: string(provider), ComposeHash: s.composeHash[:], VMConfig: config,
		CloudVendor: "simulator", CloudProduct: s.config.InstanceType,
	}, nil
}

// publicInfo answers Info to callers outside the CVM, from whom an app may hide its text.
func (s *Simulator) publicInfo() (dstack.Info, error) {
	info, err := s.Info()
	if public := s.compose.PublicTCBInfo; public != nil && !*public {
		info.TCBInfo, info.VMConfig = "", ""
	}
	return info, err
}

// mrAggregated is SHA-256(mrtd || rtmr0..3), and, where one of them is set, also of mr_config_id ||
// mr_owner || mr_owner_config.
func (s *Simulator) mrAggregated(rtmr [4]eventlog.Register) []byte {
	h := sha256.New()
	h.Write(s.mrtd[:])
	for _, r := range rtmr {
		h.Write(r[:])
	}
	if s.configID != [48]byte{} {
		h.Write(s.configID[:])
		h.Write(make([]byte, 96))
	}
	return h.Sum(nil)
}

// mrSystem is SHA-256(mrtd || rtmr0..2 || SHA-256(key provider)).
func (s *Simulator) mrSystem(provider []byte) []byte {
	_, rtmr := s.measured()
	h := sha256.New()
	h.Write(s.mrtd[:])
	for _, r := range rtmr[:3] {
		h.Write(r[:])
	}
	keys := sha256.Sum256(provider)
	h.Write(keys[:])
	return h.Sum(nil)
}

// Version answers Version. Nobody mistakes it for a real agent's.
func (s *Simulator) Version() dstack.Version {
	return dstack.Version{
		Version: string(s.config.Agent) + "-simulated",
		Rev:     hex.EncodeToString(s.imageHash[:4]),
	}
}
