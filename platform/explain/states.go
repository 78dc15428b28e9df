package explain

// statuses are the words that status of a contract or data product may have.
func statuses() []Entry {
	return section(Status, [][5]string{
		{"proposed", "", "Somebody would like it to be.", "It promises nothing yet: diff lets everything change, and it may be removed.", "status: proposed"},
		{"draft", "", "It is being written.", "It promises nothing yet: diff lets everything change, and it may be removed.", "status: draft"},
		{"active", "", "It is in force.", "What it promises is judged, and a break is refused.", "status: active"},
		{"deprecated", "", "It is still in force, and will go.", "A clock runs: it may be removed when endOfSupport has come, or 90 days after it was deprecated. Consumers are told.", "status: deprecated"},
		{"retired", "", "It is gone, though its file is still there.", "Refused before its deprecation has ended (contract.removed); the file may be removed after.", "status: retired"},
	})
}

// states are the words of the lifecycle: of an instance, of a data product as one of its instances runs it, of a port.
func states() []Entry {
	const (
		ours = "The platform says it, from what it hears."
		own  = "The instance says it."
	)
	return section(State, [][5]string{
		{"unknown", "", "Nothing was said yet, or a newer binary said a word that this one does not know.", ours, "a data product of which only a contract is published"},
		{"declared", "", "A descriptor exists, and nothing runs it.", ours, "after tidemark publish, before the first start"},
		{"provisioning", "", "Topics and subjects are being made sure of.", own, "the first seconds of a start"},
		{"starting", "", "Clients connect, state is restored, partitions are awaited.", own, "a source that claims its memory of unique values"},
		{"running", "", "Records are processed.", own, "what a healthy instance is"},
		{"degraded", "", "The surroundings are at fault for a part of it; the rest goes on, and nothing is lost.", own, "the registry is away, so that one partition is paused"},
		{"tripped", "", "The circuit breaker opened, since too much was rejected.", own + " Somebody resumes it: tidemark resume.", "a producer that sends only broken records"},
		{"draining", "", "No new records are taken, and those in hand are finished.", own, "a rolling upgrade"},
		{"stopped", "", "It ended on purpose.", own, "Ctrl-C"},
		{"failed", "", "It ended, or was paused for good, by a fault of its own.", own, "a transform that panics"},
		{"lost", "", "Three heartbeats were missed without a goodbye.", ours, "a process that was killed"},
		{"deprecated", "", "It is still served, and should not be taken up.", ours + " It follows the contract's status and endOfSupport.", "a port whose contract is deprecated"},
		{"retired", "", "It is gone for good.", ours + " It follows the contract's status and endOfLife.", "a port whose endOfLife has come"},
	})
}

// healths are a port's health in one word.
func healths() []Entry {
	const worst = "Shown, exported as a metric, and told to ports that are made from it. The worst word that holds is shown."
	return section(Health, [][5]string{
		{"failed", "", "What runs the port failed.", worst, "the only instance is failed"},
		{"tripped", "", "The circuit breaker is open; somebody has to resume.", worst, "more than 90 percent of the newest 1,000 records were rejected"},
		{"lost", "", "Every instance that ran the port went silent without a goodbye.", worst, "a machine that went away"},
		{"stopped", "", "The port ran, and nothing runs it now.", worst, "a data product that was shut down"},
		{"breached", "", "A promise is not held.", worst, "freshness 5 minutes, and the newest event is 9 minutes old"},
		{"degraded", "", "It runs with a part of its input paused, or with fewer instances than it should.", worst, "one of three instances is away"},
		{"backfilling", "", "It, or what it is made from, is still loading the past.", worst + " Freshness is not judged meanwhile.", "a new data product that reads from the beginning"},
		{"healthy", "", "It runs and holds its promises.", worst, "what a port should be"},
		{"unknown", "", "Nothing was heard of the port yet.", worst, "a port that is only declared"},
	})
}

