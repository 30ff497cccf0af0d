"""RegisterSchemaVersion, GetSchemaVersion, ListSchemaVersions, DeleteSchemaVersions,
GetSchemaVersionsDiff, CheckSchemaVersionValidity."""

import json
import pathlib

import pytest

from glue_calls import (AVRO_INVALID, BOOLEAN, FORMAT, INT, INVALID, LATEST, LIMIT, LONG,
                        NOT_FOUND, SID0, STRING, TIMESTAMP, UUID, VER0, VER2, VID_AND_MORE, arn,
                        bad_characters, client, make_schema, no_schema, no_version,
                        no_version_id, numbered, plain, record, refused, register, schema_id,
                        too_long)

REGISTRY = "default-registry"
EVOLUTION = json.loads((pathlib.Path(__file__).parents[1]
                        / "conformance/registry/avro_evolution.json").read_text("utf-8"))


@pytest.mark.parametrize("row", EVOLUTION, ids=lambda row: row["name"])
def test_evolution(glue, row):
    first, *later = row["versions"]
    make_schema(glue, json.dumps(first["definition"]), compatibility=row["mode"])
    for number, version in enumerate(later, 2):
        answer = register(glue, json.dumps(version["definition"]))
        assert UUID.fullmatch(answer.pop("SchemaVersionId"))
        assert answer == {"VersionNumber": number, "Status": version["status"]}


def test_disabled_takes_no_second_version(glue):
    make_schema(glue, compatibility="DISABLED")
    text = ("Compatibility DISABLED does not allow versioning. SchemaId: "
            "SchemaId(schemaArn={}, schemaName=s, registryName=default-registry)")
    for definition in (INT, LONG, "{", "a" * 170_001):  # looked at before the definition
        with refused(INVALID, text.format("null")):
            register(glue, definition)
    here = arn(glue, "schema/default-registry/s")
    with refused(INVALID, text.format(here)):
        register(glue, INT, {"SchemaArn": here})
    glue.update_schema(SchemaId=schema_id(), Compatibility="NONE", SchemaVersionNumber=LATEST)
    assert register(glue, STRING)["VersionNumber"] == 2


def test_registering_again_changes_nothing(glue):
    make_schema(glue)
    before = plain(glue.get_schema(SchemaId=schema_id()))
    for text in (INT, ' "int"\n', '{"type": "int"}', '{"type":"int"}'):
        assert register(glue, text)["VersionNumber"] == 1
    assert plain(glue.get_schema(SchemaId=schema_id())) == before
    assert len(glue.list_schema_versions(SchemaId=schema_id())["Schemas"]) == 1


def test_definitions_that_differ_in_content_are_versions(glue):
    make_schema(glue, record(("a", "int")), compatibility="NONE")
    for number, text in enumerate(
            [record(("a", "int"), doc="d"), record(("a", "int", 1)),
             record(("a", "int"), aliases=["Old"]), record(("a", "int"), custom=1),
             record(("a", {"type": "int", "logicalType": "date"}))], 2):
        assert register(glue, text)["VersionNumber"] == number


def test_a_failure_is_kept_and_numbered(glue):
    make_schema(glue)
    failed = register(glue, BOOLEAN)
    assert (failed["VersionNumber"], failed["Status"]) == (2, "FAILURE")
    again = register(glue, BOOLEAN)  # judged afresh
    assert (again["VersionNumber"], again["Status"]) == (3, "FAILURE")
    assert again["SchemaVersionId"] != failed["SchemaVersionId"]
    shown = plain(glue.get_schema_version(SchemaVersionId=failed["SchemaVersionId"]))
    assert TIMESTAMP.fullmatch(shown.pop("CreatedTime"))
    assert shown == {"SchemaVersionId": failed["SchemaVersionId"], "SchemaDefinition": BOOLEAN,
                     "DataFormat": "AVRO", "SchemaArn": arn(glue, "schema/default-registry/s"),
                     "VersionNumber": 2, "Status": "FAILURE"}
    assert glue.get_schema_version(SchemaId=schema_id(),
                                   SchemaVersionNumber=LATEST)["VersionNumber"] == 1
    schema = glue.get_schema(SchemaId=schema_id())
    assert (schema["LatestSchemaVersion"], schema["NextSchemaVersion"]) == (1, 4)
    assert register(glue, LONG)["VersionNumber"] == 4
    assert [(v["VersionNumber"], v["Status"]) for v in
            glue.list_schema_versions(SchemaId=schema_id())["Schemas"]] == [
        (4, "AVAILABLE"), (3, "FAILURE"), (2, "FAILURE"), (1, "AVAILABLE")]
    assert glue.get_schema(SchemaId=schema_id())["SchemaCheckpoint"] == 1


