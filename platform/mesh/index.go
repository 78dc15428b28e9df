package mesh

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// searchable is one thing that can be found.
type searchable struct {
	kind, id, owner, description string
	texts                        []text
}

// text is one of the things' texts, in lower case.
type text struct {
	where  string
	weight float64
	lower  string
}

// Weights of where a word matches: who types a name means it.
const (
	weighID          = 8
	weighName        = 8
	weighTag         = 4
	weighOwner       = 3
	weighField       = 2
	weighDescription = 1
)

func buildIndex(c *catalog) []searchable {
	index := make([]searchable, 0, len(c.productIDs)+len(c.portIDs)+len(c.contractIDs))
	for _, id := range c.productIDs {
		t := searchable{kind: KindDataProduct, id: id}
		t.add("id", weighID, id)
		if d := c.products[id].document; d != nil {
			t.describe(d)
			t.add("name", weighName, d.product.name)
		}
		index = append(index, t)
	}
	for _, id := range c.portIDs {
		t := searchable{kind: KindPort, id: id}
		t.add("id", weighID, id)
		if d := c.ports[id].contract; d != nil {
			t.describe(d)
			t.add("field", weighField, d.contract.fields...)
		}
		index = append(index, t)
	}
	for _, id := range c.contractIDs {
		t := searchable{kind: KindContract, id: id}
		d := c.contracts[id].document
		t.add("id", weighID, id)
		t.add("name", weighName, d.contract.name)
		t.describe(d)
		t.add("field", weighField, d.contract.fields...)
		index = append(index, t)
	}
	return index
}

func (t *searchable) describe(d *document) {
	t.owner, t.description = d.owner, d.description
	t.add("owner", weighOwner, d.owner)
	t.add("tag", weighTag, d.tags...)
	t.add("description", weighDescription, d.description)
}

func (t *searchable) add(where string, weight float64, texts ...string) {
	if all := strings.ToLower(strings.Join(texts, " ")); all != "" {
		t.texts = append(t.texts, text{where, weight, all})
	}
}

// tokens splits a query into words: what is neither letter nor digit separates.
func tokens(query string) []string {
	return strings.FieldsFunc(strings.ToLower(query), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// match scores a thing: every word must be found somewhere; each counts where it weighs most.
func (t *searchable) match(words []string) (score float64, where string) {
	best := 0.0
	for _, w := range words {
		found, at := 0.0, ""
		for _, x := range t.texts {
			if s := x.weight * closeness(x.lower, w); s > found {
				found, at = s, x.where
			}
		}
		if found == 0 {
			return 0, ""
		}
		if score += found; found > best {
			best, where = found, at
		}
	}
	return score, where
}

// closeness of a word to a text: 4 for a whole word of it, 2 for the beginning of one, 1 for inside of one, else 0.
func closeness(in, word string) float64 {
	best := 0.0
	for at := 0; ; {
		i := strings.Index(in[at:], word)
		if i < 0 {
			return best
		}
		start, end := at+i, at+i+len(word)
		switch begins := start == 0 || !wordByte(in[start-1]); {
		case begins && (end == len(in) || !wordByte(in[end])):
			return 4
		case begins:
			best = max(best, 2)
		default:
			best = max(best, 1)
		}
		at = end
	}
}

// wordByte takes every byte of a letter beyond ASCII for a part of a word.
func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80
}

// search gives the best hits first; equal ones data products before ports before contracts before instances,
// then by id.
func search(index []searchable, query string, limit int) []Hit {
	words := tokens(query)
	hits := []Hit{}
	if len(words) == 0 {
		return hits
	}
	for i := range index {
		t := &index[i]
		if score, where := t.match(words); score > 0 {
			hits = append(hits, Hit{Kind: t.kind, ID: t.id, Description: t.description, Owner: t.owner, Matched: where, Score: score})
		}
	}
	kinds := []string{KindDataProduct, KindPort, KindContract, KindInstance}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(
			cmp.Compare(b.Score, a.Score),
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(a.ID, b.ID),
		)
	})
	if limit > 0 && len(hits) > limit {
		hits = hits[:limit]
	}
	return hits
}
