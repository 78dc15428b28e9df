package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
)

// state is the fold of the log.
type state struct {
	subjects map[string]*subject
	schemas  map[int]*schema
	ids      map[string][]int // schema identity -> ids, ascending; several only where they were imported
	maxID    int
	settings // of the registry itself

	conflicts []string // records that contradict earlier ones, and were not folded
}

// settings are a level and a mode; empty is not set.
type settings struct {
	level avro.Level
	mode  string
}

// subject has versions in ascending order, deleted ones too, or only settings.
type subject struct {
	versions []*version
	settings
}

type version struct {
	number  int
	deleted bool
	schema  *schema
}

// schema does not change once it is folded. One that this server would not register, from a log that another server
// wrote, is kept and shown, but has no parsed form.
type schema struct {
	id         int
	text       string
	kind       string // empty is AVRO
	references []reference
	metadata   json.RawMessage
	rules      json.RawMessage
	parsed     *avro.Schema // with what it refers to, so that it stands alone

	types    string // what its types are known by
	identity string // what it is known by: its types, metadata and rules
}

// identify fills in what a schema is known by.
func (s *schema) identify() {
	s.types = s.kind + s.text
	if s.kind == "" && json.Valid([]byte(s.text)) {
		s.types = identity(s.text)
	}
	for _, ref := range s.references {
		s.types += "\n" + string(mustMarshal(ref))
	}
	s.identity = s.types + "\n" + canonical(s.metadata) + "\n" + canonical(s.rules)
}

// whole is the schema with everything that it refers to, in one form however it is written.
func (s *schema) whole() string { return normal(s.parsed.String()) }

func newState() *state {
	return &state{subjects: make(map[string]*subject), schemas: make(map[int]*schema), ids: make(map[string][]int)}
}

// apply folds one record. Kinds that it does not know are other servers' bookkeeping.
func (st *state) apply(r Record) error {
	var k anyKey
	if err := json.Unmarshal(r.Key, &k); err != nil {
		return fmt.Errorf("a record's key is not a registry's: %w", err)
	}
	name := ""
	if k.Subject != nil {
		name = *k.Subject
	}
	var err error
	switch k.Kind {
	case kindSchema:
		err = st.applySchema(name, k.Version, r.Value)
	case kindDeleteSubject:
		var v deleteSubjectValue
		if r.Value != nil {
			err = json.Unmarshal(r.Value, &v)
		}
		for _, held := range st.versions(name) {
			held.deleted = held.deleted || held.number <= v.Version
		}
	case kindConfig:
		var v configValue
		if r.Value != nil {
			err = json.Unmarshal(r.Value, &v)
		}
		st.at(name).level = avro.Level(v.Level)
	case kindMode:
		var v modeValue
		if r.Value != nil {
			err = json.Unmarshal(r.Value, &v)
		}
		st.at(name).mode = v.Mode
	case kindMaxID:
		var v maxIDValue
		if r.Value != nil {
			err = json.Unmarshal(r.Value, &v)
		}
		st.maxID = max(st.maxID, v.ID)
	}
	if err != nil {
		return fmt.Errorf("record %s: %w", r.Key, err)
	}
	return nil
}

func (st *state) applySchema(name string, number int, value []byte) error {
	if value == nil {
		st.purge(name, number)
		return nil
	}
	var v schemaValue
	if err := json.Unmarshal(value, &v); err != nil {
		return err
	}
	if v.ID < 1 || number < 1 {
		return fmt.Errorf("id %d, version %d: both begin at 1", v.ID, number)
	}
	held := &schema{id: v.ID, text: v.Schema, kind: v.SchemaType, references: v.References, metadata: v.Metadata, rules: v.RuleSet}
	if strings.EqualFold(held.kind, "AVRO") {
		held.kind = ""
	}
	held.identify()
	// Whatever becomes of the record, its id is not given again: somebody may have it.
	st.maxID = max(st.maxID, v.ID)
	if taken := st.taken(name, number, held); taken != "" {
		st.conflicts = append(st.conflicts, fmt.Sprintf("subject %s, version %d, id %d: %s", name, number, v.ID, taken))
		return nil
	}
	if first := st.schemas[v.ID]; first != nil && first.identity == held.identity {
		held = first
	} else {
		st.resolve(held)
		if first == nil {
			st.schemas[v.ID] = held
			ids := append(slices.Clone(st.ids[held.identity]), v.ID)
			slices.Sort(ids)
			st.ids[held.identity] = ids
		}
	}
	s := st.subject(name)
	i := sort.Search(len(s.versions), func(i int) bool { return s.versions[i].number >= number })
	fresh := &version{number: number, deleted: v.Deleted, schema: held}
	if i < len(s.versions) && s.versions[i].number == number {
		s.versions[i] = fresh
	} else {
		s.versions = slices.Insert(s.versions, i, fresh)
	}
	return nil
}

