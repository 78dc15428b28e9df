package broker

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"
)

// Files in kfake's folder, and ours beside them.
const (
	metaFile      = "meta.json"
	pidsFile      = "pids.log"
	groupsFile    = "groups.log"
	partitionsDir = "partitions"
	journalFile   = "tidemark-commit.journal"
	cleanFile     = "tidemark-clean"
)

// Types of kfake's entries.
const (
	initEntry   = "init"
	commitEntry = "commit"
)

// markClean says that kfake itself closed the folder.
func markClean(dir string) error {
	return os.WriteFile(filepath.Join(dir, cleanFile), nil, 0o644)
}

// recoverFolder puts in order what a killed broker left: half-written ends are cut off, the commit that was under way is
// finished, every other open transaction is aborted, and its producers are fenced. It may be killed itself and started
// again.
func recoverFolder(dir string) error {
	if err := os.Remove(filepath.Join(dir, cleanFile)); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, metaFile)); errors.Is(err, fs.ErrNotExist) {
		return nil // a new folder
	}
	groups, err := readStateLog(filepath.Join(dir, groupsFile))
	if err != nil {
		return err
	}
	pids, err := readStateLog(filepath.Join(dir, pidsFile))
	if err != nil {
		return err
	}
	producers := lastEntries(pids)
	note, underWay := readNote(dir)
	// The log of producers grows with a commit's end, so one that has grown since says that the commit is through. An
	// epoch that is over says that the broker refused it.
	underWay = underWay && pids.size == note.PIDs && producers[note.Producer].Epoch == note.Epoch

	ended, err := endTransactions(filepath.Join(dir, partitionsDir), func(producer int64, epoch int16) bool {
		return underWay && producer == note.Producer && epoch == note.Epoch
	})
	if err != nil {
		return err
	}
	if underWay {
		ended[note.Producer] = true
		if err := groups.add(note.entries()...); err != nil {
			return err
		}
	}
	// Last, since it makes the note an old one. A producer that outlived the broker must not go on in a transaction that
	// is over, so its epoch is raised.
	var fences []any
	for id := range ended {
		if e, ok := producers[id]; ok && e.Epoch < math.MaxInt16 {
			e.Epoch++
			fences = append(fences, e)
		}
	}
	return pids.add(fences...)
}

// lastEntries gives what the log of producers last said of each: how it was made, with its newest epoch.
func lastEntries(log *stateLog) map[int64]producerEntry {
	last := map[int64]producerEntry{}
	for _, text := range log.entries {
		var e producerEntry
		if json.Unmarshal(text, &e) != nil {
			continue
		}
		if known, ok := last[e.PID]; ok && e.Type != initEntry {
			known.Epoch = e.Epoch
			e = known
		}
		if e.Type == initEntry {
			last[e.PID] = e
		}
	}
	return last
}

// entries are the offsets that the commit moves, as kfake keeps them.
func (n *commitNote) entries() []any {
	now := time.Now().UnixMilli()
	var entries []any
	for _, o := range n.Offsets {
		entries = append(entries, groupEntry{
			Type: commitEntry, Group: o.Group, Topic: o.Topic, Partition: o.Partition,
			Offset: o.Offset, Epoch: o.Epoch, Metadata: o.Metadata, LastCommit: &now,
		})
	}
	return entries
}
