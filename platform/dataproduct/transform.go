package dataproduct

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// transform is the fourth stage: the handler turns an event into what it emits. It is the only place where a
// domain's code runs, so whatever that does ends here: a rejection is the record's fate, a panic too, since the function
// is pure and would panic again.
func (r *runner) transform(it *item) (rejected *fault.Rejection, err error) {
	r.emit.reset()
	defer func() {
		caught := recover()
		switch {
		case caught != nil && r.emit.err != nil:
			rejected, err = nil, r.emit.err // Copy had nothing to give
		case caught != nil:
			r.log.Error("the transform panicked", "input", it.record.Topic, "partition", it.record.Partition, "offset", it.record.Offset,
				"type", fmt.Sprintf("%T", caught), "stack", string(debug.Stack()))
			rejected, err = &fault.Rejection{Reason: fault.ByTransform("panic"), Message: "the transform panicked; the log has the stack"}, nil
		}
	}()
	failed := it.writer.apply(it.payload, &r.emit)
	if r.emit.err != nil {
		return nil, r.emit.err // misuse of Emit is a fault of the code, whatever it returned
	}
	if r.emit.rejected != nil {
		return r.emit.rejected, nil
	}
	if failed == nil {
		if r.emit.filter != "" {
			return nil, fault.Fatalf("a handler of %s called Drop(%q) and did not return what it gave", r.plan.ID(), r.emit.filter)
		}
		return nil, nil
	}
	if errors.Is(failed, errDropped) {
		switch {
		case !r.plan.declaresFilter(r.emit.filter):
			return nil, fault.Fatalf("filter %q is not declared: add it to tidemark.filters of %s", r.emit.filter, r.plan.ID())
		case len(r.emit.records) > 0:
			return nil, fault.Fatalf("filter %q drops an event for which records were emitted: drop before emitting", r.emit.filter)
		}
		return nil, nil
	}
	if rejection, ok := errors.AsType[*fault.Rejection](failed); ok {
		return rejection, nil
	}
	// The error's text may hold a field's value, so only its type is told.
	return &fault.Rejection{Reason: fault.ByTransform("error"), Message: fmt.Sprintf("the transform failed with a %T", failed)}, nil
}
