package payments

import (
	"math/big"
	"strconv"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// route sends refunds to their own port and all other events of a payment to the other. What the contract
// requires is there: orderId.
func route(e *PaymentEvent, emit *dataproduct.Emit) error {
	id := e.PaymentID + "/" + strconv.Itoa(int(e.Sequence))
	switch e.Kind {
	case "refunded":
		if e.Amount.Sign() == 0 {
			return emit.Reject("refund-of-nothing", "a refund that gives nothing back")
		}
		refunds.To(emit, Refund{
			RefundID:   id,
			PaymentID:  e.PaymentID,
			OrderID:    *e.OrderID,
			Method:     e.Method,
			Amount:     e.Amount,
			Currency:   e.Currency,
			RefundedAt: e.OccurredAt,
		})
		return nil
	case "failed":
		if e.FailureCode == nil {
			return emit.Reject("failure-unexplained", "a failed payment that does not say why")
		}
	}
	payments.To(emit, Payment{
		EventID:     id,
		PaymentID:   e.PaymentID,
		OrderID:     *e.OrderID,
		Kind:        e.Kind,
		Method:      e.Method,
		Amount:      e.Amount,
		Received:    received(e),
		Currency:    e.Currency,
		FailureCode: e.FailureCode,
		OccurredAt:  e.OccurredAt,
	})
	return nil
}

// received is the money that the shop has by this event: an authorised amount is only reserved.
func received(e *PaymentEvent) *big.Rat {
	if e.Kind == "captured" {
		return e.Amount
	}
	return new(big.Rat)
}
