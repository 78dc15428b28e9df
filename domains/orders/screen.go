package orders

import (
	"math/big"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// screen decides for every data product made of placed orders which of them count, so that the order book
// and its lines always agree. nil lets the order through.
//
// What the contract already promises is not asked again: customerId is there, a quantity is at least 1, a
// discount is below 1.
func screen(o *PlacedOrder, emit *dataproduct.Emit) error {
	if o.Test {
		return emit.Drop("test-order")
	}
	if len(o.Lines) == 0 {
		return emit.Reject("no-lines", "an order without lines")
	}
	sum := new(big.Rat)
	numbers := make(map[int32]bool, len(o.Lines))
	for i := range o.Lines {
		line := &o.Lines[i]
		if numbers[line.LineNumber] {
			return emit.Reject("line-number-repeated", "two lines of the order have the same number, so nothing tells them apart")
		}
		numbers[line.LineNumber] = true
		sum.Add(sum, line.Sales)
	}
	if sum.Cmp(o.Total) != 0 {
		return emit.Reject("total-mismatch", "the order's total is not the sum of its lines' sales")
	}
	return nil
}
