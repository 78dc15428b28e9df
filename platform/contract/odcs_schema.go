package contract

import "github.com/tidemark-mesh/tidemark/platform/contract/strict"

// SchemaObject is one element of schema[]: for a port, its topic.
type SchemaObject struct {
	Place
	ID, Name, PhysicalName, PhysicalType, LogicalType     string
	Description, BusinessName, DataGranularityDescription string
	Deprecated                                            bool     // 3.2.0
	Context                                               *Context // 3.2.0
	Synonyms                                              []Synonym
	Properties                                            []Property
	Relationships                                         []Relationship
	Quality                                               []Quality
	Tags                                                  []string
	AuthoritativeDefinitions                              []AuthoritativeDefinition
	CustomProperties                                      []CustomProperty
}

func (o *SchemaObject) table() strict.Table {
	return strict.Table{Place: &o.Place, Fields: []strict.Field{
		strict.StableID("id", &o.ID).KnownSince(odcs310),
		strict.String("name", &o.Name).Required(),
		strict.String("physicalName", &o.PhysicalName),
		strict.String("physicalType", &o.PhysicalType),
		strict.Word("logicalType", &o.LogicalType, "object"),
		strict.String("description", &o.Description),
		strict.String("businessName", &o.BusinessName),
		strict.String("dataGranularityDescription", &o.DataGranularityDescription),
		strict.Flag("deprecated", &o.Deprecated).Since(odcs320),
		contextField(&o.Context).Since(odcs320),
		strict.Objects("synonyms", &o.Synonyms, (*Synonym).table).Since(odcs320),
		strict.Rows("properties", &o.Properties, (*Property).table),
		strict.Objects("relationships", &o.Relationships, (*Relationship).objectTable).KnownSince(odcs310),
		strict.Rows("quality", &o.Quality, (*Quality).table),
		tags(&o.Tags),
		definitions(&o.AuthoritativeDefinitions),
		customProperties(&o.CustomProperties),
	}}
}

// Property is a field of a schema object, of another property, of an array's items or of a map.
type Property struct {
	Place
	ID, Name, PhysicalName, PhysicalType string
	LogicalType                          string // string, date, timestamp, time, number, integer, object, array, boolean, map, vector
	Options                              *Options
	Required, Unique, PrimaryKey         bool
	PrimaryKeyPosition                   int
	Partitioned                          bool
	PartitionKeyPosition                 int
	Classification, EncryptedName        string
	CriticalDataElement                  bool
	Description, BusinessName            string
	TransformSourceObjects               []string
	TransformLogic, TransformDescription string
	Examples                             []Value
	Enum                                 []EnumValue // 3.2.0
	SemanticType                         string      // 3.2.0: column, measure, dimension
	Deprecated                           bool        // 3.2.0
	Synonyms                             []Synonym   // 3.2.0
	Relationships                        []Relationship
	Quality                              []Quality
	Tags                                 []string
	AuthoritativeDefinitions             []AuthoritativeDefinition
	CustomProperties                     []CustomProperty
	Items                                *Property  // of an array; has no name
	Properties                           []Property // of an object
	Map                                  *MapType   // 3.2.0: of a map
}

func (p *Property) table() strict.Table {
	return p.fields(strict.String("name", &p.Name).Required())
}

// itemTable is a property without a name: an array's items, a map's key or value.
func (p *Property) itemTable() strict.Table { return p.fields() }

