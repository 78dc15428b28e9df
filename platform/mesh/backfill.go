package mesh

import "time"

// watch is what the judge remembers of a port.
type watch struct {
	turn        uint64 // of the last look
	backfilling bool
	// judgedFrom is when freshness came under judgement: at the first look, or when a backfill ended. For one
	// full promise from then on nothing is called late, so that partitions that a backfill left old get the
	// time to become idle.
	judgedFrom time.Time
	// loaded is how far the port's partitions were verified when its backfill ended.
	loaded map[int32]int64
	// window is what is counted for promises about shares of records.
	window window
}

// backfilling says whether the port is still loading the past: its newest events say so, a port upstream is, or
// it has not yet read as far as a port upstream was verified when that one's backfill ended. Nobody is
// judged for being late with the past; but what a process that is gone said counts no longer.
func (j *judge) backfilling(k *look, p *port, depth int) bool {
	w := j.watches[p.id]
	if w == nil {
		w = &watch{judgedFrom: k.now}
		j.watches[p.id] = w
	}
	if w.turn == j.turn || depth > deepest {
		return w.backfilling
	}
	w.turn = j.turn // before looking upstream: in a cycle the last turn's answer stands
	is := j.loads(k, p, depth)
	if w.backfilling && !is {
		w.judgedFrom, w.loaded = k.now, map[int32]int64{}
		for _, i := range k.inputs(p) {
			for partition, to := range ends(i.Verified) {
				w.loaded[partition] = max(w.loaded[partition], to)
			}
		}
	}
	w.backfilling = is
	return is
}

func (j *judge) loads(k *look, p *port, depth int) bool {
	inputs := k.inputs(p)
	for _, i := range inputs {
		if i.Backfill && !k.gone(i) {
			return true
		}
	}
	for _, up := range p.upstream {
		from := k.catalog.ports[up]
		if from == nil {
			continue
		}
		if j.backfilling(k, from, depth+1) {
			return true
		}
		for _, i := range inputs {
			if i.InputTopic == from.id && i.Position < j.loadedTo(k, from, i.InputPartition) && !k.gone(i) {
				return true
			}
		}
	}
	return false
}

// loadedTo is the offset up to which a port's partition was the past.
func (j *judge) loadedTo(k *look, p *port, partition int32) int64 {
	to := j.watches[p.id].loaded[partition]
	for _, i := range k.inputs(p) {
		to = max(to, i.loaded[partition])
	}
	return to
}

// isBackfilling is what the judge last found; before its first look, what the port's own events say.
func (j *judge) isBackfilling(k *look, p *port) bool {
	if w := j.watches[p.id]; w != nil {
		return w.backfilling
	}
	for _, i := range k.inputs(p) {
		if i.Backfill && !k.gone(i) {
			return true
		}
	}
	return false
}
