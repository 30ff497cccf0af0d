"""The change log keeps entries as long as the operator says."""

import contextlib
import http.client
import sqlite3

from command import assert_sound
from glue_calls import client, make_schema, record, register
from limpet_process import LimpetProcess, wait_for


def log_entries(server):
    """The sequences in the change log; the file is read beside the server."""
    with contextlib.closing(sqlite3.connect(server.data / "limpet.db")) as database:
        return [int(key[4:]) for [key] in database.execute(
            "SELECT key FROM kv WHERE key LIKE 'log!%' ORDER BY key")]


def metric(server, name):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
    [line] = [line for line in text.splitlines() if line.startswith(name + " ")]
    return float(line.split()[1])


def write_versions(glue, count):
    make_schema(glue, record(("first", "int")), compatibility="NONE")
    for number in range(count):
        register(glue, record((f"f{number}", "int")))


def test_entries_go_when_they_are_too_old(start_limpet, region):
    server = start_limpet("--change-log-retention", "2s")
    glue = client(server, region)
    write_versions(glue, 100)
    last = log_entries(server)[-1]
    assert last > 100
    wait_for(lambda: log_entries(server) == [])
    wait_for(lambda: metric(server, "limpet_change_log_trimmed_entries_total") == last)
    assert "change_log_trimmed" in server.words()
    register(glue, record(("after", "int")))
    assert log_entries(server) in ([last + 1], [])  # numbers go on
    versions = assert_sound(server.data)["SchemaVersions"]
    assert versions == 102  # the log's end is not the data's end
    server.kill()
    server.start()
    assert_sound(server.data)
    assert len(glue.list_schema_versions(SchemaId={
        "RegistryName": "default-registry", "SchemaName": "s"})["Schemas"]) > 0


def test_entries_stay_by_default_and_for_ever(start_limpet, region):
    for options in ((), ("--change-log-retention", "forever")):
        server = start_limpet(*options)
        write_versions(client(server, region), 5)
        entries = log_entries(server)
        assert entries == list(range(1, len(entries) + 1)) and len(entries) >= 6
        assert metric(server, "limpet_change_log_trimmed_entries_total") == 0
        assert server.stop() == 0
        assert log_entries(server) == entries


def test_a_wrong_duration_is_refused(tmp_path):
    for text in ("0", "-1d", "90x", "never", "999999d"):
        folder = tmp_path / text
        folder.mkdir()
        server = LimpetProcess(folder, f"--change-log-retention={text}")
        server.spawn()
        assert server.process.wait(60) == 2
        assert "change-log-retention" in server.words() and "forever" in server.words()
