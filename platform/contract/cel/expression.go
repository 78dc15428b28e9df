package cel

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/parser"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

const (
	// maxLength of an expression's text, in characters.
	maxLength = 4096
	// maxDepth is how deep an expression may nest.
	maxDepth = 64
	// costLimit bounds one evaluation: about as many steps, each well below a microsecond.
	costLimit = 100_000
)

// Expression is a demand on records, compiled. It is immutable and safe for concurrent use.
type Expression struct {
	text    string
	program cel.Program
}

// Fault is why an expression is not one, and where in its text: line from 1, column from 1, in characters.
type Fault struct {
	Line, Column int
	Message      string

	noBool bool // it is an expression, and comes to something else than true or false
}

func (f *Fault) Error() string {
	return fmt.Sprintf("at %d:%d of the expression: %s", f.Line, f.Column, f.Message)
}

// Compile reads an expression about records of a schema. It fails with a *Fault, the first, where the text is no
// expression, names what the schema does not have, or is not true or false.
func Compile(schema *avro.Schema, text string) (*Expression, error) {
	env, ast, err := check(schema, text)
	if err != nil {
		return nil, err
	}
	program, err := env.Program(ast, cel.CostLimit(costLimit), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, &Fault{Line: 1, Column: 1, Message: err.Error()}
	}
	return &Expression{text, program}, nil
}

// check types an expression about records of a schema; about nothing where the schema is nil.
func check(schema *avro.Schema, text string) (*cel.Env, *cel.Ast, error) {
	types, err := newProvider()
	if err != nil {
		return nil, nil, err
	}
	options := []cel.EnvOption{
		cel.CustomTypeProvider(types), cel.ParserExpressionSizeLimit(maxLength), cel.ParserRecursionLimit(maxDepth),
		cel.CrossTypeNumericComparisons(true), // amount > 0 for a double
		cel.DefaultUTCTimeZone(true),
	}
	if schema != nil {
		if schema.Type() != avro.TypeRecord {
			return nil, nil, &Fault{Line: 1, Column: 1, Message: "only records have fields to judge"}
		}
		for _, f := range schema.Fields() {
			options = append(options, cel.Variable(f.Name(), types.typeOf(f.Type())))
		}
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, nil, fmt.Errorf("the expression's variables: %w", err)
	}
	ast, issues := env.Compile(text)
	if err := issues.Err(); err != nil {
		if found := issues.Errors(); len(found) > 0 {
			return nil, nil, faultOf(found[0])
		}
		return nil, nil, &Fault{Line: 1, Column: 1, Message: err.Error()}
	}
	if ast.OutputType() != cel.BoolType {
		return nil, nil, &Fault{Line: 1, Column: 1, Message: fmt.Sprintf("it must be true or false, and is %s", ast.OutputType()), noBool: true}
	}
	return env, ast, nil
}

// Text is the expression as it was written.
func (e *Expression) Text() string { return e.text }

// ErrEvaluation is that an expression has no value for a record. The library's own words may hold a field's value, so
// they are not in it.
var ErrEvaluation = errors.New("the expression cannot be evaluated for the record: it costs too much, or meets a null or an index that is not there")

// Holds evaluates the expression for a record, as Values gave it.
func (e *Expression) Holds(record map[string]any) (bool, error) {
	value, _, err := e.program.Eval(record)
	if err != nil {
		return false, ErrEvaluation
	}
	holds, ok := value.Value().(bool)
	return ok && holds, nil
}

// Syntax reads an expression without knowing what it is about: nil if it can be one. Whether its names and types fit
// is Compile's to say.
func Syntax(text string) *Fault {
	p, err := parser.NewParser(parser.Macros(parser.AllMacros...), parser.MaxRecursionDepth(maxDepth), parser.ExpressionSizeCodePointLimit(maxLength))
	if err != nil {
		return &Fault{Line: 1, Column: 1, Message: err.Error()}
	}
	_, issues := p.Parse(common.NewTextSource(text))
	for _, e := range issues.GetErrors() {
		return faultOf(e)
	}
	return nil
}

// faultOf is the library's error without its list of everything that could have stood there.
func faultOf(e *common.Error) *Fault {
	message, _, _ := strings.Cut(e.Message, " expecting {")
	return &Fault{Line: max(e.Location.Line(), 1), Column: max(e.Location.Column()+1, 1), Message: message}
}
