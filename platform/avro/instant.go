package avro

import (
	"errors"
	"math"
	"reflect"
	"time"
)

// instant is the number that a time is written as: a date in days, a timestamp in its units. Or it says why there is none: a number
// cut to the bits that there are would be another date, and a valid one.
func instant(l Logical, t time.Time) (n int64, why string) {
	if l == Date {
		n = t.Unix() / 86400
		switch {
		case n < math.MinInt32 || n > math.MaxInt32:
			return 0, "the date does not fit into 32 bits"
		case t.Unix() < 0 && t.Unix()%86400 != 0: // it would be the next day
			return 0, "a date before 1970 must be midnight UTC"
		}
		return n, ""
	}
	unit, number := int64(1e6), time.Time.UnixMicro
	if l.timeUnit() == 1e3 {
		unit, number = 1e3, time.Time.UnixMilli
	}
	if most := math.MaxInt64/unit - 1; t.Unix() < -most || t.Unix() > most {
		return 0, "the timestamp does not fit into 64 bits"
	}
	return number(t), ""
}

// timeOfDay is the number that a time of day is written as, or why there is none. That it is within a day is the walker's business.
func timeOfDay(l Logical, d time.Duration) (n int64, why string) {
	if l != TimeMillis {
		return d.Microseconds(), ""
	}
	if n = d.Milliseconds(); n < math.MinInt32 || n > math.MaxInt32 {
		return 0, "the time of day does not fit into 32 bits"
	}
	return n, ""
}

// instantGuard refuses times that hamba/avro would write as another.
func instantGuard(l Logical) func(reflect.Value) error {
	return func(v reflect.Value) error {
		var t time.Time
		if v.CanAddr() { // which allocates nothing
			t = *v.Addr().Interface().(*time.Time)
		} else {
			t = v.Interface().(time.Time)
		}
		if _, why := instant(l, t); why != "" {
			return errors.New(why)
		}
		return nil
	}
}

// timeOfDayGuard is the same for times of day; nil where none is cut.
func timeOfDayGuard(l Logical) func(reflect.Value) error {
	if l != TimeMillis {
		return nil
	}
	return func(v reflect.Value) error {
		if _, why := timeOfDay(l, time.Duration(v.Int())); why != "" {
			return errors.New(why)
		}
		return nil
	}
}
