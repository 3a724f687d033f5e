// Package cmp stands in the browser's programs for go-cmp, of which lattigo takes this one function. The real one finds
// methods by name, which keeps the linker from leaving out a single method of any type.
package cmp

import "reflect"

// Equal reports whether two values are deeply equal. Of lattigo's values, which are numbers, slices and structs of them,
// go-cmp says the same.
func Equal(x, y any) bool { return reflect.DeepEqual(x, y) }
