// Package advise measures what the releases of a model tell, and finds the one to publish: it puts
// together a model, its card and a creator's data for privacy/leakage, searches cuts and
// mechanisms, and writes what "encompute creator publish --release" takes.
package advise
