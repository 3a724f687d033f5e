package simulator

import (
	"context"
	"net/http"

	"github.com/encrypted-compute/encompute/dstack"
)

// empty is the request of calls without fields, and the answer of EmitEvent.
type empty struct{}

// quoteAnswer is the answer of GetQuote. The attestation is filled on other platforms than TDX.
type quoteAnswer struct {
	dstack.Quote
	Attestation dstack.Hex `json:"attestation"`
}

// attestAnswer is the answer of Attest.
type attestAnswer struct {
	Attestation dstack.Hex `json:"attestation"`
}

// emitRequest is the request of EmitEvent.
type emitRequest struct {
	Event   string     `json:"event"`
	Payload dstack.Hex `json:"payload"`
}

// gpuInfo is the answer of GpuInfo: empty where there is no GPU.
type gpuInfo struct {
	Attestation string `json:"attestation"`
}

// verifyAnswer is the answer of Verify.
type verifyAnswer struct {
	Valid bool `json:"valid"`
}

// Handler is the guest agent's API inside the CVM, by the configured version: POST with a JSON
// body or GET with a query, errors as {"error":"..."} with a status other than 200.
func (s *Simulator) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/Info", method(func(context.Context, empty) (dstack.Info, error) { return s.Info() }))
	mux.Handle("/GetQuote", method(s.getQuote))
	mux.Handle("/GetKey", method(func(_ context.Context, r dstack.KeyRequest) (dstack.Key, error) { return s.Key(r) }))
	mux.Handle("/GetTlsKey", method(func(_ context.Context, r tlsRequest) (tlsKey, error) { return s.tlsKey(r) }))
	if s.config.Agent != Agent055 {
		mux.Handle("/Attest", method(s.attestCall))
		mux.Handle("/Sign", method(func(_ context.Context, r signRequest) (signature, error) { return s.signData(r) }))
		mux.Handle("/Verify", method(func(_ context.Context, r verifyRequest) (verifyAnswer, error) {
			valid, err := verifyData(r)
			return verifyAnswer{valid}, err
		}))
		mux.Handle("/Version", method(s.versionCall))
	}
	if s.config.Agent != Agent060 {
		mux.Handle("/EmitEvent", method(func(_ context.Context, r emitRequest) (empty, error) {
			return empty{}, s.EmitEvent(r.Event, r.Payload)
		}))
	} else {
		mux.Handle("/GpuInfo", method(func(context.Context, empty) (gpuInfo, error) { return gpuInfo{}, nil }))
	}
	return withNotFound(mux)
}

// TappdHandler is the API of tappd, the agent before 0.5, which later agents serve on a socket of
// its own: /prpc/Tappd.TdxQuote and so on.
func (s *Simulator) TappdHandler() http.Handler {
	mux := http.NewServeMux()
	for _, prefix := range []string{"/prpc/Tappd.", "/prpc/"} {
		mux.Handle(prefix+"TdxQuote", method(s.tdxQuote))
		mux.Handle(prefix+"RawQuote", method(func(ctx context.Context, r dstack.QuoteRequest) (tdxQuote, error) {
			return s.tdxQuote(ctx, tdxQuoteRequest{ReportData: r.ReportData, HashAlgorithm: rawReportData})
		}))
		mux.Handle(prefix+"DeriveKey", method(func(_ context.Context, r deriveRequest) (tlsKey, error) { return s.deriveKey(r) }))
		mux.Handle(prefix+"DeriveK256Key", method(func(_ context.Context, r dstack.KeyRequest) (k256Key, error) { return s.deriveK256Key(r) }))
		mux.Handle(prefix+"Info", method(func(context.Context, empty) (dstack.Info, error) { return s.Info() }))
		if s.config.Agent != Agent055 {
			mux.Handle(prefix+"Version", method(s.versionCall))
		}
	}
	return withNotFound(mux)
}

// WorkerHandler is what the agent shows to the world outside the CVM: /prpc/Worker.Info and so on.
func (s *Simulator) WorkerHandler() http.Handler {
	mux := http.NewServeMux()
	for _, prefix := range []string{"/prpc/Worker.", "/prpc/"} {
		mux.Handle(prefix+"Info", method(func(context.Context, empty) (dstack.Info, error) { return s.publicInfo() }))
		mux.Handle(prefix+"Version", method(s.versionCall))
		if s.config.Agent != Agent055 {
			mux.Handle(prefix+"GetAttestationForAppKey", method(func(ctx context.Context, r algorithmRequest) (quoteAnswer, error) {
				data, err := s.appKeyReportData(r)
				if err != nil {
					return quoteAnswer{}, err
				}
				return s.getQuote(ctx, dstack.QuoteRequest{ReportData: data})
			}))
		}
	}
	return withNotFound(mux)
}

func withNotFound(mux *http.ServeMux) http.Handler {
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "no such method: "+r.URL.Path)
	})
	return mux
}

func (s *Simulator) getQuote(ctx context.Context, r dstack.QuoteRequest) (quoteAnswer, error) {
	q, err := s.Quote(ctx, r.ReportData)
	return quoteAnswer{Quote: q}, err
}

func (s *Simulator) attestCall(_ context.Context, r dstack.QuoteRequest) (attestAnswer, error) {
	padded, err := pad64(r.ReportData)
	if err != nil {
		return attestAnswer{}, err
	}
	a, err := s.attest(padded, false)
	return attestAnswer{a.encode()}, err
}

func (s *Simulator) versionCall(context.Context, empty) (dstack.Version, error) {
	return s.Version(), nil
}
