package host

import "github.com/encrypted-compute/encompute/protocol"

// operation is what the description says of a route beside what stands in the table of routes.
type operation struct {
	summary string
	in, out any // nil: none; see schemas.content for what is no JSON
	query   []query
	status  int // of success, 200 unless set
}

type (
	blobBytes struct{}
	ndjson    struct{ of any }
	plain     struct{}
	health    struct{ OK bool }
	anyJSON   struct{}
)

type query struct {
	name, kind, what string
	needed           bool
}

var afterEvent = query{"after", "integer", "The number of the last event that is known.", false}

// operations describe the routes under /v1 and those for whoever runs the host; pages are left out.
var operations = map[string]operation{
	"GET /healthz":         {summary: "Whether the host can answer.", out: health{}},
	"GET /metrics":         {summary: "Figures in Prometheus' text format. They name no user, model, worker or job.", out: plain{}},
	"GET /v1/openapi.json": {summary: "This document.", out: anyJSON{}},

	"POST /v1/session/nonce":   {summary: "Begin to sign in: get a nonce to sign, once and within ten minutes.", out: protocol.SignInChallenge{}},
	"POST /v1/session":         {summary: "Sign in with a signed message of EIP-4361; smart wallets sign by ERC-1271.", in: protocol.SignInRequest{}, out: protocol.Session{}},
	"GET /v1/session":          {summary: "Who the token is of.", out: protocol.Session{}},
	"POST /v1/session/renewal": {summary: "Get a new token for this one, which ends. A day after the signature the wallet has to sign again.", out: protocol.Session{}},
	"DELETE /v1/session": {
		summary: "Sign out.", status: 204,
		query: []query{{"everywhere", "boolean", "End all sessions of the account.", false}},
	},
	"GET /v1/me/jobs": {
		summary: "The jobs that the account pays for, the latest first, without what is sealed in them.", out: protocol.JobList{},
		query: []query{{"before", "integer", "The next of the page before.", false}},
	},
	"GET /v1/me/export": {
		summary: "All that is kept of the account but blobs: a document in each line, of kind end in the last if it is complete.",
		out:     ndjson{protocol.Exported{}},
	},
	"DELETE /v1/me": {
		summary: "Erase the account's jobs that are over: blobs, sealed releases and results, events. What is public on chain, or settles a job, stays.",
		out:     protocol.Erasure{},
	},

	"GET /v1/network":                    {summary: "The chain and contracts that the host serves.", out: protocol.Network{}},
	"GET /v1/workers":                    {summary: "The workers that are connected and registered on chain.", out: []protocol.WorkerView{}},
	"POST /v1/workers/{signer}/evidence": {summary: "Ask a worker for evidence over a nonce of one's own. The host's word on it is worth nothing: verify it.", in: protocol.EvidenceQuery{}, out: protocol.Evidence{}},
	"GET /v1/models": {
		summary: "The published models in the order of their ids, a hundred at a time.", out: []protocol.ModelView{},
		query: []query{{"after", "string", "The id of the last model that is known.", false}},
	},
	"GET /v1/models/{id}":         {summary: "A published model.", out: protocol.ModelView{}},
	"POST /v1/models":             {summary: "Publish a model whose manifest's hash is registered on chain.", in: protocol.PublishRequest{}, out: protocol.ModelView{}},
	"GET /v1/models/{id}/sheets":  {summary: "What workers measured of the model's cuts, the newest first.", out: []protocol.SignedSheet{}},
	"POST /v1/models/{id}/sheets": {summary: "Have a worker measure a cut, on records that are sealed to it and uploaded before.", in: protocol.SheetOrder{}, out: protocol.SignedSheet{}},

	"PUT /v1/blobs/{digest}":              {summary: "Upload a blob that a model, job or lease expects, all at once.", in: blobBytes{}, status: 204},
	"GET /v1/blobs/{digest}":              {summary: "Download a blob; HEAD and ranges work. Outputs are for the user of their job, the rest is for workers.", out: blobBytes{}},
	"GET /v1/blobs/{digest}/uploads/{id}": {summary: "How far an upload has come. Its id is chosen by, and known to, whoever uploads.", out: protocol.Upload{}},
	"PATCH /v1/blobs/{digest}/uploads/{id}": {
		summary: "Add bytes to an upload of a blob that a model, job or lease expects, at the end or at least 64 KiB.", in: blobBytes{}, out: protocol.Upload{},
		query: []query{
			{"at", "integer", "How many bytes it holds.", true},
			{"bytes", "integer", "How many the blob has.", true},
			{"confirm", "integer", "After how many bytes each, 16 KiB or more, an interim answer 104 tells in Upload-Offset how many were taken; without it, none does.", false},
		},
	},

	"POST /v1/jobs":                      {summary: "Submit a job that is posted on chain. Strangers to it are shown no more than the chain shows.", in: protocol.JobSpec{}, out: protocol.JobView{}},
	"GET /v1/jobs/{id}":                  {summary: "A job, for its parties.", out: protocol.JobView{}},
	"GET /v1/jobs/{id}/events":           {summary: "What happened to a job. Upgraded to a WebSocket: what happens, an Event in each message. Browsers send the token as subprotocol encompute.token.TOKEN beside encompute.", out: []protocol.Event{}, query: []query{afterEvent}},
	"POST /v1/jobs/{id}/release":         {summary: "Hand over the sealed intermediate, signed by the job's user.", in: protocol.SignedRelease{}, out: protocol.JobView{}},
	"POST /v1/jobs/{id}/acknowledgement": {summary: "Say that the result came, signed by the job's user: the creator is paid.", in: protocol.SignedAcknowledgement{}, status: 204},

	"GET /v1/worker": {summary: "A worker's WebSocket of Messages.", status: 101},
	"GET /v1/creator/jobs": {
		summary: "The jobs on models of the account, the latest first, with when each got into which state.", out: protocol.CreatorJobList{},
		query: []query{{"before", "integer", "The next of the page before.", false}},
	},
	"GET /v1/creator/releases": {
		summary: "The stream for those who cannot hold a socket: the next release, alone in a list, or an empty list if none came in time.",
		out:     []protocol.Released{},
		query: []query{
			{"after", "integer", "The sequence number of the last release that is known.", false},
			{"wait", "integer", "Seconds to wait for one, at most 60.", false},
		},
	},
	"POST /v1/creator/deliveries": {summary: "Answer a release, signed by the creator.", in: protocol.Delivered{}, status: 204},
	"POST /v1/creator/failures":   {summary: "Say why a release cannot be answered, which it still may be.", in: protocol.Failed{}, status: 204},
	"POST /v1/creator/acks":       {summary: "Say that everything up to a sequence number has been answered.", in: protocol.Ack{}, status: 204},

	"GET /v1/creator": {summary: "A creator's WebSocket of Messages.", status: 101},
}
