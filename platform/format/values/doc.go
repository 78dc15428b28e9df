// Package values works on documents of other standards as open values (contract.Value): it reads one, follows the
// references within it, builds new ones, and says what one document holds beyond another.
//
// The last is how a format carries what it has no place for. An exporter writes what the format knows, imports that
// again, and puts the Remainder of the original into an extension; an importer restores it. So what an export and
// an import do to a file is nothing, by construction, and whoever edits the format's own fields wins.
package values
