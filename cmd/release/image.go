package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// maxImageBytes bounds the image: who fetches it should be able to read what is in it.
const maxImageBytes = 25 << 20

// epoch is the time of everything in the image: nobody should have to know when it was built.
var epoch = time.Unix(0, 0).UTC()

// Media types of the OCI image specification 1.1.
const (
	mediaIndex    = "application/vnd.oci.image.index.v1+json"
	mediaManifest = "application/vnd.oci.image.manifest.v1+json"
	mediaConfig   = "application/vnd.oci.image.config.v1+json"
	mediaLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// descriptor names a blob (OCI image specification, descriptor.md).
type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

// image is an image of one layer, from its files to its manifest, byte by byte: no container
// engine has a hand in it, so that none can make another one.
type image struct{ manifest, config, layer []byte }

func newImage(files rootfs) (i image, err error) {
	layer, err := tarball(files)
	if err != nil {
		return i, err
	}
	var zipped bytes.Buffer
	zip, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression) // by Go's own code: the same bytes from the same toolchain
	if err != nil {
		return i, err
	}
	if _, err := zip.Write(layer); err != nil {
		return i, err
	}
	if err := zip.Close(); err != nil {
		return i, err
	}
	i.layer = zipped.Bytes()
	if i.config, err = json.Marshal(configOf(digest(layer))); err != nil {
		return i, err
	}
	i.manifest, err = json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": mediaManifest,
		"config": describe(mediaConfig, i.config), "layers": []descriptor{describe(mediaLayer, i.layer)},
	})
	if err == nil && i.size() > maxImageBytes {
		err = fmt.Errorf("image has %d bytes, at most %d are allowed: see what `release tcb` lists", i.size(), maxImageBytes)
	}
	return i, err
}

// configOf is the image's configuration (OCI image specification, config.md). encoding/json sorts
// the names of a map.
func configOf(layer string) any {
	return map[string]any{
		"architecture": "amd64", "os": "linux", "created": epoch,
		"config": map[string]any{
			"User": "65532:65532", "Entrypoint": []string{"/enclave"}, "WorkingDir": "/",
			"Env": []string{"GOTRACEBACK=none"}, // a trace shows arguments, and the operator reads the log
			"Labels": map[string]string{
				"org.opencontainers.image.title":  "encompute-enclave",
				"org.opencontainers.image.source": "https://" + module,
			},
		},
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{layer}},
		"history": []map[string]any{{"created": epoch, "created_by": "release image, " + toolchain}},
	}
}

// tarball is the layer before it is compressed.
func tarball(files rootfs) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range []struct {
		name    string
		mode    int64
		content []byte
	}{{"LICENSES.txt", 0o444, files.licenses}, {"enclave", 0o555, files.enclave}} {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: f.mode, Size: int64(len(f.content)), ModTime: epoch, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// digest of the manifest names the image.
func (i image) digest() string { return digest(i.manifest) }

// size is what a registry keeps.
func (i image) size() int { return len(i.manifest) + len(i.config) + len(i.layer) }

// write writes an OCI image layout to dir (image-layout.md), with the manifest.json of `docker save`
// besides, so that `tar -C dir -c . | docker load` reads it.
func (i image) write(dir string) error {
	files := map[string][]byte{"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)}
	blob := func(b []byte) string { return "blobs/sha256/" + digest(b)[len("sha256:"):] }
	for _, b := range [][]byte{i.layer, i.config, i.manifest} {
		files[blob(b)] = b
	}
	var err error
	if files["index.json"], err = json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": mediaIndex, "manifests": []descriptor{describe(mediaManifest, i.manifest)},
	}); err != nil {
		return err
	}
	if files["manifest.json"], err = json.Marshal([]map[string]any{{
		"Config": blob(i.config), "Layers": []string{blob(i.layer)}, "RepoTags": []string{"encompute-enclave:release"},
	}}); err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func describe(mediaType string, b []byte) descriptor { return descriptor{mediaType, digest(b), len(b)} }

func digest(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }
