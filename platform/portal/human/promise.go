package human

import (
	"math"
	"strconv"
	"time"
)

// Measured gives a value in the unit of a promise of the mesh: minutes, percent, percent in time, or rows. nil is None.
func Measured(value *float64, unit string) string {
	switch {
	case value == nil || math.IsNaN(*value):
		return None
	case unit == "minutes":
		return Minutes(value)
	case unit == "percent":
		return number(*value) + " %"
	case unit == "percent in time":
		return number(*value) + " % in time"
	}
	return number(*value) + " " + unit
}

func number(v float64) string { return strconv.FormatFloat(math.Floor(v*1e4+1e-6)/1e4, 'f', -1, 64) }

// Window gives the stretch that something was measured in: "now" where there is none, else its times in UTC, the date of
// the end only where it is another one, and how many records were in it. A window without an end is open.
func Window(start, end *time.Time, records int64) string {
	if start == nil {
		return "now"
	}
	from := start.UTC()
	text := from.Format("2006-01-02 15:04:05")
	switch {
	case end == nil:
		text = "since " + text
	case end.UTC().Format(time.DateOnly) == from.Format(time.DateOnly):
		text += " to " + end.UTC().Format("15:04:05")
	default:
		text += " to " + end.UTC().Format("2006-01-02 15:04:05")
	}
	if text += ", " + Count(records); records == 1 {
		return text + " record"
	}
	return text + " records"
}

// Kept says whether a promise is: holds is nil where nothing can be said yet. A warning breaks no promise.
func Kept(holds *bool, warning bool) string {
	switch {
	case holds == nil:
		return "not known yet"
	case *holds:
		return "holds"
	case warning:
		return "does not hold (warning)"
	}
	return "does not hold"
}
