package provision

import (
	"errors"

	"github.com/tidemark-mesh/tidemark/platform/registry"
)

// RegistryError says that it was the schema registry that failed, and no broker: what is to be done is another.
type RegistryError struct{ Err error }

func (e *RegistryError) Error() string { return e.Err.Error() }
func (e *RegistryError) Unwrap() error { return e.Err }

// fromRegistry marks an error of a call of the registry. That a schema does not fit is its author's matter, and stays as it is.
func fromRegistry(err error) error {
	if _, unfit := errors.AsType[*registry.IncompatibleError](err); err == nil || unfit {
		return err
	}
	return &RegistryError{err}
}
