package server

// Importing copies another registry's schemas with their ids and versions. In mode IMPORT, a registration names its id, may
// name its version, and is not held against those before it.

// place is the version that a candidate becomes.
func (st *state) place(name string, c *candidate) (int, error) {
	next := 1
	all := st.versions(name)
	if len(all) > 0 {
		next = all[len(all)-1].number + 1
	}
	if c.id > 0 {
		if held := st.schemas[c.id]; held != nil && held.identity != c.identity {
			return 0, idTaken(c.id)
		}
	}
	if c.version <= 0 || c.version == next {
		return next, nil
	}
	if st.modeOf(name) != modeImport {
		return 0, invalidSchema("version %d is not the next one, which is %d", c.version, next)
	}
	for _, v := range all {
		if v.number == c.version && v.schema.id != c.id {
			return 0, versionTaken(name, v.number)
		}
	}
	return c.version, nil
}

// beginImport makes room: nothing may be live below name, which is empty for the whole registry, and what was deleted softly
// goes for good, unless something elsewhere refers to it.
func (st *state) beginImport(name string) ([]Record, error) {
	scope := st.names(true)
	if name != "" {
		scope = []string{name}
	}
	within := make(map[string]bool)
	for _, subject := range scope {
		if len(st.live(subject, false)) > 0 {
			return nil, notEmpty(subject)
		}
		within[subject] = true
	}
	records := []Record{maxIDRecord(st.maxID)}
	for _, subject := range scope {
		for _, v := range st.versions(subject) {
			for _, u := range st.referrers(subject, v.number, true) {
				if !within[u.Subject] {
					return nil, referenced(subject, v.number, u)
				}
			}
			records = append(records, purgeRecord(subject, v.number))
		}
		records = append(records, deleteSubjectRecord(subject, 0))
	}
	return records, nil
}
