package kafka

import "github.com/twmb/franz-go/pkg/kgo"

// pinned marks a record whose partition is chosen. It stands in a field that only the broker's answer fills,
// since the zero value of Partition is a partition too and a record has no other room.
const pinned int16 = -0x71de

// Pin makes a record go to this partition, whatever its key.
func Pin(r *Record, partition int32) {
	r.Partition, r.ProducerEpoch = partition, pinned
}

// partitioner honours Pin; other records go where their key hashes, and those without a key stick to one
// partition for a batch.
func partitioner() kgo.Partitioner {
	return kgo.BasicConsistentPartitioner(func(topic string) func(*kgo.Record, int) int {
		hash := kgo.StickyKeyPartitioner(nil).ForTopic(topic)
		return func(r *kgo.Record, n int) int {
			if r.ProducerEpoch == pinned {
				return int(r.Partition)
			}
			return hash.Partition(r, n)
		}
	})
}
