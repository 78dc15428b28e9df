package gotypes

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"reflect"
	"strconv"
	"strings"
)

// Type is a struct of a generated file.
type Type struct {
	Name   string
	Fields []Field
}

// Field is a field of a Type.
type Field struct {
	Name string // such as OrderID
	Type string // such as *string
	Avro string // the name in the schema, such as orderId
}

// Types reads the structs of a text that Generate wrote, by name.
func Types(text []byte) (map[string]Type, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "event_gen.go", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("read generated types: %w", err)
	}
	types := make(map[string]Type)
	for _, d := range file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range group.Specs {
			t, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			if s, ok := t.Type.(*ast.StructType); ok {
				types[t.Name.Name] = Type{t.Name.Name, fieldsOf(files, s)}
			}
		}
	}
	return types, nil
}

func fieldsOf(files *token.FileSet, s *ast.StructType) []Field {
	var fields []Field
	for _, f := range s.Fields.List {
		if len(f.Names) != 1 || f.Tag == nil {
			continue
		}
		var typ strings.Builder
		if err := printer.Fprint(&typ, files, f.Type); err != nil {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			continue
		}
		fields = append(fields, Field{f.Names[0].Name, typ.String(), reflect.StructTag(tag).Get("avro")})
	}
	return fields
}

// NameOf is the Go type of a record, by its name without the namespace.
func NameOf(types map[string]Type, record string) (string, bool) {
	for name := range types {
		if goName(name) == goName(record) {
			return name, true
		}
	}
	return "", false
}
