package scaffold

import (
	"path"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// dataProduct plans the ODPS file.
func (b *builder) dataProduct() error {
	o := b.o
	p := &contract.DataProduct{
		APIVersion: "v1.0.0", ID: o.Domain + "." + o.Name, Name: title(o.Name), Version: "1.0.0", Status: "draft", Domain: o.Domain,
		Description: &contract.Description{Purpose: sentence(o.Description)},
		Support:     []contract.Support{support(o.Contact)},
		Team:        &contract.Team{Name: o.Team},
	}
	if b.input != nil {
		p.InputPorts = []contract.Port{{Name: b.inName, Version: "1.0.0", ContractID: b.input.ID}}
	}
	if b.output != nil {
		out := contract.Port{Name: o.Port, Description: sentence(o.Description), Type: "topic", Version: "1.0.0", ContractID: b.output.ID}
		if b.input != nil {
			out.InputContracts = []contract.InputContract{{ID: b.input.ID, Version: "1.0.0"}}
		}
		p.OutputPorts = []contract.Port{out}
	}
	why := map[contract.Mode]string{
		contract.Source:    "A service publishes its own events, each checked first.",
		contract.Transform: "A pure function makes the output from checked input.",
		contract.Guard:     "What keeps the contract is copied to a clean topic; it needs no code.",
		contract.Observe:   "The topic is checked in place; it needs no code.",
	}
	p.CustomProperties = []contract.CustomProperty{{Property: "tidemark.mode", Value: text(string(o.Mode)), Description: why[o.Mode]}}
	written, lost := p.Encode("v1.0.0")
	file := path.Join(b.folder, "product.odps.yaml")
	for _, f := range lost {
		b.plan.Notes = append(b.plan.Notes, file+": "+f.Message)
	}
	b.plan.add(file, written)
	return nil
}
