package openlineage

import (
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
)

// full is a dataset with all that its contract says.
func (e *exporter) full(p port) *Dataset {
	c := p.contract
	d := &Dataset{Namespace: p.namespace, Name: c.Topic()}
	e.schema(d, p)
	e.lineage(d, p)
	e.columns(d, p)
	e.add(&d.Facets, "version", "1-0-1", "DatasetVersionDatasetFacet", Facet{"datasetVersion": c.Version})
	e.add(&d.Facets, "datasetType", "1-0-1", "DatasetTypeDatasetFacet", Facet{"datasetType": "TOPIC"})
	e.add(&d.Facets, "dataSource", "1-0-1", "DatasourceDatasetFacet", Facet{"name": strings.TrimPrefix(p.namespace, "kafka://"), "uri": p.namespace})
	if owners := owners(c.Team, c.Owner()); len(owners) > 0 {
		e.add(&d.Facets, "ownership", "1-0-1", "OwnershipDatasetFacet", Facet{"owners": owners})
	}
	if text := purpose(c.Description); text != "" {
		e.add(&d.Facets, "documentation", "1-1-0", "DocumentationDatasetFacet", Facet{"description": text, "contentType": "text/plain"})
	}
	if change := change(c); change != "" {
		e.add(&d.Facets, "lifecycleStateChange", "1-0-1", "LifecycleStateChangeDatasetFacet", Facet{"lifecycleStateChange": change})
	}
	if tags := datasetTags(c); len(tags) > 0 {
		e.add(&d.Facets, "tags", "1-0-0", "TagsDatasetFacet", Facet{"tags": tags})
	}
	return d
}

// change is what this version of the contract does to the topic: a major version makes a new one. A proposal does
// nothing yet.
func change(c *contract.Contract) string {
	switch strings.ToLower(c.Status) {
	case "proposed", "draft":
		return ""
	case "retired":
		return "DROP"
	}
	if strings.TrimPrefix(c.Version, "v") == strconv.Itoa(c.Major())+".0.0" {
		return "CREATE"
	}
	return "ALTER"
}

// datasetTags are the contract's tags, and of each field its tags and its classification.
func datasetTags(c *contract.Contract) []any {
	all := tags(c.Tags)
	for i := range c.Objects {
		all = append(all, fieldTags(c.Objects[i].Properties, "")...)
	}
	return all
}

func fieldTags(properties []contract.Property, above string) (all []any) {
	for i := range properties {
		p := &properties[i]
		field := above + field(p)
		if p.Classification != "" {
			all = append(all, map[string]any{"key": "classification", "value": p.Classification, "source": "CONTRACT", "field": field})
		}
		for _, t := range p.Tags {
			all = append(all, map[string]any{"key": t, "value": "true", "source": "CONTRACT", "field": field})
		}
		all = append(all, fieldTags(p.Properties, field+".")...)
		if p.Items != nil {
			all = append(all, fieldTags(p.Items.Properties, field+".")...)
		}
	}
	return all
}

// field is a property's name in the data.
func field(p *contract.Property) string {
	if p.PhysicalName != "" {
		return p.PhysicalName
	}
	return p.Name
}

// maxFields bounds a schema's fields: a type may be used in many places, and each is written out.
const maxFields = 5000

func (e *exporter) schema(d *Dataset, p port) {
	s, _ := avsc.Of(p.contract, "") // of a contract with its schema there are no findings
	if s == nil {
		return
	}
	w := schemaWriter{descriptions: map[string]string{}, within: map[*avro.Schema]bool{}}
	for i := range p.contract.Objects {
		describe(p.contract.Objects[i].Properties, "", w.descriptions)
	}
	e.add(&d.Facets, "schema", "1-2-0", "SchemaDatasetFacet", Facet{"fields": w.record(s, "")})
}

// describe collects what the contract says of each field, by path.
func describe(properties []contract.Property, above string, into map[string]string) {
	for i := range properties {
		p := &properties[i]
		path := above + field(p)
		into[path] = p.Description
		describe(p.Properties, path+".", into)
		if p.Items != nil {
			describe(p.Items.Properties, path+"._element.", into)
		}
	}
}

type schemaWriter struct {
	descriptions map[string]string
	within       map[*avro.Schema]bool
	count        int
}

func (w *schemaWriter) record(s *avro.Schema, above string) []any {
	fields := []any{}
	if w.within[s] {
		return fields // a type within itself is described once
	}
	w.within[s] = true
	defer delete(w.within, s)
	for i, f := range s.Fields() {
		if w.count++; w.count > maxFields {
			break
		}
		fields = append(fields, w.field(f.Name(), f.Type(), above, i+1, f.Doc()))
	}
	return fields
}

func (w *schemaWriter) field(name string, t *avro.Schema, above string, position int, doc string) map[string]any {
	path := above + name
	f := map[string]any{"name": name, "type": typeName(t)}
	if position > 0 {
		f["ordinal_position"] = position
	}
	if text := w.descriptions[path]; text != "" {
		doc = text
	}
	if doc != "" {
		f["description"] = strings.TrimSpace(doc)
	}
	switch t = t.Value(); t.Type() {
	case avro.TypeRecord:
		f["fields"] = w.record(t, path+".")
	case avro.TypeArray:
		if w.count++; w.count <= maxFields {
			f["fields"] = []any{w.field("_element", t.Items(), path+".", 0, "")}
		}
	case avro.TypeMap:
		if w.count++; w.count <= maxFields {
			f["fields"] = []any{map[string]any{"name": "key", "type": "string"}, w.field("value", t.Values(), path+".", 0, "")}
		}
	}
	return f
}

// typeName is Avro's name of the type; of a decimal with its digits.
func typeName(s *avro.Schema) string {
	s = s.Value()
	switch {
	case s.Logical() == avro.Decimal:
		return "decimal(" + strconv.Itoa(s.Precision()) + "," + strconv.Itoa(s.Scale()) + ")"
	case s.Logical() != "":
		return string(s.Logical())
	}
	return string(s.Type())
}
