package deadletter

import (
	"fmt"
	"strconv"
	"strings"
)

// Coordinates name one record: where it stands, or stood.
type Coordinates struct {
	Topic     string
	Partition int32
	Offset    int64
}

// String gives topic/partition/offset.
func (c Coordinates) String() string { return fmt.Sprintf("%s/%d/%d", c.Topic, c.Partition, c.Offset) }

// MarshalText gives topic/partition/offset.
func (c Coordinates) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// ParseCoordinates reads topic/partition/offset.
func ParseCoordinates(text string) (Coordinates, error) {
	parts := strings.Split(text, "/")
	if len(parts) == 3 && parts[0] != "" {
		partition, err1 := strconv.ParseInt(parts[1], 10, 32)
		offset, err2 := strconv.ParseInt(parts[2], 10, 64)
		if err1 == nil && err2 == nil && partition >= 0 && offset >= 0 {
			return Coordinates{parts[0], int32(partition), offset}, nil
		}
	}
	return Coordinates{}, fmt.Errorf("%q is not topic/partition/offset, for example orders.checkout.placed.v1/0/42", text)
}
