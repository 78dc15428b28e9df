package customer

import "github.com/tidemark-mesh/tidemark/platform/dataproduct"

// The ports, as the ODPS files name them.
const (
	profiles  = dataproduct.In[CustomerProfile]("profiles")
	customers = dataproduct.Out[Customer]("customers")
	segments  = dataproduct.Out[SegmentMember]("segments")
)

// Customers is the shop's customers, on a port with personal data and on one without.
func Customers() dataproduct.Product {
	return dataproduct.Transform("customer/customers", dataproduct.On(profiles, publish, customers, segments))
}

// All lists the domain's data products.
func All() []dataproduct.Product { return []dataproduct.Product{Customers()} }
