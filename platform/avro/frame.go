package avro

import "encoding/binary"

// FrameSize is the length of the Confluent wire format's header: a zero byte and the schema id in four bytes, big
// endian.
const FrameSize = 5

// SplitFrame takes a value in the Confluent wire format apart. It is not ok where the value is too short, begins with
// another byte than 0, or has an id above 2^31-1. The payload aliases value.
func SplitFrame(value []byte) (id int, payload []byte, ok bool) {
	if len(value) < FrameSize || value[0] != 0 {
		return 0, nil, false
	}
	n := binary.BigEndian.Uint32(value[1:])
	if n > 1<<31-1 {
		return 0, nil, false
	}
	return int(n), value[FrameSize:], true
}

// AppendFrame appends the header for a schema id; the payload follows it.
func AppendFrame(dst []byte, id int) []byte {
	return binary.BigEndian.AppendUint32(append(dst, 0), uint32(id))
}
