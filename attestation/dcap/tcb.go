package dcap

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/encrypted-compute/encompute/attestation/quote"
)

const (
	maxDocument = 1 << 20
	maxLevels   = 256
)

// ErrNoLevel means that no TCB level of the collateral covers the platform.
var ErrNoLevel = errors.New("no TCB level matches")

// ErrMismatch means that the collateral is for something else than the quote.
var ErrMismatch = errors.New("collateral is for another platform")

// TCBInfo is Intel's signed list of TCB levels for one family of processors (version 3).
type TCBInfo struct {
	ID      string `json:"id"` // "SGX" or "TDX"
	Version int    `json:"version"`
	validity
	FMSPC            hexBytes         `json:"fmspc"`
	PCEID            hexBytes         `json:"pceId"`
	Type             int              `json:"tcbType"`
	EvaluationNumber uint32           `json:"tcbEvaluationDataNumber"`
	Module           *moduleIdentity  `json:"tdxModule"`
	Modules          []moduleIdentity `json:"tdxModuleIdentities"`
	Levels           []tcbLevel       `json:"tcbLevels"`
}

type moduleIdentity struct {
	ID             string     `json:"id"`
	MrSigner       hexBytes   `json:"mrsigner"`
	Attributes     hexBytes   `json:"attributes"`
	AttributesMask hexBytes   `json:"attributesMask"`
	Levels         []isvLevel `json:"tcbLevels"`
}

type tcbLevel struct {
	TCB struct {
		SGX    []component `json:"sgxtcbcomponents"`
		PCESVN uint16      `json:"pcesvn"`
		TDX    []component `json:"tdxtcbcomponents"`
	} `json:"tcb"`
	levelStatus
}

type component struct {
	SVN      uint8  `json:"svn"`
	Category string `json:"category"`
	Type     string `json:"type"`
}

type isvLevel struct {
	TCB struct {
		SVN uint16 `json:"isvsvn"`
	} `json:"tcb"`
	levelStatus
}

type levelStatus struct {
	Date       time.Time `json:"tcbDate"`
	Status     Status    `json:"tcbStatus"`
	Advisories []string  `json:"advisoryIDs"`
}

func (s levelStatus) assessment() Assessment {
	return Assessment{Status: s.Status, Date: s.Date, Advisories: slices.Clone(s.Advisories)}
}

// ParseTCBInfo reads the document and sorts its levels, best first.
func ParseTCBInfo(raw []byte) (t TCBInfo, err error) {
	if len(raw) > maxDocument {
		return t, fmt.Errorf("%w: TCB info of %d bytes, at most %d", ErrMalformed, len(raw), maxDocument)
	}
	if err := signedJSON(raw, &t); err != nil {
		return t, fmt.Errorf("%w: TCB info: %w", ErrMalformed, err)
	}
	if err := t.validate(); err != nil {
		return t, fmt.Errorf("%w: TCB info: %w", ErrMalformed, err)
	}
	slices.SortStableFunc(t.Levels, compareLevels)
	for _, m := range t.Modules {
		sortISV(m.Levels)
	}
	return t, nil
}

func (t TCBInfo) validate() error {
	switch {
	case t.ID != "SGX" && t.ID != "TDX" || t.Version != 3 || t.Type != 0:
		return fmt.Errorf("id %q, version %d, type %d; want SGX or TDX, 3, 0", t.ID, t.Version, t.Type)
	case len(t.FMSPC) != 6 || len(t.PCEID) != 2:
		return errors.New("fmspc or pceId has the wrong size")
	case len(t.Levels) == 0 || len(t.Levels) > maxLevels || len(t.Modules) > maxLevels:
		return fmt.Errorf("%d levels, want 1 to %d", len(t.Levels), maxLevels)
	case t.ID == "TDX" && t.Module == nil:
		return errors.New("tdxModule is missing")
	}
	for i, l := range t.Levels {
		if len(l.TCB.SGX) != 16 || t.ID == "TDX" && len(l.TCB.TDX) != 16 || !l.Status.issued() {
			return fmt.Errorf("level %d: want 16 components and a known status", i)
		}
	}
	modules := t.Modules
	if t.Module != nil {
		modules = append(slices.Clone(modules), *t.Module)
	}
	for _, m := range modules {
		if len(m.MrSigner) != 48 || len(m.Attributes) != 8 || len(m.AttributesMask) != 8 {
			return fmt.Errorf("module %q: mrsigner or attributes have the wrong size", m.ID)
		}
		if err := validateISV(m.Levels); err != nil {
			return fmt.Errorf("module %q: %w", m.ID, err)
		}
	}
	return nil
}

func validateISV(levels []isvLevel) error {
	if len(levels) > maxLevels {
		return fmt.Errorf("%d levels, at most %d", len(levels), maxLevels)
	}
	for i, l := range levels {
		if !l.Status.issued() {
			return fmt.Errorf("level %d: unknown status %q", i, l.Status)
		}
	}
	return nil
}

// compareLevels orders by CPU components, then PCE SVN, then TDX components, descending.
func compareLevels(a, b tcbLevel) int {
	bySVN := func(x, y component) int { return cmp.Compare(y.SVN, x.SVN) }
	return cmp.Or(
		slices.CompareFunc(a.TCB.SGX, b.TCB.SGX, bySVN),
		cmp.Compare(b.TCB.PCESVN, a.TCB.PCESVN),
		slices.CompareFunc(a.TCB.TDX, b.TCB.TDX, bySVN),
	)
}

