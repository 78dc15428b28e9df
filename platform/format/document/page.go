package document

// page is a document without its markup.
type page struct {
	title  string
	blocks []block
}

// block is one part of a page; one of its fields is set.
type block struct {
	heading string // of a section
	text    inline
	facts   []fact
	list    []inline
	table   *table
	code    string
}

// fact is a word and what there is to say about it.
type fact struct {
	word  string
	value inline
}

type table struct {
	head []string
	rows [][]inline
}

// inline is text in pieces.
type inline []span

// span is a piece of text: plain, code, or a link.
type span struct {
	text   string
	code   bool
	strong bool
	url    string
}

func plain(s string) inline { return inline{{text: s}} }
func code(s string) inline  { return inline{{text: s, code: true}} }

// also puts something after, with a separator.
func (t inline) also(separator string, more inline) inline {
	if len(t) == 0 {
		return more
	}
	return append(append(t[:len(t):len(t)], span{text: separator}), more...)
}

func (t inline) empty() bool {
	for _, s := range t {
		if s.text != "" {
			return false
		}
	}
	return true
}

func (p *page) section(title string) { p.blocks = append(p.blocks, block{heading: title}) }

func (p *page) say(text inline) {
	if !text.empty() {
		p.blocks = append(p.blocks, block{text: text})
	}
}

func (p *page) facts(facts ...fact) {
	var some []fact
	for _, f := range facts {
		if !f.value.empty() {
			some = append(some, f)
		}
	}
	if len(some) > 0 {
		p.blocks = append(p.blocks, block{facts: some})
	}
}

func (p *page) list(items []inline) {
	if len(items) > 0 {
		p.blocks = append(p.blocks, block{list: items})
	}
}

// grid is a table without the columns that are empty throughout.
func (p *page) grid(head []string, rows [][]inline) {
	if len(rows) == 0 {
		return
	}
	t := &table{rows: make([][]inline, len(rows))}
	for column, title := range head {
		some := false
		for _, row := range rows {
			some = some || !row[column].empty()
		}
		if !some {
			continue
		}
		t.head = append(t.head, title)
		for i, row := range rows {
			t.rows[i] = append(t.rows[i], row[column])
		}
	}
	p.blocks = append(p.blocks, block{table: t})
}

func (p *page) source(text string) { p.blocks = append(p.blocks, block{code: text}) }

// prune drops the sections that have nothing in them.
func (p *page) prune() {
	var kept []block
	for i, b := range p.blocks {
		if b.heading != "" && (i+1 == len(p.blocks) || p.blocks[i+1].heading != "") {
			continue
		}
		kept = append(kept, b)
	}
	p.blocks = kept
}
