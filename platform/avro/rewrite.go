package avro

// rewriter turns accepted payloads of a writer's schema into the reader's encoding, so that decoders need to know one
// schema only.
type rewriter struct {
	in      scanner
	offsets []int // stack: where the fields of the records at work begin
}

// rewrite appends payload as res's reader writes it.
func (r *rewriter) rewrite(dst, payload []byte, res *resolution) []byte {
	r.in = scanner{b: payload}
	r.offsets = r.offsets[:0]
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

// record reads the fields in the writer's order and writes them in the reader's.
func (r *rewriter) record(dst []byte, res *resolution) []byte {
	base := len(r.offsets)
	for i := range res.writer.fields {
		r.offsets = append(r.offsets, r.in.at)
		r.in.skip(res.writer.fields[i].typ)
	}
	end := r.in.at
	for i, from := range res.sources {
		if from < 0 {
			dst = append(dst, res.reader.fields[i].wire...)
			continue
		}
		r.in.at = r.offsets[base+from]
		dst = r.value(dst, res.fields[from].by)
	}
	r.in.at = end
	r.offsets = r.offsets[:base]
	return dst
}
