package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReadmes: the commands of the examples' READMEs are those that a live script runs.
func TestReadmes(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("testdata/examples/examples.txt")
	if err != nil {
		t.Fatal(err)
	}
	var run []string
	for line := range strings.Lines(string(script)) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(line), "exec "); ok {
			command = strings.ReplaceAll(command, "'", "") // quotes, which keep # from being a comment in a script
			run = append(run, strings.TrimSuffix(command, " &serve&"))
		}
	}
	readmes, err := filepath.Glob("../../examples/*/model.json")
	if err != nil || len(readmes) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, path := range readmes {
		readme, err := os.ReadFile(filepath.Join(filepath.Dir(path), "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		documented := 0
		for line := range strings.Lines(string(readme)) {
			command := strings.TrimSpace(line)
			if !strings.HasPrefix(command, "encompute creator publish ") && !strings.HasPrefix(command, "encompute job run ") {
				continue
			}
			documented++
			if !slices.Contains(run, command) {
				t.Errorf("%s: no live script runs %q", filepath.Dir(path), command)
			}
		}
		if documented != 2 {
			t.Errorf("%s: README.md has %d commands to publish and to ask, want one each", filepath.Dir(path), documented)
		}
	}
}
