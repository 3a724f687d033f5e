package host

import (
	"encoding"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/encrypted-compute/encompute/protocol"
)

// schemas makes JSON Schemas (2020-12) of the types that cross the wire, with the words of their documentation.
type schemas struct {
	components object
	words      map[string]string // of types and, as Type.Field, of fields
}

func newSchemas(t *testing.T) *schemas {
	t.Helper()
	s := &schemas{components: object{}, words: map[string]string{}}
	files, err := filepath.Glob("../protocol/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				for _, spec := range g.Specs {
					s.read(g, spec.(*ast.TypeSpec))
				}
			}
		}
	}
	return s
}

func (s *schemas) read(g *ast.GenDecl, spec *ast.TypeSpec) {
	s.words[spec.Name.Name] = oneLine(g.Doc, spec.Doc)
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range body.Fields.List {
		for _, n := range f.Names {
			s.words[spec.Name.Name+"."+n.Name] = oneLine(f.Doc, f.Comment)
		}
	}
}

func oneLine(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if g != nil {
			return strings.Join(strings.Fields(g.Text()), " ")
		}
	}
	return ""
}

// content is a body by its media type.
func (s *schemas) content(v any) object {
	switch v := v.(type) {
	case blobBytes:
		return object{"application/octet-stream": object{}}
	case plain:
		return object{"text/plain": object{}}
	case health:
		return object{"application/json": object{"schema": object{
			"type": "object", "properties": object{"ok": object{"type": "boolean"}}, "required": []any{"ok"}, "additionalProperties": false,
		}}}
	case anyJSON:
		return object{"application/json": object{"schema": object{"type": "object"}}}
	case ndjson:
		return object{"application/x-ndjson": object{"schema": s.of(v.of)}}
	default:
		return object{"application/json": object{"schema": s.of(v)}}
	}
}

func (s *schemas) of(v any) object { return s.schema(reflect.TypeOf(v)) }

// The values of types that have few.
var enums = map[reflect.Type][]any{
	reflect.TypeFor[protocol.Role](): {protocol.RoleUser, protocol.RoleCreator, protocol.RoleWorker, protocol.RoleOperator},
	reflect.TypeFor[protocol.JobState](): {
		protocol.JobPosted, protocol.JobQueued, protocol.JobRunning, protocol.JobComputed, protocol.JobReleased, protocol.JobDelivered,
		protocol.JobFailed, protocol.JobRefunded,
	},
}

var patterns = map[reflect.Type]object{
	reflect.TypeFor[protocol.Digest]():  {"type": "string", "pattern": "^0x[0-9a-f]{64}$"},
	reflect.TypeFor[protocol.Nonce]():   {"type": "string", "pattern": "^0x[0-9a-f]{64}$"},
	reflect.TypeFor[protocol.Address](): {"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"},
	reflect.TypeFor[protocol.Amount]():  {"type": "string", "pattern": "^[0-9]{1,20}$"},
	reflect.TypeFor[time.Time]():        {"type": "string", "format": "date-time"},
	reflect.TypeFor[json.RawMessage]():  {},
}

func (s *schemas) schema(t reflect.Type) object {
	if p, ok := patterns[t]; ok {
		return s.named(t, maps.Clone(p))
	}
	if values, ok := enums[t]; ok {
		return s.named(t, object{"type": "string", "enum": values})
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.schema(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "contentEncoding": "base64"}
		}
		return object{"type": "array", "items": s.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.schema(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Struct:
		return s.structure(t)
	}
	if t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64 {
		return object{"type": "integer", "minimum": 0}
	}
	return object{"type": "integer"}
}

// named puts a schema among the components, once, and returns a reference to it.
func (s *schemas) named(t reflect.Type, schema object) object {
	if t.PkgPath() == "" || !strings.HasSuffix(t.PkgPath(), "/protocol") {
		return schema
	}
	if _, ok := s.components[t.Name()]; !ok {
		if words := s.words[t.Name()]; words != "" {
			schema["description"] = words
		}
		s.components[t.Name()] = schema
	}
	return object{"$ref": "#/components/schemas/" + t.Name()}
}

func (s *schemas) structure(t reflect.Type) object {
	if _, ok := s.components[t.Name()]; ok {
		return s.named(t, nil)
	}
	properties, required := object{}, []any{}
	schema := object{"type": "object", "properties": properties, "additionalProperties": false}
	reference := s.named(t, schema) // first, for types that hold themselves
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		if !f.IsExported() || tag == "-" || f.Anonymous && tag == "" || len(f.Index) > 1 && tag == "" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		p := s.schema(f.Type)
		if options == "" { // always there, and null if it is nil
			required = append(required, name)
			p = nullable(f.Type, p)
		}
		if words := s.words[t.Name()+"."+f.Name]; words != "" {
			p["description"] = words
		}
		properties[name] = p
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	return reference
}

// nullable allows null for what may be nil.
func nullable(t reflect.Type, schema object) object {
	if k := t.Kind(); k != reflect.Slice && k != reflect.Pointer && k != reflect.Map {
		return schema
	}
	if kind, ok := schema["type"].(string); ok {
		schema["type"] = []any{kind, "null"}
		return schema
	}
	return object{"anyOf": []any{schema, object{"type": "null"}}}
}
