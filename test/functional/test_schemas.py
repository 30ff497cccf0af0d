"""CreateSchema, GetSchema, UpdateSchema, ListSchemas, DeleteSchema, GetSchemaByDefinition."""

import pytest

from glue_calls import (AVRO_INVALID, BOOLEAN, COMPATIBILITY, EXISTS, FORMAT, INT, INVALID, LATEST,
                        LONG, NOT_FOUND, RID, SID0, SID2, TAG_COUNT, TIMESTAMP, UUID, VER0, VER2,
                        arn, bad_characters, make_schema, no_registry, no_schema, no_version,
                        no_version_id, numbered, plain, record, refused, register, schema_id,
                        too_long)


def test_create_answers_the_whole_schema(glue):
    glue.create_registry(RegistryName="r")
    answer = plain(make_schema(glue, registry="r", Description="d", Tags={"k": "v"}))
    assert UUID.fullmatch(answer.pop("SchemaVersionId"))
    assert answer == {
        "RegistryName": "r", "RegistryArn": arn(glue, "registry/r"), "SchemaName": "s",
        "SchemaArn": arn(glue, "schema/r/s"), "Description": "d", "DataFormat": "AVRO",
        "Compatibility": "BACKWARD", "SchemaCheckpoint": 1, "LatestSchemaVersion": 1,
        "NextSchemaVersion": 2, "SchemaStatus": "AVAILABLE", "Tags": {"k": "v"},
        "SchemaVersionStatus": "AVAILABLE"}


@pytest.mark.parametrize("mode", ["NONE", "DISABLED", "BACKWARD", "BACKWARD_ALL", "FORWARD",
                                  "FORWARD_ALL", "FULL", "FULL_ALL"])
def test_every_mode_takes_a_first_version(glue, mode):
    answer = make_schema(glue, compatibility=mode, Tags={})
    assert answer["SchemaVersionStatus"] == "AVAILABLE"
    assert answer["Compatibility"] == mode
    assert "Tags" not in answer


@pytest.mark.parametrize("changed, type_, message", [
    ({"RegistryId": {"RegistryName": "r", "RegistryArn": "arn:aws:glue:us-east-1:1:registry/r"}},
     INVALID, RID),
    ({"RegistryId": {"RegistryName": "a b"}}, INVALID, bad_characters("registryName")),
    ({"RegistryId": {"RegistryName": "a" * 256}}, INVALID, too_long("registryName")),
    ({"RegistryId": {"RegistryArn": "registry/r"}}, INVALID, bad_characters("registryArn")),
    ({"RegistryId": {"RegistryName": "nope"}}, NOT_FOUND, no_registry("nope")),
    ({"SchemaName": "a" * 256}, INVALID, too_long("schemaName")),
    ({"SchemaName": ""}, INVALID, too_long("schemaName")),
    ({"SchemaName": "a b"}, INVALID, bad_characters("schemaName")),
    ({"DataFormat": "INVALID"}, INVALID, FORMAT),
    ({"DataFormat": ""}, INVALID, FORMAT),
    ({"DataFormat": "avro"}, INVALID, FORMAT),
    ({"Compatibility": "INVALID"}, INVALID, COMPATIBILITY),
    ({"Compatibility": None}, INVALID, COMPATIBILITY),
    ({"Compatibility": "backward"}, INVALID, COMPATIBILITY),
    ({"Description": "a" * 2049}, INVALID, too_long("description")),
    ({"Description": "\u0000"}, INVALID, bad_characters("description")),
    ({"Tags": {f"k{i}": "" for i in range(51)}}, INVALID, TAG_COUNT),
    ({"SchemaDefinition": ""}, INVALID, too_long("SchemaDefinition")),
    ({"SchemaDefinition": '"' + "a" * 170_000}, INVALID, too_long("SchemaDefinition")),
])
def test_bad_input(glue, changed, type_, message):
    given = {"SchemaName": "s", "DataFormat": "AVRO", "Compatibility": "NONE",
             "SchemaDefinition": INT, **changed}
    with refused(type_, message):
        glue.create_schema(**{k: v for k, v in given.items() if v is not None})
    assert glue.list_schemas()["Schemas"] == []


