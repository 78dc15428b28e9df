package contract

import "github.com/tidemark-mesh/tidemark/platform/contract/strict"

// Place says where an object of a file stands: its path, and line and column of each of its keys.
type Place = strict.Place

// Value is anything that a standard leaves open: a custom property's value, an example, an SLA's value.
type Value = strict.Value

// Description is the prose about a contract or a data product.
type Description struct {
	Place
	Usage, Purpose, Limitations string
	AuthoritativeDefinitions    []AuthoritativeDefinition
	CustomProperties            []CustomProperty
}

func (d *Description) table() strict.Table {
	return strict.Table{Place: &d.Place, Fields: []strict.Field{
		strict.String("usage", &d.Usage),
		strict.String("purpose", &d.Purpose),
		strict.String("limitations", &d.Limitations),
		definitions(&d.AuthoritativeDefinitions),
		customProperties(&d.CustomProperties),
	}}
}

// AuthoritativeDefinition is a link to where more is said.
type AuthoritativeDefinition struct {
	Place
	ID, Type, URL, Description string
}

func (a *AuthoritativeDefinition) table() strict.Table {
	return strict.Table{Place: &a.Place, Fields: []strict.Field{
		strict.StableID("id", &a.ID).Since(odps110).KnownSince(odcs310),
		strict.String("type", &a.Type).Required(),
		strict.String("url", &a.URL).Required(),
		strict.String("description", &a.Description),
	}}
}

func definitions(into *[]AuthoritativeDefinition) strict.Field {
	return strict.Objects("authoritativeDefinitions", into, (*AuthoritativeDefinition).table)
}

// CustomProperty is a key that the standard does not have. Those that begin with tidemark. are ours.
type CustomProperty struct {
	Place
	ID, Property, Description, Vendor string
	Value                             Value
}

func (c *CustomProperty) table() strict.Table {
	return strict.Table{Place: &c.Place, Fields: []strict.Field{
		strict.StableID("id", &c.ID).Since(odps110).KnownSince(odcs310),
		strict.String("property", &c.Property).Required(),
		strict.Any("value", &c.Value).Required(),
		strict.String("description", &c.Description),
		strict.String("vendor", &c.Vendor).Since(odcs320),
	}}
}

func customProperties(into *[]CustomProperty) strict.Field {
	return strict.Objects("customProperties", into, (*CustomProperty).table)
}

func tags(into *[]string) strict.Field { return strict.Strings("tags", into) }

// Support is a channel to reach the owners.
type Support struct {
	Place
	ID, Channel, URL, Description, Tool, Scope, InvitationURL string
	Tags                                                      []string
	AuthoritativeDefinitions                                  []AuthoritativeDefinition
	CustomProperties                                          []CustomProperty
}

// table is ODCS's; its url became optional with 3.1.0.
func (s *Support) table() strict.Table {
	return strict.Table{Place: &s.Place, Fields: []strict.Field{
		strict.StableID("id", &s.ID).Since(odps110).KnownSince(odcs310),
		strict.String("channel", &s.Channel).Required(),
		strict.String("url", &s.URL).RequiredBelow(odcs310),
		strict.String("description", &s.Description),
		strict.String("tool", &s.Tool),
		strict.String("scope", &s.Scope),
		strict.String("invitationUrl", &s.InvitationURL),
		customProperties(&s.CustomProperties),
	}}
}

// odpsTable has what ODPS gives a support channel beyond ODCS.
func (s *Support) odpsTable() strict.Table {
	t := s.table()
	t.Fields = append(t.Fields, tags(&s.Tags), definitions(&s.AuthoritativeDefinitions))
	return t
}

// Team is who owns a contract or a data product.
type Team struct {
	Place
	ID, Name, Description    string
	Members                  []TeamMember
	Tags                     []string
	CustomProperties         []CustomProperty
	AuthoritativeDefinitions []AuthoritativeDefinition
}

