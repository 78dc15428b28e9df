package document

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// Markdown is the page of a contract, or of a data product with all its output ports where c is nil. p is the contract's data
// product, nil if it has none or it is not known. set is where neighbours and other versions are looked up; nil is an
// empty one. With neither c nor p the page says so.
func Markdown(c *contract.Contract, p *contract.DataProduct, set *contract.Set) []byte {
	return pageOf(c, p, set).markdown()
}

// HTML is the same page as HTML.
func HTML(c *contract.Contract, p *contract.DataProduct, set *contract.Set) []byte {
	return pageOf(c, p, set).html()
}

func pageOf(c *contract.Contract, p *contract.DataProduct, set *contract.Set) *page {
	if set == nil {
		set = &contract.Set{}
	}
	w := writer{page: &page{}, set: set}
	switch {
	case c != nil:
		w.contract(c, p)
	case p != nil:
		w.product(p)
	default:
		w.title = "Nothing to describe"
	}
	w.prune()
	return w.page
}

type writer struct {
	*page
	set *contract.Set
}

// contract is the whole page of a contract.
func (w writer) contract(c *contract.Contract, p *contract.DataProduct) {
	w.title = cmp.Or(c.Name, c.ID, "A contract without a name")
	w.facts(
		fact{"Status", plain(c.Status)},
		fact{"Version", plain(c.Version)},
		fact{"Owner", plain(owner(c, p))},
		fact{"Data product", w.productName(p, c)},
		fact{"Domain", plain(c.Domain)},
		fact{"Topic", code(c.Topic())},
		fact{"Contract", code(c.ID)},
		fact{"Tags", plain(strings.Join(c.Tags, ", "))},
		fact{"Sensitive data", plain(sensitive(c))},
	)
	w.description(c.Description)
	w.promises(c)
	w.schema(c)
	w.quality(c)
	w.lineage(c, p)
	w.subscribe(c)
	w.contact(c.Team, c.Support)
	w.versions(c, p)
	w.terms(c)
}

// product is the whole page of a data product.
func (w writer) product(p *contract.DataProduct) {
	w.title = cmp.Or(p.Name, p.ID, "A data product without a name")
	w.facts(
		fact{"Status", plain(p.Status)},
		fact{"Version", plain(p.Version)},
		fact{"Owner", plain(p.Owner())},
		fact{"Data product", code(p.ID)},
		fact{"Domain", plain(p.Domain)},
		fact{"Mode", plain(string(p.Mode()))},
		fact{"Tags", plain(strings.Join(p.Tags, ", "))},
	)
	w.description(p.Description)
	ports := p.OutputPorts
	if p.Mode() == contract.Observe {
		ports = p.InputPorts
	}
	for _, port := range ports {
		c, ok := w.set.Contract(port.ContractID)
		w.section("Port " + port.Name)
		facts := []fact{
			{"Version", plain(port.Version)},
			{"Description", plain(port.Description)},
			{"Contract", code(port.ContractID)},
		}
		if !ok {
			w.facts(facts...)
			continue
		}
		w.facts(append(facts, fact{"Topic", code(c.Topic())}, fact{"Sensitive data", plain(sensitive(c))})...)
		w.promiseTable(c)
		w.fields(c)
		w.readers(c)
	}
	w.inputs(p.InputPorts)
	var rows [][]inline
	for i := range p.ManagementPorts {
		m := &p.ManagementPorts[i]
		rows = append(rows, []inline{plain(m.Name), plain(m.Content), where(m), plain(m.Description)})
	}
	if len(rows) > 0 {
		w.section("Management ports")
		w.grid([]string{"Name", "Content", "Where", "Description"}, rows)
	}
	w.contact(p.Team, p.Support)
	w.definitions(p.AuthoritativeDefinitions)
}

func where(m *contract.ManagementPort) inline {
	if m.URL != "" {
		return inline{{text: m.URL, url: m.URL}}
	}
	return code(m.Channel)
}

func owner(c *contract.Contract, p *contract.DataProduct) string {
	if o := c.Owner(); o != "" || p == nil {
		return o
	}
	return p.Owner()
}

func (w writer) productName(p *contract.DataProduct, c *contract.Contract) inline {
	switch {
	case p == nil:
		return plain(c.DataProduct)
	case p.Name == "":
		return code(p.ID)
	}
	return plain(p.Name+", ").also("", code(p.ID)).also(", ", plain("version "+p.Version))
}

// sensitive says in a word whether there is something to protect.
func sensitive(c *contract.Contract) string {
	var paths []string
	for _, path := range c.Classified() {
		paths = append(paths, contract.PathText(path))
	}
	if len(paths) == 0 {
		return "none is marked"
	}
	return "masked wherever a person looks: " + strings.Join(paths, ", ")
}

func (w writer) description(d *contract.Description) {
	if d == nil || d.Purpose+d.Usage+d.Limitations == "" {
		return
	}
	w.section("What it is")
	for _, part := range [][2]string{{"", d.Purpose}, {"Usage: ", d.Usage}, {"Limitations: ", d.Limitations}} {
		if part[1] != "" {
			w.say(inline{{text: part[0]}, {text: part[1]}})
		}
	}
	w.definitionList(d.AuthoritativeDefinitions)
}

