package simulator

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation/dcap"
	"github.com/encrypted-compute/encompute/attestation/quote"
)

// EvaluationNumber is the tcbEvaluationDataNumber of the simulator's collateral. The next number
// is what Intel calls early: published before platforms had time to update.
const EvaluationNumber = 20

// Collateral returns fresh collateral for the simulator's TDX quotes as QuoteCollateralV3 JSON.
func (s *Simulator) Collateral() ([]byte, error) { return s.collateral(quote.TDX) }

// SGXCollateral returns fresh collateral for EnclaveQuote as QuoteCollateralV3 JSON.
func (s *Simulator) SGXCollateral() ([]byte, error) { return s.collateral(quote.SGX) }

func (s *Simulator) collateral(tee quote.TEE) ([]byte, error) {
	b, err := s.bundle(tee, EvaluationNumber)
	if err != nil {
		return nil, err
	}
	return json.Marshal(b)
}

func (s *Simulator) bundle(tee quote.TEE, evaluation int) (dcap.Bundle, error) {
	b := dcap.Bundle{
		PCKCRLIssuerChain:     s.pki.pckCA.pem() + s.pki.root.pem(),
		TCBInfoIssuerChain:    s.pki.tcb.pem() + s.pki.root.pem(),
		QEIdentityIssuerChain: s.pki.tcb.pem() + s.pki.root.pem(),
	}
	rootCRL, err := s.crl(s.pki.root)
	if err != nil {
		return b, err
	}
	pckCRL, err := s.crl(s.pki.pckCA)
	if err != nil {
		return b, err
	}
	b.RootCRL, b.PCKCRL = hex.EncodeToString(rootCRL), hex.EncodeToString(pckCRL)
	if b.TCBInfo, b.TCBInfoSignature, err = s.tcbInfo(tee, evaluation); err != nil {
		return b, fmt.Errorf("tcb info: %w", err)
	}
	if b.QEIdentity, b.QEIdentitySignature, err = s.qeIdentity(tee, evaluation); err != nil {
		return b, fmt.Errorf("qe identity: %w", err)
	}
	return b, nil
}

// crl is the current revocation list of a CA, in DER.
func (s *Simulator) crl(issuer *authority) ([]byte, error) {
	var serials []*big.Int
	if revoke := s.config.Hooks.Revoke; revoke != nil {
		for _, a := range []*authority{s.pki.platform, s.pki.processor, s.pki.tcb, s.pki.pck} {
			if string(a.cert.RawIssuer) == string(issuer.cert.RawSubject) && revoke(a.cert) {
				serials = append(serials, a.cert.SerialNumber)
			}
		}
	}
	return issuer.crl(s.config.Now().UTC(), s.config.Hooks.CRL, serials...)
}

func (s *Simulator) signDocument(document map[string]any, hook func(map[string]any)) (text, signature string, err error) {
	if hook != nil {
		hook(document)
	}
	raw, err := json.Marshal(document)
	if err != nil {
		return "", "", err
	}
	sig, err := sign64(s.pki.tcb.key, raw)
	return string(raw), hex.EncodeToString(sig), err
}

// tcbInfo makes the document for this platform's family: a level that the platform reaches, with
// the configured status, and one below it that is out of date.
func (s *Simulator) tcbInfo(tee quote.TEE, evaluation int) (text, signature string, err error) {
	now := s.config.Now()
	date := timestamp(now.Add(-time.Hour))
	document := map[string]any{
		"id": strings.ToUpper(teeName(tee)), "version": 3, "issueDate": date, "nextUpdate": timestamp(now.Add(collateralLifetime)),
		"fmspc": hex.EncodeToString(s.platform.FMSPC[:]), "pceId": hex.EncodeToString(s.platform.PCEID[:]), "tcbType": 0,
		"tcbEvaluationDataNumber": evaluation,
		"tcbLevels": []any{
			tcbLevel(tee, simCPUSVN, simTEETCBSVN, simPCESVN, date, s.levelStatus(), s.config.Advisories),
			tcbLevel(tee, [16]byte{}, [16]byte{}, 5, date, dcap.OutOfDate, []string{"SIMULATED-SA-00001"}),
		},
	}
	if tee == quote.TDX {
		identity := tdxModule()
		identity["id"] = fmt.Sprintf("TDX_%02X", moduleTCBIndex)
		identity["tcbLevels"] = []any{isvLevel(uint16(simTEETCBSVN[0]), date, dcap.UpToDate), isvLevel(2, date, dcap.OutOfDate)}
		document["tdxModule"] = tdxModule()
		document["tdxModuleIdentities"] = []any{identity}
	}
	return s.signDocument(document, s.config.Hooks.TCBInfo)
}

// levelStatus is the status of the platform's level. That a TD should be started anew is never in
// a document: verifiers conclude it from the module's level at launch.
func (s *Simulator) levelStatus() dcap.Status {
	switch s.config.TCBStatus {
	case "", dcap.TDRelaunchAdvised:
		return dcap.UpToDate
	case dcap.TDRelaunchAdvisedConfigurationNeeded:
		return dcap.ConfigurationNeeded
	}
	return s.config.TCBStatus
}

func tdxModule() map[string]any {
	return map[string]any{
		"mrsigner": strings.Repeat("00", 48), "attributes": strings.Repeat("00", 8), "attributesMask": strings.Repeat("FF", 8),
	}
}

func isvLevel(isvsvn uint16, date string, status dcap.Status) map[string]any {
	return map[string]any{"tcb": map[string]any{"isvsvn": isvsvn}, "tcbDate": date, "tcbStatus": status}
}

func tcbLevel(tee quote.TEE, cpu, tdx [16]byte, pcesvn int, date string, status dcap.Status, advisories []string) map[string]any {
	components := func(svns [16]byte) (list []any) {
		for _, svn := range svns {
			list = append(list, map[string]any{"svn": int(svn)})
		}
		return list
	}
	tcb := map[string]any{"sgxtcbcomponents": components(cpu), "pcesvn": pcesvn}
	if tee == quote.TDX {
		tcb["tdxtcbcomponents"] = components(tdx)
	}
	level := map[string]any{"tcb": tcb, "tcbDate": date, "tcbStatus": status}
	if len(advisories) != 0 {
		level["advisoryIDs"] = advisories
	}
	return level
}

func (s *Simulator) qeIdentity(tee quote.TEE, evaluation int) (text, signature string, err error) {
	qe := tdQE
	if tee == quote.SGX {
		qe = sgxQE
	}
	now := s.config.Now()
	date := timestamp(now.Add(-time.Hour))
	return s.signDocument(map[string]any{
		"id": qe.id, "version": 2, "issueDate": date, "nextUpdate": timestamp(now.Add(collateralLifetime)),
		"tcbEvaluationDataNumber": evaluation,
		"miscselect":              "00000000", "miscselectMask": "FFFFFFFF",
		"attributes": "11" + strings.Repeat("00", 15), "attributesMask": "FB" + strings.Repeat("FF", 7) + strings.Repeat("00", 8),
		"mrsigner": strings.ToUpper(qe.mrSigner), "isvprodid": qe.productID,
		"tcbLevels": []any{isvLevel(qe.svn, date, dcap.UpToDate)},
	}, s.config.Hooks.QEIdentity)
}

func teeName(tee quote.TEE) string {
	if tee == quote.SGX {
		return "sgx"
	}
	return "tdx"
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
