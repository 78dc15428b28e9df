package cel

import (
	"errors"

	"cel.dev/cel-go/cel"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// Constant tells whether an expression comes to the same for every record of a schema, as far as that can be told
// without a record, and to what. A nil schema has no fields: then only an expression that looks at none can be constant,
// whatever it is about. It fails with a *Fault where such an expression is neither true nor false; one that Compile
// refuses for anything else is not constant.
func Constant(schema *avro.Schema, text string) (holds, constant bool, err error) {
	env, checked, err := check(schema, text)
	if fault, ok := errors.AsType[*Fault](err); ok && fault.noBool && schema == nil {
		return false, false, fault
	}
	if err != nil {
		return false, false, nil //nolint:nilerr // that is Compile's to say
	}
	program, err := env.Program(checked, cel.CostLimit(costLimit), cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		return false, false, nil //nolint:nilerr // as above
	}
	var unknown []*cel.AttributePatternType
	if schema != nil {
		for _, f := range schema.Fields() {
			unknown = append(unknown, cel.AttributePattern(f.Name()))
		}
	}
	nothing, err := cel.PartialVars(map[string]any{}, unknown...)
	if err != nil {
		return false, false, err
	}
	value, _, err := program.Eval(nothing)
	if err != nil {
		return false, false, nil //nolint:nilerr // it has no value without a record, or none at all
	}
	holds, constant = value.Value().(bool)
	return holds, constant, nil
}
