package avro

import (
	"math"
	"slices"
)

// leaf emits the ops of a value without parts: read it, then what its logical type and the rules ask that the guard of
// reading does not stand for, then the captures.
func (c *compiler) leaf(w *Schema, res *resolution, t *trie, at *path) {
	reader := w
	if res != nil {
		reader = res.reader
		c.growth += leafGrowth(res)
	}
	checks := c.logical(w, w, nil)
	if reader.logical != w.logical {
		checks = c.logical(reader, w, checks)
	}
	if res == nil {
		t = nil
	}
	checks = c.judged(reader, res, t, checks)
	c.read(w, reader, checks, at)
	if t == nil {
		return
	}
	for _, i := range t.captures {
		kind := captureKindOf(reader)
		if kind == captureNone {
			continue
		}
		if kind == captureSymbol {
			c.captureSymbols(i, reader, res.symbols, at)
			continue
		}
		c.emit(at, opCapture, int32(i), int32(kind))
	}
}

// judged adds the checks of the rules on values of a type.
func (c *compiler) judged(reader *Schema, res *resolution, t *trie, checks []ruleCheck) []ruleCheck {
	if t == nil {
		return checks
	}
	for _, i := range t.rules {
		made := c.ready.on(i, reader)
		switch m := made.(type) {
		case nil, always, nothing: // nil: it is for another branch of the union, or about null
			continue
		case symbolCheck:
			made = m.through(res.symbols)
		}
		checks = append(checks, ruleCheck{i, made})
	}
	return checks
}

// read emits the op that reads a value, and those of the checks that its guard cannot stand for.
func (c *compiler) read(w, reader *Schema, checks []ruleCheck, at *path) {
	o := op{}
	o.guard(every)
	switch w.typ {
	case TypeBoolean:
		o.code = opBoolean
	case TypeInt:
		o.code = opInt
		o.guard(longRange{math.MinInt32, math.MaxInt32})
	case TypeLong:
		o.code = opLong
	case TypeFloat:
		o.code, o.on = opFloat, onFloat
		o.guardFloat(floatRange{math.Inf(-1), math.Inf(1)})
	case TypeDouble:
		o.code, o.on = opDouble, onDouble
		o.guardFloat(floatRange{math.Inf(-1), math.Inf(1)})
	case TypeBytes:
		o.code, o.on = opBytes, onText
		if reader.typ == TypeString {
			o.code = opString
		}
	case TypeString:
		o.code, o.on = opString, onText
	case TypeEnum:
		o.code = opInt
		if n := len(w.symbols); n <= 64 && slices.ContainsFunc(checks, isSymbols) {
			o.code, o.span = opEnum, 1<<n-1
		}
		checks = slices.Insert(checks, 0, ruleCheck{-1, longRange{0, int64(len(w.symbols)) - 1}})
	case TypeFixed:
		o.code, o.on, o.lo = opFixed, onText, int64(w.size)
	}
	switch {
	case isInteger(w.typ) && reader.typ == TypeDouble:
		o.on = onWide
	case isInteger(w.typ) && reader.typ == TypeFloat:
		o.on = onWide32
	case slices.ContainsFunc(checks, isDecimalRange): // the bytes are read, and then they are a number
		c.put(at, o)
		o = op{code: opDecimal, on: onText}
		o.guard(every)
	}
	c.guarded(o, checks, at)
}

func isInteger(t Type) bool { return t == TypeInt || t == TypeLong }

func isDecimalRange(c ruleCheck) bool { _, is := c.check.(*decimalRange); return is }
func isSymbols(c ruleCheck) bool      { _, is := c.check.(symbolCheck); return is }

// guarded emits an op with all the checks of a value, and one more for each that its guard cannot stand for.
func (c *compiler) guarded(o op, checks []ruleCheck, at *path) {
	first := len(c.p.checks)
	c.p.checks = append(c.p.checks, checks...)
	o.a, o.b = int32(first), int32(len(c.p.checks))
	var others []op
	for i := range checks {
		if c.tallied(&checks[i]) || !o.narrow(checks[i].check) {
			other := c.single(checks[i], o.on)
			other.a, other.b = int32(first+i), int32(first+i+1)
			others = append(others, other)
		}
	}
	c.put(at, o)
	for _, other := range others {
		c.put(at, other)
	}
}

