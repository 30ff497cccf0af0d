"""One server for all tests, a world of its own for each, and other servers on demand."""

import pytest

from command import Cli
from glue_calls import client, fresh_region
from limpet_process import LimpetProcess


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server most tests share. It must still be alive in the end, and stop in good order."""
    limpet = LimpetProcess(tmp_path_factory.mktemp("limpet")).start()
    yield limpet
    assert limpet.process.poll() is None, limpet.words()[-4000:]
    assert limpet.stop() == 0


@pytest.fixture(scope="session")
def quota_server(tmp_path_factory):
    """A server that enforces AWS's default quotas."""
    limpet = LimpetProcess(tmp_path_factory.mktemp("quota"), "--quotas", "aws").start()
    yield limpet
    assert limpet.stop() == 0


@pytest.fixture
def region():
    return fresh_region()


@pytest.fixture
def glue(server, region):
    """A Glue client whose region holds nothing yet."""
    return client(server, region)


@pytest.fixture
def cli(server, tmp_path):
    """The command line, in a region that holds nothing yet."""
    return Cli(server, tmp_path)


@pytest.fixture
def start_limpet(tmp_path):
    """start_limpet(*options, **settings): a server of the test's own, ended with the test."""
    started = []

    def start(*options, ready=True, **settings):
        folder = tmp_path / f"limpet{len(started)}"
        folder.mkdir()
        limpet = LimpetProcess(folder, *options, **settings)
        started.append(limpet)
        limpet.start() if ready else limpet.spawn()
        return limpet

    yield start
    for limpet in started:
        if limpet.process.poll() is None:
            limpet.kill()