// verdicts are the words by which changes, findings and policies are judged, and what became of replayed records.
func verdicts() []Entry {
	return section(Verdict, [][5]string{
		{"breaking", "class of a change", "Somebody who did nothing wrong fails.", "Refused, unless a major version or a new contract declares it, or a deprecation that has ended allows it.", "field.removed"},
		{"risky", "class of a change", "Somebody should look before it is out.", "A warning.", "field.optional"},
		{"safe", "class of a change", "Nobody needs to do anything.", "It passes unsaid in check --against; diff shows it.", "field.added"},
		{"refused", "verdict on a change", "A break that nothing declares, something gone before its time, or a version that fell.", "An error of check --against; diff and check exit with 100.", "a removed field that was not deprecated"},
		{"warned", "verdict on a change", "It passes, and somebody should look.", "A warning of check --against.", "a risk, a break that is declared, a version that rose too little"},
		{"passed", "verdict on a change", "There is nothing to do.", "Nothing in check --against, a note in diff.", "a new optional field"},
		{"major", "version", "The first of a version's three numbers.", "A break needs it to rise.", "1.4.0 to 2.0.0"},
		{"minor", "version", "The second of a version's three numbers.", "What is new or risky needs it to rise; of 0.x everything does.", "1.4.0 to 1.5.0"},
		{"patch", "version", "The third of a version's three numbers.", "What concerns people only needs it to rise.", "1.4.0 to 1.4.1"},
		{"error", "severity", "Of a finding: it cannot be used. Of a quality rule: a record that breaks it is refused.", "Commands that find one exit with 100.", "severity: error"},
		{"warning", "severity", "Of a finding: somebody should look. Of a quality rule: a record that breaks it is counted only.", "Exit codes stay as they are.", "severity: warning"},
		{"note", "severity", "Of a finding: nothing is wrong.", "The reader should know.", "not-enforced"},
		{"allowed", "verdict of the policies", "No policy denied it.", "The data product may start.", "a contract that keeps every policy"},
		{"denied", "verdict of the policies", "A policy denied it, or could not judge.", "It is not published, and does not start.", "policy.mesh.owner"},
		{"unjudged", "verdict of the policies", "The platform has no policies.", "The data product may start, but for tidemark.verdict: required.", "a platform of your own that is given none"},
		{"waiting", "fate of a replayed record", "It is on the retry topic, and the data product has not come to it yet.", "Shown by dlq show.", "a data product that is stopped"},
		{"rejected again", "fate of a replayed record", "It was rejected once more; a newer dead letter has it.", "Shown by dlq show, with the reason.", "the cause was not mended"},
		{"went through", "fate of a replayed record", "It was not rejected again.", "Shown by dlq show: it was published, or dropped by a filter.", "the contract was mended, and the letter replayed"},
		{"replayed-before", "filter", "A replayed record that was replayed before with the same attempt.", "Dropped and counted: it is no other record.", "dlq replay called twice"},
		{"rejected-again", "filter", "A replayed record that was rejected again.", "Counted as filtered here, since its dead letter is that of the record.", "a replay whose cause was not mended"},
	})
}

// headers are the headers of a dead letter and of a replayed record.
func headers() []Entry {
	const (
		letter = "Written with every dead letter, and read when it is replayed."
		cut    = "Written only where the value is left out."
	)
	return section(Header, [][5]string{
		{"tidemark.reason", "", "Why the record was rejected: a reason code.", letter, "rule.broken"},
		{"tidemark.rule", "", "The contract's rule that was broken, where one was.", letter, "lines[].quantity.minimum"},
		{"tidemark.field", "", "The path of the field that is at fault; never its value.", letter, "lines[].quantity"},
		{"tidemark.message", "", "One sentence, without values of fields.", letter, "must be at least 1"},
		{"tidemark.topic", "", "The topic that the record came from. With partition and offset it is the record's identity.", letter, "orders.checkout.placed.v1"},
		{"tidemark.partition", "", "The partition that the record came from.", letter, "3"},
		{"tidemark.offset", "", "The record's offset there.", letter, "1042"},
		{"tidemark.timestamp", "", "The record's own timestamp, in milliseconds.", letter, "1795262400000"},
		{"tidemark.schema-id", "", "The id of the schema that it was written with; absent where its frame has none.", letter, "7"},
		{"tidemark.data-product", "", "The data product that rejected it.", letter, "orders.order-lines"},
		{"tidemark.cut-bytes", "", "How many bytes the value has that the dead letter has no room for.", cut, "2097152"},
		{"tidemark.cut-digest", "", "The SHA-256 of the value that the dead letter has no room for.", cut, "sha256:9f86d081"},
		{"tidemark.attempt", "", "How often it was replayed before: 0 for the first rejection.", letter, "1"},
	})
}
