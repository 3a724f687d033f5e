package simulator

import (
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/attestation/quote"
)

// Headers in which Intel's service sends issuer chains, URL-encoded.
const (
	headerTCBInfo  = "TCB-Info-Issuer-Chain"
	headerIdentity = "SGX-Enclave-Identity-Issuer-Chain"
	headerCRL      = "SGX-PCK-CRL-Issuer-Chain"
)

// CollateralHandler serves the collateral where Intel's provisioning certification service and a
// PCCS serve it, version 4 of both: /sgx/certification/v4 and /tdx/certification/v4 with tcb,
// qe/identity, pckcrl (below sgx), and the root's revocation list as a PCCS has it, in
// hexadecimal at /sgx/certification/v4/rootcacrl, and as Intel has it, at /IntelSGXRootCA.der.
// The parameters update and tcbEvaluationDataNumber choose between EvaluationNumber and the next,
// early one. Every request makes fresh documents.
func (s *Simulator) CollateralHandler() http.Handler {
	mux := http.NewServeMux()
	for _, tee := range []quote.TEE{quote.TDX, quote.SGX} {
		base := "GET /" + teeName(tee) + "/certification/v4/"
		mux.HandleFunc(base+"tcb", func(w http.ResponseWriter, r *http.Request) { s.serveTCBInfo(w, r, tee) })
		mux.HandleFunc(base+"qe/identity", func(w http.ResponseWriter, r *http.Request) { s.serveQEIdentity(w, r, tee) })
	}
	mux.HandleFunc("GET /sgx/certification/v4/pckcrl", s.servePCKCRL)
	mux.HandleFunc("GET /sgx/certification/v4/rootcacrl", func(w http.ResponseWriter, _ *http.Request) {
		if der, err := s.crl(s.pki.root); serveable(w, err) {
			reply(w, "application/pkix-crl", []byte(hex.EncodeToString(der)))
		}
	})
	mux.HandleFunc("GET /IntelSGXRootCA.der", func(w http.ResponseWriter, _ *http.Request) {
		if der, err := s.crl(s.pki.root); serveable(w, err) {
			reply(w, "application/pkix-crl", der)
		}
	})
	return mux
}

func (s *Simulator) serveTCBInfo(w http.ResponseWriter, r *http.Request, tee quote.TEE) {
	fmspc, err := hex.DecodeString(r.URL.Query().Get("fmspc"))
	switch {
	case err != nil || len(fmspc) != len(s.platform.FMSPC):
		http.Error(w, "fmspc must be 12 hexadecimal digits", http.StatusBadRequest)
		return
	case [6]byte(fmspc) != s.platform.FMSPC:
		http.Error(w, "no such fmspc", http.StatusNotFound)
		return
	}
	evaluation, ok := evaluation(w, r.URL.Query())
	if !ok {
		return
	}
	if text, signature, err := s.tcbInfo(tee, evaluation); serveable(w, err) {
		s.replySigned(w, headerTCBInfo, "tcbInfo", text, signature)
	}
}

func (s *Simulator) serveQEIdentity(w http.ResponseWriter, r *http.Request, tee quote.TEE) {
	evaluation, ok := evaluation(w, r.URL.Query())
	if !ok {
		return
	}
	if text, signature, err := s.qeIdentity(tee, evaluation); serveable(w, err) {
		s.replySigned(w, headerIdentity, "enclaveIdentity", text, signature)
	}
}

func (s *Simulator) replySigned(w http.ResponseWriter, header, field, text, signature string) {
	w.Header().Set(header, escapeChain(s.pki.tcb, s.pki.root))
	reply(w, "application/json", []byte(`{"`+field+`":`+text+`,"signature":"`+signature+`"}`))
}

// evaluation picks the evaluation number that a request asks for, or answers it with an error.
func evaluation(w http.ResponseWriter, q url.Values) (int, bool) {
	update, number := q.Get("update"), q.Get("tcbEvaluationDataNumber")
	switch {
	case update != "" && number != "" || update != "" && update != "standard" && update != "early":
		http.Error(w, "update must be standard or early, and without tcbEvaluationDataNumber", http.StatusBadRequest)
		return 0, false
	case update == "early":
		return EvaluationNumber + 1, true
	case number == "":
		return EvaluationNumber, true
	}
	n, err := strconv.Atoi(number)
	switch {
	case err != nil || n < 1:
		http.Error(w, "tcbEvaluationDataNumber must be a positive number", http.StatusBadRequest)
	case n < EvaluationNumber:
		http.Error(w, "tcbEvaluationDataNumber is no longer served", http.StatusGone)
	case n > EvaluationNumber+1:
		http.Error(w, "no such tcbEvaluationDataNumber", http.StatusNotFound)
	default:
		return n, true
	}
	return 0, false
}

func (s *Simulator) servePCKCRL(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	ca := map[string]*authority{"platform": s.pki.platform, "processor": s.pki.processor}[strings.ToLower(q.Get("ca"))]
	if ca == nil {
		http.Error(w, "ca must be platform or processor", http.StatusBadRequest)
		return
	}
	der, err := s.crl(ca)
	if !serveable(w, err) {
		return
	}
	w.Header().Set(headerCRL, escapeChain(ca, s.pki.root))
	switch q.Get("encoding") {
	case "der":
		reply(w, "application/pkix-crl", der)
	case "", "pem":
		reply(w, "application/x-pem-file", pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}))
	default:
		http.Error(w, "encoding must be pem or der", http.StatusBadRequest)
	}
}

// escapeChain writes a chain as Intel does: a space is %20, not a plus sign.
func escapeChain(chain ...*authority) string {
	var text string
	for _, a := range chain {
		text += a.pem()
	}
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

func serveable(w http.ResponseWriter, err error) bool {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	return err == nil
}

func reply(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Write(body) // the only failure is a caller that went away
}
