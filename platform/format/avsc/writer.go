package avsc

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// maxDepth is how deep types may nest, well within what avro.Parse reads.
const maxDepth = 60

// maxTypes bounds the types of one schema; avro.Parse refuses more.
const maxTypes = 20_000

// maxProse bounds the documentation in one schema; avro.Parse reads no text above 1 MiB.
const maxProse = 1 << 19

// writer makes a schema of properties.
type writer struct {
	file, version string
	types         map[string]string // what each named type is made from, by fullname
	open          map[string]int    // the records that the current one is in, and how indirect they were
	indirect      int               // unions, arrays and maps around the current type
	count         int
	prose         int  // bytes of documentation so far
	trial         bool // only to see whether a default fits: no findings, no defaults within
	findings      []contract.Finding
}

func (w *writer) warn(place *contract.Place, key, rule, format string, args ...any) {
	if w.trial {
		return
	}
	path, at := place.At(key)
	w.findings = append(w.findings, contract.Finding{
		Rule: rule, Severity: contract.SeverityWarning, File: w.file, Line: at.Line, Column: at.Column, Path: path, Message: fmt.Sprintf(format, args...),
	})
}

func (w *writer) root(o *contract.SchemaObject, namespace string) object {
	name := fieldName(o.Name)
	if isPrimitive(name) {
		name += "_"
	}
	if name != o.Name {
		w.warn(&o.Place, "name", RuleName, "%s is no name in Avro: the record is named %s", strict.Quote(o.Name), name)
	}
	full := name
	if namespace != "" {
		full = namespace + "." + name
	}
	w.types[full] = "root"
	record := object{{"type", "record"}, {"name", name}}
	if namespace != "" {
		record = append(record, member{"namespace", namespace})
	}
	record = append(record, w.doc(&o.Place, o.Description)...)
	return append(record, member{"fields", w.fields(o.Properties, full, 0)})
}

// doc is a description, as long as there is room: aliases of YAML can repeat one text very often.
func (w *writer) doc(place *contract.Place, text string) object {
	before := w.prose
	if w.prose += len(text); text == "" || w.prose > maxProse {
		if before <= maxProse && text != "" {
			w.warn(place, "description", RuleLimit, "the descriptions have more than %d bytes: the rest is left out", maxProse)
		}
		return nil
	}
	return object{{"doc", text}}
}

// fields are a record's.
func (w *writer) fields(properties []contract.Property, record string, depth int) []any {
	w.open[record] = w.indirect
	defer delete(w.open, record)
	fields := []any{}
	taken := map[string]bool{}
	for i := range properties {
		p := &properties[i]
		given := p.Name
		if p.PhysicalName != "" {
			given = p.PhysicalName
		}
		name := free(fieldName(given), func(n string) bool { return taken[n] })
		taken[name] = true
		if name != given {
			w.warn(&p.Place, "name", RuleName, "%s is no name in Avro, or stands twice: the field is named %s; set physicalName to it", strict.Quote(given), name)
		}
		fields = append(fields, w.field(p, name, record, depth))
	}
	return fields
}

func (w *writer) field(p *contract.Property, name, record string, depth int) object {
	field := object{{"name", name}}
	deflt := customOf(p, "avro.default")
	if deflt.Kind != strict.Absent && (w.trial || !w.holds(p, name, record, deflt)) {
		w.warn(&p.Place, "customProperties", RuleDefault, "the default is not of the field's type: left out")
		deflt = contract.Value{}
	}
	nullable := !p.Required && !p.PrimaryKey
	switch {
	case nullable && deflt.Kind != strict.Absent && deflt.Kind != strict.Null:
		w.indirect++
		field = append(field, member{"type", []any{w.typeOf(p, typeName(name), record, depth+2), "null"}})
		w.indirect--
	case nullable:
		deflt = contract.Value{Kind: strict.Null}
		w.indirect++
		field = append(field, member{"type", []any{"null", w.typeOf(p, typeName(name), record, depth+2)}})
		w.indirect--
	default:
		field = append(field, member{"type", w.typeOf(p, typeName(name), record, depth+1)})
	}
	if deflt.Kind != strict.Absent {
		field = append(field, member{"default", jsonOf(deflt)})
	}
	field = append(field, w.doc(&p.Place, p.Description)...)
	if aliases := w.aliases(p); len(aliases) > 0 {
		field = append(field, member{"aliases", aliases})
	}
	return field
}

func (w *writer) aliases(p *contract.Property) (aliases []any) {
	for _, v := range customOf(p, "avro.aliases").Items {
		if fieldName(v.Text) == v.Text {
			aliases = append(aliases, v.Text)
		}
	}
	return aliases
}

// holds tries whether a default is a value of the property's type.
func (w *writer) holds(p *contract.Property, name, record string, deflt contract.Value) bool {
	t := writer{version: w.version, types: map[string]string{record: "root"}, open: map[string]int{}, trial: true}
	field := object{{"name", name}, {"type", t.typeOf(p, typeName(name), record, 1)}, {"default", jsonOf(deflt)}}
	short, namespace := record, ""
	if i := strings.LastIndexByte(record, '.'); i >= 0 {
		namespace, short = record[:i], record[i+1:]
	}
	_, err := avro.Parse(object{{"type", "record"}, {"name", short}, {"namespace", namespace}, {"fields", []any{field}}}.json())
	return err == nil
}

// element is the type of an array's items or a map's values, which are not null unless it says so.
func (w *writer) element(p *contract.Property, nullable bool, name, record string, depth int) any {
	w.indirect++
	defer func() { w.indirect-- }()
	if nullable || customOf(p, "avro.nullable").Text == "true" {
		return []any{"null", w.typeOf(p, name, record, depth+1)}
	}
	return w.typeOf(p, name, record, depth)
}

// symbols are the values that an enum may have.
func symbols(p *contract.Property) (list []string) {
	for _, e := range p.Enum {
		list = append(list, e.Value.Text)
	}
	for i := range p.Quality {
		q := &p.Quality[i]
		if len(list) == 0 && (q.Metric == "invalidValues" || q.Rule == "invalidValues") && q.Arguments != nil {
			for _, v := range q.Arguments.ValidValues {
				if v.Kind != strict.Null {
					list = append(list, v.Text)
				}
			}
		}
	}
	if first := customOf(p, "avro.enumDefault").Text; first != "" && len(list) > 0 && !slices.Contains(list, first) {
		list = append([]string{first}, list...)
	}
	return list
}
