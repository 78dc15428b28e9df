package contract

import (
	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// Contract is an ODCS file: what one port promises. Its fields are the standard's, by the standard's names;
// what Tidemark derives from them has methods (derived.go). A contract is not changed once it is loaded.
type Contract struct {
	Place
	File string // where it was read from
	Raw  []byte // as it was read

	APIVersion               string // such as v3.1.0
	ID                       string // such as urn:datamesh:orders:order-lines:lines:1
	Name                     string
	Version                  string // of the contract, such as 1.0.2
	Status                   string // such as active
	Domain                   string
	DataProduct              string
	Tenant                   string
	CreatedTs                string // contractCreatedTs, as written
	SLADefaultElement        string
	Description              *Description
	Context                  *Context // 3.2.0
	Tags                     []string
	Servers                  []Server
	Objects                  []SchemaObject // schema[]; a contract of a port has exactly one
	Support                  []Support
	Price                    *Price
	Team                     *Team // a list of members, as before 3.1.0, has Members only
	Roles                    []Role
	SLAProperties            []SLAProperty
	AuthoritativeDefinitions []AuthoritativeDefinition
	CustomProperties         []CustomProperty

	kind     string
	teamList bool // the file has the list of members that 3.0.x calls a team
	settings settings
	sla      SLA
	schema   *avro.Schema
	samples  []Sample

	refused map[string]bool // of the report: what is wrong in the file, and what depends on it
	faulty  []string
}

func (c *Contract) table() strict.Table {
	return strict.Table{Place: &c.Place, Fields: []strict.Field{
		strict.String("apiVersion", &c.APIVersion).Required(),
		strict.String("kind", &c.kind).Required(),
		strict.String("id", &c.ID).Required(),
		strict.String("version", &c.Version).Required(),
		strict.String("status", &c.Status).RequiredBelow(odcs320),
		strict.String("name", &c.Name),
		strict.String("tenant", &c.Tenant),
		tags(&c.Tags),
		strict.String("domain", &c.Domain),
		strict.String("dataProduct", &c.DataProduct),
		strict.Object("description", &c.Description, (*Description).table),
		contextField(&c.Context).Since(odcs320),
		strict.Objects("servers", &c.Servers, (*Server).table),
		strict.Objects("schema", &c.Objects, (*SchemaObject).table),
		strict.Objects("support", &c.Support, (*Support).table),
		strict.Object("price", &c.Price, (*Price).table),
		strict.Either("team", map[strict.Kind]strict.Field{
			strict.Map:  strict.Object("team", &c.Team, (*Team).table),
			strict.List: c.legacyTeam(),
		}, c.teamShape),
		strict.Objects("roles", &c.Roles, (*Role).table),
		strict.String("slaDefaultElement", &c.SLADefaultElement),
		strict.Objects("slaProperties", &c.SLAProperties, (*SLAProperty).table),
		definitions(&c.AuthoritativeDefinitions),
		customProperties(&c.CustomProperties),
		strict.String("contractCreatedTs", &c.CreatedTs),
	}}
}

// legacyTeam is the list of members that 3.0.x calls a team.
func (c *Contract) legacyTeam() strict.Field {
	team := &Team{}
	if c.Team != nil { // to be written
		team = c.Team
	}
	return strict.Objects("team", &team.Members, (*TeamMember).table).Then(func() { c.Team, c.teamList = team, true })
}

func (c *Contract) teamShape() strict.Kind {
	if c.teamList {
		return strict.List
	}
	return strict.Map
}

// Price is what a use of the data costs.
type Price struct {
	Place
	ID, Currency, Unit string
	Amount             Value
}

func (p *Price) table() strict.Table {
	return strict.Table{Place: &p.Place, Fields: []strict.Field{
		strict.StableID("id", &p.ID).KnownSince(odcs310),
		strict.Number("priceAmount", &p.Amount),
		strict.String("priceCurrency", &p.Currency),
		strict.String("priceUnit", &p.Unit),
	}}
}

// Role is a role that gives access.
type Role struct {
	Place
	ID, Role, Description, Access             string
	FirstLevelApprovers, SecondLevelApprovers string
	CustomProperties                          []CustomProperty
}

func (r *Role) table() strict.Table {
	return strict.Table{Place: &r.Place, Fields: []strict.Field{
		strict.StableID("id", &r.ID).KnownSince(odcs310),
		strict.String("role", &r.Role).Required(),
		strict.String("description", &r.Description),
		strict.String("access", &r.Access),
		strict.String("firstLevelApprovers", &r.FirstLevelApprovers),
		strict.String("secondLevelApprovers", &r.SecondLevelApprovers),
		customProperties(&r.CustomProperties),
	}}
}

// SLAProperty is one promise as the file says it; Contract.SLA has what Tidemark makes of it.
type SLAProperty struct {
	Place
	ID, Property, Unit, Element, Driver, Description, Scheduler, Schedule string
	Value, ValueExt                                                       Value
	CustomProperties                                                      []CustomProperty
	AuthoritativeDefinitions                                              []AuthoritativeDefinition
}

func (s *SLAProperty) table() strict.Table {
	return strict.Table{Place: &s.Place, Fields: []strict.Field{
		strict.StableID("id", &s.ID).KnownSince(odcs310),
		strict.String("property", &s.Property).Required(),
		strict.Scalar("value", &s.Value).Required(),
		strict.Scalar("valueExt", &s.ValueExt),
		strict.String("unit", &s.Unit),
		strict.String("element", &s.Element),
		strict.String("driver", &s.Driver),
		strict.String("description", &s.Description).KnownSince(odcs310),
		strict.String("scheduler", &s.Scheduler).KnownSince(odcs310),
		strict.String("schedule", &s.Schedule).KnownSince(odcs310),
		customProperties(&s.CustomProperties).Since(odcs320),
		definitions(&s.AuthoritativeDefinitions).Since(odcs320),
	}}
}
