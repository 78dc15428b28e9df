"""Decodes, checks and encodes orders with confluent-kafka and its Avro (de)serializer, at least once.

What comes of a batch is flushed before its offsets are committed.
"""

import argparse
import decimal
import datetime
import pathlib
import re
import signal

from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

ORDER_ID = re.compile(r"^[A-Z]{2}-\d{4}-\d{6}$")
HOSTNAME = re.compile(r"^[a-z0-9-]+$")
EARLIEST = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
LEAST, MOST = decimal.Decimal("0.01"), decimal.Decimal(100000)


def multiple(value, parts):
    return abs(value * parts - round(value * parts)) < 1e-6


def check(order, key):
    """Gives the first rule that an order breaks, or None."""
    if order["customerId"] != key:
        return "key"
    if not ORDER_ID.match(order["orderId"]):
        return "orderId"
    if not 4 <= len(order["customerId"]) <= 20:
        return "customerId"
    if order["status"] not in ("placed", "paid", "shipped"):
        return "status"
    if order["currency"] not in ("EUR", "GBP", "USD"):
        return "currency"
    if not LEAST <= order["total"] <= MOST:
        return "total"
    if order["discount"] >= 1 or not multiple(order["discount"], 20):
        return "discount"
    if order["placedAt"] < EARLIEST:
        return "placedAt"
    if order["dueOn"] is None or order["dueOn"] < EARLIEST.date():
        return "dueOn"
    if order["channel"] in ("", "n/a") or not HOSTNAME.match(order["channel"]):
        return "channel"
    if not 1 <= order["priority"] <= 5:
        return "priority"
    if order["note"] is not None and len(order["note"]) > 200_000:
        return "note"
    if len(order["shipTo"]["country"]) != 2:
        return "shipTo.country"
    lines = order["lines"]
    if not 1 <= len(lines) <= 100 or len({(l["sku"], l["quantity"], l["price"]) for l in lines}) != len(lines):
        return "lines"
    for line in lines:
        if line["quantity"] <= 0 or line["price"] < 0.01 or not multiple(line["price"], 100):
            return "line"
    return None


def main():
    parser = argparse.ArgumentParser()
    for name in ("brokers", "registry", "name", "source", "partitions", "input", "output", "letters", "group"):
        parser.add_argument("-" + name)
    args = parser.parse_args()
    stopped = []
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda *_: stopped.append(True))

    registry = SchemaRegistryClient({"url": args.registry})
    schema = (pathlib.Path(__file__).parent.parent / "orders" / "order.avsc").read_text()
    decode, encode = AvroDeserializer(registry), AvroSerializer(registry, schema)
    came = SerializationContext(args.input, MessageField.VALUE)
    goes = SerializationContext(args.output, MessageField.VALUE)
    consumer = Consumer({
        "bootstrap.servers": args.brokers, "group.id": args.group, "auto.offset.reset": "earliest",
        "enable.auto.commit": False, "fetch.wait.max.ms": 20,
    })
    producer = Producer({"bootstrap.servers": args.brokers, "linger.ms": 5, "queue.buffering.max.messages": 1_000_000, "acks": "all"})
    consumer.subscribe([args.input])
    while not stopped:
        batch = consumer.consume(5000, 0.02)
        for message in batch:
            if message.error():
                continue
            value, key = message.value(), message.key()
            try:
                order = decode(value, came)
                reason = check(order, key.decode())
            except Exception as error:  # whatever the deserializer says of bytes that are no order
                reason = type(error).__name__
            if reason is None:
                producer.produce(args.output, encode(order, goes), key)
            else:
                producer.produce(args.letters, value, key, headers={"reason": reason})
            producer.poll(0)
        if batch:
            producer.flush()
            consumer.commit(asynchronous=False)
    consumer.close()


if __name__ == "__main__":
    main()
