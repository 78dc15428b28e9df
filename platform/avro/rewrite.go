package avro

// rewriter turns accepted payloads of a writer's schema into the reader's encoding, so that decoders need to know one
// schema only.
type rewriter struct {
	in     scanner
	fields []made // stack: what the fields of the records at work have become
}

// rewrite appends payload as res's reader writes it.
func (r *rewriter) rewrite(dst, payload []byte, res *resolution) []byte {
	r.in = scanner{b: payload}
	r.fields = r.fields[:0]
	return r.value(dst, res)
}

func (r *rewriter) value(dst []byte, res *resolution) []byte {
	in := &r.in
	switch {
	case res.writer.typ == TypeUnion:
		return r.value(dst, res.options[in.long()])
	case res.reader.typ == TypeUnion:
		return r.value(appendLong(dst, int64(res.branch)), res.inner)
	}
	switch res.writer.typ {
	case TypeNull:
		return dst
	case TypeBoolean:
		return append(dst, in.take(1)...)
	case TypeInt, TypeLong:
		return appendNumber(dst, in.long(), res.reader.typ)
	case TypeFloat:
		if res.reader.typ == TypeDouble {
			return appendDouble(dst, float64(in.float()))
		}
		return append(dst, in.take(4)...)
	case TypeDouble:
		return append(dst, in.take(8)...)
	case TypeBytes, TypeString:
		return appendBytes(dst, in.bytes())
	case TypeFixed:
		return append(dst, in.take(res.writer.size)...)
	case TypeEnum:
		return appendLong(dst, int64(res.symbols[in.long()]))
	case TypeRecord:
		return r.record(dst, res)
	}
	for n := in.block(); n > 0; n = in.block() {
		dst = appendLong(dst, n)
		for range n {
			if res.writer.typ == TypeMap {
				dst = appendBytes(dst, in.bytes())
			}
			dst = r.value(dst, res.inner)
		}
	}
	return append(dst, 0)
}

// appendNumber appends an int or long as the reader's type.
func appendNumber(dst []byte, v int64, t Type) []byte {
	switch t {
	case TypeFloat:
		return appendFloat(dst, float32(v))
	case TypeDouble:
		return appendDouble(dst, float64(v))
	}
	return appendLong(dst, v)
}

// record reads the fields in the writer's order, each once, and writes them in the reader's: the records in a record must not be
// read again for each level that they are in.
func (r *rewriter) record(dst []byte, res *resolution) []byte {
	if res.ordered {
		return r.ordered(dst, res)
	}
	base, start := len(r.fields), len(dst)
	for i, f := range res.fields {
		from := len(dst)
		if f.reader < 0 {
			r.in.skip(res.writer.fields[i].typ)
		} else {
			dst = r.value(dst, f.by)
		}
		r.fields = append(r.fields, made{from, len(dst)})
	}
	end := len(dst)
	for i, from := range res.sources {
		if from < 0 {
			dst = append(dst, res.reader.fields[i].wire...)
			continue
		}
		f := r.fields[base+from]
		dst = append(dst, dst[f.from:f.to]...)
	}
	r.fields = r.fields[:base]
	return dst[:start+copy(dst[start:], dst[end:])]
}

// ordered is a record whose fields stand in the reader's order.
func (r *rewriter) ordered(dst []byte, res *resolution) []byte {
	next := 0 // of the writer's fields
	for i, from := range res.sources {
		if from < 0 {
			dst = append(dst, res.reader.fields[i].wire...)
			continue
		}
		r.skip(res, next, from)
		dst = r.value(dst, res.fields[from].by)
		next = from + 1
	}
	r.skip(res, next, len(res.fields))
	return dst
}

// skip passes over the writer's fields from one to before another.
func (r *rewriter) skip(res *resolution, from, to int) {
	for ; from < to; from++ {
		r.in.skip(res.writer.fields[from].typ)
	}
}