// tallied reports that a check of a number is for counting only. Such ones are broken often, and the guard holds the better
// without them.
func (c *compiler) tallied(ck *ruleCheck) bool {
	_, is := ck.check.(longRange)
	return is && ck.rule >= 0 && c.p.rules[ck.rule].Severity == Count
}

// single is the op of one check.
func (c *compiler) single(ck ruleCheck, on subject) op {
	p := c.p
	o := op{code: opCheck, on: on}
	switch made := ck.check.(type) {
	case longRange:
		if c.tallied(&ck) {
			o.code, o.rule = opTally, int32(ck.rule)
			o.guard(made)
		}
	case *machineMatch:
		if s, is := made.shape(); is {
			o.code, o.lo = opShape, int64(len(p.shapes))
			p.shapes = append(p.shapes, s)
			return o
		}
		o.code, o.lo = opPattern, int64(len(p.machines))
		p.machines = append(p.machines, made.machine)
	case fewTexts:
		o.code = opOneOf
		o.lo, o.span = c.words(made)
	case none:
		if few, is := made.check.(fewTexts); is {
			o.code = opNoneOf
			o.lo, o.span = c.words(few)
		}
	case floatMultiple:
		if power, exact := made.power(); exact && on == onDouble {
			o.code, o.lo, o.span = opMultiple, int64(math.Float64bits(power)), made.digits
		}
	}
	return o
}

func (c *compiler) words(texts []string) (first int64, count uint64) {
	first = int64(len(c.p.words))
	c.p.words = append(c.p.words, wordsOf(texts)...)
	return first, uint64(len(c.p.words)) - uint64(first)
}

// logical adds what the logical type of s asks of a value that is written as w.
func (c *compiler) logical(s, w *Schema, checks []ruleCheck) []ruleCheck {
	if c.lenient {
		return checks
	}
	switch s.logical {
	case Decimal:
		return append(checks, ruleCheck{-1, c.digits(s.precision)})
	case UUID:
		if s.typ == TypeString {
			return append(checks, ruleCheck{-1, formatCheck(isUUID)})
		}
	case TimeMillis, TimeMicros:
		if isInteger(w.typ) {
			return append(checks, ruleCheck{-1, longRange{0, 86_400*s.logical.timeUnit() - 1}})
		}
	}
	return checks
}

// captureSymbols gives each of the writer's symbols the reader's text, as a constant.
func (c *compiler) captureSymbols(capture int, reader *Schema, symbols []int, at *path) {
	first := len(c.p.consts)
	for _, i := range symbols {
		c.p.consts = append(c.p.consts, c.text([]byte(reader.symbols[i])))
	}
	c.emit(at, opSymbol, int32(capture), int32(first))
}

// absent judges the rules on a field that the writer lacks by the reader's default, once and for all records: the
// default is walked as a payload of its own, with every rule a warning, so that all that it breaks are told. Its
// captures become constants. A default that its own logical type would refuse is the contract's business, not the
// record's.
func (c *compiler) absent(f *SchemaField, rules *trie, at *path) {
	d := newCompiler(f.typ, f.typ, c.ready, c.p.limits)
	d.root, d.lenient = rules, true
	d.p.rules = slices.Clone(d.p.rules)
	for i := range d.p.rules {
		d.p.rules[i].Severity = Warning
	}
	d.program(resolve(f.typ, f.typ))
	n := d.p.NewNotes()
	if v := d.p.Walk(f.wire, n); !v.OK() { // beyond the limits: then so is the record as the reader sees it
		for _, i := range rules.all() {
			c.emit(at, opBroken, int32(i), 0)
		}
		return
	}
	for _, i := range n.Warnings() {
		c.emit(at, opBroken, int32(i), 0)
	}
	for i, captured := range n.captured {
		if captured.kind != captureNone {
			if text, ok := n.Bytes(i); ok {
				captured = c.text(text)
			}
			c.emit(at, opConst, int32(i), int32(len(c.p.consts)))
			c.p.consts = append(c.p.consts, captured)
		}
	}
}

// text is a capture of bytes that no payload holds.
func (c *compiler) text(b []byte) captured {
	c.p.texts = append(c.p.texts, b)
	return captured{kind: captureText, long: int64(len(c.p.texts) - 1)}
}

// digits is a precision's range, which many fields share.
func (c *compiler) digits(precision int) *decimalRange {
	r := c.precisions[precision]
	if r == nil {
		r = digitRange(precision)
		c.precisions[precision] = r
	}
	return r
}
