package local

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// publisher publishes what comes over HTTP, as an instance publishes what it runs.
type publisher struct{ *Platform }

// draft is a publication on its way.
type draft struct {
	product   *event.Descriptor // nil for none
	contracts []*event.Descriptor
	findings  []api.Finding
}

func (d *draft) found(document string, findings []contract.Finding) {
	for _, f := range findings {
		d.findings = append(d.findings, api.Finding{
			Document: document, Rule: f.Rule, Severity: f.Severity.String(), Line: f.Line, Column: f.Column, Path: f.Path, Message: f.Message,
		})
	}
}

func (d *draft) denied() bool {
	for _, f := range d.findings {
		if f.Severity == contract.SeverityError.String() {
			return true
		}
	}
	return false
}

// Publish implements portal.Publisher. It blocks until the brokers have what is published.
func (p publisher) Publish(ctx context.Context, asked api.Publication, dry bool) (api.Published, error) {
	d := p.read(asked)
	if !d.denied() {
		if !p.mesh.CaughtUp() {
			return api.Published{}, errors.New("the control topics are still being read")
		}
		p.judge(ctx, d)
		if ctx.Err() != nil {
			return api.Published{}, ctx.Err()
		}
	}
	result := api.Published{Findings: d.findings}
	if result.Findings == nil {
		result.Findings = []api.Finding{}
	}
	if dry || d.denied() {
		return result, nil
	}
	control := p.control.Load()
	if control == nil {
		return result, errors.New("the control plane is not there yet")
	}
	dropped := control.Dropped()
	if d.product != nil {
		control.Send(d.product)
	}
	for _, c := range d.contracts {
		control.Send(c)
	}
	if err := control.Flush(ctx); err != nil {
		return result, fmt.Errorf("the brokers did not take it: %w", err)
	}
	if control.Dropped() > dropped {
		return result, errors.New("control events were dropped meanwhile, perhaps this")
	}
	result.Published = true
	return result, nil
}

// read reads the documents, each alone and a contract against its schema.
func (p publisher) read(asked api.Publication) *draft {
	d, now := &draft{}, p.cfg.Clock()
	if asked.DataProduct != "" {
		doc, findings := contract.ParseDataProduct("data_product", []byte(asked.DataProduct))
		if doc == nil {
			d.found("data_product", findings)
		} else {
			d.found(doc.ID, findings)
			d.product = &event.Descriptor{
				Kind: "dataProduct", ID: doc.ID, Version: doc.Version, Digest: doc.Digest(), Document: asked.DataProduct,
				Mode: string(doc.Mode()), PublishedBy: p.cfg.Name, PublishedAt: now,
			}
		}
	}
	for i, c := range asked.Contracts {
		name := fmt.Sprintf("contracts[%d]", i)
		doc, findings := contract.ParseContract(name, []byte(c.Document))
		if doc != nil {
			name = doc.ID
			if c.Schema != "" {
				findings = append(findings, doc.Bind(name, []byte(c.Schema))...)
			}
			d.contracts = append(d.contracts, &event.Descriptor{
				Kind: "contract", ID: doc.ID, Version: doc.Version, Digest: doc.Digest(), Document: c.Document, Schema: c.Schema,
				PublishedBy: p.cfg.Name, PublishedAt: now,
			})
		}
		d.found(name, findings)
	}
	return d
}

// judge asks the policies.
func (p publisher) judge(ctx context.Context, d *draft) {
	if p.cfg.Policies == nil {
		return
	}
	for _, v := range p.mesh.Verdicts(ctx, d.product, d.contracts) {
		for _, f := range v.Findings {
			d.findings = append(d.findings, api.Finding{Document: v.Contract, Rule: f.Rule, Severity: f.Severity, Path: f.Path, Message: f.Message})
		}
	}
}
