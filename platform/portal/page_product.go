package portal

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

func (s *Server) dataProductPage(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	p, found := s.Mesh.DataProduct(id)
	if !found {
		s.problemPage(w, r, http.StatusNotFound, "The mesh knows no data product of that name. It may never have been published, or the name may be mistyped.")
		return
	}
	s.render(w, r, http.StatusOK, pages.DataProductPage(s.product(p)))
}

func (s *Server) product(p mesh.DataProduct) pages.DataProduct {
	now := s.Clock()
	var ports []mesh.Port
	for _, id := range p.Outputs {
		if port, ok := s.Mesh.Port(id); ok {
			ports = append(ports, port)
		}
	}
	breaches := s.breachesOf(ports)
	in := countInput(p.Mode, ports)
	view := pages.DataProduct{
		Chrome:    s.live(p.Name, now, summarize(s.Mesh, now)),
		ID:        p.ID,
		Name:      p.Name,
		Domain:    pages.Link{Text: p.Domain, Href: "/?domain=" + url.QueryEscape(p.Domain)},
		Version:   orNone(p.Version),
		Mode:      p.Mode,
		ModeSays:  modeSays[p.Mode],
		Purpose:   p.Description,
		Owner:     orNone(p.Owner),
		Contact:   contacts(p),
		State:     stateBadge(p.State, ""),
		Health:    statusBadge(p.Status),
		Facts:     s.productFacts(ports, in, breaches, now),
		Inputs:    s.inputs(p),
		Readers:   s.readers(ports),
		Instances: s.instancesOf(p.ID, now),
		Dead:      deadLettersView(p, in),
		Breaches:  breachViews(breaches, now),
		Problems:  p.Problems,
	}
	if p.Document != "" {
		view.Document = pages.Link{Text: "descriptor (ODPS, YAML)", Href: api.Prefix + "/data-products/" + url.PathEscape(p.ID) + "/document"}
	}
	for _, port := range ports {
		view.Ports = append(view.Ports, s.portView(port, now))
	}
	return view
}

var modeSays = map[string]string{
	"source":    "a service publishes it; what breaks the contract is refused",
	"transform": "a function of its inputs; both are checked",
	"guard":     "an existing topic, checked and copied without what breaks the contract",
	"observe":   "an existing topic, checked in place; nothing is copied",
}

func (s *Server) inputs(p mesh.DataProduct) []pages.Neighbour {
	var list []pages.Neighbour
	for _, id := range p.Inputs {
		n := pages.Neighbour{DataProduct: pages.Link{Text: "not published here"}, Port: id, Health: pages.Badge{Tone: pages.Quiet, Text: string(mesh.StatusUnknown)}}
		if port, ok := s.Mesh.Port(id); ok {
			n.DataProduct = pages.Link{Text: port.DataProduct, Href: dataProductHref(port.DataProduct)}
			n.Health = statusBadge(port.Health.Status)
		}
		list = append(list, n)
	}
	return list
}

func (s *Server) readers(ports []mesh.Port) []pages.Neighbour {
	var list []pages.Neighbour
	for _, port := range ports {
		for _, id := range port.Readers {
			n := pages.Neighbour{DataProduct: pages.Link{Text: id, Href: dataProductHref(id)}, Port: port.Name, Health: statusBadge(string(mesh.StatusUnknown))}
			if reader, ok := s.Mesh.DataProduct(id); ok {
				n.Health = statusBadge(reader.Status)
			}
			list = append(list, n)
		}
	}
	return list
}

func (s *Server) instancesOf(id string, now time.Time) []pages.Instance {
	var list []pages.Instance
	for _, i := range s.Mesh.Instances() {
		for _, held := range i.DataProducts {
			if held.ID != id {
				continue
			}
			list = append(list, pages.Instance{
				Name:       i.Name,
				State:      stateBadge(i.State, i.Cause),
				Version:    orNone(i.Version),
				Started:    human.Age(i.StartedAt, now),
				Heartbeat:  human.Ago(i.LastHeartbeat, now),
				Partitions: partitions(held.Partitions),
			})
		}
	}
	return list
}

// partitions writes held partitions as "topic 0, 1, 2".
func partitions(held []mesh.HeldPartition) string {
	var topics []string
	by := map[string][]string{}
	for _, p := range held {
		if by[p.Topic] == nil {
			topics = append(topics, p.Topic)
		}
		by[p.Topic] = append(by[p.Topic], strconv.Itoa(int(p.Partition)))
	}
	for i, t := range topics {
		topics[i] = t + " " + strings.Join(by[t], ", ")
	}
	return orNone(strings.Join(topics, "; "))
}
