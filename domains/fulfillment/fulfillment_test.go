package fulfillment

import (
	"testing"
	"time"

	"github.com/tidemark-mesh/tidemark/contracts"
	"github.com/tidemark-mesh/tidemark/platform/dataproduct/dataproducttest"
)

func TestShipments(t *testing.T) {
	dataproducttest.Golden(t, contracts.FS, Shipments(), "testdata")
}

func TestConformance(t *testing.T) {
	dataproducttest.Conformance(t, contracts.FS, All()...)
}

func TestDaysBetween(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		want     int32
	}{
		{"2016-11-08T00:00:00Z", "2016-11-08T23:59:59Z", 0},
		{"2016-11-08T23:59:59Z", "2016-11-09T00:00:00Z", 1},
		{"2016-11-08T10:15:00Z", "2016-11-11T09:00:00Z", 3},
		{"2016-02-28T12:00:00Z", "2016-03-01T12:00:00Z", 2},      // a leap year
		{"2016-11-08T20:00:00-05:00", "2016-11-09T12:00:00Z", 0}, // both the 9th in UTC
		{"1969-12-31T12:00:00Z", "1970-01-01T12:00:00Z", 1},
	} {
		from, err1 := time.Parse(time.RFC3339, tt.from)
		to, err2 := time.Parse(time.RFC3339, tt.to)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if got := daysBetween(from, to); got != tt.want {
			t.Errorf("daysBetween(%s, %s) = %d, want %d", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestPromise(t *testing.T) {
	for shipMode, want := range map[string]int32{"sameDay": 0, "firstClass": 3, "secondClass": 5, "standardClass": 7} {
		if got := promise(shipMode); got != want {
			t.Errorf("promise(%s) = %d, want %d", shipMode, got, want)
		}
	}
}