def test_checkpoint_bounds_the_all_modes(glue):
    make_schema(glue, record(("a", "int")), compatibility="NONE")
    register(glue, record(("b", "int")))
    glue.update_schema(SchemaId=schema_id(), Compatibility="BACKWARD_ALL",
                       SchemaVersionNumber=numbered(1))
    both = record(("a", "int"), ("b", "int"))
    assert register(glue, both)["Status"] == "FAILURE"
    wider = record(("b", "long"))  # readable from version 2, not from version 1
    assert register(glue, wider)["Status"] == "FAILURE"
    glue.update_schema(SchemaId=schema_id(), SchemaVersionNumber=numbered(2))
    assert register(glue, wider)["Status"] == "AVAILABLE"


@pytest.mark.parametrize("text", [
    "int", "{", '{"type":: "record",}', '"nope"', '{"type":"record","fields":[]}',
    '{"type":"record","name":"1","fields":[]}', '{"type":"record","name":"R"}',
    record(("a", "int"), ("a", "int")), record(("a", "int", "x")), record(("a", "Missing")),
    record(("a b", "int")), '["int","int"]', '["int",["null"]]', '{"type":"enum","name":"E"}',
    '{"type":"enum","name":"E","symbols":["a","a"]}', '{"type":"fixed","name":"F","size":-1}',
    '{"type":"array"}', "null", "1", '"int" "int"', "   "])
def test_invalid_definitions(glue, text):
    make_schema(glue)
    with refused(INVALID, prefix=AVRO_INVALID):
        register(glue, text)
    answer = plain(glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition=text))
    assert answer.keys() == {"Valid", "Error"}
    assert answer["Valid"] is False
    assert 1 <= len(answer["Error"]) <= 5000
    assert glue.get_schema(SchemaId=schema_id())["NextSchemaVersion"] == 2


@pytest.mark.parametrize("text", [
    INT, '{"type":"string"}', '["null","int"]', record(("a", ["null", "int"], None)),
    '{"type":"record","name":"List","fields":[{"name":"next","type":["null","List"]}]}',
    '{"type":"enum","name":"E","symbols":["a","b"],"default":"a"}',
    '{"type":"fixed","name":"F","size":16,"logicalType":"decimal","precision":30,"scale":2}',
    '{"type":"map","values":{"type":"array","items":"bytes"}}'])
def test_valid_definitions(glue, text):
    assert plain(glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition=text)) == {
        "Valid": True}
    made = make_schema(glue, text)
    assert glue.get_schema_version(
        SchemaVersionId=made["SchemaVersionId"])["SchemaDefinition"] == text


def test_validity_refuses_bad_input(glue):
    with refused(INVALID, FORMAT):
        glue.check_schema_version_validity(DataFormat="XML", SchemaDefinition=INT)
    with refused(INVALID, too_long("SchemaDefinition")):
        glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition="a" * 170_001)
    make_schema(glue)
    for text in ("", "a" * 170_001):
        with refused(INVALID, too_long("SchemaDefinition")):
            register(glue, text)


def test_version_selectors(glue):
    made = make_schema(glue)
    register(glue, LONG)
    by_id = plain(glue.get_schema_version(SchemaVersionId=made["SchemaVersionId"]))
    here = {"SchemaArn": made["SchemaArn"]}
    for where in (schema_id(), here):
        for number in (numbered(1), {"VersionNumber": 1, "LatestVersion": False}):
            assert plain(glue.get_schema_version(SchemaId=where,
                                                 SchemaVersionNumber=number)) == by_id
        assert glue.get_schema_version(
            SchemaId=where, SchemaVersionNumber=LATEST)["VersionNumber"] == 2


def with_selector(glue):
    pair = {"MetadataKey": "k", "MetadataValue": "v"}
    return {
        "GetSchemaVersion": glue.get_schema_version,
        "PutSchemaVersionMetadata": lambda **s: glue.put_schema_version_metadata(
            **s, MetadataKeyValue=pair),
        "QuerySchemaVersionMetadata": glue.query_schema_version_metadata,
        "RemoveSchemaVersionMetadata": lambda **s: glue.remove_schema_version_metadata(
            **s, MetadataKeyValue=pair)}


@pytest.mark.parametrize("operation", ["GetSchemaVersion", "PutSchemaVersionMetadata",
                                       "QuerySchemaVersionMetadata",
                                       "RemoveSchemaVersionMetadata"])
