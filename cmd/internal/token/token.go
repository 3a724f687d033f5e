// Package token writes sums of the market's token as people do: as exact decimal numbers
// of whole tokens, without floating point.
package token

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/encrypted-compute/encompute/protocol"
)

// Decimals is how many decimal places the market's token has: one token is 10^6 of its
// smallest units, as with USDC.
const Decimals = 6

const unit = 1_000_000

// Amount is a [protocol.Amount] whose text form is a decimal number of whole tokens,
// such as "0.25".
type Amount protocol.Amount

// Parse reads a decimal number of tokens. It refuses signs, exponents, more than
// [Decimals] places and sums beyond 2^64-1 smallest units.
func Parse(s string) (Amount, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(fraction) > Decimals {
		return 0, fmt.Errorf("amount %q has %d decimal places, the token has %d", s, len(fraction), Decimals)
	}
	digits := whole + fraction + strings.Repeat("0", Decimals-len(fraction))
	if whole == "" || strings.Trim(digits, "0123456789") != "" || strings.HasSuffix(s, ".") {
		return 0, fmt.Errorf("amount %q is not a decimal number of tokens, such as 0.25", s)
	}
	v, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("amount %q is too large", s)
	}
	return Amount(v), nil
}

// String returns the shortest text form.
func (a Amount) String() string {
	s := strconv.FormatUint(uint64(a)/unit, 10)
	if rest := uint64(a) % unit; rest != 0 {
		s += "." + strings.TrimRight(fmt.Sprintf("%06d", rest), "0")
	}
	return s
}

// Units returns the amount in the token's smallest unit.
func (a Amount) Units() protocol.Amount { return protocol.Amount(a) }

// MarshalText implements encoding.TextMarshaler.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Amount) UnmarshalText(b []byte) (err error) {
	*a, err = Parse(string(b))
	return err
}
