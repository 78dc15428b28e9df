"""A guard, from outside: good records come out, bad ones are set aside with their reason."""

import datetime
import decimal
import uuid

from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from records import headers, read

INPUT = "marketing.campaign-desk.campaigns.v1"
CLEAN = "marketing.campaigns.campaigns.v1"
DEAD = "marketing.campaigns.dlq"


def campaign(**changes):
    now = datetime.datetime.now(datetime.timezone.utc)
    record = {
        "campaignId": f"CMP-2026-{uuid.uuid4().int % 10000:04d}", "revision": 1, "name": "Winter desks", "state": "planned", "channel": "email",
        "category": "furniture", "owner": "desk-team", "budget": decimal.Decimal("1000.0000"), "currency": "USD",
        "discount": decimal.Decimal("0.2000"), "startsOn": now.date(), "endsOn": now.date() + datetime.timedelta(days=7), "changedAt": now,
    }
    return record | changes


def test_guard_separates_good_from_bad(mesh):
    schemas = SchemaRegistryClient({"url": mesh.registry})
    schema = schemas.get_latest_version(f"{CLEAN}-value").schema.schema_str
    # As a careless program does: no compatibility asked, nothing registered.
    serialize = AvroSerializer(schemas, schema, conf={"auto.register.schemas": False, "use.latest.version": True})
    at = SerializationContext(INPUT, MessageField.VALUE)
    good, ownerless = campaign(), campaign(owner=None)
    sent = {
        "good": (good["campaignId"].encode(), serialize(good, at)),
        "ownerless": (ownerless["campaignId"].encode(), serialize(ownerless, at)),
        "json": (b"somebody", b'{"campaignId": "not Avro at all"}'),
    }
    mark = uuid.uuid4().bytes.hex()
    producer, coordinates = Producer({"bootstrap.servers": mesh.brokers, "acks": "all"}), {}
    for name, (key, value) in sent.items():
        def delivered(error, record, name=name):
            assert error is None, error
            coordinates[name] = f"{record.topic()}/{record.partition()}/{record.offset()}"
        producer.produce(INPUT, key=key, value=value, headers={"mark": mark}, on_delivery=delivered)
    producer.flush(60)
    assert len(coordinates) == 3, coordinates

    decode = AvroDeserializer(schemas)
    marked = lambda records: [r for r in records if headers_of(r).get("mark") == mark]
    clean = marked(read(mesh.brokers, CLEAN, lambda records: marked(records)))
    assert [r.key() for r in clean] == [sent["good"][0]]
    assert decode(clean[0].value(), SerializationContext(CLEAN, MessageField.VALUE))["name"] == "Winter desks"

    dead = marked(read(mesh.brokers, DEAD, lambda records: len(marked(records)) >= 2))
    found = {headers_origin(r): r for r in dead}
    assert set(found) == {coordinates["ownerless"], coordinates["json"]}
    for name, reason, field in [("ownerless", "field.required", "owner"), ("json", "frame.bad", None)]:
        record = found[coordinates[name]]
        said = headers(record)
        assert (record.key(), record.value()) == sent[name], f"{name}: it is not byte for byte what was sent"
        assert said["tidemark.reason"] == reason, said
        assert said["tidemark.data-product"] == "marketing.campaigns"
        assert said["tidemark.message"] and "Winter desks" not in said["tidemark.message"]
        assert said["__streams.errors.topic"] == INPUT
        if field:
            assert said["tidemark.field"] == field, said


def headers_of(record):
    return {name: value.decode(errors="replace") for name, value in record.headers() or []}


def headers_origin(record):
    said = headers(record)
    return f"{said['tidemark.topic']}/{said['tidemark.partition']}/{said['tidemark.offset']}"