// taken says why a record's schema cannot have its id or its version; empty when it can. Writers that did not fence each other,
// as an older Tidemark's, can have given one id to two schemas, or one version. The first is kept for both: it was answered
// first, and data with the id may be there. Metadata and rules do not change what an id decodes, so they are no contradiction.
func (st *state) taken(name string, number int, s *schema) string {
	if first := st.schemas[s.id]; first != nil && first.types != s.types {
		return "the id is another schema's"
	}
	for _, v := range st.versions(name) {
		if v.number == number && !v.deleted && v.schema.identity != s.identity {
			return fmt.Sprintf("the version is another schema's, with id %d", v.schema.id)
		}
	}
	return ""
}

// purge forgets a version, and its schema with the last version that has it.
func (st *state) purge(name string, number int) {
	s := st.subjects[name]
	if s == nil {
		return
	}
	i := slices.IndexFunc(s.versions, func(v *version) bool { return v.number == number })
	if i < 0 {
		return
	}
	gone := s.versions[i].schema
	s.versions = slices.Delete(s.versions, i, i+1)
	if len(st.uses(gone.id, true)) == 0 {
		delete(st.schemas, gone.id)
		ids := slices.DeleteFunc(slices.Clone(st.ids[gone.identity]), func(id int) bool { return id == gone.id })
		if st.ids[gone.identity] = ids; len(ids) == 0 {
			delete(st.ids, gone.identity)
		}
	}
}

// resolve gives an Avro schema its parsed form, if what it refers to is there.
func (st *state) resolve(s *schema) {
	if s.kind != "" || s.parsed != nil {
		return
	}
	_, others, err := st.follow(s.references, true)
	if err != nil {
		return
	}
	if parsed, err := parseWith(s.text, others); err == nil {
		s.parsed = parsed
	}
}

// settle resolves what stood in the log before what it refers to: compaction keeps the newest record of a version,
// which may be that of its deletion.
func (st *state) settle() {
	for _, s := range st.schemas {
		st.resolve(s)
	}
}

// idOf is the id of a schema that is known already, in whichever subject; 0 where it is new.
func (st *state) idOf(c *candidate) int {
	if ids := st.ids[c.identity]; len(ids) > 0 {
		return ids[0]
	}
	return 0
}

// subject gives a subject, made when it is new.
func (st *state) subject(name string) *subject {
	s := st.subjects[name]
	if s == nil {
		s = new(subject)
		st.subjects[name] = s
	}
	return s
}

// at gives a subject's settings, or the registry's own for an empty name.
func (st *state) at(name string) *settings {
	if name == "" {
		return &st.settings
	}
	return &st.subject(name).settings
}

// versions gives a subject's versions, deleted ones too; none when there is no such subject.
func (st *state) versions(name string) []*version {
	if s := st.subjects[name]; s != nil {
		return s.versions
	}
	return nil
}

// live gives the versions that are not deleted, and with deleted all of them.
func (st *state) live(name string, deleted bool) []*version {
	var out []*version
	for _, v := range st.versions(name) {
		if deleted || !v.deleted {
			out = append(out, v)
		}
	}
	return out
}

// names gives the subjects that have a version, in order.
func (st *state) names(deleted bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(st.subjects)) {
		if len(st.live(name, deleted)) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// use is a version that has a schema.
type use struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// uses gives the versions that have a schema, in order of subject and version.
func (st *state) uses(id int, deleted bool) []use {
	var out []use
	for _, name := range st.names(deleted) {
		for _, v := range st.live(name, deleted) {
			if v.schema.id == id {
				out = append(out, use{name, v.number})
			}
		}
	}
	return out
}

// level gives the level that holds for a subject.
func (st *state) levelOf(name string) avro.Level {
	if s := st.subjects[name]; s != nil && s.level != "" {
		return s.level
	}
	if st.level != "" {
		return st.level
	}
	return defaultLevel
}

// modeOf gives the mode that holds for a subject.
func (st *state) modeOf(name string) string {
	if s := st.subjects[name]; s != nil && s.mode != "" {
		return s.mode
	}
	if st.mode != "" {
		return st.mode
	}
	return modeReadWrite
}
