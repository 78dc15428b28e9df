// Package quality counts what one record does not tell: how many values are null, missing, invalid or there twice, and
// how many records came, over windows of a stream, and holds the counts against what a contract demands.
//
//	Rule      a library metric of ODCS, its operator and its bounds (contract.Contract.Metrics makes them)
//	Plan      what the rules need the walker to note, at Compile
//	Counter   one port's counts of one input partition; they follow its transactions
//	Saved     what of them outlives the process
//	Merge     the counts of several partitions -> one Result
//
// Only records that keep every rule of severity error are counted: what a port rejects is not on it. A record counts
// once for a rule, however many of its values are bad. Counting allocates nothing but what a window's set of different
// values grows by.
//
// # Windows
//
// Windows tumble: they neither overlap nor leave gaps. One of time begins at a whole multiple of its length since the
// year 1, by the clock of who counts, so that all partitions' windows are the same; one of records is each partition's
// own. A rule is judged when its window closes, and once every partition has told of that window.
//
// Counts survive their process: Save gives them, to be kept beside the position that they belong to, and Resume goes on
// from there. The sets of different values are too large for that, so a duplicateValues says that its window is not whole
// where one was lost in it. What is not whole is judged by what was counted, but for rowCount and duplicateValues: what
// is missing could turn their verdict.
package quality
