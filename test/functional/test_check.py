"""limpet check: a sound folder is called sound, and each of many corruptions is found.

The corruptions are made by hand, with sqlite3, in a folder that a server wrote."""

import contextlib
import hashlib
import json
import shutil
import sqlite3

import pytest

from command import assert_sound, check, limpet
from glue_calls import BOOLEAN, LATEST, LONG, client, make_schema, record, register, schema_id
from limpet_process import ACCOUNT, LimpetProcess
from raw_http import call

HERE = f"aws!{ACCOUNT}!us-east-1!"
ELSEWHERE = f"aws!{ACCOUNT}!eu-west-1!"


def populate(glue):
    """A registry with everything that a registry can hold; the ids of its versions."""
    glue.create_registry(RegistryName="r", Tags={"k": "v"})
    where = schema_id("orders", "r")
    ids = [make_schema(glue, record(("id", "int")), schema="orders", registry="r",
                       Tags={"s": "t"})["SchemaVersionId"]]
    ids.append(register(glue, record(("id", "long")), where)["SchemaVersionId"])
    failed = register(glue, record(("id", "long"), ("must", "string")), where)
    assert failed["Status"] == "FAILURE"
    ids.append(failed["SchemaVersionId"])
    ids.append(register(glue, record(("id", "long"), ("note", "string", "")), where)[
        "SchemaVersionId"])
    glue.put_schema_version_metadata(SchemaVersionId=ids[0], MetadataKeyValue={
        "MetadataKey": "owner", "MetadataValue": "anna"})
    make_schema(glue, BOOLEAN, schema="flags")
    make_schema(glue, LONG, schema="gone")
    glue.delete_schema(SchemaId=schema_id("gone"))
    return ids


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A stopped server's folder, and the ids of the versions of r/orders."""
    folder = tmp_path_factory.mktemp("check")
    server = LimpetProcess(folder).start()
    ids = populate(client(server, "us-east-1"))
    make_schema(client(server, "eu-west-1"), LONG, schema="there")
    assert server.stop() == 0
    assert_sound(server.data)
    return server.data, ids


class Folder:
    """A copy of the template to be damaged."""

    def __init__(self, data, ids):
        self.data = data
        self.ids = ids

    @contextlib.contextmanager
    def edit(self):
        database = sqlite3.connect(self.data / "limpet.db")
        with contextlib.closing(database), database:
            yield database

    def rows(self, pattern):
        """Keys and values whose key is LIKE the pattern."""
        with self.edit() as database:
            return database.execute(
                "SELECT key, value FROM kv WHERE key LIKE ? ORDER BY key", (pattern,)).fetchall()

    def put(self, key, value):
        if not isinstance(value, str):
            value = json.dumps(value, separators=(",", ":"))
        with self.edit() as database:
            database.execute("INSERT OR REPLACE INTO kv VALUES(?, ?)", (key, value))

    def erase(self, key):
        with self.edit() as database:
            assert database.execute("DELETE FROM kv WHERE key = ?", (key,)).rowcount == 1, key

    def document(self, key):
        [[_, value]] = self.rows(key)
        return json.loads(value)

    def change(self, key, **members):
        self.put(key, self.document(key) | members)

    def version(self, number):
        """The key of a version of r/orders."""
        return f"{HERE}schema-version!{self.ids[number - 1]}"

    def follow(self, advice):
        """Do what the advice says, with sqlite3."""
        statement = advice[advice.index("sqlite3: ") + len("sqlite3: "):]
        assert statement.startswith(("INSERT", "DELETE", "UPDATE")), advice
        with self.edit() as database:
            assert database.execute(statement).rowcount == 1, advice


@pytest.fixture
def folder(template, tmp_path):
    data, ids = template
    shutil.copytree(data, tmp_path / "data")
    return Folder(tmp_path / "data", ids)


def find(folder, key, message):
    """The one problem of that record with these words in it. All of them say what to do."""
    problems = check(folder.data, status=1)["Problems"]
    for problem in problems:
        assert problem["Key"] and problem["Message"], problem
        assert problem["Advice"].endswith((".", ";")) and len(problem["Advice"]) > 20, problem
    found = [p for p in problems if p["Key"] == key and message in p["Message"]]
    assert len(found) == 1, problems
    return found[0]


# ---- sound ---------------------------------------------------------------------------------------

