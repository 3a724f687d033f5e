package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// TestComposeFile holds deploy/compose.yaml to the command line: the host that it starts is one that
// this program knows, and every image comes from a variable that must be set.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Image       string   `yaml:"image"`
			Command     []string `yaml:"command"`
			Environment []string `yaml:"environment"`
			Ports       []string `yaml:"ports"`
		} `yaml:"services"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for name, s := range file.Services {
		if !strings.HasPrefix(s.Image, "${") || !strings.Contains(s.Image, ":?") {
			t.Errorf("%s: image %q is fixed, and not by digest", name, s.Image)
		}
		if len(s.Ports) > 0 && name != "tls" {
			t.Errorf("%s is open to the network at %v", name, s.Ports)
		}
	}
	variable := regexp.MustCompile(`\$\{\w+:-([^}]*)\}`)
	required := regexp.MustCompile(`\$\{\w+:\?[^}]*\}`)
	var args []string
	for _, arg := range file.Services["host"].Command {
		args = append(args, required.ReplaceAllString(variable.ReplaceAllString(arg, "$1"), "host.example"))
	}
	var g grammar
	parser, err := kong.New(&g)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Errorf("%q: %v", args, err)
	}
	if len(g.Host.Origin) != 1 || len(g.Host.TrustedProxy) != 1 {
		t.Errorf("host of %q: %+v", args, g.Host)
	}
	if g.Host.Store == "" || g.Host.Blobs == "" || g.Host.Collateral == "" {
		t.Errorf("host of %q: %+v", args, g.Host)
	}
	example, err := os.ReadFile("../../deploy/env.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\$\{(\w+):\?`).FindAllStringSubmatch(string(raw), -1) {
		if !regexp.MustCompile(`(?m)^` + m[1] + `=`).Match(example) {
			t.Errorf("env.example does not name %s", m[1])
		}
	}
}
