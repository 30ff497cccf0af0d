"""limpet export and import: another registry's versions under the ids and numbers they have there,
so that what was written with the old registry is read with the new one."""

import io
import json
import resource
import signal
import subprocess
import uuid

import fastavro
import pytest
from aws_schema_registry import SchemaRegistryClient
from aws_schema_registry.adapter.kafka import KafkaDeserializer, KafkaSerializer
from aws_schema_registry.avro import AvroSchema

from command import Cli
from glue_calls import client, fresh_region
from limpet_process import ACCOUNT, limpet_binary
from raw_http import call

USER = {"type": "record", "name": "my.namespace.User", "fields": [
    {"name": "name", "type": "string"}, {"name": "age", "type": "int"}]}
LATER = {**USER, "fields": USER["fields"] + [{"name": "note", "type": "string", "default": ""}]}
BROKEN = {**USER, "fields": USER["fields"] + [{"name": "must", "type": "string"}]}
PROTO = 'syntax = "proto3"; package p; message Order { string id = 1; }'


@pytest.fixture
def old(server):
    """A registry with some history, and the region it is in."""
    region = fresh_region()
    glue = client(server, region)
    glue.create_registry(RegistryName="orders", Description="old ones", Tags={"team": "till"})
    made = glue.create_schema(RegistryId={"RegistryName": "orders"}, SchemaName="user",
                              DataFormat="AVRO", Compatibility="BACKWARD", Description="people",
                              Tags={"tier": "gold"}, SchemaDefinition=json.dumps(USER, indent=1))
    user = {"RegistryName": "orders", "SchemaName": "user"}
    failed = glue.register_schema_version(SchemaId=user, SchemaDefinition=json.dumps(BROKEN))
    assert failed["Status"] == "FAILURE"
    gone = glue.register_schema_version(SchemaId=user, SchemaDefinition=json.dumps(
        {**USER, "doc": "gone"}))
    later = glue.register_schema_version(SchemaId=user, SchemaDefinition=json.dumps(LATER))
    glue.update_schema(SchemaId=user, SchemaVersionNumber={"VersionNumber": 4})
    glue.delete_schema_versions(SchemaId=user, Versions="3")
    assert (gone["VersionNumber"], later["VersionNumber"]) == (3, 4)
    for key, value in (("origin", "till"), ("origin", "web"), ("x-amz-meta-transport", "users")):
        glue.put_schema_version_metadata(SchemaVersionId=made["SchemaVersionId"],
                                         MetadataKeyValue={"MetadataKey": key,
                                                           "MetadataValue": value})
    glue.create_schema(RegistryId={"RegistryName": "orders"}, SchemaName="order",
                       DataFormat="PROTOBUF", Compatibility="NONE", SchemaDefinition=PROTO)
    glue.create_schema(SchemaName="other", DataFormat="JSON", Compatibility="FULL",
                       SchemaDefinition='{"type":"object"}')
    return glue


@pytest.fixture
def target(start_limpet):
    return start_limpet()


def cli_of(server, tmp_path, region):
    return Cli(server, tmp_path, AWS_REGION=region)


@pytest.fixture
def exported(server, old, tmp_path):
    file = tmp_path / "registry.jsonl"
    report = cli_of(server, tmp_path, old.meta.region_name).json("export", "-o", str(file))
    assert report == {"File": str(file), "Registries": 2, "Schemas": 3, "Versions": 5,
                      "Skipped": 0}
    return file


