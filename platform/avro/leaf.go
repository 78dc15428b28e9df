package avro

// leaf emits the ops of a value without parts: read it, check what its logical type asks, then the rules and captures.
func (c *compiler) leaf(w *Schema, res *resolution, t *trie, at *path) {
	code, a := readOp(w)
	reader := w
	if res != nil {
		reader = res.reader
		if w.typ == TypeBytes && reader.typ == TypeString {
			code = opString
		}
	}
	c.emit(at, code, a, 0)
	c.logical(w, w, at)
	if reader.logical != w.logical {
		c.logical(reader, w, at)
	}
	if res == nil || t == nil {
		return
	}
	if isInteger(w.typ) && reader.typ == TypeDouble {
		c.emit(at, opWiden, 0, 0)
	}
	if isInteger(w.typ) && reader.typ == TypeFloat {
		c.emit(at, opWiden32, 0, 0)
	}
	for _, i := range t.rules {
		r := c.options.Rules[i]
		check, err := newCheck(r, reader)
		if r.Kind == Required || err != nil { // it is not null; or the rule is for another branch of the union
			continue
		}
		c.check(i, check, res, at)
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

// check emits the op of a check.
func (c *compiler) check(rule int, made check, res *resolution, at *path) {
	p := c.p
	switch made := made.(type) {
	case longRange:
		c.emit(at, opRange, int32(len(p.ranges)), 0)
		p.ranges = append(p.ranges, rangeCheck{made, rule})
	case runes:
		c.emit(at, opRunes, int32(len(p.ranges)), 0)
		p.ranges = append(p.ranges, rangeCheck{longRange(made), rule})
	case floatRange:
		c.emit(at, opFloatRange, int32(len(p.floats)), 0)
		p.floats = append(p.floats, floatCheck{made, rule})
	case *decimalRange:
		c.emit(at, opDecimalRange, int32(len(p.decimals)), 0)
		p.decimals = append(p.decimals, decimalCheck{*made, rule})
	case symbolCheck:
		c.emit(at, opSymbols, int32(len(p.symbols)), 0)
		p.symbols = append(p.symbols, symbolsCheck{made.through(res.symbols), rule})
	default:
		c.emit(at, opCheck, int32(len(p.checks)), 0)
		p.checks = append(p.checks, ruleCheck{rule, made})
	}
}

func isInteger(t Type) bool { return t == TypeInt || t == TypeLong }

// readOp is the op that reads a value's bytes.
func readOp(w *Schema) (code opcode, a int32) {
	switch w.typ {
	case TypeBoolean:
		return opBoolean, 0
	case TypeInt:
		return opInt, 0
	case TypeLong:
		return opLong, 0
	case TypeFloat:
		return opFloat, 0
	case TypeDouble:
		return opDouble, 0
	case TypeBytes:
		return opBytes, 0
	case TypeString:
		return opString, 0
	case TypeEnum:
		return opEnum, int32(len(w.symbols))
	}
	return opFixed, int32(w.size)
}

// logical emits what the logical type of s asks of a value that is written as w.
func (c *compiler) logical(s, w *Schema, at *path) {
	if c.lenient {
		return
	}
	switch s.logical {
	case Decimal:
		c.emit(at, opDigits, c.digits(s.precision), 0)
	case UUID:
		if s.typ == TypeString {
			c.emit(at, opUUID, 0, 0)
		}
	case TimeMillis, TimeMicros:
		if isInteger(w.typ) {
			c.emit(at, opDay, int32(s.logical.timeUnit()/1000), 0)
		}
	}
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
	o := Options{Rules: append([]Rule(nil), c.options.Rules...), Captures: c.options.Captures}
	for i := range o.Rules {
		o.Rules[i].Severity = Warning
	}
	d := newCompiler(f.typ, f.typ, Options{Limits: c.options.Limits})
	d.options, d.root, d.lenient = o, rules, true
	d.p.rules, d.p.captures = o.Rules, o.Captures
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

// digits is the index of a precision's range, which many fields share.
func (c *compiler) digits(precision int) int32 {
	if i, ok := c.precisions[precision]; ok {
		return i
	}
	i := int32(len(c.p.digits))
	c.precisions[precision] = i
	c.p.digits = append(c.p.digits, *digitRange(precision))
	return i
}
