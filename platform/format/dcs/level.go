package dcs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// level is how a service level stands in the specification: the key of its promise, and of the field that it is about.
type level struct{ name, value, element string }

// levels are those of the specification that ODCS has properties for. The others, support and backup, are kept aside.
func levels() []level {
	return []level{
		{"availability", "percentage", ""},
		{"retention", "period", "timestampField"},
		{"latency", "threshold", "sourceTimestampField"},
		{"freshness", "threshold", "timestampField"},
		{"frequency", "interval", ""},
	}
}

// kindOf says how a promise is judged: as a duration or as a share. "" is neither.
func kindOf(property string) string {
	switch property {
	case "freshness", "latency", "frequency", "retention", "timeToDetect", "timeToNotify", "timeToRepair":
		return "duration"
	case "completeness", "availability", "errorRate":
		return "share"
	case "generalAvailability", "endOfSupport", "endOfLife":
		return "instant"
	}
	return ""
}

// levels reads servicelevels, the free block sla, and the retention of the terms.
func (i *importer) levels() {
	block := i.root.takeIf("servicelevels", isMap)
	for _, e := range block.Entries {
		if n := slices.IndexFunc(levels(), func(l level) bool { return l.name == e.Key }); n >= 0 && isMap(e.Value) {
			i.serviceLevel(levels()[n], e.Value)
		} else {
			i.leftLevel.set("servicelevels."+e.Key, e.Value)
		}
	}
	i.freeLevels()
	if v := i.root.Get("terms").Get("retention"); isScalar(v) && i.promised["retention"].Kind == strict.Absent {
		if q, ok := parseQuantity("retention", v.Text); ok { // the text stays with the terms as well
			i.promise("retention", v, q, nil)
		}
	}
}

func (i *importer) serviceLevel(l level, v contract.Value) {
	k := keysOf(v)
	given := k.takeIf(l.value, isScalar)
	extra := built{}
	extra.set("element", i.element(k, l.element))
	if cron := k.takeIf("cron", isText); l.name == "frequency" && cron.Kind != strict.Absent {
		extra.set("scheduler", textOf("cron"))
		extra.set("schedule", cron)
	}
	extra.set("description", asText(k.takeIf("description", isScalar)))
	q, ok := parseQuantity(l.name, given.Text)
	if !ok || !i.promise(l.name, given, q, extra.entries) {
		if given.Kind != strict.Absent && !ok {
			i.at(contract.SeverityWarning, RulePromise, given, "%s %s cannot be judged, and is kept aside: write a number and a unit, such as 25h, PT25H or 99.9%%", l.name, strict.Quote(given.Text))
		}
		k = keysOf(v)
		k.take("odcs") // says more of a promise, and there is none
		i.leftLevel.set("servicelevels."+l.name, contract.Value{Kind: strict.Map, Entries: k.rest()})
		return
	}
	own := keysOf(k.takeIf("odcs", isMap))
	last := built{entries: i.promises[len(i.promises)-1].Entries}
	i.own(&last, own)
	i.promises[len(i.promises)-1] = last.value()
	if rest := k.rest(); len(rest) > 0 {
		i.leftLevel.set("servicelevels."+l.name, contract.Value{Kind: strict.Map, Entries: rest})
	}
}

// element is the field that a promise is about, as ODCS writes it: object.field.
func (i *importer) element(k *keys, key string) contract.Value {
	if key == "" {
		return contract.Value{}
	}
	field := k.takeIf(key, isText)
	if field.Kind == strict.Text && !strings.Contains(field.Text, ".") && len(i.objects) == 1 {
		return textOf(i.objects[0].name + "." + field.Text)
	}
	return field
}

