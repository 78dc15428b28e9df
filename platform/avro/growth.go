package avro

// How much longer than its payload a record becomes when it is rewritten for the reader is reckoned here, type by type, so that a
// walk needs to add it up only for each block, branch and shared record: a payload of a megabyte could otherwise come to hundreds
// by the defaults of a reader's fields.

// grown is what the types that emit emits grow by.
func (c *compiler) grown(emit func()) int {
	outer := c.growth
	c.growth = 0
	emit()
	by := c.growth
	c.growth = outer
	return by
}

// option emits a branch of the writer's union w. What the branch grows by counts where it is taken.
func (c *compiler) option(w *Schema, i int, res *resolution, t *trie, at *path) {
	by := c.grown(func() { c.value(w.branches[i], res, t, at) })
	if by -= longWidth(i); by > 0 { // the writer's branch goes
		c.put(at, op{code: opGrow, lo: int64(by)})
	}
}

// leafGrowth is how much longer a value without parts can become.
func leafGrowth(res *resolution) int {
	switch res.reader.typ {
	case TypeFloat, TypeDouble:
		return leafWidth(res.reader) - leafWidth(res.writer)
	case TypeEnum:
		most := 0
		for i, symbol := range res.symbols {
			most = max(most, longWidth(symbol)-longWidth(i))
		}
		return most
	}
	return 0
}

// longWidth is how many bytes a number from 0 takes.
func longWidth(n int) int {
	size := 1
	for n >>= 6; n > 0; n >>= 7 {
		size++
	}
	return size
}
