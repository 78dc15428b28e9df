package explain

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/diff"
)

// properties are the tidemark. properties. What each means is package contract's to say; here is what comes of it.
func properties() []Entry {
	does := map[string][2]string{
		"tidemark.mode":             {"It decides which ports the data product has, and whether it needs code.", "{property: tidemark.mode, value: guard}"},
		"tidemark.instances":        {"With fewer alive the data product is degraded.", "{property: tidemark.instances, value: 3}"},
		"tidemark.filters":          {"A transform that drops by another name is rejected.", "{property: tidemark.filters, value: [test-order]}"},
		"tidemark.delivery":         {"exactly-once writes output, dead letters and offsets in one transaction. diff: at-least-once instead is a break.", "{property: tidemark.delivery, value: at-least-once}"},
		"tidemark.breaker":          {"The data product trips, and a person or a policy resumes it.", "{property: tidemark.breaker, value: {ratio: 0.5, window: 200, run: 50}}"},
		"tidemark.key":              {"A record whose key is not the field is refused (key.mismatch, key.missing). diff: another key is a break.", "{property: tidemark.key, value: customer.id}"},
		"tidemark.eventTime":        {"Freshness and lateness go by it.", "{property: tidemark.eventTime, value: placedAt}"},
		"tidemark.lateness":         {"A record that is later is refused (event-time.late).", "{property: tidemark.lateness, value: P7D}"},
		"tidemark.partitions":       {"The topic is made with them; a guard's input and output have equally many. diff: more are risky, fewer a break, since Kafka takes none away.", "{property: tidemark.partitions, value: 6}"},
		"tidemark.slaTier":          {"docs/provisioning.md has the table. diff: a lower tier is risky, and partitions that come with it are compared too.", "{property: tidemark.slaTier, value: premium}"},
		"tidemark.replicas":         {"The topic is made with them. A topic that is there keeps its own, and plan says so. diff: fewer are risky.", "{property: tidemark.replicas, value: 3}"},
		"tidemark.compatibility":    {levelDoes + " diff: another level is risky, since less or more is demanded from then on.", "{property: tidemark.compatibility, value: BACKWARD_TRANSITIVE}"},
		"tidemark.uniquenessWindow": {"unique and primaryKey look back so far in the input partition (unique.duplicate).", "{property: tidemark.uniquenessWindow, value: P7D}"},
		"tidemark.qualityWindow":    {"Rules over many records are judged when a window closes.", "{property: tidemark.qualityWindow, value: PT1H}"},
		"tidemark.verdict":          {"A data product whose contract requires it waits for the policies' verdict before it starts.", "{property: tidemark.verdict, value: required}"},
		"tidemark.compacted":        {"Null values are forwarded as tombstones; elsewhere they are refused (tombstone.unexpected).", "{property: tidemark.compacted, value: true}"},
	}
	var entries []Entry
	for _, p := range contract.Properties() {
		e := Entry{Name: p.Name, Kind: Property, Type: p.Type, Meaning: p.Meaning, Does: does[p.Name][0], Example: "customProperties: [" + does[p.Name][1] + "]"}
		e.Does = strings.TrimSpace("In " + p.In + " files, among the customProperties at the top. Default: " + orNone(p.Default) + ". " + e.Does)
		entries = append(entries, e)
	}
	return entries
}

func orNone(text string) string {
	if text == "" {
		return "none, it must be said"
	}
	return text
}

