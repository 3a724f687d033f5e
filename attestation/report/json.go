package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/attestation/ratls"
	"github.com/encrypted-compute/encompute/protocol"
)

const (
	maxFields = 256 // of one object
	maxListed = 12  // field names in an error
)

// object is a JSON object with its fields as they were written. Unlike Go's decoder it knows no
// two spellings of a name, and no name twice.
type object map[string]json.RawMessage

func parseFields(text []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	o := make(object)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("JSON: %w", err)
		}
		name, ok := key.(string)
		if _, twice := o[name]; !ok || twice || len(o) == maxFields {
			return nil, fmt.Errorf("JSON: field %.40q stands twice, or there are more than %d", name, maxFields)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("JSON: field %.40q: %w", name, err)
		}
		o[name] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("JSON: there is something after the object")
	}
	return o, nil
}

// has reports whether all fields are there and not null.
func (o object) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return o[name] == nil || string(o[name]) == "null" })
}

// text returns a field that is a string; absent, null and empty are the same.
func (o object) text(name string) (s string, err error) {
	if !o.has(name) {
		return "", nil
	}
	if err := json.Unmarshal(o[name], &s); err != nil {
		return "", fmt.Errorf("field %s is not a string", name)
	}
	return s, nil
}

// hex returns the bytes of a field of hexadecimal; nil where it is absent or empty.
func (o object) hex(name string) ([]byte, error) {
	s, err := o.text(name)
	if err != nil || s == "" {
		return nil, err
	}
	b, err := decodeHex(s)
	if err != nil {
		return nil, fmt.Errorf("field %s: %w", name, err)
	}
	return b, nil
}

// document returns a field that is JSON, or a string that holds JSON, which stays as it is.
func (o object) document(name string) ([]byte, error) {
	if !o.has(name) {
		return nil, nil
	}
	if o[name][0] != '"' {
		return o[name], nil
	}
	s, err := o.text(name)
	if err != nil || s == "" {
		return nil, err
	}
	if !json.Valid([]byte(s)) {
		return nil, fmt.Errorf("field %s is a string that does not hold JSON", name)
	}
	return []byte(s), nil
}

// objectForms are the JSON objects that are known, by the fields that tell them.
var objectForms = []struct {
	kind  Kind
	what  string
	is    func(object) bool
	parse func(*Report, object, []byte) error
}{
	{KindEvidence, "evidence of a worker {tee, quote, binding}", func(o object) bool { return o.has("tee", "quote", "binding") }, (*Report).setEvidence},
	{KindCollateral, "collateral {tcb_info, tcb_info_signature}", func(o object) bool { return o.has("tcb_info", "tcb_info_signature") }, (*Report).setCollateral},
	{KindAppCompose, "app-compose {manifest_version, runner}", func(o object) bool { return o.has("manifest_version", "runner") }, (*Report).setAppCompose},
	{KindCloud, "Phala's cloud {instances} or {app_certificates}", func(o object) bool { return o.has("instances") || o.has("app_certificates") }, (*Report).setCloud},
	{KindCertificate, "answer of GetTlsKey {certificate_chain}", func(o object) bool { return o.has("certificate_chain") }, (*Report).setTLSKey},
	{KindAgent, "answer of a guest agent {quote}, {attestation} or {tcb_info}", func(o object) bool {
		return o.has("quote") || o.has("intel_quote") || o.has("attestation") || o.has("tcb_info")
	}, (*Report).setAgent},
}

func parseObject(text []byte) (r Report, err error) {
	o, err := parseFields(text)
	if err != nil {
		return r, err
	}
	var forms []string
	for _, f := range objectForms {
		if f.is(o) {
			r.Kind = f.kind
			return r, f.parse(&r, o, text)
		}
		forms = append(forms, f.what)
	}
	names := slices.Sorted(maps.Keys(o))
	return r, fmt.Errorf("%w: a JSON object with the fields %.400q; tried %s", ErrUnknown, names[:min(len(names), maxListed)], strings.Join(forms, ", "))
}

func (r *Report) setEvidence(_ object, text []byte) error {
	var e protocol.Evidence
	if err := protocol.UnmarshalJSON(bytes.NewReader(text), protocol.MaxEvidenceBytes, &e); err != nil {
		return err
	}
	r.Evidence, r.Quote, r.EventLog, r.VMConfig = &e, e.Quote, e.EventLog, e.VMConfig
	r.AppCompose, r.Collateral = e.AppCompose, e.Collateral
	return nil
}

func (r *Report) setCollateral(_ object, text []byte) error {
	r.Collateral = text
	return nil
}

func (r *Report) setAppCompose(_ object, text []byte) error {
	r.AppCompose = text
	return nil
}

