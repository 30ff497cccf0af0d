"""limpet backup and restore: consistent, durable, never half."""

import contextlib
import http.client
import json
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import threading

import botocore.exceptions
import pytest

from command import assert_sound, limpet
from glue_calls import LONG, client, make_schema, record, register, schema_id
from limpet_process import LimpetProcess, limpet_binary, wait_for
from test_check import populate
from test_durability import everything


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A stopped server's folder whose copy takes long enough to be interrupted."""
    folder = tmp_path_factory.mktemp("large")
    server = LimpetProcess(folder).start()
    populate(client(server, "us-east-1"))
    assert server.stop() == 0
    with contextlib.closing(sqlite3.connect(server.data / "limpet.db")) as database, database:
        # Old entries of the change log make a sound folder of any size.
        [[entry]] = database.execute("SELECT value FROM kv WHERE key = ?", (f"log!{1:020}",))
        [[counter]] = database.execute("SELECT value FROM kv WHERE key = 'counter!log'")
        entry, last = json.loads(entry), json.loads(counter)["value"]
        entry["request_id"] = "x" * 20_000
        more = 3000

        def rows():
            for sequence in range(last + 1, last + more + 1):
                yield f"log!{sequence:020}", json.dumps({**entry, "sequence": sequence})

        database.executemany("INSERT INTO kv VALUES(?, ?)", rows())
        database.execute("UPDATE kv SET value = json_set(value, '$.value', ?) "
                         "WHERE key = 'counter!log'", (last + more,))
    assert_sound(server.data)
    return server.data


@pytest.fixture
def backup(large, tmp_path):
    """A backup of that folder."""
    file = tmp_path / "large.db"
    code, _, err = limpet("backup", file, "--data", large)
    assert code == 0, err
    return file


