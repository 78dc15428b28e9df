package contract

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// SLA is what a contract promises, in one unit for each kind. A zero field is a promise that is not made.
type SLA struct {
	Freshness    time.Duration // now minus the newest event time
	Latency      time.Duration // from the input record's timestamp to its output's commit
	Frequency    time.Duration // between updates
	Retention    time.Duration // how long records are kept
	TimeToDetect time.Duration
	TimeToNotify time.Duration
	TimeToRepair time.Duration
	Completeness float64 // accepted / (accepted + rejected), 0 to 1
	Availability float64 // 0 to 1
	ErrorRate    float64 // 0 to 1; that there are no errors at all is the smallest number above 0

	GeneralAvailability time.Time // the data may be used from then on
	EndOfSupport        time.Time
	EndOfLife           time.Time

	Promises []Promise // every entry as it was written, those without a field above too
}

// Promise is one entry of slaProperties as a person reads it.
type Promise struct {
	Property, Value, Unit, Element, Driver, Description string
}

// String is such as "freshness 5 minutes".
func (p Promise) String() string { return strings.TrimSpace(p.Property + " " + p.Value + " " + p.Unit) }

// Text is the promise about a property as it was written, such as "5 minutes"; "" where there is none.
func (s SLA) Text(property string) string {
	for _, p := range s.Promises {
		if p.Property == property {
			return strings.TrimSpace(p.Value + " " + p.Unit)
		}
	}
	return ""
}

// slaReader says what kind of promise a property is, where it goes, and who sees to it.
type slaReader struct {
	duration func(*SLA) *time.Duration
	share    func(*SLA) *float64
	instant  func(*SLA) *time.Time
	larger   bool   // the larger value promises more
	none     bool   // a share of 0 is a promise too
	months   bool   // the unit m means months here, not minutes
	unjudged string // why the platform does not judge it; "" where it does
	seenTo   bool   // something else sees to it
}

func slaReaders() map[string]slaReader {
	const people = "it is what people do"
	return map[string]slaReader{
		"freshness":    {duration: func(s *SLA) *time.Duration { return &s.Freshness }},
		"latency":      {duration: func(s *SLA) *time.Duration { return &s.Latency }},
		"frequency":    {duration: func(s *SLA) *time.Duration { return &s.Frequency }},
		"completeness": {share: func(s *SLA) *float64 { return &s.Completeness }, larger: true},
		"errorRate":    {share: func(s *SLA) *float64 { return &s.ErrorRate }, none: true},
		"retention": {duration: func(s *SLA) *time.Duration { return &s.Retention }, larger: true, months: true, seenTo: true,
			unjudged: "the topic is made to keep records for that long"},
		"endOfSupport": {instant: func(s *SLA) *time.Time { return &s.EndOfSupport }, seenTo: true,
			unjudged: "the port is deprecated from then on"},
		"endOfLife": {instant: func(s *SLA) *time.Time { return &s.EndOfLife }, seenTo: true,
			unjudged: "the port is retired from then on"},
		"availability": {share: func(s *SLA) *float64 { return &s.Availability }, larger: true,
			unjudged: "its share of a month needs a record of a month"},
		"timeToDetect":        {duration: func(s *SLA) *time.Duration { return &s.TimeToDetect }, unjudged: people},
		"timeToNotify":        {duration: func(s *SLA) *time.Duration { return &s.TimeToNotify }, unjudged: people},
		"timeToRepair":        {duration: func(s *SLA) *time.Duration { return &s.TimeToRepair }, unjudged: people},
		"generalAvailability": {instant: func(s *SLA) *time.Time { return &s.GeneralAvailability }, unjudged: "it is a date"},
		"throughput":          {unjudged: "the standard gives it no unit"},
		"timeOfAvailability":  {unjudged: "the standard gives it no unit"},
	}
}

// LatencyOfSource is why the latency of a source's port is not judged.
const LatencyOfSource = "a source has no input that its records could be late of"

