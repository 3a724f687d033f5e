//go:build js || lean

package model

// arith is the arithmetic that graphs are evaluated with.
type arith = plain
