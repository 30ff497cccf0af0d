"""One server and one Java process of each kind for all tests, and a region of its own for each."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "functional"))

from glue_calls import client, fresh_region  # noqa: E402
from java_peer import JavaPeer  # noqa: E402
from limpet_process import LimpetProcess  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A limpet that checks signatures; it must also stop in good order."""
    limpet = LimpetProcess(tmp_path_factory.mktemp("limpet")).start()
    yield limpet
    assert limpet.process.poll() is None, limpet.words()[-4000:]
    assert limpet.stop() == 0


@pytest.fixture(scope="session")
def peer(tmp_path_factory):
    with JavaPeer("SerializerPeer", tmp_path_factory.mktemp("java") / "stderr") as peer:
        yield peer


@pytest.fixture(scope="session")
def sdk_peer(tmp_path_factory):
    with JavaPeer("GlueSdkPeer", tmp_path_factory.mktemp("sdk") / "stderr") as peer:
        yield peer


@pytest.fixture
def region():
    return fresh_region()


@pytest.fixture
def glue(server, region):
    """A boto3 client of the test's region, to look behind the serializer's back."""
    return client(server, region)
