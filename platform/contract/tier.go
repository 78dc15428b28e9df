package contract

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract/strict"
)

// TierName is what tidemark.slaTier says.
type TierName string

// The tiers.
const (
	Standard TierName = "standard"
	Premium  TierName = "premium"
	Critical TierName = "critical"
)

// Tier is what a port gets where its contract does not say it itself.
type Tier struct {
	Name       TierName
	Replicas   int // of each partition
	InSync     int // how many of them must have a record before it counts as written, of as many replicas
	Partitions int
	// Produce and Consume are quotas in bytes a second, of one broker: what the data product that publishes the port
	// may write to it, and what one that reads it may read.
	Produce, Consume int64
	// AlertAfter is how long a breach lasts before somebody is told, AlertSeverity how loudly.
	AlertAfter    time.Duration
	AlertSeverity string
}

const mebibyte = 1 << 20

// Tiers is the table of tiers, the least first. All replicate alike, since no tier may lose an acknowledged record with a
// broker.
func Tiers() []Tier {
	return []Tier{
		{Standard, 3, 2, 3, 5 * mebibyte, 10 * mebibyte, 15 * time.Minute, "ticket"},
		{Premium, 3, 2, 6, 20 * mebibyte, 40 * mebibyte, 5 * time.Minute, "ticket"},
		{Critical, 3, 2, 12, 50 * mebibyte, 100 * mebibyte, time.Minute, "page"},
	}
}

// Tier is the port's.
func (c *Contract) Tier() Tier {
	tiers := Tiers()
	if i := slices.IndexFunc(tiers, func(t Tier) bool { return t.Name == c.settings.tier }); i >= 0 {
		return tiers[i]
	}
	return tiers[0]
}

// Replicas is how many copies of each partition there are; its tier's where the contract does not say.
func (c *Contract) Replicas() int { return cmp.Or(c.settings.replicas, c.Tier().Replicas) }

// Compatibility is what a new schema of the topic must be to the earlier ones.
func (c *Contract) Compatibility() avro.Level { return c.settings.level }

func readTier(s *settings, v Value) error {
	return readWord(&s.tier, v, Standard, Premium, Critical)
}

func readReplicas(s *settings, v Value) error { return readCount(&s.replicas, v, 100) }

func readCompatibility(s *settings, v Value) error {
	level, err := avro.ParseLevel(v.Text)
	if v.Kind != strict.Text || err != nil || string(level) != strings.ToUpper(v.Text) {
		return errors.New("is NONE, BACKWARD, FORWARD or FULL, the last three also with _TRANSITIVE")
	}
	s.level = level
	return nil
}
