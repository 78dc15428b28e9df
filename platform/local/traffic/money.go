package traffic

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Money is an amount, or a share, in ten-thousandths: the file has four places, and so has every decimal of the
// contracts.
type Money int64

const moneyScale = 10_000

// ParseMoney reads a plain decimal with at most four places. Exponents, signs other than a minus, and digits beyond
// the fourth place are errors: none may be lost.
func ParseMoney(text string) (Money, error) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, places, _ := strings.Cut(digits, ".")
	if whole == "" || len(places) > 4 || strings.HasSuffix(digits, ".") {
		return 0, fmt.Errorf("%q is not a decimal with at most four places", text)
	}
	n, err := strconv.ParseUint(whole+places+"0000"[len(places):], 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%q is not a decimal with at most four places", text)
	}
	if negative {
		return -Money(n), nil
	}
	return Money(n), nil
}

// Rat is the exact value, as the Avro codec takes decimals.
func (m Money) Rat() *big.Rat { return big.NewRat(int64(m), moneyScale) }

func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%04d", sign, m/moneyScale, m%moneyScale)
}

// cents rounds to whole cents, half up.
func (m Money) cents() Money { return (m + 50) / 100 * 100 }
