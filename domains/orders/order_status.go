package orders

import (
	"strconv"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// step passes on a change of status that the order process knows.
func step(c *StatusChange, emit *dataproduct.Emit) error {
	if !follows(c.Previous, c.Status) {
		return emit.Reject("step-unknown", "the order process has no step from the previous status to this one")
	}
	status.To(emit, OrderStatus{
		ChangeID:  c.OrderID + "/" + strconv.Itoa(int(c.Sequence)),
		OrderID:   c.OrderID,
		Sequence:  c.Sequence,
		Status:    c.Status,
		Previous:  c.Previous,
		Final:     c.Status == "cancelled" || c.Status == "returned",
		ChangedAt: c.ChangedAt,
		Actor:     *c.Actor,
		Note:      c.Note,
	})
	return nil
}

// follows is the order process: which status may follow which. nil is before the first.
func follows(previous *string, status string) bool {
	if previous == nil {
		return status == "placed"
	}
	from := *previous
	switch status {
	case "paid":
		return from == "placed"
	case "packed":
		return from == "paid"
	case "shipped":
		return from == "packed"
	case "delivered":
		return from == "shipped"
	case "cancelled":
		return from == "placed" || from == "paid" || from == "packed"
	case "returned":
		return from == "shipped" || from == "delivered"
	}
	return false
}
