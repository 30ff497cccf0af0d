"""What test/package/run has installed and built; one `limpet dev` and one Apache Kafka for all
tests."""

import itertools
import os
import pathlib
import subprocess
import sys

import pytest

TEST = pathlib.Path(__file__).resolve().parents[1]
ROOT = TEST.parent
sys.path.insert(0, str(TEST / "functional"))

from glue_calls import client, fresh_region  # noqa: E402
from kafka.admin import KafkaAdminClient, NewTopic  # noqa: E402
from limpet_process import DevProcess, free_port  # noqa: E402


@pytest.fixture(scope="session")
def prefix():
    return pathlib.Path(os.environ["LIMPET_PREFIX"])


@pytest.fixture(scope="session")
def examples():
    return pathlib.Path(os.environ["LIMPET_EXAMPLES"])


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    limpet = DevProcess(tmp_path_factory.mktemp("limpet")).start()
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


@pytest.fixture
def topic(broker):
    name = f"package-{next(_topics)}"
    admin = KafkaAdminClient(bootstrap_servers=broker)
    try:
        admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        admin.close()
    return name


@pytest.fixture
def region():
    return fresh_region()


@pytest.fixture
def glue(server, region):
    return client(server, region)


@pytest.fixture
def environment(server, region, tmp_path):
    """What a program needs to find the registry, and nothing of ours beside it."""
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path),
            "AWS_ENDPOINT_URL_GLUE": server.endpoint, "AWS_REGION": region,
            "AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key}


@pytest.fixture
def run(environment):
    def run(program, *words, stdin="", status=0):
        done = subprocess.run([program, *map(str, words)], env=environment, input=stdin,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == status, (done.stdout, done.stderr)
        return done.stdout, done.stderr

    return run
