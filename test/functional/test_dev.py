"""`limpet dev`, and command lines that make no sense."""

import pathlib
import re
import signal
import subprocess
import types

import pytest

from glue_calls import client, make_schema, refused
from limpet_process import free_port, limpet_binary
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
    """`limpet dev`, and the variables that it tells people to export."""
    out = tmp_path / "out"
    port = free_port()
    with open(out, "wb") as stdout, open(tmp_path / "log", "wb") as stderr:
        process = subprocess.Popen([limpet_binary(), "dev", "--listen", f"127.0.0.1:{port}"],
                                   stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
    made = types.SimpleNamespace(port=port, host=f"127.0.0.1:{port}",
                                 endpoint=f"http://127.0.0.1:{port}", process=process)
    exported = {}
    while "AWS_DEFAULT_REGION" not in exported:
        assert process.poll() is None
        exported = dict(re.findall(r"^export (AWS_\w+)=(.*)$", out.read_text(), re.M))
    made.exported = exported
    made.access_key, made.secret_key = (exported["AWS_ACCESS_KEY_ID"],
                                        exported["AWS_SECRET_ACCESS_KEY"])
    made.folder = re.search(r"/\S*limpet-dev-\w+", out.read_text())[0]
    yield made
    if process.poll() is None:
        process.kill()
        process.wait()


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
    dev.process.send_signal(signal.SIGTERM)
    assert dev.process.wait(30) == 0
    assert not pathlib.Path(dev.folder).exists()
