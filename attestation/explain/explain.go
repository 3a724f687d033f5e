// Package explain tells people what evidence says, field by field, before anybody judges it.
//
// It compares parts of the evidence with each other where that is plain arithmetic: digests,
// replays, copies of the same value. It checks no signature and knows no policy; package
// attestation does. Whoever shows a tree of this package shows its first child, too: it says that
// nothing is verified, and what cannot be concluded.
package explain

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"github.com/encrypted-compute/encompute/attestation/report"
)

// maxValue bounds what one node shows of a field, in bytes.
const maxValue = 1 << 10

// Node is one field with what it means, or a group of fields.
type Node struct {
	Name    string `json:"name"`
	Value   string `json:"value,omitempty"`
	Meaning string `json:"meaning,omitempty"`
	Alert   bool   `json:"alert,omitempty"` // something that an honest worker's evidence does not have

	// Where the field stands in its part, in bytes; Size is zero where it stands nowhere.
	Offset int `json:"offset,omitempty"`
	Size   int `json:"size,omitempty"`

	Children []Node `json:"children,omitempty"`
}

// Report explains all parts of a report.
func Report(r report.Report) Node {
	root := Node{Name: "evidence", Value: string(r.Kind)}
	if r.Encoding != "" {
		root.Value += ", in " + r.Encoding
	}
	root.add(notVerified())
	v := newView(r)
	if r.Quote != nil {
		root.add(v.explainQuote())
	} else {
		root.add(Node{Name: "quote", Meaning: "there is none: nothing below is measured by hardware", Alert: true})
	}
	for _, part := range []struct {
		bytes   []byte
		explain func(*view) Node
	}{
		{r.ReportData, (*view).explainClaimedData},
		{r.Certificate, (*view).explainCertificate},
		{r.EventLog, (*view).explainEventLog},
		{r.AppCompose, (*view).explainAppCompose},
		{r.VMConfig, (*view).explainVMConfig},
		{r.Collateral, (*view).explainCollateral},
	} {
		if part.bytes != nil {
			root.add(part.explain(v))
		}
	}
	if r.Evidence != nil {
		root.add(v.explainBinding())
	}
	return root
}

// notVerified is what every explanation begins with.
func notVerified() Node {
	n := Node{
		Name: "NOT VERIFIED", Alert: true,
		Meaning: "this shows what the evidence says; anybody can write evidence that says anything",
	}
	for _, open := range [][2]string{
		{"genuine hardware", "no signature is checked, neither of the quote nor of the certificates up to Intel's root"},
		{"up to date", "security versions are shown and not compared with Intel's list; nothing is asked about revocation"},
		{"right software", "measurements are shown and not compared with those of a release"},
		{"fresh", "evidence has no date; only a nonce of the verifier's own in the report data shows that it is not old"},
		{"who runs it", "the quote names no operator and no place; whoever has the machine in their hands may read its memory bus"},
	} {
		n.add(Node{Name: "not shown: " + open[0], Meaning: open[1]})
	}
	return n
}

func (n *Node) add(children ...Node) { n.Children = append(n.Children, children...) }

// hexValue shows bytes, not too many of them.
func hexValue(b []byte) string {
	if len(b) > maxValue {
		return fmt.Sprintf("%x... (%d bytes)", b[:maxValue], len(b))
	}
	return hex.EncodeToString(b)
}

// printable makes text out of what may come from an attacker: no control characters, no flood.
func printable(s string) string {
	cut := len(s) > maxValue
	if cut {
		s = s[:maxValue]
	}
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
	if cut {
		s += "..."
	}
	return s
}

// failed is a part that could not be read.
func failed(name string, err error) Node {
	return Node{Name: name, Meaning: "cannot be read: " + printable(err.Error()), Alert: true}
}

func zero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}

// flag names one bit of a field.
type flag struct {
	bit     int
	name    string
	meaning string
	odd     oddness
}

// oddness says when a bit is something to look at.
type oddness int

const (
	never oddness = iota
	whenSet
	whenClear
)

// flags makes a node of every bit that is set or has a name; whatever else is set is reserved.
func flags(value uint64, names []flag) (nodes []Node) {
	for _, f := range names {
		set := value>>f.bit&1 == 1
		value &^= 1 << f.bit
		n := Node{Name: fmt.Sprintf("bit %d %s", f.bit, f.name), Value: "0", Meaning: f.meaning}
		if set {
			n.Value = "1"
		}
		n.Alert = set && f.odd == whenSet || !set && f.odd == whenClear
		nodes = append(nodes, n)
	}
	reserved := Node{Name: "reserved bits", Value: fmt.Sprintf("%#x", value), Meaning: "must be zero"}
	reserved.Alert = value != 0
	return append(nodes, reserved)
}

// fields walks over successive fields of a part. The part's size was checked by who parsed it;
// a field that does not fit is cut and not a reason to stop.
type fields struct {
	raw   []byte
	at    int
	nodes []Node
}

// next makes the node of the next size bytes, shown in hexadecimal, and returns them.
func (f *fields) next(name string, size int) (*Node, []byte) {
	end := min(len(f.raw), f.at+size)
	b := f.raw[f.at:end]
	f.nodes = append(f.nodes, Node{Name: name, Value: hexValue(b), Offset: f.at, Size: len(b)})
	f.at = end
	return &f.nodes[len(f.nodes)-1], b
}

// zeros is a field that must be zero.
func (f *fields) zeros(name string, size int, meaning string) {
	n, b := f.next(name, size)
	n.Meaning, n.Alert = meaning, !zero(b)
}

// number is a little-endian field.
func (f *fields) number(name string, size int, meaning string) uint64 {
	n, b := f.next(name, size)
	v := little(b)
	n.Value, n.Meaning = fmt.Sprint(v), meaning
	return v
}

// group makes one node of the fields so far and starts anew behind them.
func (f *fields) group(name string, from int) Node {
	n := Node{Name: name, Offset: from, Size: f.at - from, Children: f.nodes}
	f.nodes = nil
	return n
}

func little(b []byte) (v uint64) {
	for i := range min(len(b), 8) {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}
