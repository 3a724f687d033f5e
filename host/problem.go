package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/encrypted-compute/encompute/host/store"
	"github.com/encrypted-compute/encompute/protocol"
)

// code names a kind of refusal. The codes are part of the interface: programs branch on
// them.
type code string

// All codes that the host answers with, in Problems and on streams.
const (
	codeBadRequest  code = "bad_request"
	codeTooLarge    code = "too_large"
	codeNotFound    code = "not_found"
	codeBusy        code = "busy"
	codeInternal    code = "internal"
	codeChainDown   code = "chain_unavailable"
	codeClosing     code = "closing"
	codeSuperseded  code = "lease_lost"
	codeTimeout     code = "timeout"
	codeRateLimited code = "rate_limited"

	codeUnknownModel    code = "unknown_model"
	codeModelMismatch   code = "model_mismatch"
	codeModelNotReady   code = "model_not_ready"
	codeUnknownJob      code = "unknown_job"
	codeNotPosted       code = "job_not_posted"
	codeWrongTerms      code = "wrong_terms"
	codeTooLate         code = "too_late"
	codeTooMany         code = "too_many_jobs"
	codeJobState        code = "job_state"
	codeUnexpectedBlob  code = "unexpected_blob"
	codeWrongDigest     code = "wrong_digest"
	codeUnknownBlob     code = "unknown_blob"
	codeUploadOffset    code = "upload_offset"
	codeQuota           code = "quota"
	codeTokenRequired   code = "token_required"
	codeSignIn          code = "sign_in"
	codeForbidden       code = "forbidden"
	codeNonce           code = "nonce"
	codeDomain          code = "wrong_domain"
	codeSignInTime      code = "sign_in_time"
	codeSignature       code = "signature"
	codeReleaseMismatch code = "release_mismatch"

	// Workers give up on these three: another attempt cannot help.
	codeChain    code = "chain"
	codeRegistry code = "registry"
	codeVersion  code = "version"

	codeRecordsMissing code = "records_missing"
	codeSheet          code = "sheet"

	codeUnknownWorker   code = "unknown_worker"
	codeEvidence        code = "evidence"
	codeEvidenceRefused code = "evidence_refused"
	codeWorkload        code = "workload_not_allowed"
	codeRegistration    code = "registration"
	codeProtocol        code = "protocol"
	codeReceipt         code = "receipt"
	codeDelivery        code = "delivery"
)

