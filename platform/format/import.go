package format

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
	"github.com/tidemark-mesh/tidemark/platform/format/dpds"
	"github.com/tidemark-mesh/tidemark/platform/format/values"
)

// RuleSchema marks a contract whose Avro schema was made from its properties, and what kept it from being made.
const RuleSchema = "format.schema"

// Draft is what a document came to: contracts, and the data product that they belong to where the document has one.
type Draft struct {
	DataProduct *contract.DataProduct // nil for none
	Contracts   []Part
}

// Part is a contract with its Avro schema.
type Part struct {
	Contract *contract.Contract
	Schema   []byte // .avsc; nil where the document has none
}

// Importers are the formats of documents that Import reads. A topic is no document: see package topic.
func Importers() []string { return []string{"asyncapi", "avro", "dcs", "dpds"} }

// Import reads a document of a format. The file's name is used in findings, and to name what the document does not name.
// A draft with errors among the findings is empty. An unknown format is an error.
func Import(name, file string, text []byte) (d Draft, findings []contract.Finding, err error) {
	switch name {
	case "asyncapi":
		var parts []asyncapi.Imported
		parts, findings = asyncapi.Import(file, text)
		for _, p := range parts {
			d.Contracts = append(d.Contracts, Part{p.Contract, p.Schema})
		}
	case "avro":
		d, findings = importAvro(file, text)
	case "dcs":
		var c *contract.Contract
		if c, findings = dcs.Import(file, text); c != nil {
			d.Contracts = []Part{{Contract: c}}
		}
	case "dpds":
		var contracts []*contract.Contract
		d.DataProduct, contracts, findings = dpds.Import(file, text)
		for _, c := range contracts {
			d.Contracts = append(d.Contracts, Part{Contract: c})
		}
	default:
		return d, nil, fmt.Errorf("there is no format %q to import from; there are %s and topic", name, strings.Join(Importers(), ", "))
	}
	if contract.HasErrors(findings) {
		d = Draft{}
	}
	return d, contract.SortFindings(findings), nil
}

// importAvro makes a contract of a record's schema. It promises what the schema says, and nobody answers for it yet.
func importAvro(file string, text []byte) (Draft, []contract.Finding) {
	s, err := avro.Parse(text)
	if err != nil {
		return Draft{}, []contract.Finding{{Rule: contract.RuleSchema, File: file, Message: "is not an Avro schema: " + err.Error()}}
	}
	properties, findings := avsc.Properties(s)
	for i := range findings {
		findings[i].File = file
	}
	name := s.Name()[strings.LastIndex(s.Name(), ".")+1:]
	c := &contract.Contract{
		ID: "urn:avro:" + s.Name(), Name: name, Version: "1.0.0", Status: "draft",
		Objects: []contract.SchemaObject{{
			Name: name, PhysicalName: s.Name(), PhysicalType: "record", LogicalType: "object", Description: s.Doc(), Properties: properties,
		}},
	}
	return Draft{Contracts: []Part{{c, text}}}, findings
}

// At puts the draft's only contract where its port is: its id, its topic and its domain are then those of
// <domain>.<product>.<port>, of the contract's major version.
func (d Draft) At(port string) error {
	parts := strings.Split(port, ".")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return fmt.Errorf("%q is not <domain>.<product>.<port>", port)
	}
	if len(d.Contracts) != 1 || len(d.Contracts[0].Contract.Objects) != 1 {
		return fmt.Errorf("the document has not one contract of one topic, so it cannot be port %s", port)
	}
	c := d.Contracts[0].Contract
	major, _, _ := strings.Cut(strings.TrimPrefix(c.Version, "v"), ".")
	if major == "" || strings.Trim(major, "0123456789") != "" {
		c.Version, major = "1.0.0", "1"
	}
	c.ID = "urn:datamesh:" + strings.Join(parts, ":") + ":" + major
	c.Domain, c.DataProduct = parts[0], parts[0]+"."+parts[1]
	c.Objects[0].PhysicalName, c.Objects[0].PhysicalType = port+".v"+major, "topic"
	return nil
}

// File is a file to write, by its path below a folder of contracts.
type File struct {
	Path string
	Text []byte
}

// Files are the draft as Tidemark keeps it: ODCS, ODPS, and an Avro schema beside each contract, which is made from the
// contract where the document had none.
func (d Draft) Files() ([]File, []contract.Finding) {
	var files []File
	var findings []contract.Finding
	add := func(path string, text []byte, lost []contract.Finding) {
		files = append(files, File{path, text})
		for _, f := range lost {
			f.File, f.Line, f.Column = path, 0, 0 // where the document says it is not where the file will
			findings = append(findings, f)
		}
	}
	if p := d.DataProduct; p != nil {
		text, lost := p.Encode("")
		add(folder(p.ID)+"product.odps.yaml", text, lost)
	}
	for _, part := range d.Contracts {
		stem := stemOf(part.Contract)
		text, lost := part.Contract.Encode("")
		add(stem+".odcs.yaml", text, lost)
		schema := part.Schema
		if schema == nil {
			made, missing := avsc.Schema(part.Contract, part.Contract.DataProduct)
			if schema = made; contract.HasErrors(missing) {
				schema = nil
			}
			add(stem+".avsc", schema, missing)
			if schema == nil {
				files = files[:len(files)-1]
			}
			continue
		}
		add(stem+".avsc", schema, nil)
	}
	return files, contract.SortFindings(findings)
}

// folder is where a data product's files are, with a slash at its end.
func folder(dataProduct string) string {
	domain, product, ok := strings.Cut(dataProduct, ".")
	if !ok || !isName(domain) || !isName(product) {
		return ""
	}
	return path.Join(domain, product) + "/"
}

// stemOf is a contract's file without its ending: <domain>/<product>/<port>.v<major> for a port of ours, else its name.
func stemOf(c *contract.Contract) string {
	topic := strings.Split(c.Topic(), ".")
	if len(topic) == 4 && isName(topic[0]) && isName(topic[1]) && isName(topic[2]) && isName(topic[3]) {
		return path.Join(topic[0], topic[1], topic[2]+"."+topic[3])
	}
	name := c.Name
	if name == "" {
		name = c.ID[strings.LastIndexAny(c.ID, ":/")+1:]
	}
	return slugOf(name)
}

// isName tells whether a text can be a part of a path of ours.
func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// slugOf names a file of a contract that has no port.
func slugOf(name string) string { return cmp.Or(values.Slug(name), "contract") }
