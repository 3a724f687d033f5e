package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"go/scanner"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
)

// account says how much code has to be trusted: all that is linked into the attested binary.
type account struct {
	Modules     []moduleAccount `json:"modules"`
	BinaryBytes int             `json:"binaryBytes,omitempty"` // built with toolchain
}

// moduleAccount counts lines that hold code, of files that are compiled for linux/amd64.
type moduleAccount struct {
	Path     string `json:"path"` // "std" for Go's own packages
	Version  string `json:"version,omitempty"`
	Packages int    `json:"packages"`
	Lines    int    `json:"lines"`
	Assembly int    `json:"assembly,omitempty"`
}

// count makes the account of the enclave whose sources are in dir.
func count(ctx context.Context, dir string) (a account, err error) {
	packages, err := list(ctx, dir)
	if err != nil {
		return a, err
	}
	modules := map[string]*moduleAccount{}
	for _, p := range packages {
		m := moduleAccount{Path: "std"}
		switch {
		case p.Module != nil && p.Module.Main:
			m.Path = p.ImportPath // the sources of this repository are shown package by package
		case p.Module != nil:
			m.Path, m.Version = p.Module.Path, p.Module.Version
		}
		if modules[m.Path] == nil {
			modules[m.Path] = &m
		}
		if err := modules[m.Path].add(p); err != nil {
			return a, err
		}
	}
	for _, m := range modules {
		a.Modules = append(a.Modules, *m)
	}
	slices.SortFunc(a.Modules, func(x, y moduleAccount) int { return cmp.Compare(x.Path, y.Path) })
	return a, nil
}

func (m *moduleAccount) add(p goPackage) error {
	m.Packages++
	for _, name := range p.GoFiles {
		b, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		m.Lines += goLines(b)
	}
	for _, name := range p.SFiles {
		b, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			return err
		}
		m.Assembly += assemblyLines(b)
	}
	return nil
}

// goLines counts the lines on which a token begins.
func goLines(src []byte) (n int) {
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	for last := 0; ; {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return n
		}
		if tok == token.SEMICOLON && lit == "\n" { // put in by the scanner
			continue
		}
		if line := file.Line(pos); line != last {
			last = line
			n++
		}
	}
}

func assemblyLines(src []byte) (n int) {
	for line := range bytes.Lines(src) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			n++
		}
	}
	return n
}

// showTCB prints the account, and writes it to a file if one is named.
func showTCB(ctx context.Context, size bool, write string, stdout io.Writer) error {
	a, err := count(ctx, ".")
	if err != nil {
		return err
	}
	if size {
		files, err := build(ctx, ".", "")
		if err != nil {
			return err
		}
		a.BinaryBytes = len(files.enclave)
	}
	if write != "" {
		b, err := json.MarshalIndent(a, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(write, append(b, '\n'), 0o644); err != nil {
			return err
		}
	}
	return a.print(stdout)
}

func (a account) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MODULE OR PACKAGE\tVERSION\tPACKAGES\tLINES\tASSEMBLY")
	var total moduleAccount
	for _, m := range a.Modules {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\n", strings.TrimPrefix(m.Path, module+"/"), m.Version, m.Packages, m.Lines, m.Assembly)
		total.Packages, total.Lines, total.Assembly = total.Packages+m.Packages, total.Lines+m.Lines, total.Assembly+m.Assembly
	}
	fmt.Fprintf(t, "all\t\t%d\t%d\t%d\n", total.Packages, total.Lines, total.Assembly)
	if a.BinaryBytes > 0 {
		fmt.Fprintf(t, "binary of %d bytes\n", a.BinaryBytes)
	}
	return t.Flush()
}
