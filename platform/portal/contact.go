package portal

import (
	"net/url"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/pages"
)

// maxContacts bounds how many support channels a page shows.
const maxContacts = 5

// contacts are the support channels that a data product's descriptor names.
func contacts(p mesh.DataProduct) []pages.Link {
	d, _ := contract.ParseDataProduct(p.ID+".odps.yaml", []byte(p.Document)) // the fold shows the findings
	if d == nil {
		return nil
	}
	var links []pages.Link
	for _, channel := range d.Support[:min(len(d.Support), maxContacts)] {
		links = append(links, pages.Link{Text: channel.Channel, Href: outside(channel.URL)})
	}
	return links
}

// outside gives a link that leaves the portal: to the web or to a mail program, and nowhere else.
func outside(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https", "mailto":
		return u.String()
	}
	return ""
}
