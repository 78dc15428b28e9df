package contract

import "github.com/tidemark-mesh/tidemark/platform/contract/strict"

// writtenODCS and writtenODPS are the versions in which new files are written.
const (
	writtenODCS = "v3.1.0"
	writtenODPS = "v1.0.0"
)

// Encode writes the contract as an ODCS file of that version; "" is the version that it was read in, or v3.1.0. Keys
// have the standard's order; one is written if its value is not zero or the file had it. What the version has no place
// for is said in another way where there is one (an enum is a quality rule before 3.2.0), and is otherwise left out and
// listed in lost, as warnings; so is what the version needs and the contract lacks. Comments and layout are not kept.
func (c *Contract) Encode(apiVersion string) (text []byte, lost []Finding) {
	v, lost := c.encode(apiVersion)
	return v.YAML(), lost
}

// Document is what Encode("") writes, as one value.
func (c *Contract) Document() Value {
	v, _ := c.encode("")
	return v
}

// Encode writes the data product as an ODPS file of that version; "" is the version that it was read in, or v1.0.0.
// As Contract.Encode.
func (p *DataProduct) Encode(apiVersion string) (text []byte, lost []Finding) {
	v, lost := p.encode(apiVersion)
	return v.YAML(), lost
}

// Document is what Encode("") writes, as one value.
func (p *DataProduct) Document() Value {
	v, _ := p.encode("")
	return v
}

func (c *Contract) encode(apiVersion string) (Value, []Finding) {
	r := &report{file: c.File}
	version := odcsStandard().written(r, apiVersion, c.APIVersion, writtenODCS)
	from := odcs320 // what is made by hand may say anything
	if c.APIVersion != "" {
		from = c.number()
	}
	written := *c
	written.APIVersion, written.kind = version.api, odcsStandard().kind
	rewriter{r, from, version.Number}.contract(&written)
	value, faults := strict.Encode(version.Version, written.table())
	r.lost(faults)
	return value, SortFindings(r.findings)
}

func (p *DataProduct) encode(apiVersion string) (Value, []Finding) {
	r := &report{file: p.File}
	version := odpsStandard().written(r, apiVersion, p.APIVersion, writtenODPS)
	written := *p
	written.APIVersion, written.kind = version.api, odpsStandard().kind
	value, faults := strict.Encode(version.Version, written.table())
	r.lost(faults)
	return value, SortFindings(r.findings)
}

// target is the version that a document is written in.
type target struct {
	strict.Version
	api string // such as v3.1.0
}

// written chooses the version to write: the first that is given and supported.
func (s standard) written(r *report, wanted, own, fallback string) target {
	for _, api := range []string{wanted, own} {
		if api == "" {
			continue
		}
		if v, ok := s.version(api); ok {
			return target{v, api}
		}
		r.put(RuleVersion, SeverityWarning, "apiVersion", strict.Position{}, "%s %s is not supported: written as %s", s.name, strict.Quote(api), fallback)
		break
	}
	v, _ := s.version(fallback)
	return target{v, fallback}
}

// lost reports what was left out.
func (r *report) lost(faults []strict.Fault) {
	for _, f := range faults {
		r.put(f.Rule, SeverityWarning, f.Path, f.Position, "%s", f.Message)
	}
}
