//go:build !linux

package enclave

// Harden does nothing where no TEE of ours runs: such a worker serves a simulated network only.
func Harden() error { return nil }