func (w writer) promises(c *contract.Contract) {
	w.section("What is promised")
	if len(c.SLAProperties) == 0 {
		w.say(plain("Nothing: the contract has no service level."))
		return
	}
	w.promiseTable(c)
}

func (w writer) promiseTable(c *contract.Contract) {
	var rows [][]inline
	for i := range c.SLAProperties {
		s := &c.SLAProperties[i]
		value := strings.TrimSpace(s.Value.Text + " " + s.Unit)
		if s.ValueExt.Text != "" {
			value += " (" + s.ValueExt.Text + ")"
		}
		rows = append(rows, []inline{plain(s.Property), plain(value), plain(s.Element), plain(s.Driver), plain(s.Description)})
	}
	w.grid([]string{"Promise", "Value", "Of", "Driver", "Description"}, rows)
}

func (w writer) contact(team *contract.Team, support []contract.Support) {
	if team == nil && len(support) == 0 {
		return
	}
	w.section("Who answers for it")
	if team != nil {
		if team.Name != "" {
			w.say(inline{{text: team.Name, strong: true}, {text: ". "}, {text: team.Description}})
		}
		var rows [][]inline
		for i := range team.Members {
			m := &team.Members[i]
			rows = append(rows, []inline{plain(cmp.Or(m.Name, m.Username)), plain(m.Username), plain(m.Role), plain(m.DateIn), plain(m.DateOut)})
		}
		w.grid([]string{"Name", "Account", "Role", "From", "To"}, rows)
	}
	var rows [][]inline
	for i := range support {
		s := &support[i]
		rows = append(rows, []inline{{{text: s.Channel, url: s.URL}}, plain(s.Tool), plain(s.Scope), plain(s.Description)})
	}
	w.grid([]string{"Channel", "Tool", "For", "Description"}, rows)
}

// lineage is what the port is made from, and who reads it.
func (w writer) lineage(c *contract.Contract, p *contract.DataProduct) {
	w.section("Where it comes from, and who reads it")
	var from []contract.Port
	if p != nil && p.Mode() != contract.Observe {
		from = p.InputPorts
		for _, port := range p.OutputPorts {
			if port.ContractID == c.ID && len(port.InputContracts) > 0 {
				from = slices.DeleteFunc(slices.Clone(from), func(in contract.Port) bool {
					return !slices.ContainsFunc(port.InputContracts, func(i contract.InputContract) bool { return i.ID == in.ContractID })
				})
			}
		}
	}
	switch {
	case len(from) > 0:
		w.say(plain("Made from:"))
		w.portTable(from)
	case p != nil && p.Mode() == contract.Source:
		w.say(plain("This is where the data begins: a service publishes it."))
	}
	w.readers(c)
}

func (w writer) inputs(ports []contract.Port) {
	if len(ports) > 0 {
		w.section("What it reads")
		w.portTable(ports)
	}
}

func (w writer) portTable(ports []contract.Port) {
	var rows [][]inline
	for _, in := range ports {
		topic, name, owner := inline(nil), "", ""
		if c, ok := w.set.Contract(in.ContractID); ok {
			topic, name, owner = code(c.Topic()), c.Name, c.Owner()
		}
		rows = append(rows, []inline{plain(in.Name), plain(name), topic, plain(owner), code(in.ContractID)})
	}
	w.grid([]string{"Port", "Data", "Topic", "Owner", "Contract"}, rows)
}

// readers are the data products of the set that have the contract's port as an input.
func (w writer) readers(c *contract.Contract) {
	var rows [][]inline
	for _, p := range w.set.DataProducts() {
		for _, in := range p.InputPorts {
			if in.ContractID == c.ID && p.Mode() != contract.Observe {
				rows = append(rows, []inline{plain(cmp.Or(p.Name, p.ID)), code(p.ID), plain(p.Owner())})
			}
		}
	}
	if len(rows) == 0 {
		w.say(plain("No data product here reads it."))
		return
	}
	w.say(plain("Read by:"))
	w.grid([]string{"Data product", "Id", "Owner"}, rows)
}

func (w writer) versions(c *contract.Contract, p *contract.DataProduct) {
	w.section("Versions")
	w.facts(
		fact{"This contract", plain(strings.TrimSpace(c.Version + " " + c.Status))},
		fact{"Written in", plain("ODCS " + c.APIVersion)},
		fact{"Created", plain(c.CreatedTs)},
		fact{"Digest", digest(c)},
	)
	stem, ok := strings.CutSuffix(c.ID, ":"+strconv.Itoa(c.Major()))
	if !ok {
		return
	}
	var rows [][]inline
	for _, other := range w.set.Contracts() {
		if s, ok := strings.CutSuffix(other.ID, ":"+strconv.Itoa(other.Major())); ok && s == stem && other.ID != c.ID {
			rows = append(rows, []inline{plain(other.Version), plain(other.Status), code(other.Topic()), code(other.ID)})
		}
	}
	if len(rows) > 0 {
		w.say(plain("Other major versions have a topic of their own:"))
		w.grid([]string{"Version", "Status", "Topic", "Contract"}, rows)
	}
}

func digest(c *contract.Contract) inline {
	if len(c.Raw) == 0 {
		return nil // it was not read from a file
	}
	return code(c.Digest())
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
