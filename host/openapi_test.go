package host

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/encrypted-compute/encompute/protocol"
)

var update = flag.Bool("update", false, "write openapi.json anew")

type object = map[string]any

// describe makes the description of the interface.
func describe(t *testing.T, routes map[string]route) object {
	t.Helper()
	s := newSchemas(t)
	paths := object{}
	for pattern, o := range operations {
		method, path, _ := strings.Cut(pattern, " ")
		item, ok := paths[path].(object)
		if !ok {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(method)] = o.describe(s, path, routes[pattern].who)
	}
	s.of(protocol.Message{})
	codes := slices.Sorted(maps.Keys(kinds))
	problem := s.of(protocol.Problem{})
	schema := s.components["Problem"].(object)["properties"].(object)["code"].(object)
	schema["enum"] = codes
	problems := object{}
	for _, c := range codes {
		problems[string(c)] = object{"status": kinds[c].status, "title": kinds[c].title, "remedy": kinds[c].remedy}
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Encrypted_Compute host", "version": strconv.Itoa(protocol.MessageVersion),
			"license":     object{"name": "see LICENSE"},
			"description": "A host relays between users, workers and creators. Errors are Problems (RFC 9457); what each code means and what to do about it is listed under x-problems.",
		},
		"servers":    []any{object{"url": "/"}},
		"paths":      paths,
		"x-problems": problems,
		"components": object{
			"schemas":         s.components,
			"securitySchemes": object{"session": object{"type": "http", "scheme": "bearer", "description": "A token of POST /v1/session, or the token of a worker's stream."}},
			"responses":       object{"Problem": object{"description": "A refusal.", "content": object{"application/problem+json": object{"schema": problem}}}},
		},
	}
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

func (o operation) describe(s *schemas, path string, w who) object {
	var parameters []any
	for _, m := range inPath.FindAllStringSubmatch(path, -1) {
		schema := s.of(protocol.Digest{})
		if m[1] == "signer" {
			schema = s.of(protocol.Address{})
		}
		parameters = append(parameters, object{"name": m[1], "in": "path", "required": true, "schema": schema})
	}
	for _, q := range o.query {
		parameters = append(parameters, object{"name": q.name, "in": "query", "required": q.needed, "description": q.what, "schema": object{"type": q.kind}})
	}
	status := o.status
	if status == 0 {
		status = 200
	}
	success := object{"description": "Done."}
	if o.out != nil {
		success = object{"description": "The answer.", "content": s.content(o.out)}
	}
	d := object{
		"summary": o.summary, "security": []any{},
		"responses": object{strconv.Itoa(status): success, "default": object{"$ref": "#/components/responses/Problem"}},
	}
	if len(parameters) > 0 {
		d["parameters"] = parameters
	}
	if o.in != nil {
		d["requestBody"] = object{"required": true, "content": s.content(o.in)}
	}
	if w != anyone && w != onStream {
		d["security"] = []any{object{"session": []any{}}}
	}
	return d
}

// The committed description is the one of the routes and types as they are, and valid.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	want, err := json.MarshalIndent(describe(t, b.host.routes()), "", " ")
	b.must(err)
	want = append(want, '\n')
	if *update {
		b.must(os.WriteFile("openapi.json", want, 0o644))
		t.Log("openapi.json is written; run the test again")
		return
	}
	if d := cmp.Diff(string(want), string(openAPI)); d != "" {
		t.Errorf("openapi.json is not what routes and types say (go test ./host -run TestOpenAPI -update writes it anew):\n%s", d)
	}
	for pattern := range b.host.routes() {
		if _, ok := operations[pattern]; !ok && pattern != "/" && pattern != "GET /" {
			t.Errorf("%s is not described", pattern)
		}
	}
	for pattern := range operations {
		if _, ok := b.host.routes()[pattern]; !ok {
			t.Errorf("%s is described and there is no such route", pattern)
		}
	}
	_, served := b.request("GET", "/v1/openapi.json", "", nil)
	if string(served) != string(openAPI) {
		t.Error("another document is served")
	}
	if err := description().Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

// description is the committed one, read once.
var description = sync.OnceValue(func() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		panic(err)
	}
	return doc
})

// holds compares an answer, and the body of a request that succeeded, with the description.
func (b *bench) holds(method, path string, status int, contentType string, in, out []byte) {
	b.Helper()
	pattern, ok := describedBy(method, path)
	if !ok {
		return // a page, or no such route
	}
	b.seen.Store(pattern, true)
	verb, template, _ := strings.Cut(pattern, " ")
	op := description().Paths.Value(template).GetOperation(verb)
	response := op.Responses.Value(strconv.Itoa(status))
	if response == nil && status < 400 {
		switch status {
		case 206, 304, 416: // a blob's ranges
		default:
			b.Errorf("%s answers with status %d, which is not described", pattern, status)
		}
		return
	}
	if response == nil {
		response = op.Responses.Default()
	}
	if method != "HEAD" {
		b.fits(pattern, response.Value.Content, contentType, out)
	}
	if status < 300 && op.RequestBody != nil && len(in) > 0 {
		b.fits(pattern, op.RequestBody.Value.Content, "application/json", in)
	}
}

