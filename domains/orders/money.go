package orders

import "math/big"

// places is how many decimal places the contracts give an amount, and a margin.
const places = 4

// round gives x to four decimal places, halves away from zero.
func round(x *big.Rat) *big.Rat {
	r, _ := new(big.Rat).SetString(x.FloatString(places)) // FloatString writes what SetString reads
	return r
}

// listPrice is what sales was before the discount: sales / (1 - discount), rounded. A discount is below 1.
func listPrice(sales, discount *big.Rat) *big.Rat {
	paid := new(big.Rat).Sub(big.NewRat(1, 1), discount)
	return round(new(big.Rat).Quo(sales, paid))
}