def test_checks_come_in_order(glue):
    make_schema(glue)
    wrong = {"RegistryId": {"RegistryName": "nope"}, "SchemaName": "~", "DataFormat": "X",
             "Compatibility": "X", "Description": "a" * 2049,
             "Tags": {f"k{i}": "" for i in range(51)}, "SchemaDefinition": "a" * 170_001}
    right = {"RegistryId": {}, "SchemaName": "s", "DataFormat": "AVRO", "Compatibility": "NONE",
             "Description": "", "Tags": {}, "SchemaDefinition": "{"}
    for name, type_, message in [
            ("RegistryId", NOT_FOUND, no_registry("nope")),
            ("SchemaName", INVALID, bad_characters("schemaName")),
            ("DataFormat", INVALID, FORMAT), ("Compatibility", INVALID, COMPATIBILITY),
            ("Description", INVALID, too_long("description")), ("Tags", INVALID, TAG_COUNT),
            ("SchemaDefinition", INVALID, too_long("SchemaDefinition"))]:
        with refused(type_, message):
            glue.create_schema(**wrong)
        wrong[name] = right[name]
    with refused(INVALID, prefix=AVRO_INVALID):  # validity comes before existence
        glue.create_schema(**wrong)
    with refused(EXISTS, "Schema already exists. SchemaName: s"):
        make_schema(glue, LONG)
    assert glue.get_schema(SchemaId=schema_id())["LatestSchemaVersion"] == 1


def test_a_failed_create_leaves_nothing(glue):
    with refused(INVALID, prefix=AVRO_INVALID):
        make_schema(glue, "{")
    assert glue.list_registries()["Registries"] == []


def test_without_definition_the_first_register_succeeds(glue):
    answer = plain(glue.create_schema(SchemaName="s", DataFormat="AVRO",
                                      Compatibility="DISABLED"))
    assert answer["LatestSchemaVersion"] == 0
    assert answer["NextSchemaVersion"] == 1
    assert answer["SchemaStatus"] == "AVAILABLE"
    assert not {"SchemaVersionId", "SchemaVersionStatus"} & answer.keys()
    assert glue.list_schema_versions(SchemaId=schema_id())["Schemas"] == []
    with refused(NOT_FOUND, no_version("default-registry", "s", latest=True)):
        glue.get_schema_version(SchemaId=schema_id(), SchemaVersionNumber=LATEST)
    assert register(glue, INT)["VersionNumber"] == 1
    with refused(INVALID):
        register(glue, LONG)


def test_get_by_names_and_by_arn(glue):
    glue.create_registry(RegistryName="r")
    made = make_schema(glue, registry="r", Description="d", Tags={"k": "v"})
    answer = plain(glue.get_schema(SchemaId=schema_id(registry="r")))
    created = answer["CreatedTime"]
    assert TIMESTAMP.fullmatch(created)
    assert answer == {
        "RegistryName": "r", "RegistryArn": arn(glue, "registry/r"), "SchemaName": "s",
        "SchemaArn": arn(glue, "schema/r/s"), "Description": "d", "DataFormat": "AVRO",
        "Compatibility": "BACKWARD", "SchemaCheckpoint": 1, "LatestSchemaVersion": 1,
        "NextSchemaVersion": 2, "SchemaStatus": "AVAILABLE", "CreatedTime": created,
        "UpdatedTime": created}
    assert plain(glue.get_schema(SchemaId={"SchemaArn": made["SchemaArn"]})) == answer


