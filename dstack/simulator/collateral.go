package simulator

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// evaluationNumber is the tcbEvaluationDataNumber of the simulator's collateral.
const evaluationNumber = 20

// bundle has the shape of QuoteCollateralV3 as JSON: revocation lists and signatures in
// hexadecimal, the two documents as the exact text that was signed.
type bundle struct {
	PCKCRLIssuerChain     string `json:"pck_crl_issuer_chain"`
	RootCRL               string `json:"root_ca_crl"`
	PCKCRL                string `json:"pck_crl"`
	TCBInfoIssuerChain    string `json:"tcb_info_issuer_chain"`
	TCBInfo               string `json:"tcb_info"`
	TCBInfoSignature      string `json:"tcb_info_signature"`
	QEIdentityIssuerChain string `json:"qe_identity_issuer_chain"`
	QEIdentity            string `json:"qe_identity"`
	QEIdentitySignature   string `json:"qe_identity_signature"`
}

// Collateral returns fresh collateral for the simulator's quotes as QuoteCollateralV3 JSON.
func (s *Simulator) Collateral() ([]byte, error) {
	b, err := s.bundle()
	if err != nil {
		return nil, err
	}
	return json.Marshal(b)
}

func (s *Simulator) bundle() (bundle, error) {
	now := s.config.Now().UTC()
	rootCRL, err := s.pki.root.crl(now, s.revoked(s.pki.platform, s.pki.tcb)...)
	if err != nil {
		return bundle{}, err
	}
	pckCRL, err := s.pki.platform.crl(now, s.revoked(s.pki.pck)...)
	if err != nil {
		return bundle{}, err
	}
	tcb, tcbSignature, err := s.signDocument(tcbInfo(now), s.config.Hooks.TCBInfo)
	if err != nil {
		return bundle{}, fmt.Errorf("tcb info: %w", err)
	}
	qe, qeSignature, err := s.signDocument(qeIdentity(now), s.config.Hooks.QEIdentity)
	if err != nil {
		return bundle{}, fmt.Errorf("qe identity: %w", err)
	}
	signerChain := s.pki.tcb.pem() + s.pki.root.pem()
	return bundle{
		PCKCRLIssuerChain:     s.pki.platform.pem() + s.pki.root.pem(),
		RootCRL:               hex.EncodeToString(rootCRL),
		PCKCRL:                hex.EncodeToString(pckCRL),
		TCBInfoIssuerChain:    signerChain,
		TCBInfo:               tcb,
		TCBInfoSignature:      tcbSignature,
		QEIdentityIssuerChain: signerChain,
		QEIdentity:            qe,
		QEIdentitySignature:   qeSignature,
	}, nil
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

func tcbInfo(now time.Time) map[string]any {
	date := timestamp(now.Add(-time.Hour))
	level := func(isvsvn int, status string) map[string]any {
		return map[string]any{"tcb": map[string]any{"isvsvn": isvsvn}, "tcbDate": date, "tcbStatus": status}
	}
	module := func() map[string]any {
		return map[string]any{
			"mrsigner": strings.Repeat("00", 48), "attributes": strings.Repeat("00", 8), "attributesMask": strings.Repeat("FF", 8),
		}
	}
	identity := module()
	identity["id"] = fmt.Sprintf("TDX_%02X", moduleTCBIndex)
	identity["tcbLevels"] = []any{level(int(simTEETCBSVN[0]), "UpToDate"), level(2, "OutOfDate")}
	return map[string]any{
		"id": "TDX", "version": 3, "issueDate": date, "nextUpdate": timestamp(now.Add(collateralLifetime)),
		"fmspc": hex.EncodeToString(simFMSPC), "pceId": hex.EncodeToString(simPCEID), "tcbType": 0,
		"tcbEvaluationDataNumber": evaluationNumber,
		"tdxModule":               module(),
		"tdxModuleIdentities":     []any{identity},
		"tcbLevels": []any{
			tcbLevel(simCPUSVN, simTEETCBSVN[:], simPCESVN, date, "UpToDate"),
			tcbLevel(make([]byte, 16), make([]byte, 16), 5, date, "OutOfDate"),
		},
	}
}

func tcbLevel(cpu, tdx []byte, pcesvn int, date, status string) map[string]any {
	components := func(svns []byte) (list []any) {
		for _, svn := range svns {
			list = append(list, map[string]any{"svn": int(svn)})
		}
		return list
	}
	level := map[string]any{
		"tcb":     map[string]any{"sgxtcbcomponents": components(cpu), "pcesvn": pcesvn, "tdxtcbcomponents": components(tdx)},
		"tcbDate": date, "tcbStatus": status,
	}
	if status != "UpToDate" {
		level["advisoryIDs"] = []any{"SIMULATED-SA-00001"}
	}
	return level
}

func qeIdentity(now time.Time) map[string]any {
	date := timestamp(now.Add(-time.Hour))
	return map[string]any{
		"id": "TD_QE", "version": 2, "issueDate": date, "nextUpdate": timestamp(now.Add(collateralLifetime)),
		"tcbEvaluationDataNumber": evaluationNumber,
		"miscselect":              "00000000", "miscselectMask": "FFFFFFFF",
		"attributes": "11" + strings.Repeat("00", 15), "attributesMask": "FB" + strings.Repeat("FF", 7) + strings.Repeat("00", 8),
		"mrsigner": qeMrSigner, "isvprodid": qeProductID,
		"tcbLevels": []any{map[string]any{
			"tcb": map[string]any{"isvsvn": qeISVSVN}, "tcbDate": date, "tcbStatus": "UpToDate",
		}},
	}
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// CollateralHandler serves the collateral in the shape of Intel's provisioning certification
// service, version 4: /tdx/certification/v4/tcb and /qe/identity, /sgx/certification/v4/pckcrl
// and /rootcacrl. Issuer chains travel in the headers, URL-encoded.
func (s *Simulator) CollateralHandler() http.Handler {
	mux := http.NewServeMux()
	serve := func(path, contentType, chainHeader string, pick func(bundle) (body, chain string)) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			b, err := s.bundle()
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			if f := r.URL.Query().Get("fmspc"); f != "" && !strings.EqualFold(f, hex.EncodeToString(simFMSPC)) {
				http.Error(w, "no such fmspc", http.StatusNotFound)
				return
			}
			body, chain := pick(b)
			if chainHeader != "" {
				w.Header().Set(chainHeader, url.QueryEscape(chain))
			}
			w.Header().Set("Content-Type", contentType)
			fmt.Fprint(w, body)
		})
	}
	serve("/tdx/certification/v4/tcb", "application/json", "TCB-Info-Issuer-Chain", func(b bundle) (string, string) {
		return `{"tcbInfo":` + b.TCBInfo + `,"signature":"` + b.TCBInfoSignature + `"}`, b.TCBInfoIssuerChain
	})
	serve("/tdx/certification/v4/qe/identity", "application/json", "SGX-Enclave-Identity-Issuer-Chain", func(b bundle) (string, string) {
		return `{"enclaveIdentity":` + b.QEIdentity + `,"signature":"` + b.QEIdentitySignature + `"}`, b.QEIdentityIssuerChain
	})
	serve("/sgx/certification/v4/pckcrl", "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain", func(b bundle) (string, string) {
		return string(mustHex(b.PCKCRL)), b.PCKCRLIssuerChain
	})
	serve("/sgx/certification/v4/rootcacrl", "text/plain", "", func(b bundle) (string, string) { return b.RootCRL, "" })
	return mux
}