// findingRules are the rules of what a check finds.
func findingRules() []Entry {
	const refuses, warns, notes = "Error: check fails, and nothing runs from the file.", "Warning: it can be used, and somebody should look.", "Note: nothing is wrong."
	return section(Finding, [][5]string{
		{"yaml.syntax", "", "The file is not YAML, or is empty.", refuses, "a: [1"},
		{"yaml.limit", "", "The file is larger, deeper or more repetitive than any honest one.", refuses, "2,000 levels of [[[["},
		{"yaml.documents", "", "A second document, which other readers would overlook.", refuses, "---"},
		{"yaml.tag", "", "A tag, a merge key or an alias that other readers treat differently.", refuses, "value: !!binary aGk="},
		{"key.duplicate", "", "A key is given twice.", refuses, "id twice in one object"},
		{"key.case", "", "Two keys differ only in case.", refuses, "required and Required"},
		{"key.unknown", "", "The standard has no such key.", refuses, "topic: at a server"},
		{"key.missing", "", "A key that must be there is not.", refuses, "no id"},
		{"key.version", "", "A key of a newer version of the standard.", refuses, "enum in a file of v3.1.0"},
		{"value.type", "", "A value of the wrong kind.", refuses, "required: yes, please"},
		{"value.forbidden", "", "A value that is not one of those allowed.", refuses, "logicalType: text"},
		{"file.version", "", "An apiVersion that is not supported.", refuses, "apiVersion: v2.2.2"},
		{"file.kind", "", "A kind that does not fit the file's name.", refuses, "kind: DataProduct in orders.v1.odcs.yaml"},
		{"file.status", "", "A status that the standards do not list.", "Warning where one of those was meant; else note, since the standards allow any.", "status: actve"},
		{"odcs.server", "", "A key that a server of its type does not have, or lacks one.", refuses, "type: kafka without host"},
		{"odcs.options", "", "A logicalTypeOption that the logicalType does not have, or that no value can hold, alone or with another.", refuses, "minLength: 5 and maxLength: 2"},
		{"odcs.type", "", "A property whose type and parts do not fit.", refuses, "items of a string"},
		{"odcs.quality", "", "A quality rule that cannot be judged as it is written, or never holds.", "Error: check fails, and nothing runs from the file. Warning for a severity that is not known, and for a rule that always holds.", "mustBe and mustBeLessThan in one rule"},
		{"odcs.sla", "", "A promise that cannot be read, or can be read in two ways.", "Error where it cannot be read; warning where it is ambiguous.", "unit: m"},
		{"odcs.duplicate", "", "Two properties, or two objects, of one name.", refuses, "name: orderId twice"},
		{"odcs.classification", "", "A classification that is not known, and therefore masked.", warns, "classification: pi"},
		{"odcs.example", "", "An example that no record may have.", warns, "examples: [-1] with minimum: 0"},
		{"tidemark.property", "", "A tidemark. property that does not exist, is misplaced or cannot be read.", refuses, "property: tidemark.keys"},
		{"tree.file", "", "A file that is misnamed, misplaced or cannot be read.", refuses, "orders.odcs.yml"},
		{"tree.name", "", "A domain, data product, port, topic or id that breaks the naming convention.", refuses, "physicalName: Orders_v1"},
		{"tree.version", "", "Versions whose major numbers do not agree.", refuses, "port version 2.0.0, contract version 1.4.0"},
		{"tree.unique", "", "Two things with one id.", refuses, "two contracts with one id"},
		{"tree.claim", "", "A port's contract that two data products claim, or none.", "Error for two; warning for none.", "a contract that no port names"},
		{"tree.unresolved", "", "A contract that is not there.", refuses, "contractId: of no file"},
		{"tree.mode", "", "Ports or settings that the mode does not allow.", refuses, "a guard with two inputs"},
		{"tree.schema", "", "A schema file that is missing or is not Avro.", "Error; warning for a schema without a contract.", "no orders.v1.avsc"},
		{"tree.agree", "", "Contract and schema do not agree.", "Error where they contradict each other; warning where one says less.", "logicalType: integer of an Avro string"},
		{"tree.field", "", "A key or event time that is not there or does not fit.", refuses, "tidemark.key: a field that may be null"},
		{"tree.sample", "", "A sample that cannot be used.", refuses, "samples/good/orders.json"},
		{"tree.owner", "", "Nobody answers for it.", warns, "no team"},
		{"not-enforced", "", "What a contract promises and nothing checks on a stream.", notes, "a quality rule of type sql"},
		{"sample.record", "", "A sample that is no record of the schema.", refuses, "a text where a number is due"},
		{"sample.refused", "", "A good sample that the contract refuses.", refuses, "samples/good with a negative quantity"},
		{"sample.accepted", "", "A bad sample that the contract accepts.", refuses, "samples/bad that breaks no rule"},
		{"sample.reason", "", "A bad sample that is refused for another reason than it says, or names a reason that does not exist.", refuses, "reason: rule.broken of a record without a required field"},
		{"version.bump", "", "With --against: a version that rose too little for what changed.", warns, "a new field, and the version stayed"},
		{"version.unread", "", "With --against: what a document was before cannot be read, so that no change of it was judged.", warns, "main holds a file that is not YAML"},
		{"version.backwards", "", "With --against: a version that fell.", refuses, "1.4.0 after 1.5.0"},
	})
}

