package simulator

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/encrypted-compute/encompute/attestation/kms"
	"github.com/encrypted-compute/encompute/dstack"
)

// version is what the simulated agent calls itself.
const version = "0.5.11-simulated"

// Key answers GetKey.
func (s *Simulator) Key(request dstack.KeyRequest) (dstack.Key, error) {
	key, err := kms.DeriveKey(s.appKey.Serialize(), request.Path)
	if err != nil {
		return dstack.Key{}, err
	}
	var public []byte
	switch strings.ToLower(request.Algorithm) {
	case "", "secp256k1", "k256":
		public = secp256k1.PrivKeyFromBytes(key).PubKey().SerializeCompressed()
	case "ed25519":
		public = ed25519.NewKeyFromSeed(key).Public().(ed25519.PublicKey)
	default:
		return dstack.Key{}, fmt.Errorf("unsupported algorithm %q", request.Algorithm)
	}
	return dstack.Key{Key: key, SignatureChain: []dstack.Hex{
		sign65(s.appKey, kms.KeyMessage(request.Purpose, public)),
		sign65(s.kmsRoot, kms.AppMessage(s.config.AppID, s.appKey.PubKey().SerializeCompressed())),
	}}, nil
}

// sign65 is r || s || v over the Keccak-256 of the message.
func sign65(key *secp256k1.PrivateKey, message []byte) []byte {
	compact := ecdsa.SignCompact(key, kms.Keccak256(message), true)
	return append(compact[1:], compact[0]-27-4)
}

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
	device := sha256.Sum256(simPPID)
	aggregated := s.mrAggregated()
	tcb, err := json.Marshal(dstack.TCBInfo{
		MRTD: s.mrtd[:], RTMR0: s.rtmr[0][:], RTMR1: s.rtmr[1][:], RTMR2: s.rtmr[2][:], RTMR3: s.rtmr[3][:],
		MrAggregated: aggregated, OSImageHash: s.imageHash[:], ComposeHash: s.composeHash[:], DeviceID: device[:],
		EventLog: s.events, AppCompose: string(s.config.AppCompose),
	})
	if err != nil {
		return dstack.Info{}, fmt.Errorf("tcb_info: %w", err)
	}
	return dstack.Info{
		AppID: s.config.AppID, InstanceID: s.instanceID, AppCert: s.appCert, TCBInfo: string(tcb),
		AppName: s.name, DeviceID: device[:], MrAggregated: aggregated, OSImageHash: s.imageHash[:],
		KeyProviderInfo: string(provider), ComposeHash: s.composeHash[:], VMConfig: config,
		CloudVendor: "simulator", CloudProduct: s.config.InstanceType,
	}, nil
}

// mrAggregated is SHA-256(mrtd || rtmr0..3 || mr_config_id || mr_owner || mr_owner_config).
func (s *Simulator) mrAggregated() []byte {
	h := sha256.New()
	h.Write(s.mrtd[:])
	for _, r := range s.rtmr {
		h.Write(r[:])
	}
	h.Write([]byte{1})
	h.Write(s.composeHash[:])
	h.Write(make([]byte, 15+96))
	return h.Sum(nil)
}

// Version answers Version.
func (s *Simulator) Version() dstack.Version {
	return dstack.Version{Version: version, Rev: hex.EncodeToString(s.imageHash[:4])}
}
