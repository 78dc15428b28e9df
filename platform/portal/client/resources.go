package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// Filter narrows a list by query parameters, such as "domain"; empty values do not.
type Filter map[string]string

func (f Filter) values() url.Values {
	v := url.Values{}
	for name, value := range f {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// list reads every page of a list.
func list[T any](ctx context.Context, c *Client, f Filter, path string) ([]T, error) {
	all := []T{}
	query := f.values()
	query.Set("limit", strconv.Itoa(api.MaxLimit))
	for {
		query.Set("offset", strconv.Itoa(len(all)))
		var page api.List[T]
		if err := c.get(ctx, &page, query, path); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if len(page.Items) == 0 || len(all) >= page.Total {
			return all, nil
		}
	}
}

// one reads one thing.
func one[T any](ctx context.Context, c *Client, path ...string) (T, error) {
	var v T
	err := c.get(ctx, &v, nil, path...)
	return v, err
}

// DataProducts lists data products: domain, owner, mode, state, status.
func (c *Client) DataProducts(ctx context.Context, f Filter) ([]mesh.DataProduct, error) {
	return list[mesh.DataProduct](ctx, c, f, "data-products")
}

// DataProduct gives one; NotFound tells when there is none.
func (c *Client) DataProduct(ctx context.Context, id string) (mesh.DataProduct, error) {
	return one[mesh.DataProduct](ctx, c, "data-products", id)
}

// Ports lists ports: domain, owner, data_product, status.
func (c *Client) Ports(ctx context.Context, f Filter) ([]mesh.Port, error) {
	return list[mesh.Port](ctx, c, f, "ports")
}

// Port gives one.
func (c *Client) Port(ctx context.Context, id string) (mesh.Port, error) {
	return one[mesh.Port](ctx, c, "ports", id)
}

// Contracts lists contracts: owner, status.
func (c *Client) Contracts(ctx context.Context, f Filter) ([]mesh.Contract, error) {
	return list[mesh.Contract](ctx, c, f, "contracts")
}

// Contract gives one.
func (c *Client) Contract(ctx context.Context, id string) (mesh.Contract, error) {
	return one[mesh.Contract](ctx, c, "contracts", id)
}

// Instances lists instances: state, data_product.
func (c *Client) Instances(ctx context.Context, f Filter) ([]mesh.Instance, error) {
	return list[mesh.Instance](ctx, c, f, "instances")
}

// Instance gives one.
func (c *Client) Instance(ctx context.Context, name string) (mesh.Instance, error) {
	return one[mesh.Instance](ctx, c, "instances", name)
}

// Breaches lists breaches: port, data_product, open.
func (c *Client) Breaches(ctx context.Context, f Filter) ([]mesh.Breach, error) {
	return list[mesh.Breach](ctx, c, f, "breaches")
}

// Search finds what matches words, the best first, at most limit.
func (c *Client) Search(ctx context.Context, words string, limit int) ([]mesh.Hit, error) {
	var page api.List[mesh.Hit]
	err := c.get(ctx, &page, url.Values{"q": {words}, "limit": {strconv.Itoa(limit)}}, "search")
	return page.Items, err
}

// Summary tells how the mesh is doing.
func (c *Client) Summary(ctx context.Context) (api.Summary, error) {
	return one[api.Summary](ctx, c, "health")
}

// DeadLetters lists a page of a data product's dead letters, the newest first: reason, limit, cursor.
func (c *Client) DeadLetters(ctx context.Context, dataProduct string, f Filter) (api.DeadLetterList, error) {
	query := f.values()
	query.Set("data_product", dataProduct)
	var page api.DeadLetterList
	err := c.get(ctx, &page, query, "dead-letters")
	return page, err
}
