package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Record is one Kafka record, as the client library has it.
type Record = kgo.Record

// Header is one record header.
type Header = kgo.RecordHeader

// TopicPartition names one partition.
type TopicPartition struct {
	Topic     string
	Partition int32
}

func (tp TopicPartition) String() string { return fmt.Sprintf("%s/%d", tp.Topic, tp.Partition) }

// Committed is a committed offset: the next one to read, and the metadata that was committed with it.
type Committed struct {
	Offset   int64
	Metadata string
}

// Config says where the brokers are. The zero value but for Brokers works.
type Config struct {
	// Brokers are host:port addresses to start from; at least one.
	Brokers []string
	// ClientID is what brokers log; default "tidemark".
	ClientID string
	// MaxBatchBytes bounds what a batch that is read may grow to when it is decompressed; default 64 MiB. A Session skips a
	// batch that would be larger, and says so.
	MaxBatchBytes int
	// Compression is what producers compress batches with: none, snappy (the default), lz4, gzip or zstd.
	Compression Compression
	// Logger gets the client library's warnings; nil drops them.
	Logger *slog.Logger
	// Security says how brokers are trusted and who speaks; the zero value is plain text without a name.
	Security Security
	// Dial replaces the network dialer, below TLS; nil uses TCP with a 10 s timeout.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Compression is how a producer compresses batches; empty is snappy.
type Compression string

// The compressions that every broker knows.
const (
	CompressNone   Compression = "none"
	CompressSnappy Compression = "snappy"
	CompressLZ4    Compression = "lz4"
	CompressGzip   Compression = "gzip"
	CompressZstd   Compression = "zstd"
)

func (c Compression) option() (kgo.Opt, error) {
	switch c {
	case CompressNone:
		return kgo.ProducerBatchCompression(kgo.NoCompression()), nil
	case CompressSnappy, "":
		return kgo.ProducerBatchCompression(kgo.SnappyCompression(), kgo.NoCompression()), nil
	case CompressLZ4:
		return kgo.ProducerBatchCompression(kgo.Lz4Compression(), kgo.NoCompression()), nil
	case CompressGzip:
		return kgo.ProducerBatchCompression(kgo.GzipCompression(), kgo.NoCompression()), nil
	case CompressZstd:
		return kgo.ProducerBatchCompression(kgo.ZstdCompression(), kgo.NoCompression()), nil
	}
	return nil, fmt.Errorf("kafka: compression %q: use none, snappy, lz4, gzip or zstd", string(c))
}

// ParseBrokers splits a comma-separated list of host:port.
func ParseBrokers(list string) ([]string, error) {
	var brokers []string
	for _, b := range strings.Split(list, ",") {
		b = strings.TrimSpace(b)
		if b == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(b); err != nil {
			return nil, fmt.Errorf("broker %q is not host:port, for example 127.0.0.1:9092: %w", b, err)
		}
		brokers = append(brokers, b)
	}
	if len(brokers) == 0 {
		return nil, errors.New("no brokers: name at least one host:port, for example 127.0.0.1:9092")
	}
	return brokers, nil
}

// maxBatchBytes is the default of Config.MaxBatchBytes (the library's is 1 GiB).
const maxBatchBytes = 64 << 20

func (c Config) options() ([]kgo.Opt, error) {
	if len(c.Brokers) == 0 {
		return nil, errors.New("no brokers: name at least one host:port, for example 127.0.0.1:9092")
	}
	id := c.ClientID
	if id == "" {
		id = "tidemark"
	}
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.ClientID(id),
		kgo.SoftwareNameAndVersion("tidemark", "1"),
		kgo.DisableClientMetrics(),
		// A topic that is created after a client asked for it should be seen soon: start order must not matter.
		kgo.MetadataMinAge(250 * time.Millisecond),
		// A group's coordinator is asked at the address that it had until the metadata no longer have that broker: with the
		// library's five minutes, a dead broker's groups would not be found for as long.
		kgo.MetadataMaxAge(10 * time.Second),
		kgo.RetryBackoffFn(backoff),
		kgo.MaxDecompressBatchBytes(cmp.Or(c.MaxBatchBytes, maxBatchBytes)),
	}
	compressed, err := c.Compression.option()
	if err != nil {
		return nil, err
	}
	opts = append(opts, compressed)
	secured, err := c.Security.options(c.Dial)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	opts = append(opts, secured...)
	if c.Logger != nil {
		opts = append(opts, kgo.WithLogger(&logger{to: c.Logger}))
	}
	return opts, nil
}

func (c Config) client(more ...kgo.Opt) (*kgo.Client, error) {
	opts, err := c.options()
	if err != nil {
		return nil, err
	}
	cl, err := kgo.NewClient(append(opts, more...)...)
	if err != nil {
		return nil, fmt.Errorf("kafka client for %s: %w", strings.Join(c.Brokers, ","), err)
	}
	return cl, nil
}
