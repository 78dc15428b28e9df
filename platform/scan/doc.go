// Package scan reads what topics hold now: from given offsets to where they end at the time of the call, and then
// it is done. A reader alone cannot tell, since the last offsets of a partition may hold nothing that a reader ever
// sees: the markers that end transactions, and the records of aborted ones.
package scan
