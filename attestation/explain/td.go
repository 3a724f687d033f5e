package explain

import (
	"crypto/sha256"
	"fmt"

	"github.com/encrypted-compute/encompute/attestation/eventlog"
)

// tdAttributes are the bits of a TD's attributes (Intel TDX Module ABI Reference, ATTRIBUTES).
// The lowest byte is TUD, "TD under debug".
var tdAttributes = []flag{
	{0, "DEBUG", "TUD: the host can read and change the TD's memory", whenSet},
	{4, "HGS_PLUS_PROF", "TUD: profiling of the TD by the host", whenSet},
	{5, "PERF_PROF", "TUD: profiling of the TD by the host", whenSet},
	{6, "PMT_PROF", "TUD: profiling of the TD by the host", whenSet},
	{16, "ICSSD", "instruction counting is off", whenSet},
	{27, "LASS", "linear address space separation", whenSet},
	{28, "SEPT_VE_DISABLE", "must be 1: the host cannot make the TD fault on its pages", whenClear},
	{29, "MIGRATABLE", "the TD may be moved to another machine by a migration TD", whenSet},
	{30, "PKS", "supervisor protection keys", never},
	{31, "KL", "key locker", whenSet},
	{62, "TPA", "the TD may be used for the attestation of other TDs", whenSet},
	{63, "PERFMON", "the TD uses the processor's performance counters", whenSet},
}

// xfam are the extended features that a TD may use (bits of XCR0 and IA32_XSS).
var xfam = []flag{
	{0, "X87", "must be 1", whenClear},
	{1, "SSE", "must be 1", whenClear},
	{2, "AVX", "", never},
	{5, "AVX-512 opmask", "", never},
	{6, "AVX-512 ZMM_Hi256", "", never},
	{7, "AVX-512 Hi16_ZMM", "", never},
	{8, "PT", "processor trace", never},
	{9, "PKRU", "user protection keys", never},
	{10, "PASID", "", never},
	{11, "CET_U", "control flow enforcement, user", never},
	{12, "CET_S", "control flow enforcement, supervisor", never},
	{14, "UINTR", "user interrupts", never},
	{15, "LBR", "last branch records", never},
	{17, "AMX XTILECFG", "", never},
	{18, "AMX XTILEDATA", "", never},
}

// trustDomain walks over the TD report: of TDX 1.0, 584 bytes; of TDX 1.5 with two fields more.
func (v *view) trustDomain(f *fields) Node {
	from := f.at
	if v.quote.Version == 5 {
		f.number("body type", 2, "2: TDX 1.0, 3: TDX 1.5")
		f.number("body size", 4, "")
	}
	teeSVN(f, "TEE TCB SVN")
	n, _ := f.next("MRSEAM", 48)
	n.Meaning = "SHA-384 of the TDX module"
	f.zeros("MRSIGNERSEAM", 48, "signer of the TDX module: zero stands for Intel")
	f.zeros("SEAM attributes", 8, "must be zero")
	n, b := f.next("TD attributes", 8)
	n.Meaning, n.Children = "options of the TD", flags(little(b), tdAttributes)
	n, b = f.next("XFAM", 8)
	n.Meaning, n.Children = "extended features that the TD may use", flags(little(b), xfam)
	n, _ = f.next("MRTD", 48)
	n.Meaning = "SHA-384 of what was loaded before the start: the virtual firmware"
	n, b = f.next("MRCONFIGID", 48)
	v.explainConfigID(n, b)
	n, _ = f.next("MROWNER", 48)
	n.Meaning = "set by the host; dstack leaves it zero"
	n, _ = f.next("MROWNERCONFIG", 48)
	n.Meaning = "set by the host; dstack leaves it zero"
	for i, what := range []string{
		"firmware's configuration, memory, ACPI tables: depends on the machine's shape",
		"kernel", "kernel's command line and initial file system", "what dstack's runtime measured of the app, and what the app added",
	} {
		n, b = f.next(fmt.Sprintf("RTMR%d", i), 48)
		n.Meaning = what + v.replayed(i, b)
	}
	n, b = f.next("report data", 64)
	v.explainData(n, b)
	if v.quote.TD.TD15 {
		teeSVN(f, "TEE TCB SVN 2")
		f.zeros("MRSERVICETD", 48, "service TDs that are bound to this one and may move it; zero: none")
	}
	return f.group("TD report", from)
}

// teeSVN explains 16 security versions; Intel's TCB information gives them their names.
func teeSVN(f *fields, name string) {
	n, b := f.next(name, 16)
	n.Meaning = "security versions"
	if len(b) < 3 {
		return
	}
	n.Children = []Node{
		{Name: "[0] module SVN", Value: fmt.Sprint(b[0]), Meaning: "security version of the TDX module"},
		{Name: "[1] module version", Value: fmt.Sprint(b[1]), Meaning: fmt.Sprintf("Intel's name for it is TDX_%02x", b[1])},
		{Name: "[2] last patch", Value: fmt.Sprint(b[2]), Meaning: "security version of the microcode that was loaded last"},
	}
}

// replayed says whether the event log gives this register.
func (v *view) replayed(i int, register []byte) string {
	if v.EventLog == nil {
		return ""
	}
	got, events := v.replay(i)
	switch {
	case events == 0:
		return "; the event log has nothing about it"
	case [48]byte(register) != got && i != eventlog.RuntimeIMR && v.stripped():
		return "; the event log has only some of its events"
	case [48]byte(register) == got:
		return fmt.Sprintf("; %d events of the log replay to it", events)
	}
	return "; the event log does NOT replay to it"
}

