// Package protocol defines what crosses a wire or is signed: identifiers, digests,
// sealed envelopes, EIP-712 statements, the manifest, evidence and the messages
// between host, workers and creators. It imports nothing else of this module.
package protocol