def operations(glue):
    """Every operation that a SchemaId addresses, with its text for an unknown schema."""
    bare = "Schema is not found."
    pair = {"MetadataKey": "k", "MetadataValue": "v"}
    return {
        "GetSchema": (lambda w: glue.get_schema(SchemaId=w), None),
        "UpdateSchema": (lambda w: glue.update_schema(SchemaId=w, SchemaVersionNumber=LATEST),
                         None),
        "DeleteSchema": (lambda w: glue.delete_schema(SchemaId=w), None),
        "GetSchemaByDefinition": (
            lambda w: glue.get_schema_by_definition(SchemaId=w, SchemaDefinition=INT), bare),
        "RegisterSchemaVersion": (
            lambda w: glue.register_schema_version(SchemaId=w, SchemaDefinition=INT), bare),
        "GetSchemaVersion": (
            lambda w: glue.get_schema_version(SchemaId=w, SchemaVersionNumber=LATEST), None),
        "ListSchemaVersions": (lambda w: glue.list_schema_versions(SchemaId=w), None),
        "DeleteSchemaVersions": (
            lambda w: glue.delete_schema_versions(SchemaId=w, Versions="2"), None),
        "GetSchemaVersionsDiff": (
            lambda w: glue.get_schema_versions_diff(
                SchemaId=w, FirstSchemaVersionNumber=LATEST, SecondSchemaVersionNumber=LATEST,
                SchemaDiffType="SYNTAX_DIFF"), None),
        "PutSchemaVersionMetadata": (
            lambda w: glue.put_schema_version_metadata(
                SchemaId=w, SchemaVersionNumber=LATEST, MetadataKeyValue=pair), None),
        "QuerySchemaVersionMetadata": (
            lambda w: glue.query_schema_version_metadata(SchemaId=w, SchemaVersionNumber=LATEST),
            None),
        "RemoveSchemaVersionMetadata": (
            lambda w: glue.remove_schema_version_metadata(
                SchemaId=w, SchemaVersionNumber=LATEST, MetadataKeyValue=pair), None),
    }


@pytest.mark.parametrize("operation", list(operations(None)))
def test_addressing_is_checked_by_every_operation(glue, operation):
    make_schema(glue)
    here = arn(glue, "schema/default-registry/s")
    elsewhere = here.replace(glue.meta.region_name, "eu-west-1")
    foreign = here.replace("123456789012", "210987654321")
    missing = arn(glue, "schema/default-registry/nope")
    call, unknown = operations(glue)[operation]
    for where, type_, message in [
            ({}, INVALID, SID0),
            ({"SchemaName": "s"}, INVALID, SID0),
            ({"RegistryName": "default-registry"}, INVALID, SID0),
            ({"SchemaName": "s", "RegistryName": ""}, INVALID, SID0),
            ({"SchemaArn": here, "SchemaName": "s"}, INVALID, SID2),
            ({"SchemaArn": here, "RegistryName": "default-registry"}, INVALID, SID2),
            ({"SchemaArn": here, **schema_id()}, INVALID, SID2),
            (schema_id("a b"), INVALID, bad_characters("schemaName")),
            (schema_id("s", "a b"), INVALID, bad_characters("registryName")),
            (schema_id("a" * 256), INVALID, too_long("schemaName")),
            ({"SchemaArn": "arn:aws:s3:::b"}, INVALID, bad_characters("schemaArn")),
            (schema_id("nope"), NOT_FOUND, no_schema("default-registry", "nope")),
            (schema_id("s", "nope"), NOT_FOUND, no_schema("nope", "s")),
            ({"SchemaArn": missing}, NOT_FOUND, no_schema("default-registry", "nope", missing)),
            ({"SchemaArn": elsewhere}, NOT_FOUND, no_schema("default-registry", "s", elsewhere)),
            ({"SchemaArn": foreign}, NOT_FOUND, no_schema("default-registry", "s", foreign))]:
        with refused(type_, unknown if type_ == NOT_FOUND and unknown else message):
            call(where)


