// Package onnxpb is the ONNX file format (IR version 8, from ONNX 1.12) as
// generated from onnx.proto. Nothing in it is written by hand. Tests hold package
// onnx against it; no program links it.
package onnxpb

//go:generate sh generate.sh
