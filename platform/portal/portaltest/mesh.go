// Package portaltest has a mesh of fixed things for tests of what shows a mesh: the portal, its client, the CLI.
package portaltest

import (
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
)

// Mesh answers as *mesh.Mesh does, from slices that a test may change before it asks. It is not for concurrent
// changes.
type Mesh struct {
	Reading       bool // not caught up yet
	SkippedEvents int64
	Products      []mesh.DataProduct
	PortList      []mesh.Port
	ContractList  []mesh.Contract
	InstanceList  []mesh.Instance
	BreachList    []mesh.Breach
}

// CaughtUp is true unless Reading.
func (m *Mesh) CaughtUp() bool { return !m.Reading }

// Skipped is SkippedEvents.
func (m *Mesh) Skipped() int64 { return m.SkippedEvents }

// DataProducts lists Products without documents.
func (m *Mesh) DataProducts() []mesh.DataProduct {
	list := append([]mesh.DataProduct{}, m.Products...)
	for i := range list {
		list[i].Document = ""
	}
	return list
}

// DataProduct finds one.
func (m *Mesh) DataProduct(id string) (mesh.DataProduct, bool) {
	return find(m.Products, func(p mesh.DataProduct) bool { return p.ID == id })
}

// Ports lists PortList without inputs.
func (m *Mesh) Ports() []mesh.Port {
	list := append([]mesh.Port{}, m.PortList...)
	for i := range list {
		list[i].Inputs = nil
	}
	return list
}

// Port finds one.
func (m *Mesh) Port(id string) (mesh.Port, bool) {
	return find(m.PortList, func(p mesh.Port) bool { return p.ID == id })
}

// Contracts lists ContractList without documents and schemas.
func (m *Mesh) Contracts() []mesh.Contract {
	list := append([]mesh.Contract{}, m.ContractList...)
	for i := range list {
		list[i].Document, list[i].Schema = "", ""
	}
	return list
}

// Contract finds one.
func (m *Mesh) Contract(id string) (mesh.Contract, bool) {
	return find(m.ContractList, func(c mesh.Contract) bool { return c.ID == id })
}

// Instances lists InstanceList.
func (m *Mesh) Instances() []mesh.Instance { return m.InstanceList }

// Breaches lists BreachList.
func (m *Mesh) Breaches() []mesh.Breach { return m.BreachList }

// Search finds data products and ports whose id holds the query.
func (m *Mesh) Search(query string, limit int) []mesh.Hit {
	hits := []mesh.Hit{}
	add := func(kind, id, description, owner string) {
		if strings.Contains(id, query) && len(hits) < limit {
			hits = append(hits, mesh.Hit{Kind: kind, ID: id, Description: description, Owner: owner, Matched: "id", Score: 1})
		}
	}
	for _, p := range m.Products {
		add(mesh.KindDataProduct, p.ID, p.Description, p.Owner)
	}
	for _, p := range m.PortList {
		add(mesh.KindPort, p.ID, p.Description, p.Owner)
	}
	return hits
}

func find[T any](list []T, is func(T) bool) (found T, ok bool) {
	for _, v := range list {
		if is(v) {
			return v, true
		}
	}
	return found, false
}

// Now is when the fixture is looked at.
func Now() time.Time { return time.Date(2026, 11, 21, 15, 4, 5, 0, time.UTC) }

func ago(d time.Duration) time.Time { return Now().Add(-d) }

func ptr[T any](v T) *T { return &v }
