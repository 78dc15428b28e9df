package dataproduct_test

import (
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func TestProductIsPrintable(t *testing.T) {
	got := receipts().String()
	want := "shop.receipts (transform) sales:dataproduct_test.Sale -> receipts:dataproduct_test.Sale, large:dataproduct_test.Sale"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Every disagreement between code and files is told at once, with its name and what to do.
func TestCheck(t *testing.T) {
	type other struct {
		ID string `avro:"id"`
	}
	pass := func(*Sale, *dataproduct.Emit) error { return nil }
	for name, tt := range map[string]struct {
		product dataproduct.Product
		want    []string
	}{
		"agrees":  {receipts(), nil},
		"no file": {dataproduct.Guard("shop/nothing"), []string{"shop/nothing/product.odps.yaml"}},
		"mode":    {dataproduct.Guard("shop/receipts"), []string{"guard", "transform"}},
		"ports": {dataproduct.Transform("shop/receipts", dataproduct.On(dataproduct.In[Sale]("sold"), pass, dataproduct.Out[Sale]("tips"))),
			[]string{`On("sold")`, `Out("tips")`, "input port sales has no handler", `Out("receipts")`, `Out("large")`}},
		"type": {dataproduct.Transform("shop/receipts", dataproduct.On(dataproduct.In[other]("sales"), func(*other, *dataproduct.Emit) error { return nil }, receiptOut, largeOut)),
			[]string{"input port sales"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := dataproduct.Check(files(t, till(), receiptsFiles(testFilter)), tt.product)
			if tt.want == nil && err != nil {
				t.Fatal(err)
			}
			for _, w := range tt.want {
				if err == nil || !strings.Contains(err.Error(), w) {
					t.Errorf("%v does not name %s", err, w)
				}
			}
		})
	}
}
