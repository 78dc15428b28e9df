package avro

import "testing"

func TestFrame(t *testing.T) {
	value := append(AppendFrame(nil, 0x01020304), "hi"...)
	if string(value) != "\x00\x01\x02\x03\x04hi" {
		t.Errorf("% x", value)
	}
	id, payload, ok := SplitFrame(value)
	if !ok || id != 0x01020304 || string(payload) != "hi" {
		t.Errorf("%d %q %v", id, payload, ok)
	}
	for _, bad := range []string{"", "\x00\x00\x00\x01", "\x01\x00\x00\x00\x01", "\x00\xff\xff\xff\xff", "{\"a\":1}"} {
		if _, _, ok := SplitFrame([]byte(bad)); ok {
			t.Errorf("%q is a frame", bad)
		}
	}
	if _, payload, ok := SplitFrame([]byte("\x00\x00\x00\x00\x01")); !ok || len(payload) != 0 {
		t.Error("an empty payload is a payload")
	}
}
