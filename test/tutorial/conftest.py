"""A real broker and a real limpet for the tutorial's tests, and one world of names per test."""

import collections
import dataclasses
import pathlib
import subprocess
import sys

import boto3
import kafka
import pytest
from kafka.admin import KafkaAdminClient, NewTopic

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

from tutorial.server import LimpetServer, free_port, new_key_pair  # noqa: E402
from tutorial.walkthrough import REGION  # noqa: E402


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    """host:port of a real Apache Kafka."""
    folder = tmp_path_factory.mktemp("kafka")
    port = free_port()
    arguments = ["--port", str(port), "--dir", str(folder)]
    subprocess.run([ROOT / "scripts/kafka", "start", *arguments], check=True)
    yield f"127.0.0.1:{port}"
    subprocess.run([ROOT / "scripts/kafka", "stop", *arguments], check=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A running limpet with signature checks on; it must also stop in good order."""
    folder = tmp_path_factory.mktemp("limpet")
    limpet = LimpetServer(folder / "data", folder / "limpet.log", free_port(), new_key_pair())
    limpet.start()
    yield limpet
    assert limpet.stop() == 0


class Calls:
    """The Glue operations that one boto3 client has sent since they were last taken."""

    def __init__(self, client):
        self._sent = []
        client.meta.events.register("before-call.glue.*", self._on_call)

    def _on_call(self, model, **_):
        self._sent.append(model.name)

    def take(self):
        sent, self._sent = self._sent, []
        return sent


def glue_client(server):
    return boto3.client("glue", endpoint_url=server.endpoint, region_name=REGION,
                        aws_access_key_id=server.access_key,
                        aws_secret_access_key=server.secret_key)


@dataclasses.dataclass
class World:
    """One test's registry and topic."""

    server: LimpetServer
    bootstrap: str
    registry: str
    topic: str
    glue: object

    @property
    def schema_name(self):
        return f"{self.topic}-value"

    @property
    def schema_id(self):
        return {"RegistryName": self.registry, "SchemaName": self.schema_name}

    def client(self):
        """A Glue client of its own, and the record of its calls."""
        client = glue_client(self.server)
        return client, Calls(client)

    def records(self):
        """Every record's bytes in the topic, read without any deserializer."""
        partition = kafka.TopicPartition(self.topic, 0)
        consumer = kafka.KafkaConsumer(bootstrap_servers=self.bootstrap)
        try:
            end = consumer.end_offsets([partition])[partition]
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            found = []
            while len(found) < end:
                batches = consumer.poll(timeout_ms=10_000)
                assert batches, f"only {len(found)} of {end} records came within 10 s"
                for batch in batches.values():
                    found += [record.value for record in batch]
            return found
        finally:
            consumer.close()


_worlds = collections.Counter()


@pytest.fixture
def world(server, broker, request):
    """A fresh registry and a fresh topic with one partition."""
    name = request.node.originalname.replace("_", "-")
    _worlds[name] += 1
    name = f"{name}-{_worlds[name]}"
    glue = glue_client(server)
    glue.create_registry(RegistryName=name)
    admin = KafkaAdminClient(bootstrap_servers=broker)
    try:
        admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        admin.close()
    return World(server, broker, name, name, glue)
