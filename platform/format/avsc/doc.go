// Package avsc translates between Avro schemas and the properties of an ODCS contract, in both directions.
//
//	Properties  a record's schema -> the properties that describe it
//	Schema      a contract -> the text of an .avsc file
//	Of          a contract -> its schema, parsed: the one beside it, else the one that Schema makes
//
// A physicalType is Avro's word for a type: int, timestamp-millis, decimal(12,2), record. Schema also reads the words of
// SQL, since contracts from elsewhere have them. What Avro says and ODCS has no place for goes to a property's
// customProperties and comes back from there:
//
//	avro.name         fullname of a record, enum or fixed, where it is not the one that Schema would make up
//	avro.default      a field's default, unless it is null
//	avro.enumDefault  the symbol that a reader takes for one it does not know
//	avro.size         bytes of a fixed
//	avro.nullable     true for items of an array or values of a map that may be null
//	avro.aliases      a field's other names
//
// What neither side can say is a finding: a union of several types, a type within itself, a name that is none in Avro.
package avsc
