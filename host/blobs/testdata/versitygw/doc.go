// Package versitygw pins the S3 server that the tests of host/blobs build, apart from the
// modules that the programs link.
package versitygw
