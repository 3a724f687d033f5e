package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// maxConfigBytes bounds a configuration file.
const maxConfigBytes = 64 << 10

// hostSettings gives the flags of "encompute host" that are not on the command line the values of the environment
// (ENCOMPUTE_HOST_ and the flag's name) or else of the file that --config names.
type hostSettings struct {
	env  func(string) string
	file map[string]any // nil: not read yet
}

// Validate implements kong.Resolver.
func (*hostSettings) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver.
func (s *hostSettings) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if ctx.Selected() == nil || ctx.Selected().Name != "host" || flag.Name == "help" {
		return nil, nil
	}
	if v := s.env(hostVariable(flag.Name)); v != "" {
		return v, nil
	}
	if s.file == nil {
		if err := s.read(ctx); err != nil {
			return nil, err
		}
	}
	v, ok := s.file[flag.Name]
	if !ok || flag.Name == "config" {
		return nil, nil
	}
	return v, nil
}

// hostVariable is the environment variable of a flag.
func hostVariable(flag string) string {
	return "ENCOMPUTE_HOST_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// read reads the file strictly: it holds flags of the command and no others.
func (s *hostSettings) read(ctx *kong.Context) error {
	s.file = map[string]any{}
	known := map[string]bool{}
	path := s.env(hostVariable("config"))
	for _, p := range ctx.Path {
		for _, f := range p.Flags {
			known[f.Name] = f.Name != "help" && f.Name != "config" && f.Name != "check-config"
			if f.Name != "config" {
				continue
			}
			if given, ok := ctx.FlagValue(f).(string); ok && given != "" {
				path = given
			}
		}
	}
	if path == "" {
		return nil
	}
	b, err := readLimited(path, "--config", maxConfigBytes)
	if err != nil {
		return err
	}
	if s.file, err = parseConfig(b, known); err != nil {
		return fault{Code: "config", Field: path, Detail: err.Error(), Remedy: `correct it; "encompute host --help" lists the settings`}
	}
	return nil
}

// parseConfig reads a YAML document of settings: texts, numbers, true or false, and lists of them.
func parseConfig(b []byte, known map[string]bool) (map[string]any, error) {
	var nodes map[string]yaml.Node
	if err := yaml.Unmarshal(b, &nodes); err != nil {
		return nil, err
	}
	values := map[string]any{}
	for name, n := range nodes {
		if !known[name] {
			return nil, fmt.Errorf("line %d: there is no setting %q", n.Line, name)
		}
		switch {
		case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
			values[name] = n.Value
		case n.Kind == yaml.SequenceNode:
			list := []any{}
			for _, item := range n.Content {
				if item.Kind != yaml.ScalarNode || item.Tag == "!!null" {
					return nil, fmt.Errorf("line %d: %s is a list of values", item.Line, name)
				}
				list = append(list, item.Value)
			}
			values[name] = list
		default:
			return nil, fmt.Errorf("line %d: %s has no value", n.Line, name)
		}
	}
	return values, nil
}
