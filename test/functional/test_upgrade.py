"""Folders of released versions are opened by this one; a newer folder is refused untouched."""

import contextlib
import json
import pathlib
import sqlite3
import tarfile

import pytest

from command import assert_sound, limpet
from glue_calls import NOT_FOUND, client, make_schema, record, refused, register, schema_id
from limpet_process import ROOT, LimpetProcess
from test_durability import everything

FIXTURES = sorted((ROOT / "test/upgrade/fixtures").iterdir())


def unpack(fixture, state, folder):
    data = folder / "data"
    data.mkdir()
    with tarfile.open(fixture / f"{state}.tar.gz") as archive:
        archive.extractall(data)
    return data


def test_there_is_a_fixture():
    assert FIXTURES


@pytest.mark.parametrize("state", ["stopped", "killed"])
@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_opens_what_a_release_wrote(start_limpet, tmp_path, fixture, state):
    expected = json.loads((fixture / "expected.json").read_text(encoding="utf-8"))
    data = unpack(fixture, state, tmp_path)
    assert assert_sound(data)["SchemaVersions"] == expected["schema_versions"]

    server = start_limpet(ready=False, data=data, account=expected["account"])
    server.kill()
    server.access_key, server.secret_key = expected["access_key"], expected["secret_key"]
    server.start()
    glue = client(server, expected["region"])
    world = expected["killed_world" if state == "killed" else "world"]
    assert everything(glue) == world
    with refused(NOT_FOUND):
        glue.get_schema_version(SchemaVersionId=expected["deleted_version"])
    assert glue.list_schemas(NextToken=expected["page_token"])["Schemas"]
    stored = client(server, expected["region"],
                    aws_access_key_id=expected["stored_key"]["id"],
                    aws_secret_access_key=expected["stored_key"]["secret"])
    assert stored.list_registries()["Registries"]

    # It goes on where the release ended.
    where = schema_id("order-value", "orders")
    next_number = glue.get_schema(SchemaId=where)["NextSchemaVersion"]
    text = record(("id", "long"), ("note", "string", ""), ("x", "int", 0), ("y", "int", 0))
    written = register(glue, text, where)
    assert (written["VersionNumber"], written["Status"]) == (next_number, "AVAILABLE")
    assert register(glue, text, where) == written
    make_schema(glue, text, schema="made-by-this-version")
    versions = assert_sound(data)["SchemaVersions"]
    assert versions == expected["schema_versions"] + 2
    assert server.stop() == 0
    assert_sound(data)
    code, _, err = limpet("backup", tmp_path / "copy.db", "--data", data)
    assert code == 0, err
    assert assert_sound(tmp_path / "copy.db")["SchemaVersions"] == versions


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(pathlib.Path(folder).iterdir())
            if path.name != "limpet.lock"}  # which names the process that looked


@pytest.mark.parametrize("where", ["file", "log"])
def test_a_newer_folder_is_refused_untouched(start_limpet, tmp_path, where):
    data = unpack(FIXTURES[0], "stopped", tmp_path)
    database = sqlite3.connect(data / "limpet.db")
    with contextlib.closing(database):
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("PRAGMA user_version = 999")
        if where == "file":
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        before = contents(data)
        server = LimpetProcess(tmp_path, data=data)
        server.spawn()
        assert server.process.wait(60) == 2
        assert "format 999" in server.words() and "Nothing was changed" in server.words()
        for command in (("check", "--data", data), ("backup", tmp_path / "copy.db", "--data", data),
                        ("restore", data / "limpet.db", "--data", tmp_path / "other")):
            code, _, err = limpet(*command)
            assert code == 2 and "format 999" in err, command
        after = contents(data)
        for name in ("limpet.db", "limpet.db-wal"):
            assert after.get(name, b"") == before.get(name, b""), name
    assert not (tmp_path / "other").exists() and not (tmp_path / "copy.db").exists()
