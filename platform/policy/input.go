package policy

import (
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
)

// Input is what a verdict is about. Rules see it as one document:
//
//	input.contract       the contract, as ODCS
//	input.data_contract  the same contract, in the looser shape of the Data Contract Specification
//	input.data_product   the data product that publishes it, as ODPS; null if there is none
//	input.previous       the contract before the change, as ODCS; null if it is new
//	input.environment    such as production; "" if none is meant
//	input.now            RFC 3339, in UTC
type Input struct {
	Contract    *contract.Contract
	DataProduct *contract.DataProduct // that publishes it; nil if none does
	Previous    *contract.Contract    // nil if the contract is new, or nobody knows
	Environment string
	Now         time.Time
	// DataContract is what input.data_contract is, where the contract was imported from a file that says it in its own words
	// (dcs.PlainOf); where it is absent, it is made of the contract (dcs.Plain).
	DataContract contract.Value
}

// inputKeys are the keys of the input document.
func inputKeys() []string {
	return []string{"contract", "data_contract", "data_product", "previous", "environment", "now"}
}

// document is the input as rules see it. What of it no rule asks for is left out, since it would cost more than most
// rules do.
func (in Input) document(asked map[string]bool) ast.Value {
	o, t := ast.NewObject(), newTerms()
	put := func(key string, value func() *ast.Term) {
		if asked[key] {
			o.Insert(ast.StringTerm(key), value())
		}
	}
	var said contract.Value // the contract's document, made once for both shapes
	if asked["contract"] || asked["data_contract"] {
		said = in.Contract.Document()
	}
	put("contract", func() *ast.Term { return t.of(said) })
	put("data_contract", func() *ast.Term {
		if in.DataContract.Kind != strict.Absent {
			return t.of(in.DataContract)
		}
		return t.of(dcs.PlainOfDocument(in.Contract, said, in.DataProduct))
	})
	put("data_product", func() *ast.Term {
		if in.DataProduct == nil {
			return ast.NullTerm()
		}
		return t.of(in.DataProduct.Document())
	})
	put("previous", func() *ast.Term {
		if in.Previous == nil {
			return ast.NullTerm()
		}
		return t.of(in.Previous.Document())
	})
	put("environment", func() *ast.Term { return ast.StringTerm(in.Environment) })
	put("now", func() *ast.Term { return ast.StringTerm(in.Now.UTC().Format(time.RFC3339)) })
	return o
}
