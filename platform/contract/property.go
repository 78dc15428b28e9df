package contract

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
	"github.com/tidemark-mesh/tidemark/platform/quality"
)

// Mode is how a data product runs.
type Mode string

// The modes.
const (
	Source    Mode = "source"    // a service publishes its own events
	Transform Mode = "transform" // pure functions make output ports from input ports
	Guard     Mode = "guard"     // what keeps the contract is copied from one topic to another
	Observe   Mode = "observe"   // topics are checked in place, nothing is copied
)

// Delivery is what a port promises about repetition.
type Delivery string

// The deliveries.
const (
	ExactlyOnce Delivery = "exactly-once"  // output, dead letters and offsets in one transaction
	AtLeastOnce Delivery = "at-least-once" // a crash may repeat records
)

// Breaker says when too much is rejected to go on: the data product trips, and a person or a policy resumes it.
type Breaker struct {
	Ratio  float64 // trips when more than this share of the newest Window records were rejected; (0, 1]
	Window int     // records
	Run    int     // trips when this many records in a row were rejected
}

// settings are what a file's tidemark. properties say, with defaults in place of what it does not say.
type settings struct {
	mode       Mode
	delivery   Delivery
	breaker    Breaker
	instances  int
	filters    []string
	key        []string
	eventTime  []string
	lateness   time.Duration
	partitions int // 0: the tier's
	compacted  bool
	tier       TierName
	replicas   int // 0: the tier's
	level      avro.Level
	verdict    bool // the policies' is required
	uniqueness quality.Window
	quality    quality.Window

	said map[string]*CustomProperty // by property name
}

// PropertyInfo documents one tidemark. property.
type PropertyInfo struct {
	Name    string
	In      string // ODCS, ODPS, or ODCS, ODPS: the files whose customProperties may hold it
	Type    string
	Default string // "" where there is none
	Meaning string

	read func(*settings, Value) error
}

const (
	inODCS = "ODCS"
	inODPS = "ODPS"
	inBoth = "ODCS, ODPS"
)

// Properties is the table of every tidemark. property; no other exists. They stand in the customProperties at
// the top of a file.
func Properties() []PropertyInfo {
	return []PropertyInfo{
		{"tidemark.mode", inODPS, "source, transform, guard or observe", "", "How the data product runs.", readMode},
		{"tidemark.instances", inODPS, "whole number from 1", "1", "How many instances should run it.", readInstances},
		{"tidemark.filters", inODPS, "list of names", "none", "The filters by which a transform may drop an event; each is counted.", readFilters},
		{"tidemark.delivery", inBoth, "exactly-once or at-least-once", "exactly-once", "What a crash may do to the output. A data product that does not say takes it from its output ports' contracts.", readDelivery},
		{"tidemark.breaker", inBoth, "object of ratio, window, run", "{ratio: 0.9, window: 1000, run: 1000}", "Pause when more than ratio of the newest window records, or run records in a row, are rejected. A data product that does not say takes it from its output ports' contracts.", readBreaker},
		{"tidemark.key", inODCS, "path of a field", "none", "The field that is the record key: a string, enum, int or long that is never null.", readKey},
		{"tidemark.eventTime", inODCS, "path of a field", "none", "The field that says when it happened: a date or timestamp.", readEventTime},
		{"tidemark.lateness", inODCS, "ISO 8601 duration", "none: no record is too late", "A record older than the partition's newest event time by more than this is rejected.", readLateness},
		{"tidemark.partitions", inODCS, "whole number from 1", "the tier's: 3, 6 or 12", "Partitions of the topic.", readPartitions},
		{"tidemark.slaTier", inODCS, "standard, premium or critical", "standard", "How much the port is worth to those who use it: selects replication, partitions, quotas and how soon a breach alerts.", readTier},
		{"tidemark.replicas", inODCS, "whole number from 1 to 100", "the tier's: 3", "Replicas of each partition of the topic.", readReplicas},
		{"tidemark.compatibility", inODCS, "a level of Schema Registry, such as BACKWARD", "FULL_TRANSITIVE", "What a new schema of the same major version must be to the earlier ones.", readCompatibility},
		{"tidemark.compacted", inODCS, "true or false", "false", "The topic keeps the newest record of each key; a null value is a tombstone that deletes.", readCompacted},
		{"tidemark.verdict", inODCS, "required or optional", "optional", "Whether the data product may start without the policies' verdict on this contract, when the platform gives none in time.", readVerdict},
		{"tidemark.uniquenessWindow", inODCS, "ISO 8601 duration, or whole number of records from 1 to 1000000", "100000", "How far back in its partition a second record with the same unique or primary key values is a duplicate: by the records' publish times, or by offsets. At most 1,000,000 values of a partition are remembered. Whoever takes over a partition reads this much of it again.", readUniquenessWindow},
		{"tidemark.qualityWindow", inODCS, "ISO 8601 duration, or whole number of records from 1", "PT1H", "The stretch over which quality metrics are counted and judged: of the publisher's or observer's clock, or so many records of each input partition.", readQualityWindow},
	}
}

