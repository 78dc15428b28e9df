package broker

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A partition's folder has segments: <first offset>.dat holds record batches as they are on the wire, and
// <first offset>.idx has an entry of 15 bytes for each batch:
//
//	1 byte   version, 1
//	1 byte   low byte of the CRC-32C of the rest
//	4 bytes  leader epoch, little endian
//	8 bytes  newest timestamp so far; worked out anew when it is read
//	1 byte   1 when the batch is part of a transaction

const (
	indexEntry   = 15
	batchHeader  = 61
	isTxn        = 0x10
	isControl    = 0x20
	datExtension = ".dat"
	idxExtension = ".idx"
)

// batch is what recovery needs of a record batch's header.
type batch struct {
	size        int
	first, last int64
	leaderEpoch int32
	attributes  int16
	producer    int64
	epoch       int16
}

func (b *batch) inTxn() bool { return b.attributes&isTxn != 0 && b.attributes&isControl == 0 }

// endTransactions ends every transaction that is open in a partition, by a marker: commit says which one is to be
// committed, all others are aborted. It gives the producers whose transactions these were.
func endTransactions(dir string, commit func(producer int64, epoch int16) bool) (map[int64]bool, error) {
	ended := map[int64]bool{}
	partitions, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return ended, nil
	}
	if err != nil {
		return nil, err
	}
	for _, p := range partitions {
		part := partition{dir: filepath.Join(dir, p.Name()), open: map[int64]int16{}}
		if err := part.read(); err != nil {
			return nil, err
		}
		// In a fixed order, so that a recovery that was cut short does the same again.
		for _, producer := range slices.Sorted(maps.Keys(part.open)) {
			if err := part.end(producer, part.open[producer], commit(producer, part.open[producer])); err != nil {
				return nil, err
			}
			ended[producer] = true
		}
	}
	return ended, nil
}

// partition is what recovery knows of one partition.
type partition struct {
	dir     string
	segment string // the last one's path, without extension
	last    batch
	open    map[int64]int16 // producers with an open transaction, and its epoch
}

func (p *partition) read() error {
	files, err := os.ReadDir(p.dir)
	if err != nil {
		return err
	}
	var bases []int64
	for _, f := range files {
		if base, err := strconv.ParseInt(strings.TrimSuffix(f.Name(), datExtension), 10, 64); err == nil && strings.HasSuffix(f.Name(), datExtension) {
			bases = append(bases, base)
		}
	}
	slices.Sort(bases)
	for _, base := range bases {
		p.segment = filepath.Join(p.dir, strconv.FormatInt(base, 10))
		if err := p.readSegment(); err != nil {
			return err
		}
	}
	return nil
}

func (p *partition) readSegment() error {
	raw, err := os.ReadFile(p.segment + datExtension)
	if err != nil {
		return err
	}
	var index []byte
	at := 0
	for {
		b, ok := readBatch(raw[at:])
		if !ok {
			break
		}
		at += b.size
		index = appendIndex(index, &b)
		p.last = b
		switch {
		case b.inTxn():
			p.open[b.producer] = b.epoch
		case b.attributes&isControl != 0:
			delete(p.open, b.producer)
		}
	}
	if at < len(raw) {
		if err := os.Truncate(p.segment+datExtension, int64(at)); err != nil {
			return err
		}
	}
	// A batch whose index entry is missing would count as no part of its transaction.
	if info, err := os.Stat(p.segment + idxExtension); err == nil && info.Size() == int64(len(index)) {
		return nil
	}
	return os.WriteFile(p.segment+idxExtension, index, 0o644)
}

// end appends the marker that ends a producer's transaction.
func (p *partition) end(producer int64, epoch int16, commit bool) error {
	raw := marker(p.last.last+1, p.last.leaderEpoch, producer, epoch, commit)
	b, _ := readBatch(raw)
	if err := appendTo(p.segment+datExtension, raw); err != nil {
		return err
	}
	p.last = b
	return appendTo(p.segment+idxExtension, appendIndex(nil, &b))
}

// readBatch reads the header of the first batch; false when it is not whole, or not what was written.
func readBatch(raw []byte) (batch, bool) {
	if len(raw) < batchHeader {
		return batch{}, false
	}
	size := 12 + int(binary.BigEndian.Uint32(raw[8:]))
	if size < batchHeader || size > len(raw) || crc32.Checksum(raw[21:size], castagnoli) != binary.BigEndian.Uint32(raw[17:]) {
		return batch{}, false
	}
	first := int64(binary.BigEndian.Uint64(raw))
	return batch{
		size:        size,
		first:       first,
		last:        first + int64(int32(binary.BigEndian.Uint32(raw[23:]))),
		leaderEpoch: int32(binary.BigEndian.Uint32(raw[12:])),
		attributes:  int16(binary.BigEndian.Uint16(raw[21:])),
		producer:    int64(binary.BigEndian.Uint64(raw[43:])),
		epoch:       int16(binary.BigEndian.Uint16(raw[51:])),
	}, true
}

func appendIndex(index []byte, b *batch) []byte {
	var e [indexEntry]byte
	e[0] = 1
	binary.LittleEndian.PutUint32(e[2:], uint32(b.leaderEpoch))
	if b.inTxn() {
		e[14] = 1
	}
	e[1] = byte(crc32.Checksum(e[2:], castagnoli))
	return append(index, e[:]...)
}

// marker is the control batch with which a transaction ends.
func marker(offset int64, leaderEpoch int32, producer int64, epoch int16, commit bool) []byte {
	key := kmsg.ControlRecordKey{Type: kmsg.ControlRecordKeyTypeAbort}
	if commit {
		key.Type = kmsg.ControlRecordKeyTypeCommit
	}
	record := kmsg.Record{Key: key.AppendTo(nil), Value: (&kmsg.EndTxnMarker{}).AppendTo(nil)}
	record.Length = int32(len(record.AppendTo(nil)) - 1)
	now := time.Now().UnixMilli()
	b := kmsg.RecordBatch{
		FirstOffset: offset, PartitionLeaderEpoch: leaderEpoch, Magic: 2, Attributes: isTxn | isControl,
		FirstTimestamp: now, MaxTimestamp: now, ProducerID: producer, ProducerEpoch: epoch,
		FirstSequence: -1, NumRecords: 1, Records: record.AppendTo(nil),
	}
	raw := b.AppendTo(nil)
	binary.BigEndian.PutUint32(raw[8:], uint32(len(raw)-12))
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], castagnoli))
	return raw
}
