// Package confluent writes a contract as a Confluent Schema Registry takes it with a schema: POST the result to
// /subjects/<topic>-value/versions.
//
//	of the contract            becomes
//	schema                     schema, schemaType AVRO
//	classification, tags       metadata.tags, by <record>.<field>: PII, CONFIDENTIAL, ...
//	id, version, owner, SLA    metadata.properties
//	members of the team        the property team.members, listed in metadata.sensitive
//	rules about one value      ruleSet.domainRules of type CEL_FIELD, for the field with that full name
//	required, sizes of lists   ruleSet.domainRules of type CEL
//	rules of engine cel        ruleSet.domainRules of type CEL
//
// Rules judge what a producer writes: one that rejects fails the write (onFailure ERROR), a warning does not (NONE). There
// are no migration rules: Tidemark's versions within a major read each other.
//
// A rule is left out, with a finding, where clients do not see the value as the contract does: decimals, dates and times,
// enums and fixed, which clients decode each in their way, and expressions about null. has() of a nullable field is
// weaker in clients that keep records as maps: there it holds for null too.
package confluent
