package provision

import (
	"errors"

	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// fromRegistry marks an error of a call of the registry. That a schema does not fit is its author's matter, and stays as it is.
func fromRegistry(err error) error {
	if _, unfit := errors.AsType[*registry.IncompatibleError](err); err == nil || unfit {
		return err
	}
	return &registry.CallError{Err: err}
}
