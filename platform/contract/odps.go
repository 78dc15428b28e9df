package contract

import "github.com/tidemark-mesh/tidemark/platform/contract/strict"

// DataProduct is a Bitol ODPS file: what a domain publishes, from what. Its fields are the standard's, by the
// standard's names; what Tidemark derives from them has methods (derived.go). It is not changed once it is loaded.
type DataProduct struct {
	Place
	File string // where it was read from
	Raw  []byte // as it was read

	APIVersion               string // such as v1.0.0
	ID                       string // <domain>.<product>
	Name                     string // for people, such as Order Lines
	Version                  string // of the data product, such as 1.4.0
	Status                   string
	Domain                   string
	Type                     string // 1.1.0: sourceAligned, aggregate, consumerAligned
	Tenant                   string
	CreatedTs                string // productCreatedTs, as written
	Deprecated               bool   // 1.1.0
	Description              *Description
	Context                  *Context  // 1.1.0
	Synonyms                 []Synonym // 1.1.0
	Tags                     []string
	InputPorts               []Port
	OutputPorts              []Port
	ManagementPorts          []ManagementPort
	Support                  []Support
	Team                     *Team
	AuthoritativeDefinitions []AuthoritativeDefinition
	CustomProperties         []CustomProperty

	kind     string
	settings settings
}

func (p *DataProduct) table() strict.Table {
	return strict.Table{Place: &p.Place, Fields: []strict.Field{
		strict.String("apiVersion", &p.APIVersion).Required(),
		strict.String("kind", &p.kind).Required(),
		strict.String("id", &p.ID).Required(),
		strict.String("status", &p.Status).RequiredBelow(odps110),
		strict.String("name", &p.Name),
		strict.String("version", &p.Version),
		strict.String("domain", &p.Domain),
		strict.String("tenant", &p.Tenant),
		strict.String("type", &p.Type).Since(odps110),
		strict.Flag("deprecated", &p.Deprecated).Since(odps110),
		strict.Object("description", &p.Description, (*Description).table),
		strict.Object("context", &p.Context, (*Context).table).Since(odps110),
		strict.Objects("synonyms", &p.Synonyms, (*Synonym).table).Since(odps110),
		tags(&p.Tags),
		strict.Objects("inputPorts", &p.InputPorts, (*Port).inputTable),
		strict.Objects("outputPorts", &p.OutputPorts, (*Port).outputTable),
		strict.Objects("managementPorts", &p.ManagementPorts, (*ManagementPort).table),
		strict.Objects("support", &p.Support, (*Support).odpsTable),
		strict.Object("team", &p.Team, (*Team).table),
		definitions(&p.AuthoritativeDefinitions),
		customProperties(&p.CustomProperties),
		strict.String("productCreatedTs", &p.CreatedTs),
	}}
}

// Port is an input or output port of a data product.
type Port struct {
	Place
	ID, Name, Version, ContractID string
	Deprecated                    bool // 1.1.0
	Tags                          []string
	AuthoritativeDefinitions      []AuthoritativeDefinition
	CustomProperties              []CustomProperty

	// Of output ports only.
	Description, Type string
	InputContracts    []InputContract
	SBOM              []SBOM
	Context           *Context  // 1.1.0
	Synonyms          []Synonym // 1.1.0
}

func (p *Port) table(own ...strict.Field) strict.Table {
	return strict.Table{Place: &p.Place, Fields: append(own,
		strict.String("id", &p.ID).Since(odps110),
		strict.String("name", &p.Name).Required(),
		strict.String("version", &p.Version).RequiredBelow(odps110),
		strict.Flag("deprecated", &p.Deprecated).Since(odps110),
		tags(&p.Tags),
		definitions(&p.AuthoritativeDefinitions),
		customProperties(&p.CustomProperties),
	)}
}

func (p *Port) inputTable() strict.Table {
	return p.table(strict.String("contractId", &p.ContractID).RequiredBelow(odps110))
}

func (p *Port) outputTable() strict.Table {
	return p.table(
		strict.String("contractId", &p.ContractID),
		strict.String("description", &p.Description),
		strict.String("type", &p.Type),
		strict.Objects("inputContracts", &p.InputContracts, (*InputContract).table),
		strict.Objects("sbom", &p.SBOM, (*SBOM).table),
		strict.Object("context", &p.Context, (*Context).table).Since(odps110),
		strict.Objects("synonyms", &p.Synonyms, (*Synonym).table).Since(odps110),
	)
}

// InputContract is a contract that an output port's data is made from.
type InputContract struct {
	Place
	ID, Version string
}

func (c *InputContract) table() strict.Table {
	return strict.Table{Place: &c.Place, Fields: []strict.Field{
		strict.String("id", &c.ID).Required(),
		strict.String("version", &c.Version).Required(),
	}}
}

// SBOM is a software bill of materials.
type SBOM struct {
	Place
	ID, Type, URL string
}

func (s *SBOM) table() strict.Table {
	return strict.Table{Place: &s.Place, Fields: []strict.Field{
		strict.String("id", &s.ID).Since(odps110),
		strict.String("type", &s.Type),
		strict.String("url", &s.URL).RequiredBelow(odps110),
	}}
}

// ManagementPort is where the data product itself is found, watched or steered.
type ManagementPort struct {
	Place
	ID, Name, Content, Type, URL, Channel, Description string
	Deprecated                                         bool // 1.1.0
	Tags                                               []string
	AuthoritativeDefinitions                           []AuthoritativeDefinition
	CustomProperties                                   []CustomProperty
}

func (m *ManagementPort) table() strict.Table {
	return strict.Table{Place: &m.Place, Fields: []strict.Field{
		strict.String("id", &m.ID).Since(odps110),
		strict.String("name", &m.Name).Required(),
		strict.String("content", &m.Content).Required(),
		strict.String("type", &m.Type),
		strict.String("url", &m.URL),
		strict.String("channel", &m.Channel),
		strict.String("description", &m.Description),
		strict.Flag("deprecated", &m.Deprecated).Since(odps110),
		tags(&m.Tags),
		definitions(&m.AuthoritativeDefinitions),
		customProperties(&m.CustomProperties),
	}}
}
