package avro

// Severity says what a broken rule does to a record.
type Severity uint8

const (
	// Error rejects the record.
	Error Severity = iota
	// Warning lets the record pass and is counted.
	Warning
	// Count lets the record pass and is no fault of its own: a metric counts it over many records.
	Count
)

func (s Severity) String() string {
	switch s {
	case Warning:
		return "warning"
	case Count:
		return "count"
	}
	return "error"
}

// RuleKind is what a rule demands.
type RuleKind string

// The kinds of rules, what they need of the schema, and what Rule.Text holds. A rule does not judge a null and what is
// not there (an item of an empty array, a field of a null record); only Required does.
const (
	Required         RuleKind = "required"         // any type; no text: the value is not null
	Minimum          RuleKind = "minimum"          // numbers, decimals: a decimal; dates and times: their text or a raw number
	Maximum          RuleKind = "maximum"          //
	ExclusiveMinimum RuleKind = "exclusiveMinimum" //
	ExclusiveMaximum RuleKind = "exclusiveMaximum" //
	MultipleOf       RuleKind = "multipleOf"       // numbers, decimals: a decimal above 0
	MinLength        RuleKind = "minLength"        // string: code points; bytes, fixed: bytes
	MaxLength        RuleKind = "maxLength"        //
	Pattern          RuleKind = "pattern"          // string, enum: an RE2 expression, found anywhere unless anchored; see Limits
	Format           RuleKind = "format"           // string: one of Formats
	Enum             RuleKind = "enum"             // Rule.Values: strings, symbols, numbers, decimals, dates, booleans
	NoneOf           RuleKind = "noneOf"           // as Enum: none of the values. What the type cannot be is left out.
	MinItems         RuleKind = "minItems"         // array, map: a count
	MaxItems         RuleKind = "maxItems"         //
	UniqueItems      RuleKind = "uniqueItems"      // array of scalars or of records and unions of scalars; no text; see Limits
)

// Rule is one thing that a record must hold.
type Rule struct {
	ID       string   // "<path>.<kind>", for example "sales.minimum"
	Path     []string // field names from the root; "[]" is every item of an array, "{}" every value of a map
	Kind     RuleKind
	Severity Severity
	Text     string   // the argument, see RuleKind
	Values   []string // of Enum and NoneOf
}

// Capture asks the walker to note one value of the record while it passes.
type Capture struct {
	Name string
	Path []string // field names from the root; not into arrays and maps
}

// Limits bound what one record may ask of its reader. A zero field means its default. What is beyond them is refused with the
// reason avro.length, whatever the severity of a rule.
//
// Two bounds are fixed, because rules could otherwise take longer than everything else. At most 100,000 items of a record may be in
// arrays with the rule uniqueItems. And the texts that patterns must look through one instruction at a time (that are not ASCII, or
// where the pattern asks for words or lines or is a large one) may have 10,000,000 characters, divided by the instructions of the
// pattern: 50,000 for one of 200.
type Limits struct {
	// Depth is how deep records, arrays, maps and unions may nest in one record. Default 64.
	Depth int
	// Items is how many items and map entries one record may hold in all. Default 1,000,000. Values that take no bytes
	// (items of array<null>) are bounded by 4,096 besides.
	Items int
	// Bytes is the length of the payload. Default 64 MiB.
	Bytes int
	// Growth is how many bytes longer than its payload a record may become for the reader: defaults of fields that the writer
	// does not have, numbers that are read as wider ones, branches of the reader's unions. It is reckoned beforehand, by the
	// most that a value of a type can grow by, and not lessened by fields that the reader does not have. Default 8 MiB.
	Growth int
}

// Options say what a Program checks besides the schema itself.
type Options struct {
	Rules    []Rule
	Captures []Capture
	Limits   Limits
	// Reader is the contract's schema, which the paths of rules and captures refer to. A record is judged as a reader
	// with that schema sees it: fields matched by name or alias, absent ones with their default. Default: the writer's.
	Reader *Schema
}
