// Package mesh opens Kafka by itself.
package mesh

import _ "github.com/twmb/franz-go/pkg/kgo"