def test_counts_what_is_there(folder):
    report = assert_sound(folder.data)
    assert report["Format"] == 1
    assert report["Registries"] == 3  # r, and the default registry of both regions
    assert report["Schemas"] == 3
    assert report["SchemaVersions"] == 6
    with folder.edit() as database:
        [[rows]] = database.execute("SELECT count(*) FROM kv")
        [[entries, first, last]] = database.execute(
            "SELECT count(*), min(key), max(key) FROM kv WHERE key LIKE 'log!%'")
    assert report["Records"] + report["IndexRows"] == rows
    assert report["ChangeLog"] == {"First": int(first[4:]), "Last": int(last[4:])}
    assert entries == int(last[4:])


def test_checks_beside_a_running_server_and_without_its_lock(start_limpet, region):
    server = start_limpet()
    glue = client(server, region)
    populate(glue)
    assert assert_sound(server.data)["SchemaVersions"] == 5
    register(glue, record(("id", "long"), ("more", "string", "")), schema_id("orders", "r"))
    assert assert_sound(server.data)["SchemaVersions"] == 6
    server.kill()  # a log that nobody has moved into the file
    assert assert_sound(server.data)["SchemaVersions"] == 6


def test_writes_nothing_that_a_server_could_notice(folder):
    database = folder.data / "limpet.db"
    before = database.read_bytes()
    assert_sound(folder.data)
    assert database.read_bytes() == before
    assert (folder.data / "limpet.db-wal").stat().st_size == 0


def test_checks_a_single_file(folder):
    assert_sound(folder.data / "limpet.db")


def test_people_get_sentences(folder):
    assert limpet("check", "--data", folder.data)[1].count("sound") == 1
    folder.erase(f"{HERE}registry!r")
    code, out, _ = limpet("check", "--data", folder.data)
    assert code == 1
    assert f"{HERE}schema!r!orders\n  problem: schema r/orders has no registry\n  do:      " in out


def test_what_cannot_be_checked(tmp_path):
    code, _, err = limpet("check", "--data", tmp_path / "nowhere")
    assert code == 2 and "nowhere" in err
    code, _, err = limpet("check", "--data", tmp_path)
    assert code == 2 and "holds no limpet.db" in err
    assert limpet("check", "--no-such-option")[0] == 2
    assert limpet("check", "file", "--data", "folder")[0] == 2
    other = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE songs(title)")
    code, _, err = limpet("check", other)
    assert code == 2 and "another program" in err


def test_a_newer_folder_is_left_to_its_program(folder):
    with folder.edit() as database:
        database.execute("PRAGMA user_version = 9")
    code, _, err = limpet("check", "--data", folder.data)
    assert code == 2 and "format 9" in err


# ---- corruptions ---------------------------------------------------------------------------------

def test_lost_index_row(folder):
    [[key, value]] = folder.rows(f"{HERE}schema-version.by-number!%!00000000000000000002")
    folder.erase(key)
    problem = find(folder, key, f"missing index row of {value}")
    folder.follow(problem["Advice"])
    assert_sound(folder.data)


def test_index_row_that_points_nowhere(folder):
    key = f"{HERE}schema-version.by-number!00000000-0000-0000-0000-000000000000!{1:020}"
    folder.put(key, f"{HERE}schema-version!11111111-1111-1111-1111-111111111111")
    problem = find(folder, key, "names a record that does not exist")
    folder.follow(problem["Advice"])
    assert_sound(folder.data)


def test_index_row_that_points_to_another_record(folder):
    [[key, value]] = folder.rows(f"{HERE}schema-version.by-number!%!00000000000000000002")
    folder.put(key, folder.version(1))
    assert value in find(folder, key, "instead of")["Message"]


def test_lost_record(folder):
    folder.erase(folder.version(2))
    find(folder, f"{HERE}text-use!" + folder.rows(f"{HERE}text-use!%{folder.ids[1]}")[0][0]
         .split("text-use!")[1], "used by a record that does not exist")
    find(folder, f"{HERE}usage!counts", "counts 5 schema_versions where there are 4")


def test_number_used_twice(folder):
    folder.change(folder.version(2), number=1)
    problem = find(folder, folder.version(2), "has the number of version")
    assert folder.ids[0] in problem["Message"]


def test_counter_below_the_highest_number(folder):
    key = f"{HERE}schema!r!orders"
    folder.change(key, next=4)
    problem = find(folder, key, "has version 4 but would give the next one number 4")
    folder.follow(problem["Advice"])
    assert_sound(folder.data)


def test_wrong_latest_version(folder):
    key = f"{HERE}schema!r!orders"
    folder.change(key, latest=2)
    problem = find(folder, key, "points to version 2 as its latest, which is 4")
    folder.follow(problem["Advice"])
    assert_sound(folder.data)


def test_two_available_versions_of_one_definition(folder):
    first = folder.document(folder.version(1))
    folder.change(folder.version(2), identity=first["identity"], content=first["content"])
    problem = find(folder, folder.version(2), "a second AVAILABLE version")
    assert folder.ids[0] in problem["Message"]


