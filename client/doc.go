// Package client is the user's side of a job: it checks the model against the chain and
// the worker's evidence on the user's own machine, makes the keys, encrypts, pays, checks
// the receipt, releases the intermediate to the creator and opens the result.
//
// The host is trusted with nothing but availability. What must have been verified is in
// the types: a job is prepared for an [attestation.VerifiedWorker], an output is opened
// through a [VerifiedReceipt], and only a [privacy.Released] is ever sealed to a creator.
//
// A job is a small state machine whose state is kept in a [Store]; [Client.Resume] goes on
// from wherever a process stopped, without paying twice and without releasing twice.
package client
