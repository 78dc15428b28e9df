// Package human writes durations, counts and ratios the way a person reads them at a glance. The portal's pages
// and the CLI's tables share it, so that both say the same.
package human

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// None stands for a value that is not known.
const None = "–"

const day = 24 * time.Hour

// Duration gives d in its one or two largest units: "0 s", "850 ms", "42 s", "5 min", "3 h 20 min", "12 d". It rounds
// down, so that "59 s" never reads as a minute that has not passed. A negative d reads as "0 s".
func Duration(d time.Duration) string {
	switch {
	case d <= 0:
		return "0 s"
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int64(d/time.Second))
	case d < time.Hour:
		return two(d, time.Minute, "min", time.Second, "s", 10)
	case d < day:
		return two(d, time.Hour, "h", time.Minute, "min", 10)
	}
	return two(d, day, "d", time.Hour, "h", 4)
}

// two gives the smaller unit too while there are fewer than few of the larger.
func two(d, large time.Duration, largeName string, small time.Duration, smallName string, few int64) string {
	n, rest := int64(d/large), int64(d%large/small)
	if n >= few || rest == 0 {
		return fmt.Sprintf("%d %s", n, largeName)
	}
	return fmt.Sprintf("%d %s %d %s", n, largeName, rest, smallName)
}

// Seconds is Duration of a number of seconds; nil is None.
func Seconds(s *float64) string {
	if s == nil || math.IsNaN(*s) || *s < 0 {
		return None
	}
	return Duration(duration(*s))
}

// Minutes is Duration of a number of minutes; nil is None.
func Minutes(m *float64) string {
	if m == nil {
		return None
	}
	s := *m * 60
	return Seconds(&s)
}

func duration(seconds float64) time.Duration {
	const most = float64(math.MaxInt64) / float64(time.Second)
	return time.Duration(min(seconds, most-1) * float64(time.Second))
}

// Ago says how long before now t was: "12 s ago", "just now" within a second, None for the zero time.
func Ago(t, now time.Time) string {
	if t.IsZero() {
		return None
	}
	d := now.Sub(t)
	if d < time.Second {
		return "just now"
	}
	return Duration(d) + " ago"
}

// Age is Ago without the word, for a table's column.
func Age(t, now time.Time) string {
	if t.IsZero() {
		return None
	}
	return Duration(now.Sub(t))
}

// Count groups digits by thousands: 1,234,567.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// Percent gives a ratio in percent with at most two decimals, rounded down: only what is whole reads "100 %".
// nil is None.
func Percent(ratio *float64) string {
	if ratio == nil || math.IsNaN(*ratio) {
		return None
	}
	hundredths := math.Floor(*ratio*10000 + 1e-9) // the addend undoes what 0.29*10000 lacks
	return strconv.FormatFloat(hundredths/100, 'f', -1, 64) + " %"
}