func (t *Team) table() strict.Table {
	return strict.Table{Place: &t.Place, Fields: []strict.Field{
		strict.StableID("id", &t.ID).Since(odps110).KnownSince(odcs310),
		strict.String("name", &t.Name),
		strict.String("description", &t.Description),
		strict.Objects("members", &t.Members, (*TeamMember).table),
		tags(&t.Tags),
		customProperties(&t.CustomProperties),
		definitions(&t.AuthoritativeDefinitions),
	}}
}

// TeamMember is one person of a team.
type TeamMember struct {
	Place
	ID, Username, Name, Description, Role string
	DateIn, DateOut                       string // as written, such as 2026-10-01
	ReplacedByUsername                    string
	Tags                                  []string
	CustomProperties                      []CustomProperty
	AuthoritativeDefinitions              []AuthoritativeDefinition
}

func (m *TeamMember) table() strict.Table {
	return strict.Table{Place: &m.Place, Fields: []strict.Field{
		strict.StableID("id", &m.ID).Since(odps110).KnownSince(odcs310),
		strict.String("username", &m.Username).Required(),
		strict.String("name", &m.Name),
		strict.String("description", &m.Description),
		strict.String("role", &m.Role),
		strict.String("dateIn", &m.DateIn),
		strict.String("dateOut", &m.DateOut),
		strict.String("replacedByUsername", &m.ReplacedByUsername),
		tags(&m.Tags),
		customProperties(&m.CustomProperties),
		definitions(&m.AuthoritativeDefinitions),
	}}
}

// owner is the team's name, or the member whose role is owner; "" where neither is given.
func (t *Team) owner() string {
	if t == nil {
		return ""
	}
	if t.Name != "" {
		return t.Name
	}
	for _, m := range t.Members {
		if equalFold(m.Role, "owner", "data product owner", "data owner") {
			return m.Username
		}
	}
	return ""
}

// Context is guidance for tools that use the data on their own (ODCS 3.2.0, ODPS 1.1.0). A text alone is
// its instructions.
type Context struct {
	Place
	Instructions       string
	VerifiedStatements []Statement
	Constraints        []Statement
}

func (c *Context) table() strict.Table {
	return strict.Table{Place: &c.Place, Fields: []strict.Field{
		strict.String("instructions", &c.Instructions),
		strict.Objects("verifiedStatements", &c.VerifiedStatements, (*Statement).questionTable),
		strict.Objects("constraints", &c.Constraints, (*Statement).constraintTable),
	}}
}

// contextField is ODCS's: an object or a text.
func contextField(into **Context) strict.Field {
	instructions, shape := &Context{}, strict.Map
	if c := *into; c != nil && !c.Given() && c.VerifiedStatements == nil && c.Constraints == nil {
		instructions, shape = c, strict.Text
	}
	return strict.Either("context", map[strict.Kind]strict.Field{
		strict.Map:  strict.Object("context", into, (*Context).table),
		strict.Text: strict.String("context", &instructions.Instructions).Then(func() { *into = instructions }),
	}, func() strict.Kind { return shape })
}

// Statement is a question with its answer, or something that must not be done.
type Statement struct {
	Place
	ID, Question, Answer, Constraint string
	Tags                             []string
	AuthoritativeDefinitions         []AuthoritativeDefinition
	CustomProperties                 []CustomProperty
}

func (s *Statement) table(own ...strict.Field) strict.Table {
	return strict.Table{Place: &s.Place, Fields: append(own,
		strict.String("id", &s.ID),
		tags(&s.Tags),
		definitions(&s.AuthoritativeDefinitions),
		customProperties(&s.CustomProperties),
	)}
}

func (s *Statement) questionTable() strict.Table {
	return s.table(strict.String("question", &s.Question).Required(), strict.String("answer", &s.Answer))
}

func (s *Statement) constraintTable() strict.Table {
	return s.table(strict.String("constraint", &s.Constraint).Required())
}