def test_bad_selectors(glue, operation):
    call = with_selector(glue)[operation]
    version_id = make_schema(glue)["SchemaVersionId"]
    here = arn(glue, "schema/default-registry/s")
    unknown = "00000000-0000-4000-8000-000000000000"
    for selector, type_, message in [
            ({}, INVALID, SID0),
            ({"SchemaVersionNumber": numbered(1)}, INVALID, SID0),
            ({"SchemaId": schema_id()}, INVALID, VER0),
            ({"SchemaId": schema_id(), "SchemaVersionNumber": {}}, INVALID, VER0),
            ({"SchemaId": schema_id(), "SchemaVersionNumber": {"LatestVersion": False}}, INVALID,
             VER0),
            ({"SchemaId": schema_id(),
              "SchemaVersionNumber": {"VersionNumber": 1, "LatestVersion": True}}, INVALID, VER2),
            ({"SchemaVersionId": version_id, "SchemaId": schema_id()}, INVALID, VID_AND_MORE),
            ({"SchemaVersionId": version_id, "SchemaVersionNumber": numbered(1)}, INVALID,
             VID_AND_MORE),
            ({"SchemaVersionId": version_id[:-1]}, INVALID, too_long("SchemaVersionId")),
            ({"SchemaVersionId": version_id + "0"}, INVALID, too_long("SchemaVersionId")),
            ({"SchemaVersionId": "g" + version_id[1:]}, INVALID,
             bad_characters("SchemaVersionId")),
            ({"SchemaVersionId": unknown.replace("a", "A").replace("4", "F")}, INVALID,
             bad_characters("SchemaVersionId")),
            ({"SchemaVersionId": unknown}, NOT_FOUND, no_version_id(unknown)),
            ({"SchemaId": schema_id(), "SchemaVersionNumber": numbered(9)}, NOT_FOUND,
             no_version(REGISTRY, "s", 9)),
            ({"SchemaId": {"SchemaArn": here}, "SchemaVersionNumber": numbered(9)}, NOT_FOUND,
             no_version(REGISTRY, "s", 9, arn=here)),
            ({"SchemaId": schema_id("nope"),
              "SchemaVersionNumber": {"VersionNumber": 1, "LatestVersion": True}}, NOT_FOUND,
             no_schema(REGISTRY, "nope"))]:
        with refused(type_, message):
            call(**selector)


def failing_versions(glue, count):
    """A schema whose versions 1 and 2 are AVAILABLE, 3 and on FAILURE."""
    make_schema(glue)
    register(glue, LONG)
    for _ in range(count - 2):
        register(glue, BOOLEAN)


def test_delete_versions(glue):
    make_schema(glue, compatibility="NONE")
    made = [register(glue, text) for text in (LONG, STRING, BOOLEAN, '"bytes"')]  # 2..5
    glue.put_schema_version_metadata(SchemaVersionId=made[1]["SchemaVersionId"], MetadataKeyValue={
        "MetadataKey": "k", "MetadataValue": "v"})
    answer = plain(glue.delete_schema_versions(SchemaId=schema_id(), Versions="2-3"))
    assert answer == {"SchemaVersionErrors": []}
    for gone in made[:2]:
        with refused(NOT_FOUND, no_version_id(gone["SchemaVersionId"])):
            glue.get_schema_version(SchemaVersionId=gone["SchemaVersionId"])
    with refused(NOT_FOUND, "Schema version is not found."):
        glue.get_schema_by_definition(SchemaId=schema_id(), SchemaDefinition=LONG)
    answer = plain(glue.delete_schema_versions(SchemaId=schema_id(), Versions="3-7"))
    assert answer == {"SchemaVersionErrors": [
        {"VersionNumber": n, "ErrorDetails": {"ErrorCode": NOT_FOUND,
                                              "ErrorMessage": no_version(REGISTRY, "s", n)}}
        for n in (3, 6, 7)]}
    schema = glue.get_schema(SchemaId=schema_id())
    assert (schema["LatestSchemaVersion"], schema["NextSchemaVersion"]) == (1, 6)
    assert register(glue, LONG)["VersionNumber"] == 6  # as new, and no number twice


def test_delete_failure_versions(glue):
    failing_versions(glue, 4)
    assert glue.delete_schema_versions(SchemaId=schema_id(), Versions="3-4")[
        "SchemaVersionErrors"] == []
    assert [v["VersionNumber"] for v in
            glue.list_schema_versions(SchemaId=schema_id())["Schemas"]] == [2, 1]


