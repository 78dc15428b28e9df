package openslo

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// The rules of this package's findings, all of them notes.
const (
	RuleMetric  = "format.openslo.metric"  // a promise or rule that no metric tells of
	RuleAssumed = "format.openslo.assumed" // a target that the contract does not say
	RulePort    = "format.openslo.port"    // a contract that no port can be told of
)

// Export writes the promises of a contract as it was parsed or loaded; p is the data product that has it as a port, nil if
// there is none. The text is YAML with several documents. It is nil, with a finding, if the contract is about no topic.
func Export(c *contract.Contract, p *contract.DataProduct) ([]byte, []contract.Finding) {
	e := exporter{contract: c, sla: c.SLA(), port: portID(c, p)}
	if e.port == "" {
		e.note(nil, "", RulePort, "the contract is about no topic, and no port of a data product has it: there is nothing to measure")
		return nil, e.findings
	}
	e.service(p)
	for i := range c.SLAProperties {
		e.promise(&c.SLAProperties[i])
	}
	for _, m := range c.Metrics() {
		e.note(nil, "", RuleMetric, "the quality rule %s has no metric: the platform judges it and shows it on the port's page", m.ID)
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	for _, o := range e.objects {
		if err := encoder.Encode(o); err != nil { // plain structs: the encoder has nothing to refuse
			return nil, append(e.findings, contract.Finding{Rule: RulePort, Severity: contract.SeverityError, File: c.File, Message: err.Error()})
		}
	}
	if err := encoder.Close(); err != nil {
		return nil, append(e.findings, contract.Finding{Rule: RulePort, Severity: contract.SeverityError, File: c.File, Message: err.Error()})
	}
	return text.Bytes(), e.findings
}

// portID is what the metrics call the port: <domain>.<product>.<port>.v<major>, or the contract's topic.
func portID(c *contract.Contract, p *contract.DataProduct) string {
	if p == nil {
		return c.Topic()
	}
	ports := p.OutputPorts
	if p.Mode() == contract.Observe {
		ports = p.InputPorts
	}
	for _, port := range ports {
		if port.ContractID == c.ID {
			return fmt.Sprintf("%s.%s.v%d", p.ID, port.Name, port.Major())
		}
	}
	return c.Topic()
}

type exporter struct {
	contract *contract.Contract
	sla      contract.SLA
	port     string
	objects  []object
	findings []contract.Finding
}

func (e *exporter) note(place *contract.Place, key, rule, format string, args ...any) {
	f := contract.Finding{Rule: rule, Severity: contract.SeverityNote, File: e.contract.File, Message: fmt.Sprintf(format, args...)}
	if place != nil {
		path, at := place.At(key)
		f.Path, f.Line, f.Column = path, at.Line, at.Column
	}
	e.findings = append(e.findings, f)
}

func (e *exporter) add(kind string, m metadata, spec any) {
	e.objects = append(e.objects, object{"openslo/v1", kind, m, spec})
}

func (e *exporter) service(p *contract.DataProduct) {
	c := e.contract
	m := metadata{Name: dnsLabel(e.port), DisplayName: c.Name, Annotations: map[string]string{"tidemark/port": e.port, "tidemark/contract": c.ID}}
	description, owner := "", c.Owner()
	if c.Description != nil {
		description = c.Description.Purpose
	}
	if p != nil {
		m.Annotations["tidemark/data-product"] = p.ID
		owner = cmp.Or(owner, p.Owner())
	}
	m.Labels = map[string][]string{}
	if owner != "" {
		m.Labels["owner"] = []string{owner}
	}
	if c.Domain != "" {
		m.Labels["domain"] = []string{c.Domain}
	}
	if len(c.Tags) > 0 {
		m.Labels["tags"] = c.Tags
	}
	e.add("Service", m, serviceSpec{brief(description)})
}

// brief is as much of a text as a description may have.
func brief(s string) string {
	const most = 1050
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
