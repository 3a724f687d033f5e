// Package pebble pins the ACME server that a test of the host command builds, apart from the
// modules that the programs link.
package pebble
