package dataproduct

import (
	"fmt"
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/cel"
	"github.com/tidemark-mesh/tidemark/platform/fault"
)

// expressions are what a contract demands in CEL. They are judged on the decoded record, so only contracts that have
// some pay for that.
type expressions struct {
	schema *avro.Schema // the contract's
	all    []expression
}

type expression struct {
	contract.Expression
	compiled *cel.Expression
}

// expressionsOf compiles a contract's expressions, but for those that had is true of.
func expressionsOf(c *contract.Contract, had func(contract.Expression) bool) (expressions, error) {
	list := expressions{schema: c.Schema()}
	for _, e := range c.Expressions() {
		if had != nil && had(e) {
			continue
		}
		compiled, err := cel.Compile(c.Schema(), e.Text)
		if err != nil {
			return list, fmt.Errorf("rule %s: %w", e.ID, err)
		}
		list.all = append(list.all, expression{e, compiled})
	}
	return list, nil
}

// enforced says whether a guard's input has an expression already.
func enforced(set *contract.Set, inputs []contract.Port) func(contract.Expression) bool {
	var all []contract.Expression
	for _, in := range inputs {
		if c, ok := set.Contract(in.ContractID); ok {
			all = append(all, c.Expressions()...)
		}
	}
	return func(e contract.Expression) bool {
		return slices.ContainsFunc(all, func(i contract.Expression) bool { return i.Text == e.Text && i.Severity <= e.Severity })
	}
}

// judge evaluates all on a payload that the program accepted. broken are the rules of severity warning that it breaks.
func (x *expressions) judge(program *avro.Program, payload []byte) (rejected *fault.Rejection, broken []string) {
	if len(x.all) == 0 {
		return nil, nil
	}
	decoded, err := program.Decode(payload)
	record, ok := decoded.(avro.Record)
	if err != nil || !ok {
		return &fault.Rejection{Reason: fault.AvroMalformed, Message: "the record cannot be decoded"}, nil
	}
	values := cel.Values(x.schema, record)
	for i := range x.all {
		e := &x.all[i]
		holds, err := e.compiled.Holds(values)
		if holds {
			continue
		}
		if e.Severity != avro.Error {
			broken = append(broken, e.ID)
			continue
		}
		message := "the record breaks the expression " + e.Text
		if err != nil {
			message = err.Error() + ": " + e.Text
		}
		return &fault.Rejection{Reason: fault.RuleBroken, Rule: e.ID, Message: message}, nil
	}
	return nil, broken
}
