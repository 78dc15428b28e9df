package contract

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// ParseContract reads an ODCS file. The file's name is used in findings only. The contract is nil if any of the
// findings is an error; all faults of the file are reported at once. It has no Schema yet: see Bind and Load.
func ParseContract(file string, text []byte) (*Contract, []Finding) {
	r := &report{file: file}
	c := parseContract(r, text)
	findings := SortFindings(r.findings)
	if HasErrors(findings) {
		return nil, findings
	}
	return c, findings
}

// ParseDataProduct reads an ODPS file, as ParseContract does a contract.
func ParseDataProduct(file string, text []byte) (*DataProduct, []Finding) {
	r := &report{file: file}
	p := parseDataProduct(r, text)
	findings := SortFindings(r.findings)
	if HasErrors(findings) {
		return nil, findings
	}
	return p, findings
}

// parseContract gives what could be read, whatever is wrong with it.
func parseContract(r *report, text []byte) *Contract {
	c := &Contract{File: r.file, Raw: text}
	if !decode(r, odcsStandard(), text, c.table) {
		c.refused, c.faulty = r.refused, r.faulty
		return c
	}
	c.settings = readProperties(r, inODCS, c.CustomProperties)
	checkStatus(r, c.Place, c.Status)
	c.sla = readSLA(r, c.SLAProperties, c.ofEventTime)
	c.check(r)
	c.refused, c.faulty = r.refused, r.faulty
	return c
}

func parseDataProduct(r *report, text []byte) *DataProduct {
	p := &DataProduct{File: r.file, Raw: text}
	if !decode(r, odpsStandard(), text, p.table) {
		return p
	}
	p.settings = readProperties(r, inODPS, p.CustomProperties)
	checkStatus(r, p.Place, p.Status)
	return p
}

// decode reads a document of a standard. It is false if nothing of it can be relied on.
func decode(r *report, s standard, text []byte, table func() strict.Table) bool {
	root, faults := strict.Parse(text)
	r.faults(faults)
	if root == nil {
		return false
	}
	version, ok := s.identify(r, strict.Top(root, "kind"), strict.Top(root, "apiVersion"))
	if !ok {
		return false
	}
	r.faults(strict.Decode(root, version, table()))
	refuseProperties(r, strict.Find(root, "customProperties"))
	return true
}

// identify reads what the document says that it is. A document of another kind or version is not judged any
// further: its other faults would be wrong.
func (s standard) identify(r *report, kind, api Value) (strict.Version, bool) {
	if kind.Kind == strict.Text && kind.Text != s.kind {
		r.put(RuleKind, SeverityError, "kind", kind.Position, "this is %s, and the file's name says %s (kind: %s): rename the file or fix the kind",
			strict.Quote(kind.Text), s.name, s.kind)
		return strict.Version{}, false
	}
	if api.Kind == strict.Text {
		v, ok := s.version(api.Text)
		if !ok {
			r.put(RuleVersion, SeverityError, "apiVersion", api.Position, "%s %s is not supported; supported are %s",
				s.name, strict.Quote(api.Text), strings.Join(s.versions, ", "))
		}
		return v, ok
	}
	v, _ := s.version(s.current) // that it is missing, or no text, is reported with the other faults
	return v, true
}