def state(glue):
    """Everything there is, without times."""
    def plain(answer):
        return {key: value for key, value in answer.items()
                if not key.endswith("Time") and key != "ResponseMetadata"}

    found = {}
    for registry in glue.list_registries()["Registries"]:
        name = {"RegistryName": registry["RegistryName"]}
        found[registry["RegistryName"]] = plain(glue.get_registry(RegistryId=name))
        found[registry["RegistryName"], "tags"] = glue.get_tags(
            ResourceArn=registry["RegistryArn"])["Tags"]
        for schema in glue.list_schemas(RegistryId=name)["Schemas"]:
            where = {**name, "SchemaName": schema["SchemaName"]}
            key = (registry["RegistryName"], schema["SchemaName"])
            found[key] = plain(glue.get_schema(SchemaId=where))
            found[(*key, "tags")] = glue.get_tags(ResourceArn=schema["SchemaArn"])["Tags"]
            for version in glue.list_schema_versions(SchemaId=where)["Schemas"]:
                number = version["VersionNumber"]
                found[(*key, number)] = plain(glue.get_schema_version(
                    SchemaVersionId=version["SchemaVersionId"]))
                metadata = glue.query_schema_version_metadata(
                    SchemaVersionId=version["SchemaVersionId"])["MetadataInfoMap"]
                found[(*key, number, "metadata")] = {
                    name: [info["MetadataValue"], *(
                        other["MetadataValue"]
                        for other in info.get("OtherMetadataValueList", []))]
                    for name, info in metadata.items() if name != "limpet.reason"}
    return found


def counts(report):
    return {kind: (report[kind]["Created"], report[kind]["Present"])
            for kind in ("Registries", "Schemas", "Versions", "Metadata")}


def test_a_registry_moves_with_its_ids(old, exported, target, tmp_path):
    region = old.meta.region_name
    cli = cli_of(target, tmp_path, region)
    new = client(target, region)

    planned = cli.json("import", "--from", str(exported), "--dry-run")
    assert planned["DryRun"] and planned["Problems"] == []
    assert new.list_registries()["Registries"] == []  # a plan changes nothing

    done = cli.json("import", "--from", str(exported))
    assert not done["DryRun"] and done["Problems"] == []
    assert counts(done) == counts(planned)
    assert counts(done) == {"Registries": (2, 0), "Schemas": (3, 0), "Versions": (5, 0),
                            "Metadata": (3, 0)}
    assert state(new) == state(old)

    again = cli.json("import", "--from", str(exported))
    assert counts(again) == {"Registries": (0, 2), "Schemas": (0, 3), "Versions": (0, 5),
                             "Metadata": (0, 3)}
    planned = cli.json("import", "--from", str(exported), "--dry-run")
    assert counts(planned)["Versions"] == (0, 5)
    assert state(new) == state(old)

    # Life goes on where it stood: numbers, checkpoint, verdicts.
    user = {"RegistryName": "orders", "SchemaName": "user"}
    assert new.get_schema(SchemaId=user)["NextSchemaVersion"] == 5
    assert new.register_schema_version(SchemaId=user, SchemaDefinition=json.dumps(LATER))[
        "VersionNumber"] == 4
    retried = new.register_schema_version(SchemaId=user, SchemaDefinition=json.dumps(BROKEN))
    assert (retried["VersionNumber"], retried["Status"]) == (5, "FAILURE")


def test_records_of_the_old_server_are_read_with_the_new_one(server, target, tmp_path):
    region = fresh_region()
    schemas = SchemaRegistryClient(client(server, region))
    records = [
        (KafkaSerializer(schemas).serialize("users", ({"name": "Jo", "age": 6}, AvroSchema(USER))),
         {"name": "Jo", "age": 6}),
        (KafkaSerializer(schemas).serialize(
            "users", ({"name": "Al", "age": 7, "note": "n"}, AvroSchema(LATER))),
         {"name": "Al", "age": 7, "note": "n"})]
    cli = cli_of(target, tmp_path, region)
    # From server to server, with keys of its own for each.
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/credentials").write_text(
        f"[old]\naws_access_key_id={server.access_key}\n"
        f"aws_secret_access_key={server.secret_key}\n")
    done = cli.json("import", "--from", server.endpoint, "--from-profile", "old",
                    "--from-region", region)
    assert counts(done)["Versions"] == (2, 0)

    new = client(target, region)
    deserializer = KafkaDeserializer(SchemaRegistryClient(new))
    for record, value in records:
        assert deserializer.deserialize("users", record).data == value
        assert record[:2] == b"\x03\x00"  # and without that package
        text = new.get_schema_version(
            SchemaVersionId=str(uuid.UUID(bytes=record[2:18])))["SchemaDefinition"]
        schema = fastavro.parse_schema(json.loads(text))
        assert fastavro.schemaless_reader(io.BytesIO(record[18:]), schema) == value


