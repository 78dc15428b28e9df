"""A running demo on the real cluster, for the tests of other people's clients.

TIDEMARK_TEST_KAFKA and TIDEMARK_TEST_REGISTRY name a cluster and a registry that are for tests, TIDEMARK_TEST_BIN the folder
with the binaries (default ../../bin). `make clients` brings all of it. On a build machine what is missing is a failure.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def need(name, what):
    value = os.environ.get(name)
    if value:
        return value
    missing(f"this needs {what}: set {name}, or run make clients")


def missing(why):
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def tidemark():
    folder = os.environ.get("TIDEMARK_TEST_BIN") or str(ROOT / "bin")
    binary = shutil.which("tidemark", path=folder)
    if not binary:
        missing(f"there is no tidemark in {folder}: run make build")

    def run(*args):
        done = subprocess.run([binary, *args], cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"tidemark {' '.join(args)}: {done.stderr}"
        return done.stdout

    run.binary = binary
    return run


@dataclass
class Mesh:
    brokers: str
    registry: str
    platform: str
    ports: list  # output ports' topics that hold records of domains


@pytest.fixture(scope="session")
def mesh(tidemark):
    """The demo, from when its file is published until the last test; what it made is deleted then."""
    from confluent_kafka.admin import AdminClient
    from confluent_kafka.schema_registry import SchemaRegistryClient

    brokers = need("TIDEMARK_TEST_KAFKA", "a Kafka cluster")
    registry = need("TIDEMARK_TEST_REGISTRY", "a Schema Registry")
    admin, schemas = AdminClient({"bootstrap.servers": brokers}), SchemaRegistryClient({"url": registry})
    before = set(topics(admin)), set(schemas.get_subjects()), set(groups(admin))
    demo = subprocess.Popen(
        [tidemark.binary, "demo", "--brokers", brokers, "--registry", registry, "--listen-http", "127.0.0.1:0",
         "--bad", "0.02", "--speed", "5", "-o", "json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = []
    threading.Thread(target=lambda: said.extend(demo.stderr), daemon=True).start()
    try:
        where = first_json(demo.stdout)
        assert where, f"the demo did not start: {''.join(said)}"
        known = json.loads(tidemark("get", "ports", "-o", "json", "--platform", where["platform"]))
        yield Mesh(brokers, registry, where["platform"], port_names(known, topics(admin)))
    finally:
        demo.send_signal(signal.SIGINT)
        try:
            demo.wait(60)
        except subprocess.TimeoutExpired:
            demo.kill()
        clean(admin, schemas, before)


def first_json(stream):
    """Reads one JSON document; None when the stream ends before it is whole."""
    text = ""
    for line in stream:
        text += line
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            continue
    return None


def port_names(known, there):
    """The ports of data products that hold their contract: operational systems write what they like, also bad records."""
    return sorted(port["id"] for port in known if port.get("mode") in ("transform", "guard") and port["id"] in there)


def topics(admin):
    return [name for name in admin.list_topics(timeout=30).topics if not name.startswith("_")]


def groups(admin):
    return [g.group_id for g in admin.list_consumer_groups(request_timeout=30).result().valid]


def clean(admin, schemas, before):
    made = sorted(set(topics(admin)) - before[0])
    if made:
        for future in admin.delete_topics(made, operation_timeout=30).values():
            future.result(60)
    for subject in sorted(set(schemas.get_subjects()) - before[1]):
        schemas.delete_subject(subject)
        schemas.delete_subject(subject, permanent=True)
    left, deadline = sorted(set(groups(admin)) - before[2]), time.monotonic() + 60
    for group in left:
        while time.monotonic() < deadline:
            try:
                admin.delete_consumer_groups([group])[group].result(30)
                break
            except Exception:  # it has members until their sessions end; what stays then is reported by the next test
                time.sleep(1)