// FreshnessWithoutTime is why the freshness of a port without an event time is not judged.
const FreshnessWithoutTime = "nobody knows when something happened: name the field in tidemark.eventTime"

// Unjudged says why the platform does not judge a promise of slaProperties; "" where it does. Retention, endOfSupport and
// endOfLife are kept all the same, by what the reason says.
func Unjudged(property string) string {
	reader, known := slaReaders()[property]
	if !known {
		return "no such promise is known"
	}
	return reader.unjudged
}

// timeUnits are ODCS's units of time with the synonyms that files use.
func timeUnits() map[string]time.Duration {
	units := make(map[string]time.Duration)
	for unit, names := range map[time.Duration][]string{
		time.Millisecond: {"ms", "millisecond", "milliseconds"},
		time.Second:      {"s", "sec", "secs", "second", "seconds"},
		time.Minute:      {"min", "mins", "minute", "minutes"},
		time.Hour:        {"h", "hr", "hrs", "hour", "hours"},
		day:              {"d", "day", "days"},
		week:             {"w", "wk", "week", "weeks"},
		month:            {"mo", "month", "months"},
		year:             {"y", "yr", "yrs", "year", "years"},
	} {
		for _, name := range names {
			units[name] = unit
		}
	}
	return units
}

// readSLA reads every promise, and reports those that cannot be read. What is promised of several elements is kept for the
// port as a whole: the promise about all of it, or about what main tells, and else the strongest, so that each of them holds.
func readSLA(r *report, properties []SLAProperty, main func(*SLAProperty) bool) SLA {
	var sla SLA
	readers := slaReaders()
	said := make(map[[2]string]bool)
	whole := make(map[string]bool) // of these properties there is a promise about the port as a whole
	for i := range properties {
		p := &properties[i]
		sla.Promises = append(sla.Promises, Promise{p.Property, p.Value.Text, p.Unit, p.Element, p.Driver, p.Description})
		p.checkDriver(r)
		reader, known := readers[p.Property]
		if !known {
			if meant := strict.Suggest(p.Property, sortedKeys(readers)); meant != "" {
				r.add(RuleSLA, SeverityWarning, p.Place, "property", "%s is not a promise that is judged; did you mean %q?", strict.Quote(p.Property), meant)
			}
			continue
		}
		var one SLA
		about := [2]string{p.Property, p.Element}
		if err := reader.read(r, &one, p); err != nil {
			severity := SeverityError
			if reader.unjudged != "" && !reader.seenTo {
				severity = SeverityWarning // nothing goes by it
			}
			r.add(RuleSLA, severity, p.Place, "value", "%s %v", p.Property, err)
			continue
		}
		if said[about] && reader.counted() {
			r.at(RuleSLA, p.Place, "value", "%s is promised twice: keep one", p.Property)
			continue
		}
		said[about] = true
		ofPort := !p.ofField() || main(p)
		if ofPort || !whole[p.Property] {
			reader.take(&sla, &one, ofPort && !whole[p.Property])
		}
		whole[p.Property] = whole[p.Property] || ofPort
	}
	sla.checkOrder(r, properties)
	return sla
}

// SLA is what one entry promises.
func (s SLAProperty) SLA() SLA {
	return readSLA(new(report), []SLAProperty{s}, func(*SLAProperty) bool { return false })
}

func (reader slaReader) read(r *report, sla *SLA, p *SLAProperty) (err error) {
	switch {
	case reader.duration != nil:
		*reader.duration(sla), err = reader.readDuration(r, p)
		return err
	case reader.share != nil:
		*reader.share(sla), err = reader.readRatio(p)
		return err
	case reader.instant != nil:
		if p.Unit != "" {
			r.add(RuleSLA, SeverityWarning, p.Place, "unit", "%s is a time and has no unit: remove it", p.Property)
		}
		at, err := readInstant(p)
		if !p.ofField() { // else it is the end of that field alone
			*reader.instant(sla) = at
		}
		return err
	}
	if n, err := strconv.ParseFloat(p.Value.Text, 64); err == nil && !(n > 0) {
		return fmt.Errorf("is above 0, not %s", p.Value.Text)
	}
	return nil
}

