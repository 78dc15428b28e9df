// Package kafka may import the client, not the embedded broker.
package kafka

import (
	"log"
	"os"

	_ "github.com/twmb/franz-go/pkg/kadm"
	_ "github.com/twmb/franz-go/pkg/kfake"
	_ "github.com/twmb/franz-go/pkg/kgo"

	_ "example.com/broken/cmd/tidemark"
	_ "example.com/broken/contracts"
	_ "example.com/broken/platform/event"
)

// Stop exits where only main may.
func Stop() {
	log.Fatalf("stop")
	os.Exit(1)
}
