package server

import "net/http"

// Deleting is done in two steps: softly, which hides a version but keeps its schema readable by id, then, with
// permanent=true, for good. An id that is gone for good is never given again.

// deleteSubject deletes all versions. Softly, the subject keeps its level, so that what comes back under its name
// is held to the same promise.
func (s *Server) deleteSubject(r *http.Request) (any, error) {
	name, permanent := r.PathValue("subject"), flag(r, "permanent")
	return s.change(r.Context(), func(st *state) (any, []Record, error) {
		all, live := st.versions(name), st.live(name, false)
		switch {
		case len(all) == 0:
			return nil, nil, subjectNotFound(name)
		case st.modeOf(name) == modeReadOnly:
			return nil, nil, readOnly(name)
		case permanent && len(live) > 0:
			return nil, nil, subjectNotSoftDeleted(name)
		case !permanent && len(live) == 0:
			return nil, nil, subjectSoftDeleted(name)
		}
		doomed := live
		if permanent {
			doomed = all
		}
		for _, v := range doomed {
			for _, u := range st.referrers(name, v.number, permanent) {
				if u.Subject != name {
					return nil, nil, referenced(name, v.number, u)
				}
			}
		}
		if !permanent {
			return numbers(live), []Record{deleteSubjectRecord(name, live[len(live)-1].number)}, nil
		}
		records := []Record{maxIDRecord(st.maxID)}
		for _, v := range all {
			records = append(records, purgeRecord(name, v.number))
		}
		records = append(records,
			deleteSubjectRecord(name, 0), settingRecord(kindConfig, name, ""), settingRecord(kindMode, name, ""))
		return numbers(all), records, nil
	})
}

// deleteVersion deletes one version and answers with its number.
func (s *Server) deleteVersion(r *http.Request) (any, error) {
	name, permanent := r.PathValue("subject"), flag(r, "permanent")
	number, err := versionNumber(r.PathValue("version"))
	if err != nil {
		return nil, err
	}
	return s.change(r.Context(), func(st *state) (any, []Record, error) {
		v, err := st.version(name, number, true)
		if err == nil && number == latest && !permanent {
			v, err = st.version(name, latest, false)
		}
		switch {
		case err != nil:
			return nil, nil, err
		case st.modeOf(name) == modeReadOnly:
			return nil, nil, readOnly(name)
		}
		if by := st.referrers(name, v.number, permanent); len(by) > 0 {
			return nil, nil, referenced(name, v.number, by[0])
		}
		switch {
		case permanent && !v.deleted:
			return nil, nil, versionNotSoftDeleted(name, v.number)
		case permanent:
			return v.number, []Record{maxIDRecord(st.maxID), purgeRecord(name, v.number)}, nil
		case v.deleted:
			return nil, nil, versionSoftDeleted(name, v.number)
		}
		return v.number, []Record{schemaRecord(name, &version{number: v.number, deleted: true, schema: v.schema})}, nil
	})
}
