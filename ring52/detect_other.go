//go:build !amd64

package ring52

func hasDQ() bool   { return false }
func hasIFMA() bool { return false }
func hasFMA() bool  { return false }
