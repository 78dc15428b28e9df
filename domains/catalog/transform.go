package catalog

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// publish puts a changed product on the list, unless it is still a draft.
func publish(p ProductChangeView, emit *dataproduct.Emit) error {
	if p.Draft() {
		return emit.Drop("draft")
	}
	if prefix(p.Category()) != p.ProductID()[:3] {
		return emit.Reject("category-mismatch", "the product's id begins with another category's letters")
	}
	product := dataproduct.Copy[ProductPatch](emit, products)
	product.SetName(clean(p.Name()))
	return nil
}

// prefix is how the ids of a category's products begin.
func prefix(category string) string {
	switch category {
	case "furniture":
		return "FUR"
	case "officeSupplies":
		return "OFF"
	case "technology":
		return "TEC"
	}
	return ""
}

// clean makes one plain space of every run of white space: names come with no-break spaces from copy and paste.
func clean(name string) string { return strings.Join(strings.Fields(name), " ") }