func sortISV(levels []isvLevel) {
	slices.SortStableFunc(levels, func(a, b isvLevel) int { return cmp.Compare(b.TCB.SVN, a.TCB.SVN) })
}

// Match reports whether the document is for the quote's TEE and the processor's family.
func (t TCBInfo) Match(q quote.Quote, p PCK) error {
	want := "SGX"
	if q.TEE == quote.TDX {
		want = "TDX"
	}
	if t.ID != want || !bytes.Equal(t.FMSPC, p.FMSPC[:]) || !bytes.Equal(t.PCEID, p.PCEID[:]) {
		return fmt.Errorf("%w: TCB info is for %s, fmspc %x, pceId %x; the quote is of %s, fmspc %x, pceId %x",
			ErrMismatch, t.ID, []byte(t.FMSPC), []byte(t.PCEID), want, p.FMSPC, p.PCEID)
	}
	return nil
}

// Assess finds the first level that the processor, and for a TD the TDX module, reach, and
// worsens it by the quoting enclave's. For a TD 1.5 it judges the TCB at launch and the TCB now.
// An error wraps ErrNoLevel.
func (t TCBInfo) Assess(q quote.Quote, p PCK, enclave Assessment) (Assessment, error) {
	if q.TD == nil {
		platform, err := t.level(p, nil)
		return platform.Merge(enclave), err
	}
	launch, err := t.td(q.TD.TEETCBSVN, p, enclave)
	if err != nil || !q.TD.TD15 {
		return launch, err
	}
	current, err := t.td(q.TD.TEETCBSVN2, p, enclave)
	if err != nil {
		return Assessment{}, fmt.Errorf("current TCB: %w", err)
	}
	return relaunch(launch, current), nil
}

// td merges platform, module and quoting enclave at one TEE TCB SVN.
func (t TCBInfo) td(svn [16]byte, p PCK, enclave Assessment) (Assessment, error) {
	platform, err := t.level(p, &svn)
	if err != nil {
		return Assessment{}, err
	}
	module, err := t.module(svn)
	if err != nil {
		return Assessment{}, err
	}
	if module != nil {
		platform = platform.Merge(*module)
	}
	return platform.Merge(enclave), nil
}

func (t TCBInfo) level(p PCK, tee *[16]byte) (Assessment, error) {
	for _, l := range t.Levels {
		if covers(l, p, tee) {
			return l.assessment(), nil
		}
	}
	return Assessment{}, fmt.Errorf("%w: CPU SVN %x, PCE SVN %d", ErrNoLevel, p.CPUSVN, p.PCESVN)
}

func covers(l tcbLevel, p PCK, tee *[16]byte) bool {
	for i, c := range l.TCB.SGX {
		if p.CPUSVN[i] < c.SVN {
			return false
		}
	}
	if p.PCESVN < l.TCB.PCESVN {
		return false
	}
	if tee == nil {
		return true
	}
	from := 0
	if tee[1] > 0 { // the module has an identity of its own, which says how good it is
		from = 2
	}
	for i := from; i < 16; i++ {
		if tee[i] < l.TCB.TDX[i].SVN {
			return false
		}
	}
	return true
}

// identity is the module identity that svn names: tdxModule for version 0, else "TDX_<version>".
func (t TCBInfo) identity(svn [16]byte) (*moduleIdentity, error) {
	if svn[1] == 0 {
		return t.Module, nil
	}
	id := fmt.Sprintf("TDX_%02x", svn[1])
	for i := range t.Modules {
		if strings.EqualFold(t.Modules[i].ID, id) {
			return &t.Modules[i], nil
		}
	}
	return nil, fmt.Errorf("%w: TDX module %s is not in the TCB info", ErrNoLevel, id)
}

// module judges the TDX module at svn; nil where the platform's level covers it.
func (t TCBInfo) module(svn [16]byte) (*Assessment, error) {
	if svn[1] == 0 {
		return nil, nil
	}
	m, err := t.identity(svn)
	if err != nil {
		return nil, err
	}
	for _, l := range m.Levels {
		if uint16(svn[0]) >= l.TCB.SVN {
			a := l.assessment()
			return &a, nil
		}
	}
	return nil, fmt.Errorf("%w: module %s of SVN %d", ErrNoLevel, m.ID, svn[0])
}

// VerifyModule checks who signed the TDX module and its attributes.
func (t TCBInfo) VerifyModule(td *quote.TDReport) error {
	m, err := t.identity(td.TEETCBSVN)
	if err != nil {
		return err
	}
	if !bytes.Equal(td.MrSignerSeam[:], m.MrSigner) {
		return fmt.Errorf("MRSIGNERSEAM %x, want %x", td.MrSignerSeam, []byte(m.MrSigner))
	}
	if !maskedEqual(td.SeamAttributes[:], m.Attributes, m.AttributesMask) {
		return fmt.Errorf("SEAM attributes %x, want %x under mask %x", td.SeamAttributes, []byte(m.Attributes), []byte(m.AttributesMask))
	}
	return nil
}

func maskedEqual(got, want, mask []byte) bool {
	if len(got) != len(want) || len(got) != len(mask) {
		return false
	}
	for i := range got {
		if got[i]&mask[i] != want[i]&mask[i] {
			return false
		}
	}
	return true
}
