// Package strict reads one YAML document into typed values, refuses everything that it was not told about, and
// remembers where each thing stood.
//
// Parse bounds and checks the document as such. Decode then follows tables: each type says in one Table which
// keys it has, of which kind, and which of them it must have. All faults are collected, none stops the reading. Encode
// follows the same tables the other way, to a Value, which has its text in YAML and in JSON.
//
//	func (p *price) table() strict.Table {
//		return strict.Table{Place: &p.Place, Fields: []strict.Field{
//			strict.Decimal("amount", &p.Amount).Required(),
//			strict.Word("currency", &p.Currency, "EUR", "USD"),
//		}}
//	}
//
// Nothing is typed by how it looks: a date is text, and text that YAML reads as a number must be quoted.
package strict
