package explain

// promises are the words that slaProperties[].property may have.
func promises() []Entry {
	const (
		duration = "number with unit, or ISO 8601 duration"
		share    = "percent, or ratio from 0 to 1"
		instant  = "date or time"
		stated   = " It is read, compared by diff, and shown; nothing measures it."
	)
	entries := section(Promise, [][5]string{
		{"freshness", duration, "How old the newest accepted event may be: now minus its event time, in the slowest partition that is not idle.",
			"Judged by deadline: a breach begins when no watermark reached it in time, names its cause upstream, and ends when the port caught up. Needs tidemark.eventTime.",
			"{property: freshness, value: 5, unit: minutes}"},
		{"latency", duration, "How long it may take from an input record's timestamp until its output is there for readers.",
			"Judged every five minutes: 99 percent of the records must keep it.", "{property: latency, value: 30, unit: s}"},
		{"frequency", duration, "How long it may be from one accepted record to the next.",
			"Judged by the time of the newest accepted record, whatever its event time; silence is a breach.", "{property: frequency, value: PT15M}"},
		{"completeness", share, "What share of the input is accepted: accepted / (accepted + rejected).",
			"Judged every five minutes over what was judged in them.", "{property: completeness, value: 99.9, unit: percent}"},
		{"errorRate", share, "What share of the input may be rejected: rejected / (accepted + rejected).",
			"Judged every five minutes, as completeness is.", "{property: errorRate, value: 0.1, unit: percent}"},
		{"availability", share, "What share of the time the port serves its readers.",
			"Shown, compared by diff, and exported to OpenSLO, where the port's status measures it; no breach begins by it.", "{property: availability, value: 99.5, unit: percent}"},
		{"throughput", "number with unit", "How much the port takes or gives in a time.",
			"Shown. The standard names no unit for it that could be judged; a quality rule on rowCount says the same in a way that is.", "{property: throughput, value: 1000, unit: records per second}"},
		{"retention", duration, "How long records are kept. The unit m means months here, with a warning: write it out.",
			"A topic that is made for the port gets it as retention.ms; a compacted one keeps the newest of each key instead.", "{property: retention, value: 30, unit: days}"},
		{"generalAvailability", instant, "From when on the data may be used.", "diff tells when it moves." + stated, "{property: generalAvailability, value: \"2026-12-01\"}"},
		{"endOfSupport", instant, "Until when the port is supported; with element <object>.<field>, one field of it.",
			"The end of a deprecation: what is removed before it is a break, and a deprecation without one lasts 90 days. The port is shown as deprecated from then on.",
			"{property: endOfSupport, value: \"2027-03-31\", element: Order.channel}"},
		{"endOfLife", instant, "When the port goes.", "The port is shown as retired from then on, whatever its status says; diff tells when it moves.", "{property: endOfLife, value: \"2027-06-30\"}"},
		{"timeToDetect", duration, "How soon a fault is noticed.", "Of the team, not of the data." + stated, "{property: timeToDetect, value: 15, unit: minutes}"},
		{"timeToNotify", duration, "How soon consumers hear of a fault.", "Of the team, not of the data." + stated, "{property: timeToNotify, value: 1, unit: h}"},
		{"timeToRepair", duration, "How soon a fault is mended.", "Of the team, not of the data." + stated, "{property: timeToRepair, value: 4, unit: h}"},
		{"timeOfAvailability", "text", "At what time of the day the data is there.", "Shown; nothing judges it: say frequency or freshness.", "{property: timeOfAvailability, value: \"09:00\"}"},
	})
	for i := range entries {
		entries[i].Example = "slaProperties: [" + entries[i].Example + "]"
	}
	return also(entries, func(name string) []string { return []string{"slaProperties." + name} })
}

// metrics are the words that quality[].metric may have.
func metrics() []Entry {
	const zero = " With mustBe: 0 every record is judged by itself, and refused (rule.broken) or counted as its severity says; with any other bound, windows are counted (tidemark.qualityWindow) and judged."
	entries := section(Metric, [][5]string{
		{"nullValues", "rows or percent", "How many values are null.", "At a property, or at an object with arguments.properties." + zero,
			"quality: [{metric: nullValues, mustBeLessThan: 5, unit: percent}]"},
		{"missingValues", "rows or percent", "How many values are missing: null, or one of arguments.missingValues, which stand for nothing.",
			"As nullValues; with a list, null counts only where the list names it." + zero,
			"quality: [{metric: missingValues, arguments: {missingValues: [\"\", n/a]}, mustBe: 0}]"},
		{"invalidValues", "rows or percent", "How many values are none of arguments.validValues, or do not match arguments.pattern.",
			"Needs one of the two arguments. Null is not judged." + zero,
			"quality: [{metric: invalidValues, arguments: {validValues: [web, shop]}, mustBe: 0}]"},
		{"duplicateValues", "rows or percent", "How many records have a value, or with arguments.properties a combination of values, that another has too.",
			"Counted over windows, exactly where the record key decides it, and else estimated; refuses nothing. To refuse, say unique or primaryKey.",
			"quality: [{metric: duplicateValues, arguments: {properties: [orderId, sku]}, mustBe: 0}]"},
		{"rowCount", "rows", "How many records there are.", "Counted over windows (tidemark.qualityWindow) and judged when one closes; refuses nothing. Stands at the object.",
			"quality: [{metric: rowCount, mustBeGreaterThan: 100}]"},
	})
	return also(entries, func(name string) []string { return []string{"quality." + name, "quality.metric." + name} })
}

// operators are the keys of quality rules that hold the metric's value against a bound.
func operators() []Entry {
	const (
		over   = " Judged when a window closes; a number that the metric cannot come to is an error of check."
		number = "number"
		two    = "list of two numbers"
	)
	return section(ODCS, [][5]string{
		{"quality[].mustBe", "any value", "What the metric is equal to.", "0 of nullValues, missingValues and invalidValues: every record is judged by itself, and refused where it is bad. Else many: judged when a window closes.", "quality: [{metric: invalidValues, arguments: {pattern: \"^[A-Z]{2}$\"}, mustBe: 0}]"},
		{"quality[].mustNotBe", "any value", "What the metric is not equal to.", "The value may be anything but this." + over, "quality: [{metric: rowCount, mustNotBe: 0}]"},
		{"quality[].mustBeGreaterThan", number, "What the metric is above.", "The bound itself does not hold." + over, "quality: [{metric: rowCount, mustBeGreaterThan: 100}]"},
		{"quality[].mustBeGreaterOrEqualTo", number, "What the metric is at least.", "The bound itself holds." + over, "quality: [{metric: rowCount, mustBeGreaterOrEqualTo: 100}]"},
		{"quality[].mustBeLessThan", number, "What the metric is below.", "The bound itself does not hold, and so nothing is below 0." + over, "quality: [{metric: nullValues, mustBeLessThan: 5, unit: percent}]"},
		{"quality[].mustBeLessOrEqualTo", number, "What the metric is at most.", "0 is the same as mustBe: 0, and judges every record." + over, "quality: [{metric: duplicateValues, mustBeLessOrEqualTo: 5}]"},
		{"quality[].mustBeBetween", two, "Between what the metric is, ends included, the smaller first.", "Both ends hold." + over, "quality: [{metric: rowCount, mustBeBetween: [100, 200]}]"},
		{"quality[].mustNotBeBetween", two, "Between what the metric is not, ends included, the smaller first.", "Only what is outside holds." + over, "quality: [{metric: rowCount, mustNotBeBetween: [1, 10]}]"},
	})
}