// freeLevels reads sla: names and values as people write them.
func (i *importer) freeLevels() {
	block := keysOf(i.root.takeIf("sla", isMap))
	for _, e := range block.Entries {
		property := propertyName(e.Key)
		given, extra := i.freeLevel(e.Value)
		if isScalar(given) {
			q, ok := parseQuantity(property, given.Text)
			if kindOf(property) == "" && given.Kind != strict.Text {
				q, ok = quantity{given, ""}, true
			}
			if ok && i.promise(property, e.Value, q, extra.entries) {
				isLevel := slices.ContainsFunc(levels(), func(l level) bool { return l.name == property })
				if isLevel && (property != "availability" || q.unit == "percent") { // else Export puts it here anyway
					i.inSLA = append(i.inSLA, textOf(property))
				}
				continue
			}
			if !ok {
				i.at(contract.SeverityWarning, RulePromise, e.Value, "%s %s cannot be judged, and is kept aside: write a number and a unit, such as 2h, 500ms or 99.9%%", e.Key, strict.Quote(given.Text))
			}
		}
		i.leftLevel.set("sla."+e.Key, e.Value)
	}
}

// freeLevel is what one key of sla promises, and what else it says. The value is absent where an object says more than can be
// understood.
func (i *importer) freeLevel(v contract.Value) (given contract.Value, extra built) {
	if !isMap(v) {
		return v, extra
	}
	k := keysOf(v)
	for _, key := range []string{"value", "threshold", "target", "percentage", "period", "max", "interval"} {
		if given = k.takeIf(key, isScalar); given.Kind != strict.Absent {
			break
		}
	}
	extra.set("element", i.element(k, "timestampField"))
	extra.set("description", asText(k.takeIf("description", isScalar)))
	if unit := k.takeIf("unit", isText); given.Kind != strict.Absent && unit.Kind != strict.Absent {
		given.Kind, given.Text = strict.Text, given.Text+" "+unit.Text
	}
	i.own(&extra, keysOf(k.takeIf("odcs", isMap)))
	if len(k.rest()) > 0 {
		return contract.Value{}, extra
	}
	return given, extra
}

// propertyName is ODCS's name of a promise; what it does not know stays as it is.
func propertyName(key string) string {
	switch strings.ToLower(strings.ReplaceAll(key, "_", "")) {
	case "freshness", "datafreshness":
		return "freshness"
	case "latency":
		return "latency"
	case "frequency", "updatefrequency", "refreshfrequency":
		return "frequency"
	case "retention":
		return "retention"
	case "completeness":
		return "completeness"
	case "availability", "uptime":
		return "availability"
	case "errorrate":
		return "errorRate"
	case "timetodetect":
		return "timeToDetect"
	case "timetonotify":
		return "timeToNotify"
	case "timetorepair":
		return "timeToRepair"
	}
	return key
}

// promise adds to slaProperties. It is false where the same is promised already, otherwise.
func (i *importer) promise(property string, at contract.Value, q quantity, extra []strict.Entry) bool {
	p := built{}
	p.set("property", textOf(property))
	p.set("value", q.value)
	p.set("unit", textOf(q.unit))
	for _, e := range extra {
		p.set(e.Key, e.Value)
	}
	if first := i.promised[property]; first.Kind != strict.Absent {
		if equal(first.Get("value"), q.value) && first.Get("unit").Text == q.unit {
			return i.promisedOf(property, p.get("element"))
		}
		i.at(contract.SeverityWarning, RulePromise, at, "%s is promised twice, first as %s: the second is kept aside", property, strict.Quote(strings.TrimSpace(first.Get("value").Text+" "+first.Get("unit").Text)))
		return false
	}
	v := p.value()
	i.promised[property] = v
	i.promises = append(i.promises, v)
	return true
}

// promisedOf gives what is promised the field that it is about. It is false where it is about another one.
func (i *importer) promisedOf(property string, element contract.Value) bool {
	first := i.promised[property]
	there := first.Get("element")
	if there.Kind == strict.Absent && element.Kind != strict.Absent {
		n := slices.IndexFunc(i.promises, func(v contract.Value) bool { return equal(v, first) })
		p := built{entries: slices.Clone(first.Entries)}
		p.set("element", element)
		i.promises[n], i.promised[property] = p.value(), p.value()
	}
	return there.Kind == strict.Absent || element.Kind == strict.Absent || there.Text == element.Text
}

