package diff

// Rule is one way in which a change concerns others. Its text is for people: Meaning says what happened, Why what it
// does to whom it concerns; it ends the reason of every change.
type Rule struct {
	ID      string
	Class   Class
	Breaks  []Party
	Needs   Bump
	Meaning string
	Why     string
	Steps   []string // to take instead, in this order
	// Notice: it takes a deprecation that has ended; a higher version alone does not declare it.
	Notice bool
}

// Example is a change that the rule is about: the lines that go (-) and come (+), below a comment. It is what the case of
// the rule's name in testdata/rules changes.
func (r Rule) Example() string { return examples()[r.ID] }

// Rules is the table of every rule.
func Rules() []Rule {
	var (
		producers = []Party{Producer}
		consumers = []Party{Consumer}
		both      = []Party{Producer, Consumer}
	)
	return []Rule{
		// what exists
		{"contract.added", Safe, nil, None, "A contract is new.", "nobody relies on it yet", nil, false},
		{"contract.removed", Breaking, consumers, Major, "A contract is gone, or retired, before its deprecation has ended.", "who reads the topic loses it without notice", retire("the contract"), true},
		{"contract.retired", Safe, nil, None, "A contract is gone, or retired, after its deprecation has ended.", "its readers had notice", nil, false},
		{"contract.id", Breaking, consumers, Major, "The contract of a topic, a file or an output port has another id.", "who names the contract by its id no longer finds it", []string{"keep the id", "or write a new contract, of the next major version, on a topic of its own, and let this one stand beside it"}, false},
		{"contract.topic", Breaking, both, Major, "The topic has another name.", "readers and writers of the old topic are left with it", nextMajor(), false},
		{"product.added", Safe, nil, None, "A data product is new.", "nobody relies on it yet", nil, false},
		{"product.id", Breaking, consumers, Major, "A data product has another id.", "its consumer group and its dead letters are named by it, so that it starts anew under the new one, and who names the old one finds nothing", []string{"keep the id, and change the name, which is for people", "or let a new data product stand beside this one, and deprecate this one"}, false},
		{"product.removed", Breaking, consumers, Major, "A data product is gone, or retired, before its deprecation has ended.", "who reads its ports loses them without notice", []string{"deprecate the data product first: status: deprecated", "remove it when the notice is over (90 days)"}, true},
		{"product.retired", Safe, nil, None, "A data product is gone, or retired, after its deprecation has ended.", "its readers had notice", nil, false},
		{"port.added", Safe, nil, Minor, "A data product has a new output port.", "nobody relies on it yet", nil, false},
		{"port.removed", Breaking, consumers, Major, "An output port is gone before its deprecation has ended.", "who reads it loses it without notice", retire("the port's contract"), true},
		{"port.retired", Safe, nil, Minor, "An output port is gone after its deprecation has ended.", "its readers had notice", nil, false},
		{"port.contract", Breaking, consumers, Major, "An output port has another contract.", "who reads the port gets something else", nextMajor(), false},
		{"input.added", Safe, nil, Minor, "A data product reads another input port.", "what it publishes keeps its contract", nil, false},
		{"input.removed", Safe, nil, Minor, "A data product reads an input port no longer.", "what it publishes keeps its contract", nil, false},

		// how records travel
		{"contract.key", Breaking, both, Major, "Another field is the record key.", "records move to other partitions, and order, compaction and joins by key change", nextMajor(), false},
		{"contract.event-time", Risky, consumers, Minor, "Another field is the event time.", "freshness, lateness and consumers' windows go by it", []string{"tell the consumers before it is out"}, false},
		{"contract.compacted", Breaking, consumers, Major, "The topic becomes compacted, or is no longer.", "how long a record stays, and what a null value means, changes for every reader", nextMajor(), false},
		{"contract.partitions", Risky, consumers, Minor, "The topic has another number of partitions.", "keys move to other partitions, so that their order breaks once", []string{"stop the producers, drain the consumers, then change it"}, false},
		{"contract.partitions-fewer", Breaking, both, Major, "The topic has fewer partitions.", "Kafka takes none away, so that the topic would have to be made anew, without its records", nextMajor(), false},
		{"contract.replicas-lowered", Risky, consumers, Minor, "Each partition has fewer copies.", "fewer brokers may fail before records are lost or the topic cannot be written", []string{"see that as many brokers as before may fail"}, false},
		{"contract.replicas-raised", Safe, nil, Patch, "Each partition has more copies.", "more brokers may fail", nil, false},
		{"contract.tier-lowered", Risky, consumers, Minor, "The port is of a lower tier.", "quotas become smaller, and its owners hear of a breach later", []string{"tell the consumers before it is out"}, false},
		{"contract.tier-raised", Safe, nil, Minor, "The port is of a higher tier.", "quotas become larger, and its owners hear of a breach sooner", nil, false},
		{"contract.compatibility-lowered", Risky, consumers, Minor, "Less is demanded of the topic's later schemas.", "a later version may have a schema that readers of today, or of older records, cannot use", []string{"say first how consumers learn of a new schema"}, false},
		{"contract.compatibility-raised", Risky, producers, Minor, "More is demanded of the topic's later schemas.", "a change of the schema that was allowed is refused by the registry", nil, false},
		{"contract.breaker", Safe, nil, Patch, "The circuit breaker is set otherwise.", "it concerns only who runs it", nil, false},
		{"contract.verdict", Risky, producers, Minor, "Whether a data product may start without the policies' verdict is said otherwise.", "it starts where it did not, or does not start where it did", nil, false},
		{"delivery.loosened", Breaking, consumers, Major, "Exactly-once becomes at-least-once.", "consumers get records twice that they do not expect", []string{"tell consumers to drop what they have seen, by the record key", "then change it in a new major version"}, false},
		{"delivery.tightened", Safe, nil, Minor, "At-least-once becomes exactly-once.", "consumers get what they have, without repetition", nil, false},
		{"server.added", Safe, nil, Minor, "The data is on one more server.", "who reads elsewhere is not concerned", nil, false},
		{"server.removed", Breaking, consumers, Major, "The data is on a server no longer.", "who reads there loses it", []string{"let both servers stand while consumers move"}, false},
		{"server.changed", Risky, both, Minor, "A server has another address or format.", "clients that have it in their settings must follow", []string{"tell clients before it is out"}, false},

		// fields
		{"field.added", Safe, nil, Minor, "A field is new, and a reader can do without it.", "old records and old readers do without it", nil, false},
		{"field.added-required", Breaking, both, Major, "A field is new, and older records cannot be read without it.", "producers must send it at once, and records from before cannot be read", []string{"add it as optional, with the default null", "make it required in the next major version, once every producer sends it"}, false},
		{"field.removed", Breaking, consumers, Major, "A field is gone before its deprecation has ended.", "consumers that use it fail or read nothing", []string{"deprecate it first: deprecated: true (ODCS 3.2.0) or the tag deprecated", "remove it when the notice is over (endOfSupport with the field as its element, else 90 days)", "or leave it out of a new contract, of the next major version, on a topic of its own"}, true},
		{"field.retired", Risky, consumers, Minor, "A field is gone after its deprecation has ended.", "who still uses it had notice", nil, false},
		{"field.renamed", Breaking, consumers, Major, "A field has another name, and its old name as an alias.", "readers with the old schema look for the old name", rename(), true},
		{"field.type", Breaking, both, Major, "A field has another type.", "records of the one type cannot be used as the other", nextMajor(), false},
		{"field.type-widened", Breaking, consumers, Major, "A field has a wider type, which reads the old one.", "producers may stay, but readers with the old schema cannot read new records", nextMajor(), false},
		{"field.required", Breaking, producers, Major, "An optional field becomes required.", "records of producers that leave it out are refused", []string{"see in the quality metrics that no producer leaves it out", "then require it in the next major version"}, false},
		{"field.required-in-schema", Breaking, both, Major, "A field that the schema lets be null is never null by the new one.", "records of producers that leave it out are refused, and readers with the new schema fail at older records in which it is null", []string{"require it in the contract first, and leave the schema as it is", "then write a new contract, of the next major version, on a topic of its own"}, false},
		{"field.optional", Risky, consumers, Minor, "A required field becomes optional.", "the new schema reads old records, but a consumer that still reads with the old schema, or relies on a value, fails at the first null", []string{"let every consumer take the new schema first", "then let producers leave it out"}, false},
		{"field.default", Risky, consumers, Minor, "The schema has another default for a field.", "records from before the field are read with another value", nil, false},
		{"field.default-added", Safe, nil, Minor, "The schema has a default for a field that had none.", "the new schema reads records from before the field too", nil, false},
		{"field.default-removed", Risky, consumers, Minor, "The schema has no default for a field any more.", "records from before the field cannot be read with the new schema", []string{"keep the default while the topic holds records from before the field"}, false},
		{"field.primary-key", Breaking, consumers, Major, "The primary key is made of other fields.", "consumers that merge or join by it get other rows", nextMajor(), false},
		{"field.derivation", Risky, consumers, Minor, "A field is made in another way.", "the same name may mean something else", []string{"say in the description what changed and from when"}, false},
		{"field.deprecated", Risky, consumers, Minor, "A field is deprecated.", "who uses it should move before it goes", []string{"name its successor in the description", "say when it goes: endOfSupport with the field as its element"}, false},
		{"field.restored", Safe, nil, Patch, "A field is deprecated no longer.", "it stays", nil, false},
		{"field.doc", Safe, nil, Patch, "A field is described otherwise.", "it concerns people only", nil, false},
		{"enum.added", Breaking, consumers, Major, "A field may have values that it could not have.", "consumers that know the old values only meet one that they do not", []string{"give the enum a default in the schema, and let consumers take that schema first", "then add the value"}, false},
		{"enum.added-with-default", Risky, consumers, Minor, "An enum has new symbols, and readers with the old schema have a default for them.", "readers with the old schema see its default instead", nil, false},
		{"enum.default", Risky, consumers, Minor, "An enum's default is another, or gone.", "readers see another value, or fail, where a record has a symbol that they do not know", []string{"keep a default: it lets symbols be added later"}, false},
		{"enum.default-added", Safe, nil, Minor, "An enum has a default that had none.", "readers see it where a record has a symbol that they do not know", nil, false},
		{"enum.removed", Breaking, producers, Major, "A field may have some values no longer.", "records of producers that still send them are refused", []string{"see that no producer sends them", "then remove them in the next major version"}, false},
		{"enum.symbol-removed", Breaking, both, Major, "Symbols of an enum are gone from the schema.", "records of producers that still send them are refused, and readers with the new schema fail at older records that have them", []string{"leave them in the schema, and forbid them in the contract (enum, or invalidValues with validValues), in the next major version", "take them out of the schema of a new contract, on a topic of its own"}, false},
		{"enum.symbol-removed-with-default", Breaking, both, Major, "Symbols of an enum are gone from the schema, which has a default for them.", "producers cannot send them by the new schema, and readers with it see the default where older records have them", []string{"see that no producer sends them, and that consumers can take the default instead", "then remove them in the next major version"}, false},
		{"avro.name", Breaking, both, Major, "A record, enum or fixed has another name in the Avro schema.", "schemas are matched by it, so that readers with the one schema cannot read records of the other without an alias, and generated types are called otherwise", []string{"keep the name: nothing in the data has it", "or change it in a new contract, of the next major version, on a topic of its own"}, false},
		{"avro.alias-removed", Risky, consumers, Minor, "A name in the Avro schema has an alias no longer.", "records from before it was renamed are read without it, or not at all", []string{"keep the alias while the topic holds such records"}, false},
		{"avro.doc", Safe, nil, Patch, "The Avro schema is written otherwise: documentation, aliases, order, or properties of its own.", "records are read as before", nil, false},
		{"avro.namespace", Risky, both, Minor, "Records, enums or fixed of the Avro schema have another namespace, and the same name in it.", "Avro matches them by the last part of the name, so that records stay readable, but generated types, specific readers and the subjects of RecordNameStrategy go by the whole one", []string{"keep the namespace", "or see first that nobody goes by the whole name, since they would have to move at once"}, false},
		{"avro.backward", Breaking, consumers, Major, "The new Avro schema cannot read records of the old one.", "the topic's older records cannot be read any more", nextMajor(), false},
		{"avro.forward", Breaking, consumers, Major, "The old Avro schema cannot read records of the new one.", "consumers that still have the old schema fail", nextMajor(), false},

		// what records must hold
		{"rule.tightened", Breaking, producers, Major, "A record must hold more than before.", "records that were accepted are refused", []string{"add it with severity warning first, and see what it would refuse", "then make it an error in the next major version"}, false},
		{"rule.loosened", Breaking, consumers, Major, "A record must hold less than before.", "consumers meet values that were promised not to come", []string{"ask the consumers whether they can take such values", "then loosen it in the next major version"}, false},
		{"rule.changed", Breaking, both, Major, "A record must hold something else.", "some records that were accepted are refused, and others come that could not", nextMajor(), false},
		{"rule.warning", Risky, both, Minor, "A rule that only warns is another.", "other records are counted as doubtful", nil, false},
		{"quality.tightened", Risky, producers, Minor, "A promise about many records is stronger, or new.", "the producer has more to keep", nil, false},
		{"quality.loosened", Breaking, consumers, Major, "A promise about many records is weaker, or gone.", "consumers relied on it", []string{"ask the consumers", "then loosen it in the next major version"}, false},
		{"quality.changed", Risky, both, Minor, "A promise about many records is another.", "which of the two is stronger cannot be told", nil, false},

		// promises about the port
		{"sla.tightened", Risky, producers, Minor, "A promise of the SLA is stronger, or new.", "the producer has more to keep", nil, false},
		{"sla.loosened", Breaking, consumers, Major, "A promise of the SLA is weaker, or gone.", "consumers relied on it", []string{"ask the consumers", "then loosen it in the next major version"}, false},
		{"sla.changed", Risky, both, Minor, "A promise of the SLA is another.", "which of the two is stronger cannot be told", nil, false},
		{"access.role-added", Safe, nil, Minor, "There is one more role that gives access.", "who has access keeps it", nil, false},
		{"access.role-removed", Breaking, consumers, Major, "A role that gives access is gone.", "who has it loses access", []string{"move its holders to another role first"}, false},
		{"access.role-changed", Risky, consumers, Minor, "A role gives another access.", "its holders may do more or less than before", nil, false},
		{"access.approvers", Safe, nil, Patch, "Others approve access.", "who has access keeps it", nil, false},
		{"access.classified", Risky, consumers, Minor, "A field is classified, and masked from now on.", "people see it masked, and who may read it may change", nil, false},
		{"access.declassified", Risky, producers, Minor, "A field is masked no longer.", "what was hidden is shown: its owner must agree", []string{"have the data's owner confirm it"}, false},
		{"access.classification", Safe, nil, Patch, "A field is classified otherwise, and masked as before.", "who sees it stays the same", nil, false},
		{"contract.price", Risky, consumers, Minor, "The price is another.", "consumers pay otherwise", nil, false},

		// lifecycle
		{"lifecycle.activated", Safe, nil, Minor, "A draft is in force.", "from now on its promises count", nil, false},
		{"lifecycle.withdrawn", Breaking, consumers, Major, "What was in force is a draft again.", "consumers relied on it", []string{"keep it in force, and deprecate it"}, true},
		{"lifecycle.deprecated", Risky, consumers, Minor, "It is deprecated.", "consumers should move before it goes", []string{"name the successor in the description", "say until when it is supported: slaProperties endOfSupport"}, false},
		{"lifecycle.restored", Safe, nil, Minor, "It is deprecated no longer.", "it stays", nil, false},
		{"lifecycle.status", Safe, nil, Patch, "Its status is another.", "what it promises stays the same", nil, false},
		{"lifecycle.end-announced", Risky, consumers, Minor, "It has an end from now on.", "consumers should move before it", nil, false},
		{"lifecycle.end-too-soon", Breaking, consumers, Major, "It has an end that leaves less than the notice.", "consumers have no time to move before it", []string{"announce an end that is at least the notice away (90 days where nothing else is agreed)"}, true},
		{"lifecycle.end-earlier", Breaking, consumers, Major, "Its end is earlier than announced.", "consumers planned with the later one", []string{"keep the date that was announced"}, false},
		{"lifecycle.end-later", Safe, nil, Patch, "Its end is later than announced, or there is none any more.", "consumers have more time", nil, false},

		// who and how
		{"product.mode", Risky, consumers, Minor, "A data product runs in another mode.", "records may come in another way, or later", nil, false},
		{"product.filters", Risky, consumers, Minor, "A transform drops other records.", "consumers miss records, or get more", nil, false},
		{"product.operations", Safe, nil, Patch, "A data product is run otherwise.", "it concerns only who runs it", nil, false},
		{"owner.changed", Safe, nil, Patch, "Another team answers for it.", "what it promises stays the same", nil, false},
		{"doc.changed", Safe, nil, Patch, "It is described otherwise.", "it concerns people only", nil, false},
	}
}

func nextMajor() []string {
	return []string{"write a new contract, of the next major version, on a topic of its own", "publish to both while consumers move", "deprecate this one"}
}

func rename() []string {
	return []string{
		"deprecate the old name first (deprecated: true in ODCS 3.2.0, else the tag deprecated), and say the new one in its description",
		"then write a new contract, of the next major version, on a topic of its own: the field has the new name there, and the old one as its alias",
		"publish to both while consumers move",
		"or, on this topic: add the new name beside the old one, optional and with the default null, fill both, and remove the old one when its deprecation is over",
	}
}

func retire(what string) []string {
	return []string{
		"deprecate " + what + ": status: deprecated",
		"say until when it is supported: slaProperties endOfSupport (else it is 90 days)",
		"remove it when that is over",
	}
}

// ruleTable is Rules by id.
func ruleTable() map[string]Rule {
	byID := make(map[string]Rule)
	for _, r := range Rules() {
		byID[r.ID] = r
	}
	return byID
}