def test_update(glue):
    make_schema(glue, Description="old")
    register(glue, LONG)
    before = glue.get_schema(SchemaId=schema_id())
    for given, description, mode, checkpoint in [
            ({"SchemaVersionNumber": LATEST}, "old", "BACKWARD", 2),
            ({"SchemaVersionNumber": numbered(1), "Description": "new"}, "new", "BACKWARD", 1),
            ({"SchemaVersionNumber": numbered(2), "Compatibility": "FULL"}, "new", "FULL", 2),
            ({"SchemaVersionNumber": {"VersionNumber": 1, "LatestVersion": False},
              "Compatibility": "NONE", "Description": "x"}, "x", "NONE", 1)]:
        assert plain(glue.update_schema(SchemaId=schema_id(), **given)) == {
            "SchemaArn": arn(glue, "schema/default-registry/s"), "SchemaName": "s",
            "RegistryName": "default-registry"}
        after = glue.get_schema(SchemaId=schema_id())
        assert (after["Description"], after["Compatibility"], after["SchemaCheckpoint"]) == (
            description, mode, checkpoint)
        assert after["UpdatedTime"] > before["UpdatedTime"]
        assert after["CreatedTime"] == before["CreatedTime"]


def test_update_refuses(glue):
    make_schema(glue, Description="old")
    register(glue, BOOLEAN)  # version 2, FAILURE
    before = plain(glue.get_schema(SchemaId=schema_id()))
    registry, schema = "default-registry", "s"
    for given, type_, message in [
            ({}, INVALID, VER0),
            ({"Description": "new"}, INVALID, VER0),
            ({"Compatibility": "FULL"}, INVALID, VER0),
            ({"Compatibility": "FULL", "SchemaVersionNumber": {}}, INVALID, VER0),
            ({"SchemaVersionNumber": {"LatestVersion": False}}, INVALID, VER0),
            ({"SchemaVersionNumber": {"VersionNumber": 1, "LatestVersion": True},
              "Compatibility": "X"}, INVALID, VER2),
            ({"SchemaVersionNumber": numbered(9), "Compatibility": "X",
              "Description": "a" * 2049}, INVALID, COMPATIBILITY),
            ({"SchemaVersionNumber": numbered(9), "Description": "a" * 2049}, INVALID,
             too_long("description")),
            ({"SchemaVersionNumber": numbered(9)}, NOT_FOUND, no_version(registry, schema, 9)),
            ({"SchemaVersionNumber": numbered(2)}, INVALID,
             "Checkpoint version is not available.")]:
        with refused(type_, message):
            glue.update_schema(SchemaId=schema_id(), **given)
    assert plain(glue.get_schema(SchemaId=schema_id())) == before


def test_list(glue):
    assert plain(glue.list_schemas()) == {"Schemas": []}
    glue.create_registry(RegistryName="r")
    for name in ("b", "a", "B"):
        make_schema(glue, schema=name, registry="r")
    make_schema(glue, schema="z", Description="d")
    listed = glue.list_schemas(RegistryId={})["Schemas"]
    assert [(s["RegistryName"], s["SchemaName"]) for s in listed] == [
        ("default-registry", "z"), ("r", "B"), ("r", "a"), ("r", "b")]
    assert listed[0] == {
        "RegistryName": "default-registry", "SchemaName": "z",
        "SchemaArn": arn(glue, "schema/default-registry/z"), "Description": "d",
        "SchemaStatus": "AVAILABLE", "CreatedTime": listed[0]["CreatedTime"],
        "UpdatedTime": listed[0]["CreatedTime"]}
    assert "Description" not in listed[1]
    for where in ({"RegistryName": "r"}, {"RegistryArn": arn(glue, "registry/r")}):
        assert [s["SchemaName"] for s in glue.list_schemas(RegistryId=where)["Schemas"]] == [
            "B", "a", "b"]
    with refused(NOT_FOUND, no_registry("nope")):
        glue.list_schemas(RegistryId={"RegistryName": "nope"})
    with refused(INVALID, RID):
        glue.list_schemas(RegistryId={"RegistryName": "r",
                                      "RegistryArn": arn(glue, "registry/r")})


