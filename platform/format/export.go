package format

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/asyncapi"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
	"github.com/tidemark-mesh/tidemark/platform/format/confluent"
	"github.com/tidemark-mesh/tidemark/platform/format/dcs"
	"github.com/tidemark-mesh/tidemark/platform/format/document"
	"github.com/tidemark-mesh/tidemark/platform/format/dpds"
	"github.com/tidemark-mesh/tidemark/platform/format/flinksql"
	"github.com/tidemark-mesh/tidemark/platform/format/openlineage"
	"github.com/tidemark-mesh/tidemark/platform/format/openslo"
)

// Subject is what is exported.
type Subject struct {
	Set         *contract.Set
	DataProduct *contract.DataProduct // nil for a contract that no data product publishes
	Contracts   []*contract.Contract  // of its output ports: all, or the one that is meant
}

// Find is what a name means in a tree: a data product's id, or a port's topic or contract's id.
func Find(set *contract.Set, name string) (Subject, error) {
	if p, ok := set.DataProduct(name); ok {
		s := Subject{Set: set, DataProduct: p}
		for _, port := range p.OutputPorts {
			if c, ok := set.Contract(port.ContractID); ok {
				s.Contracts = append(s.Contracts, c)
			}
		}
		return s, nil
	}
	for _, c := range set.Contracts() {
		if c.ID == name || c.Topic() == name {
			p, _, _ := set.Publisher(c.ID)
			return Subject{set, p, []*contract.Contract{c}}, nil
		}
	}
	return Subject{}, fmt.Errorf("there is no data product, port or contract %s", name)
}

// Options say what the files do not. The zero value works.
type Options struct {
	// Version is that of the standard where there are several: of ODCS and ODPS. Default: what the file has.
	Version string
	// Time is when it is exported, which OpenLineage tells.
	Time time.Time
	// Mesh is the mesh's name in DPDS. Default dpds.DefaultMesh.
	Mesh string
	// Runs are what is known of the data product's instances, which OpenLineage tells after what the files say.
	Runs []openlineage.Run
}

// exporter is one row of the table.
type exporter struct {
	name string
	end  string // of a file's name
	// joins is what stands between documents in one stream; "" where only one can stand there.
	joins string
	// Either whole makes one document of the subject, or each makes one for every contract.
	whole func(Subject, Options) ([]byte, []contract.Finding, error)
	each  func(*contract.Contract, Subject, Options) ([]byte, []contract.Finding, error)
}

// Documents of YAML, and of what can just follow each other.
const (
	yamlJoin = "---\n"
	nextLine = "\n"
)

func exporters() []exporter {
	return []exporter{
		{name: "odcs", end: ".odcs.yaml", joins: yamlJoin, each: func(c *contract.Contract, _ Subject, o Options) ([]byte, []contract.Finding, error) {
			if o.Version == "" || o.Version == c.APIVersion {
				return c.Raw, nil, nil
			}
			text, lost := c.Encode(o.Version)
			return text, lost, nil
		}},
		{name: "odps", end: ".odps.yaml", whole: func(s Subject, o Options) ([]byte, []contract.Finding, error) {
			if s.DataProduct == nil {
				return nil, nil, errNoDataProduct
			}
			if o.Version == "" || o.Version == s.DataProduct.APIVersion {
				return s.DataProduct.Raw, nil, nil
			}
			text, lost := s.DataProduct.Encode(o.Version)
			return text, lost, nil
		}},
		{name: "dcs", end: ".datacontract.yaml", joins: yamlJoin, each: func(c *contract.Contract, s Subject, _ Options) ([]byte, []contract.Finding, error) {
			return with(dcs.Export(c, s.DataProduct))
		}},
		{name: "dpds", end: ".dpds.json", whole: func(s Subject, _ Options) ([]byte, []contract.Finding, error) {
			if s.DataProduct == nil {
				return nil, nil, errNoDataProduct
			}
			return with(dpds.Export(s.DataProduct, s.neighbours()))
		}},
		{name: "asyncapi", end: ".asyncapi.json", whole: func(s Subject, _ Options) ([]byte, []contract.Finding, error) {
			return with(asyncapi.Export(s.DataProduct, s.neighbours()))
		}},
		{name: "openlineage", end: ".openlineage.jsonl", whole: func(s Subject, o Options) ([]byte, []contract.Finding, error) {
			if s.DataProduct == nil {
				return nil, nil, errNoDataProduct
			}
			told := openlineage.Options{Time: o.Time}
			events, findings := openlineage.Export(s.DataProduct, s.Set, told)
			runs, _ := openlineage.Runs(s.DataProduct, s.Set, told, o.Runs...) // which finds the same again
			events = append(events, runs...)
			text, err := openlineage.Lines(events)
			return text, findings, err
		}},
		{name: "openslo", end: ".openslo.yaml", joins: yamlJoin, each: func(c *contract.Contract, s Subject, _ Options) ([]byte, []contract.Finding, error) {
			return with(openslo.Export(c, s.DataProduct))
		}},
		{name: "confluent", end: ".confluent.json", each: func(c *contract.Contract, _ Subject, _ Options) ([]byte, []contract.Finding, error) {
			return with(confluent.Export(c))
		}},
		{name: "avro", end: ".avsc", each: func(c *contract.Contract, s Subject, _ Options) ([]byte, []contract.Finding, error) {
			if c.Schema() != nil {
				return append([]byte(c.Schema().String()), '\n'), nil, nil
			}
			namespace := c.Domain
			if s.DataProduct != nil {
				namespace = s.DataProduct.ID
			}
			return with(avsc.Schema(c, namespace))
		}},
		{name: "flink-sql", end: ".flink.sql", joins: nextLine, each: func(c *contract.Contract, s Subject, _ Options) ([]byte, []contract.Finding, error) {
			return with(flinksql.Export(c, s.DataProduct))
		}},
		{name: "markdown", end: ".md", joins: nextLine, each: func(c *contract.Contract, s Subject, _ Options) ([]byte, []contract.Finding, error) {
			return document.Markdown(c, s.DataProduct, s.Set), nil, nil
		}},
		{name: "html", end: ".html", each: func(c *contract.Contract, s Subject, _ Options) ([]byte, []contract.Finding, error) {
			return document.HTML(c, s.DataProduct, s.Set), nil, nil
		}},
	}
}

