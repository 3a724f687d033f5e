package host

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"testing"
)

// Every code is registered with status, title and remedy, and stands once.
func TestCodes(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "problem.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[code]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); !ok || id.Name != "code" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Error(err)
		}
		if seen[code(text)] {
			t.Errorf("code %q stands twice", text)
		}
		seen[code(text)] = true
		k, ok := kinds[code(text)]
		if !ok || k.status < 400 || k.status > 599 || k.title == "" || k.remedy == "" {
			t.Errorf("code %q is registered as %+v", text, k)
		}
		return true
	})
	if len(seen) == 0 || len(seen) != len(kinds) {
		t.Errorf("%d codes, %d registered", len(seen), len(kinds))
	}
}

func TestPanicAtTheEdge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	mux := http.NewServeMux()
	mux.Handle("/panic", b.host.edge(func(http.ResponseWriter, *http.Request) error { panic("secret") }))
	mux.Handle("/error", b.host.edge(func(http.ResponseWriter, *http.Request) error { return errors.New("secret") }))
	b.server.Config.Handler = mux
	for _, path := range []string{"/panic", "/error"} {
		b.refused(b.call("GET", path, nil, nil), codeInternal)
	}
}
