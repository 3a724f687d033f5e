package compose

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// Bounds of a docker-compose text. Aliases count as what they stand for.
const (
	maxNodes = 20_000
	maxDepth = 32
	maxKey   = 256 // bytes
)

// node is a piece of YAML with aliases and merge keys resolved, as Compose sees it.
type node struct {
	line  int
	kind  yaml.Kind        // ScalarNode, SequenceNode or MappingNode
	text  string           // of a scalar; "" for null
	items []*node          // of a sequence
	keys  []string         // of a mapping, in order; those merged in come last
	field map[string]*node // of a mapping
}

// get returns a field of a mapping, and an empty scalar if there is none.
func (n *node) get(key string) *node {
	if f := n.field[key]; f != nil {
		return f
	}
	return &node{line: n.line, kind: yaml.ScalarNode}
}

// has reports whether a mapping has the field.
func (n *node) has(key string) bool { return n.field[key] != nil }

// list returns the items of a sequence, or a scalar as the only one, as Compose often allows.
func (n *node) list() []*node {
	if n.kind == yaml.ScalarNode && n.text != "" {
		return []*node{n}
	}
	return n.items
}

// parseYAML reads the one document that the text is. What two readers of YAML could take
// differently is an error: equal keys, explicit tags, further documents.
func parseYAML(text string) (*node, error) {
	d := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	var document, second yaml.Node
	if err := d.Decode(&document); err != nil {
		return nil, err
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one YAML document")
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) != 1 {
		return nil, errors.New("not one YAML document")
	}
	l := loader{left: maxNodes}
	return l.load(document.Content[0], 0)
}

// loader turns yaml.Node into node within a budget.
type loader struct{ left int }

func (l *loader) load(y *yaml.Node, depth int) (*node, error) {
	l.left--
	switch {
	case l.left < 0:
		return nil, fmt.Errorf("line %d: more than %d values, aliases resolved", y.Line, maxNodes)
	case depth > maxDepth: // also ends an alias of itself
		return nil, fmt.Errorf("line %d: nested deeper than %d", y.Line, maxDepth)
	case y.Style&yaml.TaggedStyle != 0:
		return nil, fmt.Errorf("line %d: tag %.32q; values must have none", y.Line, y.Tag)
	}
	n := &node{line: y.Line, kind: y.Kind}
	switch y.Kind {
	case yaml.ScalarNode:
		if y.ShortTag() != "!!null" {
			n.text = y.Value
		}
		return n, nil
	case yaml.AliasNode:
		return l.load(y.Alias, depth+1)
	case yaml.SequenceNode:
		for _, item := range y.Content {
			child, err := l.load(item, depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, child)
		}
		return n, nil
	case yaml.MappingNode:
		return n, l.loadMapping(n, y, depth)
	}
	return nil, fmt.Errorf("line %d: not a value", y.Line)
}

func (l *loader) loadMapping(n *node, y *yaml.Node, depth int) error {
	n.field = make(map[string]*node)
	var merged []*node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		if key.Kind != yaml.ScalarNode || key.Style&yaml.TaggedStyle != 0 {
			return fmt.Errorf("line %d: a key that is not plain text", key.Line)
		}
		if len(key.Value) > maxKey {
			return fmt.Errorf("line %d: a key of %d bytes, at most %d", key.Line, len(key.Value), maxKey)
		}
		value, err := l.load(y.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		if key.Value == "<<" {
			merged = append(merged, value)
			continue
		}
		if n.has(key.Value) {
			return fmt.Errorf("line %d: key %.64q stands twice", key.Line, key.Value)
		}
		if y.Content[i+1].Kind != yaml.AliasNode { // what an alias stands for has its own lines
			value.line = key.Line
		}
		n.keys, n.field[key.Value] = append(n.keys, key.Value), value
	}
	return n.merge(merged, y.Line)
}

// merge adds the fields of mappings under "<<" that n does not have itself; the first wins.
func (n *node) merge(merged []*node, line int) error {
	if len(merged) > 1 {
		return fmt.Errorf("line %d: key \"<<\" stands twice", line)
	}
	for _, m := range merged {
		from := []*node{m}
		if m.kind == yaml.SequenceNode {
			from = m.items
		}
		for _, f := range from {
			if f.kind != yaml.MappingNode {
				return fmt.Errorf("line %d: \"<<\" merges what is no mapping", line)
			}
			for _, key := range f.keys {
				if !n.has(key) {
					n.keys, n.field[key] = append(n.keys, key), f.field[key]
				}
			}
		}
	}
	return nil
}
