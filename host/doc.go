// Package host is the relay between users, workers, creators and the chain. It is trusted
// with availability only: it verifies workers before it gives them work, keeps jobs and
// blobs, leases jobs to workers, relays releases and results, and carries receipts and
// deliveries to the chain. What it relays is sealed, signed or public.
package host
