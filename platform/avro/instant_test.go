package avro

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"
)

// moments has a field of each type that a time or a duration is written as.
type moments struct {
	Date   time.Time     `avro:"date"`
	Millis time.Time     `avro:"millis"`
	Micros time.Time     `avro:"micros"`
	Local  time.Time     `avro:"local"`
	Day    time.Duration `avro:"day"`
	Maybe  *time.Time    `avro:"maybe"`
}

const momentsSchema = `{"type":"record","name":"M","fields":[{"name":"date","type":{"type":"int","logicalType":"date"}},
	{"name":"millis","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"micros","type":{"type":"long","logicalType":"timestamp-micros"}},
	{"name":"local","type":{"type":"long","logicalType":"local-timestamp-micros"}},{"name":"day","type":{"type":"int","logicalType":"time-millis"}},
	{"name":"maybe","type":["null",{"type":"int","logicalType":"date"}]}]}`

// A time that its type has no number for is refused, by the codec and by a patch in the same words; it was written as another one.
// One that it has a number for comes back.
func TestTimesOutOfRange(t *testing.T) {
	s := mustParse(t, momentsSchema)
	c := mustCodec[moments](t, s)
	d := mustDecoder(t, c, s)
	viewer, err := NewViewer(s, s)
	if err != nil {
		t.Fatal(err)
	}
	splice, err := NewSplice(s, s, SpliceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	patcher := splice.NewPatcher()
	none := moments{Date: time.Unix(0, 0), Millis: time.Unix(0, 0), Micros: time.Unix(0, 0), Local: time.Unix(0, 0)}
	empty, err := c.Append(nil, &none)
	if err != nil {
		t.Fatal(err)
	}
	days := func(n int64) time.Time { return time.Unix(n*86400, 0).UTC() }
	for _, c := range []struct {
		name string
		leaf int
		time time.Time
		day  time.Duration
		want string
	}{
		{"the last date", 0, days(math.MaxInt32), 0, ""},
		{"the first date", 0, days(math.MinInt32), 0, ""},
		{"a date after the last", 0, days(math.MaxInt32 + 1), 0, "date: the date does not fit into 32 bits"},
		{"a date before the first", 0, days(math.MinInt32 - 1), 0, "date: the date does not fit into 32 bits"},
		{"a far date", 0, time.Date(27_947_741, 5, 6, 0, 0, 0, 0, time.UTC), 0, "date: the date does not fit into 32 bits"},
		{"a date that may be null", 5, days(1 << 40), 0, "maybe: the date does not fit into 32 bits"},
		{"half a day before 1970", 0, time.Unix(-43200, 0), 0, "date: a date before 1970 must be midnight UTC"},
		{"late milliseconds", 1, days(1 << 36).UTC(), 0, ""},
		{"too late milliseconds", 1, days(1 << 40), 0, "millis: the timestamp does not fit into 64 bits"},
		{"late microseconds", 2, time.Date(290_000, 1, 1, 0, 0, 0, 1000, time.UTC), 0, ""},
		{"too late microseconds", 2, time.Date(300_000, 1, 1, 0, 0, 0, 0, time.UTC), 0, "micros: the timestamp does not fit into 64 bits"},
		{"too early local ones", 3, time.Date(-300_000, 1, 1, 0, 0, 0, 0, time.UTC), 0, "local: the timestamp does not fit into 64 bits"},
		{"a time of day", 4, time.Time{}, time.Hour, ""},
		{"a time of no day", 4, time.Time{}, 1 << 32 * time.Millisecond, "day: the time of day does not fit into 32 bits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := none
			patch := patcher.Begin(viewer.View(empty))
			switch c.leaf {
			case 0:
				v.Date = c.time
			case 1:
				v.Millis = c.time
			case 2:
				v.Micros = c.time
			case 3:
				v.Local = c.time
			case 4:
				v.Day = c.day
			case 5:
				v.Maybe = &c.time
			}
			if c.leaf == 4 {
				patch.SetDuration(c.leaf, c.day)
			} else {
				patch.SetTime(c.leaf, c.time)
			}
			typed, err := d.codec.Append(nil, &v)
			patched, patchErr := patcher.Append(nil)
			if c.want != "" {
				for _, err := range []error{err, patchErr} {
					if at, ok := errors.AsType[*ValueError](err); !ok || at.Error() != c.want {
						t.Errorf("got %v, want %s", err, c.want)
					}
				}
				return
			}
			if err != nil || patchErr != nil || !bytes.Equal(typed, patched) {
				t.Fatalf("% x (%v), patched % x (%v)", typed, err, patched, patchErr)
			}
			var back moments
			if err := d.Decode(typed, &back); err != nil || !back.Date.Equal(v.Date) || !back.Millis.Equal(v.Millis) || !back.Micros.Equal(v.Micros) || back.Day != v.Day {
				t.Errorf("came back as %+v, %v", back, err)
			}
		})
	}
}