def test_definition_that_does_not_match_its_hash(folder):
    content = folder.document(folder.version(1))["content"]
    key = f"{HERE}text!{content}"
    folder.change(key, text=record(("id", "string")))
    find(folder, key, "the text has another hash")
    find(folder, folder.version(1), "a definition that does not match its hash")


def test_definition_and_hash_of_something_else(folder):
    text = record(("id", "string"))
    content = hashlib.sha256(text.encode()).hexdigest()
    folder.put(f"{HERE}text!{content}", {"_format": 1, "hash": content, "text": text})
    folder.change(folder.version(1), content=content)
    find(folder, folder.version(1), "another definition's identity")


def test_missing_definition(folder):
    content = folder.document(folder.version(1))["content"]
    folder.erase(f"{HERE}text!{content}")
    problem = find(folder, folder.version(1), "has no definition")
    assert content in problem["Advice"]


def test_definition_that_nobody_uses(folder):
    text = '"bytes"'
    content = hashlib.sha256(text.encode()).hexdigest()
    key = f"{HERE}text!{content}"
    folder.put(key, {"_format": 1, "hash": content, "text": text})
    folder.follow(find(folder, key, "nobody uses")["Advice"])
    assert_sound(folder.data)


def test_unreadable_document(folder):
    folder.put(folder.version(2), '{"_format":1,"id":')
    find(folder, folder.version(2), "cannot be parsed")


def test_document_with_a_missing_member(folder):
    document = folder.document(folder.version(2))
    del document["identity"]
    folder.put(folder.version(2), document)
    find(folder, folder.version(2), "does not decode")


def test_record_of_a_newer_format(folder):
    folder.change(folder.version(2), _format=99)
    problem = find(folder, folder.version(2), "format 99, newer than")
    assert "newer" in problem["Advice"]


def test_row_of_no_known_type(folder):
    folder.put(f"{HERE}whale!moby", {"_format": 1})
    find(folder, f"{HERE}whale!moby", "no known type")


def test_hole_in_the_change_log(folder):
    folder.erase(f"log!{3:020}")
    find(folder, f"log!{4:020}", "gap")


def test_lost_end_of_the_change_log(folder):
    last = folder.rows("log!%")[-1][0]
    folder.erase(last)
    find(folder, last, "newest entries are missing")


def test_counter_of_the_change_log_behind_it(folder):
    folder.change("counter!log", value=2)
    folder.follow(find(folder, "counter!log", "counts less than the log holds")["Advice"])
    assert_sound(folder.data)


def test_metadata_of_no_version(folder):
    [[key, value]] = folder.rows(f"{HERE}metadata!%")
    stray = "11111111-1111-1111-1111-111111111111"
    folder.put(key.replace(folder.ids[0], stray), value.replace(folder.ids[0], stray))
    find(folder, key.replace(folder.ids[0], stray), "which does not exist")


def test_failure_without_its_reason(folder):
    key = f"{HERE}verdict!{folder.ids[2]}"
    folder.erase(key)
    problem = find(folder, folder.version(3), "failed without a reason")
    assert key in problem["Advice"]


@pytest.fixture(scope="module")
def referencing_template(tmp_path_factory):
    """A folder in which r/order references r/address; the ids of address and order."""
    server = LimpetProcess(tmp_path_factory.mktemp("references")).start()
    glue = client(server, "us-east-1")
    glue.create_registry(RegistryName="r")
    address = make_schema(glue, record(("street", "string"), name="Address"), schema="address",
                          registry="r")["SchemaVersionId"]
    glue.create_schema(RegistryId={"RegistryName": "r"}, SchemaName="order", DataFormat="AVRO",
                       Compatibility="BACKWARD")
    order = call(server, "Limpet.RegisterSchemaVersion", {
        "SchemaId": schema_id("order", "r"), "SchemaDefinition": record(("to", "Address")),
        "References": [{"Name": "Address", "SchemaId": schema_id("address", "r")}]}).json
    assert server.stop() == 0
    assert_sound(server.data)
    return server.data, [address, order["SchemaVersionId"]]


@pytest.fixture
def referencing(referencing_template, tmp_path):
    data, ids = referencing_template
    shutil.copytree(data, tmp_path / "data")
    return Folder(tmp_path / "data", ids)


def test_references_to_a_version_that_is_gone(referencing):
    address, order = referencing.ids
    referencing.erase(f"{HERE}schema-version!{address}")
    key = f"{HERE}references!{order}"
    advice = find(referencing, key, f"references Address, version {address}, which does not exist")
    assert f"schema-version!{address}" in advice["Advice"]


