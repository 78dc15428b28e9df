package cel

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// provider tells the checker the fields of records. Everything else is the library's.
type provider struct {
	types.Provider
	records map[string]*avro.Schema // by the name that the checker knows them by
	names   map[*avro.Schema]string
}

func newProvider() (*provider, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, fmt.Errorf("the expression's types: %w", err)
	}
	return &provider{registry, map[string]*avro.Schema{}, map[*avro.Schema]string{}}, nil
}

// typeOf is a schema's type. Records are registered by the way.
func (p *provider) typeOf(s *avro.Schema) *cel.Type {
	if s.Type() == avro.TypeUnion {
		value := s.Value()
		if value.Type() == avro.TypeUnion {
			return cel.DynType
		}
		switch t := p.typeOf(value); t.Kind() {
		case types.ListKind, types.MapKind, types.DurationKind, types.TimestampKind:
			return cel.DynType // the checker takes no null for them
		case types.StructKind:
			return t // may always be null
		default:
			return cel.NullableType(t)
		}
	}
	switch {
	case s.Logical() == avro.Decimal:
		return cel.DoubleType
	case s.Logical() == avro.TimeMillis, s.Logical() == avro.TimeMicros:
		return cel.DurationType
	case s.Logical() == avro.Duration:
		return cel.DynType
	case s.Logical() != "" && s.Logical() != avro.UUID:
		return cel.TimestampType
	}
	switch s.Type() {
	case avro.TypeBoolean:
		return cel.BoolType
	case avro.TypeInt, avro.TypeLong:
		return cel.IntType
	case avro.TypeFloat, avro.TypeDouble:
		return cel.DoubleType
	case avro.TypeString, avro.TypeEnum:
		return cel.StringType
	case avro.TypeBytes, avro.TypeFixed:
		return cel.BytesType
	case avro.TypeArray:
		return cel.ListType(p.typeOf(s.Items()))
	case avro.TypeMap:
		return cel.MapType(cel.StringType, p.typeOf(s.Values()))
	case avro.TypeRecord:
		return cel.ObjectType(p.name(s))
	}
	return cel.NullType
}

func (p *provider) name(s *avro.Schema) string {
	name, ok := p.names[s]
	if !ok {
		name = fmt.Sprintf("record.%s.n%d", s.Name(), len(p.names))
		p.names[s], p.records[name] = name, s
	}
	return name
}

func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if _, ok := p.records[name]; ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	s, ok := p.records[name]
	if !ok {
		return p.Provider.FindStructFieldNames(name)
	}
	var names []string
	for _, f := range s.Fields() {
		names = append(names, f.Name())
	}
	return names, true
}

func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	s, ok := p.records[name]
	if !ok {
		return p.Provider.FindStructFieldType(name, field)
	}
	f, ok := s.Field(field)
	if !ok {
		return nil, false
	}
	return &types.FieldType{
		Type: p.typeOf(f.Type()),
		IsSet: func(target any) bool {
			record, ok := target.(map[string]any)
			return ok && record[field] != nil
		},
		GetFrom: func(target any) (any, error) {
			record, ok := target.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("no field %s of what is null", field)
			}
			return record[field], nil
		},
	}, true
}