func defaultSettings() settings {
	return settings{
		delivery:   ExactlyOnce,
		breaker:    Breaker{Ratio: 0.9, Window: 1000, Run: 1000},
		instances:  1,
		tier:       Standard,
		level:      avro.FullTransitive,
		uniqueness: quality.Window{Records: 100_000},
		quality:    quality.Window{Age: time.Hour},
		said:       map[string]*CustomProperty{},
	}
}

const propertyPrefix = "tidemark."

// readProperties fills the settings from a file's own custom properties.
func readProperties(r *report, in string, properties []CustomProperty) settings {
	s := defaultSettings()
	for i := range properties {
		p := &properties[i]
		if !isOurs(p.Property) {
			if meant := meantOurs(p.Property); meant != "" {
				r.add(RuleProperty, SeverityWarning, p.Place, "property", "%s means nothing here; did you mean %q?", strict.Quote(p.Property), meant)
			}
			continue
		}
		info, ok := propertyInfo(r, in, p)
		if !ok {
			continue
		}
		if first, twice := s.said[info.Name]; twice {
			_, at := first.At("property")
			r.at(RuleProperty, p.Place, "property", "%s is said twice, first in line %d: keep one", info.Name, at.Line)
			continue
		}
		s.said[info.Name] = p
		if err := info.read(&s, p.Value); err != nil {
			r.at(RuleProperty, p.Place, "value", "%s %v", info.Name, err)
		}
	}
	return s
}

// isOurs tells whether a property claims our prefix, in whatever case.
func isOurs(name string) bool {
	return len(name) >= len(propertyPrefix) && strings.EqualFold(name[:len(propertyPrefix)], propertyPrefix)
}

// meantOurs is the property of ours that a name was probably meant for, since it begins nearly as they do.
func meantOurs(name string) string {
	prefix, rest := name, ""
	if i := strings.IndexAny(name, ".:_-/"); i >= 0 {
		prefix, rest = name[:i], name[i+1:]
	} else if len(name) > len(propertyPrefix) && strings.EqualFold(name[:len(propertyPrefix)-1], "tidemark") {
		prefix, rest = name[:len(propertyPrefix)-1], name[len(propertyPrefix)-1:]
	}
	if rest == "" || strict.Suggest(prefix, []string{"tidemark"}) == "" {
		return ""
	}
	var names []string
	for _, info := range Properties() {
		names = append(names, info.Name)
	}
	return cmp.Or(strict.Suggest(propertyPrefix+rest, names), propertyPrefix+rest)
}

func propertyInfo(r *report, in string, p *CustomProperty) (PropertyInfo, bool) {
	table := Properties()
	i := slices.IndexFunc(table, func(info PropertyInfo) bool { return info.Name == p.Property })
	if i < 0 {
		names := make([]string, len(table))
		for i, info := range table {
			names[i] = info.Name
		}
		r.at(RuleProperty, p.Place, "property", "there is no property %s%s", strict.Quote(p.Property), strict.Hint(p.Property, names))
		return PropertyInfo{}, false
	}
	if !strings.Contains(table[i].In, in) {
		r.at(RuleProperty, p.Place, "property", "%s belongs into the %s file: move it there", p.Property, table[i].In)
		return PropertyInfo{}, false
	}
	return table[i], true
}

// refuseProperties reports our properties where they have no meaning: anywhere but at the top of a file.
func refuseProperties(r *report, nested []Value) {
	for _, list := range nested {
		for _, item := range list.Items {
			if name := item.Get("property"); isOurs(name.Text) {
				r.put(RuleProperty, SeverityError, name.Path(), name.Position,
					"%s has no meaning here: it belongs into customProperties at the top of the file", strict.Quote(name.Text))
			}
		}
	}
}

