"""One limpet, one real Apache Kafka, and the program's own commands between them."""

import itertools
import json
import pathlib
import subprocess
import sys

import boto3
import kafka
import pytest
from kafka.admin import KafkaAdminClient, NewTopic

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "functional"))

from command import Cli  # noqa: E402
from limpet_process import LimpetProcess, free_port, limpet_binary  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    limpet = LimpetProcess(tmp_path_factory.mktemp("limpet")).start()
    yield limpet
    assert limpet.process.poll() is None, limpet.words()[-4000:]
    assert limpet.stop() == 0


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    """host:port of a real Apache Kafka."""
    arguments = ["--port", str(free_port()), "--dir", str(tmp_path_factory.mktemp("kafka"))]
    subprocess.run([ROOT / "scripts/kafka", "start", *arguments], check=True)
    yield f"127.0.0.1:{arguments[1]}"
    subprocess.run([ROOT / "scripts/kafka", "stop", *arguments], check=True)


_topics = itertools.count(1)


class World(Cli):
    """The command line, a topic of its own, and a region without schemas.

    What other programs must see is asked of kafka-python and boto3; the commands never are.
    """

    def __init__(self, server, broker, folder):
        self.topic = f"records-{next(_topics)}"
        self.broker = broker
        self.folder = folder
        super().__init__(server, folder, KAFKA_BOOTSTRAP_SERVERS=broker)
        self.server = server
        self.make_topic(self.topic)

    def make_topic(self, name, partitions=1):
        admin = KafkaAdminClient(bootstrap_servers=self.broker)
        try:
            admin.create_topics([NewTopic(name, num_partitions=partitions, replication_factor=1)])
        finally:
            admin.close()

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def produce(self, lines, *words, status=0, topic=None):
        """Runs `limpet produce`: what it said."""
        done = self.run("produce", "-t", topic or self.topic, *words, stdin=lines, status=status)
        return done.stderr

    def consume(self, *words, status=0, topic=None):
        """Every record until the end, as the lines of --output json."""
        done = self.run("consume", "-t", topic or self.topic, "--until-end", "--output", "json",
                        *words, status=status)
        return lines_of(done.stdout)

    def verify(self, *words, status=0):
        done = self.run("topic", "verify", self.topic, "--output", "json", *words, status=status)
        return json.loads(done.stdout)

    def glue(self):
        environment = self.environment
        return boto3.client("glue", endpoint_url=self.server.endpoint,
                            region_name=environment["AWS_REGION"],
                            aws_access_key_id=self.server.access_key,
                            aws_secret_access_key=self.server.secret_key)

    def versions(self, name, registry="default-registry"):
        """(number, status) of every version of a schema, oldest first."""
        listed = self.glue().list_schema_versions(
            SchemaId={"RegistryName": registry, "SchemaName": name})["Schemas"]
        return sorted((version["VersionNumber"], version["Status"]) for version in listed)

    def raw(self, topic=None):
        """Every record in the topic as bytes, read without us."""
        topic = topic or self.topic
        consumer = kafka.KafkaConsumer(bootstrap_servers=self.broker)
        try:
            places = [kafka.TopicPartition(topic, number)
                      for number in sorted(consumer.partitions_for_topic(topic))]
            ends = consumer.end_offsets(places)
            consumer.assign(places)
            consumer.seek_to_beginning(*places)
            found = []
            while len(found) < sum(ends.values()):
                batches = consumer.poll(timeout_ms=10_000)
                assert batches, f"only {len(found)} of {ends} records came within 10 s"
                for batch in batches.values():
                    found += batch
            return found
        finally:
            consumer.close()

    def plant(self, value, key=None, headers=(), partition=0, timestamp=None):
        """Writes a record as it is."""
        producer = kafka.KafkaProducer(bootstrap_servers=self.broker)
        try:
            return producer.send(self.topic, value=value, key=key, headers=list(headers),
                                 partition=partition, timestamp_ms=timestamp).get(timeout=30)
        finally:
            producer.close()

    def start(self, *words):
        return subprocess.Popen([limpet_binary(), *words], env=self.environment,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def world(server, broker, tmp_path):
    return World(server, broker, tmp_path)

