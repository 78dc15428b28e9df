package explain

import "github.com/tidemark-mesh/tidemark/platform/provision"

// also gives entries further names under which they are found.
func also(entries []Entry, names func(name string) []string) []Entry {
	for i := range entries {
		entries[i].Also = append(entries[i].Also, names(entries[i].Name)...)
	}
	return entries
}

// ruleKinds are the words that quality[].type and quality[].engine may have.
func ruleKinds() []Entry {
	return section(RuleKind, [][5]string{
		{"library", "", "A metric that the standard defines, held against a bound: quality[].metric. It is what a rule is that says no type.",
			"Judged: on every record where the bound is 0, else over windows.", "quality: [{type: library, metric: nullValues, mustBe: 0}]"},
		{"text", "", "A rule in words.", "For people; listed as not-enforced.", "quality: [{type: text, description: Orders look plausible.}]"},
		{"sql", "", "A query whose result is held against a bound: quality[].query.", "Not enforced here, since a query needs a table and this is a stream: listed as not-enforced. Say it as a metric, or with the engine cel.",
			"quality: [{type: sql, query: SELECT COUNT(*) FROM orders WHERE total < 0, mustBe: 0}]"},
		{"custom", "", "A rule in the language of an engine: quality[].engine and quality[].implementation.",
			"Enforced where the engine is cel; any other is listed as not-enforced.", "quality: [{type: custom, engine: cel, implementation: total >= 0}]"},
		{"cel", "", "The Common Expression Language: an expression over one record that is true of every good one.",
			"check compiles it against the schema. A record of which it is not true, or cannot be evaluated, is refused with rule.broken, or counted where its severity warns. Decimals are doubles in it.",
			"quality: [{type: custom, engine: cel, implementation: shippedAt == null || shippedAt >= placedAt}]"},
	})
}

// units are the words that quality[].unit and slaProperties[].unit may have, each with its spellings.
func units() []Entry {
	type unit struct {
		name, meaning string
		also          []string
		example       string
	}
	var entries []Entry
	for _, u := range []unit{
		{"ms", "Milliseconds.", []string{"millisecond", "milliseconds"}, "{property: latency, value: 500, unit: ms}"},
		{"s", "Seconds.", []string{"sec", "secs", "second", "seconds"}, "{property: latency, value: 30, unit: s}"},
		{"min", "Minutes.", []string{"mins", "minute", "minutes"}, "{property: freshness, value: 5, unit: min}"},
		{"h", "Hours.", []string{"hr", "hrs", "hour", "hours"}, "{property: timeToRepair, value: 4, unit: h}"},
		{"d", "Days of 24 hours.", []string{"day", "days"}, "{property: retention, value: 30, unit: d}"},
		{"w", "Weeks.", []string{"wk", "week", "weeks"}, "{property: retention, value: 6, unit: w}"},
		{"mo", "Months of 30 days.", []string{"month", "months"}, "{property: retention, value: 3, unit: months}"},
		{"y", "Years of 365 days.", []string{"yr", "yrs", "year", "years"}, "{property: retention, value: 1, unit: y}"},
	} {
		entries = append(entries, Entry{Name: u.name, Kind: Unit, Type: "of time", Meaning: u.meaning, Also: u.also,
			Does: "Read at every promise that is a duration, in any case.", Example: "slaProperties: [" + u.example + "]"})
	}
	return append(entries,
		Entry{Name: "m", Kind: Unit, Type: "of time", Meaning: "Minutes, or months of a retention.",
			Does: "Read, with a warning (odcs.sla), since others may read it otherwise: write it out.", Example: "slaProperties: [{property: freshness, value: 5, unit: m}]"},
		Entry{Name: "percent", Kind: Unit, Type: "of a share, or of a quality metric", Also: []string{"%", "percentage", "pct"}, Meaning: "Hundredths: of the whole, or of the records in the window.",
			Does: "At a promise %, percentage and pct are the same; at a quality rule it is percent.", Example: "quality: [{metric: nullValues, mustBeLessThan: 5, unit: percent}]"},
		Entry{Name: "ratio", Kind: Unit, Type: "of a share", Meaning: "A number from 0 to 1; the same as no unit.",
			Does: "0.99 is what 99 percent is; a number above 1 is an error.", Example: "slaProperties: [{property: completeness, value: 0.99, unit: ratio}]"},
		Entry{Name: "rows", Kind: Unit, Type: "of a quality metric", Meaning: "Records; the same as no unit.",
			Does: "The bound is a number of records in the window.", Example: "quality: [{metric: nullValues, mustBeLessThan: 5, unit: rows}]"},
	)
}

// levelDoes is what comes of a compatibility level.
const levelDoes = "tidemark apply gives the subject the level, and the registry then refuses a schema that is not; where nobody applied, the " +
	"registry's own level holds. plan says before what would be refused."