func (r *Report) setTLSKey(o object, _ []byte) error {
	var chain []string
	if err := json.Unmarshal(o["certificate_chain"], &chain); err != nil || len(chain) == 0 {
		return errors.New("field certificate_chain is not a list of certificates in PEM")
	}
	der, err := leaf([]byte(chain[0]))
	if err != nil {
		return err
	}
	inner, err := parseCertificate(der)
	inner.Kind = r.Kind
	*r = inner
	return err
}

// setCloud reads the two documents of Phala's cloud: the attestations of an app, of which there
// must be one, and the attestation of a CVM, whose quote stands with its certificate.
func (r *Report) setCloud(o object, text []byte) error {
	name := "instances"
	if !o.has(name) {
		name = "app_certificates"
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(o[name], &entries); err != nil {
		return fmt.Errorf("field %s is not a list", name)
	}
	var quoted []object
	for _, e := range entries {
		entry, err := parseFields(e)
		if err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		if s, err := entry.text("quote"); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		} else if s != "" {
			quoted = append(quoted, entry)
		}
	}
	if len(quoted) != 1 {
		return fmt.Errorf("field %s has %d entries with a quote; give one of them alone", name, len(quoted))
	}
	if err := r.setAgent(quoted[0], nil); err != nil {
		return fmt.Errorf("field %s: %w", name, err)
	}
	delete(o, "quote") // the entry's is the one
	return r.setAgent(o, text)
}

// setAgent reads the answers of GetQuote, TdxQuote, Attest and Info, and what people make of
// them. Where a part is there twice, the outermost is taken; two quotes must be the same.
func (r *Report) setAgent(o object, _ []byte) error {
	for _, name := range []string{"quote", "intel_quote"} {
		b, err := o.hex(name)
		if err != nil {
			return err
		}
		if err := r.setQuote(b); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
	}
	for _, d := range []struct {
		name string
		part *[]byte
	}{
		{"event_log", &r.EventLog},
		{"eventlog", &r.EventLog},
		{"vm_config", &r.VMConfig},
		{"collateral", &r.Collateral},
	} {
		b, err := o.document(d.name)
		if err != nil {
			return err
		}
		setIfNil(d.part, b)
	}
	reportData, err := o.hex("report_data")
	if err != nil {
		return err
	}
	setIfNil(&r.ReportData, reportData)
	compose, err := o.text("app_compose")
	if err != nil {
		return err
	}
	if compose != "" {
		setIfNil(&r.AppCompose, []byte(compose))
	}
	return r.setNested(o)
}

// setNested reads what the guest agent packs into its answers: a versioned attestation, the
// document tcb_info, the app's certificate, the whole answer of Info.
func (r *Report) setNested(o object) error {
	blob, err := o.hex("attestation")
	if err != nil {
		return err
	}
	if blob != nil {
		if err := r.setAttestation(blob); err != nil {
			return fmt.Errorf("field attestation: %w", err)
		}
	}
	for _, name := range []string{"tcb_info", "info"} {
		b, err := o.document(name)
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		inner, err := parseFields(b)
		if err == nil {
			delete(inner, "info") // info may hold tcb_info, and that is all the depth there is
			if name == "tcb_info" {
				delete(inner, name)
			}
			err = r.setAgent(inner, nil)
		}
		if err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
	}
	text, err := o.text("app_cert")
	if err != nil || text == "" {
		return err
	}
	return r.setAppCertificate([]byte(text))
}

func (r *Report) setAttestation(blob []byte) error {
	inner, err := parseAttestation(blob)
	if err != nil {
		return err
	}
	setIfNil(&r.EventLog, inner.EventLog)
	setIfNil(&r.VMConfig, inner.VMConfig)
	setIfNil(&r.ReportData, inner.ReportData)
	return r.setQuote(inner.Quote)
}

// setAppCertificate keeps the certificate of the app. Its own evidence, about its own key, is
// taken only where there is no other.
func (r *Report) setAppCertificate(text []byte) error {
	der, err := leaf(text)
	if err != nil {
		return fmt.Errorf("field app_cert: %w", err)
	}
	c, err := ratls.ParseDER(der)
	switch {
	case errors.Is(err, ratls.ErrNoEvidence):
	case err != nil:
		return fmt.Errorf("field app_cert: %w", err)
	case r.Quote == nil:
		r.Quote = c.Quote
		setIfNil(&r.EventLog, c.EventLog)
		setIfNil(&r.VMConfig, c.VMConfig)
	}
	setIfNil(&r.Certificate, der)
	return nil
}

func (r *Report) setQuote(b []byte) error {
	if r.Quote != nil && b != nil && !bytes.Equal(r.Quote, b) {
		return errors.New("contradicts itself: there are two different quotes")
	}
	setIfNil(&r.Quote, b)
	return nil
}

func setIfNil(part *[]byte, value []byte) {
	if *part == nil && len(value) > 0 {
		*part = value
	}
}