func with(text []byte, findings []contract.Finding) ([]byte, []contract.Finding, error) {
	return text, findings, nil
}

var errNoDataProduct = fmt.Errorf("no data product publishes it, and this format is about one")

// neighbours are the subject's contracts and those that its data product reads.
func (s Subject) neighbours() []*contract.Contract {
	all := slices.Clone(s.Contracts)
	if s.DataProduct != nil {
		for _, in := range s.DataProduct.InputPorts {
			if c, ok := s.Set.Contract(in.ContractID); ok {
				all = append(all, c)
			}
		}
	}
	return all
}

// Exporters are the formats that Export writes.
func Exporters() []string {
	var names []string
	for _, e := range exporters() {
		names = append(names, e.name)
	}
	return names
}

// Exported is what an export made: a file for each document.
type Exported struct {
	Files    []File
	Findings []contract.Finding // what could not be carried
	joins    string
}

// Export writes a subject in a format. An unknown format, and one that the subject has no document in, is an error.
func Export(name string, s Subject, o Options) (Exported, error) {
	i := slices.IndexFunc(exporters(), func(e exporter) bool { return e.name == name })
	if i < 0 {
		return Exported{}, fmt.Errorf("there is no format %q to export to; there are %s", name, strings.Join(Exporters(), ", "))
	}
	e := exporters()[i]
	out := Exported{joins: e.joins}
	if e.whole != nil {
		text, findings, err := e.whole(s, o)
		file := "mesh"
		if s.DataProduct != nil {
			file = s.DataProduct.ID
		} else if len(s.Contracts) == 1 {
			file = s.Contracts[0].Topic()
		}
		out.Files, out.Findings = []File{{file + e.end, text}}, findings
		return out, err
	}
	for _, c := range s.Contracts {
		text, findings, err := e.each(c, s, o)
		if err != nil {
			return out, fmt.Errorf("contract %s: %w", c.ID, err)
		}
		file := c.Topic()
		if file == "" {
			file = slugOf(c.Name)
		}
		out.Files = append(out.Files, File{file + e.end, text})
		for _, f := range findings {
			if f.File == "" {
				f.File = c.File
			}
			out.Findings = append(out.Findings, f)
		}
	}
	return out, nil
}

// Stream is all documents as one; ok is false where the format cannot have several in one.
func (x Exported) Stream() (text []byte, ok bool) {
	if len(x.Files) > 1 && x.joins == "" {
		return nil, false
	}
	for i, f := range x.Files {
		if i > 0 {
			text = append(text, x.joins...)
		}
		text = append(text, f.Text...)
	}
	return text, true
}
