package pages

import "strconv"

// tideMark is where the promise ends on the gauge, whose whole width is 90.
const tideMark = 60

// width is the fill's length: at least a sliver, and at most the whole gauge, which is one and a half promises.
func (t *Tide) width() string {
	return strconv.Itoa(min(max(t.Fill*tideMark/100, 2), 90))
}

// indent is the class that sets a nested field in; deeper ones share the last.
func (f Field) indent() string { return "in" + strconv.Itoa(min(f.Depth, 4)) }