// explainConfigID reads mr_config_id as dstack sets it (dstack-types, mr_config.rs).
func (v *view) explainConfigID(n *Node, b []byte) {
	if zero(b) {
		n.Meaning = "not set: the host did not commit to a configuration at launch (dstack before 0.5.2)"
		return
	}
	n.Meaning = "set by the host, in a form that is not dstack's"
	switch b[0] {
	case 1:
		n.Meaning = "version 1 of dstack's: the compose hash"
		hash, from := v.composeHash()
		if hash == nil || !zero(b[33:]) {
			break
		}
		same(n, b[1:33], hash, n.Meaning+", which is "+from, n.Meaning+", which is NOT "+from)
	case 2:
		n.Meaning = "version 2 of dstack's: Keccak-256 of compose hash, app id and key provider"
	case 3:
		n.Meaning = "version 3 of dstack's: SHA-256 of the document mr_config"
	}
	if b[0] <= 3 && !zero(b[33:]) {
		n.Meaning, n.Alert = n.Meaning+", but the bytes behind it are not zero", true
	}
}

// enclaveAttributes are the flags of an enclave (Intel SDM volume 3D, ATTRIBUTES).
var enclaveAttributes = []flag{
	{0, "INIT", "the enclave is initialised", never},
	{1, "DEBUG", "the host can read and change the enclave's memory", whenSet},
	{2, "MODE64BIT", "", never},
	{4, "PROVISIONKEY", "may use the provisioning key; quoting enclaves do", never},
	{5, "EINITTOKENKEY", "may launch other enclaves", whenSet},
	{6, "CET", "control flow enforcement", never},
	{7, "KSS", "key separation and sharing: the four ids below are in use", never},
	{10, "AEXNOTIFY", "is told of interrupts", never},
}

// enclave walks over a report of an SGX enclave, 384 bytes.
func (v *view) enclave(f *fields, name string) Node {
	outer := f.nodes
	f.nodes = nil
	from := f.at
	n, _ := f.next("CPU SVN", 16)
	n.Meaning = "security versions of the processor; in a form that only Intel's certificate translates"
	n, _ = f.next("MISCSELECT", 4)
	n.Meaning = "what is saved at an interrupt"
	f.zeros("reserved", 12, "must be zero")
	f.next("ISVEXTPRODID", 16)
	n, b := f.next("attributes", 8)
	n.Children = flags(little(b), enclaveAttributes)
	n, b = f.next("XFRM", 8)
	n.Meaning = "extended features that the enclave may use"
	if name != qeReport {
		n.Children = flags(little(b), xfam)
	}
	n, _ = f.next("MRENCLAVE", 32)
	n.Meaning = "SHA-256 of what was loaded: this build of the enclave"
	f.zeros("reserved", 32, "must be zero")
	n, _ = f.next("MRSIGNER", 32)
	n.Meaning = "SHA-256 of the key that signed the enclave"
	f.zeros("reserved", 32, "must be zero")
	f.next("CONFIGID", 64)
	f.number("ISVPRODID", 2, "which product of that signer")
	f.number("ISVSVN", 2, "its security version, by that signer's count")
	f.number("CONFIGSVN", 2, "")
	f.zeros("reserved", 42, "must be zero")
	f.next("ISVFAMILYID", 16)
	n, b = f.next("report data", 64)
	if name == qeReport {
		want := v.boundKey()
		same(n, b, want[:], "SHA-256 of attestation key and authentication data, as it must be",
			"NOT the SHA-256 of attestation key and authentication data")
	} else {
		v.explainData(n, b)
	}
	group := f.group(name, from)
	f.nodes = outer
	return group
}

// explainClaimedData compares what the report says of the report data with the quote's.
func (v *view) explainClaimedData() Node {
	n := Node{Name: "report data as the report says", Value: hexValue(v.ReportData), Meaning: "there is no quote to compare it with"}
	if d, ok := v.reportData(); ok {
		same(&n, append(append([]byte{}, v.ReportData...), make([]byte, len(d)-min(len(d), len(v.ReportData)))...), d[:],
			"the same as in the quote", "NOT what the quote says; the quote decides")
	}
	return n
}

// explainBinding shows what the evidence of this project's workers says that it is bound to.
func (v *view) explainBinding() Node {
	b := v.Evidence.Binding
	n := Node{Name: "binding", Meaning: "what the report data is said to commit to"}
	if d, ok := v.reportData(); ok && !v.bindingIs(d[:]) {
		n.Meaning, n.Alert = "the quote does NOT commit to this", true
	}
	n.add(
		Node{Name: "chain id", Value: fmt.Sprint(b.ChainID)},
		Node{Name: "registry", Value: b.Registry.String()},
		Node{Name: "operator", Value: b.Operator.String(), Meaning: "who is paid"},
		Node{Name: "receipt key", Value: hexValue(b.ReceiptKey), Meaning: "signs the worker's receipts; secp256k1, compressed"},
		Node{Name: "sealing key", Value: fmt.Sprintf("%d bytes, SHA-256 %x", len(b.SealingKey), sha256.Sum256(b.SealingKey)), Meaning: "HPKE key of the app"},
		Node{Name: "nonce", Value: fmt.Sprintf("%x", b.Nonce), Meaning: "the verifier's; without your own it shows nothing"},
	)
	if signer, err := b.Signer(); err == nil {
		n.add(Node{Name: "signer", Value: signer.String(), Meaning: "account of the receipt key"})
	}
	return n
}
