"""Real brokers: one that needs no login, one with SASL over TLS, one that wants MSK's tokens."""

import os
import pathlib
import socket
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "functional"))

from tls_files import Authority  # noqa: E402


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """One broker of scripts/kafka."""

    def __init__(self, folder, *, login=False, tls=None, oauth=None):
        self.address = f"127.0.0.1:{free_port()}"
        self.login_address = f"127.0.0.1:{free_port()}" if login else None
        self.arguments = ["--port", self.address.split(":")[1], "--dir", str(folder)]
        if login:
            self.arguments += ["--sasl", self.login_address.split(":")[1]]
        if tls:
            self.arguments += ["--tls", str(tls)]
        if oauth:
            self.arguments += ["--oauth", oauth]

    def command(self, word):
        return [str(ROOT / "scripts/kafka"), word, *self.arguments]

    def run(self, word):
        subprocess.run(self.command(word), check=True)


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    made = Broker(tmp_path_factory.mktemp("kafka"))
    made.run("start")
    yield made
    made.run("stop")


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def login_broker(tmp_path_factory, authority):
    folder = tmp_path_factory.mktemp("kafka-login")
    certificate, key = authority.issue("kafka")
    # Java reads PKCS#8 keys only.
    keystore = folder / "server.pem"
    pkcs8 = subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-in", key], check=True,
                           capture_output=True).stdout
    keystore.write_bytes(pkcs8 + certificate.read_bytes())
    made = Broker(folder, login=True, tls=keystore)
    made.run("start")
    yield made
    made.run("stop")


@pytest.fixture(scope="session")
def msk_broker(tmp_path_factory):
    made = Broker(tmp_path_factory.mktemp("kafka-msk"), login=True,
                  oauth=os.environ["MSK_TOKEN_CHECK"] + ":MskTokenCheck")
    made.run("start")
    yield made
    made.run("stop")


@pytest.fixture(scope="session")
def binaries():
    """Where the programs under test are: $LIMPET_BINARY's folder, else what scripts/build makes."""
    limpet = pathlib.Path(os.environ.get("LIMPET_BINARY", ROOT / "build/release/bin/limpet"))
    return limpet.parent
