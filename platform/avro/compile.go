package avro

import (
	"errors"
	"fmt"
)

// Bounds of a program. Rules on deeply shared types could otherwise multiply its ops, and records nested one in the
// other the paths that it keeps for messages: from a depth on, each is a sub with a path of its own.
const (
	maxOps    = 1 << 21
	maxInline = 32
)

// Compile makes a Program that checks payloads of the writer's schema. It fails where a rule or capture names a path
// that the reader's schema does not have, where a rule is of a kind that the type cannot carry or its argument makes no
// sense (the error joins all such rules, each by id and path), and with *IncompatibleError where the reader cannot read
// the writer. A rule on a field that the writer lacks is judged on the field's default, here: if it does not hold, every
// record of this writer breaks it.
func Compile(writer *Schema, o Options) (*Program, error) {
	reader := o.Reader
	if reader == nil {
		reader = writer
	}
	res := resolve(reader, writer)
	if found := res.findings(); len(found) > 0 {
		return nil, &IncompatibleError{Findings: found}
	}
	ready, err := reader.ready(o)
	if err != nil {
		return nil, err
	}
	c := newCompiler(writer, reader, ready, o.Limits.orDefault())
	if !sameWire(writer, reader) {
		c.p.rewrite = res
	}
	c.program(res)
	if len(c.p.ops) > maxOps {
		return nil, fmt.Errorf("avro: the schema and its %d rules come to more than %d steps", len(o.Rules), maxOps)
	}
	return c.p, nil
}

func checkCapture(reader *Schema, c Capture) error {
	types, err := reader.reach(c.Path)
	if err != nil {
		return err
	}
	for _, step := range c.Path {
		if step == "[]" || step == "{}" {
			return errors.New("a capture is one value of the record, not one of an array or map")
		}
	}
	for _, t := range types {
		if t.typ != TypeNull && captureKindOf(t) == captureNone {
			return fmt.Errorf("%s cannot be captured; a string, bytes, fixed, enum, int or long can", t.label())
		}
	}
	return nil
}

type compiler struct {
	p     *Program
	ready *ready
	root  *trie
	uses  map[*Schema]int // of records, arrays, maps and unions
	subs  map[subKey]int32
	queue []subKey

	precisions map[int]*decimalRange
	open       int  // arrays and maps around what is emitted
	growth     int  // of the item, shared record or branch at work: how many bytes longer the reader's may be
	lenient    bool // a default is judged: rules only, and all of them
}

// subKey: a shared record is compiled once for each reader's view and set of rules.
type subKey struct {
	writer *Schema
	res    *resolution
	rules  *trie
}

func newCompiler(writer, reader *Schema, ready *ready, limits Limits) *compiler {
	c := &compiler{ready: ready, root: ready.root, uses: map[*Schema]int{}, subs: map[subKey]int32{}, precisions: map[int]*decimalRange{}}
	c.p = &Program{writer: writer, reader: reader, rules: ready.rules, captures: ready.captures, limits: limits}
	size := c.count(writer) + len(ready.rules) + len(ready.captures)
	c.p.ops, c.p.where = make([]op, 0, size), make([]*path, 0, size)
	return c
}

func (l Limits) orDefault() Limits {
	if l.Depth <= 0 {
		l.Depth = 64
	}
	if l.Items <= 0 {
		l.Items = 1_000_000
	}
	if l.Bytes <= 0 {
		l.Bytes = 64 << 20
	}
	if l.Growth <= 0 {
		l.Growth = 8 << 20
	}
	return l
}

// count counts how often each type with others in it is referred to. It gives how many types there are in all.
func (c *compiler) count(s *Schema) (types int) {
	if s.fields == nil && s.elem == nil && s.branches == nil {
		return 1
	}
	if c.uses[s]++; c.uses[s] > 1 {
		return 1
	}
	for i := range s.fields {
		types += c.count(s.fields[i].typ)
	}
	if s.elem != nil {
		types += c.count(s.elem)
	}
	for _, b := range s.branches {
		types += c.count(b)
	}
	return types + 1
}

func (c *compiler) program(res *resolution) {
	c.p.growth = c.grown(func() { c.value(c.p.writer, res, c.root, &path{}) })
	c.emit(&path{}, opEnd, 0, 0)
	for len(c.queue) > 0 && len(c.p.ops) <= maxOps {
		k := c.queue[0]
		c.queue = c.queue[1:]
		at := (&path{}).field(k.writer.name)
		s := &c.p.subs[c.subs[k]]
		s.start = c.here()
		growth := c.grown(func() { c.fields(k.writer, k.res, k.rules, at) })
		c.emit(at, opReturn, 0, 0)
		s = &c.p.subs[c.subs[k]]
		s.end, s.growth = c.here(), growth
	}
	if c.p.frames = min(c.p.frames, c.p.limits.Depth); len(c.p.subs) > 0 { // which may hold each other
		c.p.frames = c.p.limits.Depth
	}
}

func (c *compiler) here() int32 { return int32(len(c.p.ops)) }

func (c *compiler) emit(at *path, code opcode, a, b int32) int32 {
	return c.put(at, op{code: code, a: a, b: b})
}

