package scaffold

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/format/avsc"
)

func digits(n int) string { return strconv.Itoa(n) }

// ProductOptions say what data product is wanted.
type ProductOptions struct {
	Root         string // the mesh's folder; with contracts alone, no code is written
	Domain, Name string
	Mode         contract.Mode
	Port         string // of the output; default Name
	Description  string // what it is for, a sentence
	Owner
	// Input is the topic that is read, or of a source the schema that is written; nil begins with an example.
	Input *Input
	Now   time.Time // of the samples
}

// Product plans a data product: its ODPS file, contracts, schemas and samples, and where the mesh has code its
// declaration, its function and a test.
func Product(o ProductOptions) (*Plan, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	p := &Plan{Root: o.Root}
	b := &builder{o: o, plan: p, folder: "contracts/" + o.Domain + "/" + o.Name}
	if err := b.contracts(); err != nil {
		return nil, err
	}
	if err := b.dataProduct(); err != nil {
		return nil, err
	}
	if err := p.Conflicts(); err != nil { // before the code, whose complaints would hide this one
		return nil, err
	}
	if p.hasCode() {
		if err := b.code(); err != nil {
			return nil, err
		}
	}
	b.next()
	return p, p.checkStaged()
}

func (o *ProductOptions) check() error {
	o.Port = cmp.Or(o.Port, o.Name)
	if o.Port == "dlq" || o.Port == "retry" {
		o.Port += "-records"
	}
	errs := []error{CheckName("domain", o.Domain), CheckName("data product", o.Name), CheckName("port", o.Port)}
	if !slices.Contains([]contract.Mode{contract.Source, contract.Transform, contract.Guard, contract.Observe}, o.Mode) {
		errs = append(errs, fmt.Errorf("%q is no mode: source, transform, guard or observe", o.Mode))
	}
	return errors.Join(append(errs, CheckDescription(o.Description), o.Owner.Check())...)
}

// builder makes the files of one data product.
type builder struct {
	o       ProductOptions
	plan    *Plan
	folder  string
	input   *contract.Contract // nil of a source
	output  *contract.Contract // nil of an observer
	inName  string             // the input port
	inType  *avro.Schema
	outType *avro.Schema
	sample  any // a good record of the input, of a source of the output
}

// contracts plans the contracts, each with its schema and samples.
func (b *builder) contracts() error {
	in := b.o.Input
	if in == nil {
		var err error
		if in, err = example(b.o); err != nil {
			return err
		}
	}
	schema, err := avro.Parse(in.Schema)
	if err != nil {
		return fmt.Errorf("the schema: %w", err)
	}
	if schema.Type() != avro.TypeRecord {
		return fmt.Errorf("the schema is no record but %s: a contract describes records", schema.Type())
	}
	c := in.Contract
	if c == nil {
		c = fromSchema(in.Topic, schema)
	}
	complete(c, described{b.o.Owner, "What others write to the topic " + in.Topic + ", as " + b.o.Domain + "." + b.o.Name + " needs it.", b.o.Domain})
	out := b.outputOf(c)
	if b.o.Mode != contract.Source {
		c.Description.Usage = "Read " + b.o.Domain + "." + b.o.Name + " instead, where it holds the data: this topic may hold records that break this contract."
		b.inName, b.inType = PortName(in.Topic), schema
		if b.inName == b.o.Port {
			b.inName = strings.TrimSuffix(b.inName[:min(len(b.inName), 50)], "-") + "-in"
		}
		if b.input, b.sample, err = b.contractFiles(c, b.inName, in.Schema); err != nil {
			return err
		}
	}
	switch b.o.Mode {
	case contract.Observe:
		return nil
	case contract.Guard, contract.Source:
		b.outType = schema
		good := b.sample
		b.output, b.sample, err = b.contractFiles(out, b.o.Port, in.Schema)
		if good != nil {
			b.sample = good
		}
		return err
	}
	out.Objects[0].Name = b.typeName(schema)
	out.Name = out.Objects[0].Name
	out.Objects[0].Properties = asNullable(out.Objects[0].Properties, schema, named(out))
	text, findings := avsc.Schema(out, b.o.Domain)
	if contract.HasErrors(findings) {
		return fmt.Errorf("the output's schema: %s", findings[0].Message)
	}
	if b.outType, err = avro.Parse(text); err != nil {
		return fmt.Errorf("the output's schema: %w", err)
	}
	b.output, _, err = b.contractFiles(out, b.o.Port, text)
	return err
}