def test_delete_versions_refuses(glue):
    failing_versions(glue, 4)
    glue.update_schema(SchemaId=schema_id(), SchemaVersionNumber=numbered(2))
    too_many = "The range of versions to delete cannot be more than 25."
    malformed = bad_characters("versions")
    for versions, message in [
            ("", None), ("0", malformed), ("-1", malformed), ("1-", malformed),
            ("1,2", malformed), ("1-2-3", malformed), ("01", malformed), ("a", malformed),
            (" 1", malformed), ("1 - 2", malformed), ("4-3", malformed), ("١", malformed),
            ("3-28", too_many), ("5-4000000000", too_many), ("1-99999999999999999999", None),
            ("99999999999999999999-99999999999999999999", None), ("9" * 100_001, None),
            ("2", "Version 2 is a checkpoint version and cannot be deleted."),
            ("1-2", None), ("2-4", "Version 2 is a checkpoint version and cannot be deleted."),
            ("1", "The first version of the schema cannot be deleted.")]:
        with refused(INVALID, message):
            glue.delete_schema_versions(SchemaId=schema_id(), Versions=versions)
    assert [v["VersionNumber"] for v in
            glue.list_schema_versions(SchemaId=schema_id())["Schemas"]] == [4, 3, 2, 1]
    assert plain(glue.delete_schema_versions(SchemaId=schema_id(), Versions="10-34"))[
        "SchemaVersionErrors"][0]["VersionNumber"] == 10


def patched(document, patch):
    """RFC 6902, the operations that a diff may use."""
    for step in patch:
        path = [part.replace("~1", "/").replace("~0", "~") for part in
                step["path"].split("/")[1:]]
        if not path:
            assert step["op"] == "replace"
            document = step["value"]
            continue
        *parents, last = path
        place = document
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place[part]
        if isinstance(place, list):
            index = len(place) if last == "-" else int(last)
            if step["op"] == "add":
                place.insert(index, step["value"])
                continue
            last = index
        if step["op"] == "remove":
            del place[last]
        else:
            assert step["op"] in ("add", "replace")
            if step["op"] == "replace":
                place[last]  # must be there
            place[last] = step["value"]
    return document


def diff(glue, first, second, **more):
    return glue.get_schema_versions_diff(**{
        "SchemaId": schema_id(), "FirstSchemaVersionNumber": first,
        "SecondSchemaVersionNumber": second, "SchemaDiffType": "SYNTAX_DIFF", **more})["Diff"]


def test_diff_turns_the_first_into_the_second(glue):
    texts = [record(("a", "int"), ("b", "string")), record(("b", "string"), ("c", "long", 1)),
             record(("b", ["null", "string"]), doc="x/y~z", **{"a/b~c": [1, 2]}),
             '"string"', BOOLEAN]
    make_schema(glue, texts[0], compatibility="NONE")
    for text in texts[1:]:
        register(glue, text)
    for first, before in enumerate(texts, 1):
        for second, after in enumerate(texts, 1):
            patch = json.loads(diff(glue, numbered(first), numbered(second)))
            assert patched(json.loads(before), patch) == json.loads(after)
            if first == second:
                assert patch == []
    assert diff(glue, LATEST, LATEST) == "[]"


def test_diff_refuses(glue):
    make_schema(glue)
    for first, second, more, type_, message in [
            (numbered(1), numbered(9), {}, NOT_FOUND, no_version(REGISTRY, "s", 9)),
            (numbered(8), numbered(9), {}, NOT_FOUND, no_version(REGISTRY, "s", 8)),
            ({}, numbered(1), {}, INVALID, VER0),
            (numbered(1), {}, {}, INVALID, VER0),
            (numbered(1), {"VersionNumber": 1, "LatestVersion": True}, {}, INVALID, VER2),
            (numbered(1), numbered(1), {"SchemaDiffType": "X"}, INVALID,
             "Schema diff type is not valid.")]:
        with refused(type_, message):
            diff(glue, first, second, **more)


def test_quota(quota_server, region):
    """1000 versions per account and region, whatever the schema."""
    glue = client(quota_server, region)
    make_schema(glue, compatibility="NONE")
    for number in range(2, 1001):
        register(glue, record((f"f{number}", "int")))
    full = "More schema versions cannot be created. The maximum limit has been reached."
    with refused(LIMIT, full):
        register(glue, LONG)
    with refused(LIMIT, full):  # the limit is looked at before the identity
        register(glue, INT)