// counted tells whether there is a value to compare.
func (reader slaReader) counted() bool {
	return reader.duration != nil || reader.share != nil || reader.instant != nil
}

// take keeps what one entry promises, where it is the stronger or comes first, or goes before what is there.
func (reader slaReader) take(sla, one *SLA, before bool) {
	switch {
	case reader.duration != nil:
		take(reader.duration(sla), *reader.duration(one), before, reader.larger)
	case reader.share != nil:
		take(reader.share(sla), *reader.share(one), before, reader.larger)
	case reader.instant != nil:
		if at, is := *reader.instant(one), reader.instant(sla); is.IsZero() || !at.IsZero() && at.Before(*is) {
			*is = at
		}
	}
}

func take[T time.Duration | float64](into *T, v T, before, larger bool) {
	if *into == 0 || before || v != *into && (v > *into) == larger {
		*into = v
	}
}

func (reader slaReader) readDuration(r *report, p *SLAProperty) (time.Duration, error) {
	if p.Unit == "" && p.Value.Kind == strict.Text && strings.HasPrefix(p.Value.Text, "P") {
		d, err := ParseDuration(p.Value.Text)
		if err == nil && d <= 0 {
			err = fmt.Errorf("must be longer than nothing")
		}
		return d, err
	}
	n, err := strconv.ParseFloat(p.Value.Text, 64)
	if err != nil || !(n > 0) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("is a number above 0 with a unit, or an ISO 8601 duration such as PT15M, not %s", strict.Quote(p.Value.Text))
	}
	unit, ok := timeUnits()[strings.ToLower(p.Unit)]
	switch {
	case p.Unit == "":
		return 0, fmt.Errorf("needs a unit, such as minutes or days")
	case p.Unit == "m" || p.Unit == "M":
		name := "minutes"
		if unit = time.Minute; reader.months {
			unit, name = month, "months"
		}
		r.add(RuleSLA, SeverityWarning, p.Place, "unit", "m can be minutes or months; taken as %s: write it out", name)
	case !ok:
		return 0, fmt.Errorf("has the unit %s, which is none of ms, s, min, h, d, w, months, y", strict.Quote(p.Unit))
	}
	if n*float64(unit) > math.MaxInt64/2 {
		return 0, fmt.Errorf("is too long: at most 146 years")
	}
	return time.Duration(math.Round(n * float64(unit))), nil
}

// readRatio is a share of 1: with a unit of percent, or at most 1 without.
func (reader slaReader) readRatio(p *SLAProperty) (float64, error) {
	text, percent := strings.CutSuffix(p.Value.Text, "%") // 99.9%, which says its unit
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	switch {
	case err == nil && n == 0 && reader.none:
		n = math.SmallestNonzeroFloat64
	case err != nil, !(n > 0):
		return 0, fmt.Errorf("is a number above 0, not %s", strict.Quote(p.Value.Text))
	}
	unit := strings.ToLower(p.Unit)
	if percent && unit == "" {
		unit = "percent"
	}
	switch unit {
	case "%", "percent", "percentage", "pct":
		n = max(n/100, math.SmallestNonzeroFloat64)
	case "", "ratio", "1":
		if n > 1 {
			return 0, fmt.Errorf("is above 1: say unit: percent")
		}
	default:
		return 0, fmt.Errorf("has the unit %s: write percent, or a ratio without a unit", strict.Quote(p.Unit))
	}
	if n > 1 {
		return 0, fmt.Errorf("is above 100 percent")
	}
	return n, nil
}

func readInstant(p *SLAProperty) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, p.Value.Text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("is a time, such as 2032-05-12T09:30:10-08:00, or a date, not %s", strict.Quote(p.Value.Text))
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
