package quality

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// Metric is what is counted: one of ODCS's library.
type Metric string

// The metrics.
const (
	NullValues      Metric = "nullValues"      // records with null in a field
	MissingValues   Metric = "missingValues"   // records with null, or what the rule lists as missing
	InvalidValues   Metric = "invalidValues"   // records with a value that the rule does not allow
	DuplicateValues Metric = "duplicateValues" // records less different values, among those without null
	RowCount        Metric = "rowCount"        // records
)

// Unit is what a rule's bounds are in.
type Unit string

// The units.
const (
	Rows    Unit = "rows"
	Percent Unit = "percent" // of the records in the window; 0 where there are none
)

// Operators are ODCS's, in its order. The two about between include their bounds.
func Operators() []string {
	return []string{
		"mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
		"mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
	}
}

// Rule is one demand on a metric.
type Rule struct {
	ID       string // <path>.<metric>, or <metric> of the whole record
	Metric   Metric
	Unit     Unit
	Operator string        // one of Operators
	Bounds   []float64     // one; of between two, the smaller first
	Severity avro.Severity // Error or Warning: what it means that the rule does not hold
	// Bad are the walker's rules of which a bad record breaks at least one; their severity is avro.Count. Of nullValues,
	// missingValues and invalidValues.
	Bad []avro.Rule
	// Fields are what must differ, together. Of duplicateValues.
	Fields [][]string
	// Keyed: the record key is among Fields, so that equal values are always in one partition.
	Keyed bool
}

// Holds tells whether a value is what the rule demands.
func (r *Rule) Holds(value float64) bool {
	if len(r.Bounds) == 0 {
		return false
	}
	low, high := slices.Min(r.Bounds), slices.Max(r.Bounds)
	switch r.Operator {
	case "mustBe":
		return value == low
	case "mustNotBe":
		return value != low
	case "mustBeGreaterThan":
		return value > low
	case "mustBeGreaterOrEqualTo":
		return value >= low
	case "mustBeLessThan":
		return value < low
	case "mustBeLessOrEqualTo":
		return value <= low
	case "mustBeBetween":
		return low <= value && value <= high
	case "mustNotBeBetween":
		return value < low || high < value
	}
	return false
}

// Promise puts the demand into words, such as mustBeLessThan 5 percent.
func (r *Rule) Promise() string {
	bounds := make([]string, len(r.Bounds))
	for i, b := range r.Bounds {
		bounds[i] = strconv.FormatFloat(b, 'f', -1, 64)
	}
	return fmt.Sprintf("%s %s %s", r.Operator, strings.Join(bounds, " and "), r.Unit)
}

// Window is a stretch of a stream: of time, or of so many records. One of the two is set.
type Window struct {
	Age     time.Duration
	Records int
}

// String renders the window as a contract writes it.
func (w Window) String() string {
	if w.Records > 0 {
		return strconv.Itoa(w.Records) + " records"
	}
	return w.Age.String()
}
