package kafka

import (
	"os"
	"testing"

	_ "github.com/twmb/franz-go/pkg/kfake"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }
