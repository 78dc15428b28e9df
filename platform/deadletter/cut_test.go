package deadletter

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/event"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
)

// cut writes a dead letter of the input's first record that has no room for its value.
func cut(t *testing.T, cfg kafka.Config, value string) {
	t.Helper()
	sum := sha256.Sum256([]byte(value))
	write(t, cfg, &kafka.Record{Topic: Topic(product), Headers: append(rejection("frame.bad", input, "0", "0", "0"),
		h(event.HeaderCutDigest, "sha256:"+hex.EncodeToString(sum[:]), event.HeaderCutBytes, "42")...)})
}

func write(t *testing.T, cfg kafka.Config, r *kafka.Record) {
	t.Helper()
	p, err := kafka.NewProducer(cfg, kafka.ProducerOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.ProduceSync(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// A letter without its value says so, and its record is sent back from where it is, if it is there.
func TestLettersWithoutAValue(t *testing.T) {
	for name, c := range map[string]struct {
		there, of  string // the record at the coordinates, and the one that was rejected
		sent, gone int
	}{
		"the record is there":                {"large", "large", 1, 0},
		"another record has its coordinates": {"another", "large", 0, 1},
		"its topic is gone":                  {"", "large", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := broker(t)
			if c.there != "" {
				admin, err := kafka.NewAdmin(cfg)
				if err != nil {
					t.Fatal(err)
				}
				defer admin.Close()
				if err := admin.EnsureTopics(t.Context(), kafka.Topic{Name: input}); err != nil {
					t.Fatal(err)
				}
				write(t, cfg, &kafka.Record{Topic: input, Key: []byte("its key"), Value: []byte(c.there), Headers: h("its", "header")})
			}
			cut(t, cfg, c.of)
			q := Open(cfg, product)
			letters, err := q.Show(t.Context(), Coordinates{Topic: input})
			if err != nil || len(letters) != 1 || letters[0].Cut == nil || letters[0].Cut.Bytes != 42 || letters[0].SchemaID != 7 {
				t.Fatalf("%+v, %v", letters, err)
			}
			got, err := q.Replay(t.Context(), ReplayOptions{})
			if err != nil || got.Matched != 1 || got.Sent != c.sent || got.Gone != c.gone {
				t.Errorf("%+v, %v; want %d sent, %d gone", got, err, c.sent, c.gone)
			}
		})
	}
}
