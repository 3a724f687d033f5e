// Package compose reads the app-compose.json of a dstack CVM for the people who have to trust it.
//
// A quote proves which text runs: its SHA-256, over the bytes as delivered, is the compose hash.
// It does not prove that the text is a good one. Lint names what in it lets somebody else in:
// code that is not named by digest, containers that reach out of their box, scripts, environment
// variables that the operator chooses. It sees the text only; what an image does is another question.
package compose

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/encrypted-compute/encompute/attestation/internal/rawjson"
)

// MaxBytes bounds app-compose.json.
const MaxBytes = 256 << 10

// ErrMalformed is wrapped by every error of Lint: the text cannot be judged, which is worse than
// any finding.
var ErrMalformed = errors.New("malformed app-compose")

// Severity is how bad a finding is. The zero value is none of them.
type Severity int

// The severities.
const (
	Info    Severity = iota + 1 // worth knowing
	Warning                     // widens what must be trusted; read the text
	Error                       // the attestation says little about what runs
)

var severityNames = []string{Info: "info", Warning: "warning", Error: "error"}

// String returns the lower-case name.
func (s Severity) String() string {
	if s < Info || s > Error {
		return fmt.Sprintf("severity %d", int(s))
	}
	return severityNames[s]
}

// MarshalText implements encoding.TextMarshaler.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Severity) UnmarshalText(text []byte) error {
	for i := Info; i <= Error; i++ {
		if severityNames[i] == string(text) {
			*s = i
			return nil
		}
	}
	return fmt.Errorf("severity %.32q: want info, warning or error", text)
}

// The two texts that a line can be of: the second stands in a field of the first.
const (
	AppFile    = "app-compose.json"
	DockerFile = "docker-compose.yaml"
)

// Finding is one thing that a rule objects to.
type Finding struct {
	Rule     string   `json:"rule"` // see Rules
	Severity Severity `json:"severity"`
	File     string   `json:"file"`           // AppFile or DockerFile
	Line     int      `json:"line,omitempty"` // from 1; 0 where the field is missing
	Path     string   `json:"path"`           // of the field, as "services.web.image"
	Detail   string   `json:"detail"`
	Remedy   string   `json:"remedy"`
}

// String is the finding on one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s: %s (%s)", f.File, f.Line, f.Severity, f.Path, f.Detail, f.Rule)
}

// Report is what Lint found.
type Report struct {
	Hash     [sha256.Size]byte // the compose hash: SHA-256 of the text as given
	Name     string
	Images   []string // of the services, in their order
	Findings []Finding
}

// Count returns how many findings are of a severity.
func (r Report) Count(s Severity) (n int) {
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Lint judges the bytes of an app-compose.json as they were delivered: they are neither
// normalized nor completed, because another text has another hash. Every error wraps
// ErrMalformed; a report without findings comes with a nil error only.
func Lint(raw []byte) (Report, error) {
	if len(raw) > MaxBytes {
		return Report{}, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(raw), MaxBytes)
	}
	members, err := rawjson.Members(raw, appFields...)
	if err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	l := linter{fields: make(map[string]rawjson.Member, len(members)), report: Report{Hash: sha256.Sum256(raw)}}
	for _, m := range members {
		l.fields[m.Name] = m
	}
	for _, m := range members {
		if !slices.Contains(appFields, m.Name) {
			l.app(ruleUnknownField, m.Name, "a field that this lint does not know")
		}
	}
	if err := l.lintApp(); err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return l.report, nil
}

// linter collects the findings of one text.
type linter struct {
	fields map[string]rawjson.Member // of app-compose.json
	report Report
	agents map[string]bool     // services that reach the guest agent's socket
	heirs  map[string][]string // services that take over a service's mounts
}

// app adds a finding about a field of app-compose.json.
func (l *linter) app(rule, field, format string, args ...any) {
	l.add(rule, AppFile, l.fields[field].Line, field, format, args...)
}

// docker adds a finding about a field of the docker-compose text.
func (l *linter) docker(rule string, n *node, path, format string, args ...any) {
	l.add(rule, DockerFile, n.line, path, format, args...)
}

func (l *linter) add(rule, file string, line int, path, format string, args ...any) {
	r := rules[slices.IndexFunc(rules, func(r Rule) bool { return r.Name == rule })]
	l.report.Findings = append(l.report.Findings, Finding{
		Rule: r.Name, Severity: r.Severity, File: file, Line: line, Path: fmt.Sprintf("%.200s", path),
		Detail: fmt.Sprintf(format, args...), Remedy: r.Remedy,
	})
}