func (p *Property) fields(own ...strict.Field) strict.Table {
	fields := append(make([]strict.Field, 0, 36), strict.StableID("id", &p.ID).KnownSince(odcs310)) // room, since there are many
	fields = append(fields, own...)
	return strict.Table{Place: &p.Place, Fields: append(fields,
		strict.String("physicalName", &p.PhysicalName),
		strict.String("physicalType", &p.PhysicalType),
		p.logicalTypeField(),
		strict.Row("logicalTypeOptions", &p.Options, (*Options).table),
		strict.Flag("required", &p.Required),
		strict.Flag("unique", &p.Unique),
		strict.Flag("primaryKey", &p.PrimaryKey),
		strict.Int("primaryKeyPosition", &p.PrimaryKeyPosition),
		strict.Flag("partitioned", &p.Partitioned),
		strict.Int("partitionKeyPosition", &p.PartitionKeyPosition),
		strict.String("classification", &p.Classification),
		strict.String("encryptedName", &p.EncryptedName),
		strict.Flag("criticalDataElement", &p.CriticalDataElement),
		strict.String("description", &p.Description),
		strict.String("businessName", &p.BusinessName),
		strict.Strings("transformSourceObjects", &p.TransformSourceObjects),
		strict.String("transformLogic", &p.TransformLogic),
		strict.String("transformDescription", &p.TransformDescription),
		strict.Values("examples", &p.Examples),
		strict.Objects("enum", &p.Enum, (*EnumValue).table).Since(odcs320),
		strict.Word("semanticType", &p.SemanticType, "column", "measure", "dimension").Since(odcs320),
		strict.Flag("deprecated", &p.Deprecated).Since(odcs320),
		strict.Objects("synonyms", &p.Synonyms, (*Synonym).table).Since(odcs320),
		strict.Objects("relationships", &p.Relationships, (*Relationship).propertyTable).KnownSince(odcs310),
		strict.Rows("quality", &p.Quality, (*Quality).table),
		tags(&p.Tags),
		definitions(&p.AuthoritativeDefinitions),
		customProperties(&p.CustomProperties),
		strict.Object("items", &p.Items, (*Property).itemTable),
		strict.Rows("properties", &p.Properties, (*Property).table),
		strict.Object("map", &p.Map, (*MapType).table).Since(odcs320),
	)}
}

// MapType is what a map's keys and values are (3.2.0).
type MapType struct {
	Place
	Key, Value *Property
}

func (m *MapType) table() strict.Table {
	return strict.Table{Place: &m.Place, Fields: []strict.Field{
		strict.Object("key", &m.Key, (*Property).itemTable).Required(),
		strict.Object("value", &m.Value, (*Property).itemTable).Required(),
	}}
}

// EnumValue is one allowed value (3.2.0).
type EnumValue struct {
	Place
	Value                    Value
	ID, Label, Description   string
	Tags                     []string
	AuthoritativeDefinitions []AuthoritativeDefinition
	CustomProperties         []CustomProperty
}

func (e *EnumValue) table() strict.Table {
	return strict.Table{Place: &e.Place, Fields: []strict.Field{
		strict.Scalar("value", &e.Value).Required(),
		strict.String("label", &e.Label),
		strict.StableID("id", &e.ID),
		strict.String("description", &e.Description),
		tags(&e.Tags),
		definitions(&e.AuthoritativeDefinitions),
		customProperties(&e.CustomProperties),
	}}
}

// Synonym is another name for the same thing (3.2.0).
type Synonym struct {
	Place
	ID, Synonym, Description, Locale, Source, Status string
	CustomProperties                                 []CustomProperty
}

func (s *Synonym) table() strict.Table {
	return strict.Table{Place: &s.Place, Fields: []strict.Field{
		strict.StableID("id", &s.ID),
		strict.String("synonym", &s.Synonym).Required(),
		strict.String("description", &s.Description),
		strict.String("locale", &s.Locale),
		strict.String("source", &s.Source),
		strict.String("status", &s.Status),
		customProperties(&s.CustomProperties),
	}}
}

// Relationship says that values here are values there, as a foreign key does.
type Relationship struct {
	Place
	ID, Type         string
	From, To         Value // text, or a list of texts for a composite key; a property's has no From
	CustomProperties []CustomProperty
}

func (rel *Relationship) propertyTable() strict.Table { return rel.fields() }

func (rel *Relationship) objectTable() strict.Table {
	return rel.fields(strict.OneOf("from", &rel.From, strict.Text, strict.List).Required())
}

func (rel *Relationship) fields(from ...strict.Field) strict.Table {
	fields := append([]strict.Field{
		strict.String("id", &rel.ID).Since(odcs320),
		strict.Word("type", &rel.Type, "foreignKey"),
	}, from...)
	return strict.Table{Place: &rel.Place, Fields: append(fields,
		strict.OneOf("to", &rel.To, strict.Text, strict.List).Required(),
		customProperties(&rel.CustomProperties),
	)}
}

// logicalTypeField: before 3.1.0 a date is a timestamp or a time too, but its own examples say these.
func (p *Property) logicalTypeField() strict.Field {
	return strict.WordOf("logicalType", &p.LogicalType,
		strict.Words{Words: []string{"string", "date"}},
		strict.Words{Words: []string{"timestamp", "time"}, Since: odcs310, Tolerated: true},
		strict.Words{Words: []string{"number", "integer", "object", "array", "boolean"}},
		strict.Words{Words: []string{"map", "vector"}, Since: odcs320},
	)
}
