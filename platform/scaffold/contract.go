package scaffold

import (
	"errors"
	"fmt"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// ContractOptions say what contract is wanted: of a topic that is there already, or is to be.
type ContractOptions struct {
	Root string
	// Folder is where its files go, below the root, with slashes; such as contracts/orders/checkout.
	Folder      string
	Name        string // the files': <name>.v1.odcs.yaml
	Domain      string // "" says none
	Description string
	Owner
	Input *Input // nil begins with an example
	Topic string // of the example
	Now   time.Time
}

// Contract plans one contract with its schema and samples. An input port names it by its id, which is the topic's name.
func Contract(o ContractOptions) (*Plan, error) {
	if err := errors.Join(CheckName("port", o.Name), CheckDescription(o.Description), o.Owner.Check()); err != nil {
		return nil, err
	}
	p := &Plan{Root: o.Root}
	in := o.Input
	if in == nil {
		var err error
		if in, err = example(ProductOptions{Domain: "example", Name: o.Name, Port: o.Name}); err != nil {
			return nil, err
		}
		in.Topic = o.Topic
		in.Contract.ID, in.Contract.Objects[0].PhysicalName = o.Topic, o.Topic
		p.Notes = append(p.Notes, "the schema is an example: replace its fields, or begin with --from-topic or --from-avsc")
	}
	schema, err := avro.Parse(in.Schema)
	if err != nil {
		return nil, fmt.Errorf("the schema: %w", err)
	}
	if schema.Type() != avro.TypeRecord {
		return nil, fmt.Errorf("the schema is no record but %s: a contract describes records", schema.Type())
	}
	c := in.Contract
	if c == nil {
		c = fromSchema(in.Topic, schema)
	}
	complete(c, described{o.Owner, sentence(o.Description), o.Domain})
	if _, _, err := p.contract(o.Folder, o.Name+".v1", c, in.Schema, o.Now); err != nil {
		return nil, err
	}
	p.Next = []string{"tidemark check " + o.Folder}
	p.Notes = append(p.Notes, "no port has it yet: name "+c.ID+" as the contractId of an input port, or let tidemark init product begin one")
	return p, p.checkStaged()
}