// quantity is a number with its unit, or an ISO 8601 duration, or a date.
type quantity struct {
	value contract.Value
	unit  string
}

var quantityText = regexp.MustCompile(`^(?:<=?|>=?|=|≤|≥)?\s*([0-9]{1,12}(?:\.[0-9]{1,9})?)\s*(%|[A-Za-z]+)?$`)

// unit is a unit of time: the word that is written for it, the words that files use, and about how many hours it has.
type unit struct {
	name, short, words string
	hours              float64
}

func timeUnits() []unit {
	return []unit{
		{"milliseconds", "ms", "ms millis msec millisecond milliseconds", 1.0 / 3_600_000},
		{"seconds", "s", "s sec secs second seconds", 1.0 / 3600},
		{"minutes", "m", "m min mins minute minutes", 1.0 / 60},
		{"hours", "h", "h hr hrs hour hours", 1},
		{"days", "d", "d day days", 24},
		{"weeks", "w", "w wk week weeks", 168},
		{"months", "mo", "mo mon month months", 720},
		{"years", "y", "y yr yrs year years", 8760},
	}
}

// unitOf is the unit that a word names. m is minutes, and months of a retention.
func unitOf(property, word string) (unit, bool) {
	if word = strings.ToLower(word); word == "m" && property == "retention" {
		word = "mo"
	}
	for _, u := range timeUnits() {
		if slices.Contains(strings.Fields(u.words), word) {
			return u, true
		}
	}
	return unit{}, false
}

// maxHours is about as long as a promise may be: 140 years.
const maxHours = 140 * 8760

// often are intervals that have a name.
func often() map[string]string {
	return map[string]string{"hourly": "hours", "daily": "days", "weekly": "weeks", "monthly": "months", "yearly": "years"}
}

// parseQuantity reads what a promise says, such as < 2h, 99.9%, P1Y or daily. What is not judged may be any text.
func parseQuantity(property, s string) (quantity, bool) {
	s = strings.TrimSpace(s)
	m := quantityText.FindStringSubmatch(s)
	switch kindOf(property) {
	case "duration":
		if unit, ok := often()[strings.ToLower(s)]; ok {
			return quantity{intOf(1), unit}, true
		}
		if d, err := contract.ParseDuration(s); err == nil && d > 0 {
			return quantity{textOf(s), ""}, true
		}
		if m == nil || zero(m[1]) {
			return quantity{}, false
		}
		unit, ok := unitOf(property, m[2])
		n, err := strconv.ParseFloat(m[1], 64)
		return quantity{plainNumber(m[1]), unit.name}, ok && err == nil && n*unit.hours < maxHours
	case "share":
		if m == nil || zero(m[1]) {
			return quantity{}, false
		}
		n, err := strconv.ParseFloat(m[1], 64)
		switch unit := strings.ToLower(m[2]); {
		case err != nil || n > 100 || !slices.Contains([]string{"", "%", "percent"}, unit):
			return quantity{}, false
		case unit == "" && n <= 1:
			return quantity{plainNumber(m[1]), ""}, true
		}
		return quantity{plainNumber(m[1]), "percent"}, true
	case "instant":
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if _, err := time.Parse(layout, s); err == nil {
				return quantity{textOf(s), ""}, true
			}
		}
		return quantity{}, false
	}
	if m != nil {
		if unit, ok := unitOf(property, m[2]); ok {
			return quantity{plainNumber(m[1]), unit.name}, true
		}
		return quantity{plainNumber(m[1]), strings.Replace(m[2], "%", "percent", 1)}, true
	}
	return quantity{textOf(s), ""}, s != ""
}

// plainNumber is a number as YAML and JSON write it: 7 of 007.
func plainNumber(s string) contract.Value {
	whole, fraction, isDecimal := strings.Cut(s, ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if isDecimal {
		whole += "." + fraction
	}
	return numberOf(whole)
}

func zero(s string) bool { return strings.Trim(s, "0.") == "" }
