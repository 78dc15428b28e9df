package avro

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
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
	if err := checkOptions(reader, o); err != nil {
		return nil, err
	}
	c := newCompiler(writer, reader, o)
	if !sameWire(writer, reader) {
		c.p.rewrite = res
	}
	c.program(res)
	if len(c.p.ops) > maxOps {
		return nil, fmt.Errorf("avro: the schema and its %d rules come to more than %d steps", len(o.Rules), maxOps)
	}
	return c.p, nil
}

// sameWire reports whether both schemas read the same bytes alike.
func sameWire(writer, reader *Schema) bool {
	return writer == reader || bytes.Equal(writer.Canonical(), reader.Canonical())
}

// checkOptions judges rules and captures by the reader's schema alone, so that the answer is the same for every writer.
func checkOptions(reader *Schema, o Options) error {
	var errs []error
	for _, r := range o.Rules {
		if err := checkRule(reader, r); err != nil {
			errs = append(errs, fmt.Errorf("avro: rule %s at %s: %w", r.ID, spell(r.Path), err))
		}
	}
	for _, c := range o.Captures {
		if err := checkCapture(reader, c); err != nil {
			errs = append(errs, fmt.Errorf("avro: capture %s at %s: %w", c.Name, spell(c.Path), err))
		}
	}
	return errors.Join(errs...)
}

// checkRule: at least one type that the path leads to must carry the rule; of a union with others, those are left alone.
func checkRule(reader *Schema, r Rule) error {
	types, err := reader.reach(r.Path)
	if err != nil || r.Kind == Required {
		return err
	}
	for _, t := range types {
		if _, e := newCheck(r, t); e == nil {
			return nil
		} else if err == nil || t.typ != TypeNull {
			err = e
		}
	}
	return err
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
	p       *Program
	options Options
	root    *trie
	uses    map[*Schema]int
	subs    map[subKey]int32
	queue   []subKey

	precisions map[int]int32
	lenient    bool // a default is judged: rules only, and all of them
}

// subKey: a shared record is compiled once for each reader's view and set of rules.
type subKey struct {
	writer *Schema
	res    *resolution
	rules  *trie
}

func newCompiler(writer, reader *Schema, o Options) *compiler {
	c := &compiler{options: o, root: &trie{}, uses: map[*Schema]int{}, subs: map[subKey]int32{}, precisions: map[int]int32{}}
	c.p = &Program{writer: writer, reader: reader, rules: slices.Clone(o.Rules), captures: slices.Clone(o.Captures), limits: o.Limits.orDefault()}
	for i, r := range o.Rules {
		t := c.root.add(r.Path)
		t.rules = append(t.rules, i)
	}
	for i, capture := range o.Captures {
		t := c.root.add(capture.Path)
		t.captures = append(t.captures, i)
	}
	c.count(writer)
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
	return l
}

// count counts how often each type is referred to.
func (c *compiler) count(s *Schema) {
	if c.uses[s]++; c.uses[s] > 1 {
		return
	}
	for i := range s.fields {
		c.count(s.fields[i].typ)
	}
	if s.elem != nil {
		c.count(s.elem)
	}
	for _, b := range s.branches {
		c.count(b)
	}
}

func (c *compiler) program(res *resolution) {
	c.value(c.p.writer, res, c.root, &path{})
	c.emit(&path{}, opEnd, 0, 0)
	for len(c.queue) > 0 && len(c.p.ops) <= maxOps {
		k := c.queue[0]
		c.queue = c.queue[1:]
		at := &path{step: "." + k.writer.name}
		s := &c.p.subs[c.subs[k]]
		s.start = c.here()
		c.fields(k.writer, k.res, k.rules, at)
		c.emit(at, opReturn, 0, 0)
		c.p.subs[c.subs[k]].end = c.here()
	}
}

func (c *compiler) here() int32 { return int32(len(c.p.ops)) }

func (c *compiler) emit(at *path, code opcode, a, b int32) int32 {
	c.p.ops = append(c.p.ops, op{code, a, b})
	where := at.String()
	if len(where) > 0 {
		where = where[1:] // the dot before the first field
	}
	c.p.where = append(c.p.where, where)
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
		if c.options.Rules[i].Kind == Required {
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
		c.value(w.branches[1-n], option(1-n), t, at)
		jump := c.emit(at, opJump, 0, 0)
		c.p.ops[head].b = c.here()
		c.null(t, at)
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
	for i, b := range w.branches {
		c.p.targets[int(first)+i] = c.here()
		c.value(b, option(i), t, at)
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
	var counts []int
	if t != nil && res != nil {
		for _, i := range t.rules {
			if c.options.Rules[i].Kind == UniqueItems {
				l.unique, l.decimal = i, res.reader.elem.logical == Decimal && w.elem.typ == TypeBytes
				continue
			}
			counts = append(counts, i)
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
	within := at.then(step)
	if key {
		c.emit(within, opString, 0, 0)
	}
	c.value(w.elem, by, t.child(step), within)
	c.emit(within, opNext, i, 0)
	c.p.loops[i].end = c.here()
	for _, rule := range counts {
		if check, err := newCheck(c.options.Rules[rule], res.reader); err == nil {
			c.check(rule, check, res, at)
		}
	}
}
