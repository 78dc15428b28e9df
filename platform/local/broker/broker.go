package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// Config says what a broker is like.
type Config struct {
	// Listen is a loopback address, host:port; port 0 takes a free one.
	Listen string
	// Data is the folder that keeps everything; empty keeps it in memory.
	Data string
	// Logger gets the broker's warnings; nil drops them.
	Logger *slog.Logger
}

// Broker is a running broker.
type Broker struct {
	cluster *kfake.Cluster
	address string
	data    string
	journal *journal
	lock    *os.File
}

// AddressError says that the broker cannot listen on an address, and why; errors.Is(err, syscall.EADDRINUSE) says that
// something else does.
type AddressError struct {
	Address string
	Err     error
}

func (e *AddressError) Error() string { return fmt.Sprintf("listen on %s: %v", e.Address, e.Err) }

func (e *AddressError) Unwrap() error { return e.Err }

// Start starts a broker. What an earlier one kept in the folder is there again; after a kill -9 it is put in order
// first. The folder is for one broker at a time.
func Start(cfg Config) (_ *Broker, err error) {
	listener, err := listen(cfg.Listen)
	if err != nil {
		return nil, err
	}
	b := &Broker{address: listener.Addr().String(), data: cfg.Data}
	defer func() {
		if err != nil {
			_ = listener.Close()
			b.unlock()
		}
	}()
	opts := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.ListenFn(func(string, string) (net.Listener, error) { return listener, nil }),
		kfake.ClusterID("tidemark-demo"),
		kfake.DefaultNumPartitions(3),
		kfake.WithLogger(logger{cfg.Logger}),
	}
	if cfg.Data == "" {
		opts = append(opts, kfake.BrokerConfigs(inMemory))
	} else {
		if err := b.open(); err != nil {
			return nil, err
		}
		opts = append(opts, kfake.DataDir(filepath.Join(cfg.Data, folder)), kfake.BrokerConfigs(onDisk))
	}
	if b.cluster, err = kfake.NewCluster(opts...); err != nil {
		return nil, fmt.Errorf("start the embedded broker: %w", err)
	}
	if b.journal != nil {
		b.journal.watch(b.cluster)
	}
	return b, nil
}

// listen takes the address; its error is an *AddressError.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &AddressError{address, errors.New("not host:port, such as 127.0.0.1:9092")}
	}
	if !security.Loopback(host) {
		return nil, &AddressError{address, errors.New("the embedded broker lets everybody in, so it listens on loopback addresses only, such as 127.0.0.1")}
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &AddressError{address, err}
	}
	return l, nil
}

// folder is where below Data the broker keeps its files.
const folder = "kafka"

// In memory old records must go some day: a demo that runs for days should not fill the machine. On disk everything
// stays, and compaction is rare, since kfake's is not safe against a kill.
var (
	inMemory = map[string]string{
		"log.cleaner.backoff.ms": strconv.FormatInt((5 * time.Minute).Milliseconds(), 10),
		"log.segment.bytes":      strconv.Itoa(4 << 20),
		"log.retention.bytes":    strconv.Itoa(32 << 20), // of each partition
	}
	onDisk = map[string]string{
		"log.cleaner.backoff.ms":         strconv.FormatInt((12 * time.Hour).Milliseconds(), 10),
		"log.retention.ms":               "-1",
		"offsets.retention.minutes":      "2147483647",
		"transactional.id.expiration.ms": "2147483647",
	}
)

// open takes the folder for this process and puts it in order.
func (b *Broker) open() (err error) {
	dir := filepath.Join(b.data, folder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--data folder: %w", err)
	}
	if b.lock, err = lock(filepath.Join(b.data, "lock")); err != nil {
		return err
	}
	if err := recoverFolder(dir); err != nil {
		return fmt.Errorf("put the --data folder %s in order: %w", b.data, err)
	}
	b.journal, err = openJournal(dir)
	return err
}

// Address is where the broker listens, host:port.
func (b *Broker) Address() string { return b.address }

// Close stops the broker and, with a folder, writes what it knows into it. Clients should be closed first.
func (b *Broker) Close() error {
	b.cluster.Close()
	var err error
	if b.journal != nil {
		err = errors.Join(b.journal.close(), markClean(filepath.Join(b.data, folder)))
	}
	b.unlock()
	return err
}

func (b *Broker) unlock() {
	if b.lock != nil {
		_ = b.lock.Close()
	}
}

// logger passes the broker's warnings on.
type logger struct{ to *slog.Logger }

func (l logger) Logf(level kfake.LogLevel, format string, args ...any) {
	if l.to == nil || level > kfake.LogLevelWarn {
		return
	}
	at := slog.LevelWarn
	if level == kfake.LogLevelError {
		at = slog.LevelError
	}
	l.to.Log(context.Background(), at, fmt.Sprintf(format, args...))
}
