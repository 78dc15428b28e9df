package provision_test

import (
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/provision"
)

// What is published must be true: a descriptor waits for what is held back of its ports.
func TestDescriptorsWaitForWhatIsHeldBack(t *testing.T) {
	paid := sales
	paid.props = "      - {name: paid, logicalType: integer, physicalType: long, required: true}\n"
	paid.fields = `, {"name": "paid", "type": "long"}`
	fewer, shorter, both := sales, sales, sales
	fewer.extra = strings.Replace(sales.extra, "value: 2", "value: 1", 1)
	shorter.keep = 3
	both.keep, both.extra = shorter.keep, fewer.extra
	w := newWorld(t, nil)
	w.apply(t, wanted(t, tree(nil, shop()[:1]...), provision.Options{}))
	const contract, dataProduct = "change descriptor urn:datamesh:till:sales:items:1@1.0.0", "change descriptor till.sales@1.0.0"
	for name, c := range map[string]struct {
		port          port
		needs, reason string
	}{
		"a schema that does not fit": {paid, "", "waits for schema till.sales.items.v1-value, which is held back"},
		"fewer partitions":           {fewer, "", "waits for partitions till.sales.items.v1, which is held back"},
		"shorter retention":          {shorter, "--allow-data-loss", "waits for setting retention.ms of till.sales.items.v1, which is held back"},
		"both":                       {both, "", "waits for partitions till.sales.items.v1, which is held back with 1 more"},
	} {
		products := shop()[:1]
		products[0].extra = "description: {purpose: other}\n"
		products[0].outputs = []port{c.port}
		changed := tree(nil, products...)
		plan := w.plan(t, wanted(t, changed, provision.Options{}))
		for _, d := range []string{contract, dataProduct} {
			if h, ok := held(plan)[d]; !ok || h.Needs != c.needs || h.Reason != c.reason {
				t.Errorf("%s: %s is %q (%q), held are\n%s", name, d, h.Reason, h.Needs, names(held(plan)))
			}
		}
		for d := range steps(plan) {
			if strings.Contains(d, "descriptor") {
				t.Errorf("%s: it would %s", name, d)
			}
		}
		drift, err := w.Drift(t.Context(), wanted(t, changed, provision.Options{}))
		if err != nil || drift.Resources[provision.Descriptor][provision.RuleDiffers] != 2 {
			t.Errorf("%s: drift is %v, %v", name, drift.Resources, err)
		}
	}
	products := shop()[:1]
	products[0].outputs = []port{shorter}
	plan := w.apply(t, wanted(t, tree(nil, products...), provision.Options{AllowDataLoss: true}))
	if _, ok := steps(plan)[contract]; !ok {
		t.Errorf("when it is not held back, the steps are\n%s", names(steps(plan)))
	}
}
