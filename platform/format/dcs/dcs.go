package dcs

import (
	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// The rules of findings of this package. Faults of the YAML itself have the rules of package strict.
const (
	RuleKind      = "format.dcs.kind"      // the file is no data contract of this specification
	RuleVersion   = "format.dcs.version"   // a version of the specification that is not known
	RuleMissing   = "format.dcs.missing"   // something that a contract needs is not there
	RuleValue     = "format.dcs.value"     // a value that cannot be understood; it is kept aside
	RuleType      = "format.dcs.type"      // a field's type that is not known
	RuleRef       = "format.dcs.ref"       // a reference that leads nowhere, in circles, or out of the file
	RuleServer    = "format.dcs.server"    // a server that lacks what its type needs
	RuleQuality   = "format.dcs.quality"   // a check that has no ODCS metric; it is kept as a rule for its own engine
	RulePromise   = "format.dcs.promise"   // a service level that cannot be judged, or is promised twice
	RuleClass     = "format.dcs.class"     // a field whose pii and classification contradict each other
	RuleKept      = "format.dcs.kept"      // a key that the specification does not know; it is kept aside
	RuleLimit     = "format.dcs.limit"     // more fields, or more repetition, than any honest file has
	RuleExtension = "format.dcs.extension" // export: what only ODCS has stands below the key odcs
)

// Limits of an import, beyond those of strict.Parse.
const (
	maxFields   = 10_000  // with every $ref written out
	maxDepth    = 16      // of fields in fields, which two levels of the contract's own depth each
	maxCopied   = 1 << 20 // bytes that $ref repeats
	maxFindings = 200
)

// Import reads a contract in the Data Contract Specification. The file's name is used in findings only. The contract
// is nil if any of the findings is an error; otherwise it is as if it had been read from the ODCS file that it becomes,
// which is its Raw: Encode writes it. It is of version v3.1.0, or v3.2.0 where the file has maps. Nothing is
// fetched: a $ref out of the file is a finding.
func Import(file string, text []byte) (*contract.Contract, []contract.Finding) {
	r := &report{file: file}
	source, ok := r.parse(text)
	if !ok {
		return nil, contract.SortFindings(r.findings)
	}
	i := &importer{report: r, source: source}
	document := i.contract()
	if contract.HasErrors(r.findings) {
		return nil, contract.SortFindings(r.findings)
	}
	c := i.read(document)
	findings := contract.SortFindings(r.findings)
	if contract.HasErrors(findings) {
		return nil, findings
	}
	return c, findings
}

// Export writes a contract in the Data Contract Specification 1.2.1. The data product that the contract is a port of
// gives its owner and domain where the contract names none; it may be nil. What the specification has no
// place for stands below keys odcs, which one note per export lists.
func Export(c *contract.Contract, p *contract.DataProduct) ([]byte, []contract.Finding) {
	r := &report{file: c.File}
	document := exporter{report: r, contract: c, product: p}.document()
	return document.YAML(), contract.SortFindings(r.findings)
}

// parse reads the document. It is false if there is nothing to go on with.
func (r *report) parse(text []byte) (contract.Value, bool) {
	root, faults := strict.Parse(text)
	r.faults(faults)
	if root == nil {
		return contract.Value{}, false
	}
	v := strict.ValueOf(root)
	if v.Kind != strict.Map {
		r.at(contract.SeverityError, RuleKind, v, "this is %s: a data contract is an object (key: value)", v.Kind)
		return v, false
	}
	return v, true
}
