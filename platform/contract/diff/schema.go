package diff

import (
	"slices"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// explained are places where a change was said that the schemas' compatibility suffers from, so that it is not said twice.
type explained struct {
	types   map[string]bool // fields whose type, symbols or presence changed, by path in OLD and in NEW
	records map[string]bool // records whose fields changed
}

func (e *explained) at(paths ...string) {
	if e.types == nil {
		e.types = make(map[string]bool)
	}
	for _, p := range paths {
		e.types[p] = true
	}
}

func (e *explained) lost(records ...string) {
	if e.records == nil {
		e.records = make(map[string]bool)
	}
	for _, r := range records {
		e.records[r] = true
	}
}

// knows tells whether a finding of package avro follows from a change that was said.
func (e *explained) knows(f avro.Finding) bool {
	if f.Rule == "field-default" {
		return e.records[f.Path]
	}
	return e.types[f.Path]
}

// written says that the schema's text differs, where nothing else was said of the fields and the schema.
func (d *contractDiff) written() {
	if d.oldAvro != nil && len(d.now.Objects) == 1 && d.oldAvro.String() != d.newAvro.String() {
		d.at("avro.doc", d.now.Objects[0].Place, "name", "the Avro schema is written otherwise")
	}
}

// schemas asks whether the schemas read each other's records, and says what no change of a field explains.
func (d *contractDiff) schemas() {
	if d.oldAvro == nil || len(d.now.Objects) != 1 {
		return
	}
	say := func(rule, how string, findings []avro.Finding) {
		for _, f := range findings {
			if !d.explained.knows(f) {
				d.at(rule, d.fieldPlace(f.Path), "name", "%s at %s: %s", how, f.Path, f.Message)
			}
		}
	}
	say("avro.backward", "the new schema cannot read old records", avro.CanRead(d.newAvro, d.oldAvro))
	say("avro.forward", "the old schema cannot read new records", avro.CanRead(d.oldAvro, d.newAvro))
}

// fieldPlace is the property at a path in NEW, or the object where there is none.
func (d *contractDiff) fieldPlace(path string) contract.Place {
	if f := d.fieldNamed(path); f != nil {
		return f.Place
	}
	return d.now.Objects[0].Place
}

// fieldNamed is the field at a path in NEW.
func (d *contractDiff) fieldNamed(path string) *field {
	all := fieldsOf(d.now)
	if i := slices.IndexFunc(all, func(f field) bool { return f.path == path }); i >= 0 {
		return &all[i]
	}
	return nil
}
