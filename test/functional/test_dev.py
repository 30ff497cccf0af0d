"""`limpet dev`, and command lines that make no sense."""

import subprocess

import pytest

from glue_calls import client, make_schema, refused
from limpet_process import DevProcess, limpet_binary
from raw_http import json_headers, send


@pytest.mark.parametrize("arguments", [
    ("nope",), ("schema",), ("schema", "get"), ("serve", "--nope"), ("serve", "--auth", "maybe"),
    ("serve", "--account", "1"), ("serve", "--listen", "nonsense"),
    ("serve", "--listen", "127.0.0.1:99999")])
def test_bad_command_lines(arguments):
    done = subprocess.run([limpet_binary(), *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert done.stderr.strip()


@pytest.fixture
def dev(tmp_path):
    limpet = DevProcess(tmp_path).start()
    yield limpet
    if limpet.process.poll() is None:
        limpet.kill()


def test_dev_and_its_reset(dev):
    assert dev.exported["AWS_ENDPOINT_URL_GLUE"] == dev.endpoint
    glue = client(dev, dev.exported["AWS_DEFAULT_REGION"])
    made = make_schema(glue)
    assert send(dev, json_headers(dev, "ListRegistries"), b"{}").status == 400  # SigV4 is on

    def reset(**headers):
        return send(dev, {"Host": dev.host, **headers}, target="/_limpet/reset").status

    assert reset(Origin="https://evil.example") == 403
    assert reset(Host="evil.example") == 403
    assert glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])["VersionNumber"] == 1
    assert reset() == 200
    assert glue.list_registries()["Registries"] == []
    with refused("EntityNotFoundException"):
        glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])
    assert make_schema(glue)["LatestSchemaVersion"] == 1
    assert dev.stop() == 0
    assert not dev.data.exists()
