package broker

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"os"
)

// kfake's state logs (groups.log, pids.log) and our journal are rows of frames:
//
//	4 bytes  length of what follows the checksum, little endian
//	4 bytes  CRC-32C of that
//	2 bytes  version of the entry, 1
//	n bytes  JSON

const (
	frameHeader  = 10
	frameVersion = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func frame(data []byte) []byte {
	b := make([]byte, frameHeader, frameHeader+len(data))
	binary.LittleEndian.PutUint32(b, uint32(2+len(data)))
	binary.LittleEndian.PutUint16(b[8:], frameVersion)
	b = append(b, data...)
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[8:], castagnoli))
	return b
}

// unframe gives at most limit whole entries (0: all) and how many bytes they take.
func unframe(raw []byte, limit int) (entries [][]byte, length int) {
	for limit == 0 || len(entries) < limit {
		rest := raw[length:]
		if len(rest) < frameHeader {
			break
		}
		n := int(binary.LittleEndian.Uint32(rest))
		if n < 2 || n > len(rest)-8 || crc32.Checksum(rest[8:8+n], castagnoli) != binary.LittleEndian.Uint32(rest[4:]) {
			break
		}
		entries = append(entries, rest[frameHeader:8+n])
		length += 8 + n
	}
	return entries, length
}

// producerEntry and groupEntry are kfake's entries, as far as we write them.
type producerEntry struct {
	Type    string `json:"type"`
	PID     int64  `json:"pid"`
	Epoch   int16  `json:"epoch"`
	TxID    string `json:"txid,omitempty"`
	Timeout int32  `json:"timeout,omitempty"`
}

type groupEntry struct {
	Type       string  `json:"type"`
	Group      string  `json:"g"`
	Topic      string  `json:"t,omitempty"`
	Partition  int32   `json:"p,omitempty"`
	Offset     int64   `json:"o,omitempty"`
	Epoch      int32   `json:"e,omitempty"`
	Metadata   *string `json:"m,omitempty"`
	LastCommit *int64  `json:"lc,omitempty"`
}

// stateLog is one of kfake's state logs, read whole.
type stateLog struct {
	path    string
	size    int64 // as found, before a half-written end was cut off
	entries [][]byte
}

// readStateLog reads a log and cuts off what was half written: kfake would append behind it and never read on.
func readStateLog(path string) (*stateLog, error) {
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return &stateLog{path: path}, nil
	}
	if err != nil {
		return nil, err
	}
	entries, whole := unframe(raw, 0)
	if whole < len(raw) {
		if err := os.Truncate(path, int64(whole)); err != nil {
			return nil, err
		}
	}
	return &stateLog{path: path, size: int64(len(raw)), entries: entries}, nil
}

// add appends entries.
func (l *stateLog) add(entries ...any) error {
	if len(entries) == 0 {
		return nil
	}
	var b []byte
	for _, e := range entries {
		text, err := json.Marshal(e)
		if err != nil {
			return err
		}
		b = append(b, frame(text)...)
	}
	return appendTo(l.path, b)
}

func appendTo(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
