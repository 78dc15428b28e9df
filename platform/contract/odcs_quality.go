package contract

import "github.com/tidemark-mesh/tidemark/platform/contract/strict"

// Quality is a rule that data must hold. Rules translates those that one record can break.
type Quality struct {
	Place
	ID, Name, Description           string
	Type                            string // text, library (the default), sql, custom
	Metric                          string // of library: nullValues, missingValues, invalidValues, duplicateValues, rowCount
	Rule                            string // what 3.0.x calls the metric
	Arguments                       *Arguments
	Dimension, Unit, Severity       string
	Method, BusinessImpact          string
	Scheduler, Schedule             string
	Query                           string // of sql
	Engine                          string // of custom
	Implementation                  Value  // of custom: text or an object
	MustBe, MustNotBe               Value
	MustBeGreaterThan               Value
	MustBeGreaterOrEqualTo          Value
	MustBeLessThan                  Value
	MustBeLessOrEqualTo             Value
	MustBeBetween, MustNotBeBetween []Value
	Tags                            []string
	AuthoritativeDefinitions        []AuthoritativeDefinition
	CustomProperties                []CustomProperty
}

func (q *Quality) table() strict.Table {
	return strict.Table{Place: &q.Place, Fields: []strict.Field{
		strict.StableID("id", &q.ID).KnownSince(odcs310),
		strict.String("name", &q.Name),
		strict.String("description", &q.Description),
		strict.Word("type", &q.Type, "text", "library", "sql", "custom"),
		strict.Word("metric", &q.Metric, "nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount").KnownSince(odcs310),
		strict.String("rule", &q.Rule),
		strict.Object("arguments", &q.Arguments, (*Arguments).table).KnownSince(odcs310),
		strict.Word("dimension", &q.Dimension, "accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"),
		strict.String("unit", &q.Unit),
		strict.String("severity", &q.Severity),
		strict.String("method", &q.Method),
		strict.String("businessImpact", &q.BusinessImpact),
		strict.String("scheduler", &q.Scheduler),
		strict.String("schedule", &q.Schedule),
		strict.String("query", &q.Query),
		strict.String("engine", &q.Engine),
		strict.OneOf("implementation", &q.Implementation, strict.Text, strict.Map),
		strict.Any("mustBe", &q.MustBe),
		strict.Any("mustNotBe", &q.MustNotBe),
		strict.Number("mustBeGreaterThan", &q.MustBeGreaterThan),
		strict.Number("mustBeGreaterOrEqualTo", &q.MustBeGreaterOrEqualTo),
		strict.Number("mustBeLessThan", &q.MustBeLessThan),
		strict.Number("mustBeLessOrEqualTo", &q.MustBeLessOrEqualTo),
		strict.Values("mustBeBetween", &q.MustBeBetween),
		strict.Values("mustNotBeBetween", &q.MustNotBeBetween),
		tags(&q.Tags),
		definitions(&q.AuthoritativeDefinitions),
		customProperties(&q.CustomProperties),
	}}
}

// operators are the keys of which a library or sql rule has exactly one.
func operators() []string {
	return []string{
		"mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
		"mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
	}
}

// Arguments are what a library metric needs to know.
type Arguments struct {
	Place
	MissingValues, ValidValues []Value
	Pattern                    string
	Properties                 []string // names of properties, with dots into objects

	named []Value // Properties, with their places
}

func (a *Arguments) table() strict.Table {
	return strict.Table{Place: &a.Place, Fields: []strict.Field{
		strict.Values("missingValues", &a.MissingValues),
		strict.Values("validValues", &a.ValidValues),
		strict.String("pattern", &a.Pattern),
		strict.StringsAt("properties", &a.Properties, &a.named),
	}}
}

// Options are a property's logicalTypeOptions; which of them it may have depends on its logicalType.
type Options struct {
	Place
	MinLength, MaxLength               int
	Pattern, Format                    string
	Minimum, Maximum                   Value
	ExclusiveMinimum, ExclusiveMaximum Value // a bound; in 3.0.x true, which makes minimum or maximum exclusive
	MultipleOf                         Value
	MinItems, MaxItems                 int
	UniqueItems                        bool
	MinProperties, MaxProperties       int
	Required                           []string
	Timezone                           bool
	DefaultTimezone                    string
	Vector                             VectorOptions // 3.2.0
}

func (o *Options) table() strict.Table {
	return strict.Table{Place: &o.Place, Fields: []strict.Field{
		strict.Int("minLength", &o.MinLength),
		strict.Int("maxLength", &o.MaxLength),
		strict.String("pattern", &o.Pattern),
		strict.String("format", &o.Format),
		strict.Scalar("minimum", &o.Minimum),
		strict.Scalar("maximum", &o.Maximum),
		strict.Scalar("exclusiveMinimum", &o.ExclusiveMinimum),
		strict.Scalar("exclusiveMaximum", &o.ExclusiveMaximum),
		strict.Number("multipleOf", &o.MultipleOf),
		strict.Int("minItems", &o.MinItems),
		strict.Int("maxItems", &o.MaxItems),
		strict.Flag("uniqueItems", &o.UniqueItems),
		strict.Int("minProperties", &o.MinProperties),
		strict.Int("maxProperties", &o.MaxProperties),
		strict.Strings("required", &o.Required),
		strict.Flag("timezone", &o.Timezone).KnownSince(odcs310),
		strict.String("defaultTimezone", &o.DefaultTimezone).KnownSince(odcs310),
		strict.Int("dimensions", &o.Vector.Dimensions).Since(odcs320),
		strict.Word("elementType", &o.Vector.ElementType, "bfloat16", "binary", "float16", "float32", "float64", "int8", "uint8").Since(odcs320),
		strict.Word("distanceMetric", &o.Vector.DistanceMetric, "cosine", "dotProduct", "euclidean", "hamming", "manhattan").Since(odcs320),
		strict.String("embeddingModel", &o.Vector.EmbeddingModel).Since(odcs320),
		strict.String("embeddingModelVersion", &o.Vector.EmbeddingModelVersion).Since(odcs320),
		strict.Flag("normalized", &o.Vector.Normalized).Since(odcs320),
	}}
}

// VectorOptions are a vector's (3.2.0).
type VectorOptions struct {
	Dimensions                            int
	ElementType, DistanceMetric           string
	EmbeddingModel, EmbeddingModelVersion string
	Normalized                            bool
}
