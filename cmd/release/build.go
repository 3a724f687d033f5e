package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// toolchain is the compiler of releases. Another one makes another binary, so it is named to the
// last digit; Go fetches it, by its checksum, where another one is installed.
const toolchain = "go1.26.8"

const (
	module  = "github.com/encrypted-compute/encompute"
	enclave = module + "/cmd/enclave"
)

// rootfs are the files of the image.
type rootfs struct{ enclave, licenses []byte }

// environment is that of every build: what could make another binary is set or cleared.
func environment(cache string) []string {
	env := append(os.Environ(),
		"CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1",
		"GOFLAGS=-mod=readonly", "GOEXPERIMENT=", "GOFIPS140=off", "GODEBUG=", "GOWORK=off")
	if cache != "" {
		env = append(env, "GOCACHE="+cache)
	}
	return env
}

// goTool runs the go command in dir and returns its standard output. What is read of the sources
// does not depend on the toolchain; what is built does.
func goTool(ctx context.Context, dir, cache string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, environment(cache)
	if args[0] != "list" {
		cmd.Env = append(cmd.Env, "GOTOOLCHAIN="+toolchain)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), nil
}

// build compiles the enclave from the sources in dir; an empty cache means the usual one.
func build(ctx context.Context, dir, cache string) (files rootfs, err error) {
	tmp, err := os.MkdirTemp("", "release-")
	if err != nil {
		return files, err
	}
	defer os.RemoveAll(tmp)
	binary := filepath.Join(tmp, "enclave")
	if _, err := goTool(ctx, dir, cache, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", binary, "./cmd/enclave"); err != nil {
		return files, err
	}
	if files.enclave, err = os.ReadFile(binary); err != nil {
		return files, err
	}
	files.licenses, err = licenseTexts(ctx, dir, files.enclave)
	return files, err
}

// buildElsewhere builds from a copy of what the binary is made of, in a folder of another name
// and with an empty cache: neither path nor cache may show in the result.
func buildElsewhere(ctx context.Context) (files rootfs, err error) {
	tmp, err := os.MkdirTemp("", "elsewhere-")
	if err != nil {
		return files, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	src := filepath.Join(tmp, "src")
	sources, err := sourcesOf(ctx, ".")
	if err != nil {
		return files, err
	}
	for _, path := range sources {
		if err := copyFile(filepath.Join(src, path), path); err != nil {
			return files, err
		}
	}
	return build(ctx, src, filepath.Join(tmp, "cache"))
}

// sourcesOf lists the files of this repository that the binary is made of.
func sourcesOf(ctx context.Context, dir string) ([]string, error) {
	packages, err := list(ctx, dir)
	if err != nil {
		return nil, err
	}
	sources := []string{"go.mod", "go.sum", "LICENSE"}
	for _, p := range packages {
		if p.Module == nil || !p.Module.Main {
			continue
		}
		for _, name := range p.files() {
			path, err := filepath.Rel(p.Module.Dir, filepath.Join(p.Dir, name))
			if err != nil {
				return nil, err
			}
			sources = append(sources, path)
		}
	}
	return sources, nil
}

func copyFile(to, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}

// writeRootfs builds the image's files once and writes them into dir.
func writeRootfs(ctx context.Context, dir string) error {
	files, err := build(ctx, ".", "")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "enclave"), files.enclave, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "LICENSES.txt"), files.licenses, 0o644)
}

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	Dir, ImportPath             string
	Standard                    bool
	GoFiles, SFiles, EmbedFiles []string
	Module                      *goModule
}

type goModule struct {
	Path, Version, Dir string
	Main               bool
}

func (p goPackage) files() []string {
	return append(append(append([]string(nil), p.GoFiles...), p.SFiles...), p.EmbedFiles...)
}

// list returns the packages that the enclave in dir is made of, those of Go itself among them.
func list(ctx context.Context, dir string) (packages []goPackage, err error) {
	out, err := goTool(ctx, dir, "", "list", "-deps", "-json=Dir,ImportPath,Standard,GoFiles,SFiles,EmbedFiles,Module", enclave)
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages = append(packages, p)
	}
}
