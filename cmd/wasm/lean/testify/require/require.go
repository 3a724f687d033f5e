// Package require stands in the browser's programs for testify's, which lattigo imports outside of its tests and which
// would bring net/http, TLS and YAML with it.
package require

import (
	"cmp"
	"reflect"
)

// TestingT is a test.
type TestingT interface {
	Errorf(format string, args ...any)
	FailNow()
}

func demand(t TestingT, ok bool, got any, message []any) {
	if !ok {
		t.Errorf("%v: %v", got, message)
		t.FailNow()
	}
}

// NoError ends a test that has an error.
func NoError(t TestingT, err error, message ...any) { demand(t, err == nil, err, message) }

// True ends a test in which something is not so.
func True(t TestingT, ok bool, message ...any) { demand(t, ok, ok, message) }

// Equal ends a test in which two values differ.
func Equal(t TestingT, want, got any, message ...any) {
	demand(t, reflect.DeepEqual(want, got), got, message)
}

// GreaterOrEqual ends a test in which a is less than b.
func GreaterOrEqual[T cmp.Ordered](t TestingT, a, b T, message ...any) { demand(t, a >= b, a, message) }
