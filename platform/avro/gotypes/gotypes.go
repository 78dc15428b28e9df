package gotypes

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"strings"

	hamba "github.com/hamba/avro/v2"
	"github.com/hamba/avro/v2/gen"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// Source is one .avsc file.
type Source struct {
	File string // for messages
	Text []byte
}

// Generate writes the types of all records of the schemas, in their order, as one Go file of a package. The same
// sources give the same text. An error names the file and the place of each type that Go code here cannot have.
func Generate(pkg string, sources ...Source) ([]byte, error) {
	if !token.IsIdentifier(pkg) {
		return nil, fmt.Errorf("%q is no name of a Go package", pkg)
	}
	if len(sources) == 0 {
		return nil, errors.New("no schemas to generate types from")
	}
	var errs []error
	g := gen.NewGenerator(pkg, nil, gen.WithStrictTypes(true), gen.WithLogicalType(local("local-timestamp-millis")), gen.WithLogicalType(local("local-timestamp-micros")))
	seen := &named{types: make(map[string]origin)}
	for _, source := range sources {
		schema, err := avro.Parse(source.Text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", source.File, err))
			continue
		}
		if schema.Type() != avro.TypeRecord {
			errs = append(errs, fmt.Errorf("%s: the schema is no record but %s: an event is a record", source.File, schema.Type()))
			continue
		}
		if err := seen.check(source.File, schema); err != nil {
			errs = append(errs, err)
			continue
		}
		parsed, err := hamba.ParseBytesWithCache(source.Text, "", &hamba.SchemaCache{})
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", source.File, err))
			continue
		}
		g.Parse(parsed)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := g.Write(&b); err != nil {
		return nil, fmt.Errorf("generate types: %w", err)
	}
	text, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("generate types: a name in the schemas is no Go name: %w", err)
	}
	return text, nil
}

// local makes a local timestamp a time, as avro.NewCodec reads it.
func local(name string) gen.LogicalType {
	return gen.LogicalType{Name: name, Typ: "time.Time", Import: "time"}
}

// named remembers the records by the part of their names that becomes a Go type.
type named struct {
	types map[string]origin
}

type origin struct {
	file, fullname string
	canonical      string
}

// check refuses what has no Go type, or the Go type of another.
func (n *named) check(file string, s *avro.Schema) error {
	w := walk{named: n, file: file, done: make(map[*avro.Schema]bool)}
	w.schema(s, "$")
	return errors.Join(w.errs...)
}

type walk struct {
	*named
	file string
	done map[*avro.Schema]bool
	errs []error
}

func (w *walk) refuse(at, format string, args ...any) {
	w.errs = append(w.errs, fmt.Errorf("%s: %s: %s", w.file, at, fmt.Sprintf(format, args...)))
}

func (w *walk) schema(s *avro.Schema, at string) {
	switch s.Type() {
	case avro.TypeRecord:
		if w.done[s] {
			return
		}
		w.done[s] = true
		w.name(s, at)
		names := make(map[string]string)
		for _, f := range s.Fields() {
			if first, taken := names[goName(f.Name())]; taken {
				w.refuse(at+"."+f.Name(), "the fields %s and %s have the same Go name: give one of them another", first, f.Name())
			}
			names[goName(f.Name())] = f.Name()
			w.schema(f.Type(), at+"."+f.Name())
		}
	case avro.TypeArray:
		w.schema(s.Items(), at+"[]")
	case avro.TypeMap:
		w.schema(s.Values(), at+"{}")
	case avro.TypeUnion:
		if s.Value() == s {
			w.refuse(at, "a union of several types has no Go type: only a union of null and one type has; make a field of each")
			return
		}
		w.schema(s.Value(), at)
	case avro.TypeNull:
		w.refuse(at, "the type null alone has no Go type: remove the field")
	default:
		switch s.Logical() {
		case avro.Duration, avro.TimestampNanos, avro.LocalTimestampNanos:
			w.refuse(at, "the logical type %s has no Go type here: use timestamp-micros, or a number", s.Logical())
		}
		if s.Logical() == avro.UUID && s.Type() == avro.TypeFixed {
			w.refuse(at, "a uuid of type fixed has no Go type here: make it a string")
		}
	}
}

func (w *walk) name(s *avro.Schema, at string) {
	local := s.Name()[strings.LastIndexByte(s.Name(), '.')+1:]
	is := origin{w.file, s.Name(), shape(s)}
	first, taken := w.types[goName(local)]
	switch {
	case !taken:
		w.types[goName(local)] = is
	case first.canonical != is.canonical:
		w.refuse(at, "the record %s would be the same Go type as %s of %s, and differs from it: give it another name", s.Name(), first.fullname, first.file)
	}
}

// goName is what is left of a name in a Go name, whose case is the generator's choice.
func goName(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// shape is a record without what does not matter to its Go type: where it stands in a namespace.
func shape(s *avro.Schema) string {
	text := string(s.Canonical())
	if dot := strings.LastIndexByte(s.Name(), '.'); dot >= 0 {
		text = strings.ReplaceAll(text, `"`+s.Name()[:dot+1], `"`)
	}
	var logical strings.Builder
	for _, f := range s.Fields() {
		v := f.Type().Value()
		fmt.Fprintf(&logical, "|%s", v.Logical())
	}
	return text + logical.String()
}
