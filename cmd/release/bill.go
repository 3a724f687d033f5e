package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
)

// newBill returns the bill of materials of a binary, from what its compiler wrote into it:
// CycloneDX 1.6 as JSON, without a serial number or a time, so that it can be made again.
func newBill(binary []byte) ([]byte, error) {
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		return nil, fmt.Errorf("bill of materials: %w", err)
	}
	type hash struct {
		Alg     string `json:"alg"`
		Content string `json:"content"`
	}
	type property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	type component struct {
		Type       string     `json:"type"`
		Name       string     `json:"name"`
		Version    string     `json:"version,omitempty"`
		PURL       string     `json:"purl,omitempty"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	version := strings.TrimPrefix(info.GoVersion, "go")
	components := []component{{Type: "library", Name: "std", Version: version, PURL: "pkg:golang/std@" + version}}
	for _, m := range info.Deps {
		m = linked(m)
		components = append(components, component{
			Type: "library", Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version,
			Properties: []property{{"go:sum", m.Sum}},
		})
	}
	application := component{
		Type: "application", Name: info.Path, Hashes: []hash{{"SHA-256", strings.TrimPrefix(digest(binary), "sha256:")}},
	}
	for _, s := range info.Settings {
		application.Properties = append(application.Properties, property{"go:build:" + s.Key, s.Value})
	}
	return json.MarshalIndent(map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
		"metadata":   map[string]any{"component": application},
		"components": components,
	}, "", "  ")
}

// linked is the module that was compiled in place of m.
func linked(m *debug.Module) *debug.Module {
	if m.Replace != nil {
		return m.Replace
	}
	return m
}

// licenses are told apart by a phrase of each; a module may be under several.
var licenses = []struct {
	id     string
	phrase *regexp.Regexp
}{
	{"Apache-2.0", regexp.MustCompile(`Apache License,?\s+Version 2\.0`)},
	{"BSD", regexp.MustCompile(`Redistribution and use in source and binary forms`)}, // of two or three clauses
	{"ISC", regexp.MustCompile(`Permission to use, copy, modify, and(/or)? distribute this software`)},
	{"MIT", regexp.MustCompile(`Permission is hereby granted, free of charge`)},
}

// licenseTexts are the texts that those who pass on the binary have to pass on with it: of each
// module in it, and of Go. A module without a license that is known is an error.
func licenseTexts(ctx context.Context, dir string, binary []byte) ([]byte, error) {
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		return nil, fmt.Errorf("licenses: %w", err)
	}
	packages, err := list(ctx, dir)
	if err != nil {
		return nil, err
	}
	root, err := goTool(ctx, dir, "", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	folders := map[string]string{"std " + info.GoVersion: strings.TrimSpace(string(root))}
	for _, p := range packages {
		if m := p.Module; m != nil && m.Main {
			folders[m.Path] = m.Dir
		} else if m != nil {
			folders[m.Path+" "+m.Version] = m.Dir
		}
	}
	var index, texts bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		text, ids, err := license(folders[name])
		if err != nil {
			return nil, fmt.Errorf("license of %s: %w", name, err)
		}
		fmt.Fprintf(&index, "%s: %s\n", name, strings.Join(ids, " AND "))
		fmt.Fprintf(&texts, "\n==== %s ====\n\n%s\n", name, bytes.TrimSpace(text))
	}
	return append(index.Bytes(), texts.Bytes()...), nil
}

// license reads the license files of a module.
func license(dir string) (text []byte, ids []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "LICENSE") && !strings.HasPrefix(name, "COPYING") && !strings.HasPrefix(name, "NOTICE") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, nil, err
		}
		text = append(append(text, bytes.TrimSpace(b)...), "\n\n"...)
	}
	if text == nil {
		return nil, nil, fmt.Errorf("no LICENSE in %s: %w", dir, fs.ErrNotExist)
	}
	for _, l := range licenses {
		if l.phrase.Match(text) {
			ids = append(ids, l.id)
		}
	}
	if ids == nil {
		return nil, nil, errors.New("it is none that this program knows: read it, and add it to the list")
	}
	return text, ids, nil
}
