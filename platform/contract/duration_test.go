package contract

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"P7D": 7 * day, "PT15M": 15 * time.Minute, "P1DT12H": 36 * time.Hour, "P2W": 14 * day, "P1Y": 365 * day, "P1M": 30 * day,
		"PT0.5S": 500 * time.Millisecond, "PT1,25S": 1250 * time.Millisecond, "PT0.000000001S": 1, "P1Y2M3DT4H5M6S": year + 2*month + 3*day + 4*time.Hour + 5*time.Minute + 6*time.Second,
		"PT0S": 0, "P0D": 0,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "P1DT", "7D", "P-1D", "-P1D", "P1H", "PT1D", "P1.5D", "P1W2D", "p1d", "P1D ", "PT1S2M", "P999999999999Y", "PT1e3S", "P1D\n"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}