// fits compares a body with its schema; a document in each line if it is of such a type.
func (b *bench) fits(pattern string, content openapi3.Content, contentType string, body []byte) {
	b.Helper()
	kind, _, _ := strings.Cut(contentType, ";")
	media := content[kind]
	if media == nil {
		if len(content) > 0 && content["application/octet-stream"] == nil {
			b.Errorf("%s: content type %q is not described", pattern, contentType)
		}
		return
	}
	documents := []string{string(body)}
	switch {
	case kind == "application/x-ndjson":
		documents = strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
	case !strings.HasSuffix(kind, "json"):
		return
	}
	for _, document := range documents {
		var v any
		b.must(json.Unmarshal([]byte(document), &v))
		if err := description().ValidateSchemaJSON(media.Schema.Value, v); err != nil {
			b.Errorf("%s: %.300s\n%v", pattern, document, err)
		}
	}
}

// describedBy returns the operation that a request is for.
func describedBy(method, path string) (pattern string, ok bool) {
	path, _, _ = strings.Cut(path, "?")
	if method == "HEAD" {
		method = "GET"
	}
	for p := range operations {
		verb, template, _ := strings.Cut(p, " ")
		expression := "^" + inPath.ReplaceAllString(template, `[^/]+`) + "$"
		if verb == method && regexp.MustCompile(expression).MatchString(path) {
			return p, true
		}
	}
	return "", false
}

// Every operation is tried, and its answer held to the description; so are all others that tests make.
func TestOperationsHold(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.publish()
	sealed := blob("sealed records", 1000)
	b.refused(b.call("POST", b.sheets(), b.sheetOrder(sealed), nil), codeRecordsMissing)
	id := b.delivered()
	output := b.view(id).Computed.Receipt.OutputHash
	b.acknowledge(id)
	var s protocol.Session
	b.ok("POST", "/v1/session", b.signedBy(b.user, b.signInText(b.user.Address())), &s)
	b.refused(b.as(s.Token, "POST", "/v1/session/renewal", &s), "")
	for _, path := range []string{
		"/healthz", "/metrics", "/v1/openapi.json", "/v1/session", "/v1/me/jobs", "/v1/me/export", "/v1/network", "/v1/workers", "/v1/models",
		"/v1/models/" + b.modelID.String(), b.sheets(), "/v1/jobs/" + id.String() + "/events", "/v1/blobs/" + output.String(),
		"/v1/blobs/" + output.String() + "/uploads/" + protocol.Digest{1}.String(),
	} {
		if resp, answer := b.request("GET", path, s.Token, nil); resp.StatusCode != 200 {
			t.Errorf("%s: status %d: %s", path, resp.StatusCode, answer)
		}
	}
	b.request("PATCH", "/v1/blobs/"+output.String()+"/uploads/"+protocol.Digest{1}.String()+"?at=0&bytes=1", "", nil)
	b.call("POST", "/v1/workers/"+protocol.Address{1}.String()+"/evidence", protocol.EvidenceQuery{}, nil)
	b.request("GET", "/v1/worker", "", nil)
	b.request("GET", "/v1/creator", "", nil)
	b.refused(b.as(s.Token, "GET", "/v1/creator/releases", nil), "")
	b.refused(b.as(s.Token, "GET", "/v1/creator/jobs", nil), "")
	b.call("POST", "/v1/creator/deliveries", protocol.Delivered{}, nil)
	b.call("POST", "/v1/creator/failures", protocol.Failed{}, nil)
	b.call("POST", "/v1/creator/acks", protocol.Ack{}, nil)
	b.refused(b.as(s.Token, "DELETE", "/v1/me", nil), "")
	b.refused(b.as(b.session(b.user), "DELETE", "/v1/session", nil), "")
	for pattern := range operations {
		if _, ok := b.seen.Load(pattern); !ok {
			t.Errorf("%s was not tried", pattern)
		}
	}
}

// The check is worth something: what the description does not allow is refused.
func TestDescriptionRefuses(t *testing.T) {
	t.Parallel()
	good := `{"held":1,"bytes":2}`
	for document, want := range map[string]bool{
		good: true, `{"held":1}`: false, `{"held":"1","bytes":2}`: false, `{"held":1,"bytes":2,"more":3}`: false, `[]`: false, `null`: false,
	} {
		var v any
		if err := json.Unmarshal([]byte(document), &v); err != nil {
			t.Fatal(err)
		}
		schema := description().Components.Schemas["Upload"].Value
		if err := description().ValidateSchemaJSON(schema, v); (err == nil) != want {
			t.Errorf("%s: %v", document, err)
		}
	}
}
