"""The tutorial once more, with `limpet produce` and `limpet consume` alone.

Records, schemas and outcomes are those of test/tutorial/test_outcomes.py.
"""

import json

import pytest

RECORD = {"name": "John Doe", "age": 6, "subject": "something"}
SHORT = {"name": "John Doe", "age": 30}
RECORD_AVRO = "104a6f686e20446f650c12736f6d657468696e67"  # made with Apache Avro
SHORT_AVRO = "104a6f686e20446f653c"

FIELDS = [{"name": "name", "type": "string"}, {"name": "age", "type": "int"},
          {"name": "subject", "type": "string"}]


def user(fields):
    return json.dumps({"namespace": "my.namespace", "name": "User", "type": "record",
                       "fields": fields}, indent=2)


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def framed(version_id, payload):
    return "0300" + version_id.replace("-", "") + payload


@pytest.fixture
def user_avsc(world):
    return world.file("user.avsc", user(FIELDS))


def test_first_record_registers_its_schema(world, user_avsc):
    said = world.produce(lines(RECORD), "--schema", user_avsc)

    assert world.versions(world.topic) == [(1, "AVAILABLE")]
    schema = world.glue().get_schema(
        SchemaId={"RegistryName": "default-registry", "SchemaName": world.topic})
    assert (schema["Compatibility"], schema["DataFormat"]) == ("BACKWARD", "AVRO")
    first = world.glue().get_schema_version(
        SchemaId={"RegistryName": "default-registry", "SchemaName": world.topic},
        SchemaVersionNumber={"VersionNumber": 1})
    assert [record.value.hex() for record in world.raw()] == [
        framed(first["SchemaVersionId"], RECORD_AVRO)]
    assert first["SchemaDefinition"] == json.dumps(json.loads(user(FIELDS)),
                                                   separators=(",", ":"))
    assert said.splitlines()[-1] == (
        f"sent 1 record to {world.topic} (schema {world.topic} version 1,"
        f" {first['SchemaVersionId']})")

    [read] = world.consume()
    assert read["value"] == RECORD
    assert (read["topic"], read["partition"], read["offset"]) == (world.topic, 0, 0)
    assert read["schema"] == {"id": first["SchemaVersionId"], "name": world.topic, "version": 1,
                              "format": "AVRO", "framing": "Glue", "compression": "none"}


def test_second_record_finds_the_version(world, user_avsc):
    world.produce(lines(RECORD), "--schema", user_avsc)
    world.produce(lines(RECORD), "--schema", user_avsc, "--no-auto-register")
    assert world.versions(world.topic) == [(1, "AVAILABLE")]
    first, second = world.raw()
    assert first.value == second.value
    assert [read["value"] for read in world.consume()] == [RECORD, RECORD]


@pytest.mark.parametrize("record, reason", [
    ({"name": "John Doe", "subject": "something"}, "/age: expected int, found nothing"),
    ({"name": "John Doe", "age": 6}, "/subject: expected string, found nothing"),
    ({**RECORD, "age": "string"}, '/age: expected int, found the string "string"'),
    ({**RECORD, "name": 7}, "/name: expected string, found the number 7"),
    ({**RECORD, "name": None}, "/name: expected string, found null"),
], ids=["age-missing", "subject-missing", "string-for-int", "int-for-string", "null-for-string"])
def test_bad_record_is_not_sent(world, user_avsc, record, reason):
    world.produce(lines(RECORD), "--schema", user_avsc)
    said = world.produce(lines(RECORD, record, RECORD), "--schema", user_avsc, status=1)

    assert f"line 2: {reason}" in said
    assert "sent 1 record to" in said and "refused 1" in said
    assert len(world.raw()) == 2  # nothing behind the bad one either
    assert world.versions(world.topic) == [(1, "AVAILABLE")]
    assert [read["value"] for read in world.consume()] == [RECORD, RECORD]


def test_deleted_field_becomes_version_two(world, user_avsc):
    world.produce(lines(RECORD), "--schema", user_avsc)
    said = world.produce(lines(SHORT), "--schema", world.file("short.avsc", user(FIELDS[:2])))

    assert "version 2" in said
    assert world.versions(world.topic) == [(1, "AVAILABLE"), (2, "AVAILABLE")]
    assert world.raw()[1].value.hex()[36:] == SHORT_AVRO
    first, second = world.consume()
    assert (first["value"], first["schema"]["version"]) == (RECORD, 1)
    assert (second["value"], second["schema"]["version"]) == (SHORT, 2)

    # The first schema still serves, under its own id.
    world.produce(lines(RECORD), "--schema", user_avsc)
    assert world.raw()[2].value == world.raw()[0].value


def test_required_field_is_refused_with_its_reason(world):
    short = world.file("short.avsc", user(FIELDS[:2]))
    tall = world.file("tall.avsc", user([*FIELDS[:2], {"name": "height", "type": "int"}]))
    world.produce(lines(SHORT), "--schema", short)
    for _ in range(2):  # and again, when the registry knows that it refused it
        said = world.produce(lines({**SHORT, "height": 190}), "--schema", tall, status=1)
        assert f"schema {world.topic} in registry default-registry" in said
        assert "Not BACKWARD compatible with version 1" in said
        assert "height" in said and "Fix:" in said
    assert world.versions(world.topic)[0] == (1, "AVAILABLE")
    assert {status for _, status in world.versions(world.topic)[1:]} == {"FAILURE"}
    assert len(world.raw()) == 1
    assert [read["value"] for read in world.consume()] == [SHORT]

    world.glue().update_schema(
        SchemaId={"RegistryName": "default-registry", "SchemaName": world.topic},
        SchemaVersionNumber={"LatestVersion": True}, Compatibility="NONE")
    world.produce(lines({**SHORT, "height": 190}), "--schema", tall)
    assert world.consume()[1]["value"] == {**SHORT, "height": 190}


def test_names_and_registries_of_the_other_clients(world, user_avsc):
    world.run("registry", "create", "my-demo-registry")
    world.produce(lines(RECORD), "--schema", user_avsc, "--registry", "my-demo-registry",
                  "--naming", "topic-value", "--compatibility", "FULL")
    name = f"{world.topic}-value"
    assert world.versions(name, "my-demo-registry") == [(1, "AVAILABLE")]
    schema = world.glue().get_schema(
        SchemaId={"RegistryName": "my-demo-registry", "SchemaName": name})
    assert schema["Compatibility"] == "FULL"
    for naming, name in (("record", "my.namespace.User"),
                         ("topic-record", f"{world.topic}-my.namespace.User")):
        world.produce(lines(RECORD), "--schema", user_avsc, "--naming", naming)
        assert world.versions(name) == [(1, "AVAILABLE")]
    world.produce(lines(RECORD), "--schema", user_avsc, "--schema-name", "chosen")
    assert world.versions("chosen") == [(1, "AVAILABLE")]
    assert [read["schema"]["name"] for read in world.consume()] == [
        f"{world.topic}-value", "my.namespace.User", f"{world.topic}-my.namespace.User", "chosen"]
