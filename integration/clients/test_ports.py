"""Output ports, read with the clients that people have."""

import os
import shlex
import shutil
import subprocess

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from conftest import missing
from records import read

PORT = "orders.order-lines.lines.v1"


def test_every_output_port_by_confluent_kafka(mesh):
    assert len(mesh.ports) >= 13, f"{len(mesh.ports)} ports: {mesh.ports}"
    schemas = SchemaRegistryClient({"url": mesh.registry})
    decode = AvroDeserializer(schemas)
    for topic in mesh.ports:
        some = read(mesh.brokers, topic, lambda records: len(records) >= 5)
        for record in some:
            if record.value() is None:
                continue  # a tombstone of a compacted port
            value = decode(record.value(), SerializationContext(topic, MessageField.VALUE))
            assert isinstance(value, dict) and value, f"{topic}: {value!r}"
            assert record.key().decode() in [str(v) for v in value.values()], f"{topic}: the key is no field of the record"


def test_java_console_consumer(mesh):
    tool = os.environ.get("TIDEMARK_TEST_KAFKA_TOOL")
    if not tool:
        pytest.skip("TIDEMARK_TEST_KAFKA_TOOL does not say how Kafka's own tools are called, such as: kafka run")
    done = subprocess.run(
        shlex.split(tool) + ["ConsoleConsumer", "--bootstrap-server", mesh.brokers, "--topic", PORT, "--from-beginning",
                             "--max-messages", "5", "--timeout-ms", "60000", "--command-property", "isolation.level=read_committed",
                             "--formatter-property", "print.key=true", "--formatter-property", "print.partition=true"],
        capture_output=True, timeout=180)
    assert b"Processed a total of 5 messages" in done.stderr, done.stderr.decode(errors="replace")[-2000:]
    assert done.stdout.count(b"Partition:") == 5, done.stdout


def test_kcat(mesh):
    kcat = shutil.which("kcat") or shutil.which("kafkacat")
    if not kcat:
        pytest.skip("kcat is not installed")
    line = "%k|%h|%S\\n"
    done = subprocess.run([kcat, "-C", "-b", mesh.brokers, "-t", PORT, "-o", "beginning", "-c", "5", "-f", line],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    rows = [row.split("|") for row in done.stdout.splitlines()]
    assert len(rows) == 5 and all(key and int(size) > 5 for key, _, size in rows), done.stdout

    done = subprocess.run([kcat, "-C", "-b", mesh.brokers, "-t", "orders.orders.dlq", "-o", "beginning", "-c", "1", "-f", "%h\\n"],
                          capture_output=True, text=True, timeout=120)
    names = dict(h.split("=", 1) for h in done.stdout.strip().split(",") if "=" in h)
    assert names.get("tidemark.reason") and names.get("tidemark.topic") == "orders.checkout.placed.v1", done.stdout


def test_schemas_are_what_the_registry_says(mesh):
    schemas = SchemaRegistryClient({"url": mesh.registry})
    subjects = schemas.get_subjects()
    for topic in mesh.ports:
        assert f"{topic}-value" in subjects
        assert schemas.get_latest_version(f"{topic}-value").schema.schema_type in (None, "AVRO")
    if not mesh.ports:
        missing("there are no ports")
