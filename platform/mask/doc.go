// Package mask hides what a contract classifies as personal, confidential or restricted, wherever a person looks at a
// record: tail, dead letters, pages.
//
// It fails towards hiding. Text in a field that the contract does not describe is hidden too, since a producer with
// a newer schema may send what nobody has classified yet; and where no contract is known, all text is hidden.
// Numbers, booleans and nulls that nobody classified are shown.
package mask
