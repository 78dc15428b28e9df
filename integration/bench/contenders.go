package main

import (
	"fmt"
	"path/filepath"

	"github.com/tidemark-mesh/tidemark/integration/bench/orders"
)

// Contender is one program that does the work.
type Contender struct {
	Name          string
	Transactional bool   // its outputs and offsets are one transaction
	Checks        bool   // it claims to find bad records
	RealOnly      bool   // it makes no progress on kfake
	Program       string // what has to be built: a folder of contender/, streams or python
	Flags         []string
	Does          string // compared with Tidemark's guard
}

// contenders are all that the table of peers has, the floor first.
func contenders() []Contender {
	return []Contender{
		{Name: "franz-go", Program: "franz", Flags: []string{"-check=false"},
			Does: "less: copies bytes, looks at nothing; at-least-once. The floor"},
		{Name: "franz-go + checks", Program: "franz", Checks: true,
			Does: "less: decodes with hamba/avro and checks in hand-written Go, forwards the bytes; at-least-once, no counts or freshness"},
		{Name: "Tidemark guard, EOS", Program: "tidemark", Transactional: true, Checks: true, Flags: []string{"-eos"},
			Does: "full contract check, forward, dead letters, counts, freshness; exactly-once"},
		{Name: "Tidemark guard, ALO", Program: "tidemark", Checks: true,
			Does: "the same, at-least-once"},
		{Name: "Tidemark guard, EOS, snappy", Program: "tidemark", Transactional: true, Checks: true, Flags: []string{"-eos", "-compression=snappy"},
			Does: "the same, as Tidemark is by default: what it writes is compressed, which no other line but the next does"},
		{Name: "franz-go, snappy", Program: "franz", Flags: []string{"-check=false", "-compression=snappy"},
			Does: "the floor with compression"},
		{Name: "Tidemark transform, EOS", Program: "tidemark", Transactional: true, Checks: true, Flags: []string{"-eos", "-mode=transform"},
			Does: "more: decodes into a struct, calls Go, encodes and checks again"},
		{Name: "Tidemark splice, EOS", Program: "tidemark", Transactional: true, Checks: true, Flags: []string{"-eos", "-mode=splice"},
			Does: "more: calls Go with a view of the record, sets a field, copies the others and checks again"},
		{Name: "sarama + checks", Program: "sarama", Checks: true,
			Does: "less: as franz-go + checks; offsets are marked out of order"},
		{Name: "goka + checks", Program: "goka", Checks: true,
			Does: "less: as franz-go + checks"},
		{Name: "Watermill + checks", Program: "watermill", Checks: true, RealOnly: true,
			Does: "less: as franz-go + checks, one message at a time in each partition"},
		{Name: "Benthos", Program: "benthos", Checks: true,
			Does: "about the same: decodes, checks in Bloblang, encodes; at-least-once, no counts or freshness"},
		{Name: "Kafka Streams, EOS", Program: streams, Transactional: true, Checks: true, Flags: []string{"-eos"},
			Does: "about the same: decodes to a generic record, checks in Java, encodes; exactly-once, no counts or freshness"},
		{Name: "Kafka Streams, ALO", Program: streams, Checks: true,
			Does: "the same, at-least-once"},
		{Name: "Python", Program: python, Checks: true,
			Does: "about the same: confluent-kafka's Avro deserializer, checks in Python, its serializer; at-least-once, no counts or freshness"},
	}
}

// Programs that are not Go.
const (
	streams = "streams"
	python  = "python"
)

// guard is Tidemark's guard, which the tables of growth are about.
func guard(flags ...string) Contender {
	c := Contender{Name: "Tidemark guard", Program: "tidemark", Checks: true, Flags: flags}
	for _, f := range flags {
		c.Transactional = c.Transactional || f == "-eos"
	}
	return c
}

// argv is the command line of a run.
func (b *built) argv(c Contender, r run) []string {
	common := []string{"-brokers", r.cluster.Brokers, "-registry", r.cluster.Registry, "-name", r.name, "-source", r.source, "-partitions", fmt.Sprint(r.workload.Partitions)}
	common = append(common, c.Flags...)
	switch c.Program {
	case streams:
		return append(append([]string{"java", "-Xmx1g", "-cp", filepath.Join(b.dir, streams, "classes") + ":" + filepath.Join(b.dir, streams, "lib", "*"), "bench.Streams"}, common...),
			"-input", orders.Topic(r.source), "-output", orders.Topic(r.name), "-letters", orders.DeadLetters(r.name), "-group", orders.Group(r.name))
	case python:
		return append(append([]string{filepath.Join(b.dir, python, "bin", "python3"), filepath.Join(b.source, python, "contender.py")}, common...),
			"-input", orders.Topic(r.source), "-output", orders.Topic(r.name), "-letters", orders.DeadLetters(r.name), "-group", orders.Group(r.name))
	default:
		if r.profile != "" {
			common = append(common, "-cpuprofile", r.profile)
		}
		return append([]string{filepath.Join(b.dir, c.Program)}, common...)
	}
}