func readMode(s *settings, v Value) error {
	return readWord(&s.mode, v, Source, Transform, Guard, Observe)
}

func readDelivery(s *settings, v Value) error {
	return readWord(&s.delivery, v, ExactlyOnce, AtLeastOnce)
}

func readWord[T ~string](into *T, v Value, words ...T) error {
	if v.Kind != strict.Text {
		return fmt.Errorf("must be text, not %s", v.Kind)
	}
	if !slices.Contains(words, T(v.Text)) {
		return fmt.Errorf("cannot be %s: it is one of %s", strict.Quote(v.Text), strings.Trim(fmt.Sprint(words), "[]"))
	}
	*into = T(v.Text)
	return nil
}

func readInstances(s *settings, v Value) error  { return readCount(&s.instances, v, 10_000) }
func readPartitions(s *settings, v Value) error { return readCount(&s.partitions, v, 100_000) }

func readCount(into *int, v Value, most int) error {
	n, err := v.Int()
	if err != nil {
		return err
	}
	if n < 1 || n > most {
		return fmt.Errorf("must be from 1 to %d", most)
	}
	*into = n
	return nil
}

func readCompacted(s *settings, v Value) error {
	if v.Kind != strict.Bool {
		return fmt.Errorf("must be true or false, not %s", v.Kind)
	}
	s.compacted = v.Text == "true"
	return nil
}

func readVerdict(s *settings, v Value) error {
	if v.Kind != strict.Text || v.Text != "required" && v.Text != "optional" {
		return errors.New("must be required or optional")
	}
	s.verdict = v.Text == "required"
	return nil
}

func readFilters(s *settings, v Value) error {
	if v.Kind != strict.List {
		return fmt.Errorf("must be a list of names, not %s", v.Kind)
	}
	for _, item := range v.Items {
		switch {
		case item.Kind != strict.Text || !isName(item.Text):
			return fmt.Errorf("holds %s: a filter's name is lower-case letters, digits and single dashes", strict.Quote(item.Text))
		case slices.Contains(s.filters, item.Text):
			return fmt.Errorf("names %s twice", item.Text)
		}
		s.filters = append(s.filters, item.Text)
	}
	return nil
}

func readBreaker(s *settings, v Value) error {
	if v.Kind != strict.Map {
		return fmt.Errorf("must be an object of ratio, window and run, not %s", v.Kind)
	}
	var wrong []string
	for _, e := range v.Entries {
		var err error
		switch e.Key {
		case "ratio":
			s.breaker.Ratio, err = readShare(e.Value)
		case "window":
			err = readCount(&s.breaker.Window, e.Value, math.MaxInt32)
		case "run":
			err = readCount(&s.breaker.Run, e.Value, math.MaxInt32)
		default:
			err = fmt.Errorf("is unknown%s", strict.Hint(e.Key, []string{"ratio", "window", "run"}))
		}
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("has %s, which %v", strict.Quote(e.Key), err))
		}
	}
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "; and "))
	}
	return nil
}

// readShare is a number above 0 and at most 1.
func readShare(v Value) (float64, error) {
	f, err := strconv.ParseFloat(v.Text, 64)
	if !v.IsNumber() || err != nil || !(f > 0 && f <= 1) {
		return 0, errors.New("must be a number above 0 and at most 1")
	}
	return f, nil
}

// fieldPath is names of fields with dots between.
var fieldPath = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)

func readKey(s *settings, v Value) error       { return readPath(&s.key, v) }
func readEventTime(s *settings, v Value) error { return readPath(&s.eventTime, v) }

func readPath(into *[]string, v Value) error {
	if v.Kind != strict.Text || !fieldPath.MatchString(v.Text) {
		return fmt.Errorf("cannot be %s: write field names with dots between, such as customer.id", strict.Quote(v.Text))
	}
	*into = strings.Split(v.Text, ".")
	return nil
}

func readLateness(s *settings, v Value) (err error) {
	if v.Kind != strict.Text {
		return fmt.Errorf("must be text, not %s: write it as in P7D or PT15M", v.Kind)
	}
	if s.lateness, err = ParseDuration(v.Text); err == nil && s.lateness <= 0 {
		return errors.New("must be longer than nothing")
	}
	return err
}