def test_delete_forgets_everything(glue):
    made = make_schema(glue, Tags={"k": "v"})
    second = register(glue, LONG)
    where = arn(glue, "schema/default-registry/s")
    assert plain(glue.delete_schema(SchemaId=schema_id())) == {
        "SchemaArn": where, "SchemaName": "s", "Status": "DELETING"}
    with refused(NOT_FOUND, no_schema("default-registry", "s")):
        glue.get_schema(SchemaId=schema_id())
    for version in (made, second):
        with refused(NOT_FOUND, no_version_id(version["SchemaVersionId"])):
            glue.get_schema_version(SchemaVersionId=version["SchemaVersionId"])
    again = make_schema(glue)
    assert (again["LatestSchemaVersion"], again["NextSchemaVersion"]) == (1, 2)
    assert again["SchemaVersionId"] != made["SchemaVersionId"]
    assert glue.get_tags(ResourceArn=where)["Tags"] == {}


def test_by_definition(glue):
    spaced = '{ "type" : "record", "fields": [], "name": "R",\n "namespace": "n" }'
    made = make_schema(glue, spaced)
    expected = {"SchemaVersionId": made["SchemaVersionId"], "DataFormat": "AVRO",
                "SchemaArn": arn(glue, "schema/default-registry/s"), "Status": "AVAILABLE"}
    for text in (spaced, '{"type":"record","name":"n.R","fields":[]}',
                 '{"name":"R","namespace":"n","fields":[],"type":"record"}'):
        answer = plain(glue.get_schema_by_definition(SchemaId=schema_id(), SchemaDefinition=text))
        assert TIMESTAMP.fullmatch(answer.pop("CreatedTime"))
        assert answer == expected
    for text in ('{"type":"record","name":"R","fields":[]}',
                 '{"type":"record","name":"n.R","doc":"d","fields":[]}'):
        with refused(NOT_FOUND, "Schema version is not found."):
            glue.get_schema_by_definition(SchemaId=schema_id(), SchemaDefinition=text)
    with refused(INVALID, prefix=AVRO_INVALID):
        glue.get_schema_by_definition(SchemaId=schema_id(), SchemaDefinition="{")
    with refused(INVALID, too_long("SchemaDefinition")):
        glue.get_schema_by_definition(SchemaId=schema_id("nope"), SchemaDefinition="a" * 170_001)


def test_a_stale_failure_holds_nobody_captive(glue):
    make_schema(glue)
    failed = register(glue, BOOLEAN)
    assert failed["Status"] == "FAILURE"

    def look_up():
        return glue.get_schema_by_definition(SchemaId=schema_id(), SchemaDefinition=BOOLEAN)

    assert look_up()["Status"] == "FAILURE"
    glue.update_schema(SchemaId=schema_id(), Compatibility="NONE", SchemaVersionNumber=LATEST)
    with refused(NOT_FOUND, "Schema version is not found."):
        look_up()
    fresh = register(glue, BOOLEAN)
    assert (fresh["Status"], fresh["VersionNumber"]) == ("AVAILABLE", 3)
    assert look_up()["SchemaVersionId"] == fresh["SchemaVersionId"]
    assert glue.get_schema_version(SchemaVersionId=failed["SchemaVersionId"])["Status"] == (
        "FAILURE")


def test_same_names_in_two_registries_are_two_schemas(glue):
    for registry in ("a", "b"):
        glue.create_registry(RegistryName=registry)
    first, second = (make_schema(glue, registry=r)["SchemaVersionId"] for r in ("a", "b"))
    assert first != second
    glue.delete_schema(SchemaId=schema_id(registry="a"))
    assert glue.get_schema_version(SchemaVersionId=second)["VersionNumber"] == 1


def test_definition_of_170000_characters(glue):
    doc = "☃" * (170_000 - len(record(("a", "int"), doc="")))
    text = record(("a", "int"), doc="").replace('"doc": ""', f'"doc": "{doc}"')
    assert len(text) == 170_000
    made = make_schema(glue, text)
    kept = glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"])["SchemaDefinition"]
    assert kept == text
