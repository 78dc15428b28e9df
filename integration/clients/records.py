"""Reading and writing as any Python program does, with confluent-kafka."""

import time
import uuid

from confluent_kafka import Consumer, TopicPartition


def read(brokers, topic, enough, seconds=90, start=None):
    """Yields committed records of a topic until enough(records) says so; fails when that does not come to be."""
    consumer = Consumer({
        "bootstrap.servers": brokers, "group.id": f"clients-{uuid.uuid4()}", "enable.auto.commit": False,
        "auto.offset.reset": "earliest", "isolation.level": "read_committed"})
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    start = start or {}
    consumer.assign([TopicPartition(topic, p, start.get(p, 0)) for p in partitions])
    records, deadline = [], time.monotonic() + seconds
    try:
        while not enough(records):
            assert time.monotonic() < deadline, f"{topic}: after {seconds} s there are {len(records)} records, and not those that were expected"
            record = consumer.poll(1)
            if record is None:
                continue
            assert record.error() is None, record.error()
            records.append(record)
    finally:
        consumer.close()
    return records


def headers(record):
    """A record's headers as text; every header that Tidemark writes is text."""
    return {name: value.decode() for name, value in record.headers() or []}
