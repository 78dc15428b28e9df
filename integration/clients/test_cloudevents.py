"""Control events are CloudEvents for the library that everybody has."""

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from records import read

TOPICS = [f"platform.mesh.{name}.v1" for name in ("products", "lifecycle", "heartbeats", "freshness")]


class Avro:
    """The library's format for data that is Avro: it hands the bytes on."""

    def read_data(self, body, content_type):
        assert content_type == "application/avro" or "avro" in content_type, content_type
        return body


@pytest.mark.parametrize("topic", TOPICS)
def test_binary_mode(mesh, topic):
    decode = AvroDeserializer(SchemaRegistryClient({"url": mesh.registry}))
    for record in read(mesh.brokers, topic, lambda records: len(records) >= 3):
        if record.value() is None:
            continue
        event = from_binary(KafkaMessage(dict(record.headers()), record.key(), record.value()), Avro())
        assert event.get_specversion() == "1.0" and event.get_id() and event.get_source()
        assert event.get_type() and event.get_time() is not None
        value = decode(event.get_data(), SerializationContext(topic, MessageField.VALUE))
        assert isinstance(value, dict) and value
