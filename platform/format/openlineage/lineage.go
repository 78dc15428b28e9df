package openlineage

import (
	"slices"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
)

// lineage says from which inputs an output comes. Readers that know only the job would draw every input to every
// output, so it is left out where the files do not say.
func (e *exporter) lineage(d *Dataset, p port) {
	if e.product.Mode() == contract.Observe {
		return
	}
	from := e.sources(p)
	if from == nil && len(e.inputs) != 1 {
		return
	}
	if from == nil {
		from = e.inputs
	}
	inputs := []any{}
	for _, in := range from {
		inputs = append(inputs, map[string]any{"namespace": in.namespace, "name": in.contract.Topic(), "type": "DATASET"})
	}
	e.add(&d.Facets, "lineage", "1-0-0", "LineageDatasetFacet", Facet{"inputs": inputs})
}

// sources are the inputs whose contracts the output port names.
func (e *exporter) sources(p port) (from []port) {
	for _, in := range e.inputs {
		if slices.ContainsFunc(p.InputContracts, func(c contract.InputContract) bool { return c.ID == in.contract.ID }) {
			from = append(from, in)
		}
	}
	return from
}

// columns says from which fields a field comes.
func (e *exporter) columns(d *Dataset, p port) {
	fields := map[string]any{}
	switch e.product.Mode() {
	case contract.Observe, contract.Source:
		return
	case contract.Guard:
		e.copied(fields, p)
	default:
		for i := range p.contract.Objects {
			e.sourced(fields, p, p.contract.Objects[i].Properties, "")
		}
	}
	if len(fields) > 0 {
		e.add(&d.Facets, "columnLineage", "1-2-0", "ColumnLineageDatasetFacet", Facet{"fields": fields})
	}
}

// copied is a guard's lineage: records pass as they are, so each field is the input's of that name.
func (e *exporter) copied(fields map[string]any, p port) {
	s, _ := avsc.Of(p.contract, "")
	if s == nil {
		return
	}
	for _, in := range e.inputs {
		from, _ := avsc.Of(in.contract, "")
		for _, f := range s.Fields() {
			if from != nil && hasField(from, f.Name()) {
				fields[f.Name()] = map[string]any{"inputFields": []any{inputField(in, f.Name(), "IDENTITY", "")}}
			}
		}
	}
}

// sourced reads transformSourceObjects.
func (e *exporter) sourced(fields map[string]any, p port, properties []contract.Property, above string) {
	for i := range properties {
		property := &properties[i]
		path := above + field(property)
		inputs := []any{}
		for _, source := range property.TransformSourceObjects {
			in, name, ok := e.resolve(source, path)
			if !ok {
				e.warn(p.contract.File, &property.Place, "transformSourceObjects", RuleSource,
					"%q is no field of a contract that %s reads: write <schema object>.<field>", source, e.product.ID)
				continue
			}
			inputs = append(inputs, inputField(in, name, "TRANSFORMATION", transformation(property)))
		}
		if len(inputs) > 0 {
			fields[path] = map[string]any{"inputFields": inputs}
		}
		e.sourced(fields, p, property.Properties, path+".")
		if property.Items != nil {
			e.sourced(fields, p, property.Items.Properties, path+".")
		}
	}
}

func transformation(p *contract.Property) string {
	if p.TransformDescription != "" {
		return strings.TrimSpace(p.TransformDescription)
	}
	return strings.TrimSpace(p.TransformLogic)
}

func inputField(in port, field, subtype, description string) map[string]any {
	t := map[string]any{"type": "DIRECT", "subtype": subtype}
	if description != "" {
		t["description"] = description
	}
	return map[string]any{"namespace": in.namespace, "name": in.contract.Topic(), "field": field, "transformations": []any{t}}
}

// resolve finds the input and the field that a source names: <object>.<field>, where the object is a schema object's name, its
// topic or its contract's id. An object alone stands for its field of the same name.
func (e *exporter) resolve(source, same string) (in port, field string, ok bool) {
	for _, in := range e.inputs {
		o := &in.contract.Objects[0]
		for _, name := range []string{in.contract.ID, o.PhysicalName, o.Name, in.Name} {
			rest, found := strings.CutPrefix(source, name)
			if name == "" || !found || rest != "" && rest[0] != '.' {
				continue
			}
			field := strings.ReplaceAll(strings.TrimPrefix(rest, "."), "[]", "")
			if field == "" {
				field = same
			}
			if s, _ := avsc.Of(in.contract, ""); s != nil && hasField(s, field) {
				return in, field, true
			}
		}
	}
	return port{}, "", false
}

// hasField follows names with dots through records and the items of arrays.
func hasField(s *avro.Schema, path string) bool {
	for step := range strings.SplitSeq(path, ".") {
		s = s.Value()
		for s.Type() == avro.TypeArray {
			s = s.Items().Value()
		}
		f, ok := s.Field(step)
		if !ok {
			return false
		}
		s = f.Type()
	}
	return true
}
