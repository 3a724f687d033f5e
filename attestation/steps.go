package attestation

// step is one check: what it is called, for which evidence it is, which checks must have passed
// before it makes sense, what to do when it fails.
type step struct {
	name   string
	scope  scope
	needs  []string
	remedy string
	run    func(*session, *Check) error
}

// scope is the kind of evidence that a step is for.
type scope int

const (
	ofAll scope = iota
	ofTDX
	ofSGX
	forWorker  // with a binding: Verify, not Examine
	forSubject // without one: Examine, not Verify
)

// Remedies that several checks share.
const (
	remedyWorker     = "do not use this worker"
	remedyCollateral = "fetch current collateral for this quote and try again"
	remedyPolicy     = "if this release is to be trusted, add its values to the policy"
	remedyFresh      = "ask the worker for evidence over this nonce"
	remedyTEE        = "this verifier accepts Intel TDX version 4 and 5 and Intel SGX version 3"
	remedyUpdate     = "wait until the operator has updated the platform"
)

// steps are all checks in their order. A check that needs one which did not pass is skipped, so
// that a verdict shows causes, not consequences.
var steps = []step{
	{"evidence.size", ofAll, nil, "send smaller evidence", (*session).checkSize},
	{"quote.parse", ofAll, []string{"evidence.size"}, remedyTEE, (*session).parseQuote},
	{"quote.trailing", ofAll, []string{"quote.parse"}, remedyWorker, (*session).checkTrailing},
	{"quote.tee", ofAll, []string{"quote.parse"}, remedyTEE, (*session).checkTEE},
	{"collateral.parse", ofAll, []string{"evidence.size"}, remedyCollateral, (*session).parseCollateral},
	{"pck.parse", ofAll, []string{"quote.parse"}, remedyWorker, (*session).parsePCK},
	{"pck.chain", ofAll, []string{"pck.parse"}, remedyWorker, (*session).checkPCKChain},
	{"crl.root", ofAll, []string{"pck.chain", "collateral.parse"}, remedyCollateral, (*session).checkRootCRL},
	{"crl.pck", ofAll, []string{"pck.chain", "collateral.parse"}, remedyCollateral, (*session).checkPCKCRL},
	{"qe.vendor", ofAll, []string{"quote.parse"}, remedyWorker, (*session).checkVendor},
	{"qe.signature", ofAll, []string{"pck.parse"}, remedyWorker, (*session).checkQESignature},
	{"qe.key-binding", ofAll, []string{"quote.parse"}, remedyWorker, (*session).checkKeyBinding},
	{"quote.signature", ofAll, []string{"quote.parse"}, remedyWorker, (*session).checkQuoteSignature},
	{"device.known", ofAll, []string{"pck.parse"}, "if this machine is to be trusted, add it to the policy", (*session).checkDevice},
	{"tcb-info.signature", ofAll, []string{"pck.chain", "collateral.parse"}, remedyCollateral, (*session).checkTCBInfoSignature},
	{"tcb-info.dates", ofAll, []string{"collateral.parse"}, remedyCollateral, (*session).checkTCBInfoDates},
	{"tcb-info.platform", ofAll, []string{"collateral.parse", "pck.parse"}, remedyCollateral, (*session).checkTCBInfoPlatform},
	{"qe-identity.signature", ofAll, []string{"pck.chain", "collateral.parse"}, remedyCollateral, (*session).checkQEIdentitySignature},
	{"qe-identity.dates", ofAll, []string{"collateral.parse"}, remedyCollateral, (*session).checkQEIdentityDates},
	{"collateral.evaluation", ofAll, []string{"collateral.parse"}, remedyCollateral, (*session).checkEvaluation},
	{"qe.identity", ofAll, []string{"quote.parse", "collateral.parse"}, remedyWorker, (*session).checkQEIdentity},
	{"tcb.level", ofAll, []string{"tcb-info.platform", "qe.identity"}, remedyWorker, (*session).checkTCBLevel},
	{"tcb.status", ofAll, []string{"tcb.level"}, remedyUpdate + ", or accept the status in the policy", (*session).checkTCBStatus},
	{"tcb.advisories", ofAll, []string{"tcb.level"}, "read the advisories; accept them in the policy if they do not matter to you", (*session).checkAdvisories},
	{"tcb.date", ofAll, []string{"tcb.level"}, remedyUpdate, (*session).checkTCBDate},

	{"td.module", ofTDX, []string{"quote.tee", "tcb-info.platform"}, remedyWorker, (*session).checkModule},
	{"td.debug", ofTDX, []string{"quote.tee"}, remedyWorker, (*session).checkDebug},
	{"td.attributes", ofTDX, []string{"quote.tee"}, remedyWorker, (*session).checkAttributes},
	{"td.xfam", ofTDX, []string{"quote.tee"}, remedyWorker, (*session).checkXFAM},
	{"td.service", ofTDX, []string{"quote.tee"}, remedyWorker, (*session).checkServiceTD},
	{"sgx.debug", ofSGX, []string{"quote.tee"}, remedyWorker, (*session).checkEnclaveDebug},
	{"sgx.init", ofSGX, []string{"quote.tee"}, remedyWorker, (*session).checkEnclaveInit},

	{"measurements.known", ofAll, []string{"quote.tee"}, remedyPolicy, (*session).checkMeasurements},
	{"eventlog.parse", ofTDX, []string{"evidence.size"}, "give the event log of the guest agent's GetQuote", (*session).parseEventLog},
	{"eventlog.replay", ofTDX, []string{"eventlog.parse", "quote.tee"}, remedyWorker, (*session).checkReplay},
	{"eventlog.boot", ofTDX, []string{"eventlog.parse"}, remedyWorker, (*session).checkBoot},
	{"compose.hash", ofTDX, []string{"eventlog.boot"}, remedyPolicy, (*session).checkComposeHash},
	{"compose.text", ofTDX, []string{"eventlog.boot"}, "the text is not what runs: do not read it", (*session).checkComposeText},
	{"compose.lint", ofTDX, []string{"eventlog.boot"}, "read the findings, then the text", (*session).lint},
	{"app-id.known", ofTDX, []string{"eventlog.boot"}, remedyPolicy, (*session).checkAppID},
	{"config-id.match", ofTDX, []string{"eventlog.boot", "quote.tee"}, remedyWorker, (*session).checkConfigID},
	{"key-provider.known", ofTDX, []string{"eventlog.boot"}, remedyPolicy, (*session).checkKeyProvider},
	{"kms.chain", ofAll, nil, "use a worker whose keys are of this KMS", (*session).checkKeyChain},

	{"binding.chain", forWorker, nil, "use a worker that is registered on this chain", (*session).checkChain},
	{"binding.registry", forWorker, nil, "use a worker of this registry", (*session).checkRegistry},
	{"binding.operator", forWorker, nil, "the registered operator differs: do not pay this one", (*session).checkOperator},
	{"binding.nonce", forWorker, nil, remedyFresh, (*session).checkNonce},
	{"binding.receipt-key", forWorker, nil, remedyWorker, (*session).checkReceiptKey},
	{"binding.sealing-key", forWorker, nil, remedyWorker, (*session).checkSealingKey},
	{"certificate.key", forSubject, []string{"quote.parse"}, "do not trust this certificate's key", (*session).checkCertificate},
	{"report-data.binding", forWorker, []string{"quote.tee"}, remedyFresh, (*session).checkReportData},
}
