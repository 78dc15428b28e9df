package customer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
)

func TestCustomers(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, Customers(), "testdata")
}

func TestConformance(t *testing.T) {
	dataproducttest.Conformance(t, contracts.FS, All()...)
}

// What is read by those who count customers must not name one.
func TestMemberHoldsNoPersonalData(t *testing.T) {
	email, phone := "Secret@mail.example", "+15550000000"
	profile := CustomerProfile{
		CustomerID: "CG-12520", Name: "Secret Name", Email: &email, Phone: &phone,
		Address:    HomeAddress{State: "Kentucky", City: "Secret City", PostalCode: "99999"},
		SignedUpOn: time.Date(2014, 3, 12, 0, 0, 0, 0, time.UTC),
	}
	got := fmt.Sprintf("%+v", memberOf(&profile))
	for _, secret := range []string{"Secret", "555000", "99999"} {
		if strings.Contains(got, secret) {
			t.Errorf("the segments port gives %q away: %s", secret, got)
		}
	}
	if want := "2014-03"; memberOf(&profile).Cohort != want {
		t.Errorf("cohort %s, want %s", memberOf(&profile).Cohort, want)
	}
}

func TestPostalCode(t *testing.T) {
	for typed, want := range map[string]string{"42420": "42420", "4401": "04401", "": "00000", "123456": "123456"} {
		if got := postalCode(typed); got != want {
			t.Errorf("postalCode(%q) = %q, want %q", typed, got, want)
		}
	}
}
