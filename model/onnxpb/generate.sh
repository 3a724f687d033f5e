#!/bin/sh
# Regenerates onnx.pb.go. Needs protoc (Debian: protobuf-compiler); the Go
# plug-in is a tool of this module.
set -eu
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
go build -o "$bin/protoc-gen-go" google.golang.org/protobuf/cmd/protoc-gen-go
PATH="$bin:$PATH" protoc --go_out=. --go_opt=paths=source_relative \
	--go_opt=Monnx.proto=github.com/encrypted-compute/encompute/model/onnxpb onnx.proto