// values are the words that fields and properties may have where they stand for a choice.
func values() []Entry {
	const (
		mode   = "value of tidemark.mode"
		tier   = "value of tidemark.slaTier"
		level  = "value of tidemark.compatibility"
		class  = "value of properties[].classification"
		worked = "how records of an input port are worked on"
		masked = "Masked wherever a person looks: pages, tail, dead letters."
		open   = "Shown as it is."
	)
	tierRow := func(name, meaning string) [5]string {
		return [5]string{name, tier, meaning, "docs/provisioning.md has the table of what each tier gets; partitions and replicas can be said apart.", "customProperties: [{property: tidemark.slaTier, value: " + name + "}]"}
	}
	workRow := func(name, meaning, example string) [5]string {
		return [5]string{name, worked, meaning, "Shown by describe data-product as the work on each input port, and exported as a metric (tier).", example}
	}
	levelRow := func(name, meaning string) [5]string {
		return [5]string{name, level, meaning, levelDoes, "customProperties: [{property: tidemark.compatibility, value: " + name + "}]"}
	}
	return section(ValueOf, [][5]string{
		{"source", mode, "A service publishes its own events.", "No input ports; code or a library call publishes.", "customProperties: [{property: tidemark.mode, value: source}]"},
		{"transform", mode, "Pure functions make output ports from input ports.", "Needs code in the data product's domain.", "customProperties: [{property: tidemark.mode, value: transform}]"},
		{"guard", mode, "What keeps the contract is copied from one topic to another.", "Needs no code; records keep their bytes and partitions.", "customProperties: [{property: tidemark.mode, value: guard}]"},
		{"observe", mode, "Topics are checked in place, and nothing is copied.", "Needs no code; what breaks a contract is counted as violating.", "customProperties: [{property: tidemark.mode, value: observe}]"},
		{"exactly-once", "value of tidemark.delivery", "Output, dead letters and offsets are written in one transaction.", "A crash repeats nothing for readers of committed records.", "customProperties: [{property: tidemark.delivery, value: exactly-once}]"},
		{"at-least-once", "value of tidemark.delivery", "A crash may repeat records.", "Readers drop what they have seen, by the record key.", "customProperties: [{property: tidemark.delivery, value: at-least-once}]"},
		tierRow("standard", "The lowest tier, and what a contract has that says none."),
		tierRow("premium", "The tier in the middle."),
		tierRow("critical", "The highest tier: a breach pages somebody after a minute."),
		levelRow("NONE", "A new schema may be anything."),
		levelRow("BACKWARD", "A new schema reads what the last one wrote."),
		levelRow("BACKWARD_TRANSITIVE", "A new schema reads what every earlier one wrote."),
		levelRow("FORWARD", "The last schema reads what a new one writes."),
		levelRow("FORWARD_TRANSITIVE", "Every earlier schema reads what a new one writes."),
		levelRow("FULL", "BACKWARD and FORWARD."),
		levelRow("FULL_TRANSITIVE", "BACKWARD_TRANSITIVE and FORWARD_TRANSITIVE; what a contract has that says none."),
		{"public", class, "Anybody may see it.", open, "classification: public"},
		{"internal", class, "Anybody in the company may see it.", open, "classification: internal"},
		{"confidential", class, "Only those who need it may see it.", masked, "classification: confidential"},
		{"restricted", class, "Only those who are named may see it.", masked, "classification: restricted"},
		{"pii", class, "It tells who a person is.", masked, "classification: pii"},
		{"sensitive", class, "It could harm somebody.", masked, "classification: sensitive"},
		{"secret", class, "It gives access to something.", masked, "classification: secret"},
		workRow("checked", "The record's bytes are checked against the contract, and nothing is written.", "an observer"),
		workRow("forwarded", "The record's bytes are checked and published as they are; at most the schema id before them changes.", "a guard"),
		workRow("projected", "The bytes of some fields are copied into a new record, which is checked too; no function is called.", "a transform by dataproduct.Project"),
		workRow("spliced", "A function reads the fields that it asks for and sets some; the others are copied as bytes into a new record.", "a transform by dataproduct.Splice"),
		workRow("decoded", "The whole record is decoded for a function, and what that emits is encoded and checked. It costs the most.", "a transform by dataproduct.On"),
	})
}

// provisionRules are the rules of plan and drift. What each means is package provision's to say.
func provisionRules() []Entry {
	entries := section(Finding, [][5]string{
		{provision.RuleMissing, "", "", "Error of drift. apply makes it.", "a topic that somebody deleted"},
		{provision.RuleDiffers, "", "", "Error of drift. apply mends what can be mended, and plan says what cannot.", "retention.ms is 86400000, the contract says 2592000000"},
		{provision.RuleExtra, "", "", "Warning of drift; error where it is a right that nobody should have. apply --prune lets it go.", "the ACL of a data product that was removed"},
		{provision.RuleWriter, "", "", "A remark of plan, and a warning of drift: it is not Tidemark's to take away.", "User:etl may write orders.order-lines.lines.v1"},
		{provision.RuleWide, "", "", "A remark of plan, and a warning of drift: it is not Tidemark's to take away.", "User:orders.order-lines may read every topic"},
		{provision.RuleDenied, "", "", "A remark of plan, and an error of drift: remove the ACL, or the data product cannot run.", "a DENY of READ on its input topic"},
		{provision.RuleInput, "", "", "A remark of plan, and an error of drift: whoever writes it has to create it first.", "a guard of a topic that another team makes"},
		{provision.RuleGuard, "", "", "A remark of plan, and an error of drift: say tidemark.partitions.", "4 partitions in, 3 out"},
		{provision.RulePrune, "", "", "A remark of plan: look at the name. After an apply that deleted it there is nothing to do.", "--prune orders.old-linse"},
		{provision.RuleNoAccess, "", "", "A remark of plan, and a note of drift: ACLs, users and quotas are left out.", "a broker without authorizer.class.name"},
	})
	for i := range entries {
		entries[i].Meaning = provision.Meaning(entries[i].Name)
	}
	return entries
}