// changeRules are the rules of what diff finds; package diff has their table.
func changeRules() []Entry {
	var entries []Entry
	for _, r := range diff.Rules() {
		does := strings.ToUpper(string(r.Class)[:1]) + string(r.Class)[1:]
		var who []string
		for _, p := range r.Breaks {
			who = append(who, string(p)+"s")
		}
		if len(who) > 0 {
			does += " for " + strings.Join(who, " and ")
		}
		does += ", since " + r.Why + "."
		if r.Needs != diff.None {
			does += " Needs a " + r.Needs.String() + " version."
		}
		if r.Notice {
			does += " No version declares it: only a deprecation that has ended allows it."
		}
		entries = append(entries, Entry{Name: r.ID, Kind: Change, Meaning: r.Meaning, Does: does, Steps: r.Steps, Example: r.Example()})
	}
	return entries
}

// reasonCodes are why a record is refused.
func reasonCodes() []Entry {
	const letter = "The record goes to the dead letters with this reason, byte for byte."
	return section(Reason, [][5]string{
		{"frame.bad", "", "The value is not in the Confluent wire format: magic byte 0, then a schema id of four bytes.", letter, "JSON, sent by a producer without a schema registry"},
		{"schema.unknown", "", "The registry does not know the schema id, after a grace.", letter, "a record copied from another cluster"},
		{"schema.incompatible", "", "The writer's schema cannot be read as the contract's.", letter, "a producer with a field of another type"},
		{"avro.truncated", "", "The payload ends inside a value, or before what a length or count promises.", letter, "a record cut by a broken proxy"},
		{"avro.length", "", "A length or count is negative, beyond the limits, or contradicts its block; or the work of its rules or what the reader's defaults add is beyond them.", letter, "a string of -5 bytes"},
		{"avro.malformed", "", "A value that its type does not have: bytes that are no UTF-8, a branch or symbol that does not exist, nesting that is too deep.", letter, "a boolean of 7"},
		{"avro.trailing", "", "Bytes follow the value.", letter, "two records in one value"},
		{"field.required", "", "A field that the contract requires is null.", letter, "an order without its customer"},
		{"rule.broken", "", "A rule of the contract with severity error does not hold; the dead letter names the rule.", letter, "quantity 0, rule lines[].quantity.minimum"},
		{"event-time.impossible", "", "The event time is before 1970, or after the record was published.", letter, "seconds where milliseconds are due"},
		{"event-time.late", "", "The event time is older than the contract's lateness allows.", letter, "an order of last year, with tidemark.lateness P7D"},
		{"key.missing", "", "The record has no key where the contract names one.", letter, "a producer that sets no key"},
		{"key.mismatch", "", "The key is not the field that the contract names, or not UTF-8.", letter, "key A-2, orderId A-1"},
		{"record.too-large", "", "The record that would be published is larger than topics take.", letter, "an output of two megabytes"},
		{"unique.duplicate", "", "An earlier record of the partition has the same values in fields that the contract says are unique.", letter, "two records with one orderId, with unique: true"},
		{"tombstone.unexpected", "", "A null value on a port that is not compacted.", letter, "a delete on a topic of events"},
		{"transform.<why>", "", "A transform refused the record; the rest of the code is its own word.", letter, "transform.no-lines"},
		{"output.<reason>", "", "What the transform made of the record breaks the output port's contract; the rest says how.", "The input goes to the dead letters, and nothing of its output is emitted.", "output.rule.broken"},
	})
}
