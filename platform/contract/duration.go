package contract

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

const (
	day   = 24 * time.Hour
	week  = 7 * day
	month = 30 * day  // ISO 8601 leaves a month's length to the calendar; promises do not know which one is meant
	year  = 365 * day // as with months
)

var isoDuration = regexp.MustCompile(`^P(?:(\d+)W|(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d{1,9})?)S)?)?)$`)

// ParseDuration reads an ISO 8601 duration, such as P7D, PT15M or P1DT12H. A month is 30 days and a year 365,
// since there is no calendar to ask. At least one number is needed; a sign is not allowed.
func ParseDuration(text string) (time.Duration, error) {
	invalid := fmt.Errorf("%s is no ISO 8601 duration: write it as in P7D, PT15M or P1DT12H", strict.Quote(text))
	m := isoDuration.FindStringSubmatch(text)
	if m == nil || text[len(text)-1] == 'T' || text == "P" {
		return 0, invalid
	}
	units := []time.Duration{week, year, month, day, time.Hour, time.Minute, time.Second}
	total := 0.0
	var exact time.Duration
	for i, unit := range units {
		number := m[i+1]
		if number == "" {
			continue
		}
		n, err := strconv.ParseFloat(commaToPoint(number), 64)
		if err != nil {
			return 0, invalid
		}
		if total += n * float64(unit); total > math.MaxInt64/2 { // half: far from where rounding matters
			return 0, fmt.Errorf("%s is too long: at most 146 years", strict.Quote(text))
		}
		exact += time.Duration(math.Round(n * float64(unit)))
	}
	return exact, nil
}

func commaToPoint(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == ',' {
			b[i] = '.'
		}
	}
	return string(b)
}
