package customer

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/dataproduct"
)

// publish passes a changed profile on to both ports, unless it is an account of our own staff.
func publish(p *CustomerProfile, emit *dataproduct.Emit) error {
	if p.Internal {
		return emit.Drop("internal-account")
	}
	customers.To(emit, customerOf(p))
	segments.To(emit, memberOf(p))
	return nil
}

// customerOf is the customer for those who serve them. The e-mail address is there: the contract requires it.
func customerOf(p *CustomerProfile) Customer {
	return Customer{
		CustomerID: p.CustomerID,
		Revision:   p.Revision,
		Name:       p.Name,
		Email:      strings.ToLower(*p.Email),
		Phone:      p.Phone,
		Segment:    p.Segment,
		Address: CustomerAddress{
			Country:    p.Address.Country,
			Region:     p.Address.Region,
			State:      p.Address.State,
			City:       p.Address.City,
			PostalCode: postalCode(p.Address.PostalCode),
		},
		MarketingConsent: p.MarketingConsent,
		SignedUpOn:       p.SignedUpOn,
		ChangedAt:        p.ChangedAt,
	}
}

// memberOf is the customer for those who count them: nothing in it names a person.
func memberOf(p *CustomerProfile) SegmentMember {
	return SegmentMember{
		CustomerID:  p.CustomerID,
		Revision:    p.Revision,
		Segment:     p.Segment,
		Region:      p.Address.Region,
		State:       p.Address.State,
		Contactable: p.MarketingConsent,
		Cohort:      p.SignedUpOn.Format("2006-01"),
		ChangedAt:   p.ChangedAt,
	}
}

// postalCode restores the leading zeros that the CRM loses: 4240 is 04240.
func postalCode(typed string) string {
	return strings.Repeat("0", max(0, 5-len(typed))) + typed
}