// typeName is the output record's, none that the input has.
func (b *builder) typeName(in *avro.Schema) string {
	local := in.Name()[strings.LastIndexByte(in.Name(), '.')+1:]
	name := pascal(b.o.Port) + "Event"
	if strings.EqualFold(name, local) {
		name = pascal(b.o.Port) + "Result"
	}
	return name
}

// outputOf is the output port's contract: the input's promises about records, under its own name.
func (b *builder) outputOf(in *contract.Contract) *contract.Contract {
	out := *in
	id := b.o.Domain + "." + b.o.Name
	out.ID = "urn:datamesh:" + b.o.Domain + ":" + b.o.Name + ":" + b.o.Port + ":1"
	out.Name, out.DataProduct = title(b.o.Port), id
	out.Objects = slices.Clone(in.Objects)
	out.Objects[0].PhysicalName = id + "." + b.o.Port + ".v1"
	out.Description = &contract.Description{
		Purpose: sentence(b.o.Description),
		Usage:   "Read the topic " + out.Objects[0].PhysicalName + " with any Kafka client; the schema is in the registry. Say here what it answers, and what to join it with.",
	}
	return &out
}

func sentence(s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "!") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}

// contractFiles plans a contract's files, and gives the contract as it will be read, with a good sample.
func (b *builder) contractFiles(c *contract.Contract, port string, schema []byte) (*contract.Contract, any, error) {
	read, good, err := b.plan.contract(b.folder, port+".v1", c, schema, b.o.Now)
	return read, good, err
}

// contract plans <folder>/<name>.odcs.yaml with its schema and samples.
func (p *Plan) contract(folder, name string, c *contract.Contract, schema []byte, now time.Time) (*contract.Contract, any, error) {
	file := path.Join(folder, name+".odcs.yaml")
	text, lost := c.Encode("v3.1.0")
	for _, f := range lost {
		p.Notes = append(p.Notes, file+": "+f.Message)
	}
	read, findings := contract.ParseContract(file, text)
	if read == nil {
		return nil, nil, fmt.Errorf("the contract cannot be read again: %s", findings[0])
	}
	if findings := read.Bind(path.Join(folder, name+".avsc"), schema); contract.HasErrors(findings) {
		return nil, nil, fmt.Errorf("contract and schema do not agree: %s", findings[0])
	}
	p.add(file, text)
	p.add(path.Join(folder, name+".avsc"), schema)
	good, refused, err := samplesOf(read, now)
	if err != nil {
		p.Notes = append(p.Notes, fmt.Sprintf("%s has no samples, which the conformance suite asks for: %v", file, err))
		return read, nil, nil
	}
	if text, err = indented(good); err != nil {
		return nil, nil, err
	}
	p.add(path.Join(folder, "samples/good", name+".example.json"), text)
	for _, s := range refused {
		if text, err = indented(s); err != nil {
			return nil, nil, err
		}
		p.add(path.Join(folder, "samples/bad", name+"."+s.name+".json"), text)
	}
	if len(refused) < 2 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s has %d bad samples, and the conformance suite asks for two: add rules, and a sample of each", file, len(refused)))
	}
	return read, good, nil
}

// example is the input of a data product that begins with nothing.
func example(o ProductOptions) (*Input, error) {
	schema := []byte(`{
  "type": "record",
  "name": "` + pascal(o.Port) + `Record",
  "namespace": "` + packageName(o.Domain) + `",
  "doc": "An example to begin with: replace its fields by yours, here and in the contract.",
  "fields": [
    {"name": "id", "type": "string", "doc": "Tells records apart. The record key."},
    {"name": "quantity", "type": "int", "doc": "How many there were."},
    {"name": "occurredAt", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When it happened. The event time."}
  ]
}
`)
	parsed, err := avro.Parse(schema)
	if err != nil {
		return nil, err
	}
	in := &Input{Topic: exampleTopic(o), Schema: schema}
	in.Contract = fromSchema(in.Topic, parsed)
	in.Contract.Objects[0].Properties[1].Options = &contract.Options{Minimum: number(0)}
	return in, nil
}

// exampleTopic is the topic that an example reads.
func exampleTopic(o ProductOptions) string { return o.Domain + "-" + o.Name + "-input" }
