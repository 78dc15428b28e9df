package topic

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// floor is a bound below x that a person would have chosen: 0 or 1 for what is not negative.
func floor(x float64, whole bool) float64 {
	switch {
	case x < 0:
		return -ceiling(-x, whole)
	case whole && x >= 1:
		return 1
	}
	return 0
}

// ceiling is a bound above x with room to grow: at least twice x, in steps of 1, 2, 5, 10; 1 for a share.
func ceiling(x float64, whole bool) float64 {
	switch {
	case x <= 0:
		return 0
	case !whole && x <= 1:
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(2*x)))
	for _, step := range []float64{1, 2, 5, 10} {
		if bound := step * power; bound >= 2*x {
			return math.Round(bound)
		}
	}
	return math.Round(10 * power)
}

const day = 24 * time.Hour

// steps are durations that a person would have chosen.
func steps() []time.Duration {
	return []time.Duration{
		time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, day, 7 * day, 30 * day, 90 * day, 365 * day,
	}
}

// roomy is the smallest of steps that is not shorter than d, or d in whole years.
func roomy(d time.Duration) time.Duration {
	all := steps()
	if i := slices.IndexFunc(all, func(s time.Duration) bool { return s >= d }); i >= 0 {
		return all[i]
	}
	const year = 365 * day
	if rest := d % year; rest > 0 && d < math.MaxInt64-year {
		d += year - rest
	}
	return d
}

// unit gives a duration as a whole number of its largest unit, in the standard's words.
func unit(d time.Duration) (n int64, name string) {
	for _, u := range []struct {
		length time.Duration
		name   string
	}{{day, "days"}, {time.Hour, "hours"}, {time.Minute, "minutes"}, {time.Second, "seconds"}} {
		if d >= u.length && d%u.length == 0 {
			return int64(d / u.length), u.name
		}
	}
	return d.Milliseconds(), "milliseconds"
}

// iso is a duration of unit in ISO 8601.
func iso(d time.Duration) string {
	switch n, name := unit(d); name {
	case "days":
		return "P" + strconv.FormatInt(n, 10) + "D"
	case "hours":
		return "PT" + strconv.FormatInt(n, 10) + "H"
	case "minutes":
		return "PT" + strconv.FormatInt(n, 10) + "M"
	default:
		return "PT" + strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "S"
	}
}

func digits(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