func (c *compiler) put(at *path, o op) int32 {
	c.p.ops = append(c.p.ops, o)
	c.p.where = append(c.p.where, at)
	return c.here() - 1
}

// value emits the ops of a value of the writer's type w. res is how the reader sees it, nil where it skips it; t are the
// rules on it.
func (c *compiler) value(w *Schema, res *resolution, t *trie, at *path) {
	if w.typ == TypeUnion {
		c.union(w, res, t, at)
		return
	}
	for res != nil && res.reader.typ == TypeUnion {
		c.growth += longWidth(res.branch)
		res = res.inner
	}
	if len(c.p.ops) > maxOps { // Compile reports it
		return
	}
	switch w.typ {
	case TypeNull:
		c.null(t, at)
	case TypeRecord:
		if c.uses[w] == 1 && at.depth < maxInline {
			c.fields(w, res, t, at)
			return
		}
		c.emit(at, opCall, c.sub(subKey{w, res, t}), 0)
	case TypeArray, TypeMap:
		c.loop(w, res, t, at)
	default:
		c.leaf(w, res, t, at)
	}
}

func (c *compiler) sub(k subKey) int32 {
	if i, ok := c.subs[k]; ok {
		return i
	}
	i := int32(len(c.p.subs))
	c.subs[k] = i
	c.p.subs = append(c.p.subs, sub{})
	c.queue = append(c.queue, k)
	return i
}

// null breaks every Required here.
func (c *compiler) null(t *trie, at *path) {
	if t == nil {
		return
	}
	for _, i := range t.rules {
		if c.p.rules[i].Kind == Required {
			c.emit(at, opBroken, int32(i), 0)
		}
	}
}

func (c *compiler) union(w *Schema, res *resolution, t *trie, at *path) {
	option := func(i int) *resolution {
		if res == nil {
			return nil
		}
		return res.options[i]
	}
	if n := w.nullBranch(); n >= 0 && len(w.branches) == 2 {
		head := c.emit(at, opOptional, int32(n), 0)
		c.option(w, 1-n, option(1-n), t, at)
		jump := c.emit(at, opJump, 0, 0)
		c.p.ops[head].b = c.here()
		c.option(w, n, option(n), t, at)
		if c.here() == jump+1 { // null needs no ops: no jump over them either
			c.p.ops, c.p.where = c.p.ops[:jump], c.p.where[:jump]
			c.p.ops[head].b = jump
			return
		}
		c.p.ops[jump].a = c.here()
		return
	}
	first := int32(len(c.p.targets))
	c.p.targets = append(c.p.targets, make([]int32, len(w.branches))...)
	c.emit(at, opUnion, int32(len(w.branches)), first)
	var jumps []int32
	for i := range w.branches {
		c.p.targets[int(first)+i] = c.here()
		c.option(w, i, option(i), t, at)
		jumps = append(jumps, c.emit(at, opJump, 0, 0))
	}
	for _, j := range jumps {
		c.p.ops[j].a = c.here()
	}
}

func (c *compiler) fields(w *Schema, res *resolution, t *trie, at *path) {
	for i := range w.fields {
		var by *resolution
		var rules *trie
		if res != nil && res.fields[i].reader >= 0 {
			by = res.fields[i].by
			rules = t.child(res.reader.fields[res.fields[i].reader].name)
		}
		c.value(w.fields[i].typ, by, rules, at.field(w.fields[i].name))
	}
	if res == nil {
		return
	}
	for i, from := range res.sources {
		f := &res.reader.fields[i]
		if from < 0 {
			c.growth += len(f.wire)
		}
		if rules := t.child(f.name); from < 0 && rules != nil {
			c.absent(f, rules, at.field(f.name))
		}
	}
}

func (c *compiler) loop(w *Schema, res *resolution, t *trie, at *path) {
	l := loop{width: w.elem.width, unique: -1}
	step, key := "[]", false
	if w.typ == TypeMap {
		step, key = "{}", true
		l.width++
	}
	var counts []ruleCheck
	if t != nil && res != nil {
		for _, i := range t.rules {
			if c.p.rules[i].Kind == UniqueItems {
				l.unique, l.decimal = i, res.reader.elem.logical == Decimal && w.elem.typ == TypeBytes
				continue
			}
			if made := c.ready.on(i, res.reader); made != nil {
				counts = append(counts, ruleCheck{i, made})
			}
		}
	}
	var by *resolution
	if res != nil {
		by = res.inner
	}
	i := int32(len(c.p.loops))
	c.p.loops = append(c.p.loops, l)
	c.emit(at, opArray, i, 0)
	c.p.loops[i].body = c.here()
	c.open++
	c.p.frames = max(c.p.frames, c.open)
	within := at.then(step)
	if key {
		text := op{code: opString, on: onText}
		text.guard(every)
		c.put(within, text)
	}
	c.p.loops[i].growth = c.grown(func() { c.value(w.elem, by, t.child(step), within) })
	next := opNext
	if l.unique >= 0 {
		next = opNextUnique
	}
	c.emit(within, next, i, c.p.loops[i].body)
	c.p.loops[i].end = c.here()
	c.open--
	if len(counts) > 0 {
		count := op{code: opCount, on: onLong}
		count.guard(every)
		c.guarded(count, counts, at)
	}
}