def test_an_import_that_was_cut_off_is_repeated(old, exported, target, tmp_path):
    region = old.meta.region_name
    cli = cli_of(target, tmp_path, region)
    lines = exported.read_text().splitlines(keepends=True)
    half = tmp_path / "half.jsonl"
    for length in range(1, len(lines)):
        half.write_text("".join(lines[:length]))
        error = cli.refused("import", "--from", str(half))
        assert f"its end is missing, so it is not whole (at line {length})" in error
    done = cli.json("import", "--from", str(exported))
    assert done["Problems"] == []
    assert state(client(target, region)) == state(old)


@pytest.fixture
def long_history(server, tmp_path):
    """An export of one schema with 60 versions; the client of where it is from."""
    glue = client(server, fresh_region())
    glue.create_schema(SchemaName="long", DataFormat="AVRO", Compatibility="NONE",
                       SchemaDefinition='{"type":"enum","name":"E","symbols":["S1"]}')
    for number in range(2, 61):
        glue.register_schema_version(
            SchemaId={"RegistryName": "default-registry", "SchemaName": "long"},
            SchemaDefinition=json.dumps({"type": "enum", "name": "E", "symbols": [f"S{number}"]}))
    file = tmp_path / "long.jsonl"
    cli_of(server, tmp_path, glue.meta.region_name).run("export", "-o", str(file))
    return glue, file


def imported(glue):
    """How many versions are there now."""
    try:
        return glue.get_schema(SchemaId={"RegistryName": "default-registry", "SchemaName": "long"})[
            "LatestSchemaVersion"]
    except glue.exceptions.EntityNotFoundException:
        return 0


@pytest.mark.parametrize("who", ["import", "server"])
def test_an_import_that_is_killed_is_repeated(who, long_history, target, tmp_path):
    source, file = long_history
    cli = cli_of(target, tmp_path, source.meta.region_name)
    seen = []
    for least in (1, 20, 40):
        importing = subprocess.Popen(
            [limpet_binary(), "import", "--from", str(file)], env=cli.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        new = client(target, source.meta.region_name)
        while (there := imported(new)) < least:
            assert importing.poll() is None, importing.stderr.read()
        if who == "import":
            importing.kill()
            importing.wait()
        else:
            target.kill()
            assert importing.wait(60) == 1, "it was to be cut off"
            target.start()
            new = client(target, source.meta.region_name)
        importing.stderr.close()
        assert imported(new) >= there  # what was answered is kept
        seen.append(there)
    assert seen == sorted(seen)
    cli = cli_of(target, tmp_path, source.meta.region_name)
    done = cli.json("import", "--from", str(file))
    assert done["Problems"] == [] and sum(counts(done)["Versions"]) == 60
    assert state(client(target, source.meta.region_name)) == state(source)


@pytest.mark.parametrize("where", ["file", "output"])
def test_an_export_that_finds_no_room_says_so_and_leaves_the_old_file(where, long_history, server,
                                                                      tmp_path):
    source, file = long_history
    before = file.read_text()
    cli = cli_of(server, tmp_path, source.meta.region_name)

    def little_room():  # a file of 4 KiB is full
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(
            [limpet_binary(), "export", *(["-o", str(file)] if where == "file" else [])],
            env=cli.environment, stdout=subprocess.PIPE if where == "file" else full,
            stderr=subprocess.PIPE, text=True, timeout=60,
            preexec_fn=little_room if where == "file" else None)
    assert done.returncode == 1
    reason = f"{file}: File too large" if where == "file" else (
        "standard output: No space left on device")
    assert f"cannot write {reason}" in done.stderr
    assert file.read_text() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("long")) == [
        "long.jsonl"]


