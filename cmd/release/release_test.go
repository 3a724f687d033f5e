package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestImage holds that the image follows from its files alone, to the last bit, and that what is
// written is consistent: every blob has the digest that names it, and every name has its blob.
func TestImage(t *testing.T) {
	t.Parallel()
	files := rootfs{[]byte("a program"), []byte("a license")}
	i, err := newImage(files)
	if err != nil {
		t.Fatal(err)
	}
	// Whoever changes this changes the digest of every release, and must say so in the notes.
	if got, want := i.digest(), goldenDigest; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	dir := t.TempDir()
	if err := i.write(dir); err != nil {
		t.Fatal(err)
	}
	var index struct{ Manifests []descriptor }
	readJSON(t, filepath.Join(dir, "index.json"), &index)
	if len(index.Manifests) != 1 || index.Manifests[0].Digest != i.digest() {
		t.Fatalf("index names %+v, want %s", index.Manifests, i.digest())
	}
	var manifest struct {
		Config descriptor
		Layers []descriptor
	}
	readJSON(t, blobPath(dir, index.Manifests[0].Digest), &manifest)
	var saved []struct {
		Config string
		Layers []string
	}
	readJSON(t, filepath.Join(dir, "manifest.json"), &saved)
	if len(manifest.Layers) != 1 || len(saved) != 1 || len(saved[0].Layers) != 1 ||
		filepath.Join(dir, saved[0].Config) != blobPath(dir, manifest.Config.Digest) ||
		filepath.Join(dir, saved[0].Layers[0]) != blobPath(dir, manifest.Layers[0].Digest) {
		t.Errorf("manifest %+v, for docker load %+v", manifest, saved)
	}
	for _, d := range append(manifest.Layers, manifest.Config, index.Manifests[0]) {
		if b, err := os.ReadFile(blobPath(dir, d.Digest)); err != nil || digest(b) != d.Digest || len(b) != d.Size {
			t.Errorf("blob %+v: %d bytes of digest %s, %v", d, len(b), digest(b), err)
		}
	}
	var config struct{ Config struct{ User string } }
	readJSON(t, blobPath(dir, manifest.Config.Digest), &config)
	if config.Config.User != "65532:65532" {
		t.Errorf("runs as %q", config.Config.User)
	}
	for name, other := range map[string]rootfs{
		"another program": {[]byte("a programm"), []byte("a license")},
		"other licenses":  {[]byte("a program"), []byte("a licence")},
	} {
		if o, err := newImage(other); err != nil || o.digest() == i.digest() {
			t.Errorf("%s: the same digest, %v", name, err)
		}
	}
}

const goldenDigest = "sha256:579c6d5bad711efd111bf69bc311cd4daf6ecb5fb3a864fe8e4a0d61b2b03277"

func TestImageIsBounded(t *testing.T) {
	t.Parallel()
	noise := make([]byte, maxImageBytes+1)
	for i, x := 0, uint32(1); i < len(noise); i++ { // so that it does not compress
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		noise[i] = byte(x)
	}
	if _, err := newImage(rootfs{enclave: noise}); err == nil {
		t.Error("an image of more than 25 MB was made")
	}
}

// TestBill reads the bill of this very test program.
func TestBill(t *testing.T) {
	t.Parallel()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := newBill(binary)
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		BOMFormat, SpecVersion string
		Metadata               struct {
			Component struct{ Hashes []struct{ Content string } }
		}
		Components []struct{ Name, PURL string }
	}
	if err := json.Unmarshal(b, &bill); err != nil {
		t.Fatal(err)
	}
	h := bill.Metadata.Component.Hashes
	if bill.BOMFormat != "CycloneDX" || bill.SpecVersion != "1.6" || len(h) != 1 || "sha256:"+h[0].Content != digest(binary) {
		t.Errorf("bill %s", b)
	}
	if len(bill.Components) == 0 || bill.Components[0].Name != "std" {
		t.Errorf("components %+v, want std first", bill.Components)
	}
	if _, err := newBill([]byte("no program")); err == nil {
		t.Error("a bill of what is no program")
	}
}

func TestLicense(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"two":     {"Apache License\n Version 2.0\n and: Permission is hereby granted, free of charge", "Apache-2.0 MIT"},
		"bsd":     {"Redistribution and use in source and binary forms\nNeither the name", "BSD"},
		"isc":     {"Permission to use, copy, modify, and distribute this software", "ISC"},
		"unknown": {"All rights reserved", ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "LICENSE.txt"), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, ids, err := license(dir)
		if got := strings.Join(ids, " "); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
	if _, _, err := license(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a license: %v", err)
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	src := "// Package p is.\npackage p\n\n/* a\n b */\nvar x = `1\n2`\n\nfunc f() {\n\t// why\n\tx++ // here\n}\n"
	if got := goLines([]byte(src)); got != 5 {
		t.Errorf("%d lines of code, want 5", got)
	}
	if got := assemblyLines([]byte("// c\n\nTEXT f(SB)\n\tRET // done\n")); got != 2 {
		t.Errorf("%d lines of assembly, want 2", got)
	}
}

// TestTCB holds the attested binary to the committed account: the modules and their versions exactly,
// and what they count; the sources of this repository and Go's to within a tenth.
// After a wanted change: make tcb
func TestTCB(t *testing.T) {
	t.Parallel()
	const path = "../enclave/tcb.json"
	var want account
	readJSON(t, path, &want)
	got, err := count(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	accounts := map[string][2]moduleAccount{}
	for _, m := range want.Modules {
		accounts[m.Path] = [2]moduleAccount{m}
	}
	for _, m := range got.Modules {
		accounts[m.Path] = [2]moduleAccount{accounts[m.Path][0], m}
	}
	for name, a := range accounts {
		was, is := a[0], a[1]
		own := name == "std" || strings.HasPrefix(name, module)
		switch {
		case !own && was == is:
		case own && was.Path == is.Path && near(was.Lines, is.Lines) && near(was.Assembly, is.Assembly):
		default:
			t.Errorf("%s is %+v, %s says %+v: look at what came in, then run make tcb", name, is, path, was)
		}
	}
	if want.BinaryBytes <= 0 || want.BinaryBytes > maxImageBytes {
		t.Errorf("%s: binaryBytes is %d", path, want.BinaryBytes)
	}
}

// TestDockerfiles holds that they copy all that the binary is made of.
func TestDockerfiles(t *testing.T) {
	t.Parallel()
	sources, err := sourcesOf(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Dockerfile", "Dockerfile.ego"} {
		b, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		var copied []string
		for line := range strings.Lines(string(b)) {
			if words := strings.Fields(line); len(words) > 2 && words[0] == "COPY" && !strings.HasPrefix(words[1], "--") {
				copied = append(copied, words[1:len(words)-1]...)
			}
		}
		for _, path := range sources {
			if !slices.ContainsFunc(copied, func(c string) bool { return path == c || strings.HasPrefix(path, c+"/") }) {
				t.Errorf("%s: %s is not copied", name, path)
			}
		}
	}
}

func near(was, is int) bool { return math.Abs(float64(is-was)) <= 0.1*float64(was) }

func TestMisuse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"nothing"}, {"image", "x"}, {"rootfs"}, {"tcb", "-speed"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); !errors.Is(err, errMisuse) {
			t.Errorf("%q: %v, want errMisuse", args, err)
		}
	}
}

func blobPath(dir, digest string) string {
	return filepath.Join(dir, "blobs", "sha256", strings.TrimPrefix(digest, "sha256:"))
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}
