package broker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// commitNote is the transaction that is about to be committed. It is complete: whoever reads it can finish the
// commit.
type commitNote struct {
	// PIDs is how long kfake's log of producers was: that log grows as soon as the commit is through.
	PIDs     int64        `json:"pids"`
	Producer int64        `json:"producer"`
	Epoch    int16        `json:"epoch"`
	Offsets  []noteOffset `json:"offsets,omitempty"`
}

type noteOffset struct {
	Group     string  `json:"group"`
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Offset    int64   `json:"offset"`
	Epoch     int32   `json:"epoch"`
	Metadata  *string `json:"metadata,omitempty"`
}

// journal is a file with one note: that of the newest commit. kfake works on one request at a time, so at most one
// commit is under way.
type journal struct {
	file    *os.File
	pids    string                                   // path of kfake's log of producers
	pending map[int64][]*kmsg.TxnOffsetCommitRequest // by producer, of its open transaction
}

func openJournal(dir string) (*journal, error) {
	f, err := os.OpenFile(filepath.Join(dir, journalFile), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--data folder: %w", err)
	}
	return &journal{file: f, pids: filepath.Join(dir, pidsFile), pending: map[int64][]*kmsg.TxnOffsetCommitRequest{}}, nil
}

// watch makes the journal see, before the broker works on them, the requests that make up a commit. The broker calls
// it from one goroutine.
func (j *journal) watch(c *kfake.Cluster) {
	c.ControlKey(int16(kmsg.TxnOffsetCommit), func(r kmsg.Request) (kmsg.Response, error, bool) {
		if r, ok := r.(*kmsg.TxnOffsetCommitRequest); ok {
			j.pending[r.ProducerID] = append(j.pending[r.ProducerID], r)
		}
		return nil, nil, false
	})
	c.ControlKey(int16(kmsg.EndTxn), func(r kmsg.Request) (kmsg.Response, error, bool) {
		end, ok := r.(*kmsg.EndTxnRequest)
		if !ok {
			return nil, nil, false
		}
		offsets := j.pending[end.ProducerID]
		delete(j.pending, end.ProducerID)
		if end.Commit {
			if err := j.note(end, offsets); err != nil {
				c.KeepControl()
				return nil, err, true // without a note there is no commit: the client is cut off, and tries again
			}
		}
		return nil, nil, false
	})
}

func (j *journal) note(end *kmsg.EndTxnRequest, requests []*kmsg.TxnOffsetCommitRequest) error {
	n := commitNote{Producer: end.ProducerID, Epoch: end.ProducerEpoch}
	info, err := os.Stat(j.pids)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		n.PIDs = info.Size()
	}
	for _, r := range requests {
		if r.ProducerEpoch != end.ProducerEpoch {
			continue // of an earlier transaction, which timed out
		}
		for _, t := range r.Topics { // the broker has put the names in by now
			for _, p := range t.Partitions {
				n.Offsets = append(n.Offsets, noteOffset{r.Group, t.Topic, p.Partition, p.Offset, p.LeaderEpoch, p.Metadata})
			}
		}
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = j.file.WriteAt(frame(text), 0)
	return err
}

func (j *journal) close() error { return j.file.Close() }

// readNote gives the newest note; false when there is none, or when it was being written: then its commit had not begun.
func readNote(dir string) (commitNote, bool) {
	raw, err := os.ReadFile(filepath.Join(dir, journalFile))
	if err != nil {
		return commitNote{}, false
	}
	entries, _ := unframe(raw, 1)
	var n commitNote
	return n, len(entries) == 1 && json.Unmarshal(entries[0], &n) == nil
}
