// Package quality counts what one record does not tell: how many values are null, missing, invalid or there twice, and
// how many records came, over windows of a stream, and holds the counts against what a contract demands.
//
//	Rule      a library metric of ODCS, its operator and its bounds (contract.Contract.Metrics makes them)
//	Plan      what the rules need the walker to note, at Compile
//	Counter   one port's counts of one input partition; they follow its transactions
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
// own. A rule is judged when its window closes. Counts are kept in memory: a window in which a partition came anew
// is judged by what was counted, but for rowCount, which only a whole window tells.
package quality
