package portal

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tidemark-mesh/tidemark/platform/portal/api"
)

// Paging is the query parameters of every list.
type Paging struct {
	Limit  int `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many to give at most."`
	Offset int `query:"offset" minimum:"0" maximum:"10000000" default:"0" doc:"How many to leave out at the beginning."`
}

// page gives the part of the things that keep keeps which p asks for. The order is that of all.
func page[T any](all []T, p Paging, keep func(*T) bool) api.List[T] {
	l := api.List[T]{Items: []T{}, Limit: p.Limit, Offset: p.Offset}
	for i := range all {
		if !keep(&all[i]) {
			continue
		}
		if l.Total >= p.Offset && len(l.Items) < p.Limit {
			l.Items = append(l.Items, all[i])
		}
		l.Total++
	}
	return l
}

// matches says whether each wanted value, where there is one, is the one that was found: pairs of wanted, found.
func matches(pairs ...string) bool {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] != "" && pairs[i] != pairs[i+1] {
			return false
		}
	}
	return true
}

// schemaName names a type in the OpenAPI document: api.List[mesh.Port] is PortList.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	if item, ok := strings.CutPrefix(name, "List"); ok && item != "" {
		return item + "List"
	}
	return name
}