def test_what_is_in_the_way_is_told_and_the_rest_goes_on(old, exported, target, tmp_path):
    region = old.meta.region_name
    new = client(target, region)
    new.create_registry(RegistryName="orders")
    new.create_schema(RegistryId={"RegistryName": "orders"}, SchemaName="user", DataFormat="AVRO",
                      Compatibility="NONE", SchemaDefinition=json.dumps(LATER))
    new.create_schema(RegistryId={"RegistryName": "orders"}, SchemaName="order",
                      DataFormat="JSON", Compatibility="NONE", SchemaDefinition="{}")
    cli = cli_of(target, tmp_path, region)

    def problems(report):
        return sorted((each["Where"], each["Message"].split(",")[0])
                      for each in report["Problems"])

    planned = cli.json("import", "--from", str(exported), "--dry-run", status=1)
    done = cli.json("import", "--from", str(exported), status=1)
    assert [where for where, _ in problems(planned)] == [where for where, _ in problems(done)] == [
        "orders/order", "orders/user version 1", "orders/user version 4"]
    assert problems(done)[0][1] == "is there with the data format JSON"
    assert "AlreadyExistsException: Version number 1 is in use or was" in problems(done)[1][1]
    assert counts(done) == {"Registries": (1, 1), "Schemas": (1, 1), "Versions": (2, 0),
                            "Metadata": (0, 0)} == counts(planned)


def test_one_registry_only(old, exported, target, tmp_path):
    region = old.meta.region_name
    cli = cli_of(target, tmp_path, region)
    done = cli.json("import", "--from", str(exported), "--registry", "default-registry")
    assert counts(done)["Schemas"] == (1, 0)
    names = client(target, region).list_registries()["Registries"]
    assert [each["RegistryName"] for each in names] == ["default-registry"]


@pytest.mark.parametrize("text, words", [
    ("", "its end is missing"),
    ("no json\n", "a line is no JSON object (at line 1)"),
    ('{"kind":"head","format":"another","version":1}\n', "it does not begin as one (at line 1)"),
    ('{"kind":"head","format":"limpet-registry-export","version":2}\n',
     "it was written in another version of the format (at line 1)"),
    ('{"kind":"head","format":"limpet-registry-export","version":1}\n{"kind":"bird"}\n',
     "a line of no kind that we know (at line 2)"),
    ('{"kind":"head","format":"limpet-registry-export","version":1}\n'
     '{"kind":"registry","tags":{}}\n', "the member name (at line 2)"),
    ('{"kind":"head","format":"limpet-registry-export","version":1}\n'
     '{"kind":"end","registries":1,"schemas":0,"versions":0,"skipped":0}\n',
     "it holds other numbers of things than it says (at line 2)"),
])
def test_files_that_are_no_export(cli, tmp_path, text, words):
    file = tmp_path / "file"
    file.write_text(text)
    assert words in cli.refused("import", "--from", str(file))


def test_an_id_names_one_version_on_a_server(server, old):
    """Also across regions: the operation itself."""
    region = old.meta.region_name
    version = old.get_schema_version(
        SchemaId={"RegistryName": "orders", "SchemaName": "user"},
        SchemaVersionNumber={"LatestVersion": True})
    elsewhere = fresh_region()
    client(server, elsewhere).create_schema(SchemaName="s", DataFormat="AVRO",
                                            Compatibility="NONE")
    answer = call(server, "Limpet.ImportSchemaVersion", {
        "SchemaId": {"RegistryName": "default-registry", "SchemaName": "s"},
        "SchemaVersionId": version["SchemaVersionId"], "VersionNumber": 1,
        "SchemaDefinition": version["SchemaDefinition"]}, region=elsewhere)
    assert answer.status == 400 and answer.json["__type"] == "AlreadyExistsException"
    answer = call(server, "Limpet.ImportSchemaVersion", {
        "SchemaId": {"RegistryName": "orders", "SchemaName": "user"},
        "SchemaVersionId": version["SchemaVersionId"], "VersionNumber": 4,
        "SchemaDefinition": version["SchemaDefinition"]}, region=region)
    assert answer.status == 200 and answer.json["Imported"] is False
    assert answer.json["SchemaArn"] == (f"arn:aws:glue:{region}:{ACCOUNT}:schema/orders/user")
