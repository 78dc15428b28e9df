package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	files "github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/policy"
)

// court judges what is published on the platform by a bundle of policies, the same that check has.
type court struct {
	bundle      *policy.Bundle
	environment string
}

// Digest implements mesh.Policies.
func (c court) Digest() string { return c.bundle.Digest() }

// Environment implements mesh.Policies.
func (c court) Environment() string { return c.environment }

// Judge implements mesh.Policies.
func (c court) Judge(ctx context.Context, x mesh.Case) []contract.Finding {
	return c.bundle.Judge(ctx, policy.Input{
		Contract: x.Contract, DataProduct: x.DataProduct, Previous: x.Previous, Environment: c.environment, Now: x.Now,
	}).Findings
}

// newCourt loads the policies of a folder; "" means those that the binary holds. A bundle with faults would deny
// everything, so that it is refused at the start.
func newCourt(folder, environment string) (mesh.Policies, error) {
	tree, err := fs.Sub(files.FS, "policies")
	if err != nil {
		return nil, err
	}
	if folder != "" {
		tree = os.DirFS(folder)
	}
	bundle, faults := policy.Load(tree)
	var errs []error
	for _, f := range faults {
		if f.Severity == contract.SeverityError {
			errs = append(errs, errors.New(f.String()))
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("the policies have errors:\n%w", errors.Join(errs...))
	}
	return court{bundle, environment}, nil
}
