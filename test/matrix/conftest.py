"""One limpet, one real Apache Kafka and one peer of each language for all cells; a region and a topic each."""

import itertools
import pathlib
import subprocess
import sys

import pytest

TEST = pathlib.Path(__file__).resolve().parents[1]
ROOT = TEST.parent
sys.path[:0] = [str(TEST / "functional"), str(TEST / "serializers")]

from glue_calls import fresh_region  # noqa: E402
from java_peer import JavaPeer  # noqa: E402
from kafka.admin import KafkaAdminClient, NewTopic  # noqa: E402
from limpet_process import LimpetProcess, free_port  # noqa: E402
from peers import Cpp, Java, Python, Place  # noqa: E402


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


@pytest.fixture(scope="session")
def peers(tmp_path_factory):
    with JavaPeer("KafkaPeer", tmp_path_factory.mktemp("java") / "stderr") as java:
        with Cpp(tmp_path_factory.mktemp("cpp") / "stderr") as cpp:
            yield {"Java": Java(java), "Python": Python(), "C++": cpp}


_topics = itertools.count(1)


@pytest.fixture
def place(server, broker):
    """A topic with one partition, and a region without schemas."""
    topic = f"cell-{next(_topics)}"
    admin = KafkaAdminClient(bootstrap_servers=broker)
    try:
        admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        admin.close()
    return Place(server, broker, topic, fresh_region())
