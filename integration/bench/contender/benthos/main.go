// Command benthos decodes, checks and encodes with a Benthos stream: the checks are a Bloblang mapping in its
// configuration, as its users write them; input, output and the Avro processors are plugins on franz-go and hamba/avro.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	_ "github.com/redpanda-data/benthos/v4/public/components/pure"
	"github.com/redpanda-data/benthos/v4/public/service"

	"github.com/tidemark-mesh/tidemark/integration/bench/job"
)

//go:embed stream.yaml
var config string

func main() { job.Main(run) }

func run(ctx context.Context, j job.Job) error {
	env := service.NewEnvironment()
	codec, err := newCodec()
	if err != nil {
		return err
	}
	empty := service.NewConfigSpec()
	topic := service.NewConfigSpec().Field(service.NewStringField("topic"))
	for _, err := range []error{
		env.RegisterBatchInput("orders_in", empty, func(*service.ParsedConfig, *service.Resources) (service.BatchInput, error) {
			return &input{j: j}, nil
		}),
		env.RegisterBatchOutput("orders_out", topic, func(c *service.ParsedConfig, _ *service.Resources) (service.BatchOutput, service.BatchPolicy, int, error) {
			name, err := c.FieldString("topic")
			return &output{j: j, topic: name}, service.BatchPolicy{}, 64, err
		}),
		env.RegisterProcessor("avro_decode", empty, func(*service.ParsedConfig, *service.Resources) (service.Processor, error) { return decode{codec}, nil }),
		env.RegisterProcessor("avro_encode", empty, func(*service.ParsedConfig, *service.Resources) (service.Processor, error) { return encode{codec}, nil }),
	} {
		if err != nil {
			return fmt.Errorf("register a plugin: %w", err)
		}
	}
	builder := env.NewStreamBuilder()
	text := strings.NewReplacer("OUTPUT", j.Output(), "LETTERS", j.DeadLetters()).Replace(config)
	if err := builder.SetYAML(text); err != nil {
		return fmt.Errorf("read stream.yaml: %w", err)
	}
	stream, err := builder.Build()
	if err != nil {
		return fmt.Errorf("build the stream: %w", err)
	}
	return stream.Run(ctx)
}
