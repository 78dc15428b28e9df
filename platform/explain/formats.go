package explain

// What becomes of the findings of imports, exports and policies.
const (
	importError = "Error: nothing is imported."
	takenIn     = "It is imported all the same; look at the place."
	writtenOut  = "It is written all the same; the message says what is not in it."
	denies      = "Error: what cannot be judged is denied."
)

// policyRules are the rules of what policies find, and of what is wrong with policies.
func policyRules() []Entry {
	return section(Finding, [][5]string{
		{"policy.<package>", "", "What a policy denies or warns of; the rest is its package, and its name where that is deny_<name>.", "Error of a deny or violation, warning of a warn. It is the same in check, in the publish API, at a start and when the platform judges again.", "policy.mesh.owner"},
		{"policies.load", "", "A file of the policies cannot be read, parsed or compiled.", denies, "http.send, which policies do not have"},
		{"policies.empty", "", "The policies, or a package of them, decide nothing.", denies, "a rule named denny"},
		{"policies.undefined", "", "A policy refers to what is not there, so that it would never hold.", denies + " Warning for a key that the input does not have.", "data.lib.owners"},
		{"policies.error", "", "A policy failed while it judged.", denies, `to_number("x")`},
		{"policies.time", "", "The policies were not done in time.", denies, "a policy that compares every field with every other"},
		{"policies.result", "", "A policy denied with what is no message.", denies, "deny contains 7"},
		{"policies.test", "", "A test of the policies does not hold.", "Error of tidemark policy test; judging goes on.", "test_owner of a policy that was changed"},
	})
}

// formatRules are the rules of what imports and exports find. Those of AsyncAPI and DPDS have messages that say it all.
func formatRules() []Entry {
	return section(Finding, [][5]string{
		{"format.schema", "", "The Avro schema of an imported contract was made of its properties.", takenIn, "a Data Contract Specification file"},
		{"format.asyncapi.<what>", "", "What of an AsyncAPI document is wrong, or has no place in a contract, or the other way round.", "Error where nothing can be read; else " + takenIn, "format.asyncapi.payload: a channel without a message"},
		{"format.dpds.<what>", "", "What of a DPDS descriptor is wrong, or has no place in a data product, or the other way round.", "Error where nothing can be read; else " + takenIn, "format.dpds.input: an input port whose contract nobody names"},
		{"format.dcs.kind", "", "The file is no contract in the Data Contract Specification.", importError, "kind: DataContract"},
		{"format.dcs.version", "", "A version of the specification that is not known.", importError, "dataContractSpecification: 3.0.0"},
		{"format.dcs.missing", "", "Something that a contract needs is not there.", takenIn, "no models"},
		{"format.dcs.value", "", "A value that cannot be understood, and is kept aside.", "Error where it cannot be passed over; else " + takenIn, "status: [active]"},
		{"format.dcs.type", "", "A field's type that is not known.", takenIn, "type: geography"},
		{"format.dcs.ref", "", "A reference that leads nowhere, in circles or out of the file.", takenIn, "$ref: https://shop.example/orders.yaml"},
		{"format.dcs.server", "", "A server that lacks what its type needs, and becomes a custom one.", takenIn, "type: kafka without host"},
		{"format.dcs.quality", "", "A check without a metric in ODCS, which is kept as a rule for its own engine.", takenIn, "SodaCL's avg(total) > 5"},
		{"format.dcs.promise", "", "A service level that cannot be judged, or is promised twice.", takenIn, "availability: high"},
		{"format.dcs.class", "", "A field whose pii and classification contradict each other.", takenIn, "pii: true with classification: public"},
		{"format.dcs.kept", "", "A key that the specification does not know, which is kept aside.", takenIn, "costCentre: 7"},
		{"format.dcs.limit", "", "More fields, findings or repetition than any honest file has.", "Error of fields: nothing is imported. Else the rest is not listed.", "a $ref within a $ref, ten times over"},
		{"format.dcs.extension", "", "What only ODCS has stands below keys odcs, which other tools may not read.", writtenOut, "customProperties"},
		{"format.avsc.union", "", "A union of several types, of which a contract describes one.", takenIn, `["string", "long"]`},
		{"format.avsc.recursion", "", "A type within itself, which is described once.", takenIn, "a category with categories"},
		{"format.avsc.limit", "", "More than can be carried from Avro or to it.", takenIn, "records nested 50 deep"},
		{"format.avsc.type", "", "A type that the other side does not have.", takenIn, "a vector in Avro"},
		{"format.avsc.name", "", "A name that Avro does not allow, or that stands twice.", "It is written with another.", "fact-orders"},
		{"format.avsc.default", "", "A default that is not of its field's type.", writtenOut, `avro.default: "x" of an int`},
		{"format.avsc.object", "", "A contract without one schema object, of which no schema can be made.", "Error: there is no schema.", "a contract of two tables"},
		{"format.topic.guess", "", "What the topic shows and nobody has promised.", "Note: say whether it is so before you promise it.", "always between 1 and 9"},
		{"format.topic.json", "", "The topic's records are not Avro in the wire format.", takenIn, "JSON without a registry"},
		{"format.topic.field", "", "A field that a contract cannot have.", takenIn, "a key with a line break"},
		{"format.topic.few", "", "Too few records to guess from.", takenIn, "an empty topic"},
		{"format.topic.read", "", "Records that could not be read.", takenIn, "a schema id that the registry does not know"},
		{"format.confluent.rule", "", "A rule that Confluent's rule sets cannot say alike in every client.", writtenOut, "a rule about a timestamp"},
		{"format.confluent.schema", "", "A contract without a schema to register.", writtenOut, "a draft without .avsc"},
		{"format.flinksql.topic", "", "A contract that is about no topic, or has no schema.", writtenOut, "a contract of a file"},
		{"format.flinksql.column", "", "A field for which SQL has no type.", writtenOut, "a union of several types"},
		{"format.flinksql.key", "", "A record key that is no column.", writtenOut, "tidemark.key: customer.id"},
		{"format.flinksql.server", "", "No broker or registry to read from, so that a name stands for it.", writtenOut, "a contract without servers"},
		{"format.flinksql.watermark", "", "An event time without a lateness.", writtenOut, "tidemark.eventTime alone"},
		{"format.openlineage.server", "", "A dataset without a broker that would name it.", writtenOut, "a contract without servers"},
		{"format.openlineage.source", "", "A transformSourceObjects that leads nowhere.", writtenOut, "transformSourceObjects: [Nothing.id]"},
		{"format.openlineage.dataset", "", "A port that cannot be told of.", writtenOut, "an input port whose contract is not there"},
		{"format.openslo.metric", "", "A promise or rule that no metric tells of.", writtenOut, "a rule of type text"},
		{"format.openslo.assumed", "", "A target that the contract does not say.", writtenOut, "freshness without availability: 0.99"},
		{"format.openslo.port", "", "A contract of which no objective can be told, since no port is behind it.", writtenOut, "a contract that is about no topic"},
	})
}