// kinds says for each code the HTTP status, the title and what to do about it.
var kinds = map[code]struct {
	status        int
	title, remedy string
}{
	codeBadRequest:  {400, "Request is malformed", "correct the named field"},
	codeTooLarge:    {413, "Request is too large", "send at most the stated size"},
	codeNotFound:    {404, "No such route", "see the list of routes in the documentation"},
	codeBusy:        {503, "Host is busy", "try again in a moment"},
	codeInternal:    {500, "Host failed", "try again; if it stays, tell the host's operator"},
	codeChainDown:   {503, "Chain cannot be read", "try again in a moment; if it stays, tell the host's operator"},
	codeClosing:     {503, "Host is shutting down", "connect again in a moment"},
	codeSuperseded:  {409, "Lease was lost", "connect again; send heartbeats more often than the lease lasts"},
	codeTimeout:     {504, "Other side did not answer in time", "try again"},
	codeRateLimited: {429, "Too many requests", "wait a few seconds and try again"},

	codeUnknownModel:    {404, "Model is not known", "choose one of GET /v1/models; a creator registers on chain first and then publishes"},
	codeModelMismatch:   {409, "Model is not the registered one", "publish the manifest whose hash the chain holds, from the creator that registered it"},
	codeModelNotReady:   {409, "Model is not complete", "wait until the creator has uploaded the sealed prefixes"},
	codeUnknownJob:      {404, "Job is not known", "submit its spec with POST /v1/jobs first"},
	codeNotPosted:       {409, "Job is not posted on chain", "post and pay it on the market first, and wait for the transaction"},
	codeWrongTerms:      {422, "Terms of the job do not fit the model or the host", "read the manifest and GET /v1/network again and make a new job; this one is refunded after its deadline"},
	codeTooLate:         {422, "Too little time is left", "make a new job with a later deadline; this one is refunded after its deadline"},
	codeTooMany:         {422, "Creator takes no more jobs of the account for now", "try again when a day has passed since the earliest of them; this job is refunded after its deadline"},
	codeJobState:        {409, "Job is in a state that does not allow this", "read the job again"},
	codeUnexpectedBlob:  {403, "Nobody expects this blob", "publish the model, or submit the job, that names its digest and size first"},
	codeWrongDigest:     {422, "Content does not have that digest", "upload it again unchanged; if it stays, compute the digest again"},
	codeUploadOffset:    {409, "Upload stands elsewhere", "ask how much it holds and go on from there"},
	codeQuota:           {507, "Account has too much in store", "wait until jobs of yours have ended"},
	codeUnknownBlob:     {404, "Blob is not there", "wait until it has been uploaded"},
	codeTokenRequired:   {401, "Only workers may do this", "send the token of the worker's stream as Authorization: Bearer"},
	codeSignIn:          {401, "Sign-in is needed", "sign in: POST /v1/session/nonce, sign, POST /v1/session; send its token as Authorization: Bearer"},
	codeForbidden:       {403, "This is for others", "sign in with an account that is a party to it"},
	codeNonce:           {403, "Nonce is not open", "get a new one with POST /v1/session/nonce and sign that, once and within ten minutes"},
	codeDomain:          {403, "Sign-in is for another host or chain", "sign for the address of this host and the chain id of GET /v1/network; distrust whoever asked for another"},
	codeSignInTime:      {403, "Sign-in is for another time", "set this machine's clock and sign again"},
	codeSignature:       {403, "Signature does not verify", "sign with the key of the account that the job names"},
	codeReleaseMismatch: {422, "Release does not fit the job", "release the output that the receipt names, and send the envelope that was signed"},

	codeChain:    {409, "Worker is for another chain", "configure the chain id of GET /v1/network, or choose another host"},
	codeRegistry: {409, "Worker is for another registry", "configure the registry of GET /v1/network, or choose another host"},
	codeVersion:  {409, "Versions do not fit", "update the older side"},

	codeRecordsMissing: {409, "Records are not uploaded", "put the sealed records as a blob and ask again"},
	codeSheet:          {422, "Sheet cannot be measured", "correct what the worker says of prefix, mechanism or records"},

	codeUnknownWorker:   {404, "Worker is not connected", "choose one of GET /v1/workers"},
	codeEvidence:        {502, "Worker gives no evidence", "choose another worker"},
	codeEvidenceRefused: {403, "Evidence is refused", "correct what the named check found, or run the accepted workload"},
	codeWorkload:        {403, "Workload is not allowed on chain", "ask the registry's owner to allow it, or run an allowed one"},
	codeRegistration:    {502, "Registration on chain failed", "connect again in a moment; if it stays, tell the host's operator"},
	codeProtocol:        {400, "Message is malformed or out of turn", "update the older side"},
	codeReceipt:         {422, "Receipt is refused", "connect again; do not answer that job again with this receipt"},
	codeDelivery:        {422, "Delivery is refused", "sign the delivery of this job with the creator's key"},
}

// problem makes the Problem of a code.
func problem(c code, format string, args ...any) *protocol.Problem {
	k := kinds[c]
	return &protocol.Problem{
		Type:   "urn:encompute:problem:" + string(c),
		Title:  k.title,
		Status: k.status,
		Detail: fmt.Sprintf(format, args...),
		Code:   string(c),
		Remedy: k.remedy,
	}
}

// asProblem returns err as what the other side may see: errors that are not Problems and
// not about stored things are internal and told to nobody.
func asProblem(err error) (p *protocol.Problem, internal bool) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &p):
		return p, p.Code == string(codeInternal)
	case errors.As(err, &tooLarge):
		return problem(codeTooLarge, "body is larger than %d bytes", tooLarge.Limit), false
	case errors.Is(err, protocol.ErrMalformed):
		return problem(codeBadRequest, "%s", err), false
	case errors.Is(err, store.ErrConflict):
		return problem(codeJobState, "%s", err), false
	}
	return problem(codeInternal, "the request could not be handled"), true
}

// writeProblem answers a request with an error.
func (h *Host) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p, internal := asProblem(err)
	h.metrics.refusals.WithLabelValues(p.Code).Inc()
	if internal {
		h.log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the other side is gone if this fails
}
