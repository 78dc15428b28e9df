package kafkatest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// Bomb writes a batch of two records with keys, the first of so many zeros, which is small as long as it is compressed.
func Bomb(t testing.TB, cfg kafka.Config, at kafka.TopicPartition, with kafka.Compression, size int) {
	t.Helper()
	var records []byte
	for i, value := range [][]byte{make([]byte, size), []byte("small")} {
		r := kmsg.Record{OffsetDelta: int32(i), Key: []byte{byte(i)}, Value: value} // with keys, which compacted topics demand
		r.Length = int32(len(r.AppendTo(nil)) - kbin.VarintLen(0))
		records = r.AppendTo(records)
	}
	compressor, err := kgo.DefaultCompressor(map[kafka.Compression]kgo.CompressionCodec{
		kafka.CompressGzip: kgo.GzipCompression(), kafka.CompressSnappy: kgo.SnappyCompression(),
		kafka.CompressLZ4: kgo.Lz4Compression(), kafka.CompressZstd: kgo.ZstdCompression(),
	}[with])
	if err != nil {
		t.Fatal(err)
	}
	packed, kind := compressor.Compress(new(bytes.Buffer), records)
	b := kmsg.RecordBatch{
		PartitionLeaderEpoch: -1, Magic: 2, Attributes: int16(kind), LastOffsetDelta: 1, FirstTimestamp: time.Now().UnixMilli(),
		MaxTimestamp: time.Now().UnixMilli(), ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1, NumRecords: 2, Records: packed,
	}
	raw := b.AppendTo(nil)
	binary.BigEndian.PutUint32(raw[8:], uint32(len(raw)-12))
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli)))

	cl, err := kgo.NewClient(kgo.SeedBrokers(cfg.Brokers...))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	req := kmsg.NewPtrProduceRequest()
	req.Acks, req.TimeoutMillis = -1, 5000
	meta := kmsg.NewPtrMetadataRequest()
	asked := kmsg.NewMetadataRequestTopic()
	asked.Topic = &at.Topic
	meta.Topics = append(meta.Topics, asked)
	known, err := meta.RequestWith(t.Context(), cl)
	if err != nil {
		t.Fatal(err)
	}
	rt := kmsg.NewProduceRequestTopic()
	rt.Topic, rt.TopicID = at.Topic, known.Topics[0].TopicID
	rp := kmsg.NewProduceRequestTopicPartition()
	rp.Partition, rp.Records = at.Partition, raw
	rt.Partitions = append(rt.Partitions, rp)
	req.Topics = append(req.Topics, rt)
	answer, err := req.RequestWith(t.Context(), cl)
	if err != nil {
		t.Fatal(err)
	}
	if err := kerr.ErrorForCode(answer.Topics[0].Partitions[0].ErrorCode); err != nil {
		t.Fatal(err)
	}
}