def spawn(*arguments):
    return subprocess.Popen([limpet_binary(), *map(str, arguments)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


# ---- backup --------------------------------------------------------------------------------------

def test_backup_and_restore_keep_everything(start_limpet, region, tmp_path):
    server = start_limpet()
    glue = client(server, region)
    populate(glue)
    before = everything(glue)
    file = tmp_path / "copy.db"
    code, out, err = limpet("backup", file, "--data", server.data, "--output", "json")
    assert code == 0, err
    report = json.loads(out)
    assert report["Bytes"] == file.stat().st_size and report["Records"] > 20
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(tmp_path).count("copy.db.partial") == 0
    sound = assert_sound(file)
    assert sound["SchemaVersions"] == 5 and sound["Records"] == report["Records"]
    make_schema(glue, LONG, schema="later")
    server.kill()

    other = start_limpet(ready=False, data=tmp_path / "restored")
    other.kill()
    other.access_key, other.secret_key = server.access_key, server.secret_key
    code, out, err = limpet("restore", file, "--data", tmp_path / "restored")
    assert code == 0 and "restored" in out, err
    other.start()
    restored = client(other, region)
    assert everything(restored) == before
    assert register(restored, record(("id", "long"), ("new", "string", "")),
                    schema_id("orders", "r"))["VersionNumber"] == 5
    assert_sound(tmp_path / "restored")


def test_a_folder_that_holds_nothing_cannot_be_copied(tmp_path):
    assert limpet("backup", tmp_path / "copy.db", "--data", tmp_path)[0] == 1
    assert limpet("backup", tmp_path / "copy.db", "--data", tmp_path / "nowhere")[0] == 1
    assert os.listdir(tmp_path) == []


def test_an_existing_file_stays_unless_told(large, tmp_path):
    file = tmp_path / "copy.db"
    file.write_text("mine")
    code, _, err = limpet("backup", file, "--data", large)
    assert code == 2 and "--force" in err
    assert file.read_text() == "mine"
    assert limpet("backup", file, "--data", large, "--force")[0] == 0
    assert_sound(file)


def test_never_over_the_folders_own_files(large):
    for name in ("limpet.db", "limpet.db-wal", "limpet.lock"):
        code, _, err = limpet("backup", large / name, "--data", large, "--force")
        assert code == 2 and "belongs to the data folder" in err
    assert_sound(large)


def test_backup_under_a_hammer_of_writes(start_limpet, region, tmp_path):
    """Every version that was acknowledged before a backup began is in it, and each copy is sound."""
    server = start_limpet()
    acknowledged, stop = [], threading.Event()

    def hammer(worker):
        glue = client(server, region)
        number = 0
        while not stop.is_set():
            definition = record((f"f{worker}_{number}", "int"), doc="x" * 2000)
            if number == 0:
                answer = make_schema(glue, definition, schema=f"s{worker}", compatibility="NONE")
            else:
                answer = register(glue, definition, schema_id(f"s{worker}"))
            acknowledged.append((answer["SchemaVersionId"], definition))
            number += 1

    workers = [threading.Thread(target=hammer, args=(n,)) for n in range(4)]
    for worker in workers:
        worker.start()
    try:
        copies = []
        for number in range(3):
            wanted = len(acknowledged) + 50
            wait_for(lambda: len(acknowledged) >= wanted or server.process.poll() is not None)
            known = list(acknowledged)
            file = tmp_path / f"copy{number}.db"
            code, _, err = limpet("backup", file, "--data", server.data)
            assert code == 0, err
            copies.append((file, known))
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    for file, known in copies:
        assert assert_sound(file)["SchemaVersions"] >= len(known)
        with contextlib.closing(sqlite3.connect(file)) as database:
            ids = {key.split("!")[-1] for [key] in database.execute(
                "SELECT key FROM kv WHERE key LIKE '%!schema-version!%'")}
        assert {version_id for version_id, _ in known} <= ids
    file, known = copies[-1]
    assert limpet("restore", file, "--data", tmp_path / "restored")[0] == 0
    other = start_limpet(data=tmp_path / "restored")
    glue = client(other, region)
    for version_id, definition in known:
        assert glue.get_schema_version(SchemaVersionId=version_id)["SchemaDefinition"] == definition


def test_kill_during_a_backup_leaves_the_old_file_or_the_new(large, tmp_path):
    file, partial = tmp_path / "copy.db", tmp_path / "copy.db.partial"
    file.write_text("old")
    size = (large / "limpet.db").stat().st_size
    for fraction in (0.0, 0.2, 0.5, 0.8, 0.98):
        process = spawn("backup", file, "--data", large, "--force")
        wait_for(lambda: process.poll() is not None or (
            partial.exists() and partial.stat().st_size >= fraction * size), pause=0.001)
        process.kill()
        process.wait()
        if process.returncode == -signal.SIGKILL and file.stat().st_size == 3:
            assert file.read_text() == "old"
        else:
            assert_sound(file)
            file.write_text("old")
    assert limpet("backup", file, "--data", large, "--force")[0] == 0
    assert_sound(file)
    assert not partial.exists()
    assert_sound(large)


# ---- restore -------------------------------------------------------------------------------------

def test_restore_refuses_what_is_no_backup(tmp_path, backup):
    target = tmp_path / "target"
    text = tmp_path / "text"
    text.write_text("no database, and longer than a header of a hundred bytes: " * 5)
    assert limpet("restore", text, "--data", target)[0] != 0
    assert limpet("restore", tmp_path / "nowhere", "--data", target)[0] == 1
    for pragma in ("user_version = 99", "application_id = 7"):
        with contextlib.closing(sqlite3.connect(backup)) as database:
            database.execute(f"PRAGMA {pragma}")
        code, _, err = limpet("restore", backup, "--data", target)
        assert code == 2 and str(backup) in err
    assert not target.exists()


def test_restore_refuses_a_damaged_backup(tmp_path, backup):
    with contextlib.closing(sqlite3.connect(backup)) as database:
        [[page]] = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'kv'")
    data = bytearray(backup.read_bytes())
    data[4096 * (page - 1):4096 * page] = bytes(4096)
    backup.write_bytes(data)
    code, _, err = limpet("restore", backup, "--data", tmp_path / "target")
    assert code == 1 and "damaged" in err
    assert not (tmp_path / "target").exists()


def test_restore_refuses_a_folder_with_data_and_keeps_it_when_forced(start_limpet, region, backup):
    server = start_limpet()
    glue = client(server, region)
    make_schema(glue)
    code, _, err = limpet("restore", backup, "--data", server.data, "--force")
    assert code == 1 and f"in use by process {server.process.pid}" in err
    assert server.stop() == 0
    code, _, err = limpet("restore", backup, "--data", server.data)
    assert code == 2 and "has data" in err and "--force" in err
    server.start()
    before = everything(glue)
    server.kill()  # so that a part of its state is in the log

    code, out, err = limpet("restore", backup, "--data", server.data, "--force",
                            "--output", "json")
    assert code == 0, err
    kept = json.loads(out)["Kept"]
    assert os.path.basename(kept).startswith("limpet.db.before-restore-")
    assert_sound(server.data)
    server.start()
    assert everything(glue)["schemas"]["Schemas"] == []  # the backup is of other regions
    assert len(client(server, "us-east-1").list_schemas()["Schemas"]) == 2
    assert server.stop() == 0

    assert limpet("restore", kept, "--data", server.data, "--force")[0] == 0
    server.start()
    assert everything(glue) == before


def test_kill_during_a_restore_leaves_the_old_state_or_the_new(start_limpet, region, backup):
    server = start_limpet()
    glue = client(server, region)
    make_schema(glue)
    before = everything(glue)
    partial = server.data / "limpet.db.partial"
    size = backup.stat().st_size
    for fraction in (0.0, 0.3, 0.7, 0.99, 1.0):
        server.kill()
        process = spawn("restore", backup, "--data", server.data, "--force")
        wait_for(lambda: process.poll() is not None or (
            partial.exists() and partial.stat().st_size >= fraction * size), pause=0.001)
        process.kill()
        process.wait()
        assert_sound(server.data)
        server.start()
        if client(server, "us-east-1").list_schemas()["Schemas"]:  # the new one: put it back
            assert server.stop() == 0
            [kept, *_] = sorted(server.data.glob("limpet.db.before-restore-*"))
            assert limpet("restore", kept, "--data", server.data, "--force")[0] == 0
            server.start()
        assert everything(glue) == before


def test_what_root_does_in_a_folder_stays_its_owners(tmp_path, backup):
    """The server, another user, must be able to open what a check or a restore leaves."""
    if os.geteuid() != 0:
        pytest.skip("only root works in other users' folders")
    data, owner = tmp_path / "data", 65534
    data.mkdir()
    os.chown(data, owner, owner)
    assert limpet("restore", backup, "--data", data)[0] == 0
    with contextlib.closing(sqlite3.connect(data / "limpet.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
    assert_sound(data)
    assert limpet("restore", backup, "--data", data, "--force")[0] == 0
    assert {path.name: path.stat().st_uid for path in data.iterdir()} == {
        path.name: owner for path in data.iterdir()}


# ---- a full disk ---------------------------------------------------------------------------------

@pytest.fixture
def small_disk(tmp_path):
    """A file system with room for 8 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder],
                             capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting a small tmpfs needs root: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_backup_to_a_full_disk_leaves_nothing(large, small_disk):
    code, _, err = limpet("backup", small_disk / "copy.db", "--data", large)
    assert code == 1 and "full" in err
    assert os.listdir(small_disk) == []
    (small_disk / "copy.db").write_text("old")
    assert limpet("backup", small_disk / "copy.db", "--data", large, "--force")[0] == 1
    assert os.listdir(small_disk) == ["copy.db"]
    assert (small_disk / "copy.db").read_text() == "old"


def test_restore_to_a_full_disk_leaves_the_old_state(start_limpet, region, backup, small_disk):
    server = start_limpet(data=small_disk / "data")
    glue = client(server, region)
    make_schema(glue)
    before = everything(glue)
    server.kill()
    code, _, err = limpet("restore", backup, "--data", server.data, "--force")
    assert code == 1 and "full" in err
    assert_sound(server.data)
    server.start()
    assert everything(glue) == before


def test_readyz_says_that_writes_fail_until_they_do_not(start_limpet, region, small_disk):
    """A full disk: writes are refused, reads go on, and nobody has to lend a hand."""
    server = start_limpet(data=small_disk / "data")
    glue = client(server, region)
    make_schema(glue, compatibility="NONE")
    kept = [record((f"f{n}", "int"), doc="x" * 50_000) for n in range(5)]
    ids = [register(glue, text)["SchemaVersionId"] for text in kept]
    assert ready(server) == (200, "ready\n")

    with open(small_disk / "filler", "wb", buffering=0) as filler:
        with contextlib.suppress(OSError):
            while True:
                filler.write(b"\0" * 4096)
    refused = 0
    for number in range(100):
        try:
            kept.append(record((f"g{number}", "int"), doc="y" * 50_000))
            ids.append(register(glue, kept[-1])["SchemaVersionId"])
        except botocore.exceptions.ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 503
            kept.pop()
            refused += 1
            if refused == 3:
                break
    assert refused == 3
    status, body = ready(server)
    assert status == 503 and body.startswith("writes fail: ") and "full" in body
    assert "limpet_store_write_failing 1" in get(server, "/metrics")[1]
    for version_id, text in zip(ids, kept, strict=True):
        assert glue.get_schema_version(SchemaVersionId=version_id)["SchemaDefinition"] == text

    (small_disk / "filler").unlink()
    wait_for(lambda: ready(server)[0] == 200)
    assert register(glue, LONG)["Status"] == "AVAILABLE"
    assert_sound(server.data)


def test_readyz_says_that_no_file_may_grow(start_limpet, region):
    """The same without a file system of its own: files may not grow for a while."""
    server = start_limpet()
    glue = client(server, region)
    made = make_schema(glue, record(("first", "int"), doc="x" * 100_000), compatibility="NONE")
    assert ready(server) == (200, "ready\n")
    log = server.data / "limpet.db-wal"
    assert log.stat().st_size > 100_000
    pid = server.process.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        register(glue, LONG)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (500, 503)
    for _ in range(2):
        status, body = ready(server)
        assert status == 503 and body.startswith("writes fail: ")
    assert get(server, "/healthz")[0] == 200
    assert glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])["Status"] == (
        "AVAILABLE")

    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wait_for(lambda: ready(server) == (200, "ready\n"))
    assert register(glue, LONG)["Status"] == "AVAILABLE"
    assert_sound(server.data)


def get(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def ready(server):
    return get(server, "/readyz")