def test_references_of_a_version_that_is_gone(referencing):
    _, order = referencing.ids
    key = f"{HERE}references!{order}"
    referencing.change(key, version=order[:-1] + ("0" if order[-1] != "0" else "1"))
    find(referencing, key, "")


def test_references_without_the_submitted_text(referencing):
    key = f"{HERE}references!{referencing.ids[1]}"
    text = f"{HERE}text!{referencing.document(key)['submitted']}"
    value = referencing.rows(text)[0][1]
    referencing.erase(text)
    find(referencing, key, "is missing")
    referencing.put(text, value.replace("Address", "Adresse"))
    find(referencing, key, "does not match its hash")


def test_lost_index_row_of_a_reference(referencing):
    [[key, _]] = referencing.rows(f"{HERE}references.referenced!%")
    referencing.erase(key)
    problem = find(referencing, key, "missing")
    referencing.follow(problem["Advice"])
    assert_sound(referencing.data)


def test_id_that_names_two_definitions(folder):
    other = f"{HERE}schema-version!11111111-1111-1111-1111-111111111111"
    folder.put(other, folder.document(folder.version(1)) | {"number": 9})
    find(folder, other, f"the record's own key is {folder.version(1)}")


def test_id_that_names_two_definitions_in_two_regions(folder):
    [[key, value]] = folder.rows(f"{ELSEWHERE}schema-version!%")
    mine, theirs = folder.ids[0], key.split("!")[-1]
    for row, document in folder.rows(f"{ELSEWHERE}%"):
        if theirs in row + document:
            folder.erase(row)
            folder.put(row.replace(theirs, mine), document.replace(theirs, mine))
    problem = find(folder, folder.version(1), "one id names two versions")
    assert key.replace(theirs, mine) in problem["Message"]


def test_schema_without_registry(folder):
    folder.erase(f"{HERE}registry!r")
    find(folder, f"{HERE}schema!r!orders", "has no registry")


def test_wrong_usage_counts(folder):
    key = f"{HERE}usage!counts"
    folder.change(key, schemas=7)
    folder.follow(find(folder, key, "counts 7 schemas where there are 2")["Advice"])
    assert_sound(folder.data)


def test_access_key_that_cannot_be_read(folder):
    folder.put("access-key!AKIAAAAAAAAAAAAAAAAA", {"_format": 1, "id": "AKIAAAAAAAAAAAAAAAAA"})
    find(folder, "access-key!AKIAAAAAAAAAAAAAAAAA", "does not decode")


def flip(path, offset):
    data = bytearray(path.read_bytes())
    data[offset] ^= 0xFF
    path.write_bytes(data)


def test_flipped_byte_in_a_page(folder):
    """The kind of a b-tree page is its first byte ("Database File Format", sqlite.org, 1.6)."""
    database = folder.data / "limpet.db"
    with folder.edit() as connection:
        [[page]] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'kv'")
    flip(database, (page - 1) * 4096)
    problems = check(folder.data, status=1)["Problems"]
    assert any(p["Key"] == str(database) and "disk" in p["Advice"] for p in problems), problems


def test_flipped_byte_in_a_definition(folder):
    content = folder.document(folder.version(4))["content"]
    database = folder.data / "limpet.db"
    data = database.read_bytes()
    assert b'\\"note\\"' in data  # as a member of the stored document
    database.write_bytes(data.replace(b'\\"note\\"', b'\\"nope\\"'))
    find(folder, f"{HERE}text!{content}", "the text has another hash")


def test_damaged_header(folder):
    flip(folder.data / "limpet.db", 16)
    report = check(folder.data, status=1)
    assert report["Problems"][0]["Key"] and not report["Complete"]


def test_many_problems_are_listed_up_to_a_bound(folder):
    with folder.edit() as database:
        database.executemany("INSERT INTO kv VALUES(?, '{}')",
                             ((f"stray!{n}",) for n in range(1500)))
    report = check(folder.data, status=1)
    assert len(report["Problems"]) == 1000 and not report["Complete"]


def test_latest_pointer_is_right_after_deletes(start_limpet, region):
    """Deletes and updates leave nothing behind that the check would call wrong."""
    server = start_limpet()
    glue = client(server, region)
    make_schema(glue, record(("a", "int")), compatibility="NONE")
    for name in "bcdef":
        register(glue, record((name, "int")))
    glue.update_schema(SchemaId=schema_id(), SchemaVersionNumber=LATEST)
    glue.delete_schema_versions(SchemaId=schema_id(), Versions="2-5")
    assert assert_sound(server.data)["SchemaVersions"] == 2
