package human

import (
	"math"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:                          "0 s",
		0:                                     "0 s",
		time.Microsecond:                      "<1 ms",
		850 * time.Millisecond:                "850 ms",
		59*time.Second + 999*time.Millisecond: "59 s",
		time.Minute:                           "1 min",
		5*time.Minute + 7*time.Second:         "5 min 7 s",
		42*time.Minute + 7*time.Second:        "42 min",
		3*time.Hour + 20*time.Minute:          "3 h 20 min",
		23*time.Hour + 59*time.Minute:         "23 h",
		25 * time.Hour:                        "1 d 1 h",
		12 * 24 * time.Hour:                   "12 d",
		time.Duration(math.MaxInt64) - time.Second: "106751 d",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%d: got %q, want %q", d, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	ratio := func(f float64) *float64 { return &f }
	for got, want := range map[string]string{
		Count(0):                               "0",
		Count(999):                             "999",
		Count(-1234567):                        "-1,234,567",
		Count(math.MaxInt64):                   "9,223,372,036,854,775,807",
		Percent(nil):                           None,
		Percent(ratio(1)):                      "100 %",
		Percent(ratio(0.999999)):               "99.99 %",
		Percent(ratio(0.29)):                   "29 %",
		Percent(ratio(0)):                      "0 %",
		Percent(ratio(math.NaN())):             None,
		Seconds(ratio(90)):                     "1 min 30 s",
		Seconds(ratio(math.Inf(1))):            "106751 d",
		Minutes(ratio(0.5)):                    "30 s",
		Minutes(nil):                           None,
		Ago(time.Time{}, time.Now()):           None,
		Ago(time.Unix(5, 0), time.Unix(5, 1)):  "just now",
		Ago(time.Unix(5, 0), time.Unix(65, 0)): "1 min ago",
		Age(time.Unix(5, 0), time.Unix(65, 0)): "1 min",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPromise(t *testing.T) {
	value, yes, no := 98.5, true, false
	from := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	soon, later := from.Add(5*time.Minute), from.Add(13*time.Hour)
	for _, c := range []struct{ got, want string }{
		{Measured(nil, "rows"), "–"}, {Measured(&value, "minutes"), "1 h 38 min"}, {Measured(&value, "percent"), "98.5 %"},
		{Measured(&value, "percent in time"), "98.5 % in time"}, {Measured(&value, "rows"), "98.5 rows"},
		{Window(nil, nil, 0), "now"}, {Window(&from, nil, 1), "since 2026-11-21 12:00:00, 1 record"},
		{Window(&from, &soon, 1000), "2026-11-21 12:00:00 to 12:05:00, 1,000 records"},
		{Window(&from, &later, 0), "2026-11-21 12:00:00 to 2026-11-22 01:00:00, 0 records"},
		{Kept(nil, false), "not known yet"}, {Kept(&yes, true), "holds"}, {Kept(&no, false), "does not hold"}, {Kept(&no, true), "does not hold (warning)"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
